import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonObjectOf } from '../../../protocols/oauth/json.ts';
import { compactJws, type Jws, jwsSigningInput, readJws } from '../../../protocols/oauth/jws.ts';
import {
  assertionInput,
  BROKER_CLIENT_ID,
  BROKER_SCOPE,
  certificateAssertionInput,
  type RequestProof,
  readTokenRequest,
  requestForm,
  tokenRequestInput,
  type UserProof,
} from '../../../protocols/oauth/refresh-token-request.ts';
import { toBase64 } from '../../../src/bytes/base64.ts';

const s = suite('oauth/refresh-token-request');

const NOTHING = new Uint8Array(0);
const NOW = Date.UTC(2026, 0, 1);
const text = fc.string({ minLength: 1, unit: 'grapheme' });

function jwsOf(input: Uint8Array): Jws {
  const jws = readJws(compactJws(input, NOTHING));
  if (jws === undefined) throw new Error('no JWS');
  return jws;
}

function assertionOf(username: string, nonce: string): string {
  const key = { username, kid: 'kid', audience: 'common', nonce, now: NOW };
  return compactJws(assertionInput(key), NOTHING);
}

function certificateAssertionOf(username: string, nonce: string): string {
  const certificates = [Uint8Array.of(1), Uint8Array.of(2)];
  const wanted = { username, certificates, audience: 'common', nonce, now: NOW };
  return compactJws(certificateAssertionInput(wanted), NOTHING);
}

const proof: fc.Arbitrary<RequestProof> = fc.oneof(
  fc.record(
    { kind: fc.constant('refreshToken' as const), refreshToken: text },
    { noNullPrototype: true },
  ),
  fc.tuple(text, text).map(([username, nonce]): UserProof => {
    const assertion = certificateAssertionOf(username, nonce);
    return { kind: 'certificate', username, assertion };
  }),
  fc.record(
    { kind: fc.constant('password' as const), username: text, password: fc.string() },
    { noNullPrototype: true },
  ),
  fc.tuple(text, text).map(([username, nonce]): UserProof => {
    return { kind: 'assertion', username, assertion: assertionOf(username, nonce) };
  }),
  fc.record(
    { kind: fc.constant('securityKey' as const), username: text, assertion: text },
    { noNullPrototype: true },
  ),
);

s('every request is read as it was written', () => {
  const property = fc.property(
    proof,
    fc.string(),
    fc.uint8Array({ minLength: 1 }),
    (wanted, nonce, certificate) => {
      const jws = jwsOf(tokenRequestInput({ certificate, nonce, proof: wanted }));
      const read = readTokenRequest(jws);
      if (!read.ok) throw new Error(read.reason);
      const { value } = read;
      assert.equal(value.proof, wanted);
      assert.equal([value.nonce, value.clientId], [nonce, BROKER_CLIENT_ID]);
      assert.equal(value.certificate, certificate);
    },
  );
  fc.assert(property, { seed: 1, numRuns: 150 });
});

s('an assertion says who, for whom, when, and for which nonce', () => {
  const property = fc.property(text, text, text, text, (username, kid, audience, nonce) => {
    const jws = jwsOf(assertionInput({ username, kid, audience, nonce, now: NOW }));
    assert.equal(jws.header, { typ: 'JWT', alg: 'RS256', kid, use: 'ngc' });
    assert.equal(jsonObjectOf(jws.payload), {
      iss: username,
      aud: audience,
      iat: NOW / 1_000,
      exp: NOW / 1_000 + 300,
      request_nonce: nonce,
      scope: BROKER_SCOPE,
    });
  });
  fc.assert(property, { seed: 1, numRuns: 100 });
});

s('the form asks for tickets only where they are wanted', () => {
  assert.is(requestForm('x').tgt, undefined);
  assert.is(requestForm('x', true).tgt, 'true');
  assert.is(requestForm('x').windows_api_version, '2.2');
});

s('what is missing or of the wrong kind is named', () => {
  const header = { alg: 'RS256', x5c: [toBase64(Uint8Array.of(1))] };
  const claims = {
    client_id: BROKER_CLIENT_ID,
    request_nonce: 'nonce',
    scope: BROKER_SCOPE,
    grant_type: 'password',
    username: 'alice',
    password: 'x',
  };
  const reason = (claim: object, head: object = {}): string => {
    const read = readTokenRequest(
      jwsOf(jwsSigningInput({ ...header, ...head }, { ...claims, ...claim })),
    );
    return read.ok ? 'taken' : read.reason;
  };
  assert.is(reason({}), 'taken');
  assert.is(
    reason({}, { x5c: toBase64(Uint8Array.of(1)) }),
    'taken',
    'x5c as Entra’s client sends it',
  );
  assert.match(reason({}, { x5c: [] }), 'x5c holds no certificate');
  assert.match(reason({}, { x5c: '*' }), 'x5c holds no certificate');
  assert.match(reason({}, { x5c: [{}] }), 'x5c holds no certificate');
  assert.match(reason({ request_nonce: 1 }), 'request_nonce are required');
  assert.match(reason({ client_id: null }), 'request_nonce are required');
  assert.match(reason({ scope: 'openid' }), 'scope must contain');
  assert.match(reason({ scope: ['openid', 'aza'] }), 'scope must contain');
  assert.match(reason({ password: {} }), 'nothing in it proves a user');
  assert.match(reason({ grant_type: 'x' }), 'nothing in it proves a user');
});

s.run();
