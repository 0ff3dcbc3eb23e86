import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEVICES_PATH } from '../../../protocols/entra/synchronization.ts';
import { type Licence, type Tenant, withExported } from '../../../protocols/entra/tenant.ts';
import {
  isFederated,
  nameInTenant,
  type TenantDomain,
} from '../../../protocols/entra/tenant-domains.ts';
import {
  CONNECT_CLIENT_ID,
  GRAPH_RESOURCE,
  PROVISIONING_CLIENT_ID,
  tokenForm,
} from '../../../protocols/entra/token.ts';
import { request } from '../../../protocols/http/messages.ts';
import { helloProof, PASSWORD, prtAsked, tenantWithKeys, tokenPost } from './prt-of-tests.ts';
import { ALICE, ALICE_PASSWORD, SYNC, saidToRequest, tenantWith } from './tenant-of-tests.ts';

const s = suite('entra/tenant-domains');

const CORP: TenantDomain = { name: 'corp.example', verified: true, authentication: 'managed' };
const initialDomain = 'corp.onmicrosoft.com';
const named = (changes: Partial<TenantDomain>, name: string) =>
  nameInTenant({ domains: [{ ...CORP, ...changes }], initialDomain }, name);

s('a suffix that was not verified gives way to the tenant’s own', () => {
  assert.is(named({}, ALICE), ALICE);
  assert.is(named({ verified: false }, 'Alice@CORP.example'), 'Alice@corp.onmicrosoft.com');
  assert.is(named({ verified: false }, 'alice@sales.corp.example'), 'alice@sales.corp.example');
  assert.is(nameInTenant({}, ALICE), ALICE);
});

s('a cycle brings users by the names that they may have', () => {
  const domains = [{ ...CORP, verified: false }];
  const before: Tenant = { users: [], devices: [], keys: [], domains, initialDomain };
  const { tenant, refused } = withExported(before, [
    {
      userPrincipalName: ALICE,
      onPremisesSecurityIdentifier: 'S-1-5-21-1-2-3-1103',
      onPremisesImmutableId: 'AAAA',
      onPremisesSamAccountName: 'alice',
      accountEnabled: true,
    },
  ]);
  assert.equal(refused, []);
  assert.equal(
    tenant.users.map(({ userPrincipalName }) => userPrincipalName),
    ['alice@corp.onmicrosoft.com'],
  );
});

const withDomain = (changes: Partial<TenantDomain>): Tenant => ({
  ...tenantWithKeys(),
  domains: [{ ...CORP, ...changes }],
});

s('passwords of a federated domain are not for Entra to check, Hello keys are', () => {
  const federated = withDomain({ authentication: 'federated' });
  assert.ok(isFederated(federated, ALICE));
  assert.not(isFederated(withDomain({ authentication: 'federated', verified: false }), ALICE));
  assert.not(isFederated(withDomain({}), ALICE));
  const { response, json, cause } = prtAsked(federated, PASSWORD);
  assert.is(response.status, 400);
  assert.equal(json.error_codes, [50_126]);
  assert.match(cause ?? '', 'is federated');
  assert.is(prtAsked(federated, helloProof).response.status, 200);
  const form = tokenForm({
    clientId: PROVISIONING_CLIENT_ID,
    resource: GRAPH_RESOURCE,
    username: ALICE,
    password: ALICE_PASSWORD,
    freshMfa: false,
  });
  assert.equal(saidToRequest(tokenPost(form), federated).json.error_codes, [50_126]);
  assert.is(saidToRequest(tokenPost(form), withDomain({})).response.status, 200);
});

s('devices are written back for who has bought P1', () => {
  const status = (licence: Licence): number => {
    const tenant = { ...tenantWith(), licence };
    const asked = { ...SYNC, clientId: CONNECT_CLIENT_ID, resource: GRAPH_RESOURCE };
    const { json } = saidToRequest(tokenPost(tokenForm({ ...asked, freshMfa: false })), tenant);
    const fields = { Authorization: `Bearer ${json.access_token}` };
    return saidToRequest(request('GET', 'graph', DEVICES_PATH, fields), tenant).response.status;
  };
  assert.equal([status('none'), status('P1'), status('P2')], [403, 200, 200]);
});

s.run();
