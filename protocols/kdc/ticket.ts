/** What AS and TGS have in common: whom a ticket is for, how long it lasts, how it is sealed. */
import { encode } from '../../src/der/codec.ts';
import { KeyUsage, PVNO } from '../kerberos/constants.ts';
import {
  KDC_ERR_ETYPE_NOSUPP,
  KDC_ERR_NEVER_VALID,
  KDC_ERR_PRINCIPAL_NOT_UNIQUE,
  KDC_ERR_S_PRINCIPAL_UNKNOWN,
} from '../kerberos/error-codes.ts';
import { encrypt, etypeName, type Key } from '../kerberos/etypes.ts';
import {
  type AuthorizationData,
  EncTicketPart,
  type PrincipalName,
  type Ticket,
} from '../kerberos/messages.ts';
import { STATUS_TIME_DIFFERENCE_AT_DC } from '../kerberos/ntstatus.ts';
import { authorizationDataWithPac, ticketToSign } from '../pac/authorization-data.ts';
import type { Pac } from '../pac/pactype.ts';
import { type PacKeys, signPac } from '../pac/signatures.ts';
import { type Account, type Accounts, type KeySet, UserAccountControl } from './accounts.ts';
import { type Refusal, refused } from './errors.ts';
import {
  accountEncTypes,
  KRBTGT_ENC_TYPES,
  supportedEncTypes,
  ticketKey,
} from './etype-selection.ts';
import { fullKvno } from './long-term-keys.ts';
import type { ServerLookup } from './lookup.ts';
import type { Policy, Realm } from './realm.ts';

/** Whom a ticket is for. */
export interface Target {
  readonly kind: 'target';
  /**
   * `tgt` and `referral` tickets are for ticket-granting services, ours or another realm's;
   * `changePw` is kadmin/changepw, whose key is that of krbtgt.
   */
  readonly use: 'tgt' | 'referral' | 'changePw' | 'service';
  /** Seals the ticket. */
  readonly key: Key;
  readonly kvno: number;
  /** msDS-SupportedEncryptionTypes as it counts here. */
  readonly encTypes: number;
  /** Absent for other realms. */
  readonly account?: Account;
}

/** RFC 3244: the service that changes passwords. */
export function isChangePw(name: PrincipalName | undefined): boolean {
  const [first, second, ...more] = name?.nameString ?? [];
  return (
    first?.toLowerCase() === 'kadmin' && second?.toLowerCase() === 'changepw' && more.length === 0
  );
}

/** @param name as in the request, for the texts */
export function targetOf(realm: Realm, found: ServerLookup, name: PrincipalName): Target | Refusal {
  const { policy } = realm;
  const shown = name.nameString.join('/');
  switch (found.kind) {
    case 'krbtgt':
      return sealedFor('tgt', policy, KRBTGT_ENC_TYPES, found.account.keys, shown, found.account);
    case 'trust':
    case 'referral': {
      const { trust } = found;
      const encTypes = supportedEncTypes(policy, trust);
      return sealedFor('referral', policy, encTypes, trust.trustAuthIncoming ?? [], trust.realm);
    }
    case 'account': {
      const { account } = found;
      const use = isChangePw(name) ? 'changePw' : 'service';
      const encTypes = use === 'changePw' ? KRBTGT_ENC_TYPES : accountEncTypes(policy, account);
      return sealedFor(use, policy, encTypes, account.keys, shown, account);
    }
    case 'notUnique': {
      const owners = found.accounts.map((account) => account.sAMAccountName).join(', ');
      return refused(
        KDC_ERR_PRINCIPAL_NOT_UNIQUE,
        `the service principal name ${shown} is registered more than once: ${owners}`,
      );
    }
    case 'unknown':
      return refused(
        KDC_ERR_S_PRINCIPAL_UNKNOWN,
        `no account of ${realm.name} has the service principal name ${shown}`,
      );
  }
}

function sealedFor(
  use: Target['use'],
  policy: Policy,
  encTypes: number,
  keys: readonly KeySet[],
  shown: string,
  account?: Account,
): Target | Refusal {
  const [current] = keys;
  const key = current === undefined ? undefined : ticketKey(policy, encTypes, current);
  if (key === undefined || current === undefined) {
    return refused(
      KDC_ERR_ETYPE_NOSUPP,
      `a ticket for ${shown} cannot be sealed: of its keys (${etypesOf(current)}) none is among ` +
        `msDS-SupportedEncryptionTypes 0x${encTypes.toString(16)} and this domain controller's ` +
        `0x${policy.supportedEncryptionTypes.toString(16)}`,
    );
  }
  const kvno = fullKvno(account?.msDSSecondaryKrbTgtNumber ?? 0, current.kvno);
  return {
    kind: 'target',
    use,
    key,
    kvno,
    encTypes,
    ...(account === undefined ? {} : { account }),
  };
}

