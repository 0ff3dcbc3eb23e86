/** What revocation lists say about a certificate (RFC 5280 section 6.3, whole lists only). */
import { equal } from '../../src/bytes/bytes.ts';
import { verifySignature } from '../../src/crypto/verify.ts';
import type { Certificate } from './certificate.ts';
import { CRL_REASON, KEY_USAGE } from './constants.ts';
import type { Crl } from './crl.ts';

export type RevocationStatus =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string };

const REMOVE_FROM_CRL = 8;

/** Which lists have their issuer's signature, by the issuer: a list is checked once. */
const checked = new WeakMap<Crl, WeakMap<Certificate, boolean>>();

function isSigned(list: Crl, issuer: Certificate): boolean {
  const { keyUsage } = issuer;
  if (keyUsage !== undefined && (keyUsage & KEY_USAGE.cRLSign) === 0) return false;
  let byIssuer = checked.get(list);
  if (byIssuer === undefined) {
    byIssuer = new WeakMap();
    checked.set(list, byIssuer);
  }
  let right = byIssuer.get(issuer);
  if (right === undefined) {
    right = verifySignature(issuer.publicKey, list.signatureAlgorithm, list.tbs, list.signature);
    byIssuer.set(issuer, right);
  }
  return right;
}

function isOf(list: Crl, issuer: Certificate): boolean {
  if (!equal(list.issuer.der, issuer.subject.der)) return false;
  const { authorityKeyIdentifier: identifier } = list;
  const { subjectKeyIdentifier: own } = issuer;
  return identifier === undefined || own === undefined || identifier === own;
}

/**
 * The status by the newest list that `issuer` signed and that is current.
 * @param turning told every moment at which the answer may become another
 */
export function revocationOf(
  certificate: Certificate,
  issuer: Certificate,
  lists: readonly Crl[],
  now: number,
  turning: (moment: number) => void = () => undefined,
): RevocationStatus {
  let newest: Crl | undefined;
  let objection = 'there is none';
  for (const list of lists) {
    if (!isOf(list, issuer)) continue;
    turning(list.thisUpdate);
    if (list.nextUpdate !== undefined) turning(list.nextUpdate + 1);
    if (!isSigned(list, issuer)) objection = 'its signature is wrong';
    else if (list.thisUpdate > now) objection = 'it is from the future';
    else if (list.nextUpdate !== undefined && list.nextUpdate < now) {
      objection = `it was to be renewed at ${new Date(list.nextUpdate).toISOString()}`;
    } else if (newest === undefined || list.thisUpdate > newest.thisUpdate) newest = list;
  }
  if (newest === undefined) {
    const text = `no revocation list of ${issuer.subject.windowsText} to be had for ${certificate.subject.windowsText}: ${objection}`;
    return { kind: 'unknown', text };
  }
  const entry = newest.revoked.get(certificate.serialNumber);
  if (entry === undefined || entry.reason === REMOVE_FROM_CRL) return { kind: 'good' };
  const reason = CRL_REASON[entry.reason ?? 0] ?? entry.reason;
  const text = `${certificate.subject.windowsText} was revoked at ${new Date(entry.date).toISOString()} (${reason})`;
  return { kind: 'revoked', text };
}
