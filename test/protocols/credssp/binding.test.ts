import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Binding, boundKey, isBound } from '../../../protocols/credssp/binding.ts';
import { hex } from '../../../src/bytes/bytes.ts';

const s = suite('credssp/binding');

const publicKey = hex`300d020600c0ffee000102030100 01`;
const nonce = Uint8Array.from({ length: 32 }, (_, i) => i);
/** Computed by hand from MS-CSSP 3.1.5 with another implementation of SHA-256. */
const HASHES = {
  client: hex`a2ffc663564ace579b647c269c599f4e0574f0a71d919bab044e40c68a2b630f`,
  server: hex`bae8b3157d0a5e2b920115857460155c13c4237e0cd7d367b37e6921a7dee6bb`,
};

for (const version of [5, 6]) {
  s(`version ${version} binds by hashes with a nonce`, () => {
    const binding: Binding = { version, publicKey, nonce };
    assert.equal(boundKey(binding, 'client'), HASHES.client);
    assert.equal(boundKey(binding, 'server'), HASHES.server);
    assert.is(isBound(binding, 'client', HASHES.client), true);
    assert.is(isBound(binding, 'client', HASHES.server), false);
    assert.is(isBound({ ...binding, nonce: publicKey }, 'client', HASHES.client), false);
  });
}

for (const version of [2, 3, 4]) {
  s(`version ${version} echoes the key with one added to its first octet`, () => {
    const binding: Binding = { version, publicKey, nonce };
    assert.equal(boundKey(binding, 'client'), publicKey);
    assert.equal(boundKey(binding, 'server'), hex`310d020600c0ffee000102030100 01`);
    assert.is(isBound(binding, 'server', publicKey), false);
    const full = { ...binding, publicKey: hex`ff01` };
    assert.equal(boundKey(full, 'server'), hex`0001`);
  });
}

s.run();
