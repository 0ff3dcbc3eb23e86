import { createPublicKey } from 'node:crypto';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bcryptPublicBlob, readKeyMaterial } from '../../../protocols/directory/key-material.ts';
import { helloSelfSigned } from '../../../protocols/x509/profiles.ts';
import { concat, fromHex, toHex, uint32le, utf8 } from '../../../src/bytes/bytes.ts';
import { publicKeyKind } from '../../../src/crypto/public-key.ts';
import { issue, keyOf } from '../x509/pki.ts';

const s = suite('directory/key-material');

const RSA = keyOf('rsa hello').publicKey;
const EC = keyOf('p256 hello').publicKey;
const rsa = publicKeyKind(RSA);
const ec = publicKeyKind(EC);
if (rsa?.type !== 'rsa' || ec?.type !== 'ec') throw new Error('keys of other kinds');

const u16 = (value: number) => new Uint8Array([value >> 8, value & 255]);
const u32 = (value: number) => concat(u16(value >>> 16), u16(value & 0xffff));
const tpm2b = (octets: Uint8Array) => concat(u16(octets.length), octets);

/** PCP_KEY_BLOB_WIN8 of Windows 8 (52 octets of header) or later (54), with what follows a public area. */
function pcpBlob(area: Uint8Array, header: 52 | 54 = 52): Uint8Array {
  const sizes = [0x4d504350, header, 2, 0, area.length + 2, 4, 0, 0, 0, 0, 0, 0, 0];
  const head = concat(...sizes.map(uint32le), new Uint8Array(header - 52));
  return concat(head, tpm2b(area), fromHex('0002ffff'));
}

/** TPMT_PUBLIC up to the parameters: type, SHA-256, attributes, an authPolicy. */
const start = (type: number, policy: Uint8Array = new Uint8Array(0)) =>
  concat(u16(type), u16(0x0b), u32(0x0006_0472), tpm2b(policy));
/** No symmetric cipher. */
const NULL = u16(0x10);
const tpmRsa = (scheme: Uint8Array, exponent: number, policy?: Uint8Array) =>
  concat(start(1, policy), NULL, scheme, u16(2048), u32(exponent), tpm2b(rsa.modulus));
const tpmEc = (scheme: Uint8Array, curve: number, kdf: Uint8Array, x: Uint8Array, y: Uint8Array) =>
  concat(start(0x23), NULL, scheme, u16(curve), kdf, tpm2b(x), tpm2b(y));
const X = ec.point.subarray(1, 33);
const Y = ec.point.subarray(33);
/** With the digest that goes with it: SHA-256. */
const withDigest = (scheme: number) => concat(u16(scheme), u16(0x0b));

const object = createPublicKey({ key: Buffer.from(RSA), format: 'der', type: 'spki' });
const PKCS1 = new Uint8Array(object.export({ format: 'der', type: 'pkcs1' }));
const CERTIFICATE = issue(
  helloSelfSigned({ sid: 'S-1-5-21-1-2-3-1105', keyId: 'a', tenantId: 'b', upn: 'alice@a' }),
  keyOf('rsa hello'),
  undefined,
  { notBefore: 0, notAfter: 1e12 },
).der;

