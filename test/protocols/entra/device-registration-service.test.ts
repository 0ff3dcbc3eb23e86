import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import {
  type DeviceRegistration,
  deviceErrorResponse,
  hybridJoinRequest,
  identityText,
  joinRequest,
  REQUEST_SUBJECT,
  readDeviceError,
  readDeviceRegistered,
  readDeviceRegistration,
} from '../../../protocols/entra/device-registration-messages.ts';
import type { Tenant } from '../../../protocols/entra/tenant.ts';
import {
  accessTokenInput,
  GRAPH_RESOURCE,
  JOIN_CLIENT_ID,
  REGISTRATION_RESOURCE,
} from '../../../protocols/entra/token.ts';
import { encodeRequest, type HttpRequest } from '../../../protocols/http/messages.ts';
import { compactJws } from '../../../protocols/oauth/jws.ts';
import { readCertificate } from '../../../protocols/x509/certificate.ts';
import { distinguishedName } from '../../../protocols/x509/names.ts';
import { certificationRequestInfo, signedRequest } from '../../../protocols/x509/request.ts';
import { fromUtf8, utf8 } from '../../../src/bytes/bytes.ts';
import { chanceOf } from '../../mutations.ts';
import { NOW, pair, sign } from '../enrollment/people.ts';
import {
  ALICE,
  ALICE_SID,
  DEVICE_ID,
  ENDPOINT,
  saidTo,
  saidToRequest,
  TENANT_ID,
  tenantWith,
} from './tenant-of-tests.ts';

const s = suite('device-registration-service');

const HOST = 'enterpriseregistration.windows.net';
const RSA = 'sha256WithRSAEncryption';
const COMPUTER_ID = '11111111-2222-4333-8444-555555555555';
const COMPUTER_SID = 'S-1-5-21-1-2-3-1104';

function csr(key = 'new-device', signer = key): Uint8Array {
  const subject = distinguishedName(REQUEST_SUBJECT);
  const info = certificationRequestInfo({ subject, publicKey: pair(key).spki });
  return signedRequest(info, RSA, sign(signer, info));
}

const WANTED: DeviceRegistration = {
  join: 'joined',
  certificateRequest: csr(),
  transportKey: bcryptPublicBlob(pair('new-transport').spki),
  targetDomain: 'corp.example',
  displayName: 'TABLET',
  osVersion: '10.0.22631',
};

function token(changes: Partial<Parameters<typeof accessTokenInput>[0]> = {}): string {
  const claims = { resource: REGISTRATION_RESOURCE, clientId: JOIN_CLIENT_ID, upn: ALICE };
  const input = accessTokenInput({ ...claims, amr: ['pwd'], ...changes }, TENANT_ID, NOW);
  return compactJws(input, sign('tenant', input, 'RS256'));
}

const join = (changes: Partial<DeviceRegistration> = {}, bearer = token()): HttpRequest =>
  joinRequest(HOST, bearer, { ...WANTED, ...changes }, 'request-1');

function hybrid(changes: { sid?: string; time?: number; key?: string; id?: string } = {}) {
  const { sid = COMPUTER_SID, time = NOW, key = 'computer', id = COMPUTER_ID } = changes;
  const signature = sign(key, utf8(identityText({ sid, time })));
  const clientIdentity = { sid, time, signature };
  const wanted = { ...WANTED, join: 'hybrid', clientIdentity } as const;
  return hybridJoinRequest(HOST, id, wanted, 'request-1');
}

const SYNCHRONIZED: Tenant = {
  ...tenantWith(),
  computers: [{ deviceId: COMPUTER_ID, sid: COMPUTER_SID, publicKey: pair('computer').spki }],
};

s('a join gives a certificate for the key of the request, and the tenant knows the device', () => {
  const said = saidToRequest(join(), tenantWith());
  const registered = readDeviceRegistered(said.response);
  const read = readCertificate(registered?.certificate ?? new Uint8Array());
  if (!read.ok) throw new Error(read.reason);
  const { subject, issuer, publicKey, sha1, notBefore } = read.value;
  const device = said.tenant.devices.at(-1);
  assert.is(subject.text, `CN=${device?.deviceId}`);
  assert.match(issuer.text, /CN=MS-Organization-Access/);
  assert.equal(publicKey, pair('new-device').spki);
  assert.is(registered?.thumbprint, sha1);
  assert.is(registered?.upn, ALICE);
  assert.is(notBefore, NOW);
  assert.equal(
    [device?.displayName, device?.trustType, device?.owner, device?.ownerSid, device?.thumbprint],
    ['TABLET', 'joined', ALICE, ALICE_SID, sha1],
  );
  assert.equal(device?.transportKey, pair('new-transport').spki);
  assert.is(said.tenant.devices.length, 2);
});

