/**
 * The directory as the KDC sees it: accounts and trusts in Active Directory's vocabulary, found by
 * single attributes. In which order the attributes are tried for a name in a request is the KDC's
 * business (lookup.ts), not the directory's.
 */
import type { Env } from '../../src/machine/machine.ts';
import type { Key } from '../kerberos/etypes.ts';

/** A public key that an account signs in with: a value of msDS-KeyCredentialLink for NGC (MS-ADTS 2.2.20). */
export interface KeyCredential {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** CustomKeyInformation without MFA_NOT_USED. */
  readonly mfa: boolean;
  /** The flag of CustomKeyInformation that says that the key was attested. */
  readonly attested: boolean;
}

/** What the directory says of certificates: the containers below Public Key Services. DER throughout. */
export interface PublicKeyServices {
  /** CN=Certification Authorities: the roots that members of the forest trust. */
  readonly roots: readonly Uint8Array[];
  /** CN=NTAuthCertificates: authorities whose certificates may sign in. */
  readonly ntAuth: readonly Uint8Array[];
  /** CN=AIA: authorities between roots and others. */
  readonly intermediates: readonly Uint8Array[];
  /** CN=CDP: certificate revocation lists. */
  readonly revocationLists: readonly Uint8Array[];
}

/** The keys of one password, with the salt that they were made with. */
export interface KeySet {
  /**
   * Key version. Keys of a read-only KDC carry msDS-SecondaryKrbTgtNumber in the upper half
   * (MS-KILE 3.1.5.8); here only the lower half stands, the number is the account's.
   */
  readonly kvno: number;
  /** Fixed when the password was set; absent where the keys were not made from a password. */
  readonly salt?: string;
  readonly keys: readonly Key[];
}

/** A group of the account's own domain, as LOGON_INFO names it (MS-PAC 2.2.2). */
export interface GroupMembership {
  readonly relativeId: number;
  readonly attributes: number;
}

/** A group of another domain, a former SID, a well-known identity (MS-PAC 2.2.1). */
export interface SidAndAttributes {
  /** `S-1-5-21-…` */
  readonly sid: string;
  readonly attributes: number;
}

/**
 * One account, at one moment. A change makes a new object: what is derived from an account (encoded
 * PAC buffers, METHOD-DATA) hangs on the object. Times are milliseconds since 1970.
 */
export interface Account {
  /** As stored; computers end in `$`. */
  readonly sAMAccountName: string;
  readonly userPrincipalName?: string;
  readonly displayName?: string;
  readonly objectSid: string;
  readonly primaryGroupID: number;
  /** Global and universal groups of the own domain, nesting resolved, the primary group included. */
  readonly groups: readonly GroupMembership[];
  /** Universal groups of other domains and sIDHistory. */
  readonly extraSids: readonly SidAndAttributes[];
  /** {@link UserAccountControl} */
  readonly userAccountControl: number;
  readonly servicePrincipalName: readonly string[];
  readonly dNSHostName?: string;
  /** `X509:<SKI>…`, `Kerberos:alice@MIT.EXAMPLE` */
  readonly altSecurityIdentities?: readonly string[];
  /** Keys of msDS-KeyCredentialLink whose KeyUsage is NGC; malformed values are passed over. */
  readonly keyCredentials?: readonly KeyCredential[];
  readonly whenCreated?: number;
  /** {@link EncTypes}; absent or 0: the domain's default. */
  readonly msDSSupportedEncryptionTypes?: number;
  /** Of a krbtgt account of a read-only KDC. */
  readonly msDSSecondaryKrbTgtNumber?: number;
  /** Newest first; those behind the first still open tickets that were made with them. */
  readonly keys: readonly KeySet[];
  /** 0: must be changed before the account can sign in. */
  readonly pwdLastSet: number;
  /** msDS-UserPasswordExpiryTimeComputed; absent: never. */
  readonly passwordExpires?: number;
  /**
   * When the random password of who must use a smart card is to be replaced (the domain's
   * msDS-ExpirePasswordsOnSmartCardOnlyAccounts); 0: now; absent: never.
   */
  readonly passwordRotates?: number;
  readonly accountExpires?: number;
  /**
   * lockoutTime and the policy's lockoutDuration: when a lockout ends; Infinity: when an
   * administrator ends it. Absent: not locked out since the last sign-in.
   */
  readonly lockedOutUntil?: number;
  /** 21 octets, one bit an hour from Sunday 00:00 UTC, least significant bit first; absent: always. */
  readonly logonHours?: Uint8Array;
  /** NetBIOS names of the computers it may sign in from; absent: all. */
  readonly userWorkstations?: readonly string[];
  readonly lastLogon?: number;
  readonly lastLogonTimestamp?: number;
  readonly logonCount?: number;
  /** As stored: bad passwords since the last good one. Those outside the window do not count any more. */
  readonly badPwdCount?: number;
  readonly badPasswordTime?: number;
  readonly scriptPath?: string;
  readonly profilePath?: string;
  readonly homeDirectory?: string;
  readonly homeDrive?: string;
}

