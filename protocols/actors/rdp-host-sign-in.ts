/** How a remote desktop host signs somebody in: a ticket for their password, then one for itself. */
import type { Env } from '../../src/machine/machine.ts';
import type { Credentials } from '../credssp/credentials.ts';
import { sentenceOf } from '../kerberos/client.ts';
import { NT_ENTERPRISE, NT_PRINCIPAL, NT_SRV_HST } from '../kerberos/constants.ts';
import {
  KDC_ERR_C_PRINCIPAL_UNKNOWN,
  KDC_ERR_CLIENT_NAME_MISMATCH,
  KDC_ERR_REVOKED_CERTIFICATE,
} from '../kerberos/error-codes.ts';
import { principal } from '../kerberos/names.ts';
import {
  STATUS_LOGON_FAILURE,
  STATUS_NO_LOGON_SERVERS,
  STATUS_NO_SUCH_USER,
  STATUS_PKINIT_FAILURE,
  STATUS_PKINIT_NAME_MISMATCH,
  STATUS_SMARTCARD_CERT_REVOKED,
  STATUS_SMARTCARD_NO_CERTIFICATE,
} from '../kerberos/ntstatus.ts';
import type { CardKey } from '../minidriver/card-state.ts';
import { pkinitState } from '../pkinit/client-state.ts';
import type { InfoPacket } from '../rdp/client-info.ts';
import { InfoFlags } from '../rdp/constants.ts';
import { signatureNameFor } from '../x509/algorithms.ts';
import { readCertificate } from '../x509/certificate.ts';
import type { Outcome, Progress } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import { type Identity, identityOfTicket } from './logon.ts';
import { computerName, type LogonName, serviceRequest, tgtRequest } from './logon-session.ts';
import { type Proof, secretProof } from './mechanisms.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import type { CardLogOn, Purpose, Running } from './rdp-host-state.ts';

/** A name and a password, as a client gives them. */
export interface Typed {
  readonly domain: string;
  readonly userName: string;
  readonly password: string;
}

/** With what a session is to be signed in. */
export type Given =
  | { readonly kind: 'password'; readonly typed: Typed }
  | { readonly kind: 'card'; readonly logOn: CardLogOn }
  | { readonly kind: 'none'; readonly why: string };

/**
 * What CredSSP has handed over goes before what the Client Info PDU says. Who says nothing and redirects devices
 * is asked for the PIN of a card.
 */
export function credentialsIn(
  info: InfoPacket,
  delegated: Credentials | undefined,
  redirects: boolean,
): Given {
  if (delegated?.kind === 'password') {
    const { domainName: domain, userName, password } = delegated;
    return given({ domain, userName, password });
  }
  if (delegated?.kind === 'smartCard') {
    const { readerName: reader, containerName: container } = delegated.cspData;
    const logOn: CardLogOn = {
      pin: delegated.pin,
      ...(reader === undefined ? {} : { reader }),
      ...(container === undefined ? {} : { container }),
    };
    return { kind: 'card', logOn };
  }
  if (delegated !== undefined) {
    const why = `credentials of the kind ${delegated.kind} are not taken by this host`;
    return { kind: 'none', why };
  }
  // MS-RDPBCGR 2.2.1.11.1.1: the PIN stands in the password's place.
  if ((info.flags & InfoFlags.INFO_PASSWORD_IS_SC_PIN) !== 0) {
    return { kind: 'card', logOn: info.Password === '' ? {} : { pin: info.Password } };
  }
  if (info.Password === '' && redirects) return { kind: 'card', logOn: {} };
  return given({ domain: info.Domain, userName: info.UserName, password: info.Password });
}

function given(typed: Typed): Given {
  if (typed.userName !== '') return { kind: 'password', typed };
  const why = 'the client gives no name, and there is no sign-in screen to type one into';
  return { kind: 'none', why };
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

export type CardTicket =
  | { readonly kind: 'asked'; readonly progress: Progress<Purpose> }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string };

/**
 * The user's ticket-granting ticket with a certificate on a card (MS-PKCA 3.1.5.2.1). The name is the
 * certificate's; the domain is asked that the host is in.
 * @param key what the card's key is called in the request for a signature
 */
export function cardTicket(
  config: RdpHostConfig,
  state: Running,
  connection: string,
  { certificate, publicKey }: CardKey,
  key: string,
  env: Env,
): CardTicket {
  const read = readCertificate(certificate);
  const [upn] = read.ok ? read.value.subjectAltName.upn : [];
  if (upn === undefined) {
    const reason = 'the certificate on the card has no user principal name';
    return { kind: 'refused', status: STATUS_SMARTCARD_NO_CERTIFICATE, reason };
  }
  const algorithm = signatureNameFor(publicKey.type, 'sha256');
  const identity = { certificate, chain: [], key, algorithm };
  const trust = { ...config.kdcTrust, revocationLists: state.lists.held };
  const proof: Proof = { mechanism: 'publicKey', state: pkinitState(identity, trust) };
  const request = tgtRequest(config.realm, principal(NT_ENTERPRISE, upn), config);
  const purpose: Purpose = { for: 'user', connection };
  const { exchanges: running } = state;
  const progress = exchanges.beginAs(running, purpose, request, proof, config.exchanges, env);
  return { kind: 'asked', progress };
}

/** Why a sign-in with a card came to nothing, and the NTSTATUS that winlogon has for it. */
export function cardFailure(outcome: Outcome): {
  readonly reason: string;
  readonly status: number;
} {
  const reason = reasonOf(outcome);
  if (outcome.kind !== 'failed') return { reason, status: STATUS_LOGON_FAILURE };
  const { failure } = outcome;
  switch (failure.kind) {
    case 'refused':
      return { reason, status: failure.status ?? statusFor(failure.errorCode) };
    case 'unanswered':
      return { reason, status: STATUS_NO_LOGON_SERVERS };
    case 'untrustedKdc':
      return { reason, status: STATUS_PKINIT_FAILURE };
    default:
      return { reason, status: STATUS_LOGON_FAILURE };
  }
}

function statusFor(errorCode: number): number {
  switch (errorCode) {
    case KDC_ERR_C_PRINCIPAL_UNKNOWN:
      return STATUS_NO_SUCH_USER;
    case KDC_ERR_CLIENT_NAME_MISMATCH:
      return STATUS_PKINIT_NAME_MISMATCH;
    case KDC_ERR_REVOKED_CERTIFICATE:
      return STATUS_SMARTCARD_CERT_REVOKED;
    default:
      return STATUS_LOGON_FAILURE;
  }
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
    { for: 'hostTicket', connection, tgt: outcome.reply.credential },
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