s('a hybrid join keeps the identifier, by the signature of the computer’s own key', () => {
  const said = saidToRequest(hybrid(), SYNCHRONIZED);
  assert.is(said.response.status, 200);
  const device = said.tenant.devices.at(-1);
  assert.equal(
    [device?.deviceId, device?.trustType, device?.ownerSid, device?.owner],
    [COMPUTER_ID, 'hybrid', COMPUTER_SID, undefined],
  );
  // Once more, as Windows does after a reset: one device still, with another certificate.
  const again = saidToRequest(hybrid(), said.tenant);
  assert.is(again.tenant.devices.length, said.tenant.devices.length);
});

s('what is refused says why, and changes nothing', () => {
  const other = token({ resource: GRAPH_RESOURCE });
  const cases: readonly (readonly [HttpRequest, number, string])[] = [
    [join({}, 'x.y.z'), 401, 'error_token'],
    [join({}, other), 401, 'error_token'],
    [join({}, token({ upn: 'nobody@corp.example' })), 400, 'error_missing_user'],
    [join({ certificateRequest: csr('new-device', 'other') }), 400, 'error_malformed'],
    [join({ transportKey: utf8('no key at all') }), 400, 'error_malformed'],
    [{ ...join(), target: '/EnrollmentServer/device/?api-version=9.9' }, 400, 'error_malformed'],
    [{ ...join(), body: utf8('{}') }, 400, 'error_malformed'],
    [hybrid({ id: DEVICE_ID }), 400, 'error_missing_device'],
    [hybrid({ key: 'other' }), 401, 'error_signature'],
    [hybrid({ sid: 'S-1-5-21-1-2-3-1999' }), 401, 'error_signature'],
    [hybrid({ time: NOW - 3_600_000 }), 401, 'error_signature'],
  ];
  for (const [request, status, subcode] of cases) {
    const said = saidToRequest(request, SYNCHRONIZED);
    assert.is(said.response.status, status, subcode);
    assert.is(readDeviceError(said.response.body)?.subcode, subcode);
    assert.is(said.tenant, SYNCHRONIZED);
  }
});

s('administrators may want a second factor, and count a user’s devices', () => {
  const strict = { ...ENDPOINT, devices: { requireMfa: true, devicesPerUser: 1 } };
  const first = saidToRequest(join(), tenantWith(), strict);
  assert.is(readDeviceError(first.response.body)?.subcode, 'error_mfa_required');
  const strong = join({}, token({ amr: ['pwd', 'mfa'] }));
  const second = saidToRequest(strong, tenantWith(), strict);
  assert.is(second.response.status, 200);
  const third = saidToRequest(strong, second.tenant, strict);
  assert.is(readDeviceError(third.response.body)?.subcode, 'error_directory_quota_exceeded');
});

s('a disabled user joins nothing', () => {
  const said = saidToRequest(join(), tenantWith({ accountEnabled: false }));
  assert.is(readDeviceError(said.response.body)?.subcode, 'error_missing_user');
});

s('requests come back as they were written', () => {
  assert.equal(readDeviceRegistration(join().body), WANTED);
  const read = readDeviceRegistration(hybrid().body);
  assert.is(read?.clientIdentity?.sid, COMPUTER_SID);
  assert.is(read?.clientIdentity?.time, NOW);
  assert.is(identityText({ sid: 'S-1-5', time: NOW }), 'S-1-5.2026-03-02 08:00:00Z');
  const error = { code: 'invalid_request', subcode: 'error_malformed', message: 'x' } as const;
  const context = { now: NOW, operation: 'DeviceJoin', requestId: 'r' } as const;
  const { body } = deviceErrorResponse(400, error, context);
  assert.equal(readDeviceError(body), { ...error, requestId: 'r' });
  assert.match(fromUtf8(body), /"time":"2026-03-02T08:00:00Z"/);
});

s('hostile requests are refused as JSON, and nothing throws', () => {
  const { octets, pick, below } = chanceOf(1, 'device-registration');
  const statuses = new Set<number>();
  const seeds = [join(), hybrid()];
  for (let round = 0; round < 300; round++) {
    const seed = pick(seeds);
    const body = Uint8Array.from(seed.body);
    for (let n = below(3); n >= 0; n--) body[below(body.length)] = octets(1)[0] as number;
    const { response } = saidTo(encodeRequest({ ...seed, body }), SYNCHRONIZED);
    statuses.add(response.status);
    assert.type(JSON.parse(fromUtf8(response.body)), 'object');
  }
  assert.ok(statuses.has(400), [...statuses].join(' '));
  assert.ok([...statuses].every((status) => status < 500));
});

s.run();
