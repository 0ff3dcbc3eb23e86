/**
 * A domain controller judges network logons by NTLM for the servers of its domain (MS-NRPC 3.5.4.5.1,
 * MS-APDS 3.1): whether the response was made with the hash that the directory has, and whether the account
 * may sign in so, from there and now. The checks are the KDC's, in the order of `directory-service.ts`.
 */
import { utf8 } from '../../src/bytes/bytes.ts';
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { Scene } from '../../src/scenario/role.ts';
import { WellKnownSid } from '../directory/security/token.ts';
import { accountRefusal, type SignIn } from '../kdc/account-checks.ts';
import { type Account, type AccountChange, foldName, UserAccountControl } from '../kdc/accounts.ts';
import { badPassword, signedIn } from '../kdc/attempts.ts';
import { RC4 } from '../kdc/etype-selection.ts';
import { logonInfo } from '../kdc/pac.ts';
import { namesRealm, type Realm } from '../kdc/realm.ts';
import { ADDRTYPE_NETBIOS } from '../kerberos/constants.ts';
import {
  STATUS_ACCOUNT_LOCKED_OUT,
  STATUS_ACCOUNT_RESTRICTION,
  STATUS_NO_SUCH_USER,
  STATUS_WRONG_PASSWORD,
  statusName,
} from '../kerberos/ntstatus.ts';
import { sameRealm } from '../kerberos/ticket-cache.ts';
import {
  RESPONSE_NAME,
  readSamLogonRequest,
  type SamLogonReply,
  samLogonReply,
} from '../netlogon/messages.ts';
import type { SamInfo4 } from '../netlogon/structures.ts';
import type { NetworkLogon } from '../ntlm/acceptor.ts';
import { provedKey } from '../ntlm/response.ts';
import type { DirectoryAccounts } from './directory-accounts.ts';

export interface Judged {
  readonly reply: SamLogonReply;
  /** What the attempt leaves in the directory. */
  readonly change?: AccountChange;
  /** Why it is denied, for people. */
  readonly reason?: string;
}

/** Passwords before the current one that are no guesses (MS-SAMR 3.1.1.8.7 keeps two). */
const FORMER = 2;

export function judged(
  logon: NetworkLogon,
  realm: Realm,
  accounts: DirectoryAccounts,
  now: number,
): Judged {
  const account = accountOf(logon, realm, accounts);
  if (account === undefined) {
    const reason = `there is no account ${logon.userName} of ${logon.domainName || realm.flatName}`;
    return denied(STATUS_NO_SUCH_USER, reason);
  }
  const { lockedOutUntil, sAMAccountName } = account;
  if (lockedOutUntil !== undefined && now < lockedOutUntil) {
    return denied(STATUS_ACCOUNT_LOCKED_OUT, `${sAMAccountName} is locked out`);
  }
  const [current, ...former] = account.keys.map(({ keys }) => {
    const hash = keys.find(({ etype }) => etype === RC4);
    return hash === undefined ? undefined : provedKey(hash.bytes, logon);
  });
  if (current === undefined) {
    const isFormer = former.slice(0, FORMER).some((key) => key !== undefined);
    const change = badPassword(account, isFormer, { now, accounts });
    const reason = `the response of ${sAMAccountName} was made with another hash`;
    return { ...denied(STATUS_WRONG_PASSWORD, reason), ...(change && { change }) };
  }
  const refusal = refusalOf(account, logon, realm, now);
  if (refusal !== undefined) return refusal;
  return {
    reply: { kind: 'granted', info: samInfo(realm, account, accounts, current) },
    change: signedIn(account, { now, accounts }),
  };
}

function denied(status: number, reason: string): Judged {
  return { reply: { kind: 'denied', status }, reason };
}

/** A name of the domain's, or with no domain a user principal name. */
function accountOf(
  { userName, domainName }: NetworkLogon,
  realm: Realm,
  accounts: DirectoryAccounts,
): Account | undefined {
  if (domainName !== '') {
    return namesRealm(realm, domainName) ? accounts.bySAMAccountName(userName) : undefined;
  }
  const at = userName.lastIndexOf('@');
  if (at < 0) return accounts.bySAMAccountName(userName);
  const named = accounts.byUserPrincipalName(userName);
  if (named !== undefined || foldName(userName.slice(at + 1)) !== foldName(realm.name))
    return named;
  return accounts.bySAMAccountName(userName.slice(0, at));
}

