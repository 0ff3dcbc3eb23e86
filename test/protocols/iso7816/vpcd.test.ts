import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { vpcdFraming } from '../../../protocols/iso7816/vpcd.ts';
import { concat, hex } from '../../../src/bytes/bytes.ts';

const s = suite('iso7816/vpcd');

s('what is wrapped is cut out again, wherever the stream was cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(), (message, at) => {
      const wrapped = vpcdFraming.wrap(message);
      assert.equal(vpcdFraming.next(concat(wrapped, hex`0001`)), {
        kind: 'message',
        message,
        consumed: wrapped.length,
      });
      const part = wrapped.subarray(0, at % wrapped.length);
      assert.equal(vpcdFraming.next(part), { kind: 'more' });
    }),
  );
});

s('the length is two octets, most significant first', () => {
  assert.equal(vpcdFraming.wrap(new Uint8Array(258)).subarray(0, 2), hex`0102`);
});

s('a message of no octets is none', () => {
  assert.is(vpcdFraming.next(hex`0000`).kind, 'refused');
});

s.run();
