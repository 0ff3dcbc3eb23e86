/** What scenario files may say of public keys at a domain controller: `pkinit:` and the verb that changes it. */
import {
  duration,
  flag,
  type Infer,
  listOf,
  object,
  oneOf,
  optional,
  text,
} from '../../src/schema/schema.ts';
import type { PkinitPolicy } from '../kdc/pkinit-policy.ts';

const GROUPS = ['modp-2', 'modp-14', 'modp-16', 'P-256', 'P-384', 'P-521'] as const;
const DIGESTS = ['sha1', 'sha256', 'sha384', 'sha512'] as const;
const BYPASSES = ['off', 'audit', 'enforce'] as const;

const strongNameMapping = object({
  issuer: text('The issuer as altSecurityIdentities writes it, most significant part first', {
    example: 'DC=example,DC=corp,CN=Corp Issuing CA',
  }),
  policyOid: text('A certificate policy that its certificates must have', {
    example: '1.3.6.1.4.1.99999.1',
  }),
  upnSuffix: text('The suffix of the UPNs that it vouches for', { example: 'corp.example' }),
});

export type PkinitFields = Infer<typeof pkinitFields>;
export const pkinitFields = object(
  {
    groups: optional(
      listOf(
        'Groups that clients may agree in, best first (modp-14, modp-16, P-256, P-384, P-521)',
        oneOf('A group of RFC 4556 or RFC 5349', GROUPS),
        { min: 1 },
      ),
    ),
    legacy: optional(
      flag('Also serves clients from before 2012: 1024-bit groups with q = 0, SHA-1 (false)'),
    ),
    digests: optional(
      listOf('PKINITHashAlgorithm: digests that may be used (all)', oneOf('A digest', DIGESTS), {
        min: 1,
      }),
    ),
    rsaKeyTransport: optional(
      oneOf('Key transport by RSA: as Windows writes it, by RFC 4556, or not at all (windows)', [
        'windows',
        'cms',
        'refused',
      ]),
    ),
    kdfs: optional(flag('Takes the key derivation functions of RFC 8636 (true)')),
    freshness: optional(
      oneOf('Freshness tokens (RFC 8070) are taken, or demanded (accepted)', [
        'accepted',
        'required',
      ]),
    ),
    freshnessAge: optional(duration('How old a freshness token may be (5m)')),
    dhKeyLifetime: optional(
      duration('How long one key pair serves clients that send a nonce (0s: one each)'),
    ),
    StrongCertificateBindingEnforcement: optional(
      oneOf('KB5014754: 0, 1 or 2 in the registry (full)', ['disabled', 'compatibility', 'full']),
    ),
    CertificateBackdatingCompensation: optional(
      duration('By how much a certificate may be older than its account (0s)'),
    ),
    AllowNtAuthPolicyBypass: optional(
      oneOf(
        'KB5057784: 0, 1 or 2 in the registry. Must the issuer of a certificate that is mapped by its key be in NTAuth? (enforce)',
        BYPASSES,
      ),
    ),
    ntAuthChecksKeyTrust: optional(
      flag(
        'The updates of April 2025 ask the same of self-signed Hello certificates; those of June 2025, KB5060842, do not (false)',
      ),
    ),
    revocation: optional(
      oneOf('Whether a revocation list must be at hand (required)', ['required', 'ifKnown', 'off']),
    ),
    strongNameMappings: optional(
      listOf('Issuers whose names are strong mappings (none)', strongNameMapping),
    ),
    keyPropertySids: optional(
      flag('The PAC says that a key had a second factor, or was attested (true)'),
    ),
  },
  'What holds for public keys (PKINIT)',
);

/** A policy with what the file says in place of what was there. */
export function pkinitPolicyOf(fields: PkinitFields, before: PkinitPolicy): PkinitPolicy {
  const {
    StrongCertificateBindingEnforcement: binding,
    CertificateBackdatingCompensation: backdating,
    AllowNtAuthPolicyBypass: bypass,
    ...others
  } = fields;
  return {
    ...before,
    ...others,
    ...(binding === undefined ? {} : { strongCertificateBindingEnforcement: binding }),
    ...(backdating === undefined ? {} : { certificateBackdatingCompensation: backdating }),
    ...(bypass === undefined
      ? {}
      : { allowNtAuthPolicyBypass: BYPASSES.indexOf(bypass) as 0 | 1 | 2 }),
  };
}
