import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { derivedKey } from '../../../protocols/oauth/session-key.ts';
import { fromBase64 } from '../../../src/bytes/base64.ts';
import { hex, utf8 } from '../../../src/bytes/bytes.ts';

const s = suite('session-key');

const sessionKey = Uint8Array.from({ length: 32 }, (_, i) => i);
const context = fromBase64('AAECAwQFBgcICQoLDA0ODxAREhMUFRYX') as Uint8Array;

// Reckoned once by an independent implementation of SP 800-108.
s('derives by the context alone in version 1', () => {
  assert.equal(
    derivedKey(sessionKey, context),
    hex`70296b4334bf08f7bc6953575e6b6c18959dbcad6adb263fb625939d099456b3`,
  );
});

s('derives by context and payload in version 2', () => {
  assert.equal(
    derivedKey(sessionKey, context, utf8('{"a":1}')),
    hex`3e008a7d6d8481944185380e8e88b7a8c6d76209dd1450da4b39eb8bba6cabb6`,
  );
});

s.run();
