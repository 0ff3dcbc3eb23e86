import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { integer } from '../../../src/der/primitives.ts';
import { any } from '../../../src/der/raw.ts';
import { Writer } from '../../../src/der/writer.ts';

const s = suite('der/writer');

s('fills from the end and keeps what it has when it grows', () => {
  const writer = new Writer(2);
  for (let i = 0; i < 300; i++) writer.octet(i);
  writer.header(0x04, 0);
  assert.is(writer.mark(), 304);
  const bytes = writer.bytes.subarray(writer.pos);
  assert.is(toHex(bytes.subarray(0, 6)), '0482012c2b2a');
  assert.is(bytes.at(-1), 0);
});

s('two tags at once are what two tags one by one are, at every length', () => {
  for (const size of [0, 1, 124, 125, 126, 127, 128, 129, 253, 254, 300]) {
    const [once, twice] = [new Writer(1), new Writer(1)];
    for (const writer of [once, twice]) writer.octets(new Uint8Array(size).fill(size));
    once.nested(0xa0, 0x04, 0);
    twice.header(0x04, 0);
    twice.header(0xa0, 0);
    assert.is(
      toHex(once.bytes.subarray(once.pos)),
      toHex(twice.bytes.subarray(twice.pos)),
      `${size} octets`,
    );
  }
});

s('whole elements, with a tag of the codec or of their own', () => {
  const writer = new Writer();
  writer.element(integer, 5);
  writer.element(any, hex`05 00`);
  assert.is(toHex(writer.bytes.subarray(writer.pos)), '0500020105');
  writer.octets(new Uint8Array(25).fill(1));
  assert.is(writer.mark(), 30);
});

s.run();
