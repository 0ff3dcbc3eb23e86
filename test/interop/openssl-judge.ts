/** OpenSSL as judge of the CMS and the certificates that stand in messages of a run. */
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { dissector } from '../../protocols/dissect/dissector.ts';
import { pem } from '../../protocols/x509/pem.ts';
import type { DissectedField } from '../../src/trace/dissector.ts';
import { peer } from '../peers.ts';

/** A SignedData as it stands in a message. */
export interface Signed {
  /** ContentInfo, DER. */
  readonly octets: Uint8Array;
  readonly content: Uint8Array;
  /** DER. */
  readonly certificates: readonly Uint8Array[];
}

function part(message: Uint8Array, { start, end }: DissectedField): Uint8Array {
  return message.subarray(start, end);
}

/** Every SignedData with a content in a message. */
export function signedIn(message: Uint8Array, name: string): readonly Signed[] {
  const rows = dissector.fields(message, { message: name });
  const infos = rows.filter(({ path }) => path.endsWith('.ContentInfo'));
  return infos.flatMap((info): Signed[] => {
    const inside = rows.filter(({ path }) => path.startsWith(`${info.path}.content.SignedData.`));
    const content = inside.find(({ path }) => /eContent\.[A-Za-z]+(-Win2k)?$/.test(path));
    if (content === undefined) return [];
    const certificates = inside.filter(({ path }) =>
      /certificates\[\d+\]\.Certificate$/.test(path),
    );
    return [
      {
        octets: part(message, info),
        content: part(message, content),
        certificates: certificates.map((row) => part(message, row)),
      },
    ];
  });
}

export class OpensslJudge {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kerblab-openssl-'));
  readonly #program = peer('openssl') ?? 'openssl';

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #file(name: string, content: Uint8Array | string): string {
    const file = join(this.#folder, name);
    writeFileSync(file, content);
    return file;
  }

  /** @throws AssertionError with what openssl printed */
  #accepts(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(this.#program, args, { encoding: 'utf8' });
    assert.is(status, 0, `openssl ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  }

  /** The octets are ASN.1 all through, as OpenSSL reads it. */
  parses(octets: Uint8Array): void {
    const printed = this.#accepts('asn1parse', '-inform', 'DER', '-in', this.#file('a', octets));
    assert.not.match(printed, /Error in encoding/);
  }

  /** The signature is that of the certificate inside, over the content that our dissector finds. */
  verifies({ octets, content, certificates }: Signed): void {
    const input = this.#file('signed', octets);
    const out = join(this.#folder, 'content');
    // Whether the certificate is to be believed is for verifiesChain.
    this.#accepts('cms', '-verify', '-noverify', '-inform', 'DER', '-in', input, '-out', out);
    assert.equal(new Uint8Array(readFileSync(out)), new Uint8Array(content));
    for (const certificate of certificates) new X509Certificate(certificate);
  }

  /** A chain leads from the first certificate over the others to one of the roots. @param at ms since 1970 */
  verifiesChain(
    [leaf, ...others]: readonly Uint8Array[],
    roots: readonly Uint8Array[],
    at: number,
  ): void {
    if (leaf === undefined) return;
    const text = (list: readonly Uint8Array[]) =>
      list.map((der) => pem('CERTIFICATE', der)).join('');
    const args = ['verify', '-attime', String(Math.floor(at / 1_000))];
    args.push('-CAfile', this.#file('roots.pem', text(roots)));
    if (others.length > 0) args.push('-untrusted', this.#file('others.pem', text(others)));
    this.#accepts(...args, this.#file('leaf.pem', text([leaf])));
  }
}
