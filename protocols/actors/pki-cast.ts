/**
 * Certification authorities of a cast as they are when the story begins: their certificates, their
 * first revocation lists, and what the directory of a realm says of them. Every actor asks here, so
 * that an authority, those whom it certified and those who trust it know the same octets.
 */
import type { KeyAlgorithm } from '../../src/machine/actor.ts';
import type { Scene } from '../../src/scenario/role.ts';
import { domainDn, formatDn } from '../directory/dn.ts';
import type { PublicKeyServices } from '../kdc/accounts.ts';
import { sameRealm } from '../kerberos/ticket-cache.ts';
import { signatureNameFor } from '../x509/algorithms.ts';
import { type Certificate, readCertificate } from '../x509/certificate.ts';
import { signedCrl, tbsCertList } from '../x509/crl.ts';
import {
  type CertificateProfile,
  type Issuance,
  signedCertificate,
  tbsCertificate,
} from '../x509/issue.ts';
import { type DistinguishedName, distinguishedName } from '../x509/names.ts';
import { certificateAuthority } from '../x509/profiles.ts';
import type { CertificateAuthorityFields } from './pki-fields.ts';
import { authorityHost, netbiosOf } from './service-accounts.ts';

export const AUTHORITY_ROLE = 'certificate-authority';

const DAY = 86_400_000;
const YEAR = 365 * DAY;

export interface Authority {
  /** Of the actor. */
  readonly actor: string;
  /** Its common name. */
  readonly name: string;
  /** Where it is asked over HTTP. */
  readonly host: string;
  readonly certificate: Certificate;
  /** In the key store. */
  readonly key: string;
  readonly signatureAlgorithm: string;
  /** Absent: a root. */
  readonly parent?: Authority;
  readonly config: CertificateAuthorityFields;
}

/** Where the authority's list and certificate are, below its host (AD CS's usual places). */
export function crlPath({ name }: Pick<Authority, 'name'>): string {
  return `/CertEnroll/${encodeURIComponent(name)}.crl`;
}

export function certificatePath({ name }: Pick<Authority, 'name'>): string {
  return `/CertEnroll/${encodeURIComponent(name)}.crt`;
}

export function crlUri(authority: Pick<Authority, 'name' | 'host'>): string {
  return `http://${authority.host}${crlPath(authority)}`;
}

export function certificateUri(authority: Pick<Authority, 'name' | 'host'>): string {
  return `http://${authority.host}${certificatePath(authority)}`;
}

/** Signatures over certificates by the kind of key; the digest is as strong as the curve. */
export function signatureAlgorithmFor(
  algorithm: KeyAlgorithm,
  digest: 'SHA-1' | 'SHA-256' = 'SHA-256',
): string {
  if (digest === 'SHA-1')
    return signatureNameFor(algorithm.startsWith('P-') ? 'ec' : 'rsa', 'sha1');
  switch (algorithm) {
    case 'P-521':
      return signatureNameFor('ec', 'sha512');
    case 'P-384':
      return signatureNameFor('ec', 'sha384');
    case 'P-256':
      return signatureNameFor('ec', 'sha256');
    default:
      return signatureNameFor('rsa', 'sha256');
  }
}

type Kept = Map<string, Authority>;

/** A cast's authorities are asked for by many, and each costs a signature. */
const authorities = new WeakMap<Scene, Kept>();

/** @throws Error when there is no such authority, or it stands above itself */
export function authority(scene: Scene, actor: string, below: readonly string[] = []): Authority {
  const kept: Kept = authorities.get(scene) ?? new Map();
  authorities.set(scene, kept);
  const known = kept.get(actor);
  if (known !== undefined) return known;
  const member = scene.actors[actor];
  if (member?.role !== AUTHORITY_ROLE) throw new Error(`${actor} is no ${AUTHORITY_ROLE}`);
  if (below.includes(actor)) {
    throw new Error(`${[...below, actor].join(' is certified by ')}, so none of them is a root`);
  }
  const config = member.config as CertificateAuthorityFields;
  const parent =
    config.parent === undefined ? undefined : authority(scene, config.parent, [...below, actor]);
  const made = newAuthority(scene, actor, config, parent);
  kept.set(actor, made);
  return made;
}

function newAuthority(
  scene: Scene,
  actor: string,
  config: CertificateAuthorityFields,
  parent: Authority | undefined,
): Authority {
  const name = config.commonName ?? actor;
  const host = authorityHost(actor, config);
  const key = `ca/${actor}`;
  const publicKey = scene.key(key, config.key);
  const signatureAlgorithm = signatureAlgorithmFor(config.key);
  const { pathLength } = config;
  const profile = certificateAuthority({
    subject: subjectOf(name, config.realm),
    ...(pathLength === undefined ? {} : { pathLength }),
  });
  const notBefore = config.notBefore ?? scene.start - 2 * YEAR;
  const notAfter = config.notAfter ?? notBefore + 10 * YEAR;
  const common = { publicKey, serialNumber: serialNumber(scene, key), notBefore, notAfter };
  const certificate =
    parent === undefined
      ? signed(scene, key, profile, {
          ...common,
          issuer: profile.subject,
          signatureAlgorithm,
        })
      : issued(scene, parent, profile, common);
  return {
    actor,
    name,
    host,
    certificate,
    key,
    signatureAlgorithm,
    ...(parent === undefined ? {} : { parent }),
    config,
  };
}

function subjectOf(name: string, realm: string | undefined): DistinguishedName {
  const cn = formatDn([{ type: 'CN', value: name }]);
  return distinguishedName(
    realm === undefined ? cn : `${cn},${formatDn(domainDn(realm.toLowerCase()))}`,
  );
}

