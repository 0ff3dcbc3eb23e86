import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { typedFast, typedSlow, typing } from '../../../protocols/rdp/input.ts';
import { hex } from '../../../src/bytes/bytes.ts';

const s = suite('keys that are pressed at the client');

s('what is typed is read again', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), (text) => {
      const plain = text.replaceAll('\r', '');
      assert.is(typedFast(typing(`${plain}\n`)), `${plain}\n`);
    }),
  );
});

s('keys count when they are pressed, mice do not', () => {
  // 1 pressed and released, the mouse moves, 2 as Unicode, Enter.
  assert.is(typedFast(hex`18 12 0002 0102 20 0008 1000 2000 80 3200 00 1c 01 1c`), '12\n');
});

s('the slow path says the same', () => {
  const event = '00000000 0400 0000 0300 0000';
  const released = '00000000 0400 0080 0300 0000';
  const unicode = '00000000 0500 0000 4100 0000';
  assert.is(typedSlow(hex`0300 0000 ${event} ${released} ${unicode}`), '2A');
  assert.is(typedSlow(hex`0300 0000 ${event}`), undefined);
});

s('no octets are too odd', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
      typedFast(octets);
      typedSlow(octets);
    }),
  );
  assert.is(typedFast(hex`04 03 e0`), undefined);
});

s.run();
