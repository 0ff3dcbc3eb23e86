import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  encodeKeyCredential,
  hashFaults,
  KeyCredentialEntry,
  KeySource,
  KeyUsage,
  keyCredentialEntry,
  type NewKeyCredential,
  newKeyCredential,
  readKeyCredential,
  selfWriteObjection,
} from '../../../protocols/directory/key-credential.ts';
import { concat, fromHex, toHex } from '../../../src/bytes/bytes.ts';
import { digest } from '../../../src/crypto/digest.ts';
import { computerKey, field, VERSION } from './computer-key.ts';

const s = suite('directory/key-credential');

s('entries in their order', () => {
  const read = readKeyCredential(computerKey());
  assert.ok(read.ok);
  if (!read.ok) return;
  assert.equal(
    read.value.entries.map(({ identifier }) => identifier),
    [1, 2, 3, 4, 5, 9],
  );
  const material = keyCredentialEntry(read.value, KeyCredentialEntry.KeyMaterial);
  assert.is(toHex(material ?? new Uint8Array()), '3082010a');
});

const MALFORMED: readonly (readonly [string, Uint8Array])[] = [
  ['nothing', new Uint8Array(0)],
  ['another version', concat(fromHex('00030000'), computerKey().subarray(4))],
  ['an entry that ends within', computerKey().subarray(0, -1)],
  ['a header that ends within', concat(computerKey(), new Uint8Array(2))],
  ['entries out of order', concat(VERSION, field(4, '01'), field(1, '11'), field(3, '33'))],
  ['an entry twice', concat(computerKey(), field(9, '417bd66e6603d401'))],
  ['a KeyUsage of two octets', concat(VERSION, field(1, '11'), field(3, '33'), field(4, '0100'))],
  ['no KeyID', concat(VERSION, field(3, '33'), field(4, '01'))],
  ['no KeyMaterial', concat(VERSION, field(1, '11'), field(4, '01'))],
  ['no KeyUsage', concat(VERSION, field(1, '11'), field(3, '33'))],
];
for (const [name, bytes] of MALFORMED) {
  s(`malformed: ${name}`, () => assert.not.ok(readKeyCredential(bytes).ok));
}

s('blobs of before: entries in any order, values filled up to four octets', () => {
  const entries = [field(4, '01'), field(3, '3082010a'), field(1, '1111')];
  const unsorted = readKeyCredential(concat(fromHex('00010000'), ...entries));
  assert.ok(unsorted.ok);
  const padded = { version: 0, entries: unsorted.ok ? unsorted.value.entries : [] };
  const octets = encodeKeyCredential(padded);
  assert.is(toHex(octets), '0000000001000401000000' + '0400033082010a' + '02000111110000');
  const read = readKeyCredential(octets);
  assert.equal(read.ok && read.value, padded);
  if (unsorted.ok) assert.match(selfWriteObjection(unsorted.value) ?? '', 'version 0x100');
});

/** Reference I.2: made by an independent implementation. */
const MODULUS = Uint8Array.from({ length: 256 }, (_, k) =>
  k === 0 ? 0xc1 : k === 255 ? 0x01 : (7 * k + 1) % 256,
);
const MATERIAL = concat(fromHex('525341310008000003000000000100000000000000000000010001'), MODULUS);
const VECTOR: NewKeyCredential = {
  keyMaterial: MATERIAL,
  usage: KeyUsage.NGC,
  source: KeySource.AD,
  deviceId: fromHex('33221100554477668899aabbccddeeff'),
  customKeyInformation: fromHex('0100'),
  lastLogon: Date.UTC(2024, 0, 1),
  creationTime: Date.UTC(2024, 0, 1),
};

