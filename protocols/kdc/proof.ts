/** What a client's proof is looked at with, and what comes of it: RFC 4120 §5.2.7. */
import type { Key } from '../kerberos/etypes.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Offer } from './offer.ts';
import type { Policy, Realm } from './realm.ts';

/** RFC 4556's form, or Windows 2000's. */
export type Variant = 'rfc4556' | 'win2k';

/** What METHOD-DATA depends on. */
export interface HintContext {
  readonly policy: Policy;
  readonly client: Account;
  /** The request's etype list. */
  readonly offered: readonly number[];
}

/** What a proof is looked at with. */
export interface ProofContext extends HintContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly accounts: Accounts;
  readonly realm: Realm;
  /** KDC-REQ-BODY as it came, and its nonce. */
  readonly reqBody: Uint8Array;
  readonly nonce: number;
}

/** A client that is who it says: it knows the password. */
export interface PasswordProof {
  readonly kind: 'proved';
  readonly by: 'password';
  readonly replyKey: Key;
  readonly kvno: number;
}

/** A client that has the private key. The reply's key is yet to be agreed on. */
export interface PublicKeyProof {
  readonly kind: 'proved';
  readonly by: 'publicKey';
  readonly variant: Variant;
  readonly offer: Offer;
  /** SIDs for ExtraSids that say how it was proved. */
  readonly identities: readonly string[];
  /** What an administrator would find in the log. */
  readonly warnings: readonly string[];
}

export type Proof = PasswordProof | PublicKeyProof;

/** `the client's clock is 600 s ahead of the KDC's, more than the 300 s allowed` */
export function skewText(ahead: number, { maxClockSkew }: Policy): string {
  const seconds = Math.round(Math.abs(ahead) / 1000);
  const side = ahead > 0 ? 'ahead of' : 'behind';
  return `the client's clock is ${seconds} s ${side} the KDC's, more than the ${maxClockSkew / 1000} s allowed`;
}
