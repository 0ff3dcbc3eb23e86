import { compactDecrypt, importPKCS8, importSPKI, jwtVerify, SignJWT } from 'jose';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTgt } from '../../../protocols/entra/prt-messages.ts';
import type { Tenant } from '../../../protocols/entra/tenant.ts';
import {
  AUTHENTICATION_BROKER_CLIENT_ID,
  issuerOf,
  PROVISIONING_CLIENT_ID,
  REGISTRATION_RESOURCE,
  readTokenForm,
  tokenForm,
} from '../../../protocols/entra/token.ts';
import { NONCE_LIFETIME } from '../../../protocols/oauth/issued.ts';
import { jsonObjectOf, textField } from '../../../protocols/oauth/json.ts';
import { readJws } from '../../../protocols/oauth/jws.ts';
import {
  BROKER_CLIENT_ID,
  BROKER_SCOPE,
  JWT_BEARER,
  requestForm,
  type UserProof,
} from '../../../protocols/oauth/refresh-token-request.ts';
import { pem } from '../../../protocols/x509/pem.ts';
import { toBase64 } from '../../../src/bytes/base64.ts';
import { agent, keyId, laptop, NOW, pair } from '../enrollment/people.ts';
import {
  type AssertionChanges,
  challenged,
  deviceSigned,
  granted,
  helloProof,
  PASSWORD,
  prtAsked,
  tenantWithKeys,
  tokenPost,
} from './prt-of-tests.ts';
import {
  ALICE,
  ALICE_PASSWORD,
  ALICE_SID,
  ENDPOINT,
  saidToRequest,
  TENANT_ID,
} from './tenant-of-tests.ts';

const s = suite('entra/prt-endpoint');

const privateKey = (name: string, algorithm: string) =>
  importPKCS8(pem('PRIVATE KEY', pair(name).pkcs8), algorithm);

/** The number of a refusal in Entra's shape. */
function refusal(said: ReturnType<typeof saidToRequest>): number {
  const { response, json, cause = '' } = said;
  const [code] = (json.error_codes ?? []) as number[];
  assert.is(response.status, 400, cause);
  assert.match(textField(json, 'error_description') ?? '', `AADSTS${code}: `);
  assert.match(cause, `AADSTS${code}: `);
  assert.is(json.timestamp, new Date(NOW).toISOString());
  assert.is(json.refresh_token, undefined);
  assert.equal(said.tenant.issued?.sessions ?? {}, {});
  return code as number;
}

