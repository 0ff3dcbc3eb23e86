import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  GLOBAL_ADMINISTRATOR,
  HYBRID_IDENTITY_ADMINISTRATOR,
  type KerberosDomain,
  kerberosDomainPath,
  kerberosDomainRequest,
  readShownKerberosDomain,
} from '../../../protocols/entra/kerberos-domain.ts';
import { kerberosDomainOf, type Tenant } from '../../../protocols/entra/tenant.ts';
import {
  accessTokenInput,
  GRAPH_RESOURCE,
  REGISTRATION_RESOURCE,
  SYNCHRONIZATION_ROLE,
} from '../../../protocols/entra/token.ts';
import { request } from '../../../protocols/http/messages.ts';
import { objectField, textField } from '../../../protocols/oauth/json.ts';
import { compactJws } from '../../../protocols/oauth/jws.ts';
import { toBase64 } from '../../../src/bytes/base64.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import { NOW, sign } from '../enrollment/people.ts';
import { saidToRequest, TENANT_ID, tenantWith } from './tenant-of-tests.ts';

const s = suite('entra/kerberos-domain-service');

const CORP: KerberosDomain = {
  id: 17_530,
  domainDnsName: 'corp.example',
  netBiosName: 'CORP',
  domainSid: 'S-1-5-21-1-2-3',
  secondaryKrbTgtNumber: 17_530,
  keyVersion: 192_272,
  key: new Uint8Array(32).fill(7),
  keyUpdatedOn: NOW,
};

function token(roles: readonly string[], resource = GRAPH_RESOURCE, key = 'tenant'): string {
  const claims = {
    resource,
    clientId: 'x',
    upn: 'admin@corp.onmicrosoft.com',
    amr: ['pwd'],
    roles,
  };
  const input = accessTokenInput(claims, TENANT_ID, NOW);
  return compactJws(input, sign(key, input, 'RS256'));
}

const ADMIN = token([GLOBAL_ADMINISTRATOR]);

function put(domain: KerberosDomain, before: Tenant = tenantWith(), bearer = ADMIN) {
  return saidToRequest(kerberosDomainRequest('PUT', domain.domainDnsName, bearer, domain), before);
}

function errorOf(json: Parameters<typeof objectField>[0]): string | undefined {
  const error = objectField(json, 'error');
  return error === undefined ? undefined : textField(error, 'code');
}

s('what was put is what tickets are issued with, and is shown without its key', () => {
  const { response, tenant } = put(CORP);
  assert.is(response.status, 200);
  assert.equal(kerberosDomainOf(tenant, 'CORP.EXAMPLE'), CORP);
  const shown = saidToRequest(kerberosDomainRequest('GET', 'Corp.Example', ADMIN), tenant);
  const { key: _, ...rest } = CORP;
  assert.equal(readShownKerberosDomain(shown.response.body), { ok: true, domain: rest });
  assert.not.ok('key' in shown.json);
  assert.is(shown.tenant, tenant);
});

s('the next key takes the place of the one before, other domains stay', () => {
  const other = { ...CORP, domainDnsName: 'sales.corp.example', id: 5, secondaryKrbTgtNumber: 5 };
  const first = put(other, put(CORP).tenant).tenant;
  const rotated = { ...CORP, keyVersion: 212_621, key: new Uint8Array(32).fill(8) };
  const { tenant } = put({ ...rotated, domainDnsName: 'CORP.EXAMPLE' }, first);
  assert.is(tenant.kerberosDomains?.length, 2);
  assert.is(kerberosDomainOf(tenant, 'corp.example')?.keyVersion, 212_621);
  assert.equal(kerberosDomainOf(tenant, 'sales.corp.example'), other);
});

