import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { decode, encode, tagsOf } from '../../../src/der/codec.ts';
import { integer, uint32 } from '../../../src/der/primitives.ts';
import { any, raw, withRaw } from '../../../src/der/raw.ts';
import { bareOptional, field, sequence } from '../../../src/der/structures.ts';
import { vectors } from '../../codec-vectors.ts';

const s = suite('der/raw');

const Body = sequence('Body', { nonce: field(0, uint32) });
const Message = sequence('Message', {
  body: field(0, raw(Body)),
  more: bareOptional(raw(integer)),
});

s('a raw element keeps the octets it came in', () => {
  const body = { value: { nonce: 5 }, raw: hex`30 05 a0 03 02 01 05` };
  vectors(Message, {
    correct: [
      [{ body }, hex`30 09 a0 07 30 05 a0 03 02 01 05`],
      [
        { body, more: { value: 1, raw: hex`02 01 01` } },
        hex`30 0c a0 07 30 05 a0 03 02 01 05 02 01 01`,
      ],
    ],
    wrong: [
      ['body.nonce: INTEGER is not minimal', hex`30 0a a0 08 30 06 a0 04 02 02 00 05`],
      ['body: octets follow inside the tag', hex`30 0b a0 09 30 05 a0 03 02 01 05 05 00`],
      ['more: INTEGER is empty', hex`30 0b a0 07 30 05 a0 03 02 01 05 02 00`],
    ],
  });
});

s('octets of another spelling are written back as they came', () => {
  // A nonce above 2^31 - 1 from a peer that takes UInt32 for Int32: a checksum covers these octets.
  const received = hex`30 0c a0 0a 30 08 a0 06 02 04 80 00 00 01`;
  const message = decode(Message, received);
  assert.is(message.body.value.nonce, 0x80000001);
  assert.equal(encode(Message, message), received);
  assert.is(toHex(encode(Body, message.body.value)), '3009a007020500 80000001'.replace(' ', ''));
});

s('withRaw gives a value its octets', () => {
  assert.equal(withRaw(Body, { nonce: 5 }), {
    value: { nonce: 5 },
    raw: hex`30 05 a0 03 02 01 05`,
  });
  assert.equal(tagsOf(raw(Body)), [0x30]);
  assert.is(tagsOf(raw(any)), undefined);
});

s('ANY is one whole element, well-formed inside', () => {
  vectors(any, {
    correct: [
      [hex`05 00`, hex`05 00`],
      [hex`30 06 02 01 01 80 01 00`, hex`30 06 02 01 01 80 01 00`],
    ],
    wrong: [
      ['the length says 2 octets, 1 are left', hex`30 03 02 02 01`],
      ['the length is indefinite', hex`30 80 00 00`],
      ['tag numbers above 30 are not supported', hex`3f 81 01 00`],
      ['expected an element, but nothing is left', hex``],
    ],
  });
  const bytes = hex`05 00`;
  assert.is(decode(any, bytes).buffer, bytes.buffer, 'a view');
});

s.run();