function refusalOf(
  account: Account,
  { workstation }: NetworkLogon,
  { policy }: Realm,
  now: number,
): Judged | undefined {
  const address = utf8(workstation.toUpperCase().padEnd(16));
  const signIn: SignIn = {
    policy,
    now,
    toChangePassword: false,
    addresses: workstation === '' ? [] : [{ addrType: ADDRTYPE_NETBIOS, address }],
    proof: { by: 'password', etype: RC4 },
  };
  const onNetwork = networked(account, now);
  for (const moment of ['identified', 'proving', 'authenticated'] as const) {
    const refusal = accountRefusal(onNetwork, moment, signIn);
    if (refusal !== undefined) {
      return denied(refusal.status ?? STATUS_ACCOUNT_RESTRICTION, refusal.cause);
    }
  }
  return undefined;
}

/**
 * Who must use a smart card must do so at a desktop: for network logons such users are given the hash of
 * their random password (MS-PAC 2.6).
 */
function networked(account: Account, now: number): Account {
  const { SMARTCARD_REQUIRED } = UserAccountControl;
  if ((account.userAccountControl & SMARTCARD_REQUIRED) === 0) return account;
  const userAccountControl = account.userAccountControl & ~SMARTCARD_REQUIRED;
  return { ...account, userAccountControl, pwdLastSet: account.pwdLastSet || now };
}

/** As the KDC fills LOGON_INFO, with the local groups of the domain besides. */
function samInfo(
  realm: Realm,
  account: Account,
  accounts: DirectoryAccounts,
  sessionKey: Uint8Array,
): SamInfo4 {
  const {
    Reserved1: _,
    Reserved3: __,
    ResourceGroupDomainSid: ___,
    ResourceGroupIds: ____,
    ...info
  } = logonInfo(realm, account, []);
  const sids = [
    account.objectSid,
    ...(info.GroupIds ?? []).map(({ RelativeId }) => `${realm.sid}-${RelativeId}`),
    ...(info.ExtraSids ?? []).map(({ Sid }) => Sid),
  ];
  const local = accounts.resourceGroups(sids);
  const { AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY } = WellKnownSid;
  return {
    ...info,
    UserSessionKey: sessionKey,
    LMKey: new Uint8Array(8),
    Reserved4: 0,
    ExtraSids: [
      ...(info.ExtraSids ?? []).filter(
        ({ Sid }) => Sid !== AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY,
      ),
      ...local.map(({ relativeId, attributes }) => ({
        Sid: `${realm.sid}-${relativeId}`,
        Attributes: attributes,
      })),
    ],
    DnsLogonDomainName: realm.name,
    Upn: account.userPrincipalName ?? `${account.sAMAccountName}@${realm.name.toLowerCase()}`,
    ExpansionStrings: Array<string>(10).fill(''),
  };
}

/** What the domain controller sends on a connection, and what the attempt leaves in the directory. */
export interface LogonAnswer {
  readonly effects: readonly ActorEffect[];
  readonly change?: AccountChange;
}

/** @param bytes a PDU, or why the octets are none */
export function answerLogon(
  connection: string,
  bytes: Uint8Array | string,
  realm: Realm,
  accounts: DirectoryAccounts,
  now: number,
): LogonAnswer {
  const read =
    typeof bytes === 'string'
      ? ({ kind: 'malformed', reason: bytes } as const)
      : readSamLogonRequest(bytes);
  if (read.kind === 'malformed') {
    const text = `no network logon is judged: ${read.reason}`;
    return {
      effects: [
        { kind: 'note', level: 'info', text },
        { kind: 'close', connection },
      ],
    };
  }
  const { reply, change, reason } = judged(read.request.logon, realm, accounts, now);
  const answer = samLogonReply(reply);
  const sent: ActorEffect = {
    kind: 'send',
    transport: 'tcp',
    connection,
    message: RESPONSE_NAME,
    bytes: answer,
  };
  const left = change === undefined ? {} : { change };
  if (reply.kind === 'granted') return { effects: [sent], ...left };
  const text = `${statusName(reply.status)}: ${reason}`;
  return { effects: [sent, { kind: 'note', level: 'cause', text }], ...left };
}

/** Whether somebody in the realm takes NTLM: then its domain controllers listen for their questions. */
export function takesNtlm(scene: Scene, realm: string): boolean {
  return Object.values(scene.actors).some(({ config }) => {
    const { ntlm, realm: own } = config as { readonly ntlm?: unknown; readonly realm?: unknown };
    return ntlm === true && typeof own === 'string' && sameRealm(own, realm);
  });
}
