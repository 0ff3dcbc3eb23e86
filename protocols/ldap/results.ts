/** Results of operations as Active Directory says them: RFC 4511 §4.1.9, MS-ADTS 3.1.1.3.1.9. */
import { type Refusal, ResultCode } from '../directory/refusals.ts';
import type { Control, LdapResult, ProtocolOp } from './messages.ts';

/** An answer to a request: all but the number of the message. */
export interface Response {
  readonly operation: ProtocolOp;
  readonly controls?: readonly Control[];
}

export const SUCCESS: LdapResult = {
  resultCode: ResultCode.success,
  matchedDN: '',
  diagnosticMessage: '',
};

export function resultOf(refusal: Refusal): LdapResult {
  return {
    resultCode: refusal.code,
    matchedDN: refusal.matchedDn ?? '',
    diagnosticMessage: refusal.message,
  };
}

/** Win32 and SSPI errors of the LDAP front (MS-ERREF 2.1, 2.2). */
export const FrontError = {
  ERROR_INVALID_PARAMETER: 0x00000057,
  ERROR_DS_AUTH_METHOD_NOT_SUPPORTED: 0x00002027,
  ERROR_DS_STRONG_AUTH_REQUIRED: 0x00002028,
  ERROR_DS_DECODING_ERROR: 0x0000202c,
  ERROR_DS_NOT_SUPPORTED: 0x0000203d,
  ERROR_DS_REFERRAL: 0x0000202b,
  ERROR_DS_OPERATIONS_ERROR: 0x00002020,
  SEC_E_INVALID_TOKEN: 0x80090308,
} as const;

/** What the front of the server says by itself: `000004DC: LdapErr: DSID-00000000, comment: ...`. */
export function frontRefusal(
  code: number,
  error: number,
  comment: string,
  reason: string = comment,
  data = '0',
): Refusal {
  const number = error.toString(16).toUpperCase().padStart(8, '0');
  const message = `${number}: LdapErr: DSID-00000000, comment: ${comment}, data ${data}, v4f7c`;
  return { ok: false, code, win32: error, message, reason };
}

/** A name in a domain that is not ours, for the client to ask there (MS-ADTS 3.1.1.3.1.1.5). */
export function referralTo(url: string, host: string): LdapResult {
  const number = FrontError.ERROR_DS_REFERRAL.toString(16).toUpperCase().padStart(8, '0');
  return {
    resultCode: ResultCode.referral,
    matchedDN: '',
    diagnosticMessage: `${number}: RefErr: DSID-00000000, data 0, 1 access points\n\tref 1: '${host}'\n`,
    referral: [url],
  };
}