s('a nonce is given to whoever asks', () => {
  const { tenant, nonce } = challenged(tenantWithKeys());
  assert.match(nonce, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(tenant.issued?.nonces, { [nonce]: NOW });
});

s('a Hello key gets a primary refresh token, its session key, and both tickets', async () => {
  const { tenant, json, prt, sessionKey } = granted();
  assert.is(json.token_type, 'pop');
  assert.is(json.refresh_token_expires_in, 1_209_600);
  const session = tenant.issued?.sessions[prt.refreshToken];
  assert.equal(session?.sessionKey, sessionKey);
  assert.equal(session?.amr, ['rsa', 'ngcmfa', 'mfa']);
  assert.is(session?.expires, NOW + 14 * 86_400_000);
  const kinds = [prt.tgtAd, prt.tgtCloud].map((text) => openTgt(text ?? '', sessionKey).kind);
  assert.equal(kinds, ['ticket', 'ticket']);
  const claims = jsonObjectOf(readJws(prt.idToken)?.payload ?? new Uint8Array(0));
  assert.is(claims?.upn, ALICE);
  assert.is(claims?.onprem_sid, ALICE_SID);
  assert.is(claims?.aud, BROKER_CLIENT_ID);
  assert.is(claims?.iss, issuerOf(TENANT_ID));
});

s('jose opens the session key’s JWE with the transport key', async () => {
  const { prt } = granted();
  const key = await privateKey('transport', 'RSA-OAEP');
  const { plaintext, protectedHeader } = await compactDecrypt(prt.sessionKeyJwe ?? '', key);
  assert.equal(protectedHeader, { alg: 'RSA-OAEP', enc: 'A256GCM' });
  assert.is(plaintext.length, 0);
});

s('jose takes the assertion and the request as the RFCs have them', async () => {
  const proof = helloProof('nonce');
  if (proof.kind !== 'assertion') throw new Error(proof.kind);
  const hello = await importSPKI(pem('PUBLIC KEY', pair('hello').spki), 'RS256');
  const { payload, protectedHeader } = await jwtVerify(proof.assertion, hello, {
    currentDate: new Date(NOW),
    issuer: ALICE,
    audience: TENANT_ID,
  });
  assert.is(payload.request_nonce, 'nonce');
  assert.equal(protectedHeader, {
    typ: 'JWT',
    alg: 'RS256',
    kid: toBase64(keyId('hello')),
    use: 'ngc',
  });
});

s('what jose signs is taken: a string as x5c, as others write it', async () => {
  const { tenant, nonce } = challenged(tenantWithKeys());
  const assertion = await new SignJWT({ request_nonce: nonce, scope: BROKER_SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: toBase64(keyId('hello')), use: 'ngc' })
    .setIssuer(ALICE)
    .setAudience('common')
    .setIssuedAt(NOW / 1_000)
    .setExpirationTime(NOW / 1_000 + 300)
    .sign(await privateKey('hello', 'RS256'));
  const request = await new SignJWT({
    client_id: BROKER_CLIENT_ID,
    request_nonce: nonce,
    scope: BROKER_SCOPE,
    group_sids: [],
    win_ver: '10.0.19041.868',
    grant_type: JWT_BEARER,
    username: ALICE,
    assertion,
  })
    .setProtectedHeader({
      alg: 'RS256',
      typ: 'JWT',
      kdf_ver: 2,
      x5c: toBase64(laptop.der) as never,
    })
    .sign(await privateKey('device', 'RS256'));
  const { response, json } = saidToRequest(tokenPost(requestForm(request)), tenant);
  assert.is(response.status, 200);
  assert.type(json.refresh_token, 'string');
  assert.is(json.tgt_ad, undefined, 'tickets come only where tgt=true asks for them');
  assert.is(json.tgt_cloud, undefined);
});

s('a password gets one too, which says how it was proven', () => {
  const { tenant, response, json } = prtAsked(tenantWithKeys(), PASSWORD);
  assert.is(response.status, 200);
  assert.equal(tenant.issued?.sessions[json.refresh_token as string]?.amr, ['pwd']);
});

s('a nonce is taken once, and for ten minutes', () => {
  const { tenant, nonce } = challenged(tenantWithKeys());
  const asked = deviceSigned(nonce, PASSWORD);
  const first = saidToRequest(asked, tenant);
  assert.is(first.response.status, 200);
  assert.equal(saidToRequest(asked, first.tenant).json.error_codes, [50_168]);
  const wrong = deviceSigned(nonce, { ...PASSWORD, password: 'wrong' } as UserProof);
  const after = saidToRequest(wrong, tenant).tenant;
  assert.is(refusal(saidToRequest(asked, after)), 50_168, 'a refused request uses it up');
  const at = (now: number) => saidToRequest(asked, tenant, ENDPOINT, now).response.status;
  assert.equal([at(NOW + NONCE_LIFETIME), at(NOW + NONCE_LIFETIME + 1)], [200, 400]);
  assert.is(refusal(saidToRequest(deviceSigned('constructor', PASSWORD), tenant)), 50_168);
});

s('assertions that are not of the key, for here, for now or for this request are refused', () => {
  const cases: readonly (readonly [AssertionChanges, number, string])[] = [
    [{ kid: toBase64(keyId('other')) }, 135_010, 'no key'],
    [{ kid: '?' }, 135_010, 'no key'],
    [{ key: 'other' }, 50_013, 'not signed by the key'],
    [{ audience: 'https://elsewhere' }, 50_013, 'for somebody else'],
    [{ now: NOW - 3_600_000 }, 50_013, 'not valid at this time'],
    [{ now: NOW + 3_600_000 }, 50_013, 'not valid at this time'],
    [{ nonce: 'another' }, 50_168, 'another nonce'],
  ];
  for (const [changes, code, why] of cases) {
    const said = prtAsked(tenantWithKeys(), (nonce) => helloProof(nonce, changes));
    assert.is(refusal(said), code, why);
    assert.match(said.cause ?? '', why);
  }
});

s('a key counts for its owner alone', () => {
  const tenant = tenantWithKeys();
  const [key] = tenant.keys;
  const bobs = {
    ...tenant,
    keys: [{ ...(key as (typeof tenant.keys)[number]), userPrincipalName: 'bob@corp.example' }],
  };
  assert.is(refusal(prtAsked(bobs, helloProof)), 135_010);
});

s('who is unknown or disabled gets nothing, nor does their device', () => {
  const [device] = tenantWithKeys().devices;
  const withDevice = (changes: object): Tenant => ({
    ...tenantWithKeys(),
    devices: [{ ...(device as Tenant['devices'][number]), ...changes }],
  });
  const cases: readonly (readonly [Tenant, UserProof | undefined, number])[] = [
    [tenantWithKeys({ accountEnabled: false }), undefined, 50_057],
    [tenantWithKeys(), { ...PASSWORD, username: 'bob@corp.example' }, 50_034],
    [tenantWithKeys(), { kind: 'password', username: ALICE, password: 'wrong' }, 50_126],
    [withDevice({ accountEnabled: false }), undefined, 135_011],
    [withDevice({ thumbprint: '00' }), undefined, 50_155],
    [withDevice({ transportKey: new Uint8Array(3) }), undefined, 50_155],
  ];
  for (const [tenant, proof, code] of cases) {
    assert.is(refusal(prtAsked(tenant, proof ?? helloProof)), code);
  }
});

s('whoever does not know the password does not learn that the account is disabled', () => {
  const wrong: UserProof = { kind: 'password', username: ALICE, password: 'wrong' };
  assert.is(refusal(prtAsked(tenantWithKeys({ accountEnabled: false }), wrong)), 50_126);
});

s('the device’s own key signs, not another one', () => {
  const { tenant, nonce } = challenged(tenantWithKeys());
  const by = (key: string, der = laptop.der) =>
    refusal(saidToRequest(deviceSigned(nonce, PASSWORD, key, der), tenant));
  assert.is(by('other'), 50_027);
  assert.is(by('agent', agent.der), 50_155, 'a certificate that is none of a device’s');
  assert.is(by('device', new Uint8Array([0x30])), 900_144);
});

s('the path names this tenant, or any', () => {
  const asked = (name: string) =>
    saidToRequest(tokenPost({ grant_type: 'srv_challenge' }, name), tenantWithKeys());
  for (const name of ['common', TENANT_ID, TENANT_ID.toUpperCase()]) {
    assert.is(asked(name).response.status, 200, name);
  }
  assert.equal(asked('11111111-0000-4000-8000-000000000000').json.error_codes, [90_002]);
});

s('what is no request is refused as malformed', () => {
  const requests = ['', 'x', 'a.b.c', 'e30.e30.', 'e30.W10.AAAA', 'eyJhbGciOiJIUzI1NiJ9.e30.AAAA'];
  for (const request of requests) {
    const { response, json } = saidToRequest(tokenPost(requestForm(request)), tenantWithKeys());
    assert.is(response.status, 400, request);
    assert.type((json.error_codes as number[])[0], 'number', request);
  }
});

s('a broker’s refresh token becomes a primary one at a device', () => {
  const form = tokenForm({
    clientId: AUTHENTICATION_BROKER_CLIENT_ID,
    resource: REGISTRATION_RESOURCE,
    username: ALICE,
    password: ALICE_PASSWORD,
    freshMfa: true,
  });
  const first = saidToRequest(tokenPost(form), tenantWithKeys());
  const refreshToken = textField(first.json, 'refresh_token') ?? '';
  const proof = { kind: 'refreshToken', refreshToken } as const;
  const { response, json, tenant } = prtAsked(first.tenant, proof);
  assert.is(response.status, 200);
  const session = tenant.issued?.sessions[json.refresh_token as string];
  assert.equal(session?.amr, ['pwd', 'mfa', 'ngcmfa']);
  assert.is(session?.userPrincipalName, ALICE);
  const other = tokenForm({ ...readTokenForm(form), clientId: PROVISIONING_CLIENT_ID } as never);
  assert.is(saidToRequest(tokenPost(other), tenantWithKeys()).json.refresh_token, undefined);
  assert.is(refusal(prtAsked(first.tenant, { ...proof, refreshToken: 'x' })), 70_000);
  const revoked = {
    ...first.tenant,
    users: first.tenant.users.map((user) => ({ ...user, sessionsValidFrom: NOW + 1 })),
  };
  assert.is(refusal(prtAsked(revoked, proof)), 50_173);
  const disabled = {
    ...first.tenant,
    users: first.tenant.users.map((user) => ({ ...user, accountEnabled: false })),
  };
  assert.is(refusal(prtAsked(disabled, proof)), 50_057);
});

s.run();
