/**
 * Whom a name means: the orders in which a domain controller tries the attributes of its accounts,
 * for clients (MS-KILE 3.3.5.6.1) and for servers (MS-KILE 3.3.5.1.1).
 */
import {
  NT_ENTERPRISE,
  NT_PRINCIPAL,
  NT_SRV_HST,
  NT_SRV_HST_DOMAIN,
  NT_SRV_INST,
  NT_UNKNOWN,
} from '../kerberos/constants.ts';
import {
  KDC_ERR_MUST_USE_USER2USER,
  KDC_ERR_S_PRINCIPAL_UNKNOWN,
} from '../kerberos/error-codes.ts';
import type { PrincipalName } from '../kerberos/messages.ts';
import { type Account, type Accounts, isDomainController, type Trust } from './accounts.ts';
import { type Refusal, refused } from './errors.ts';
import { namesRealm, type Realm } from './realm.ts';
import { hostAlias } from './spn-mappings.ts';

export type ClientLookup =
  | { readonly kind: 'account'; readonly account: Account }
  /** The client belongs to another realm that a trust leads to: ask there (RFC 6806 §7). */
  | { readonly kind: 'elsewhere'; readonly realm: string }
  | { readonly kind: 'unknown' };

export type ServerLookup =
  /** The ticket-granting service of this realm. */
  | { readonly kind: 'krbtgt'; readonly account: Account }
  /** The ticket-granting service of a trusted realm, asked for by name. */
  | { readonly kind: 'trust'; readonly trust: Trust }
  /** A service whose host name belongs to a trusted realm. */
  | { readonly kind: 'referral'; readonly trust: Trust }
  | {
      readonly kind: 'account';
      readonly account: Account;
      readonly by: 'spn' | 'account' | 'enterprise';
    }
  | { readonly kind: 'notUnique'; readonly accounts: readonly Account[] }
  | { readonly kind: 'unknown' };

const UNKNOWN = { kind: 'unknown' } as const;

/**
 * @param preauthenticated with preauthentication data, names in altSecurityIdentities do not count:
 *   step 4 of MS-KILE 3.3.5.6.1
 */
export function findClient(
  accounts: Accounts,
  realm: Realm,
  name: PrincipalName,
  preauthenticated: boolean,
): ClientLookup {
  const joined = name.nameString.join('/');
  const found =
    name.nameType === NT_ENTERPRISE
      ? clientByEnterpriseName(accounts, realm, name)
      : clientByPrincipalName(accounts, realm, name, joined);
  if (found !== undefined) return { kind: 'account', account: found };
  if (!preauthenticated) {
    const mapped = accounts.byAltSecurityIdentity(`Kerberos:${joined}@${realm.name}`);
    if (mapped !== undefined) return { kind: 'account', account: mapped };
  }
  if (name.nameType === NT_ENTERPRISE) {
    const suffix = joined.slice(joined.lastIndexOf('@') + 1);
    const trust = suffix === joined ? undefined : nearestRealm(accounts, realm, suffix);
    if (trust !== undefined) return { kind: 'elsewhere', realm: trust.realm };
  }
  return UNKNOWN;
}

function clientByPrincipalName(
  accounts: Accounts,
  realm: Realm,
  name: PrincipalName,
  joined: string,
): Account | undefined {
  if (name.nameString.length === 1) {
    const found = bySAMAccountName(accounts, joined);
    if (found !== undefined) return found;
  }
  return accounts.byUserPrincipalName(`${joined}@${realm.name}`);
}

function clientByEnterpriseName(
  accounts: Accounts,
  realm: Realm,
  name: PrincipalName,
): Account | undefined {
  const [whole] = name.nameString;
  if (whole === undefined || name.nameString.length !== 1) return undefined;
  const found = accounts.byUserPrincipalName(whole);
  if (found !== undefined) return found;
  const at = whole.lastIndexOf('@');
  if (at >= 0 && !namesRealm(realm, whole.slice(at + 1))) return undefined;
  return bySAMAccountName(accounts, at < 0 ? whole : whole.slice(0, at));
}

/** As it stands, then as a computer's. */
function bySAMAccountName(accounts: Accounts, name: string): Account | undefined {
  return accounts.bySAMAccountName(name) ?? accounts.bySAMAccountName(`${name}$`);
}

/** Is this the name of the ticket-granting service, and of which realm? One component: our own. */
export function krbtgtRealm(name: PrincipalName): string | undefined {
  const [service, instance, ...more] = name.nameString;
  if (service?.toLowerCase() !== 'krbtgt' || more.length > 0) return undefined;
  return instance ?? '';
}

