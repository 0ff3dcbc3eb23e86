import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import { keyRegistrationRequest } from '../../../protocols/entra/key-registration-messages.ts';
import { exportBody, readKeys, USERS_PATH } from '../../../protocols/entra/synchronization.ts';
import {
  accessTokenInput,
  CONNECT_CLIENT_ID,
  GRAPH_RESOURCE,
  PROVISIONING_CLIENT_ID,
  REGISTRATION_RESOURCE,
  readBearer,
  tokenForm,
  tokenPath,
} from '../../../protocols/entra/token.ts';
import { httpFraming } from '../../../protocols/http/framing.ts';
import { encodeRequest, fieldOf, request } from '../../../protocols/http/messages.ts';
import { textField } from '../../../protocols/oauth/json.ts';
import { compactJws } from '../../../protocols/oauth/jws.ts';
import { FORM, type Form, formBody } from '../../../protocols/oauth/oauth.ts';
import { toBase64Url } from '../../../src/bytes/base64.ts';
import { concat, fromUtf8, utf8 } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { NOW, pair, sign } from '../enrollment/people.ts';
import {
  ALICE,
  ALICE_PASSWORD,
  ALICE_SID,
  DEVICE_ID,
  ENDPOINT,
  env,
  SYNC,
  saidTo,
  saidToRequest,
  TENANT_ID,
  tenantWith,
} from './tenant-of-tests.ts';

const s = suite('enrollment/entra-endpoint');

const HOUR = 3_600_000;
const MATERIAL = bcryptPublicBlob(pair('hello').spki);

type Claims = Parameters<typeof accessTokenInput>[0];
const CLAIMS: Claims = {
  resource: REGISTRATION_RESOURCE,
  clientId: PROVISIONING_CLIENT_ID,
  upn: ALICE,
  amr: ['pwd', 'mfa', 'ngcmfa'],
  deviceId: DEVICE_ID,
};

function token(changes: Partial<Claims> = {}, key = 'tenant', tenantId = TENANT_ID): string {
  const input = accessTokenInput({ ...CLAIMS, ...changes }, tenantId, NOW);
  return compactJws(input, sign(key, input, 'RS256'));
}

const register = (bearer: string, material = MATERIAL) =>
  keyRegistrationRequest('enterpriseregistration.windows.net', bearer, material, 'request-1');

const form = (parameters: Form) =>
  request('POST', 'login', tokenPath('common'), { 'Content-Type': FORM }, formBody(parameters));
const PASSWORD = tokenForm({
  clientId: PROVISIONING_CLIENT_ID,
  resource: REGISTRATION_RESOURCE,
  username: ALICE,
  password: ALICE_PASSWORD,
  freshMfa: false,
});

s('tokens say who, for what, and by what means', () => {
  const { response, json } = saidToRequest(form(PASSWORD), tenantWith());
  assert.is(response.status, 200);
  assert.is(json.token_type, 'Bearer');
  const trust = { publicKey: ENDPOINT.publicKey, tenantId: TENANT_ID };
  const bearer = `Bearer ${textField(json, 'access_token')}`;
  const read = readBearer(bearer, { ...trust, resource: REGISTRATION_RESOURCE }, NOW);
  if (!read.ok) throw new Error(read.reason);
  assert.equal(read.claims.amr, ['pwd']);
  assert.is(read.claims.upn, ALICE);
  assert.is(read.claims.onprem_sid, ALICE_SID);
  assert.is(read.claims.deviceid, undefined);
  const no = (at: number, resource = REGISTRATION_RESOURCE) => {
    const other = readBearer(bearer, { ...trust, resource }, at);
    return other.ok ? 'taken' : other.reason;
  };
  assert.match(no(NOW + 2 * HOUR), 'not valid at this time');
  assert.match(no(NOW - HOUR), 'not valid at this time');
  assert.match(no(NOW, GRAPH_RESOURCE), 'is not for');
});

s('requests for tokens that are not taken have Entra’s numbers', () => {
  const cases: readonly (readonly [Form, number, string])[] = [
    [{ ...PASSWORD, password: 'x' }, 50_126, 'invalid_grant'],
    [{ ...PASSWORD, username: 'x' }, 50_034, 'invalid_grant'],
    [{ ...PASSWORD, grant_type: 'x' }, 70_003, 'unsupported_grant_type'],
    [{ ...PASSWORD, resource: 'x' }, 500_011, 'invalid_resource'],
    [{ grant_type: 'password' }, 900_144, 'invalid_request'],
    [{ ...PASSWORD, client_assertion: 'x' }, 900_144, 'invalid_request'],
  ];
  for (const [parameters, code, error] of cases) {
    const { response, json, cause } = saidToRequest(form(parameters), tenantWith());
    assert.is(response.status, 400);
    assert.equal(json.error_codes, [code]);
    assert.is(json.error, error);
    assert.match(textField(json, 'error_description') ?? '', `AADSTS${code}: `);
    assert.match(cause ?? '', `AADSTS${code}: `);
  }
});

