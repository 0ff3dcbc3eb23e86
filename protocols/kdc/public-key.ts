/**
 * A client that proves itself with a private key: RFC 4556 §3.2.2, MS-PKCA 3.1.5.2. The checks stand in
 * the order in which they are answered: is it a request at all, whose key is it, does it belong to this
 * request and this moment, and what may both sides agree on.
 */
import { equal } from '../../src/bytes/bytes.ts';
import { verifySignature } from '../../src/crypto/verify.ts';
import { encode } from '../../src/der/codec.ts';
import {
  type ReadSignedData,
  readSignedData,
  signerCertificate,
  verifySignedData,
} from '../cms/signed-data.ts';
import { TD_CMS_DIGEST_ALGORITHMS } from '../kerberos/constants.ts';
import {
  KDC_ERR_CLIENT_NAME_MISMATCH,
  KDC_ERR_CLIENT_NOT_TRUSTED,
  KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED,
  KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED,
  KDC_ERR_INVALID_SIG,
  KDC_ERR_PREAUTH_FAILED,
} from '../kerberos/error-codes.ts';
import { WellKnownSid } from '../pac/constants.ts';
import { DIGEST_OIDS, OID } from '../pkinit/constants.ts';
import { TdCmsDigestAlgorithms } from '../pkinit/messages.ts';
import { signatureOid } from '../x509/algorithms.ts';
import { type Certificate, readCertificates } from '../x509/certificate.ts';
import type { Account } from './accounts.ts';
import { mappedTo } from './certificate-mapping.ts';
import { ntAuthRefusal, trustedCertificate } from './certificate-trust.ts';
import { type Refusal, refused, typedData } from './errors.ts';
import type { PkinitDigest } from './pkinit-policy.ts';
import type { ProofContext } from './proof.ts';

/** Whose key signed, and how that is known. */
export interface KeyOwner {
  readonly kind: 'owner';
  readonly certificate: Certificate;
  /** SIDs that say how the client was identified. */
  readonly identities: readonly string[];
  /** What an administrator would find in the log all the same. */
  readonly warnings: readonly string[];
}

/** The octets that were signed, by a key that is the client's. */
export interface SignedRequest {
  readonly kind: 'signed';
  readonly content: Uint8Array;
  readonly owner: KeyOwner;
}

/** @param signedAuthPack ContentInfo, DER */
export function signedRequest(
  context: ProofContext,
  signedAuthPack: Uint8Array,
): SignedRequest | Refusal {
  const read = readSignedData(signedAuthPack);
  if (!read.ok) return malformed(`signedAuthPack is malformed: ${read.reason}`);
  const signed = read.value;
  if (signed.contentType !== OID.authData || signed.content === undefined) {
    return malformed(`signedAuthPack holds ${signed.contentType}, not id-pkinit-authData`);
  }
  const certificate = signerCertificate(signed);
  if (certificate === undefined) return malformed('the signer’s certificate is not in the request');
  const digests = digestRefusal(signed, certificate, context);
  if (digests !== undefined) return digests;
  const verified = verifySignedData(signed, certificate.publicKey);
  if (!verified.ok) {
    return refused(KDC_ERR_INVALID_SIG, `the AuthPack’s signature: ${verified.reason}`);
  }
  const owner = ownerOf(certificate, signed, context);
  return owner.kind === 'refused' ? owner : { kind: 'signed', content: signed.content, owner };
}

export function malformed(cause: string): Refusal {
  return refused(KDC_ERR_PREAUTH_FAILED, cause);
}

/** RFC 8636 §4, §5; PKINITHashAlgorithm of Windows (events 205, 206). */
function digestRefusal(
  { signer }: ReadSignedData,
  { signatureAlgorithm, subject }: Certificate,
  { policy: { pkinit } }: ProofContext,
): Refusal | undefined {
  const allowed: readonly string[] = pkinit.legacy ? [...pkinit.digests, 'sha1'] : pkinit.digests;
  const more = { typedData: digestsData(pkinit.digests) };
  const own = signer?.digestAlgorithm ?? 'none';
  if (!allowed.includes(own)) {
    const cause = `event 205: the AuthPack is signed with ${own}, which policy does not allow`;
    return refused(KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED, cause, more);
  }
  const inCertificate = signatureOid(signatureAlgorithm)?.digest ?? signatureAlgorithm;
  if (allowed.includes(inCertificate)) return undefined;
  const cause = `event 205: the certificate ${subject.windowsText} is signed with ${inCertificate}, which policy does not allow`;
  return refused(KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED, cause, more);
}

