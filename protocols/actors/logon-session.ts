/** A user's logon session on a device, and the requests that Windows makes in it. */
import type { Json } from '../../src/machine/actor.ts';
import type { Step } from '../../src/machine/machine.ts';
import type { AsRequest } from '../kerberos/as-request.ts';
import { WINDOWS_TILL } from '../kerberos/client.ts';
import {
  ADDRTYPE_NETBIOS,
  CKSUMTYPE_RSA_MD5,
  KdcOptions,
  NT_PRINCIPAL,
  PacOptions,
  TicketFlags,
} from '../kerberos/constants.ts';
import { etypeName } from '../kerberos/etypes.ts';
import type { HostAddress, PrincipalName } from '../kerberos/messages.ts';
import { formatName } from '../kerberos/names.ts';
import type { TgsRequest } from '../kerberos/tgs-client.ts';
import { type Credential, type TicketCache, withCredential } from '../kerberos/ticket-cache.ts';
import type { Identity } from './logon.ts';
import type { Proof } from './mechanisms.ts';

/** Who signs in, as typed. */
export interface LogonName {
  /** The actor whose session it is. */
  readonly user: string;
  readonly realm: string;
  readonly cname: PrincipalName;
}

/** What a target that was opened has come to. */
export type Opened =
  | { readonly name: 'expectTicket' }
  | { readonly name: 'expectSession' }
  /** `mechanism`: without a ticket, so that it lasts as long as the connection. */
  | { readonly name: 'sessionOpen'; readonly connection: string; readonly mechanism?: 'ntlm' }
  | { readonly name: 'closed' }
  | { readonly name: 'failed'; readonly reason: string };

/** Entra believed the user: partial tickets of its stand for a password or a certificate. */
export interface CloudProofMark {
  readonly mechanism: 'cloud';
  /** Which key it was: KeyID of a Hello key, or the credential of a security key; absent: a password. */
  readonly kid?: string;
  readonly password?: string;
}

export type SessionProof = Proof | CloudProofMark;

export interface LogonSession {
  readonly who: LogonName;
  /** What the PAC says that the user is. */
  readonly identity: Identity;
  /**
   * Kept to sign in again when tickets end: the keys of the password, or which Hello key was released.
   * Windows asks for no gesture again while its user is signed in: it caches a ticket for the key.
   */
  readonly proof: SessionProof;
  /** The key of RC4, which a domain controller gave out for a partial ticket: what NTLM needs. */
  readonly ntHash?: Uint8Array;
  readonly cache: TicketCache;
  /** By service name, `cifs/files.corp.example`. */
  readonly opened: Readonly<Record<string, Opened>>;
}

export function withTickets(cache: TicketCache, credentials: readonly Credential[]): TicketCache {
  return credentials.reduce(withCredential, cache);
}

/** KDCOptions of Windows' AS-REQ: 40810010. */
const AS_OPTIONS =
  KdcOptions.forwardable | KdcOptions.renewable | KdcOptions.canonicalize | KdcOptions.renewableOk;

/** KDCOptions of Windows' TGS-REQ: 40810000. */
const TGS_OPTIONS = KdcOptions.forwardable | KdcOptions.renewable | KdcOptions.canonicalize;

/** Asked for only where the ticket-granting ticket has the flag, which is the same bit. */
const ALLOWED = KdcOptions.forwardable | KdcOptions.renewable;

/** KDCOptions of Windows' renewal: 00010002. */
const RENEW_OPTIONS = KdcOptions.renew | KdcOptions.canonicalize;

/** What of a device's configuration stands in its requests. */
export interface RequestOptions {
  readonly netbiosName: string;
  readonly etypes: readonly number[];
  readonly learnsKdcTime: boolean;
}

/** The computer's name, padded with spaces to 16 octets: MS-KILE 2.2. */
function netbiosAddress(name: string): HostAddress {
  const text = name.toUpperCase().slice(0, 15).padEnd(16, ' ');
  const address = Uint8Array.from(text, (character) => character.charCodeAt(0) & 0x7f);
  return { addrType: ADDRTYPE_NETBIOS, address };
}

/** The AS-REQ of Windows for a ticket-granting ticket. */
export function tgtRequest(
  realm: string,
  cname: PrincipalName,
  options: RequestOptions,
): AsRequest {
  return {
    realm,
    cname,
    kdcOptions: AS_OPTIONS,
    till: WINDOWS_TILL,
    rtime: WINDOWS_TILL,
    etypes: options.etypes,
    addresses: [netbiosAddress(options.netbiosName)],
    includePac: true,
    encPaRep: false,
    learnsTime: options.learnsKdcTime,
  };
}

/** The TGS-REQ of Windows for a service ticket. @param more `keyList` with a ticket of Entra's */
export function serviceRequest(
  credential: Credential,
  sname: PrincipalName,
  options: RequestOptions,
  more: Pick<TgsRequest, 'keyList'> = {},
): TgsRequest {
  return {
    credential,
    sname,
    kdcOptions: TGS_OPTIONS & (credential.flags | ~ALLOWED),
    till: WINDOWS_TILL,
    etypes: options.etypes,
    cksumtype: CKSUMTYPE_RSA_MD5,
    subkey: false,
    paPacOptions: PacOptions.branchAware,
    learnsTime: options.learnsKdcTime,
    ...more,
  };
}

/** The TGS-REQ of Windows that renews a ticket. */
export function renewalRequest(credential: Credential, options: RequestOptions): TgsRequest {
  return {
    ...serviceRequest(credential, credential.sname, options),
    kdcOptions: RENEW_OPTIONS,
  };
}

export function computerName(sAMAccountName: string): PrincipalName {
  return { nameType: NT_PRINCIPAL, nameString: [sAMAccountName] };
}

/** A ticket as `klist` would show it. */
export function ticketView(credential: Credential): Json {
  const { flags } = credential;
  return {
    client: formatName(credential.cname, credential.crealm),
    server: formatName(credential.sname, credential.srealm),
    etype: etypeName(credential.key.etype),
    flags: Object.entries(TicketFlags)
      .filter(([, mask]) => (flags & mask) !== 0)
      .map(([name]) => name),
    authtime: new Date(credential.authtime).toISOString(),
    starttime: new Date(credential.starttime).toISOString(),
    endtime: new Date(credential.endtime).toISOString(),
    ...(credential.renewTill === undefined
      ? {}
      : { renewTill: new Date(credential.renewTill).toISOString() }),
  };
}

/** One step after another, with the effects of all. */
export function chained<S, F>(
  first: Step<S, F>,
  ...then: readonly ((state: S) => Step<S, F>)[]
): Step<S, F> {
  let { state } = first;
  const effects = [...first.effects];
  for (const next of then) {
    const step = next(state);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

/** The password that a user typed to sign in; undefined: they showed something else, or keys. */
export function passwordOf({ proof }: LogonSession): string | undefined {
  if (proof.mechanism === 'cloud') return proof.password;
  if (proof.mechanism !== 'timestamp' || proof.state.secret.kind !== 'password') return undefined;
  return proof.state.secret.password;
}
