/** What the sign-in screen says when a domain controller does not take a Hello key, and with which status. */
import { type Failure, sentenceOf } from '../kerberos/client.ts';
import { KDC_ERR_CLIENT_NOT_TRUSTED, KDC_ERR_PADATA_TYPE_NOSUPP } from '../kerberos/error-codes.ts';
import {
  STATUS_LOGON_FAILURE,
  STATUS_NO_LOGON_SERVERS,
  STATUS_NOT_SUPPORTED,
} from '../kerberos/ntstatus.ts';
import { formatStatus } from './hello-errors.ts';
import type { Trust } from './policy.ts';

export interface SignInFailure {
  /** NTSTATUS. */
  readonly status: number;
  /** The sentence on the screen. */
  readonly message: string;
  /** What happened, and what it is likely due to. */
  readonly cause: string;
}

/** "Windows Hello for Business known deployment issues": the key has not come to Active Directory yet. */
const UNAVAILABLE =
  'That option is temporarily unavailable. For now, please use a different method to sign in.';

/** The sentence around every other status. */
const SOMETHING = (status: number): string =>
  `Something went wrong and your PIN isn't available (status: ${formatStatus(status).toLowerCase()}, substatus: 0x0). Click to set up your PIN again.`;

export function signInFailure(failure: Failure, trust: Trust): SignInFailure {
  const sentence = sentenceOf(failure);
  switch (failure.kind) {
    case 'refused':
      return refused(failure.errorCode, failure.status, sentence, trust);
    case 'unanswered':
      return failed(STATUS_NO_LOGON_SERVERS, sentence);
    case 'untrustedKdc':
      // Event 107 of Security-Kerberos, where the certificate has another name, comes with this one.
      return failed(
        failure.problem === 'name' ? STATUS_LOGON_FAILURE : STATUS_NOT_SUPPORTED,
        sentence,
      );
    case 'unusable':
      return failed(STATUS_NOT_SUPPORTED, sentence);
    default:
      return failed(STATUS_LOGON_FAILURE, sentence);
  }
}

function failed(status: number, cause: string): SignInFailure {
  return { status, message: SOMETHING(status), cause };
}

function refused(
  errorCode: number,
  told: number | undefined,
  sentence: string,
  trust: Trust,
): SignInFailure {
  switch (errorCode) {
    case KDC_ERR_CLIENT_NOT_TRUSTED: {
      const why =
        trust === 'key'
          ? 'most often the public key has not come to msDS-KeyCredentialLink of the account yet; what it was is in the domain controller’s log'
          : 'the domain controller does not trust the certificate';
      const cause = `${sentence}: ${why}`;
      return { status: told ?? STATUS_LOGON_FAILURE, message: UNAVAILABLE, cause };
    }
    case KDC_ERR_PADATA_TYPE_NOSUPP:
      return failed(
        told ?? STATUS_NOT_SUPPORTED,
        `${sentence}: the domain controller has no certificate that it could show`,
      );
    default:
      return failed(told ?? STATUS_LOGON_FAILURE, sentence);
  }
}

/** `0xC000006D, "That option is temporarily unavailable. ..."`, after the cause. */
export function describeFailure({ status, message, cause }: SignInFailure): string {
  return `${cause} (status ${formatStatus(status)}, “${message}”)`;
}
