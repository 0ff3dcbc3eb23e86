/**
 * Set-, Get- and Remove-AzureADKerberosServer, as an administrator runs them on a domain controller: first
 * the directory, with the rights of an account there, then the tenant, with those of one in the cloud.
 * Where the second fails the first stays done, and the two sides no longer agree.
 */
import type { ActorEffect, ActorEvent, Args } from '../../src/machine/actor.ts';
import type { WriteBatch } from '../../src/machine/store.ts';
import { type Directory, dnOf } from '../directory/directory.ts';
import type { DomainInfo } from '../directory/domain-info.ts';
import { one } from '../directory/entry.ts';
import {
  type Changed,
  kerberosServer,
  removeKerberosServer,
  setKerberosServer,
} from '../directory/kerberos-server.ts';
import type { WriteContext } from '../directory/modify.ts';
import { resultName } from '../directory/refusals.ts';
import {
  KERBEROS_DOMAIN_REQUEST_NAME,
  type KerberosDomain,
  kerberosDomainRequest,
  type ShownKerberosDomain,
} from '../entra/kerberos-domain.ts';
import { TOKEN_HOST, TOKEN_REQUEST_NAME } from '../entra/key-registration.ts';
import { GRAPH_RESOURCE, tokenForm, tokenPath } from '../entra/token.ts';
import { request } from '../http/messages.ts';
import { FORM, formBody } from '../oauth/oauth.ts';
import type { DirectoryAccounts } from './directory-accounts.ts';
import type { Outcome } from './directory-commands.ts';
import { type Carrying, carried, type Errands, NO_ERRANDS, withCall } from './errands.ts';
import { readDomainAnswer, readTokenAnswer } from './kerberos-server-answers.ts';
import { type Cmdlet, readCmdlet } from './kerberos-server-line.ts';
import { agree, kerberosServerLines, type ShownKerberosServer } from './kerberos-server-shown.ts';
import type { CloudAccount } from './tenant-cast.ts';

/** Where the cmdlets find Entra. */
export interface Cloud {
  /** The tenant's actor. */
  readonly tenant: string;
  readonly tenantId: string;
  /** Who may be named as -UserPrincipalName; the first, where nobody is. */
  readonly accounts: readonly CloudAccount[];
}

/** One that waits for the tenant. */
interface Run {
  readonly command: string;
  readonly as: string;
  readonly method: 'PUT' | 'GET' | 'DELETE';
  readonly domainDnsName: string;
  /** The directory's side, once its part is done. */
  readonly server?: ShownKerberosServer;
  readonly domain?: KerberosDomain;
}

type Purpose = { readonly step: 'token' | 'domain'; readonly run: Run };

export interface Cmdlets {
  readonly errands: Errands<Purpose>;
}

export const NO_CMDLETS: Cmdlets = { errands: NO_ERRANDS };

/** What a step of one brings. */
export interface Went {
  readonly cmdlets: Cmdlets;
  /** To be written in this order, each upon the directory that stands beside it. */
  readonly writes: readonly { readonly batch: WriteBatch; readonly base: Directory }[];
  readonly effects: readonly ActorEffect[];
  /** It has come to its end. */
  readonly outcome?: Omit<Outcome, 'draft'>;
}

/** Whoever runs it: `at` has their rights. */
export interface Desk {
  readonly at: WriteContext;
  readonly accounts: DirectoryAccounts;
  readonly cloud: Cloud | undefined;
}

const HTTPS_PORT = 443;
/** Azure Active Directory PowerShell, whose sign-in the cmdlets use. */
const CLIENT_ID = '1b730954-1685-4b74-9bfd-dac224a7b894';

/** Whether the command line is one of the three. */
export function isCmdlet(verb: string, args: Args): boolean {
  return verb === 'runs' && readCmdlet(String(args.runs)) !== undefined;
}

/** @param line a command line that {@link isCmdlet} knows */
export function commanded(cmdlets: Cmdlets, line: string, as: string, desk: Desk): Went {
  const { at, cloud } = desk;
  const said = { command: `runs ${line}`, as };
  const over = (result: string, reason: string): Went => ({
    cmdlets,
    writes: [],
    effects: [],
    outcome: { ...said, result, reason },
  });
  const cmdlet = readCmdlet(line) ?? { usage: `what is ${line}?` };
  if ('usage' in cmdlet) return over('usage', cmdlet.usage);
  const domainDnsName = at.domain.dnsName;
  const { domain = domainDnsName } = cmdlet;
  if (domain.toLowerCase() !== domainDnsName) {
    return over('usage', `-Domain: this domain controller is of ${domainDnsName}`);
  }
  if (cloud === undefined) return over('usage', `no tenant has the users of ${domainDnsName}`);
  const account = accountOf(cmdlet, cloud);
  if (account === undefined) {
    return over('usage', `-UserPrincipalName: nobody here knows ${cmdlet.userPrincipalName}`);
  }
  const changed = changedBy(cmdlet, at);
  if (!changed.ok) {
    const { code, reason, message } = changed;
    return over(resultName(code), `${reason} (${message.trim()})`);
  }
  const run: Run = {
    ...said,
    method: METHODS[cmdlet.cmdlet],
    domainDnsName,
    ...serverSide(changed.directory, desk, cmdlet),
  };
  const { errands, effects } = askToken(cmdlets.errands, run, account, cloud);
  return { cmdlets: { errands }, writes: writesOf(changed, at.directory), effects };
}

const METHODS = { set: 'PUT', get: 'GET', remove: 'DELETE' } as const;

function accountOf({ userPrincipalName }: Cmdlet, { accounts }: Cloud): CloudAccount | undefined {
  if (userPrincipalName === undefined) return accounts[0];
  const wanted = userPrincipalName.toLowerCase();
  return accounts.find(({ username }) => username.toLowerCase() === wanted);
}

