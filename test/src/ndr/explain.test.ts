import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encode } from '../../../src/ndr/codec.ts';
import { explain } from '../../../src/ndr/explain.ts';
import {
  enumeration,
  flags,
  rpcUnicodeString,
  uint8,
  uint32,
} from '../../../src/ndr/primitives.ts';
import {
  conformantArray,
  count,
  mapped,
  pointer,
  struct,
  union,
} from '../../../src/ndr/structures.ts';

const s = suite('ndr explain');

const Kind = enumeration('KIND', { SMALL: 1, LARGE: 2 });
const Thing = struct('THING', {
  bits: flags('unsigned long', { LOW: 1, HIGH: 2 }),
  name: rpcUnicodeString,
  Count: count('parts'),
  parts: pointer(conformantArray(struct('PART', { kind: Kind }))),
  missing: pointer(uint8),
  choice: union('CHOICE', Kind, { 1: uint8, 2: uint32 }),
  tens: mapped(
    'TENS',
    uint32,
    (value) => value / 10,
    (value) => value * 10,
  ),
});
const bytes = encode(Thing, {
  bits: 3,
  name: 'ab',
  parts: [{ kind: 2 }, { kind: 9 }],
  missing: null,
  choice: { tag: 2, value: 5 },
  tens: 7,
});

s('one row a member, in the order of the octets, with names and offsets', () => {
  const rows = explain(Thing, bytes, 'T').map(({ path, start, end, value, name }) =>
    [path, start, end, value, name].filter((part) => part !== undefined).join(' '),
  );
  assert.equal(rows, [
    'T.header 0 16',
    'T 16 52',
    'T.bits 16 20 3 LOW HIGH',
    'T.name 20 28 ab',
    'T.name.Length 20 22 4',
    'T.name.MaximumLength 22 24 4',
    'T.name.Buffer 24 28 0x00020000',
    'T.Count 28 32 2',
    'T.parts 32 36 0x00020004',
    'T.missing 36 40 0x00000000 null',
    'T.choice 40 48',
    'T.choice.tag 40 42 2',
    'T.choice.value 44 48 5',
    'T.tens 48 52 7',
    'T.name.Buffer.* 52 68 ab',
    'T.parts.*.max_count 68 72 2',
    'T.parts.* 72 76',
    'T.parts.*[0] 72 74',
    'T.parts.*[0].kind 72 74 2 LARGE',
    'T.parts.*[1] 74 76',
    'T.parts.*[1].kind 74 76 9',
  ]);
});

s('the rows end where the octets do, with the reason', () => {
  const rows = explain(Thing, bytes.subarray(0, 40), 'T');
  const last = rows.at(-1);
  assert.is(last?.type, 'error');
  assert.match(String(last?.value), /ObjectBufferLength is 64, 24 octets follow/);
  for (let length = 0; length < bytes.length; length++) {
    assert.is(explain(Thing, bytes.subarray(0, length)).at(-1)?.type, 'error');
  }
});

s.run();
