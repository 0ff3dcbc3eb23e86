/** The LDAP server of `protocols/ldap` on a domain controller's port 389, one machine a connection. */
import type { ActorEffect, ActorEnv, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever } from '../../src/machine/machine.ts';
import type { WriteBatch } from '../../src/machine/store.ts';
import type { Directory } from '../directory/directory.ts';
import type { Entry } from '../directory/entry.ts';
import { decodeEntry } from '../directory/entry.ts';
import { isPassword } from '../directory/password.ts';
import { protectAdminGroupsTask } from '../directory/security/admin-sd-holder.ts';
import { accountRefusal, type SignIn } from '../kdc/account-checks.ts';
import type { Account, AccountChange } from '../kdc/accounts.ts';
import { badPassword, signedIn } from '../kdc/attempts.ts';
import { keyRecords } from '../kdc/long-term-keys.ts';
import type { Realm } from '../kdc/realm.ts';
import { NT_SRV_INST } from '../kerberos/constants.ts';
import { principal } from '../kerberos/names.ts';
import {
  STATUS_ACCOUNT_DISABLED,
  STATUS_ACCOUNT_EXPIRED,
  STATUS_ACCOUNT_LOCKED_OUT,
  STATUS_INVALID_LOGON_HOURS,
  STATUS_INVALID_WORKSTATION,
  STATUS_PASSWORD_EXPIRED,
  STATUS_PASSWORD_MUST_CHANGE,
} from '../kerberos/ntstatus.ts';
import { type Replays, remember } from '../kerberos/replays.ts';
import { type Host, type LdapOptions, type Logon, LogonFailure, POLICIES } from '../ldap/host.ts';
import * as ldap from '../ldap/server.ts';
import type { Connection } from '../ldap/state.ts';
import { accountDraft } from './account-changes.ts';
import { type DirectoryAccounts, directoryAccounts } from './directory-accounts.ts';
import { authorize } from './logon.ts';

export const LDAP_PORT = 389;

/** MaxConnections of the LDAP policies (MS-ADTS 3.1.1.3.4.6). */
const CONNECTIONS_MAX = 5_000;

/** Connections, and what all of them know of authenticators that came. */
export interface State {
  readonly connections: Readonly<Record<string, Connection>>;
  readonly replays: Replays;
}

export const NOBODY: State = { connections: {}, replays: [] };

const OPTIONS: LdapOptions = {
  passwordsInClear: false,
  simpleBindInClear: true,
  policies: POLICIES,
};

export interface Stepped {
  readonly state: State;
  readonly effects: readonly ActorEffect[];
}

export function accepted(state: State, connection: string): Stepped {
  if (Object.keys(state.connections).length >= CONNECTIONS_MAX) {
    return { state, effects: [{ kind: 'close', connection }] };
  }
  return { state: withConnection(state, connection, ldap.connected()), effects: [] };
}

export function closed(state: State, connection: string): State {
  const { [connection]: _, ...connections } = state.connections;
  return { ...state, connections };
}

/** What a connection is answered with. */
export interface Served {
  readonly realm: Realm;
  /** What the store holds, with what is written in the same step. */
  readonly directory: Directory;
  readonly env: ActorEnv;
}

/** A message, or what is none, on a connection of ours. */
export function heard(
  state: State,
  connection: string,
  before: Connection,
  event: Extract<ActorEvent, { readonly kind: 'received' | 'malformed' }>,
  { realm, directory: base, env }: Served,
): Stepped {
  const accounts = directoryAccounts(env.store);
  const inner: ldap.Event =
    event.kind === 'received'
      ? { kind: 'received', bytes: event.bytes }
      : { kind: 'malformed', reason: event.reason };
  const next = ldap.step(before, inner, {
    now: env.now,
    random: env.random,
    host: hostOf(accounts, realm),
    directory: base,
    replays: state.replays,
  });
  let { replays } = state;
  const effects: ActorEffect[] = [];
  for (const effect of next.effects) {
    switch (effect.kind) {
      case 'write':
        effects.push(
          { kind: 'write', batch: effect.batch },
          ...newKeys(effect.batch, base, realm, accounts),
        );
        break;
      case 'send': {
        const { message, bytes } = effect;
        effects.push({ kind: 'send', transport: 'tcp', connection, message, bytes });
        break;
      }
      case 'close':
        effects.push({ kind: 'close', connection });
        break;
      case 'remember':
        replays = remember(replays, effect.authentication, env.now, realm.policy.maxClockSkew);
        break;
      case 'note':
        effects.push(effect);
        break;
      default:
        assertNever(effect);
    }
  }
  return { state: withConnection({ ...state, replays }, connection, next.state), effects };
}

function withConnection(state: State, name: string, connection: Connection): State {
  return { ...state, connections: { ...state.connections, [name]: connection } };
}

/** Hosts by the accounts that they read: these live as long as the store. */
const hosts = new WeakMap<DirectoryAccounts, Host>();

function hostOf(accounts: DirectoryAccounts, realm: Realm): Host {
  const known = hosts.get(accounts);
  if (known !== undefined) return known;
  const made: Host = {
    realm: realm.name,
    domain: accounts.domain,
    options: OPTIONS,
    tasks: { protectAdminGroups: protectAdminGroupsTask },
    acceptor: () => acceptorOf(accounts, realm),
    logOn: (base, entry, password, { now }) => logOn(accounts, realm, base, entry, password, now),
  };
  hosts.set(accounts, made);
  return made;
}

