/** May this certificate sign in at all? Its chain, its purposes, NTAuth: MS-PKCA 3.1.5.2.1, RFC 4556 §3.2.2. */
import { encode } from '../../src/der/codec.ts';
import { encodableIdentifier, identifierOf } from '../cms/identifiers.ts';
import { SignerIdentifier } from '../cms/messages.ts';
import { TD_INVALID_CERTIFICATES, TD_TRUSTED_CERTIFIERS } from '../kerberos/constants.ts';
import {
  KDC_ERR_CANT_VERIFY_CERTIFICATE,
  KDC_ERR_CLIENT_NOT_TRUSTED,
  KDC_ERR_INCONSISTENT_KEY_PURPOSE,
  KDC_ERR_INVALID_CERTIFICATE,
  KDC_ERR_REVOCATION_STATUS_UNKNOWN,
  KDC_ERR_REVOKED_CERTIFICATE,
} from '../kerberos/error-codes.ts';
import { TdInvalidCertificates, TdTrustedCertifiers } from '../pkinit/messages.ts';
import { type Certificate, readCertificates } from '../x509/certificate.ts';
import { buildChain } from '../x509/chain.ts';
import { KEY_PURPOSE } from '../x509/constants.ts';
import {
  type ChainProblem,
  type ChainRefused,
  isNtAuth,
  type TrustStore,
  trustStore,
} from '../x509/trust.ts';
import type { PublicKeyServices } from './accounts.ts';
import { type Refusal, refused, typedData } from './errors.ts';
import type { PkinitPolicy } from './pkinit-policy.ts';

/** What the directory's certificates are once they are read. */
interface Trust {
  readonly store: TrustStore;
  readonly ntAuth: readonly Certificate[];
}

const read = new WeakMap<PublicKeyServices, Map<PkinitPolicy['revocation'], Trust>>();

const NOTHING: PublicKeyServices = {
  roots: [],
  ntAuth: [],
  intermediates: [],
  revocationLists: [],
};

function trustOf(services: PublicKeyServices, revocation: PkinitPolicy['revocation']): Trust {
  let ways = read.get(services);
  if (ways === undefined) {
    ways = new Map();
    read.set(services, ways);
  }
  let trust = ways.get(revocation);
  if (trust === undefined) {
    const { roots, ntAuth, revocationLists } = services;
    const intermediates = [...services.intermediates, ...ntAuth];
    trust = {
      ntAuth: readCertificates(ntAuth),
      store: trustStore({ roots, intermediates, revocationLists, revocation }),
    };
    ways.set(revocation, trust);
  }
  return trust;
}

/** RFC 4556 §3.2.2: which error each problem is. */
const CODES: Readonly<Record<ChainProblem, number>> = {
  untrustedRoot: KDC_ERR_CANT_VERIFY_CERTIFICATE,
  partialChain: KDC_ERR_CANT_VERIFY_CERTIFICATE,
  pathTooLong: KDC_ERR_CANT_VERIFY_CERTIFICATE,
  notAnAuthority: KDC_ERR_CANT_VERIFY_CERTIFICATE,
  badSignature: KDC_ERR_INVALID_CERTIFICATE,
  expired: KDC_ERR_INVALID_CERTIFICATE,
  notYetValid: KDC_ERR_INVALID_CERTIFICATE,
  unknownCriticalExtension: KDC_ERR_INVALID_CERTIFICATE,
  revoked: KDC_ERR_REVOKED_CERTIFICATE,
  revocationUnknown: KDC_ERR_REVOCATION_STATUS_UNKNOWN,
};

export interface Trusted {
  readonly kind: 'trusted';
  /** From the client's certificate to the root. */
  readonly chain: readonly Certificate[];
  /** The authority that issued it is in NTAuth. */
  readonly ntAuth: boolean;
}

/** @param given certificates that came with the request */
export function trustedCertificate(
  certificate: Certificate,
  given: readonly Certificate[],
  services: PublicKeyServices | undefined,
  policy: PkinitPolicy,
  now: number,
): Trusted | Refusal {
  const trust = trustOf(services ?? NOTHING, policy.revocation);
  const chain = buildChain(certificate, given, trust.store, now);
  if (!chain.ok) return chainRefusal(chain, trust.store);
  const purpose = purposeRefusal(certificate);
  if (purpose !== undefined) return purpose;
  return { kind: 'trusted', chain: chain.chain, ntAuth: isNtAuth(chain.chain, trust.ntAuth) };
}

function chainRefusal(refusal: ChainRefused, { roots }: TrustStore): Refusal {
  const { problem, certificate, text } = refusal;
  const code = CODES[problem];
  const cause = `event 21: the client's certificate is not valid: ${text}`;
  if (code === KDC_ERR_CANT_VERIFY_CERTIFICATE) {
    const certifiers = roots.map((root) => ({ subjectName: root.subject.der }));
    return refused(code, cause, {
      typedData: typedData(TD_TRUSTED_CERTIFIERS, encode(TdTrustedCertifiers, certifiers)),
    });
  }
  return refused(code, cause, { typedData: invalidCertificates([certificate]) });
}

/** TD-INVALID-CERTIFICATES: by issuer and serial number, which name one certificate (RFC 4556 §3.2.2). */
export function invalidCertificates(which: readonly Certificate[]): Uint8Array {
  const list = which.map((certificate) => ({
    issuerAndSerialNumber: encode(SignerIdentifier, encodableIdentifier(identifierOf(certificate))),
  }));
  return typedData(TD_INVALID_CERTIFICATES, encode(TdInvalidCertificates, list));
}

const PURPOSES: ReadonlySet<string> = new Set([
  KEY_PURPOSE.smartCardLogon,
  KEY_PURPOSE.clientAuthentication,
  KEY_PURPOSE.pkinitClientAuthentication,
  KEY_PURPOSE.anyExtendedKeyUsage,
]);

/** A certificate without the extension is good for everything; Windows takes it (Samba `pkinit_tests`). */
function purposeRefusal({ extendedKeyUsage, subject }: Certificate): Refusal | undefined {
  if (extendedKeyUsage === undefined) return undefined;
  if (extendedKeyUsage.some((purpose) => PURPOSES.has(purpose))) return undefined;
  return refused(
    KDC_ERR_INCONSISTENT_KEY_PURPOSE,
    `the certificate ${subject.windowsText} is for ${extendedKeyUsage.join(', ')}, neither for smart card logon nor for client authentication`,
  );
}

/**
 * The authority must be in NTAuth. For certificates that altSecurityIdentities maps by their key, domain
 * controllers did not ask until 2025 (CVE-2025-26647), and AllowNtAuthPolicyBypass says how they do now.
 */
export function ntAuthRefusal(
  certificate: Certificate,
  enforcement: PkinitPolicy['allowNtAuthPolicyBypass'],
  what: string,
): { readonly refusal?: Refusal; readonly warning?: string } {
  const { windowsText } = certificate.issuer;
  const text = `${what}: its issuer ${windowsText} is not in CN=NTAuthCertificates`;
  switch (enforcement) {
    case 0:
      return {};
    case 1:
      return { warning: `event 45: ${text}; AllowNtAuthPolicyBypass is 1, so it is only told` };
    case 2:
      return { refusal: refused(KDC_ERR_CLIENT_NOT_TRUSTED, `event 21: ${text}`) };
  }
}
