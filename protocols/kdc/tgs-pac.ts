/**
 * What a KDC demands of the PAC in a ticket-granting ticket before it issues anything on it:
 * MS-KILE 3.3.5.7, MS-PAC 2.8 and 2.15.
 */
import {
  KDC_ERR_TGT_REVOKED,
  KRB_AP_ERR_MODIFIED,
  KRB_ERR_GENERIC,
} from '../kerberos/error-codes.ts';
import type { EncTicketPart } from '../kerberos/messages.ts';
import { formatName } from '../kerberos/names.ts';
import { STATUS_INSUFFICIENT_RESOURCES, STATUS_LOGON_FAILURE } from '../kerberos/ntstatus.ts';
import { pacOf } from '../pac/authorization-data.ts';
import { type Pac, readPac } from '../pac/pactype.ts';
import { type SignatureOutcome, verifyPac } from '../pac/signatures.ts';
import { accountRefusalSince } from './account-checks.ts';
import type { Account, KdcEnv } from './accounts.ts';
import { type Refusal, refused } from './errors.ts';
import { findClient } from './lookup.ts';
import { pacRequestIn, requestorSid, type TgtPac, unsignedTgtPac } from './pac.ts';
import { readOnlyRefusal } from './read-only.ts';
import { namesRealm, type Realm } from './realm.ts';
import { filteredPac } from './referral.ts';
import type { OpenedTicket } from './tgs-ticket.ts';

/** Whom a ticket-granting ticket speaks for, as its PAC says and the directory confirms. */
export interface Bearer {
  readonly kind: 'bearer';
  readonly pac: Pac;
  /** Absent for users of other realms. */
  readonly account?: Account;
  /** The read-only KDC that issued the ticket. `pac` is the directory's then, not the ticket's. */
  readonly readOnlyKdc?: number;
}

export function bearerOf(
  realm: Realm,
  tgt: OpenedTicket,
  env: KdcEnv,
  what: string,
): Bearer | Refusal {
  const { part, issuer } = tgt;
  const signed = signedPac(tgt, what);
  if (signed.kind === 'refused') return signed;
  const { pac } = signed;
  const number = issuer.kind === 'own' ? issuer.secondaryKrbTgtNumber : 0;
  if (number !== (realm.secondaryKrbTgtNumber ?? 0)) {
    return exchangeable(realm, part, signed, number, env, what);
  }
  if (!namesRealm(realm, part.crealm)) {
    if (issuer.kind === 'own') return { kind: 'bearer', pac };
    const filtered = filteredPac(pac, issuer.trust, realm);
    return filtered.kind === 'refused' ? filtered : { kind: 'bearer', pac: filtered.pac };
  }
  return confirmed(realm, part, signed, env, what);
}

/** A PAC whose signatures hold. */
interface SignedPac {
  readonly kind: 'signed';
  readonly pac: Pac;
  /** PAC_REQUESTOR: whom the ticket was issued to. */
  readonly requestor?: string;
}

/** By the contents of the ticket that it was found in, which are the same object as long as kept. */
const verified = new WeakMap<EncTicketPart, SignedPac>();

/** A trusted realm's KDC signature cannot be checked here: only the inter-realm key is shared. */
function signedPac({ part, issuer, key }: OpenedTicket, what: string): SignedPac | Refusal {
  const before = verified.get(part);
  if (before !== undefined) return before;
  const octets = pacOf(part.authorizationData);
  if (octets === undefined) return refused(KDC_ERR_TGT_REVOKED, `${what} has no PAC`);
  const read = readPac(octets);
  if (!read.ok) {
    return refused(KRB_AP_ERR_MODIFIED, `the PAC of ${what}: ${read.error.message}`);
  }
  const pac = read.value;
  const own = issuer.kind === 'own';
  const rodc =
    own && issuer.secondaryKrbTgtNumber !== 0
      ? { rodcIdentifier: issuer.secondaryKrbTgtNumber }
      : {};
  const outcome = verifyPac(
    pac,
    own ? { serverKey: key, kdcKey: key, ...rodc } : { serverKey: key },
  );
  const wrong =
    oneRefusal('server', outcome.server, what) ??
    (own ? oneRefusal('KDC', outcome.kdc, what) : undefined);
  if (wrong !== undefined) return wrong;
  const requestor = requestorSid(pac);
  const signed: SignedPac = {
    kind: 'signed',
    pac,
    ...(requestor === undefined ? {} : { requestor }),
  };
  verified.set(part, signed);
  return signed;
}

