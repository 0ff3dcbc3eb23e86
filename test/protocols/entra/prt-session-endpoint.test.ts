import { compactDecrypt, importSPKI, jwtVerify, SignJWT } from 'jose';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import { keyRegistrationRequest } from '../../../protocols/entra/key-registration-messages.ts';
import { openTgt, readPrtResponse } from '../../../protocols/entra/prt-messages.ts';
import type { Tenant } from '../../../protocols/entra/tenant.ts';
import { GRAPH_RESOURCE, issuerOf, REGISTRATION_RESOURCE } from '../../../protocols/entra/token.ts';
import { type JsonObject, jsonObjectOf, textField } from '../../../protocols/oauth/json.ts';
import { readJws } from '../../../protocols/oauth/jws.ts';
import { BROKER_SCOPE, requestForm } from '../../../protocols/oauth/refresh-token-request.ts';
import { derivedKey } from '../../../protocols/oauth/session-key.ts';
import { openFromSession, sessionRequest } from '../../../protocols/oauth/session-messages.ts';
import { pem } from '../../../protocols/x509/pem.ts';
import { fromBase64, fromBase64Url, toBase64, toBase64Url } from '../../../src/bytes/base64.ts';
import { fromUtf8, utf8 } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { NOW, pair } from '../enrollment/people.ts';
import { challenged, type Granted, granted, tokenPost } from './prt-of-tests.ts';
import { ALICE, DEVICE_ID, ENDPOINT, saidToRequest, TENANT_ID } from './tenant-of-tests.ts';

const s = suite('entra/prt-session-endpoint');

const DAY = 86_400_000;
const random = seededRandom(1, 'session requests');

interface Changes {
  readonly claims?: JsonObject;
  readonly sessionKey?: Uint8Array;
  readonly version?: 1 | 2;
  readonly now?: number;
  readonly tenant?: Tenant;
  readonly tgt?: boolean;
}

/** What a broker asks for under its session key. */
function followUp(held: Granted, changes: Changes = {}) {
  const { now = NOW, version = 2, sessionKey = held.sessionKey, tgt = true } = changes;
  const { tenant, nonce } = challenged(changes.tenant ?? held.tenant, now);
  const claims = {
    iss: 'aad:brokerplugin',
    client_id: '29d9ed98-a469-4536-ade2-f981bc1d605e',
    grant_type: 'refresh_token',
    refresh_token: held.prt.refreshToken,
    request_nonce: nonce,
    scope: BROKER_SCOPE,
    ...changes.claims,
  };
  const request = sessionRequest(claims, sessionKey, version, random);
  return saidToRequest(tokenPost(requestForm(request, tgt)), tenant, ENDPOINT, now);
}

/** The content of an answer. */
function opened(body: Uint8Array, sessionKey: Uint8Array): JsonObject {
  const content = openFromSession(fromUtf8(body), sessionKey);
  const object = content === undefined ? undefined : jsonObjectOf(content);
  if (object === undefined) throw new Error(`not sealed: ${fromUtf8(body)}`);
  return object;
}

const RESOURCE = { scope: 'openid', resource: REGISTRATION_RESOURCE };

s('a primary refresh token is renewed, with new tickets, under the same session key', () => {
  const held = granted();
  for (const version of [1, 2] as const) {
    const now = NOW + 4 * 3_600_000;
    const { response, tenant } = followUp(held, { version, now });
    assert.is(response.status, 200);
    const renewed = readPrtResponse(opened(response.body, held.sessionKey));
    assert.ok(renewed !== undefined);
    assert.is.not(renewed.refreshToken, held.prt.refreshToken);
    assert.is(renewed.sessionKeyJwe, undefined);
    const session = tenant.issued?.sessions[renewed.refreshToken];
    assert.equal(session?.sessionKey, held.sessionKey);
    assert.is(session?.expires, now + 14 * DAY);
    const tgt = openTgt(renewed.tgtAd ?? '', held.sessionKey);
    if (tgt.kind !== 'ticket') throw new Error(tgt.kind);
    assert.is(tgt.credential.authtime, now);
    assert.is(openTgt(renewed.tgtCloud ?? '', held.sessionKey).kind, 'ticket');
  }
  const bare = followUp(held, { tgt: false });
  assert.is(opened(bare.response.body, held.sessionKey).tgt_ad, undefined);
});

s('jose opens the answer, and its requests are taken', async () => {
  const held = granted();
  const { tenant, nonce } = challenged(held.tenant);
  const context = random(24);
  // jose signs the claims in the order that they are given in: version 2 is bound to those octets.
  const claims = {
    refresh_token: held.prt.refreshToken,
    request_nonce: nonce,
    scope: BROKER_SCOPE,
    grant_type: 'refresh_token',
  };
  const payload = utf8(JSON.stringify(claims));
  const request = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', ctx: toBase64(context), kdf_ver: 2 })
    .sign(derivedKey(held.sessionKey, context, payload));
  const { response } = saidToRequest(tokenPost(requestForm(request, true)), tenant);
  assert.is(response.status, 200);
  const token = fromUtf8(response.body);
  const header = jsonObjectOf(fromBase64Url(token.split('.')[0] ?? '') ?? new Uint8Array(0));
  const ctx = fromBase64(textField(header ?? {}, 'ctx') ?? '');
  const { plaintext, protectedHeader } = await compactDecrypt(
    token,
    derivedKey(held.sessionKey, ctx as Uint8Array),
  );
  assert.is(protectedHeader.alg, 'dir');
  assert.is(protectedHeader.enc, 'A256GCM');
  assert.is(protectedHeader.kid, 'session');
  assert.ok(readPrtResponse(jsonObjectOf(plaintext) ?? {}) !== undefined);
});

