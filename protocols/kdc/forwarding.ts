/**
 * What a read-only KDC can answer by itself and what it hands on to a writable one: it has the secrets of
 * few accounts, and no key for tickets but its own. Octets are looked at no further than that takes.
 */
import { type Codec, tryDecode } from '../../src/der/codec.ts';
import { KdcOptions, PA_PAC_OPTIONS, PA_TGS_REQ, PacOptions } from '../kerberos/constants.ts';
import { KDC_ERR_S_PRINCIPAL_UNKNOWN, KDC_ERR_SVC_UNAVAILABLE } from '../kerberos/error-codes.ts';
import {
  ApReq,
  AsReq,
  type KdcReqBody,
  type PaData,
  PaPacOptions,
  type PrincipalName,
  TgsReq,
  type Ticket,
} from '../kerberos/messages.ts';
import { formatName } from '../kerberos/names.ts';
import { STATUS_NO_SECRETS } from '../kerberos/ntstatus.ts';
import type { Account, Accounts, Trust } from './accounts.ts';
import { type Exchange, errorMessage, type Refusal, refused } from './errors.ts';
import { findClient, findServer } from './lookup.ts';
import { namesRealm, type Realm } from './realm.ts';
import { issuerNumber } from './tgs-ticket.ts';

/**
 * The directory as a read-only controller has it: everybody is there, but only those whose secrets it
 * was given have keys, and no trust does (MS-ADTS 3.1.1.1.9, MS-DRSR 4.1.10.5.14).
 * @param holds has it the secrets of this account?
 */
export function heldAccounts(accounts: Accounts, holds: (account: Account) => boolean): Accounts {
  const seen = (account: Account): Account => (holds(account) ? account : withoutKeys(account));
  const one = (account: Account | undefined) => (account === undefined ? undefined : seen(account));
  return {
    bySAMAccountName: (name) => one(accounts.bySAMAccountName(name)),
    byUserPrincipalName: (name) => one(accounts.byUserPrincipalName(name)),
    byServicePrincipalName: (name) => accounts.byServicePrincipalName(name).map(seen),
    byAltSecurityIdentity: (value) => one(accounts.byAltSecurityIdentity(value)),
    byPublicKey: (publicKey) => one(accounts.byPublicKey(publicKey)),
    publicKeyServices: () => accounts.publicKeyServices(),
    byObjectSid: (sid) => one(accounts.byObjectSid(sid)),
    krbtgt: (number) => one(accounts.krbtgt(number)),
    readOnlyControllers: (number) => accounts.readOnlyControllers(number),
    tokenSids: (account) => accounts.tokenSids(account),
    lockoutPolicy: (account) => accounts.lockoutPolicy(account),
    trust: (realm) => withoutTrustKeys(accounts.trust(realm)),
    get trusts() {
      return accounts.trusts.flatMap((trust) => withoutTrustKeys(trust) ?? []);
    },
    resourceGroups: (sids) => accounts.resourceGroups(sids),
  };
}

const bare = new WeakMap<Account, Account>();

function withoutKeys(account: Account): Account {
  const made = bare.get(account) ?? { ...account, keys: [] };
  bare.set(account, made);
  return made;
}

function withoutTrustKeys(trust: Trust | undefined): Trust | undefined {
  if (trust === undefined) return undefined;
  const { trustAuthIncoming, trustAuthOutgoing, ...rest } = trust;
  return {
    ...rest,
    ...(trustAuthIncoming === undefined ? {} : { trustAuthIncoming: [] }),
    ...(trustAuthOutgoing === undefined ? {} : { trustAuthOutgoing: [] }),
  };
}

/** A request for another KDC. */
export interface Forwarded {
  readonly exchange: Exchange;
  /** For people: what is missing here. */
  readonly why: string;
  /** Of an AS-REQ: who asks, as far as that is known here. */
  readonly client?: Account;
  readonly sname?: PrincipalName;
}

const AS_REQ = 0x6a;
const TGS_REQ = 0x6c;

/**
 * Undefined: to be answered here, with a refusal where it is malformed.
 * @param accounts as {@link heldAccounts} gives them
 */
export function forwarded(
  realm: Realm,
  accounts: Accounts,
  bytes: Uint8Array,
): Forwarded | undefined {
  if (bytes.length > realm.policy.maxRequestSize) return undefined;
  switch (bytes[0]) {
    case AS_REQ: {
      const request = decoded(AsReq, bytes);
      return request === undefined ? undefined : forwardedAs(realm, accounts, request);
    }
    case TGS_REQ: {
      const request = decoded(TgsReq, bytes);
      return request === undefined ? undefined : forwardedTgs(realm, accounts, request);
    }
    default:
      return undefined;
  }
}