function oneRefusal(name: string, outcome: SignatureOutcome, what: string): Refusal | undefined {
  if (outcome === 'ok') return undefined;
  const cause = `the ${name} signature in the PAC of ${what} is ${outcome}`;
  switch (outcome) {
    case 'missing':
    case 'malformed':
    case 'unchecked':
      return refused(KRB_ERR_GENERIC, cause, { status: STATUS_INSUFFICIENT_RESOURCES });
    case 'wrong':
    case 'wrong-key':
    case 'wrong-issuer':
    case 'unknown-type':
    case 'unkeyed':
      return refused(KRB_AP_ERR_MODIFIED, cause, { status: STATUS_LOGON_FAILURE });
  }
}

/**
 * A read-only KDC's ticket: issued to whom it may issue tickets to, it stands for what the directory
 * says of the account. Its PAC is not looked at any further.
 */
function exchangeable(
  realm: Realm,
  part: EncTicketPart,
  signed: SignedPac,
  readOnlyKdc: number,
  env: KdcEnv,
  what: string,
): Bearer | Refusal {
  const found = requestorAccount(realm, part, signed, env, what);
  if (found.kind === 'refused') return found;
  const { account } = found;
  const unfit = readOnlyRefusal(realm, readOnlyKdc, account, env);
  if (unfit !== undefined) return unfit;
  const fresh: TgtPac = {
    client: account,
    name: part.cname.nameString.join('/'),
    request: pacRequestIn(signed.pac),
    identities: [],
  };
  const pac = unsignedTgtPac(realm, fresh, part.authtime);
  return { kind: 'bearer', pac, account, readOnlyKdc };
}

/** The name in the ticket must still lead to the account that the ticket was issued to. */
function requestorAccount(
  realm: Realm,
  part: EncTicketPart,
  { requestor }: SignedPac,
  env: KdcEnv,
  what: string,
): { readonly kind: 'account'; readonly account: Account } | Refusal {
  if (requestor === undefined) {
    return refused(KDC_ERR_TGT_REVOKED, `the PAC of ${what} does not say whom it was issued to`);
  }
  const found = namesRealm(realm, part.crealm)
    ? findClient(env.accounts, realm, part.cname, true)
    : undefined;
  if (found?.kind !== 'account') {
    return refused(
      KDC_ERR_TGT_REVOKED,
      `there is no account ${formatName(part.cname, part.crealm)} any more`,
    );
  }
  const { account } = found;
  if (account.objectSid !== requestor) {
    return refused(
      KDC_ERR_TGT_REVOKED,
      `${what} was issued to ${requestor}, but ${formatName(part.cname, part.crealm)} is ` +
        `${account.objectSid} now`,
    );
  }
  return found;
}

function confirmed(
  realm: Realm,
  part: EncTicketPart,
  signed: SignedPac,
  env: KdcEnv,
  what: string,
): Bearer | Refusal {
  const found = requestorAccount(realm, part, signed, env, what);
  if (found.kind === 'refused') return found;
  const { account } = found;
  const { pac } = signed;
  const { policy } = realm;
  if (env.now - part.authtime > policy.recheckAge) {
    const signIn = { policy, now: env.now, toChangePassword: false, addresses: [] };
    const revoked = accountRefusalSince(account, signIn);
    if (revoked !== undefined) return revoked;
  }
  return { kind: 'bearer', pac, account };
}