/**
 * When bad passwords lock an account: attributes of the domain object (MS-ADTS 3.1.1.4.5, MS-SAMR
 * 3.1.1.5) or of the password settings object that holds for the account. Durations are milliseconds.
 */
export interface LockoutPolicy {
  /** Bad passwords that lock the account; 0: it is never locked. */
  readonly lockoutThreshold: number;
  /** lockOutObservationWindow: a bad password after a longer pause counts as the first one again. */
  readonly lockOutObservationWindow: number;
  /** Infinity: until an administrator unlocks it. */
  readonly lockoutDuration: number;
  /** DOMAIN_LOCKOUT_ADMINS of pwdProperties: the built-in Administrator can be locked out as well. */
  readonly lockoutAdmins: boolean;
}

/** A new domain's: accounts are never locked out. */
export const NO_LOCKOUT: LockoutPolicy = {
  lockoutThreshold: 0,
  lockOutObservationWindow: 30 * 60_000,
  lockoutDuration: 30 * 60_000,
  lockoutAdmins: false,
};

/** Attributes that the KDC writes, those that are there. Times are milliseconds since 1970, 0: never. */
export interface AccountAttributes {
  readonly badPwdCount?: number;
  readonly badPasswordTime?: number;
  readonly lockoutTime?: number;
  readonly lastLogon?: number;
  readonly lastLogonTimestamp?: number;
  readonly logonCount?: number;
}

/** What an attempt to sign in leaves in the directory. The KDC reckons, the directory only writes. */
export interface AccountChange {
  readonly objectSid: string;
  /** For people. */
  readonly sAMAccountName: string;
  readonly why: 'badPassword' | 'lockedOut' | 'signedIn' | 'passwordRotated';
  readonly attributes: AccountAttributes;
  /** Takes the place of the old password, which nobody knew either (MS-PKCA 3.1.5.2.2). */
  readonly password?: string;
}

/** A computer object that stands for a read-only domain controller (MS-ADTS 6.1.1.3.2). */
export interface ReadOnlyController {
  /** With PARTIAL_SECRETS_ACCOUNT, as it should be. */
  readonly computer: Account;
  /** msDS-NeverRevealGroup: SIDs of accounts and groups. */
  readonly neverReveal: readonly string[];
  /** msDS-RevealOnDemandGroup: SIDs of accounts and groups. */
  readonly revealOnDemand: readonly string[];
  /** msDS-RevealedUsers: SIDs of accounts whose secrets it was given. */
  readonly revealed: readonly string[];
}

/** A trusted domain object (MS-ADTS 6.1.6.7). */
export interface Trust {
  /** trustPartner: the other realm, in upper case. */
  readonly realm: string;
  /** Its NetBIOS name. */
  readonly flatName: string;
  /** Its domain SID. */
  readonly securityIdentifier: string;
  /** {@link TrustAttributes} */
  readonly trustAttributes: number;
  readonly msDSSupportedEncryptionTypes?: number;
  /** trustAuthIncoming, the keys of krbtgt/REMOTE@LOCAL: present when our users may go there. */
  readonly trustAuthIncoming?: readonly KeySet[];
  /** trustAuthOutgoing, the keys of krbtgt/LOCAL@REMOTE: present when their users may come here. */
  readonly trustAuthOutgoing?: readonly KeySet[];
}

/**
 * What the KDC asks of the directory. All comparisons of names ignore case, width, kana type and
 * non-spacing marks (MS-KILE 3.1.5.11), which is {@link foldName} on both sides.
 */
export interface Accounts {
  bySAMAccountName(name: string): Account | undefined;
  /** The whole `user@suffix`; implicit names (`sAMAccountName@realm`) are not asked for here. */
  byUserPrincipalName(name: string): Account | undefined;
  /** More than one: the name is not unique, and the KDC will issue no ticket for it. */
  byServicePrincipalName(name: string): readonly Account[];
  /** A whole value of altSecurityIdentities, `Kerberos:alice@MIT.EXAMPLE`. */
  byAltSecurityIdentity(value: string): Account | undefined;
  /** The account that has the key in msDS-KeyCredentialLink. @param publicKey SubjectPublicKeyInfo, DER */
  byPublicKey(publicKey: Uint8Array): Account | undefined;
  /** The same object until something in it changes. */
  publicKeyServices(): PublicKeyServices;
  byObjectSid(sid: string): Account | undefined;
  /** The account that holds the ticket-granting keys: 0 is krbtgt, others are those of read-only KDCs. */
  krbtgt(secondaryKrbTgtNumber: number): Account | undefined;
  /**
   * The computers whose msDS-KrbTgtLink is the krbtgt account of that number (msDS-KrbTgtLinkBl):
   * exactly one where nothing is wrong.
   */
  readOnlyControllers(secondaryKrbTgtNumber: number): readonly ReadOnlyController[];
  /** objectSid and tokenGroups: the account and all groups that it is in, of every scope. */
  tokenSids(account: Account): readonly string[];
  /** The policy that holds for the account. */
  lockoutPolicy(account: Account): LockoutPolicy;
  /** By DNS name or NetBIOS name. */
  trust(realm: string): Trust | undefined;
  /** All of them, for referrals by the suffix of a host name. */
  readonly trusts: readonly Trust[];
  /**
   * Domain local groups of this domain that one of the SIDs is in: they go into service tickets as
   * resource groups (MS-KILE 3.3.5.7.3).
   */
  resourceGroups(sids: readonly string[]): readonly GroupMembership[];
}