s('the vector of an NGC key from Active Directory, octet for octet', () => {
  const blob = newKeyCredential(VECTOR);
  assert.is(blob.length, 414);
  assert.is(
    toHex(digest('sha256', blob)),
    'a57487f7967cac3920bf9ea8a2b02a45de8476c61cb649340730e8c4eeb146e2',
  );
  const read = readKeyCredential(blob);
  assert.ok(read.ok);
  if (!read.ok) return;
  const hexOf = (id: number) => toHex(keyCredentialEntry(read.value, id) ?? new Uint8Array());
  assert.is(hexOf(1), 'c499dfa118b1d7cc00f5552bf9f7b71db1f5217a4c6886e7b7376b20744bbf4f');
  assert.is(hexOf(2), '0d3fbcceea6483a6e26267ad3ef1193d029e748b980fc00ea9be5e2cf1e29d56');
  assert.is(hexOf(8), '00c08976453cda01');
  assert.equal(hashFaults(read.value), []);
  assert.is(toHex(encodeKeyCredential(read.value)), toHex(blob));
});

s('hashes that are wrong are told of, and the blob is read all the same', () => {
  const blob = newKeyCredential(VECTOR);
  blob[10] = (blob[10] as number) ^ 1;
  blob[50] = (blob[50] as number) ^ 1;
  const read = readKeyCredential(blob);
  assert.ok(read.ok);
  if (read.ok) assert.is(hashFaults(read.value).length, 2);
});

s('a FIDO key has an identifier of its own', () => {
  const keyId = fromHex('00112233445566778899aabbccddeeff');
  const blob = newKeyCredential({ ...VECTOR, usage: KeyUsage.FIDO, keyId, source: 1 });
  const read = readKeyCredential(blob);
  if (read.ok) assert.equal(hashFaults(read.value), []);
  assert.ok(read.ok);
});

s('what is written is read again', () => {
  const octets = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
  const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const parts = fc.record({
    keyMaterial: fc.uint8Array({ maxLength: 600 }),
    usage: fc.nat(255),
    source: option(fc.constantFrom(0, 1)),
    deviceId: option(octets(16)),
    customKeyInformation: option(fc.uint8Array({ minLength: 2, maxLength: 40 })),
    lastLogon: option(fc.nat(4e12)),
  });
  fc.assert(
    fc.property(parts, (given) => {
      const present = Object.entries(given).filter(([, value]) => value !== undefined);
      const blob = newKeyCredential(Object.fromEntries(present) as unknown as NewKeyCredential);
      const read = readKeyCredential(blob);
      assert.ok(read.ok);
      if (!read.ok) return;
      assert.is(toHex(encodeKeyCredential(read.value)), toHex(blob));
      const material = keyCredentialEntry(read.value, KeyCredentialEntry.KeyMaterial);
      assert.equal(material, given.keyMaterial);
      if (given.usage !== KeyUsage.FIDO) assert.equal(hashFaults(read.value), []);
    }),
    { seed: 1, numRuns: 200 },
  );
});

const SELF_WRITES: readonly (readonly [string, Uint8Array, boolean])[] = [
  ['as Windows makes it', computerKey(), true],
  ['with MFA_NOT_USED', computerKey([field(7, '0102')]), true],
  ['with other custom information', computerKey([field(7, '0100')]), false],
  ['with a last logon', computerKey([field(8, '417bd66e6603d401')]), false],
  ['with FIDO usage', computerKey([], '07'), false],
  ['from Entra ID', computerKey([], '01', '01'), false],
];
for (const [name, bytes, passes] of SELF_WRITES) {
  s(`a computer's own key ${name}: ${passes ? 'passes' : 'does not'}`, () => {
    const read = readKeyCredential(bytes);
    assert.ok(read.ok);
    if (read.ok) assert.is(selfWriteObjection(read.value) === undefined, passes);
  });
}

s('whatever the octets are, they are read or refused', () => {
  const any = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(any, fc.nat(400), (octets, at) => {
      readKeyCredential(octets);
      const broken = computerKey().slice();
      broken[at % broken.length] = octets[0] ?? 0;
      readKeyCredential(broken);
    }),
    { seed: 1, numRuns: 500 },
  );
});

s.run();