s('removed, it is gone, and cannot be removed again', () => {
  const remove = kerberosDomainRequest('DELETE', 'corp.example', ADMIN);
  const once = saidToRequest(remove, put(CORP).tenant);
  assert.is(once.response.status, 204);
  assert.is(kerberosDomainOf(once.tenant, 'corp.example'), undefined);
  const again = saidToRequest(remove, once.tenant);
  assert.is(again.response.status, 404);
  assert.is(errorOf(again.json), 'Request_ResourceNotFound');
});

s('Hybrid Identity Administrators may too, others may not', () => {
  assert.is(put(CORP, tenantWith(), token([HYBRID_IDENTITY_ADMINISTRATOR])).response.status, 200);
  for (const [bearer, status, code] of [
    [token([]), 403, 'Authorization_RequestDenied'],
    [token([SYNCHRONIZATION_ROLE]), 403, 'Authorization_RequestDenied'],
    [token([GLOBAL_ADMINISTRATOR], REGISTRATION_RESOURCE), 401, 'InvalidAuthenticationToken'],
    [token([GLOBAL_ADMINISTRATOR], GRAPH_RESOURCE, 'laptop'), 401, 'InvalidAuthenticationToken'],
    ['', 401, 'InvalidAuthenticationToken'],
  ] as const) {
    const before = tenantWith();
    const { response, json, tenant } = put(CORP, before, bearer);
    assert.is(response.status, status);
    assert.is(errorOf(json), code);
    assert.is(tenant, before);
  }
});

const raw = (fields: Readonly<Record<string, unknown>>, name = 'corp.example') => {
  const headers = { Authorization: `Bearer ${ADMIN}`, 'Content-Type': 'application/json' };
  const whole = { ...JSON_FIELDS, ...fields };
  const body = utf8(JSON.stringify(whole));
  return saidToRequest(
    request('PUT', 'graph.microsoft.com', kerberosDomainPath(name), headers, body),
    tenantWith(),
  );
};
const JSON_FIELDS = {
  ...CORP,
  key: toBase64(CORP.key),
  keyUpdatedOn: new Date(NOW).toISOString(),
};

s('every field has to be there, and be what it can be', () => {
  assert.is(raw({}).response.status, 200);
  for (const fields of [
    { id: 0 },
    { id: '17530' },
    { secondaryKrbTgtNumber: 65_536 },
    { secondaryKrbTgtNumber: 1.5 },
    { keyVersion: 0 },
    { keyVersion: 2 ** 32 },
    { domainDnsName: 'corp' },
    { domainDnsName: 'other.example' },
    { netBiosName: '' },
    { domainSid: 'S-1-5-32' },
    { key: 'AAAA' },
    { key: '*' },
    { keyUpdatedOn: 'yesterday' },
    { key: undefined },
    { id: undefined },
  ]) {
    const { response, json } = raw(fields);
    assert.is(response.status, 400, JSON.stringify(fields));
    assert.is(errorOf(json), 'Request_BadRequest');
  }
});

s('whatever comes as a body, the answer is 400 and the tenant what it was', () => {
  const headers = { Authorization: `Bearer ${ADMIN}` };
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      const before = tenantWith();
      const path = kerberosDomainPath('corp.example');
      const asked = request('PUT', 'graph.microsoft.com', path, headers, utf8(text));
      const { response, json, tenant } = saidToRequest(asked, before);
      assert.is(response.status, 400);
      assert.is(errorOf(json), 'Request_BadRequest');
      assert.is(tenant, before);
    }),
    { numRuns: 50 },
  );
});

s('there is an end to how many a tenant has', () => {
  const many = Array.from({ length: 1_000 }, (_, i) => ({
    ...CORP,
    domainDnsName: `d${i}.example`,
  }));
  const full = { ...tenantWith(), kerberosDomains: many };
  const { response, json } = put(CORP, full);
  assert.is(response.status, 403);
  assert.is(errorOf(json), 'Directory_QuotaExceeded');
  // One that it has is still renewed.
  assert.is(put({ ...CORP, domainDnsName: 'd7.example' }, full).response.status, 200);
});

s.run();
