/** How binds are refused: RFC 4511 §4.2.2, MS-ADTS 5.1.1.1. */
import { type Refusal, ResultCode } from '../directory/refusals.ts';
import type { Answer, Operation } from './operation.ts';
import { FrontError, frontRefusal, resultOf } from './results.ts';
import { unbound } from './state.ts';

export function invalidMethod(reason: string): Refusal {
  return frontRefusal(
    ResultCode.authMethodNotSupported,
    FrontError.ERROR_DS_AUTH_METHOD_NOT_SUPPORTED,
    'Invalid Authentication method',
    reason,
  );
}

/** `80090308: LdapErr: DSID-..., comment: AcceptSecurityContext error, data 52e, v4f7c`. */
export function invalidCredentials(data: string, reason: string): Refusal {
  return frontRefusal(
    ResultCode.invalidCredentials,
    FrontError.SEC_E_INVALID_TOKEN,
    'AcceptSecurityContext error',
    reason,
    data,
  );
}

/** A refused bind leaves the connection bound to nobody (RFC 4511 §4.2.1). */
export function refused(refusal: Refusal, at: Operation, rest: Partial<Answer> = {}): Answer {
  return {
    responses: [{ operation: { bindResponse: resultOf(refusal) } }],
    connection: unbound(at.connection),
    note: refusal.reason,
    ...rest,
  };
}
