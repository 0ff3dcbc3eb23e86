import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatSid,
  parseSid,
  sidIn,
  sidLength,
  sidOf,
  splitSid,
} from '../../../protocols/pac/sid.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';

const s = suite('sid');

s('the packet form of MS-DTYP 2.4.2.2', () => {
  const octets = hex`01 05 000000000005 15000000 01000000 02000000 03000000 51040000`;
  assert.equal(parseSid('S-1-5-21-1-2-3-1105'), octets);
  assert.is(formatSid(octets), 'S-1-5-21-1-2-3-1105');
  assert.is(toHex(parseSid('S-1-18-1')), '010100000000001201000000');
  assert.is(sidLength(octets, 0), 28);
});

s('authorities of 2^32 and more are hexadecimal', () => {
  assert.is(formatSid(hex`01 01 0102030405ff 07000000`), 'S-1-0x0102030405ff-7');
  assert.is(toHex(parseSid('S-1-0x0102030405ff-7')), '01010102030405ff07000000');
});

s('texts that are no SID are refused with the reason', () => {
  for (const [text, reason] of [
    ['S-1-5', /expected a SID/],
    ['S-2-5-21', /expected a SID/],
    ['S-1-5-21-x', /expected a SID/],
    ['S-1-5-4294967296', /subauthority 4294967296/],
    [`S-1-5${'-1'.repeat(16)}`, /more than 15/],
    ['S-1-281474976710656-1', /authority over 2\^48/],
  ] as const) {
    assert.throws(() => parseSid(text), reason);
  }
});

s('octets that are no SID are undefined', () => {
  for (const octets of [
    hex``,
    hex`01`,
    hex`02 01 000000000005 01000000`,
    hex`01 10`,
    hex`01 01 000000000005 010000`,
  ]) {
    assert.is(sidOf(octets), undefined);
    assert.throws(() => formatSid(octets), /not one SID/);
  }
  assert.is(sidOf(hex`01 01 000000000005 01000000 00`), undefined);
});

s('domain and relative identifier', () => {
  assert.equal(splitSid('S-1-5-21-1-2-3-513'), { domain: 'S-1-5-21-1-2-3', rid: 513 });
  assert.is(sidIn('S-1-5-21-1-2-3', 513), 'S-1-5-21-1-2-3-513');
  assert.throws(() => splitSid('alice'), /no relative identifier/);
});

s('there and back', () => {
  fc.assert(
    fc.property(
      fc.nat(2 ** 31),
      fc.array(fc.nat({ max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 15 }),
      (authority, parts) => {
        const text = ['S-1', authority, ...parts].join('-');
        assert.is(formatSid(parseSid(text)), text);
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

s.run();
