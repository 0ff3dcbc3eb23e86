import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { zlibStored } from '../../../protocols/gids/zlib.ts';

const s = suite('gids/zlib');

s('zlib gets the octets back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), (octets) => {
      assert.equal(new Uint8Array(inflateSync(zlibStored(octets))), octets);
    }),
  );
});

s('more octets than a block takes, and exactly as many', () => {
  for (const size of [0, 65_535, 65_536, 200_000]) {
    const octets = new Uint8Array(size).fill(0xfb);
    assert.equal(new Uint8Array(inflateSync(zlibStored(octets))), octets, String(size));
  }
});

s.run();