/** 16 octets; the first bit is the sign's, the second keeps them from being fewer. */
export function serialNumber(scene: Scene, label: string): Uint8Array {
  const octets = scene.random(`serial/${label}`)(16);
  return Uint8Array.of(((octets[0] as number) & 0x3f) | 0x40, ...octets.subarray(1));
}

/** A certificate of `issuer`'s from before the story. */
export function issued(
  scene: Scene,
  issuer: Authority,
  profile: CertificateProfile,
  issuance: Omit<Issuance, 'issuer' | 'signatureAlgorithm'>,
  signatureAlgorithm: string = issuer.signatureAlgorithm,
): Certificate {
  return signed(scene, issuer.key, profile, {
    ...issuance,
    issuer: issuer.certificate,
    signatureAlgorithm,
    crlDistributionPoints: [crlUri(issuer)],
    caIssuers: [certificateUri(issuer)],
  });
}

function signed(
  scene: Scene,
  key: string,
  profile: CertificateProfile,
  issuance: Issuance,
): Certificate {
  const { signatureAlgorithm } = issuance;
  const tbs = tbsCertificate(profile, issuance);
  const signature = scene.sign(key, signatureAlgorithm, tbs);
  return certificateOf(signedCertificate(tbs, signatureAlgorithm, signature));
}

/** @throws Error for octets that are no certificate: ours always are */
export function certificateOf(der: Uint8Array): Certificate {
  const read = readCertificate(der);
  if (!read.ok) throw new Error(`a certificate of our own does not read: ${read.reason}`);
  return read.value;
}

/** The authority and those above it, nearest first, without the root. DER. */
export function chainOf(issuer: Authority): readonly Uint8Array[] {
  const { parent, certificate } = issuer;
  return parent === undefined ? [] : [certificate.der, ...chainOf(parent)];
}

export function rootOf(issuer: Authority): Certificate {
  return issuer.parent === undefined ? issuer.certificate : rootOf(issuer.parent);
}

/** The number, the moments and the octets of a list. */
export interface Publication {
  readonly number: number;
  readonly der: Uint8Array;
  /** When the next one is made; milliseconds since 1970. */
  readonly due: number;
  readonly nextUpdate: number;
}

/** Lists of AD CS begin ten minutes before they are made, for clocks that are behind. */
const EARLIER = 10 * 60_000;
/** And they overlap by a tenth of their time, or by half a day where that is less. */
const OVERLAP_MAX = 12 * 3_600_000;

/** The times of a list that is made at `now`, and holds for `validity` besides its overlap. */
export function publicationTimes(
  now: number,
  validity: number,
): { readonly thisUpdate: number; readonly due: number; readonly nextUpdate: number } {
  const due = now + validity;
  const overlap = Math.min(validity / 10, OVERLAP_MAX);
  return { thisUpdate: now - EARLIER, due, nextUpdate: Math.floor(due + overlap) };
}

/** The list that is there when the story begins: nobody is on it. */
export function firstPublication(scene: Scene, issuer: Authority): Publication {
  const { validity, published = scene.start - DAY } = issuer.config.revocationList;
  const { thisUpdate, due, nextUpdate } = publicationTimes(published, validity);
  const { certificate, signatureAlgorithm, key } = issuer;
  const content = { issuer: certificate, signatureAlgorithm, thisUpdate, nextUpdate };
  const tbs = tbsCertList({ ...content, number: 1, revoked: [] });
  const der = signedCrl(tbs, signatureAlgorithm, scene.sign(key, signatureAlgorithm, tbs));
  return { number: 1, der, due, nextUpdate };
}

/** The authorities that are in a realm's directory, in the order of the file. */
export function authoritiesOf(scene: Scene, realm: string): readonly Authority[] {
  return Object.entries(scene.actors).flatMap(([actor, member]) => {
    if (member.role !== AUTHORITY_ROLE) return [];
    const { realm: own } = member.config as CertificateAuthorityFields;
    return own !== undefined && sameRealm(own, realm) ? [authority(scene, actor)] : [];
  });
}

/** Those of a realm with those above them, each once. */
export function withParents(all: readonly Authority[]): readonly Authority[] {
  const found = new Map<string, Authority>();
  for (const one of all) {
    for (let at: Authority | undefined = one; at !== undefined; at = at.parent) {
      found.set(at.actor, at);
    }
  }
  return [...found.values()];
}

/** Where the list of an enterprise authority is in its directory. */
export function crlDn({ name, host, config }: Authority): string {
  const domain = formatDn(domainDn(config.realm?.toLowerCase() ?? ''));
  const rdns = [name, netbiosOf(host), 'CDP', 'Public Key Services', 'Services', 'Configuration'];
  return [...rdns.map((value) => formatDn([{ type: 'CN', value }])), domain].join(',');
}

/** What members of a realm know of certificates when the story begins: what its directory says. */
export function publicKeyServices(scene: Scene, realm: string): PublicKeyServices {
  const own = authoritiesOf(scene, realm);
  const all = withParents(own);
  const der = ({ certificate }: Authority): Uint8Array => certificate.der;
  return {
    roots: all.filter(({ parent }) => parent === undefined).map(der),
    ntAuth: own.filter(({ config }) => config.inNtAuth).map(der),
    intermediates: all.filter(({ parent }) => parent !== undefined).map(der),
    revocationLists: all.map((one) => firstPublication(scene, one).der),
  };
}
