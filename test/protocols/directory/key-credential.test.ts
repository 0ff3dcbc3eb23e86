import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  KeyCredentialEntry,
  keyCredentialEntry,
  readKeyCredential,
  selfWriteObjection,
} from '../../../protocols/directory/key-credential.ts';
import { concat, fromHex, toHex } from '../../../src/bytes/bytes.ts';
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
  ['another version', concat(fromHex('00010000'), computerKey().subarray(4))],
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
