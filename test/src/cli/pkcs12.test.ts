import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pkcs12 } from '../../../src/cli/pkcs12.ts';
import {
  eku,
  OpensslAuthority,
  openssl,
  SMART_CARD_EKU,
  upnSan,
} from '../../interop/openssl-pki.ts';
import { peerTest } from '../../peers.ts';

const s = suite('PKCS #12');

const der = (pem: string): Uint8Array =>
  new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'));

peerTest(
  s,
  'openssl reads key, certificates and names, by the password alone',
  ['openssl'],
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kerblab-p12-'));
    const authority = new OpensslAuthority(folder, 'ca');
    for (const key of ['rsa:2048', 'ec:P-256'] as const) {
      const name = key.replace(':', '-');
      const extensions = [...eku(SMART_CARD_EKU), ...upnSan('alice@corp.example')];
      const alice = authority.issue({ name, key, extensions });
      const text = (file: string): string => readFileSync(file, 'utf8');
      const [own, ca] = [der(text(alice.certificate)), der(text(authority.certificate))];
      const pkcs8 = der(text(alice.key));
      for (const password of ['', 'Pässword']) {
        const file = join(folder, 'alice.p12');
        writeFileSync(
          file,
          await pkcs12({ name: 'alice', pkcs8, certificates: [own, ca] }, password),
        );
        const read = (...options: readonly string[]): string =>
          openssl(['pkcs12', '-in', file, '-passin', `pass:${password}`, ...options]);
        const certificates = read('-nokeys').match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g);
        assert.equal(
          certificates?.map((pem) => new X509Certificate(pem).subject),
          [`CN=${name}`, 'CN=ca'],
        );
        assert.match(read('-nokeys'), /friendlyName: alice/);
        const found = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(
          read('-nocerts', '-nodes'),
        );
        assert.equal(der(found?.[0] ?? ''), pkcs8);
        assert.throws(() => openssl(['pkcs12', '-in', file, '-passin', 'pass:wrong', '-nokeys']));
      }
    }
    rmSync(folder, { recursive: true });
  },
);

s.run();