s('a second factor that does not come is waited for', () => {
  const wanted = { ...PASSWORD, amr_values: 'ngcmfa' };
  const late = saidToRequest(form(wanted), tenantWith({ mfa: 'timeout' }));
  assert.ok(late.waited);
  assert.equal(late.json.error_codes, [500_121]);
  assert.not(saidToRequest(form(wanted), tenantWith({ mfa: 'failed' })).waited);
});

s('claims that a key registration wants: each missing one has its code', () => {
  const { deviceId: _, ...withoutDevice } = CLAIMS;
  const input = accessTokenInput(withoutDevice, TENANT_ID, NOW);
  const deviceless = compactJws(input, sign('tenant', input, 'RS256'));
  const cases: readonly (readonly [string, number, string])[] = [
    [token({ amr: ['pwd'] }), 401, 'mfa_required'],
    [deviceless, 401, 'device_id_missing'],
    [token({ upn: 'bob@corp.example' }), 400, 'unknown_user'],
    [token({ deviceId: TENANT_ID }), 400, 'unknown_device'],
    [token({}, 'other'), 401, 'authentication_error'],
    [token({}, 'tenant', DEVICE_ID), 401, 'authentication_error'],
    [token({ resource: GRAPH_RESOURCE }), 401, 'authentication_error'],
    ['x', 401, 'authentication_error'],
  ];
  for (const [bearer, status, code] of cases) {
    const { response, json, tenant } = saidToRequest(register(bearer), tenantWith());
    assert.is(response.status, status, code);
    assert.is(json.code, code);
    assert.is(json.response, 'ERROR_FAIL');
    assert.is(json.target, REGISTRATION_RESOURCE);
    assert.is(json.clientrequestid, 'request-1');
    assert.is(json.time, new Date(NOW).toISOString());
    assert.type((json.innererror as { trace: string }).trace, 'string');
    assert.equal(tenant.keys, []);
  }
  for (const amr of ['mfa', 'http://schemas.microsoft.com/claims/multipleauthn']) {
    assert.is(saidToRequest(register(token({ amr: [amr] })), tenantWith()).response.status, 200);
  }
});

s('api-version stands once, in the query or in a field', () => {
  const good = register(token());
  const bare = { ...good, target: '/EnrollmentServer/key/' };
  const versioned = { ...bare, fields: [...bare.fields, { name: 'api-version', value: '1.0' }] };
  const status = (wanted: typeof good) => saidToRequest(wanted, tenantWith()).response.status;
  assert.is(status(good), 200);
  assert.is(status(versioned), 200);
  assert.is(status(bare), 400);
  assert.is(status({ ...versioned, target: good.target }), 400);
  assert.is(status({ ...bare, target: '/EnrollmentServer/key/?api-version=9' }), 400);
});

s('only Entra Connect’s account reads and writes what is synchronised', () => {
  const asked = form(
    tokenForm({ ...SYNC, clientId: CONNECT_CLIENT_ID, resource: GRAPH_RESOURCE, freshMfa: false }),
  );
  const { json } = saidToRequest(asked, tenantWith());
  const bearer = { Authorization: `Bearer ${textField(json, 'access_token')}` };
  const user = {
    userPrincipalName: 'Alice.New@corp.example',
    onPremisesSecurityIdentifier: ALICE_SID,
    onPremisesImmutableId: 'AAAA',
    onPremisesSamAccountName: 'alice',
    accountEnabled: true,
  };
  const post = (body: Uint8Array) => request('POST', 'graph', USERS_PATH, bearer, body);
  const keyed = saidToRequest(register(token()), tenantWith()).tenant;
  const renamed = saidToRequest(post(exportBody([user])), keyed);
  assert.is(renamed.response.status, 200);
  assert.is(renamed.tenant.users.length, 2);
  assert.is(renamed.tenant.keys[0]?.userPrincipalName, 'Alice.New@corp.example');
  const taken = {
    ...user,
    onPremisesSecurityIdentifier: 'S-1-5-21-1-2-3-9',
    onPremisesImmutableId: 'B',
  };
  const other = saidToRequest(post(exportBody([taken])), renamed.tenant);
  assert.equal(other.json.refused, [{ userPrincipalName: 'Alice.New@corp.example' }]);
  const keys = saidToRequest(request('GET', 'graph', USERS_PATH, bearer), renamed.tenant);
  const [key] = readKeys(keys.response.body) ?? [];
  assert.equal(key?.keyMaterial, MATERIAL);
  assert.is(key?.onPremisesSecurityIdentifier, ALICE_SID);
  assert.is(saidToRequest(post(utf8('{"value":[{}]}')), keyed).response.status, 400);
  const alices = { Authorization: `Bearer ${token({ resource: GRAPH_RESOURCE })}` };
  assert.is(saidToRequest(request('GET', 'graph', USERS_PATH, alices), keyed).response.status, 403);
  assert.is(saidToRequest(request('GET', 'graph', USERS_PATH), keyed).response.status, 401);
});