function changedBy({ cmdlet, rotate }: Cmdlet, at: WriteContext): Changed {
  switch (cmdlet) {
    case 'set':
      return setKerberosServer(at, { rotate });
    case 'remove':
      return removeKerberosServer(at);
    case 'get':
      return { ok: true, drafts: [], directory: at.directory };
  }
}

function writesOf({ drafts }: Extract<Changed, { ok: true }>, base: Directory): Went['writes'] {
  return drafts.flatMap((draft, i) => {
    const batch = draft.batch();
    return batch === undefined ? [] : [{ batch, base: drafts[i - 1] ?? base }];
  });
}

const AES256 = 18;

/** The directory's side after the change, and with Set- what is brought to the tenant. */
function serverSide(
  directory: Directory,
  { at, accounts }: Desk,
  { cmdlet }: Cmdlet,
): Pick<Run, 'server' | 'domain'> {
  const { domain: info } = at;
  const server = shownServer(directory, info, accounts);
  const found = kerberosServer(directory);
  if (server === undefined || found === undefined) return {};
  const key = accounts.read(found.krbtgt).keys[0]?.keys.find(({ etype }) => etype === AES256);
  if (cmdlet !== 'set' || key === undefined) return { server };
  const { id, domainDnsName, keyVersion, keyUpdatedOn } = server;
  const domain: KerberosDomain = {
    id,
    domainDnsName,
    netBiosName: info.netbios,
    domainSid: info.sid,
    secondaryKrbTgtNumber: id,
    keyVersion,
    key: key.bytes,
    keyUpdatedOn,
  };
  return { server, domain };
}

/** Undefined: Set-AzureADKerberosServer was never run here. */
export function shownServer(
  directory: Directory,
  info: DomainInfo,
  accounts: DirectoryAccounts,
): ShownKerberosServer | undefined {
  const found = kerberosServer(directory);
  if (found === undefined) return undefined;
  const { krbtgt, computer, id, keyVersion } = found;
  return {
    id,
    userAccount: dnOf(directory, krbtgt),
    ...(computer === undefined ? {} : { computerAccount: dnOf(directory, computer) }),
    displayName: one(krbtgt, 'displayName') ?? '',
    domainDnsName: info.dnsName,
    keyVersion,
    keyUpdatedOn: accounts.read(krbtgt).pwdLastSet,
    keyUpdatedFrom: info.controllerHost,
  };
}

function askToken(
  errands: Errands<Purpose>,
  run: Run,
  account: CloudAccount,
  { tenant, tenantId }: Cloud,
): Carrying<Purpose> {
  const form = tokenForm({
    clientId: CLIENT_ID,
    resource: GRAPH_RESOURCE,
    ...account,
    freshMfa: false,
  });
  const fields = { 'Content-Type': FORM };
  const asking = request('POST', TOKEN_HOST, tokenPath(tenantId), fields, formBody(form));
  const call = { to: tenant, port: HTTPS_PORT, message: TOKEN_REQUEST_NAME, request: asking };
  return withCall(errands, { step: 'token', run }, call);
}

/** Undefined: the event is about none of them. */
export function heard(
  cmdlets: Cmdlets,
  event: ActorEvent,
  cloud: Cloud | undefined,
): Went | undefined {
  const next = carried(cmdlets.errands, event);
  if (next === undefined) return undefined;
  const { errands, effects, finished } = next;
  const waiting: Went = { cmdlets: { errands }, writes: [], effects };
  if (finished === undefined) return waiting;
  const { step, run } = finished.purpose;
  if (step === 'domain') {
    const answer = readDomainAnswer(run.method, finished.outcome);
    return { ...waiting, outcome: answer.ok ? concluded(run, answer.domain) : failed(run, answer) };
  }
  const token = readTokenAnswer(finished.outcome);
  if (!token.ok) return { ...waiting, outcome: failed(run, token) };
  const asked = askDomain(errands, run, token.token, cloud?.tenant ?? '');
  return {
    ...waiting,
    cmdlets: { errands: asked.errands },
    effects: [...effects, ...asked.effects],
  };
}

function askDomain(
  errands: Errands<Purpose>,
  run: Run,
  token: string,
  tenant: string,
): Carrying<Purpose> {
  const { method, domainDnsName, domain } = run;
  return withCall(
    errands,
    { step: 'domain', run },
    {
      to: tenant,
      port: HTTPS_PORT,
      message: KERBEROS_DOMAIN_REQUEST_NAME,
      request: kerberosDomainRequest(method, domainDnsName, token, domain),
    },
  );
}

function concluded(
  { command, as, method, server }: Run,
  cloud: ShownKerberosDomain | undefined,
): Omit<Outcome, 'draft'> {
  const done = { command, as, result: 'success' };
  if (method !== 'GET') return done;
  const shown = kerberosServerLines(server, cloud);
  if (agree(server, cloud) || (server === undefined && cloud === undefined)) {
    return { ...done, shown };
  }
  return { ...done, shown, reason: 'Active Directory and Entra do not agree' };
}

/** What was done in the directory stays done. */
function failed(
  { command, as, method, server }: Run,
  { result, reason }: { readonly result: string; readonly reason: string },
): Omit<Outcome, 'draft'> {
  const shown = method === 'GET' ? { shown: kerberosServerLines(server, undefined) } : {};
  const left =
    method === 'PUT'
      ? `; Active Directory has key version ${server?.keyVersion}, which the tenant was not told`
      : method === 'DELETE'
        ? '; Active Directory has no Kerberos server any more, and the tenant still has its key'
        : '';
  return { command, as, result, reason: `${reason}${left}`, ...shown };
}
