import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type JsonObject, jsonObjectOf } from '../../../protocols/oauth/json.ts';
import {
  formBody,
  holdsAt,
  oauthErrorBody,
  readForm,
  readOAuthError,
  scopes,
} from '../../../protocols/oauth/oauth.ts';
import { fromUtf8, utf8 } from '../../../src/bytes/bytes.ts';

const s = suite('oauth');

s('writes and reads forms', () => {
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', request: 'a.b+c/=' };
  assert.is(
    fromUtf8(formBody(form)),
    'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&request=a.b%2Bc%2F%3D',
  );
  assert.equal(readForm(formBody(form)), form);
  assert.equal(readForm(utf8('')), {});
});

s('takes no parameter twice', () => {
  assert.is(readForm(utf8('a=1&b=2&a=1')), undefined);
  assert.is(readForm(utf8('toString=1'))?.toString, '1');
});

s('says errors and hears them', () => {
  const body = oauthErrorBody({ error: 'invalid_grant', description: 'no' });
  assert.equal(readOAuthError(jsonObjectOf(body) as JsonObject), {
    error: 'invalid_grant',
    description: 'no',
  });
  assert.is(readOAuthError({ message: 'no' }), undefined);
});

s('knows when a token holds', () => {
  const claims = { iat: 1_000, exp: 2_000 };
  assert.ok(holdsAt(claims, 1_500_000, 0));
  assert.ok(holdsAt(claims, 999_000, 1_000));
  assert.not.ok(holdsAt(claims, 998_999, 1_000));
  assert.ok(holdsAt(claims, 2_001_000, 1_000));
  assert.not.ok(holdsAt(claims, 2_001_001, 1_000));
  assert.not.ok(holdsAt({ iat: 1_000 }, 1_500_000, 0), 'for ever is not asked for');
});

s('takes scopes apart', () => {
  assert.equal(scopes('openid  aza'), ['openid', 'aza']);
  assert.equal(scopes(undefined), []);
});

s.run();
