/**
 * What a realm's administrators decided about public keys, under the names of the registry
 * (HKLM\SYSTEM\CurrentControlSet\Services\Kdc) where Windows has one.
 */
import type { GroupName } from '../pkinit/groups.ts';

export type PkinitDigest = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** Durations are milliseconds. */
export interface PkinitPolicy {
  /** Groups that clients may agree in, best first: the order of TD-DH-PARAMETERS. */
  readonly groups: readonly GroupName[];
  /**
   * Also serves clients of the time before 2012: 1024-bit MODP groups whose q is 0, SHA-1, and a reply
   * that they read only when the server sends a nonce.
   */
  readonly legacy: boolean;
  /** PKINITHashAlgorithm: digests that signatures and certificates may use. */
  readonly digests: readonly PkinitDigest[];
  /**
   * Key transport by RSA in place of an agreement: `windows`, which writes the inner SignedData without
   * its outermost headers and asks for etype 15 (MS-PKCA 2.2.4); `cms`, by RFC 4556; `refused`.
   */
  readonly rsaKeyTransport: 'windows' | 'cms' | 'refused';
  /** Takes the key derivation functions of RFC 8636 from clients that offer them. */
  readonly kdfs: boolean;
  /** `required`: only keys that were just now in use sign in (RFC 8070). */
  readonly freshness: 'accepted' | 'required';
  /**
   * How old a freshness token may be, and how far ahead. Domain controllers take their clock skew and
   * refuse one that is a quarter of an hour off (Samba `test_pkinit_freshness_old`, `_future`).
   */
  readonly freshnessAge: number;
  /**
   * How long one key pair serves clients that send a nonce (RFC 4556 §3.2.3.1); 0: one each. Sparing
   * the pair saves the KDC a third of an exchange's time (bench `pkinit`).
   */
  readonly dhKeyLifetime: number;
  /** StrongCertificateBindingEnforcement 0, 1, 2 (KB5014754); 2 since February 2025. */
  readonly strongCertificateBindingEnforcement: 'disabled' | 'compatibility' | 'full';
  /** CertificateBackdatingCompensation: by how much a certificate may be older than its account. */
  readonly certificateBackdatingCompensation: number;
  /**
   * AllowNtAuthPolicyBypass (KB5057784): 0, 1 (told in the log), 2 (refused). Must the authority of a
   * certificate that is mapped by its key be in NTAuth? 2 since July 2025.
   */
  readonly allowNtAuthPolicyBypass: 0 | 1 | 2;
  /**
   * The updates of April 2025 asked the same of key trust's certificates, which sign themselves and are
   * in no NTAuth store; those of June 2025 do not (KB5060842).
   */
  readonly ntAuthChecksKeyTrust: boolean;
  /** Is a certificate's standing asked for when no list is at hand? */
  readonly revocation: 'required' | 'ifKnown' | 'off';
  /** Policies by which an authority's mapping by names counts as strong (MS-PKCA 3.1.5.2.1.5). */
  readonly strongNameMappings: readonly StrongNameMapping[];
  /** Says that the key had a second factor and was attested (S-1-18-5, S-1-18-6), where the key does. */
  readonly keyPropertySids: boolean;
}

export interface StrongNameMapping {
  /** The issuer as altSecurityIdentities writes it: `DC=example,DC=corp,CN=Corp Issuing CA`. */
  readonly issuer: string;
  readonly policyOid: string;
  readonly upnSuffix: string;
}

const MINUTE = 60_000;

export const DEFAULT_PKINIT_POLICY: PkinitPolicy = {
  groups: ['modp-14', 'modp-16', 'P-256', 'P-384', 'P-521'],
  legacy: false,
  digests: ['sha1', 'sha256', 'sha384', 'sha512'],
  rsaKeyTransport: 'windows',
  kdfs: true,
  freshness: 'accepted',
  freshnessAge: 5 * MINUTE,
  dhKeyLifetime: 0,
  strongCertificateBindingEnforcement: 'full',
  certificateBackdatingCompensation: 0,
  allowNtAuthPolicyBypass: 2,
  ntAuthChecksKeyTrust: false,
  revocation: 'required',
  strongNameMappings: [],
  keyPropertySids: true,
};

/** The domain controller's own certificate and key. */
export interface KdcIdentity {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Authorities between it and the root, DER: they go along. */
  readonly chain: readonly Uint8Array[];
  /** The private key's name with whoever signs. */
  readonly key: string;
  /** The signature's name in X.509: `sha256WithRSAEncryption`. */
  readonly algorithm: string;
}