function etypesOf(keys: KeySet | undefined): string {
  const names = keys?.keys.map((key) => etypeName(key.etype)) ?? [];
  return names.length === 0 ? 'none' : names.join(', ');
}

/**
 * What the KDC's own PAC signatures are made with: the strongest key of its krbtgt account, and on a
 * read-only KDC the number of that (MS-PAC 2.8).
 */
export function pacSigner(
  { policy, secondaryKrbTgtNumber }: Realm,
  accounts: Accounts,
): Omit<PacKeys, 'serverKey'> | undefined {
  const current = accounts.krbtgt(secondaryKrbTgtNumber ?? 0)?.keys[0];
  const kdcKey = current === undefined ? undefined : ticketKey(policy, KRBTGT_ENC_TYPES, current);
  if (kdcKey === undefined) return undefined;
  return secondaryKrbTgtNumber === undefined
    ? { kdcKey }
    : { kdcKey, rodcIdentifier: secondaryKrbTgtNumber };
}

/** ok-as-delegate: the service is trusted with forwarded tickets (MS-KILE 3.3.5.7). */
export function isTrustedForDelegation(target: Pick<Target, 'account'>): boolean {
  const bits = target.account?.userAccountControl ?? 0;
  return (bits & UserAccountControl.TRUSTED_FOR_DELEGATION) !== 0;
}

/** Milliseconds since 1970, whole seconds. */
export interface Validity {
  readonly kind: 'valid';
  readonly starttime: number;
  readonly endtime: number;
  readonly renewTill?: number;
}

export interface Wish {
  readonly start: number;
  /** 0, the start of 1970, asks for as long as can be had (RFC 4120 §5.4.1). */
  readonly till: number;
  readonly rtime?: number;
  readonly renewable: boolean;
  /** Renewable instead, when `till` cannot be granted. */
  readonly renewableOk: boolean;
}

/** RFC 4120 §3.1.3. @param endMax and `renewMax`: points in time that may not be passed */
export function validity(wish: Wish, endMax: number, renewMax: number): Validity | Refusal {
  const { start, renewable, renewableOk } = wish;
  const till = wish.till === 0 ? Number.POSITIVE_INFINITY : wish.till;
  const endtime = wholeSeconds(Math.min(till, endMax));
  if (endtime <= start) {
    const asked = till <= start ? 'the ticket is asked for until' : 'the ticket could last until';
    return refused(
      KDC_ERR_NEVER_VALID,
      `${asked} ${iso(endtime)}, which is not after its start at ${iso(start)}`,
      till <= start ? {} : { status: STATUS_TIME_DIFFERENCE_AT_DC },
    );
  }
  const instead = renewableOk && till > endtime;
  if (!renewable && !instead) return { kind: 'valid', starttime: start, endtime };
  // With renewable-ok the wish for `till` is what renewing shall reach.
  const asked = renewable ? wish.rtime || Number.POSITIVE_INFINITY : till;
  const renewTill = wholeSeconds(Math.min(asked, renewMax));
  return { kind: 'valid', starttime: start, endtime, renewTill };
}

export function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/**
 * The contents of a ticket with its PAC, signed last: the ticket signature covers all else
 * (MS-PAC 2.8.1).
 * @param others authorization data behind the PAC
 */
export function withPac(
  part: EncTicketPart,
  pac: Pac,
  keys: PacKeys,
  forService: boolean,
  others: AuthorizationData,
): EncTicketPart {
  const bare = others.length === 0 ? part : { ...part, authorizationData: others };
  const octets = signPac(pac, keys, forService ? ticketToSign(bare) : undefined);
  return { ...part, authorizationData: authorizationDataWithPac(octets, others) };
}

/** @param kvno absent for tickets under a session key */
export function sealTicket(
  realmName: string,
  sname: PrincipalName,
  part: EncTicketPart,
  key: Key,
  kvno: number | undefined,
  confounder: Uint8Array,
): Ticket {
  return {
    tktVno: PVNO,
    realm: realmName,
    sname,
    encPart: {
      etype: key.etype,
      ...(kvno === undefined ? {} : { kvno }),
      cipher: encrypt(key, KeyUsage.TICKET, encode(EncTicketPart, part), confounder),
    },
  };
}
