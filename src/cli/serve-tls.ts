/**
 * Who the servers of `serve` say they are by TLS: one certificate of an authority that this start made,
 * for the names that clients here have for this machine and those that they have for Entra. The
 * authority's key is made by chance and kept nowhere, unless `--seed` asks for the same each time.
 */
import { hostname } from 'node:os';
import { signedCertificate, tbsCertificate } from '../../protocols/x509/issue.ts';
import { certificateAuthority, commonName, webServer } from '../../protocols/x509/profiles.ts';
import { hex } from '../bytes/bytes.ts';
import type { TlsIdentity } from '../drivers/tls.ts';
import type { KeyMaker } from '../signing/key-maker.ts';
import type { KeyStore } from '../signing/key-store.ts';
import { signedNow } from '../signing/node-provider.ts';

export interface ServedTls {
  readonly identity: TlsIdentity;
  /** What clients must trust: the authority's own certificate, DER. */
  readonly root: Uint8Array;
}

/** Where Windows looks for its tenant: a client may be told that they are here. */
const CLOUD = [
  'login.microsoftonline.com',
  'login.windows.net',
  'device.login.microsoftonline.com',
  'enterpriseregistration.windows.net',
  'graph.microsoft.com',
];

const KEY = 'serve/tls';
const ALGORITHM = 'ecdsa-with-SHA256';
const DAY = 86_400_000;

/** @param now by the wall's clock, which clients go by @param host the address that listeners bind to */
export function servedTls(keys: KeyStore, make: KeyMaker, host: string, now: number): ServedTls {
  const authority = make('serve/tls-authority', 'P-256');
  const own = make(KEY, 'P-256');
  keys.put(KEY, own.pkcs8);
  const issuer = commonName('kerblab serve, for this start only');
  const signed = (tbs: Uint8Array): Uint8Array => {
    const key = { name: 'serve/tls-authority', pkcs8: authority.pkcs8 };
    return signedCertificate(tbs, ALGORITHM, signedNow(key, ALGORITHM, tbs));
  };
  const issuance = { issuer, notBefore: now - DAY, signatureAlgorithm: ALGORITHM };
  const root = tbsCertificate(certificateAuthority({ subject: issuer, pathLength: 0 }), {
    ...issuance,
    publicKey: authority.spki,
    serialNumber: hex`01`,
    notAfter: now + 3_650 * DAY,
  });
  const leaf = tbsCertificate(webServer({ dnsNames: dnsNames(), ip: addresses(host) }), {
    ...issuance,
    publicKey: own.spki,
    serialNumber: hex`02`,
    notAfter: now + 365 * DAY,
  });
  return { identity: { key: KEY, certificate: signed(leaf) }, root: signed(root) };
}

function dnsNames(): readonly [string, ...string[]] {
  return ['localhost', ...new Set([hostname().toLowerCase(), ...CLOUD])];
}

/** IPv4 only: clients of `::1` can be told `localhost`. */
function addresses(host: string): readonly Uint8Array[] {
  const all = new Set(['127.0.0.1', host]);
  all.delete('0.0.0.0');
  return [...all]
    .filter((address) => /^\d+(\.\d+){3}$/.test(address))
    .map((address) => Uint8Array.from(address.split('.'), Number));
}
