/** What the client's machines (AS, TGS, AP) have in common: their environment, their failures, their checks. */

import { view } from '../../src/bytes/bytes.ts';
import { tryDecode } from '../../src/der/codec.ts';
import type { Env } from '../../src/machine/machine.ts';
import { KERB_ERR_TYPE_EXTENDED } from './constants.ts';
import { errorName } from './error-codes.ts';
import { etypeName } from './etypes.ts';
import { KerbErrorData, type KrbError } from './messages.ts';

/** What a client's step may ask of its host. */
export interface ClientEnv extends Env {
  /**
   * Microseconds since 1970 by our own clock. The host gives each value once, so that no two
   * authenticators are the same: RFC 4120 §5.5.1.
   */
  readonly stamp: number;
  /** Microseconds by which the KDC's clock is ahead of ours, as far as the host knows. */
  readonly offset: number;
}

/** Why an exchange came to nothing. */
export type Failure =
  /** The peer answered with KRB-ERROR. `status`: the NTSTATUS in its e-data, if any. */
  | {
      readonly kind: 'refused';
      readonly errorCode: number;
      readonly status?: number;
      readonly eText?: string;
    }
  | { readonly kind: 'unanswered'; readonly reason: string }
  /** The reply is no message that could stand here. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** The reply does not open with the key that we know: as a rule a wrong password. */
  | { readonly kind: 'undecryptable'; readonly etype: number }
  /** The reply opens, but one of the client's checks fails: RFC 4120 §3.1.5, §3.3.4, RFC 6806. */
  | {
      readonly kind: 'untrusted';
      readonly check: Check;
      readonly expected: string;
      readonly got: string;
    }
  /** The KDC could not show that it is one of the realm: RFC 4556 §3.2.4, MS-PKCA 3.1.5.1. */
  | { readonly kind: 'untrustedKdc'; readonly problem: KdcProblem; readonly reason: string }
  | { readonly kind: 'noKey'; readonly etype: number }
  | {
      readonly kind: 'noCommonEtype';
      readonly offered: readonly number[];
      readonly wanted: readonly number[];
    }
  /** A referral leads back, or too far. `realms`: the way, in order. */
  | { readonly kind: 'referralLoop' | 'referralLimit'; readonly realms: readonly string[] }
  /** The credential that the exchange was to use cannot serve. */
  | { readonly kind: 'unusable'; readonly reason: string };

/** What a client compares in a reply: fields of the messages, in their ASN.1 spelling. */
export type Check =
  | 'nonce'
  | 'cname'
  | 'crealm'
  | 'sname'
  | 'srealm'
  | 'etype'
  | 'starttime'
  | 'endtime'
  | 'PA-REQ-ENC-PA-REP'
  | 'ctime'
  | 'flags'
  | 'asChecksum'
  | 'eContentType';

/** What is wrong with a KDC's certificate: by the events of Security-Kerberos 102, 106, 107. */
export type KdcProblem =
  /** No certificate, or one that cannot be read. */
  | 'certificate'
  /** Its signature over the reply. */
  | 'signature'
  | 'untrustedRoot'
  | 'notInNtAuth'
  | 'expired'
  | 'revoked'
  | 'revocationUnknown'
  | 'keyPurpose'
  | 'name';

/** A sentence for people, in lower case and without a full stop. */
export function sentenceOf(failure: Failure): string {
  switch (failure.kind) {
    case 'refused': {
      const status =
        failure.status === undefined ? '' : `, NTSTATUS 0x${failure.status.toString(16)}`;
      const text = failure.eText === undefined ? '' : ` (${failure.eText})`;
      return `refused with ${errorName(failure.errorCode)}${status}${text}`;
    }
    case 'unanswered':
    case 'unusable':
      return failure.reason;
    case 'malformed':
      return `the reply is malformed: ${failure.reason}`;
    case 'undecryptable':
      return `the reply does not open with our ${etypeName(failure.etype)} key: wrong password or keytab`;
    case 'untrusted':
      return `the reply's ${failure.check} is ${failure.got}, expected ${failure.expected}`;
    case 'untrustedKdc':
      return `the KDC is not to be trusted: ${failure.reason}`;
    case 'noKey':
      return `the reply is encrypted with ${etypeName(failure.etype)}, for which there is no key`;
    case 'noCommonEtype':
      return `no common encryption type: we offer ${names(failure.offered)}, the KDC has ${names(failure.wanted)}`;
    case 'referralLoop':
      return `referrals go in a circle: ${failure.realms.join(' -> ')}`;
    case 'referralLimit':
      return `too many referrals: ${failure.realms.join(' -> ')}`;
  }
}

function names(etypes: readonly number[]): string {
  return etypes.length === 0 ? 'none' : etypes.map(etypeName).join(', ');
}

/** The failure that a KRB-ERROR means. */
export function refusal(error: KrbError): Failure {
  const status = statusOf(error);
  return {
    kind: 'refused',
    errorCode: error.errorCode,
    ...(status === undefined ? {} : { status }),
    ...(error.eText === undefined ? {} : { eText: error.eText }),
  };
}

/** The NTSTATUS that Windows puts into e-data as KERB-EXT-ERROR: MS-KILE 2.2.1, 2.2.2. */
export function statusOf(error: KrbError): number | undefined {
  if (error.eData === undefined) return undefined;
  const data = tryDecode(KerbErrorData, error.eData);
  if (!data.ok || data.value.dataType !== KERB_ERR_TYPE_EXTENDED) return undefined;
  const value = data.value.dataValue;
  return value !== undefined && value.length >= 4 ? view(value).getUint32(0, true) : undefined;
}

/** The KDC's clock in a KRB-ERROR, in microseconds since 1970. */
export function serverStamp(error: KrbError): number {
  return error.stime * 1_000 + error.susec;
}

/** A nonce below 2^31, as Windows and Samba send them: negative INTEGERs confuse old peers. */
export function freshNonce(env: Env): number {
  const [a, b, c, d] = env.random(4) as unknown as readonly [number, number, number, number];
  return (((a & 0x7f) << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

/** 2037-09-13T02:48:05Z, the `till` and `rtime` of every request from Windows. */
export const WINDOWS_TILL = Date.UTC(2037, 8, 13, 2, 48, 5);

/** What Windows offers, in its order; the last three are only names to it: MS-KILE 3.1.5.2. */
export const WINDOWS_ETYPES: readonly number[] = [18, 17, 23, 24, -135, 3];

/** MaxClockSkew: RFC 4120 §8.2, MS-KILE 3.1.1. Milliseconds. */
export const CLOCK_SKEW = 300_000;
