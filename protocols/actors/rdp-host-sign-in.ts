/** How a remote desktop host signs somebody in: a ticket for their password, then one for itself. */
import type { Env } from '../../src/machine/machine.ts';
import type { Credentials } from '../credssp/credentials.ts';
import { sentenceOf } from '../kerberos/client.ts';
import { NT_ENTERPRISE, NT_PRINCIPAL, NT_SRV_HST } from '../kerberos/constants.ts';
import { principal } from '../kerberos/names.ts';
import type { InfoPacket } from '../rdp/client-info.ts';
import { InfoFlags } from '../rdp/constants.ts';
import type { Outcome, Progress } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import { type Identity, identityOfTicket } from './logon.ts';
import { computerName, type LogonName, serviceRequest, tgtRequest } from './logon-session.ts';
import { secretProof } from './mechanisms.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import type { Purpose, Running } from './rdp-host-state.ts';

/** A name and a password, as a client gives them. */
export interface Typed {
  readonly domain: string;
  readonly userName: string;
  readonly password: string;
}

/** With what a session is to be signed in; a text says why it cannot be. */
export function typedIn(info: InfoPacket, delegated: Credentials | undefined): Typed | string {
  if (delegated !== undefined) {
    if (delegated.kind !== 'password') {
      return `credentials of the kind ${delegated.kind} are not taken by this host`;
    }
    const { domainName: domain, userName, password } = delegated;
    return given({ domain, userName, password });
  }
  if ((info.flags & InfoFlags.INFO_PASSWORD_IS_SC_PIN) !== 0) {
    return 'the client gives a PIN of a smart card, which this host does not redirect';
  }
  return given({ domain: info.Domain, userName: info.UserName, password: info.Password });
}

function given(typed: Typed): Typed | string {
  if (typed.userName !== '') return typed;
  return 'the client gives no name, and there is no sign-in screen to type one into';
}

/** Windows' three forms: `alice` with a domain beside it, `CORP\alice`, `alice@corp.example`. */
export function logonNameOf(
  { realm, domain: own }: Pick<RdpHostConfig, 'realm' | 'domain'>,
  { domain, userName }: Typed,
): LogonName | string {
  if (userName.includes('@')) {
    return { user: userName, realm, cname: principal(NT_ENTERPRISE, userName) };
  }
  const slash = userName.indexOf('\\');
  const named = slash < 0 ? domain : userName.slice(0, slash);
  const account = userName.slice(slash + 1);
  const folded = named.toUpperCase();
  const of =
    folded === '' || folded === own.toUpperCase()
      ? realm
      : folded.includes('.')
        ? folded
        : undefined;
  if (of === undefined) return `${named} is no domain that this host knows`;
  return { user: account, realm: of, cname: principal(NT_PRINCIPAL, account) };
}

/** The computer's own ticket-granting ticket. */
export function computerTicket(config: RdpHostConfig, state: Running, env: Env): Progress<Purpose> {
  const secret = secretProof({ kind: 'keys', keys: config.keys.map(({ key }) => key) });
  return exchanges.beginAs(
    state.exchanges,
    { for: 'computer' },
    tgtRequest(config.realm, computerName(config.sAMAccountName), config),
    secret,
    config.exchanges,
    env,
  );
}

export function userTicket(
  config: RdpHostConfig,
  state: Running,
  connection: string,
  { who, password }: { readonly who: LogonName; readonly password: string },
  env: Env,
): Progress<Purpose> {
  return exchanges.beginAs(
    state.exchanges,
    { for: 'user', connection },
    tgtRequest(who.realm, who.cname, config),
    secretProof({ kind: 'password', password }),
    config.exchanges,
    env,
  );
}

/** The user's ticket for this host: what says who they are (MS-KILE 3.2.5.7). */
export function hostTicket(
  config: RdpHostConfig,
  state: Running,
  connection: string,
  outcome: Extract<Outcome, { readonly kind: 'as' }>,
  env: Env,
): Progress<Purpose> {
  const sname = principal(NT_SRV_HST, 'host', config.dnsHostName);
  const request = serviceRequest(outcome.reply.credential, sname, config);
  return exchanges.beginTgs(
    state.exchanges,
    { for: 'hostTicket', connection },
    request,
    config.exchanges,
    env,
  );
}

/** Who the ticket for this host says that the user is; a text says why it is not believed. */
export function signedIn(config: RdpHostConfig, outcome: Outcome): Identity | string {
  if (outcome.kind !== 'tgs') return reasonOf(outcome);
  const logon = identityOfTicket(outcome.credential.ticket, config.keys);
  return logon.kind === 'granted' ? logon.identity : logon.reason;
}

export function reasonOf(outcome: Outcome): string {
  return outcome.kind === 'failed' ? sentenceOf(outcome.failure) : outcome.kind;
}
