import { compactDecrypt } from 'jose';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  openTgt,
  prtResponseBody,
  readPrtResponse,
} from '../../../protocols/entra/prt-messages.ts';
import { jsonObject, jsonObjectOf, textField } from '../../../protocols/oauth/json.ts';
import { readJwe } from '../../../protocols/oauth/jwe.ts';
import { derivedKey } from '../../../protocols/oauth/session-key.ts';
import { fromBase64, toBase64 } from '../../../src/bytes/base64.ts';
import { granted } from './prt-of-tests.ts';

const s = suite('entra/prt-messages');

const { prt, sessionKey } = granted();
const TGT = jsonObject(prt.tgtAd ?? '') ?? {};

/** Why a field does not open. */
function reason(changes: object, key = sessionKey): string {
  const tgt = openTgt(JSON.stringify({ ...TGT, ...changes }), key);
  return tgt.kind === 'unreadable' ? tgt.reason : tgt.kind;
}

s('a field has the six names, and is a JSON text of its own', () => {
  assert.equal(Object.keys(TGT).sort(), [
    'clientKey',
    'cn',
    'keyType',
    'messageBuffer',
    'realm',
    'sn',
  ]);
  assert.is(fromBase64(TGT.messageBuffer as string)?.[0], 0x6b, 'an AS-REP');
});

s('jose opens the client key under the session', async () => {
  const token = textField(TGT, 'clientKey') ?? '';
  const context = fromBase64(textField(readJwe(token)?.header ?? {}, 'ctx') ?? '') as Uint8Array;
  const { plaintext } = await compactDecrypt(token, derivedKey(sessionKey, context));
  const tgt = openTgt(prt.tgtAd ?? '', sessionKey);
  if (tgt.kind !== 'ticket') throw new Error(tgt.kind);
  assert.equal(Uint8Array.from(plaintext), tgt.clientKey);
});

s('a key in clear is taken where keyType is 0', () => {
  const tgt = openTgt(prt.tgtAd ?? '', sessionKey);
  if (tgt.kind !== 'ticket') throw new Error(tgt.kind);
  const clear = { ...TGT, keyType: 0, clientKey: toBase64(tgt.clientKey) };
  const again = openTgt(JSON.stringify(clear), new Uint8Array(32));
  if (again.kind !== 'ticket') throw new Error(again.kind);
  assert.equal(again.credential, tgt.credential);
});

s('what was changed, or is another session’s, does not open, and why', () => {
  const buffer = fromBase64(TGT.messageBuffer as string) as Uint8Array;
  const damaged = Uint8Array.from(buffer);
  damaged[damaged.length - 1] = (damaged[damaged.length - 1] as number) ^ 1;
  assert.match(reason({}, new Uint8Array(32)), 'not sealed under the session key');
  assert.match(reason({ clientKey: 'x' }), 'not sealed under the session key');
  assert.match(reason({ keyType: 0 }), 'not sealed under the session key');
  assert.match(reason({ messageBuffer: 'AAAA' }), 'no AS-REP');
  assert.match(reason({ messageBuffer: '*' }), 'no AS-REP');
  assert.match(reason({ messageBuffer: toBase64(damaged) }), 'does not open with clientKey');
  assert.match(reason({ messageBuffer: null }), 'a field is missing');
  assert.match(reason({ keyType: '18' }), 'a field is missing');
  const none = openTgt('[]', sessionKey);
  assert.is(none.kind, 'unreadable');
});

s('an error stands in a field’s place', () => {
  const tgt = openTgt('{"error":"no domain","errorCode":7}', sessionKey);
  assert.equal(tgt, { kind: 'error', error: { error: 'no domain', errorCode: 7 } });
});

s('an answer is read as it was written, and not when something is missing', () => {
  const body = jsonObjectOf(prtResponseBody(prt)) ?? {};
  assert.equal(readPrtResponse(body), prt);
  for (const name of ['refresh_token', 'refresh_token_expires_in', 'id_token']) {
    const { [name]: _, ...rest } = body;
    assert.is(readPrtResponse(rest), undefined, name);
    assert.is(readPrtResponse({ ...rest, [name]: [] }), undefined, name);
  }
});

s.run();
