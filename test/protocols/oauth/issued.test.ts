import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  NONCE_LIFETIME,
  type Nonces,
  type Sessions,
  sessionOf,
  withNonce,
  withoutNonce,
  withSession,
} from '../../../protocols/oauth/issued.ts';
import { seededRandom } from '../../../src/crypto/random.ts';

const s = suite('oauth/issued');

const random = seededRandom(1, 'issued');
const NOW = Date.UTC(2026, 0, 1);

interface Session {
  readonly name: string;
  readonly expires: number;
}

s('a nonce is taken once, while it is fresh', () => {
  const { nonces, nonce } = withNonce({}, { now: NOW, random });
  assert.ok(withoutNonce(nonces, nonce, NOW + NONCE_LIFETIME) !== undefined);
  assert.is(withoutNonce(nonces, nonce, NOW + NONCE_LIFETIME + 1), undefined);
  assert.is(withoutNonce(nonces, 'another', NOW), undefined);
  assert.is(withoutNonce(nonces, '__proto__', NOW), undefined);
  assert.is(withoutNonce(nonces, 'hasOwnProperty', NOW), undefined);
  const used = withoutNonce(nonces, nonce, NOW) ?? nonces;
  assert.is(withoutNonce(used, nonce, NOW), undefined);
});

s('who only asks for nonces fills no memory, and old ones go first', () => {
  let nonces: Nonces = {};
  const given: string[] = [];
  for (let i = 0; i < 1_100; i++) {
    const next = withNonce(nonces, { now: NOW + i, random });
    nonces = next.nonces;
    given.push(next.nonce);
  }
  assert.is(Object.keys(nonces).length, 1_000);
  assert.equal(Object.keys(nonces), given.slice(-1_000));
  const later = withNonce(nonces, { now: NOW + NONCE_LIFETIME + 2_000, random });
  assert.equal(Object.keys(later.nonces), [later.nonce]);
});

s('a session is found by its token until it ends', () => {
  const alice = { name: 'alice', expires: NOW + 10 };
  const { sessions, refreshToken } = withSession<Session>({}, alice, { now: NOW, random });
  assert.is(sessionOf(sessions, refreshToken, NOW + 9), alice);
  assert.is(sessionOf(sessions, refreshToken, NOW + 10), undefined);
  assert.is(sessionOf(sessions, 'constructor', NOW), undefined);
  const next = withSession(sessions, { name: 'bob', expires: NOW + 99 }, { now: NOW + 10, random });
  assert.equal(Object.keys(next.sessions), [next.refreshToken], 'ended ones are forgotten');
});

s('there are only so many sessions at once', () => {
  const full: Record<string, Session> = {};
  for (let i = 0; i < 10_000; i++) full[`token-${i}`] = { name: String(i), expires: NOW + 1 };
  const sessions: Sessions<Session> = full;
  const one = { name: 'alice', expires: NOW + 1 };
  const next = withSession(sessions, one, { now: NOW, random });
  assert.is(Object.keys(next.sessions).length, 10_000);
  assert.is(sessionOf(next.sessions, 'token-0', NOW), undefined);
  assert.is(sessionOf(next.sessions, next.refreshToken, NOW), one);
});

s.run();
