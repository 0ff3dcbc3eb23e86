/** What the sign-in screen says when a domain controller does not take a Hello key, and with which status. */
import { type Failure, sentenceOf } from '../kerberos/client.ts';
import {
  errorByCode,
  KDC_ERR_CLIENT_NOT_TRUSTED,
  KDC_ERR_PADATA_TYPE_NOSUPP,
} from '../kerberos/error-codes.ts';
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
  switch (failure.kind) {
    case 'refused':
      return refused(failure, trust);
    case 'unanswered':
      return failed(STATUS_NO_LOGON_SERVERS, sentenceOf(failure));
    case 'untrustedKdc':
      // Event 107 of Security-Kerberos, where the certificate has another name, comes with this one.
      return failed(
        failure.problem === 'name' ? STATUS_LOGON_FAILURE : STATUS_NOT_SUPPORTED,
        sentenceOf(failure),
      );
    case 'unusable':
      return failed(STATUS_NOT_SUPPORTED, sentenceOf(failure));
    default:
      return failed(STATUS_LOGON_FAILURE, sentenceOf(failure));
  }
}

function failed(status: number, cause: string): SignInFailure {
  return { status, message: SOMETHING(status), cause };
}

type Refused = Extract<Failure, { kind: 'refused' }>;

function refused(failure: Refused, trust: Trust): SignInFailure {
  const { errorCode, status } = failure;
  const cause = `${refusalInWords(failure)}${guessed(errorCode, trust)}`;
  switch (errorCode) {
    case KDC_ERR_CLIENT_NOT_TRUSTED:
      return { status: status ?? STATUS_LOGON_FAILURE, message: UNAVAILABLE, cause };
    case KDC_ERR_PADATA_TYPE_NOSUPP:
      return failed(status ?? STATUS_NOT_SUPPORTED, cause);
    default:
      return failed(status ?? STATUS_LOGON_FAILURE, cause);
  }
}

/** What the code means comes before its name: who reads one line should learn what is the matter. */
function refusalInWords(failure: Refused): string {
  const entry = errorByCode(failure.errorCode);
  return entry === undefined ? sentenceOf(failure) : `${entry.sentence}: ${sentenceOf(failure)}`;
}

/** The device sees the code alone, so what is behind it is a guess, and said to be one. */
function guessed(errorCode: number, trust: Trust): string {
  const likeliest = likeliestCause(errorCode, trust);
  return likeliest === undefined
    ? ''
    : `; the device cannot know why, the likeliest cause: ${likeliest}`;
}

function likeliestCause(errorCode: number, trust: Trust): string | undefined {
  if (errorCode !== KDC_ERR_CLIENT_NOT_TRUSTED) return errorByCode(errorCode)?.causes[0];
  return trust === 'key'
    ? 'the public key has not come to msDS-KeyCredentialLink of the account yet'
    : 'the domain controller does not trust the certificate';
}

/** `0xC000006D, "That option is temporarily unavailable. ..."`, after the cause. */
export function describeFailure({ status, message, cause }: SignInFailure): string {
  return `${cause} (status ${formatStatus(status)}, “${message}”)`;
}