export function findServer(accounts: Accounts, realm: Realm, name: PrincipalName): ServerLookup {
  const tgs = krbtgtRealm(name);
  if (tgs !== undefined) {
    if (tgs === '' || namesRealm(realm, tgs)) {
      const account = accounts.krbtgt(realm.secondaryKrbTgtNumber ?? 0);
      return account === undefined ? UNKNOWN : { kind: 'krbtgt', account };
    }
    const trust = accounts.trust(tgs);
    return trust?.trustAuthIncoming === undefined ? UNKNOWN : { kind: 'trust', trust };
  }
  switch (name.nameType) {
    case NT_UNKNOWN:
    case NT_PRINCIPAL:
    case NT_SRV_INST:
    case NT_SRV_HST:
    case NT_SRV_HST_DOMAIN:
      return serverByPrincipalName(accounts, realm, name);
    case NT_ENTERPRISE:
      return serverByEnterpriseName(accounts, realm, name);
    default:
      return UNKNOWN;
  }
}

/**
 * An account without a service principal name is no service (MS-KILE 3.3.5.7): its key comes from a
 * password, and a ticket under it could be guessed at. Windows says so in the TGS exchange; the AS
 * exchange gives the same answer here, since the same ticket would come of it.
 */
export function withoutServiceName(found: ServerLookup): Refusal | undefined {
  if (found.kind !== 'account' || found.account.servicePrincipalName.length > 0) return undefined;
  const { sAMAccountName } = found.account;
  const cause = `${sAMAccountName} has no service principal name, so its long-term key seals no ticket`;
  // The enterprise name of a user is no server's name at all.
  const code = found.by === 'enterprise' ? KDC_ERR_S_PRINCIPAL_UNKNOWN : KDC_ERR_MUST_USE_USER2USER;
  return refused(code, cause);
}

function serverByPrincipalName(
  accounts: Accounts,
  realm: Realm,
  name: PrincipalName,
): ServerLookup {
  const spn = byServicePrincipalName(accounts, realm, name.nameString);
  if (spn !== undefined) return spn;
  const [first, host, domain, ...more] = name.nameString;
  if (first === undefined || more.length > 0) return UNKNOWN;
  if (host === undefined) {
    const account = bySAMAccountName(accounts, first);
    return account === undefined ? UNKNOWN : { kind: 'account', account, by: 'account' };
  }
  const trust = nearestRealm(accounts, realm, domain ?? host.replace(/:\d+$/, ''));
  return trust?.trustAuthIncoming === undefined ? UNKNOWN : { kind: 'referral', trust };
}

function serverByEnterpriseName(
  accounts: Accounts,
  realm: Realm,
  name: PrincipalName,
): ServerLookup {
  const [whole] = name.nameString;
  if (whole === undefined || name.nameString.length !== 1) return UNKNOWN;
  const spn = byServicePrincipalName(accounts, realm, [whole]);
  if (spn !== undefined) return spn;
  const account = clientByEnterpriseName(accounts, realm, name);
  return account === undefined ? UNKNOWN : { kind: 'account', account, by: 'enterprise' };
}

/** The name itself, then as one of the classes that `host` stands for. */
function byServicePrincipalName(
  accounts: Accounts,
  realm: Realm,
  components: readonly string[],
): ServerLookup | undefined {
  const joined = components.join('/');
  const exact = accounts.byServicePrincipalName(joined);
  const alias = exact.length > 0 ? undefined : hostAlias(joined);
  const found = alias === undefined ? exact : accounts.byServicePrincipalName(alias);
  const [account] = found;
  if (account === undefined) return undefined;
  if (found.length > 1) return { kind: 'notUnique', accounts: found };
  // Three-part names that end in the own domain belong to domain controllers alone.
  const third = components[2];
  if (third !== undefined && namesRealm(realm, third) && !isDomainController(account)) {
    return UNKNOWN;
  }
  return { kind: 'account', account, by: 'spn' };
}

/** The trust whose DNS name is the longest suffix of `host`, unless the own realm's is longer. */
function nearestRealm(accounts: Accounts, realm: Realm, host: string): Trust | undefined {
  const upper = host.toUpperCase();
  let best: Trust | undefined;
  let length = isBelow(upper, realm.name) ? realm.name.length : 0;
  for (const trust of accounts.trusts) {
    if (trust.realm.length > length && isBelow(upper, trust.realm)) {
      best = trust;
      length = trust.realm.length;
    }
  }
  return best;
}

function isBelow(host: string, realm: string): boolean {
  return host === realm || host.endsWith(`.${realm}`);
}