/** Time and chance, and the directory as it is at this step. */
export interface KdcEnv extends Env {
  readonly accounts: Accounts;
}

/** Bits of userAccountControl (MS-ADTS 2.2.16, there without the prefix UF_). */
export const UserAccountControl = {
  ACCOUNTDISABLE: 0x0000_0002,
  NORMAL_ACCOUNT: 0x0000_0200,
  INTERDOMAIN_TRUST_ACCOUNT: 0x0000_0800,
  WORKSTATION_TRUST_ACCOUNT: 0x0000_1000,
  SERVER_TRUST_ACCOUNT: 0x0000_2000,
  DONT_EXPIRE_PASSWD: 0x0001_0000,
  SMARTCARD_REQUIRED: 0x0004_0000,
  TRUSTED_FOR_DELEGATION: 0x0008_0000,
  NOT_DELEGATED: 0x0010_0000,
  USE_DES_KEY_ONLY: 0x0020_0000,
  DONT_REQUIRE_PREAUTH: 0x0040_0000,
  TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION: 0x0100_0000,
  NO_AUTH_DATA_REQUIRED: 0x0200_0000,
  PARTIAL_SECRETS_ACCOUNT: 0x0400_0000,
} as const;

/** Bits of msDS-SupportedEncryptionTypes (MS-KILE 2.2.7). */
export const EncTypes = {
  DES_CBC_CRC: 0x01,
  DES_CBC_MD5: 0x02,
  RC4_HMAC: 0x04,
  AES128_CTS_HMAC_SHA1_96: 0x08,
  AES256_CTS_HMAC_SHA1_96: 0x10,
  /** Session keys may be AES although tickets are not. */
  AES256_CTS_HMAC_SHA1_96_SK: 0x20,
  FAST_SUPPORTED: 0x1_0000,
  COMPOUND_IDENTITY_SUPPORTED: 0x2_0000,
  CLAIMS_SUPPORTED: 0x4_0000,
  RESOURCE_SID_COMPRESSION_DISABLED: 0x8_0000,
} as const;

/** Bits of trustAttributes (MS-ADTS 6.1.6.7.9, there with the prefix TRUST_ATTRIBUTE_). */
export const TrustAttributes = {
  NON_TRANSITIVE: 0x0000_0001,
  QUARANTINED_DOMAIN: 0x0000_0004,
  FOREST_TRANSITIVE: 0x0000_0008,
  WITHIN_FOREST: 0x0000_0020,
  TREAT_AS_EXTERNAL: 0x0000_0040,
  CROSS_ORGANIZATION_NO_TGT_DELEGATION: 0x0000_0200,
  CROSS_ORGANIZATION_ENABLE_TGT_DELEGATION: 0x0000_0800,
} as const;

/** Relative ids of groups that change what the KDC does (MS-DTYP 2.4.2.4). */
export const PROTECTED_USERS = 525;

const ASCII = /^[\x20-\x7e]*$/;

/**
 * The form in which names are compared (MS-KILE 3.1.5.11): case, width and kana type folded,
 * non-spacing marks dropped. For index keys; never shown or sent.
 */
export function foldName(name: string): string {
  if (ASCII.test(name)) return name.toLowerCase();
  return name
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .toLowerCase();
}

export function isProtectedUser(account: Account): boolean {
  return account.groups.some((group) => group.relativeId === PROTECTED_USERS);
}

/** Is this the account of a computer: a workstation, a server, a domain controller? */
export function isComputer(account: Account): boolean {
  const { WORKSTATION_TRUST_ACCOUNT, SERVER_TRUST_ACCOUNT } = UserAccountControl;
  return (account.userAccountControl & (WORKSTATION_TRUST_ACCOUNT | SERVER_TRUST_ACCOUNT)) !== 0;
}

/** A domain controller, writable or read-only. */
export function isDomainController(account: Account): boolean {
  const { SERVER_TRUST_ACCOUNT, PARTIAL_SECRETS_ACCOUNT } = UserAccountControl;
  return (account.userAccountControl & (SERVER_TRUST_ACCOUNT | PARTIAL_SECRETS_ACCOUNT)) !== 0;
}
