/** Certificates for other people's KDCs, made by the openssl program: none of our code has a part in them. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { peer } from '../peers.ts';

/** Files in PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

export type KeyKind = 'rsa:2048' | 'rsa:1024' | 'ec:P-256' | 'ec:P-384';

export interface Wanted {
  /** Name of the files; also the common name. */
  readonly name: string;
  readonly extensions: readonly string[];
  readonly key?: KeyKind;
  /** Days from now for which it is valid; the first may be in the past. */
  readonly from?: number;
  readonly until?: number;
}

const DAY_MS = 86_400_000;

/** Object identifiers as openssl's configuration wants them. */
const PKINIT_SAN = '1.3.6.1.5.2.2';
const UPN = '1.3.6.1.4.1.311.20.2.3';
export const KDC_EKU = '1.3.6.1.5.2.3.5';
export const SERVER_EKU = '1.3.6.1.5.5.7.3.1';
export const CLIENT_EKU = '1.3.6.1.5.2.3.4';
export const SMART_CARD_EKU = '1.3.6.1.4.1.311.20.2.2';

const LEAF = ['basicConstraints=critical,CA:FALSE', 'keyUsage=digitalSignature,keyEncipherment'];

/** `extendedKeyUsage=...`, and nothing where there is none. */
export function eku(...oids: readonly string[]): readonly string[] {
  return oids.length === 0 ? [] : [`extendedKeyUsage=${oids.join(',')}`];
}

/** KRB5PrincipalName of RFC 4556 §3.2.2 as an alternative name, with DNS names beside it. */
export function principalSan(
  realm: string,
  nameType: number,
  components: readonly string[],
  ...dns: readonly string[]
): readonly string[] {
  const names = [`otherName:${PKINIT_SAN};SEQUENCE:san`, ...dns.map((name) => `DNS:${name}`)];
  return [
    `subjectAltName=${names.join(',')}`,
    '[san]',
    `realm=EXP:0,GeneralString:${realm}`,
    'name=EXP:1,SEQUENCE:principal',
    '[principal]',
    `type=EXP:0,INTEGER:${nameType}`,
    'strings=EXP:1,SEQUENCE:components',
    '[components]',
    ...components.map((component, i) => `c${i}=GeneralString:${component}`),
  ];
}

export function dnsSan(...dns: readonly string[]): readonly string[] {
  return [`subjectAltName=${dns.map((name) => `DNS:${name}`).join(',')}`];
}

export function upnSan(upn: string): readonly string[] {
  return [`subjectAltName=otherName:${UPN};UTF8:${upn}`];
}

/** The openssl program. @throws with what it printed. */
export function openssl(args: readonly string[], input = ''): string {
  const program = peer('openssl') ?? 'openssl';
  return execFileSync(program, args, { input, encoding: 'utf8', stdio: 'pipe' });
}

/** A certification authority whose files stand in a folder. */
export class OpensslAuthority {
  readonly #folder: string;
  readonly #key: string;
  /** Its own certificate: the anchor. */
  readonly certificate: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#key = keyFile(folder, name, 'rsa:2048');
    this.certificate = join(folder, `${name}.pem`);
    const ca = ['-addext', 'basicConstraints=critical,CA:TRUE', '-days', '30'];
    const files = ['-key', this.#key, '-out', this.certificate];
    openssl(['req', '-x509', '-new', '-subj', `/CN=${name}`, ...ca, ...files]);
  }

  /** A certificate with these extensions; the lines before the first section are its own. */
  issue({ name, extensions, key = 'rsa:2048', from = -1, until = 29 }: Wanted): Identity {
    const file = (ending: string): string => join(this.#folder, `${name}.${ending}`);
    const own = keyFile(this.#folder, name, key);
    const lines = ['[leaf]', ...LEAF, ...extensions];
    writeFileSync(file('cnf'), `${lines.join('\n')}\n${authoritySection(this.#folder, name)}`);
    writeFileSync(file('index'), '');
    openssl(['req', '-new', '-key', own, '-subj', `/CN=${name}`, '-out', file('csr')]);
    openssl([
      'ca',
      '-batch',
      '-notext',
      ...['-config', file('cnf'), '-name', 'authority', '-md', 'sha256'],
      ...['-cert', this.certificate, '-keyfile', this.#key],
      ...['-startdate', asn1Time(from), '-enddate', asn1Time(until)],
      ...['-extensions', 'leaf', '-in', file('csr'), '-out', file('pem')],
    ]);
    return { certificate: file('pem'), key: own };
  }
}

/** What `openssl ca` must have, because `openssl x509` of this version sets no date in the past. */
const authoritySection = (folder: string, name: string): string => `[authority]
database = ${join(folder, `${name}.index`)}
new_certs_dir = ${folder}
policy = any
rand_serial = yes
unique_subject = no
[any]
commonName = supplied
`;

/** `20260302080000Z` */
function asn1Time(days: number): string {
  const date = new Date(Date.now() + days * DAY_MS);
  return date.toISOString().replace(/[-:T]|\.\d+/g, '');
}

/** A private key as PKCS #8, which every program here reads. */
function keyFile(folder: string, name: string, kind: KeyKind): string {
  const file = join(folder, `${name}.key`);
  const [algorithm, size] = kind.split(':') as [string, string];
  const options =
    algorithm === 'rsa' ? `rsa_keygen_bits:${size}` : `ec_paramgen_curve:${size as string}`;
  openssl(['genpkey', '-algorithm', algorithm, '-pkeyopt', options, '-out', file]);
  return file;
}

/** Certificate and key in one file, as `FILE:x.pem` of either client takes it. */
export function together({ certificate, key }: Identity, file: string): string {
  writeFileSync(file, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'), {
    mode: 0o600,
  });
  return file;
}
