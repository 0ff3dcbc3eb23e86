import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pem, readPem } from '../../../protocols/x509/pem.ts';

const s = suite('pem');

s('lines of 64 characters between the labels', () => {
  const der = Uint8Array.from({ length: 49 }, (_, i) => i);
  assert.is(
    pem('CERTIFICATE', der),
    `-----BEGIN CERTIFICATE-----
AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v
MA==
-----END CERTIFICATE-----
`,
  );
});

s('blocks are found in any text, and what is no base 64 is left out', () => {
  const one = pem('A', Uint8Array.of(1));
  const two = pem('B', Uint8Array.of(2));
  const wrong = '-----BEGIN C-----\n*\n-----END C-----\n';
  const found = readPem(
    `Bag Attributes\r\n${one.replaceAll('\n', '\r\n')}${wrong}${two}-----BEGIN D`,
  );
  assert.equal(found, [
    { label: 'A', der: Uint8Array.of(1) },
    { label: 'B', der: Uint8Array.of(2) },
  ]);
});

s('what is written is read', () => {
  const octets = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(octets, octets, (a, b) => {
      const blocks = readPem(pem('X509 CRL', a) + pem('PRIVATE KEY', b));
      assert.equal(blocks, [
        { label: 'X509 CRL', der: a },
        { label: 'PRIVATE KEY', der: b },
      ]);
    }),
  );
});

s.run();
