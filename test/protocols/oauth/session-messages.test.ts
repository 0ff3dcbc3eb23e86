import fc from 'fast-check';
import { CompactEncrypt, compactDecrypt, compactVerify } from 'jose';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readJwe } from '../../../protocols/oauth/jwe.ts';
import { readJws } from '../../../protocols/oauth/jws.ts';
import { derivedKey } from '../../../protocols/oauth/session-key.ts';
import {
  isOfSession,
  openFromSession,
  sealForSession,
  sessionRequest,
} from '../../../protocols/oauth/session-messages.ts';
import { fromBase64, toBase64 } from '../../../src/bytes/base64.ts';
import { concat, utf8 } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';

const s = suite('oauth/session-messages');

const random = () => seededRandom(1, 'session-messages');
const KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const claims = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
const version = fc.constantFrom(1 as const, 2 as const);

/** The context that a message's header names. */
function contextOf(ctx: unknown): Uint8Array {
  return fromBase64(String(ctx)) as Uint8Array;
}

s('a request holds under its own session key alone, and unchanged', () => {
  const property = fc.property(
    claims,
    key,
    version,
    fc.nat(),
    (object, sessionKey, kdf, position) => {
      const jws = readJws(sessionRequest(object, sessionKey, kdf, random()));
      if (jws === undefined) return false;
      const other = Uint8Array.from(sessionKey);
      other[position % 32] = (other[position % 32] as number) ^ 1;
      const grown = { ...jws, signingInput: concat(jws.signingInput, utf8('A')) };
      return (
        isOfSession(jws, sessionKey) && !isOfSession(jws, other) && !isOfSession(grown, sessionKey)
      );
    },
  );
  fc.assert(property, { seed: 1, numRuns: 150 });
});

s('version 2 binds the key to the payload, version 1 to the context alone', () => {
  const property = fc.property(key, fc.uint8Array(), fc.uint8Array(), (sessionKey, one, two) => {
    const context = new Uint8Array(24);
    const bound = (payload?: Uint8Array) => toBase64(derivedKey(sessionKey, context, payload));
    const same = toBase64(one) === toBase64(two);
    return bound(one) !== bound() && (bound(one) === bound(two)) === same;
  });
  fc.assert(property, { seed: 1, numRuns: 150 });
});

s('what is sealed opens under the same session key alone', () => {
  const property = fc.property(fc.uint8Array(), key, fc.nat(), (content, sessionKey, position) => {
    const token = sealForSession(content, sessionKey, random());
    const other = Uint8Array.from(sessionKey);
    other[position % 32] = (other[position % 32] as number) ^ 1;
    const opened = openFromSession(token, sessionKey);
    const at = position % token.length;
    const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    const spoiled = openFromSession(changed, sessionKey);
    return (
      opened !== undefined &&
      toBase64(opened) === toBase64(content) &&
      openFromSession(token, other) === undefined &&
      // The last character of a part may have bits that stand for nothing.
      (spoiled === undefined || toBase64(spoiled) === toBase64(content))
    );
  });
  fc.assert(property, { seed: 1, numRuns: 150 });
});

s('jose takes requests of either version', async () => {
  for (const kdf of [1, 2] as const) {
    const token = sessionRequest({ scope: 'openid aza' }, KEY, kdf, random());
    const jws = readJws(token);
    if (jws === undefined) throw new Error(token);
    const context = contextOf(jws.header.ctx);
    assert.is(context.length, 24);
    const made = derivedKey(KEY, context, kdf === 2 ? jws.payload : undefined);
    const { payload, protectedHeader } = await compactVerify(token, made);
    assert.equal(Uint8Array.from(payload), jws.payload);
    assert.is(protectedHeader.kdf_ver, kdf === 2 ? 2 : undefined);
  }
});

s('jose opens what we seal, and seals what we open', async () => {
  const token = sealForSession(utf8('content'), KEY, random());
  const context = contextOf(readJwe(token)?.header.ctx);
  const { plaintext } = await compactDecrypt(token, derivedKey(KEY, context));
  assert.equal(Uint8Array.from(plaintext), utf8('content'));
  const theirs = await new CompactEncrypt(utf8('theirs'))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', ctx: toBase64(context), kid: 'session' })
    .encrypt(derivedKey(KEY, context));
  assert.equal(openFromSession(theirs, KEY), utf8('theirs'));
});

s('headers that name no context, or a version that there is not, are refused', () => {
  const token = sessionRequest({}, KEY, 1, random());
  const jws = readJws(token);
  if (jws === undefined) throw new Error(token);
  for (const header of [
    { ...jws.header, ctx: '' },
    { ...jws.header, ctx: '*' },
    { ...jws.header, ctx: 1 },
    { ...jws.header, kdf_ver: 3 },
    { ...jws.header, kdf_ver: '2' },
    { ...jws.header, kdf_ver: null },
    { ...jws.header, alg: 'none' },
  ]) {
    assert.not(isOfSession({ ...jws, header }, KEY), JSON.stringify(header));
  }
  for (const sealed of ['', 'a.b.c', token, '....']) {
    assert.is(openFromSession(sealed, KEY), undefined, sealed);
  }
});

s.run();