/** Tickets for any service of the controller's own computer: `ldap/dc1.corp.example` and its other names. */
function acceptorOf(accounts: DirectoryAccounts, realm: Realm): ReturnType<Host['acceptor']> {
  const own = accounts.account(accounts.domain.ids.controller);
  return {
    realm: realm.name,
    names: (own?.servicePrincipalName ?? []).map((name) =>
      principal(NT_SRV_INST, ...name.split('/')),
    ),
    keys: (own?.keys ?? []).flatMap(({ kvno, keys }) => keys.map((key) => ({ kvno, key }))),
    clockSkew: realm.policy.maxClockSkew,
    authorize,
  };
}

/** What a refused bind says, by the NTSTATUS that the KDC says of the same account. */
const FAILURES: Readonly<Record<number, Extract<Logon, { kind: 'refused' }>['data']>> = {
  [STATUS_ACCOUNT_DISABLED]: LogonFailure.ERROR_ACCOUNT_DISABLED,
  [STATUS_ACCOUNT_EXPIRED]: LogonFailure.ERROR_ACCOUNT_EXPIRED,
  [STATUS_ACCOUNT_LOCKED_OUT]: LogonFailure.ERROR_ACCOUNT_LOCKED_OUT,
  [STATUS_INVALID_LOGON_HOURS]: LogonFailure.ERROR_INVALID_LOGON_HOURS,
  [STATUS_INVALID_WORKSTATION]: LogonFailure.ERROR_INVALID_WORKSTATION,
  [STATUS_PASSWORD_EXPIRED]: LogonFailure.ERROR_PASSWORD_EXPIRED,
  [STATUS_PASSWORD_MUST_CHANGE]: LogonFailure.ERROR_PASSWORD_MUST_CHANGE,
};

/**
 * The KDC's checks in the order of a logon with a password: a lockout is told to everybody, what else
 * is the matter only to who knows the password.
 */
function logOn(
  accounts: DirectoryAccounts,
  realm: Realm,
  base: Directory,
  entry: Entry,
  password: string,
  now: number,
): Logon {
  if (accounts.account(entry.id) === undefined) {
    const reason = 'the object is no account';
    return { kind: 'refused', data: LogonFailure.ERROR_NO_SUCH_USER, reason };
  }
  const account = accounts.read(entry);
  const noted = (change: AccountChange | undefined) => {
    const draft = change === undefined ? undefined : accountDraft(base, entry.id, change, now);
    return draft === undefined ? {} : { draft };
  };
  const { lockedOutUntil, sAMAccountName } = account;
  if (lockedOutUntil !== undefined && now < lockedOutUntil) {
    const reason = `${sAMAccountName} is locked out`;
    return { kind: 'refused', data: LogonFailure.ERROR_ACCOUNT_LOCKED_OUT, reason };
  }
  const [current, ...former] = entry.secrets ?? [];
  if (current === undefined || !isPassword(current, password)) {
    const isFormer = former.slice(0, FORMER).some((keys) => isPassword(keys, password));
    const change = badPassword(account, isFormer, { now, accounts });
    const reason = `the password of ${sAMAccountName} is another one`;
    return { kind: 'refused', data: LogonFailure.ERROR_LOGON_FAILURE, reason, ...noted(change) };
  }
  const refusal = logonRefusal(account, realm, now);
  if (refusal !== undefined) return refusal;
  return { kind: 'granted', ...noted(signedIn(account, { now, accounts })) };
}

/** Passwords before the current one that are no guesses (MS-SAMR 3.1.1.8.7 keeps two). */
const FORMER = 2;

function logonRefusal(
  account: Account,
  { policy }: Realm,
  now: number,
): Extract<Logon, { kind: 'refused' }> | undefined {
  const signIn: SignIn = { policy, now, toChangePassword: false, addresses: [] };
  for (const moment of ['identified', 'proving', 'authenticated'] as const) {
    const refusal = accountRefusal(account, moment, signIn);
    if (refusal === undefined) continue;
    const data = FAILURES[refusal.status ?? 0] ?? LogonFailure.ERROR_ACCOUNT_RESTRICTION;
    return { kind: 'refused', data, reason: refusal.cause };
  }
  return undefined;
}

/** A bulk of writes is an import, of which nobody wants the keys in a keytab. */
const FEW = 16;

/** Keys of accounts whose password a write set, for whoever watches: the trace's dissection of tickets. */
export function newKeys(
  { records }: WriteBatch,
  base: Directory,
  realm: Realm,
  accounts: DirectoryAccounts,
): readonly ActorEffect[] {
  if (records.length > FEW) return [];
  const keys = records.flatMap(({ id, bytes }) => {
    if (bytes === undefined || bytes[0] !== 1) return [];
    const entry = decodeEntry(id, bytes, (record) => base.shared(record) ?? new Uint8Array(0));
    const before = base.entry(id)?.secrets?.[0];
    const after = entry.secrets?.[0];
    if (after === undefined || (before?.kvno === after.kvno && before.salt === after.salt))
      return [];
    return keyRecords(realm, accounts.read(entry));
  });
  return keys.length === 0 ? [] : [{ kind: 'keyed', keys }];
}
