/**
 * A realm and what its administrators decided: plain data. Names in the comments are those of the
 * registry and of group policy, where people would look them up.
 */

import { DEFAULT_PKINIT_POLICY, type KdcIdentity, type PkinitPolicy } from './pkinit-policy.ts';

/** Durations are milliseconds. */
export interface Policy {
  /** MaxTicketAge: how long a ticket-granting ticket lasts. */
  readonly maxTicketAge: number;
  /** MaxRenewAge: how long it can be renewed. */
  readonly maxRenewAge: number;
  /** MaxServiceAge: how long a service ticket lasts, within its ticket-granting ticket. */
  readonly maxServiceAge: number;
  /** MaxClockSkew: clocks may differ by this much, not by more. */
  readonly maxClockSkew: number;
  /** Lifetime, renewable lifetime of ticket-granting tickets of Protected Users (MS-KILE 3.3.5.6). */
  readonly protectedUsersTicketAge: number;
  /** Lifetime of tickets for kadmin/changepw. */
  readonly changePwTicketAge: number;
  /** MS-KILE 3.3.5.7.1: the account is looked at again when the ticket-granting ticket is older. */
  readonly recheckAge: number;
  /**
   * SupportedEncryptionTypes of the domain controller ("Configure encryption types allowed for
   * Kerberos"): what it speaks at all. The default leaves RC4 out, as domain controllers do since
   * RC4 was retired (KB5073381).
   */
  readonly supportedEncryptionTypes: number;
  /**
   * DefaultDomainSupportedEncTypes: stands in for an absent msDS-SupportedEncryptionTypes. 0x27 was
   * the default from November 2022 (KB5021131), 0x18 is since RC4 was retired.
   */
  readonly defaultDomainSupportedEncTypes: number;
  /** MaxDatagramReplySize: longer answers must be asked for over TCP. */
  readonly maxDatagramReplySize: number;
  /** Longest request that is looked at. */
  readonly maxRequestSize: number;
  /** KdcUseClientAddresses: put the client's addresses into tickets. */
  readonly kdcUseClientAddresses: boolean;
  /**
   * When an expired password is told: `afterPreauth` to who knows it (current domain controllers),
   * `beforePreauth` to everybody (older ones).
   */
  readonly expiredPasswordTold: 'afterPreauth' | 'beforePreauth';
  /** What an expired account is told: most domain controllers say CLIENT_REVOKED, some NAME_EXP. */
  readonly expiredAccountCode: 'KDC_ERR_CLIENT_REVOKED' | 'KDC_ERR_NAME_EXP';
  /**
   * Whose tickets of a read-only KDC are believed: `allowed`, of accounts that its password replication
   * policy allows it to hold (Entra's krbtgt object is given nobody's secrets, and its tickets are
   * good); `revealed`, of those that it has in fact been given (msDS-RevealedUsers) besides.
   */
  readonly readOnlyTickets: 'allowed' | 'revealed';
  /**
   * What a ticket of a read-only KDC is good for: `anyService` (MS-KILE 3.3.5.7), or just for being
   * exchanged for one of a writable KDC, which is what Windows' clients do with it first.
   */
  readonly readOnlyTicketsFor: 'anyService' | 'exchange';
  /**
   * With which ticket-granting tickets KERB-KEY-LIST-REQ gives the client's keys (MS-KILE 3.3.5.7.8, which
   * names no condition): those of read-only KDCs, for whose clients it was made, or any.
   */
  readonly keyListFor: 'readOnlyTickets' | 'any';
  /**
   * How many former keys of a krbtgt account still open tickets. Windows' domain controllers keep one;
   * that Entra's krbtgt_AzureAD is treated alike is not documented.
   */
  readonly previousKrbtgtKeys: number;
  /**
   * Whether the authenticator of a TGS-REQ needs a checksum over the request (RFC 4120 §5.2.7.1), as MIT and
   * Samba insist. Windows takes requests without, which is what impacket sends.
   */
  readonly authenticatorChecksum: 'required' | 'optional';
  /** How long an answer to a datagram is kept for retransmissions of the request. */
  readonly lookAsideAge: number;
  /** Answers kept for retransmissions, at most twice this many. */
  readonly lookAsideEntries: number;
  /** Authenticators remembered against replay, at most twice this many. */
  readonly replayEntries: number;
  /** What holds for public keys. */
  readonly pkinit: PkinitPolicy;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const DEFAULT_POLICY: Policy = {
  maxTicketAge: 10 * HOUR,
  maxRenewAge: 7 * DAY,
  maxServiceAge: 600 * MINUTE,
  maxClockSkew: 5 * MINUTE,
  protectedUsersTicketAge: 4 * HOUR,
  changePwTicketAge: 2 * MINUTE,
  recheckAge: 20 * MINUTE,
  supportedEncryptionTypes: 0x18,
  defaultDomainSupportedEncTypes: 0x18,
  maxDatagramReplySize: 1465,
  maxRequestSize: 65_536,
  kdcUseClientAddresses: false,
  expiredPasswordTold: 'afterPreauth',
  expiredAccountCode: 'KDC_ERR_CLIENT_REVOKED',
  readOnlyTickets: 'allowed',
  readOnlyTicketsFor: 'anyService',
  keyListFor: 'readOnlyTickets',
  previousKrbtgtKeys: 1,
  authenticatorChecksum: 'required',
  lookAsideAge: 2 * MINUTE,
  lookAsideEntries: 1024,
  replayEntries: 32_768,
  pkinit: DEFAULT_PKINIT_POLICY,
};

export interface Realm {
  /** DNS name in upper case: `CORP.EXAMPLE`. */
  readonly name: string;
  /** NetBIOS name: `CORP`. */
  readonly flatName: string;
  /** Domain SID: `S-1-5-21-…`, three subauthorities after 21. */
  readonly sid: string;
  /** The domain controller's DNS name: `dc1.corp.example`. */
  readonly dnsHostName: string;
  /** Of a read-only KDC: msDS-SecondaryKrbTgtNumber of the krbtgt account that it issues tickets with. */
  readonly secondaryKrbTgtNumber?: number;
  /** Absent: the domain controller has no certificate for PKINIT. */
  readonly pkinit?: KdcIdentity;
  readonly policy: Policy;
}

/** A realm with the default policy but for what `policy` says. Folds the names as AD writes them. */
export function realm(
  names: Omit<Realm, 'policy'>,
  policy: { readonly [P in keyof Policy]?: Policy[P] } = {},
): Realm {
  return {
    name: names.name.toUpperCase(),
    flatName: names.flatName.toUpperCase(),
    sid: names.sid,
    dnsHostName: names.dnsHostName.toLowerCase(),
    ...(names.secondaryKrbTgtNumber === undefined
      ? {}
      : { secondaryKrbTgtNumber: names.secondaryKrbTgtNumber }),
    ...(names.pkinit === undefined ? {} : { pkinit: names.pkinit }),
    policy: { ...DEFAULT_POLICY, ...policy },
  };
}

/** `CORP.EXAMPLE`, `corp.example` and `CORP` all name the same realm. */
export function namesRealm(realm: Realm, name: string): boolean {
  if (name === realm.name) return true;
  const upper = name.toUpperCase();
  return upper === realm.name || upper === realm.flatName;
}
