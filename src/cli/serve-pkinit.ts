/** The part of `serve --export` for signing in with certificates: ca.pem, users/, what krb5.conf names. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pem } from '../../protocols/x509/pem.ts';
import { toHex } from '../bytes/bytes.ts';
import { modpGroup } from '../crypto/modp.ts';
import { writeWhole } from '../trace/run-folder.ts';
import { selfIssued } from './hello-issuer.ts';
import type { KeyAndCertificates } from './pkcs12.ts';

/** With absolute paths, because clients run elsewhere. */
export interface PkinitFiles {
  readonly anchors: string;
  readonly moduli: string;
  /** Certificates between roots and others; absent: there are none. */
  readonly pool?: string;
}

/** For nobody else: there are keys in most of them. */
const PRIVATE = 0o600;

/**
 * @param tlsRoot of these listeners' TLS, in the same file
 * @returns undefined: no realm has certificates
 */
export async function writePkinit(
  folder: string,
  anchors: readonly Uint8Array[],
  identities: readonly KeyAndCertificates[],
  tlsRoot?: Uint8Array,
): Promise<PkinitFiles | undefined> {
  const files = {
    anchors: resolve(folder, 'ca.pem'),
    moduli: resolve(folder, 'krb5.moduli'),
  };
  const tls =
    tlsRoot === undefined
      ? []
      : ['# Who vouches for the TLS of this start of serve.\n', pem('CERTIFICATE', tlsRoot)];
  if (anchors.length === 0) {
    if (tls.length > 0) writeWhole(files.anchors, tls.join(''), PRIVATE);
    return undefined;
  }
  const shown = identities.map((identity) => ({ identity, own: selfIssued(identity) }));
  const roots = anchors.map((der) => pem('CERTIFICATE', der));
  const hello = shown.flatMap(({ identity: { name }, own }) =>
    own === undefined
      ? []
      : [
          `# The Hello key of ${name}: MIT's kinit shows no certificate that it cannot verify.\n`,
          pem('CERTIFICATE', own.anchor),
        ],
  );
  writeWhole(files.anchors, [...roots, ...hello, ...tls].join(''), PRIVATE);
  writeWhole(files.moduli, krb5Moduli(), PRIVATE);
  for (const { identity, own } of shown) {
    const { certificates } = identity;
    await writeIdentity(
      join(folder, 'users'),
      own === undefined
        ? identity
        : { ...identity, certificates: [own.certificate, ...certificates] },
    );
  }
  const between = new Set(
    identities.flatMap(({ certificates }) =>
      certificates.slice(1).map((der) => pem('CERTIFICATE', der)),
    ),
  );
  if (between.size === 0) return files;
  const pool = resolve(folder, 'intermediates.pem');
  writeWhole(pool, [...between].join(''), PRIVATE);
  return { ...files, pool };
}

/** Certificates and key in one file for kinit, in another for Windows and browsers (no password). */
async function writeIdentity(folder: string, identity: KeyAndCertificates): Promise<void> {
  // Loaded for who has certificates only: it takes longer than everything else here.
  const { pkcs12 } = await import('./pkcs12.ts');
  const { name, pkcs8, certificates } = identity;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const blocks = certificates.map((der) => pem('CERTIFICATE', der));
  blocks.push(pem('PRIVATE KEY', pkcs8));
  writeWhole(join(folder, `${name}.pem`), blocks.join(''), PRIVATE);
  writeWhole(join(folder, `${name}.p12`), await pkcs12(identity, ''), PRIVATE);
}

/**
 * A Diffie-Hellman group in the form of Heimdal's moduli files: name, bits, p, g, q. Heimdal 7 has a
 * 1024-bit group built in, which no KDC should take, and one of 1760 bits that it believes to be
 * RFC 3526's 14.
 */
function krb5Moduli(): string {
  const { bits, p, g, q } = modpGroup('modp-14');
  return `rfc3526-MODP-group14 ${bits} ${[p, g, q].map(toHex).join(' ')}\n`;
}
