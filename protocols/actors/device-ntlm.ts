/** NTLM in a user's logon session: when Windows takes it, with which hash, and why it does not. */
import type { Env } from '../../src/machine/machine.ts';
import { type Failure, sentenceOf } from '../kerberos/client.ts';
import { KDC_ERR_S_PRINCIPAL_UNKNOWN } from '../kerberos/error-codes.ts';
import { ticketGrantingTicket } from '../kerberos/ticket-cache.ts';
import type { Credentials } from '../ntlm/initiator.ts';
import { ntHash } from '../ntlm/response.ts';
import { beginPartialExchange, partialTicket } from './device-cloud-tickets.ts';
import { began, kdcTime, refuse, type SessionStep, settled, withOpened } from './device-opened.ts';
import type { DeviceConfig, Purpose, WithSession } from './device-state.ts';
import { type LogonSession, type Opened, passwordOf } from './logon-session.ts';
import { beginNtlm } from './ntlm-exchange.ts';

/** The host in `cifs/files.corp.example`. */
export function hostOf(target: string): string {
  return target.split('/')[1] ?? '';
}

/** Of an address no service principal name is made: Windows does not even ask for a ticket. */
export function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}

/** Kerberos has no ticket for such a service, and the KDC says so: Negotiate takes the next mechanism. */
export function leadsToNtlm(failure: Failure): boolean {
  return failure.kind === 'refused' && failure.errorCode === KDC_ERR_S_PRINCIPAL_UNKNOWN;
}

/** Of the password that was typed, or as a domain controller gave it out in a key list. */
export function ntHashOf(session: LogonSession): Uint8Array | undefined {
  if (session.ntHash !== undefined) return session.ntHash;
  const password = passwordOf(session);
  return password === undefined ? undefined : ntHash(password);
}

/** Why there will be no NTLM, whatever the hash; undefined: nothing is in the way. */
export function policyObjection({ outgoingNtlm }: DeviceConfig): string | undefined {
  return outgoingNtlm === 'deny' ? 'outgoing NTLM is denied by policy' : undefined;
}

export const NO_HASH =
  'NTLM wants the NT hash of the password, and the session has neither a password nor a key list';

export function ntlmCredentials(
  { netbiosName }: DeviceConfig,
  session: LogonSession,
  hash: Uint8Array,
  target: string,
): Credentials {
  return { ...accountOf(session), ntHash: hash, workstation: netbiosName, targetName: target };
}

/** As the PAC named it; whoever signed in by Entra alone goes by the names of the partial ticket. */
function accountOf({ who, identity }: LogonSession): Pick<Credentials, 'userName' | 'domainName'> {
  const [domainName = '', userName] = identity.name.split('\\');
  if (userName !== undefined && domainName !== 'AzureAD') return { domainName, userName };
  const name = who.cname.nameString.join('/');
  return name.includes('@')
    ? { domainName: '', userName: name }
    : { domainName: who.realm, userName: name };
}

/** What people are told when neither mechanism goes. */
export function neither(failure: Failure, objection: string): string {
  return `${sentenceOf(failure)}; ${objection}`;
}

export function isOpenByNtlm(opened: Opened | undefined): boolean {
  return opened?.name === 'sessionOpen' && opened.mechanism === 'ntlm';
}

/** No ticket is asked for. With a partial ticket the hash comes with the full one. */
export function byNtlm(
  config: DeviceConfig,
  state: WithSession,
  target: string,
  env: Env,
): SessionStep {
  const { session, base } = state;
  const objection = policyObjection(config);
  if (objection !== undefined) return settled(refuse(state, target, objection));
  const hash = ntHashOf(session);
  if (hash !== undefined) return connectByNtlm(config, state, target, hash);
  const now = kdcTime({ base }, env);
  const tgt = ticketGrantingTicket(session.cache, session.who.realm);
  const partial = partialTicket(base.hello, session.who.user, now);
  if (session.proof.mechanism !== 'cloud' || partial === undefined || tgt !== undefined) {
    return settled(refuse(state, target, NO_HASH));
  }
  const purpose: Purpose = { for: 'anew', target };
  const expecting = withOpened(state, target, { name: 'expectTicket' });
  return began(expecting, beginPartialExchange(config, base, partial, purpose, env));
}

export function connectByNtlm(
  config: DeviceConfig,
  state: WithSession,
  target: string,
  hash: Uint8Array,
): SessionStep {
  const service = config.service(hostOf(target));
  if (service === undefined) {
    return settled(refuse(state, target, `nobody listens at ${hostOf(target)}`));
  }
  return began(
    withOpened(state, target, { name: 'expectSession' }),
    beginNtlm(
      state.base.exchanges,
      { for: 'session', target },
      ntlmCredentials(config, state.session, hash, target),
      service,
      config.exchanges,
    ),
  );
}
