/** What a device keeps and has under way of its users' sign-in to Entra: CloudAP's cache, and its errands. */
import type { PrimaryRefreshToken, State } from '../entra/cloud-ap-state.ts';
import type { FailedAttempt } from '../entra/dsreg-status.ts';
import type { TgtError, TgtField } from '../entra/prt-messages.ts';
import type * as http from '../http/client.ts';
import type { Credential } from '../kerberos/ticket-cache.ts';
import type { Identity } from './logon.ts';
import type { LogonName } from './logon-session.ts';

/** A ticket that came with a primary refresh token, or why there is none. */
export type KeptTgt =
  | {
      readonly kind: 'ticket';
      readonly credential: Credential;
      /** The key that its AS-REP was opened with. */
      readonly clientKey: Uint8Array;
      readonly field: TgtField;
    }
  | { readonly kind: 'error'; readonly error: TgtError }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** What was seen of a user when a sign-in succeeded with everybody in sight: enough to sign in without. */
export interface CachedLogon {
  readonly who: LogonName;
  readonly identity: Identity;
  /** Which of the user's keys it was: KeyID of a Hello key, or the credential of a security key. */
  readonly kid: string;
}

/** Of one user; a record of the device's store. */
export interface CloudApCache {
  readonly user: string;
  readonly upn: string;
  /** Where the token came from. */
  readonly authority: string;
  readonly prt?: Omit<PrimaryRefreshToken, 'tgtAd' | 'tgtCloud'>;
  /** Partial: for the domain. */
  readonly tgtAd?: KeptTgt;
  /** For KERBEROS.MICROSOFTONLINE.COM. */
  readonly tgtCloud?: KeptTgt;
  /** The last attempt, where it came to nothing. */
  readonly failed?: FailedAttempt;
  readonly cachedLogon?: CachedLogon;
}

export type CloudCaches = Readonly<Record<string, CloudApCache>>;

/** What the user showed. */
export type Shown = 'password' | 'hello' | 'securityKey';

/** The user waits at the screen for it. */
export interface WaitingForCloud {
  readonly for: 'signIn' | 'unlock';
  readonly who: LogonName;
  readonly shown: Shown;
  /** As {@link CachedLogon}; absent: a password. */
  readonly kid?: string;
  /** What was typed, for what still wants it in the session. */
  readonly password?: string;
}

/** What a run is for. */
export type CloudPurpose =
  | WaitingForCloud
  /** The user is signed in already, and works. */
  | {
      readonly for: 'background' | 'renewal' | 'keyRegistration';
      readonly user: string;
      readonly shown: Shown;
    };

/** One way to a token, on its way. */
export interface CloudRun {
  /** Beginning of the names of its connections, timers and signatures. */
  readonly id: string;
  readonly purpose: CloudPurpose;
  readonly upn: string;
  readonly machine: State;
  readonly calls: number;
  readonly call?: http.State;
}

export interface Cloud {
  readonly runs: readonly CloudRun[];
  /** How many runs there have been: no two have one name. */
  readonly count: number;
  /** For whom a token was asked for in this session, or need not be. */
  readonly triedFor?: string;
}

export function noCloud(count = 0): Cloud {
  return { runs: [], count };
}
