/**
 * Chains from a leaf to a trusted root (RFC 5280 section 6, without policies and name constraints).
 * Work is bounded whatever is given; answers are kept as long as nothing that they rest on changes.
 */
import { equal } from '../../src/bytes/bytes.ts';
import { verifySignature } from '../../src/crypto/verify.ts';
import type { Certificate } from './certificate.ts';
import { KEY_USAGE } from './constants.ts';
import { revocationOf } from './revocation.ts';
import {
  type Chain,
  type ChainProblem,
  type ChainRefused,
  moreTelling,
  type TrustStore,
} from './trust.ts';

/** Certificates that a peer may send along; further ones are not looked at. */
const GIVEN_MAX = 16;
/** Certificates of a chain, leaf and root included. */
const LENGTH_MAX = 8;
/** Signatures that one chain may cost: certificates that all sign each other would cost 16! / 8!. */
const SIGNATURES_MAX = 64;
const KEPT_MAX = 4096;

interface Kept {
  readonly answer: Chain;
  /** The answer holds from here to before there. */
  readonly from: number;
  readonly until: number;
}

const kept = new WeakMap<TrustStore, Map<string, Kept>>();

interface Search {
  readonly trust: TrustStore;
  readonly roots: ReadonlySet<string>;
  readonly candidates: readonly Certificate[];
  readonly now: number;
  signatures: number;
  /** The last moment at or before `now` at which an answer may have changed, and the next one. */
  from: number;
  until: number;
}

/** Notes that something begins to be true or false at `moment`. */
function turning(search: Search, moment: number): void {
  if (moment <= search.now) search.from = Math.max(search.from, moment);
  else search.until = Math.min(search.until, moment);
}

function refusal(problem: ChainProblem, certificate: Certificate, text: string): ChainRefused {
  return { ok: false, problem, certificate, text };
}

/**
 * The chain of `leaf`, over the certificates that came with it and those of the store, or the refusal
 * that says most. The same question to the same store is answered from memory.
 * @param now milliseconds since 1970
 */
export function buildChain(
  leaf: Certificate,
  given: readonly Certificate[],
  trust: TrustStore,
  now: number,
): Chain {
  const sent = given.slice(0, GIVEN_MAX);
  const question = [leaf, ...sent].map(({ sha256 }) => sha256).join();
  let answers = kept.get(trust);
  if (answers === undefined) {
    answers = new Map();
    kept.set(trust, answers);
  }
  const known = answers.get(question);
  if (known !== undefined && now >= known.from && now < known.until) return known.answer;
  const search: Search = {
    trust,
    roots: new Set(trust.roots.map(({ sha256 }) => sha256)),
    candidates: distinct([...trust.roots, ...trust.intermediates, ...sent]),
    now,
    signatures: 0,
    from: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
  };
  const answer = extend([leaf], search);
  answers.delete(question);
  if (answers.size >= KEPT_MAX) answers.delete(answers.keys().next().value as string);
  answers.set(question, { answer, from: search.from, until: search.until });
  return answer;
}

function distinct(certificates: readonly Certificate[]): readonly Certificate[] {
  return [...new Map(certificates.map((one) => [one.sha256, one])).values()];
}

/** Names equal as octets, as Windows compares them, and key identifiers where both have one. */
function mayHaveIssued(issuer: Certificate, certificate: Certificate): boolean {
  if (!equal(issuer.subject.der, certificate.issuer.der)) return false;
  const { authorityKeyIdentifier } = certificate;
  const { subjectKeyIdentifier } = issuer;
  return (
    authorityKeyIdentifier === undefined ||
    subjectKeyIdentifier === undefined ||
    authorityKeyIdentifier === subjectKeyIdentifier
  );
}

