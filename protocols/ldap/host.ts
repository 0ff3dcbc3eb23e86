/** What the LDAP server needs of the domain controller that it runs in. */
import type { Env } from '../../src/machine/machine.ts';
import type { WriteBatch } from '../../src/machine/store.ts';
import type { Directory, Draft } from '../directory/directory.ts';
import type { DomainInfo } from '../directory/domain-info.ts';
import type { Entry } from '../directory/entry.ts';
import type { RootTasks } from '../directory/root-operations.ts';
import type { Acceptor } from '../kerberos/ap-server.ts';
import type { Authentication, Replays } from '../kerberos/replays.ts';

/** Who a ticket's client is, by its PAC. */
export interface Identity {
  /** `CORP\alice` */
  readonly name: string;
  readonly sid: string;
  /** SIDs of all groups. */
  readonly groups: readonly string[];
}

/**
 * Why a name and a password do not sign in: what stands as `data` in the message of a refused bind,
 * the Win32 error in hexadecimal (MS-ERREF 2.2).
 */
export const LogonFailure = {
  ERROR_NO_SUCH_USER: '525',
  ERROR_LOGON_FAILURE: '52e',
  ERROR_ACCOUNT_RESTRICTION: '52f',
  ERROR_INVALID_LOGON_HOURS: '530',
  ERROR_INVALID_WORKSTATION: '531',
  ERROR_PASSWORD_EXPIRED: '532',
  ERROR_ACCOUNT_DISABLED: '533',
  ERROR_ACCOUNT_EXPIRED: '701',
  ERROR_PASSWORD_MUST_CHANGE: '773',
  ERROR_ACCOUNT_LOCKED_OUT: '775',
} as const;

export type Logon =
  /** `draft`: what the directory notes of it (lastLogon, badPwdCount, lockoutTime). */
  | { readonly kind: 'granted'; readonly draft?: Draft }
  | {
      readonly kind: 'refused';
      readonly data: (typeof LogonFailure)[keyof typeof LogonFailure];
      readonly reason: string;
      readonly draft?: Draft;
    };

export interface LdapOptions {
  /** unicodePwd may be written on connections without encryption; Windows never lets that. */
  readonly passwordsInClear: boolean;
  /** Simple binds on connections without encryption; Windows: unless signing is required. */
  readonly simpleBindInClear: boolean;
  readonly policies: LdapPolicies;
}

/** MS-ADTS 3.1.1.3.4.6, by its names. */
export interface LdapPolicies {
  /** Entries of one answer. */
  readonly MaxPageSize: number;
  /** Searches that a connection may continue. */
  readonly MaxResultSetsPerConn: number;
  /** Candidates of one sorted search. */
  readonly MaxTempTableSize: number;
  /** Values of an attribute in one answer; more come in ranges. */
  readonly MaxValRange: number;
}

export const POLICIES: LdapPolicies = {
  MaxPageSize: 1_000,
  MaxResultSetsPerConn: 10,
  MaxTempTableSize: 10_000,
  MaxValRange: 1_500,
};

export interface Host {
  /** `CORP.EXAMPLE` */
  readonly realm: string;
  readonly domain: DomainInfo;
  readonly options: LdapOptions;
  /** What modifying the rootDSE sets going. */
  readonly tasks: RootTasks;
  /** For tickets of `ldap/<this controller>`; keys as the directory has them now. */
  acceptor(directory: Directory): Omit<Acceptor<Identity>, 'replays'>;
  /** Judges an account that exists as the KDC does, lockout and logon hours included. */
  logOn(directory: Directory, account: Entry, password: string, env: Env): Logon;
}

export interface LdapEnv extends Env {
  readonly host: Host;
  readonly directory: Directory;
  /** Authenticators seen by this controller, over all connections. */
  readonly replays: Replays;
}

export type Effect =
  /** One LDAPMessage, or one SASL buffer with several; `message` names what is (first) in it. */
  | { readonly kind: 'send'; readonly message: string; readonly bytes: Uint8Array }
  /** Before the answer that tells of it. */
  | { readonly kind: 'write'; readonly batch: WriteBatch }
  | { readonly kind: 'close' }
  | { readonly kind: 'remember'; readonly authentication: Authentication }
  | { readonly kind: 'note'; readonly level: 'info' | 'cause'; readonly text: string };