/** The same request when this KDC's own answer was that the password is wrong: it may be an old one. */
export function forwardedForPassword(
  realm: Realm,
  accounts: Accounts,
  bytes: Uint8Array,
): Forwarded | undefined {
  const request = bytes[0] === AS_REQ ? decoded(AsReq, bytes) : undefined;
  const body = request?.reqBody.value;
  if (body?.cname === undefined) return undefined;
  const found = findClient(accounts, realm, body.cname, true);
  if (found.kind !== 'account') return undefined;
  const { account: client } = found;
  const why = `the password of ${client.sAMAccountName} may have been changed`;
  return { exchange: 'AS', why, client, ...snameOf(body) };
}

function decoded<T>(codec: Codec<T>, bytes: Uint8Array): T | undefined {
  const read = tryDecode(codec, bytes);
  return read.ok ? read.value : undefined;
}

function snameOf({ sname }: KdcReqBody): Pick<Forwarded, 'sname'> {
  return sname === undefined ? {} : { sname };
}

function forwardedAs(realm: Realm, accounts: Accounts, request: AsReq): Forwarded | undefined {
  const body = request.reqBody.value;
  const { cname } = body;
  if (cname === undefined || !namesRealm(realm, body.realm)) return undefined;
  const found = findClient(accounts, realm, cname, true);
  if (found.kind === 'elsewhere') return undefined;
  const client = found.kind === 'account' ? { client: found.account } : {};
  const why =
    found.kind === 'unknown'
      ? `${formatName(cname, body.realm)} is not known here`
      : found.account.keys.length === 0
        ? `the secrets of ${found.account.sAMAccountName} are not held here`
        : (asksFullDc(request.padata ?? []) ?? missingServer(realm, accounts, body));
  return why === undefined ? undefined : { exchange: 'AS', why, ...client, ...snameOf(body) };
}

/** PA-PAC-OPTIONS, Forward to Full DC: MS-KILE 3.2.5.7. */
function asksFullDc(padata: readonly PaData[]): string | undefined {
  const option = padata.find(({ padataType }) => padataType === PA_PAC_OPTIONS);
  const read = option === undefined ? undefined : decoded(PaPacOptions, option.padataValue);
  return read !== undefined && (read.options & PacOptions.forwardToFullDc) !== 0
    ? 'the client asks for a writable domain controller'
    : undefined;
}

function forwardedTgs(realm: Realm, accounts: Accounts, request: TgsReq): Forwarded | undefined {
  const body = request.reqBody.value;
  const padata = request.padata?.find(({ padataType }) => padataType === PA_TGS_REQ);
  const apReq = padata === undefined ? undefined : decoded(ApReq, padata.padataValue);
  if (apReq === undefined) return undefined;
  const additional = body.additionalTickets?.map(({ value }) => value) ?? [];
  const why =
    foreignTicket(realm, [apReq.ticket.value, ...additional]) ??
    missingServer(realm, accounts, body);
  return why === undefined ? undefined : { exchange: 'TGS', why, ...snameOf(body) };
}

function foreignTicket(realm: Realm, tickets: readonly Ticket[]): string | undefined {
  const foreign = tickets.find(
    (ticket) =>
      !namesRealm(realm, ticket.realm) || issuerNumber(ticket) !== realm.secondaryKrbTgtNumber,
  );
  return foreign === undefined
    ? undefined
    : `the ticket for ${formatName(foreign.sname, foreign.realm)} was issued by another KDC`;
}

function missingServer(
  realm: Realm,
  accounts: Accounts,
  { sname, kdcOptions }: KdcReqBody,
): string | undefined {
  if (sname === undefined) return undefined;
  const found = findServer(accounts, realm, sname);
  const shown = formatName(sname);
  switch (found.kind) {
    case 'krbtgt':
    case 'notUnique':
      return undefined;
    case 'unknown':
      return `the service ${shown} is not known here`;
    case 'trust':
    case 'referral':
      return `the key shared with ${found.trust.realm} is not held here`;
    case 'account': {
      // The key of user-to-user tickets comes with the request.
      const needed = (kdcOptions & KdcOptions.encTktInSkey) === 0;
      return needed && found.account.keys.length === 0
        ? `the secrets of ${found.account.sAMAccountName} are not held here`
        : undefined;
    }
  }
}

/**
 * The answer when no writable KDC does: MS-KILE 3.2.5.7 has STATUS_NO_SECRETS tell clients that another
 * domain controller could help. Where the client's own secrets are missing, nothing here can.
 * @param why from the network: what became of forwarding
 */
export function unanswered({ exchange, why: missing }: Forwarded, why: string): Refusal {
  const code = exchange === 'TGS' ? KDC_ERR_S_PRINCIPAL_UNKNOWN : KDC_ERR_SVC_UNAVAILABLE;
  const cause = `${missing}, and no writable domain controller answers: ${why}`;
  return refused(code, cause, { status: STATUS_NO_SECRETS });
}

/** The refusal in octets. @param now milliseconds since 1970 */
export function unansweredMessage(
  realm: Realm,
  { exchange, sname }: Forwarded,
  refusal: Refusal,
  now: number,
): Uint8Array {
  return errorMessage(realm, exchange, refusal, sname, now);
}
