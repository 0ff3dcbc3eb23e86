import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  customKeyInformation,
  readCustomKeyInformation,
} from '../../../protocols/directory/key-information.ts';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';

const s = suite('directory/key-information');

s('the short form', () => {
  assert.equal(readCustomKeyInformation(fromHex('0102')), { version: 1, flags: 2 });
  assert.is(readCustomKeyInformation(fromHex('01')), undefined);
});

s('long forms that end early, as Entra ID writes them', () => {
  assert.equal(readCustomKeyInformation(fromHex('010000010000')), {
    version: 1,
    flags: 0,
    volumeType: 0,
    supportsNotification: 1,
    fekKeyVersion: 0,
    keyStrength: 0,
  });
  assert.equal(Object.keys(readCustomKeyInformation(fromHex('01000000')) ?? {}).length, 4);
  assert.equal(Object.keys(readCustomKeyInformation(fromHex('0100000000')) ?? {}).length, 5);
  const fifteen = readCustomKeyInformation(fromHex(`0101${'00'.repeat(13)}`));
  assert.is(fifteen?.reserved?.length, 9);
});

s('the whole form with CBOR behind it', () => {
  const text = `010000000102${'00'.repeat(10)}0003a1616100`;
  const read = readCustomKeyInformation(fromHex(`${text}`));
  assert.equal(read?.extended, [{ version: 0, cbor: fromHex('a16161') }]);
  assert.equal(read?.rest, fromHex('00'));
});

s('whatever the octets are, they come out as they went in', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 60 }), (bytes) => {
      const read = readCustomKeyInformation(bytes);
      assert.ok(read);
      if (read !== undefined) assert.is(toHex(customKeyInformation(read)), toHex(bytes));
    }),
    { seed: 1, numRuns: 500 },
  );
});

s.run();