/** TD-CMS-DIGEST-ALGORITHMS, best first. */
export function digestsData(digests: readonly PkinitDigest[]): Uint8Array {
  const list = Object.entries(DIGEST_OIDS)
    .filter(([, name]) => digests.includes(name))
    .map(([algorithm]) => ({ algorithm }));
  return typedData(TD_CMS_DIGEST_ALGORITHMS, encode(TdCmsDigestAlgorithms, list));
}

/** MS-PKCA 3.1.5.2.1: by the key itself, which needs no certificate to be right, or by certificate. */
function ownerOf(
  certificate: Certificate,
  signed: ReadSignedData,
  context: ProofContext,
): KeyOwner | Refusal {
  const { client, accounts } = context;
  const own = client.keyCredentials?.find(({ publicKey }) =>
    equal(publicKey, certificate.publicKey),
  );
  if (own !== undefined) return keyTrust(certificate, own, context);
  const other = accounts.byPublicKey?.(certificate.publicKey);
  if (other !== undefined && other.objectSid !== client.objectSid) {
    return refused(
      KDC_ERR_CLIENT_NAME_MISMATCH,
      `the key stands in msDS-KeyCredentialLink of ${other.sAMAccountName}, not of ${client.sAMAccountName}`,
    );
  }
  const given = readCertificates(signed.certificates).filter((one) => one !== certificate);
  return certificateTrust(certificate, given, context);
}

type Credential = NonNullable<Account['keyCredentials']>[number];

/** The chain does not matter, nor does anything else in the certificate. */
function keyTrust(
  certificate: Certificate,
  { mfa, attested }: Credential,
  { client, policy: { pkinit } }: ProofContext,
): KeyOwner | Refusal {
  const warnings: string[] = [];
  if (pkinit.ntAuthChecksKeyTrust) {
    const what = `the self-signed certificate of ${client.sAMAccountName}’s Hello key (key trust; the updates of April 2025 ask this of it, those of June 2025, KB5060842, do not)`;
    const { refusal, warning } = ntAuthRefusal(certificate, pkinit.allowNtAuthPolicyBypass, what);
    if (refusal !== undefined) return refusal;
    if (warning !== undefined) warnings.push(warning);
  }
  const { KEY_TRUST_IDENTITY, KEY_PROPERTY_MFA, KEY_PROPERTY_ATTESTATION } = WellKnownSid;
  const identities: string[] = [KEY_TRUST_IDENTITY];
  if (pkinit.keyPropertySids && mfa) identities.push(KEY_PROPERTY_MFA);
  if (pkinit.keyPropertySids && attested) identities.push(KEY_PROPERTY_ATTESTATION);
  return { kind: 'owner', certificate, identities, warnings };
}

function certificateTrust(
  certificate: Certificate,
  given: readonly Certificate[],
  context: ProofContext,
): KeyOwner | Refusal {
  const { client, accounts, realm, now, policy } = context;
  const { pkinit } = policy;
  const services = accounts.publicKeyServices?.();
  const trusted = trustedCertificate(certificate, given, services, pkinit, now);
  if (trusted.kind === 'refused') return notTrusted(certificate, trusted, client);
  const mapped = mappedTo(certificate, { realm, accounts, account: client, policy: pkinit });
  const warnings: string[] = [];
  if (!trusted.ntAuth) {
    const byKey = mapped.kind === 'mapped' && mapped.by === 'X509:<SKI>';
    const enforcement = byKey ? pkinit.allowNtAuthPolicyBypass : 2;
    const what = `the certificate ${certificate.subject.windowsText}`;
    const { refusal, warning } = ntAuthRefusal(certificate, enforcement, what);
    if (refusal !== undefined) return refusal;
    if (warning !== undefined) warnings.push(warning);
  }
  if (mapped.kind === 'refused') return mapped;
  if (mapped.warning !== undefined) warnings.push(mapped.warning);
  return { kind: 'owner', certificate, identities: [], warnings };
}

/** A certificate that its own key signed is a Hello key's: what is missing is the key in the directory. */
function notTrusted(certificate: Certificate, refusal: Refusal, client: Account): Refusal {
  const { publicKey, signatureAlgorithm, tbs, signature } = certificate;
  if (!verifySignature(publicKey, signatureAlgorithm, tbs, signature)) return refusal;
  const { sAMAccountName, keyCredentials = [] } = client;
  const has =
    keyCredentials.length === 0
      ? 'which holds no key'
      : `which holds ${keyCredentials.length} other key${keyCredentials.length === 1 ? '' : 's'}`;
  return refused(
    KDC_ERR_CLIENT_NOT_TRUSTED,
    `the key is not in msDS-KeyCredentialLink of ${sAMAccountName}, ${has}; where keys are registered with Microsoft Entra ID, the next cycle of Microsoft Entra Connect brings them`,
  );
}
