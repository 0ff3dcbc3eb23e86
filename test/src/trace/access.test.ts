import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cookieName, type Door, refusal } from '../../../src/trace/access.ts';

const s = suite('trace access');

const TOKEN = '0123456789abcdef'.repeat(4);
const door: Door = { token: TOKEN, host: '127.0.0.1', port: 8470 };

/** The status of the refusal, or 200. */
function asked(headers: Record<string, string>, query = `token=${TOKEN}`, at: Door = door): number {
  const all = { host: '127.0.0.1:8470', ...headers };
  return refusal(at, all, new URLSearchParams(query))?.status ?? 200;
}

s('the token opens: in the query, as a bearer, as the cookie', () => {
  assert.is(asked({}), 200);
  assert.is(asked({ authorization: `Bearer ${TOKEN}` }, ''), 200);
  assert.is(asked({ cookie: `other=1; ${cookieName(door)}=${TOKEN}` }, ''), 200);
});

s("no token, a wrong one, a part of it, or another port's cookie", () => {
  assert.is(asked({}, ''), 401);
  assert.is(asked({}, `token=${'0'.repeat(64)}`), 401);
  assert.is(asked({}, `token=${TOKEN.slice(0, -1)}`), 401);
  assert.is(asked({}, 'token='), 401);
  assert.is(asked({ authorization: `Basic ${TOKEN}` }, ''), 401);
  assert.is(asked({ cookie: `kerblab-8471=${TOKEN}` }, ''), 401);
  assert.is(asked({}, `token=no&token=${TOKEN}`), 401);
});

s('the refusal does not tell the token', () => {
  const refused = refusal(door, { host: '127.0.0.1:8470' }, new URLSearchParams());
  assert.not.match(JSON.stringify(refused), TOKEN.slice(0, 8));
});

s('a name that was made to point here (DNS rebinding) is refused, token or not', () => {
  for (const host of [
    'evil.example:8470',
    '127.0.0.1.evil.example:8470',
    '127.0.0.1',
    '127.0.0.1:80',
    '',
    '10.0.0.1:8470',
    '127.0.0.1:8470:1',
    '[::2]:8470',
  ]) {
    assert.is(asked({ host }), 421, host);
  }
  for (const host of ['127.0.0.1:8470', 'localhost:8470', 'LOCALHOST:8470', '[::1]:8470']) {
    assert.is(asked({ host }), 200, host);
  }
  assert.is(refusal(door, {}, new URLSearchParams(`token=${TOKEN}`))?.status, 421);
});

s('bound to another address, that one is own; bound to all, every address and no name', () => {
  const own = { ...door, host: '192.0.2.7' };
  assert.is(asked({ host: '192.0.2.7:8470' }, undefined, own), 200);
  assert.is(asked({ host: '192.0.2.8:8470' }, undefined, own), 421);
  const all = { ...door, host: '0.0.0.0' };
  assert.is(asked({ host: '192.0.2.8:8470' }, undefined, all), 200);
  assert.is(asked({ host: '[2001:db8::1]:8470' }, undefined, { ...door, host: '::' }), 200);
  assert.is(asked({ host: 'evil.example:8470' }, undefined, all), 421);
});

s('pages of other origins are refused, token or not', () => {
  for (const origin of [
    'http://evil.example',
    'null',
    'http://127.0.0.1:3000',
    'https://127.0.0.1:8470',
    'http://localhost:8470',
  ]) {
    assert.is(asked({ origin }), 403, origin);
  }
  assert.is(asked({ origin: 'http://127.0.0.1:8470' }), 200);
  for (const site of ['cross-site', 'same-site'])
    assert.is(asked({ 'sec-fetch-site': site }), 403, site);
  for (const site of ['same-origin', 'none'])
    assert.is(asked({ 'sec-fetch-site': site }), 200, site);
});

s.run();
