/** What a chain is judged by, and how a judgement is told. */

import { type Certificate, readCertificates } from './certificate.ts';
import { KEY_PURPOSE } from './constants.ts';
import { type Crl, readCrl } from './crl.ts';

export interface TrustStore {
  readonly roots: readonly Certificate[];
  /** CA certificates that are known without being sent. */
  readonly intermediates: readonly Certificate[];
  readonly revocationLists: readonly Crl[];
  /**
   * `required`: every certificate below the root needs a current list; `ifKnown`: a list that is
   * there counts, a missing one does not matter; `off`: lists are not looked at.
   */
  readonly revocation: 'required' | 'ifKnown' | 'off';
}

/** A store as its octets: what a state or the directory holds. */
export interface TrustOctets {
  readonly roots: readonly Uint8Array[];
  readonly intermediates: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
  readonly revocation: TrustStore['revocation'];
}

const byObject = new WeakMap<TrustOctets, TrustStore>();
const STORES_MAX = 32;
const byContent = new Map<string, TrustStore>();

/**
 * The store of these octets; what cannot be read is not in it. The same contents give the same
 * object, so that what chains were found from it stays known.
 */
export function trustStore(octets: TrustOctets): TrustStore {
  const known = byObject.get(octets);
  if (known !== undefined) return known;
  const made: TrustStore = {
    roots: readCertificates(octets.roots),
    intermediates: readCertificates(octets.intermediates),
    revocationLists: octets.revocationLists.flatMap((der) => {
      const read = readCrl(der);
      return read.ok ? [read.value] : [];
    }),
    revocation: octets.revocation,
  };
  const hashes = [made.roots, made.intermediates, made.revocationLists].map((list) =>
    list.map(({ sha256 }) => sha256).join(),
  );
  const content = [made.revocation, ...hashes].join(';');
  const store = byContent.get(content) ?? made;
  if (store === made) {
    if (byContent.size >= STORES_MAX) byContent.delete(byContent.keys().next().value as string);
    byContent.set(content, made);
  }
  byObject.set(octets, store);
  return store;
}

export type ChainProblem =
  /** The chain ends in a certificate that signs itself and is no trusted root. */
  | 'untrustedRoot'
  /** An issuer's certificate is not there. */
  | 'partialChain'
  | 'badSignature'
  | 'expired'
  | 'notYetValid'
  /** An issuer that is no CA, or may not sign certificates. */
  | 'notAnAuthority'
  | 'pathTooLong'
  | 'unknownCriticalExtension'
  | 'revoked'
  /** No list that is signed by the issuer and current. */
  | 'revocationUnknown';

export interface ChainRefused {
  readonly ok: false;
  readonly problem: ChainProblem;
  /** The one that the problem is with. */
  readonly certificate: Certificate;
  /** A sentence for people. */
  readonly text: string;
}

export type Chain =
  /** From the leaf to the root. */
  { readonly ok: true; readonly chain: readonly Certificate[] } | ChainRefused;

/** Which of several refusals says most: those of whole chains before those of pieces. */
const WEIGHT: Readonly<Record<ChainProblem, number>> = {
  revoked: 4,
  revocationUnknown: 3,
  expired: 3,
  notYetValid: 3,
  notAnAuthority: 3,
  pathTooLong: 3,
  unknownCriticalExtension: 3,
  badSignature: 2,
  untrustedRoot: 1,
  partialChain: 0,
};

/** The one of two refusals that says more; the first where they are alike. */
export function moreTelling(a: ChainRefused | undefined, b: ChainRefused): ChainRefused {
  return a === undefined || WEIGHT[b.problem] > WEIGHT[a.problem] ? b : a;
}

/**
 * May the key be used for the purpose? Without the extension, or with anyExtendedKeyUsage, for every
 * purpose (RFC 5280 section 4.2.1.12).
 */
export function hasKeyPurpose(certificate: Certificate, purpose: string): boolean {
  const purposes = certificate.extendedKeyUsage;
  return (
    purposes === undefined ||
    purposes.includes(purpose) ||
    purposes.includes(KEY_PURPOSE.anyExtendedKeyUsage)
  );
}

/** Is the CA that issued the leaf among those of the forest's NTAuthCertificates? */
export function isNtAuth(chain: readonly Certificate[], ntAuth: readonly Certificate[]): boolean {
  const issuer = chain[1];
  return issuer !== undefined && ntAuth.some(({ sha256 }) => sha256 === issuer.sha256);
}
