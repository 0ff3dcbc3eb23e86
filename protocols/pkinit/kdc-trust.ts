/**
 * Is this the certificate of a KDC of the realm? RFC 4556 §3.2.4, MS-PKCA 3.1.5.1, and Windows' policies
 * "Require strict KDC validation" and "Require strict target SPN match". Whoever fools a client here
 * learns nothing of its key, but becomes its domain.
 */
import type { Failure, KdcProblem } from '../kerberos/client.ts';
import { type Certificate, readCertificates } from '../x509/certificate.ts';
import { buildChain } from '../x509/chain.ts';
import { KEY_PURPOSE } from '../x509/constants.ts';
import { type ChainProblem, isNtAuth, type TrustStore, trustStore } from '../x509/trust.ts';

/** What a client believes: plain data, DER throughout. */
export interface KdcTrust {
  readonly roots: readonly Uint8Array[];
  readonly intermediates: readonly Uint8Array[];
  /** Authorities that may issue to domain controllers; absent: any (computers outside a domain). */
  readonly ntAuth?: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
  readonly revocation: TrustStore['revocation'];
  /**
   * `strict`: KDC Authentication, and the domain's DNS name (or id-pkinit-san) in the SAN. `server`:
   * Server Authentication is enough, which any server's certificate has.
   */
  readonly validation: 'strict' | 'server';
}

interface Read {
  readonly store: TrustStore;
  readonly ntAuth: readonly Certificate[] | undefined;
}

/** Read once for each object: clients keep theirs. */
const kept = new WeakMap<KdcTrust, Read>();

function readTrust(trust: KdcTrust): Read {
  const known = kept.get(trust);
  if (known !== undefined) return known;
  const { roots, ntAuth, revocationLists, revocation } = trust;
  const intermediates = [...trust.intermediates, ...(ntAuth ?? [])];
  const made: Read = {
    ntAuth: ntAuth === undefined ? undefined : readCertificates(ntAuth),
    store: trustStore({ roots, intermediates, revocationLists, revocation }),
  };
  kept.set(trust, made);
  return made;
}

const PROBLEMS: Readonly<Record<ChainProblem, KdcProblem>> = {
  untrustedRoot: 'untrustedRoot',
  partialChain: 'untrustedRoot',
  pathTooLong: 'untrustedRoot',
  notAnAuthority: 'untrustedRoot',
  unknownCriticalExtension: 'certificate',
  badSignature: 'certificate',
  expired: 'expired',
  notYetValid: 'expired',
  revoked: 'revoked',
  revocationUnknown: 'revocationUnknown',
};

/**
 * Why the certificate is not believed; undefined: it is one of the realm's KDCs.
 * @param given what came with it @param now milliseconds since 1970
 */
export function kdcObjection(
  certificate: Certificate,
  given: readonly Certificate[],
  trust: KdcTrust,
  realm: string,
  now: number,
): Failure | undefined {
  const { store, ntAuth } = readTrust(trust);
  const chain = buildChain(certificate, given, store, now);
  if (!chain.ok) return untrustedKdc(PROBLEMS[chain.problem], chain.text);
  const name = certificate.subject.windowsText;
  if (ntAuth !== undefined && !isNtAuth(chain.chain, ntAuth)) {
    const issuer = certificate.issuer.windowsText;
    return untrustedKdc('notInNtAuth', `${issuer}, which issued ${name}, is not in NTAuth`);
  }
  if (trust.validation === 'server') return serverObjection(certificate);
  const { extendedKeyUsage } = certificate;
  if (extendedKeyUsage?.includes(KEY_PURPOSE.kdcAuthentication) !== true) {
    const purposes = extendedKeyUsage?.join(', ') ?? 'nothing in particular';
    return untrustedKdc(
      'keyPurpose',
      `the certificate ${name} is for ${purposes}, not for KDC Authentication (id-pkinit-KPKdc)`,
    );
  }
  return nameObjection(certificate, realm);
}

/** Without strict validation: any server of the domain would do. */
function serverObjection({ extendedKeyUsage, subject }: Certificate): Failure | undefined {
  const purposes = extendedKeyUsage ?? [];
  const fits =
    extendedKeyUsage === undefined ||
    purposes.includes(KEY_PURPOSE.serverAuthentication) ||
    purposes.includes(KEY_PURPOSE.kdcAuthentication);
  if (fits) return undefined;
  const text = `the certificate ${subject.windowsText} is for ${purposes.join(', ')}, not for Server Authentication`;
  return untrustedKdc('keyPurpose', text);
}

/** The domain's DNS name as Windows wants it, or krbtgt's as RFC 4556 does. */
function nameObjection(
  { subjectAltName, subject }: Certificate,
  realm: string,
): Failure | undefined {
  const domain = realm.toLowerCase();
  if (subjectAltName.dns.some((name) => name.toLowerCase() === domain)) return undefined;
  const isKdc = subjectAltName.kerberos.some(
    (one) => one.realm === realm && one.name === `krbtgt/${realm}`,
  );
  if (isKdc) return undefined;
  const names = subjectAltName.dns.join(', ') || 'no DNS name at all';
  return untrustedKdc(
    'name',
    `the certificate ${subject.windowsText} has ${names}, neither the domain ${domain} nor krbtgt/${realm}@${realm}`,
  );
}

export function untrustedKdc(problem: KdcProblem, reason: string): Failure {
  return { kind: 'untrustedKdc', problem, reason };
}