/** Goes on from the last certificate of `path` towards a root. */
function extend(path: readonly Certificate[], search: Search): Chain {
  const last = path[path.length - 1] as Certificate;
  if (search.roots.has(last.sha256)) return validate(path, search);
  const name = last.subject.windowsText;
  if (path.length >= LENGTH_MAX) {
    return refusal('pathTooLong', last, `more than ${LENGTH_MAX} certificates up to ${name}`);
  }
  let refused: ChainRefused | undefined;
  for (const issuer of search.candidates) {
    if (path.includes(issuer) || !mayHaveIssued(issuer, last)) continue;
    if (search.signatures >= SIGNATURES_MAX) break;
    search.signatures++;
    if (!verifySignature(issuer.publicKey, last.signatureAlgorithm, last.tbs, last.signature)) {
      const text = `the signature of ${name} is not that of ${issuer.subject.windowsText}`;
      refused = moreTelling(refused, refusal('badSignature', last, text));
      continue;
    }
    const chain = extend([...path, issuer], search);
    if (chain.ok) return chain;
    refused = moreTelling(refused, chain);
  }
  if (refused !== undefined) return refused;
  return equal(last.subject.der, last.issuer.der)
    ? refusal('untrustedRoot', last, `${name} signs itself and is no trusted root`)
    : refusal('partialChain', last, `no certificate of ${last.issuer.windowsText} for ${name}`);
}

/** RFC 5280 section 6.1.3 and 6.1.4 for a path whose names and signatures fit, from the root down. */
function validate(path: readonly Certificate[], search: Search): Chain {
  for (let i = path.length - 1; i >= 0; i--) {
    const certificate = path[i] as Certificate;
    const refused =
      checkTimes(certificate, search) ??
      checkExtensions(certificate) ??
      (i === 0 ? undefined : checkAuthority(path, i)) ??
      (i === path.length - 1 ? undefined : checkRevocation(path, i, search));
    if (refused !== undefined) return refused;
  }
  return { ok: true, chain: path };
}

function checkTimes(certificate: Certificate, search: Search): ChainRefused | undefined {
  const { notBefore, notAfter, subject } = certificate;
  turning(search, notBefore);
  turning(search, notAfter + 1);
  if (search.now < notBefore) {
    const text = `${subject.windowsText} is valid from ${new Date(notBefore).toISOString()} on`;
    return refusal('notYetValid', certificate, text);
  }
  if (search.now > notAfter) {
    const text = `${subject.windowsText} expired at ${new Date(notAfter).toISOString()}`;
    return refusal('expired', certificate, text);
  }
  return undefined;
}

function checkExtensions(certificate: Certificate): ChainRefused | undefined {
  const unknown = certificate.unknownCritical[0];
  if (unknown === undefined) return undefined;
  const text = `${certificate.subject.windowsText} has the critical extension ${unknown}, which is not understood`;
  return refusal('unknownCriticalExtension', certificate, text);
}

/** `path[i]` as an issuer. A root of version 1 has no extensions: being trusted makes it a CA. */
function checkAuthority(path: readonly Certificate[], i: number): ChainRefused | undefined {
  const certificate = path[i] as Certificate;
  const { basicConstraints, keyUsage } = certificate;
  const name = certificate.subject.windowsText;
  const trusted = i === path.length - 1 && basicConstraints === undefined;
  if (!trusted && basicConstraints?.ca !== true) {
    return refusal('notAnAuthority', certificate, `${name} is no certificate authority`);
  }
  if (keyUsage !== undefined && (keyUsage & KEY_USAGE.keyCertSign) === 0) {
    return refusal('notAnAuthority', certificate, `${name} may not sign certificates (keyUsage)`);
  }
  const below = path
    .slice(1, i)
    .filter(({ subject, issuer }) => !equal(subject.der, issuer.der)).length;
  const limit = basicConstraints?.pathLength ?? Number.POSITIVE_INFINITY;
  if (below <= limit) return undefined;
  const text = `${name} allows ${limit} authorities below it, and there are ${below}`;
  return refusal('pathTooLong', certificate, text);
}

/** `path[i]` by the lists of its issuer. */
function checkRevocation(
  path: readonly Certificate[],
  i: number,
  search: Search,
): ChainRefused | undefined {
  const { trust, now } = search;
  if (trust.revocation === 'off') return undefined;
  const certificate = path[i] as Certificate;
  const issuer = path[i + 1] as Certificate;
  const status = revocationOf(certificate, issuer, trust.revocationLists, now, (moment) =>
    turning(search, moment),
  );
  if (status.kind === 'good') return undefined;
  if (status.kind === 'revoked') return refusal('revoked', certificate, status.text);
  return trust.revocation === 'required'
    ? refusal('revocationUnknown', certificate, status.text)
    : undefined;
}
