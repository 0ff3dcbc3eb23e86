import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HELLO_ATR } from '../../../protocols/gids/constants.ts';
import { readAtr } from '../../../protocols/iso7816/atr.ts';
import { fromHex, hex } from '../../../src/bytes/bytes.ts';

const s = suite('iso7816/atr');

s('Hello’s: T=1, and GIDS in the historical bytes', () => {
  const read = readAtr(HELLO_ATR);
  assert.equal(read, {
    protocols: [1],
    historical: hex`80fba000000397425446590401`,
  });
});

s('cards that others emulate, with T=0 alone and with T=15', () => {
  // FreeRDP's GIDS card, and the PIV card of Teleport that Windows takes.
  assert.equal(readAtr(hex`3bf71800008031fe45736674652d6e66c4`)?.protocols, [0, 1]);
  assert.equal(readAtr(hex`3b951381018073ff01000b`)?.historical, hex`8073ff0100`);
  assert.equal(readAtr(hex`3b00`), { protocols: [], historical: hex`` });
});

s('cut short, too long, or with a wrong check byte', () => {
  const wrong = HELLO_ATR.slice();
  wrong[16] = (wrong[16] as number) ^ 1;
  assert.is(readAtr(wrong), undefined);
  for (let length = 0; length < HELLO_ATR.length; length++) {
    assert.is(readAtr(HELLO_ATR.subarray(0, length)), undefined, String(length));
  }
  for (const octets of ['3c00', '3b0000', '3bf0', '3b80']) {
    assert.is(readAtr(fromHex(octets)), undefined, octets);
  }
});

s('any octets are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
      const read = readAtr(Uint8Array.of(0x3b, ...octets));
      assert.ok(read === undefined || read.historical.length <= 15);
    }),
  );
});

s.run();