s(
  'an access token says how its user proved themselves, and a key is registered by it',
  async () => {
    const held = granted();
    const { response, tenant } = followUp(held, { claims: RESOURCE });
    assert.is(response.status, 200);
    const answer = opened(response.body, held.sessionKey);
    assert.is(answer.token_type, 'Bearer');
    const token = textField(answer, 'access_token') ?? '';
    const key = await importSPKI(pem('PUBLIC KEY', pair('tenant').spki), 'RS256');
    const { payload } = await jwtVerify(token, key, {
      currentDate: new Date(NOW),
      issuer: issuerOf(TENANT_ID),
      audience: REGISTRATION_RESOURCE,
    });
    assert.equal(payload.amr, ['rsa', 'ngcmfa', 'mfa']);
    assert.is(payload.deviceid, DEVICE_ID);
    assert.is(payload.upn, ALICE);
    const material = bcryptPublicBlob(pair('second').spki);
    const registered = saidToRequest(keyRegistrationRequest('drs', token, material, '1'), tenant);
    assert.is(registered.response.status, 200);
    assert.equal(registered.tenant.keys.at(-1)?.keyMaterial, material);
  },
);

s('requests that nobody can have made with the session are refused', () => {
  const held = granted();
  const other = new Uint8Array(32);
  const cases: readonly (readonly [Changes, number])[] = [
    [{ sessionKey: other }, 50_027],
    [{ claims: { refresh_token: 'x' } }, 70_000],
    [{ claims: { refresh_token: 'toString' } }, 70_000],
    [{ claims: { refresh_token: null } }, 70_000],
    [{ claims: { request_nonce: 'x' } }, 50_168],
    [{ claims: { grant_type: 'password' } }, 70_003],
    [{ claims: { scope: 'openid' } }, 900_144],
    [{ now: NOW + 14 * DAY }, 70_000],
  ];
  for (const [changes, code] of cases) {
    const { response, json } = followUp(held, changes);
    assert.is(response.status, 400);
    assert.equal(json.error_codes, [code]);
  }
});

s('a signature of version 1 does not pass for one of version 2', () => {
  const held = granted();
  const { tenant, nonce } = challenged(held.tenant);
  const claims = {
    refresh_token: held.prt.refreshToken,
    request_nonce: nonce,
    scope: BROKER_SCOPE,
  };
  const [header = '', payload, mac] = sessionRequest(claims, held.sessionKey, 1, random).split('.');
  const object = jsonObjectOf(fromBase64Url(header) as Uint8Array);
  const named = toBase64Url(utf8(JSON.stringify({ ...object, kdf_ver: 2 })));
  const said = saidToRequest(tokenPost(requestForm(`${named}.${payload}.${mac}`)), tenant);
  assert.equal(said.json.error_codes, [50_027]);
});

s('a session ends with its user, and with its device', () => {
  const held = granted();
  const { users, devices } = held.tenant;
  const off = <T extends object>(all: readonly T[]) =>
    all.map((one) => ({ ...one, accountEnabled: false }));
  const cases: readonly (readonly [Partial<Tenant>, number])[] = [
    [{ users: off(users) }, 50_057],
    [{ users: [] }, 50_057],
    [{ devices: off(devices) }, 135_011],
    [{ devices: [] }, 135_011],
  ];
  for (const [changes, code] of cases) {
    const { json } = followUp(held, { tenant: { ...held.tenant, ...changes } });
    assert.equal(json.error_codes, [code]);
  }
});

s('what was proven before a revocation counts no more, what is proven after it does', () => {
  const held = granted();
  const revoked = (sessionsValidFrom: number): Tenant => ({
    ...held.tenant,
    users: held.tenant.users.map((user) => ({ ...user, sessionsValidFrom })),
  });
  const { response, json } = followUp(held, { tenant: revoked(NOW + 1), now: NOW + 2 });
  assert.is(response.status, 400);
  assert.equal(json.error_codes, [50_173]);
  assert.is(followUp(held, { tenant: revoked(NOW) }).response.status, 200);
});

s('tokens are given for known resources', () => {
  const held = granted();
  const asked = (resource: string) =>
    followUp(held, { claims: { scope: 'openid', resource } }).response.status;
  assert.equal([asked(GRAPH_RESOURCE), asked('https://nowhere.example')], [200, 400]);
});

/** The methods that an access token names. */
function methods(held: Granted, changes: Changes): unknown {
  const { response } = followUp(held, changes);
  assert.is(response.status, 200);
  const token = textField(opened(response.body, held.sessionKey), 'access_token') ?? '';
  return jsonObjectOf(readJws(token)?.payload ?? new Uint8Array(0))?.amr;
}

s('ngcmfa is for ten minutes, and then for whoever shows a second factor again', () => {
  const held = granted();
  const later = NOW + 11 * 60_000;
  const fresh = { ...RESOURCE, amr_values: 'ngcmfa' };
  assert.equal(methods(held, { claims: RESOURCE, now: NOW + 600_000 }), ['rsa', 'ngcmfa', 'mfa']);
  assert.equal(methods(held, { claims: RESOURCE, now: later }), ['rsa', 'mfa']);
  assert.equal(methods(held, { claims: fresh, now: later }), ['rsa', 'ngcmfa', 'mfa']);
});

s('a second factor that is refused, or does not come, gives no token', () => {
  const held = granted();
  for (const mfa of ['failed', 'timeout'] as const) {
    const users = held.tenant.users.map((user) => ({ ...user, mfa }));
    const claims = { ...RESOURCE, amr_values: 'ngcmfa' };
    const said = followUp(held, { claims, tenant: { ...held.tenant, users } });
    assert.is(said.response.status, 400);
    assert.equal(said.json.error_codes, [500_121]);
    assert.is(said.waited, mfa === 'timeout');
  }
});

s.run();