const FORMS: readonly (readonly [string, string, Uint8Array, Uint8Array])[] = [
  ['RSA1', 'BCRYPT_RSAPUBLIC_BLOB', bcryptPublicBlob(RSA), RSA],
  ['what is written of a curve', 'BCRYPT_ECCPUBLIC_BLOB', bcryptPublicBlob(EC), EC],
  ['ECS1', 'BCRYPT_ECCPUBLIC_BLOB', concat(utf8('ECS1'), uint32le(32), X, Y), EC],
  ['ECK1', 'BCRYPT_ECCPUBLIC_BLOB', concat(utf8('ECK1'), uint32le(32), X, Y), EC],
  ['PKCS #1', 'RSAPublicKey', PKCS1, RSA],
  ['SubjectPublicKeyInfo', 'SubjectPublicKeyInfo', RSA, RSA],
  ['SubjectPublicKeyInfo on a curve', 'SubjectPublicKeyInfo', EC, EC],
  ['a certificate', 'X.509', CERTIFICATE, RSA],
  ['a TPM’s, the usual exponent as 0', 'TPM 2.0', pcpBlob(tpmRsa(NULL, 0)), RSA],
  ['a TPM’s, header of later Windows', 'TPM 2.0', pcpBlob(tpmRsa(NULL, 0), 54), RSA],
  ['a TPM’s, exponent written out', 'TPM 2.0', pcpBlob(tpmRsa(NULL, 65537)), RSA],
  ['a TPM’s, with RSASSA', 'TPM 2.0', pcpBlob(tpmRsa(withDigest(0x14), 0)), RSA],
  ['a TPM’s, with RSAES', 'TPM 2.0', pcpBlob(tpmRsa(u16(0x15), 0)), RSA],
  ['a TPM’s, with a policy', 'TPM 2.0', pcpBlob(tpmRsa(NULL, 0, new Uint8Array(32))), RSA],
  ['a TPM’s on a curve', 'TPM 2.0', pcpBlob(tpmEc(withDigest(0x18), 3, NULL, X, Y)), EC],
  ['a TPM’s, with ECDAA', 'TPM 2.0', pcpBlob(tpmEc(ecdaa(), 3, withDigest(0x20), X, Y)), EC],
];

function ecdaa(): Uint8Array {
  return concat(withDigest(0x1a), u16(1));
}

for (const [name, form, octets, key] of FORMS) {
  s(`${name}: the same key`, () => {
    const read = readKeyMaterial(octets);
    assert.is(read?.form, form);
    assert.is(toHex(read?.publicKey ?? new Uint8Array(0)), toHex(key));
  });
}

s('of a storage key the cipher’s bits and mode are passed over', () => {
  const aes = concat(u16(0x06), u16(128), u16(0x43));
  const area = concat(start(1), aes, NULL, u16(2048), u32(0), tpm2b(rsa.modulus));
  assert.is(toHex(readKeyMaterial(pcpBlob(area))?.publicKey ?? new Uint8Array(0)), toHex(RSA));
});

const NONE: readonly (readonly [string, Uint8Array])[] = [
  ['nothing', new Uint8Array(0)],
  ['an RSA1 blob that ends within', bcryptPublicBlob(RSA).subarray(0, -1)],
  ['a header alone', bcryptPublicBlob(RSA).subarray(0, 20)],
  ['a point that is not on its curve', concat(utf8('ECS1'), uint32le(32), Y, X)],
  ['a curve that nobody knows', concat(utf8('ECS9'), uint32le(32), X, Y)],
  ['coordinates of another size', concat(utf8('ECS1'), uint32le(48), X, Y)],
  ['a TPM 1.2 key', concat(utf8('PCPM'), uint32le(20), uint32le(1), uint32le(0), uint32le(8), X)],
  ['a public area that ends within', pcpBlob(tpmRsa(NULL, 0).subarray(0, 100))],
  ['a TPM key of another type', pcpBlob(concat(start(8), NULL, NULL, tpm2b(X)))],
  ['a TPM key on another curve', pcpBlob(tpmEc(NULL, 0x20, NULL, X, Y))],
  ['coordinates too long', pcpBlob(tpmEc(NULL, 3, NULL, concat(X, X), Y))],
  ['DER of something else', fromHex('3003020101ffffffff')],
  ['a modulus of 0', fromHex('30090201000203010001')],
];
for (const [name, octets] of NONE) {
  s(`no key: ${name}`, () => assert.is(readKeyMaterial(octets), undefined));
}

s('whatever the octets are, they are a key or not', () => {
  const seeds = FORMS.map(([, , octets]) => octets);
  fc.assert(
    fc.property(
      fc.nat(seeds.length - 1),
      fc.nat(80),
      fc.nat(255),
      fc.nat(500),
      (i, at, to, end) => {
        const octets = (seeds[i] as Uint8Array).slice(0, end);
        if (at < octets.length) octets[at] = to;
        readKeyMaterial(octets);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

s.run();
