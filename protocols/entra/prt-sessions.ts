/** Primary refresh tokens that a tenant gave away, and its nonces. */
import type { Nonces, Sessions } from '../oauth/issued.ts';

/** Somebody at a device of theirs. */
export interface PrtSession {
  readonly userPrincipalName: string;
  readonly deviceId: string;
  /** 32 octets that the device has too. */
  readonly sessionKey: Uint8Array;
  /** How they proved who they are: `pwd`, `ngcmfa`, `rsa`, `fido`, `mfa`. */
  readonly amr: readonly string[];
  /** When they did, milliseconds since 1970; renewals change nothing about it. */
  readonly authenticated: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** A refresh token that a broker got for a password: good for a primary one, at a device. */
export interface BrokerGrant {
  readonly userPrincipalName: string;
  readonly amr: readonly string[];
  readonly authenticated: number;
  readonly expires: number;
}

/** What was issued; absent in a tenant that has issued nothing. */
export interface IssuedTokens {
  readonly nonces: Nonces;
  readonly sessions: Sessions<PrtSession>;
  readonly grants?: Sessions<BrokerGrant>;
}

export const NOTHING_ISSUED: IssuedTokens = { nonces: {}, sessions: {} };