s('what has no service is refused in the shape of ErrorDetails', () => {
  const { response, json } = saidToRequest(
    request('GET', 'x', '/EnrollmentServer/key/'),
    tenantWith(),
  );
  assert.is(response.status, 405);
  assert.is(fieldOf(response, 'Allow'), 'POST');
  assert.is(json.response, 'ERROR_FAIL');
  assert.is(saidToRequest(request('GET', 'x', '/'), tenantWith()).response.status, 404);
});

/** Bodies that break JSON, base 64, JWTs and forms in one place each. */
function hostile(): readonly Uint8Array[] {
  const parts = (token().split('.') as [string, string, string]).slice();
  const jwts = [
    `${parts[0]}.${parts[1]}`,
    `${parts[0]}.${parts[1]}.`,
    `.${parts[1]}.${parts[2]}`,
    `${toBase64Url(utf8('null'))}.${parts[1]}.${parts[2]}`,
    `${toBase64Url(utf8('{"alg":"none"}'))}.${parts[1]}.`,
    `${toBase64Url(utf8('{"alg":"HS256"}'))}.${parts[1]}.${parts[2]}`,
    `${parts[0]}.${toBase64Url(utf8('[]'))}.${parts[2]}`,
    `${parts[0]}.${toBase64Url(utf8('{"amr":{"length":3},"deviceid":1}'))}.${parts[2]}`,
    `${parts[0]}.${parts[1]}.${parts[2]}=`,
  ];
  const bodies = [
    '',
    'null',
    '[]',
    '{',
    '{"kngc":1}',
    '{"kngc":"*"}',
    '{"kngc":"UlNBMQ=="}',
    '"x"',
    '{"kngc":{"a":[]}}',
    `${'['.repeat(50_000)}`,
  ];
  const good = register(token());
  return [
    ...jwts.map((jwt) => encodeRequest(register(jwt))),
    ...bodies.map((body) => encodeRequest({ ...good, body: utf8(body) })),
    encodeRequest({ ...good, body: Uint8Array.of(0xff, 0xfe) }),
    encodeRequest({ ...form({}), body: utf8('a=%zz&a=%ff') }),
    encodeRequest({ ...form({}), body: Uint8Array.of(0xff, 0x00) }),
    encodeRequest(
      form({
        ...PASSWORD,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: token(),
      }),
    ),
  ];
}

s('hostile bodies and tokens are refused as JSON, and nothing throws', () => {
  for (const bytes of hostile()) {
    const { response, tenant } = saidTo(bytes, tenantWith());
    assert.ok([400, 401].includes(response.status), fromUtf8(bytes).slice(0, 200));
    assert.type(JSON.parse(fromUtf8(response.body)), 'object');
    assert.equal(tenant.keys, []);
  }
});

s('damaged requests are refused or taken, and nothing throws', () => {
  const random = seededRandom('entra-endpoint', 'fuzz');
  const seeds = [register(token()), form(PASSWORD)].map(encodeRequest);
  const statuses = new Set<number>();
  for (let round = 0; round < 1_500; round++) {
    const bytes = concat(seeds[round % seeds.length] as Uint8Array);
    for (let i = 0; i < 3; i++) {
      const [high = 0, low = 0, value = 0] = random(3);
      bytes[(high * 256 + low) % bytes.length] = value;
    }
    const cut = httpFraming.next(bytes);
    if (cut.kind !== 'message') continue;
    const { response } = saidTo(cut.message, tenantWith());
    statuses.add(response.status);
    assert.type(JSON.parse(fromUtf8(response.body)), 'object');
  }
  assert.ok(statuses.has(400) && statuses.has(401), [...statuses].join(' '));
  assert.ok([...statuses].every((status) => status < 500));
  assert.is(env().now, NOW);
});

s.run();
