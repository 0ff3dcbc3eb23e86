import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SMALLEST, type SmallWorldOptions, smallWorld } from './small-world.ts';

const TENANT = { role: 'entra-tenant', realm: 'CORP.EXAMPLE' } as const;
const { dc1, alice } = SMALLEST;
const CAST = { dc1, entra: TENANT, alice };

interface Told {
  readonly command: string;
  readonly as: string;
  readonly result: string;
  readonly shown?: readonly string[];
  readonly reason?: string;
}

interface CloudSide {
  readonly id: number;
  readonly domainDnsName: string;
  readonly keyVersion: number;
}

type Line = string | { readonly as: string; readonly runs: string };
const MINUTE = 60_000;
const SET = 'Set-AzureADKerberosServer';
const ROTATE = 'Set-AzureADKerberosServer -RotateServerKey';
const GET = 'Get-AzureADKerberosServer';
const REMOVE = 'Remove-AzureADKerberosServer';

/** Runs the lines a minute apart. */
async function ran(
  lines: readonly Line[],
  cast: Parameters<typeof smallWorld>[0] = CAST,
  options: SmallWorldOptions = {},
) {
  const small = smallWorld(cast, options);
  lines.forEach((line, i) => {
    const said = typeof line === 'string' ? { as: 'Administrator', runs: line } : line;
    small.command('dc1', 'runs', said, i * MINUTE);
  });
  await small.world.run(lines.length * MINUTE);
  const { outcomes } = small.world.view('dc1') as unknown as { outcomes: readonly Told[] };
  const tenant = 'entra' in cast ? small.world.view('entra') : { kerberosDomains: [] };
  const { kerberosDomains: cloud } = tenant as unknown as { kerberosDomains: readonly CloudSide[] };
  return { small, outcomes, cloud };
}

const results = (outcomes: readonly Told[]): readonly string[] =>
  outcomes.map(({ result }) => result);

/** What Get- printed, by name. */
function fieldsOf(told: Told | undefined): Readonly<Record<string, string>> {
  const pairs = (told?.shown ?? []).map((line) => {
    const [, name = '', value = ''] = /^(\S+) +: ?(.*)$/.exec(line) ?? [];
    return [name, value] as const;
  });
  return Object.fromEntries(pairs);
}

const s = suite('actors/kerberos-server-cmdlets');

s('Set- makes both sides, and Get- shows that they agree', async () => {
  const { outcomes, cloud, small } = await ran([GET, SET, GET]);
  assert.equal(results(outcomes), ['success', 'success', 'success']);
  assert.is(fieldsOf(outcomes[0]).Id, '');
  const fields = fieldsOf(outcomes[2]);
  assert.equal(Object.keys(fields), [
    'Id',
    'UserAccount',
    'ComputerAccount',
    'DisplayName',
    'DomainDnsName',
    'KeyVersion',
    'KeyUpdatedOn',
    'KeyUpdatedFrom',
    'CloudDisplayName',
    'CloudDomainDnsName',
    'CloudId',
    'CloudKeyVersion',
    'CloudKeyUpdatedOn',
    'CloudTrustDisplay',
  ]);
  assert.is(fields.UserAccount, 'CN=krbtgt_AzureAD,CN=Users,DC=corp,DC=example');
  assert.is(fields.ComputerAccount, 'CN=AzureADKerberos,OU=Domain Controllers,DC=corp,DC=example');
  assert.is(fields.DisplayName, `krbtgt_${fields.Id}`);
  assert.is(fields.CloudDisplayName, fields.DisplayName);
  assert.is(fields.CloudId, fields.Id);
  assert.is(fields.CloudKeyVersion, '2');
  assert.is(fields.KeyVersion, '2');
  assert.is(fields.KeyUpdatedOn, '3/2/2026 8:01:00 AM');
  assert.is(fields.CloudKeyUpdatedOn, fields.KeyUpdatedOn);
  assert.is(fields.KeyUpdatedFrom, 'dc1.corp.example');
  assert.is(outcomes[2]?.reason, undefined);
  assert.is(cloud.length, 1);
  assert.is(String(cloud[0]?.id), fields.Id);
  const messages = small.sent();
  assert.ok(messages.includes('dc1 token-request'));
  assert.ok(messages.includes('dc1 kerberos-domain-request'));
  assert.ok(messages.includes('entra kerberos-domain-response'));
});

s('-RotateServerKey gives both a new version', async () => {
  const kerberos = { keyVersion: 192_272, secondaryKrbTgtNumber: 17_530 };
  const cast = { ...CAST, entra: { ...TENANT, kerberos } };
  const { outcomes, cloud } = await ran([GET, ROTATE, GET], cast);
  const before = fieldsOf(outcomes[0]);
  assert.is(before.KeyVersion, '192272');
  assert.is(before.CloudKeyVersion, '192272');
  assert.is(before.KeyUpdatedOn, before.CloudKeyUpdatedOn);
  assert.is(before.Id, '17530');
  assert.is(outcomes[0]?.reason, undefined);
  const after = fieldsOf(outcomes[2]);
  assert.is(after.KeyVersion, '192273');
  assert.is(after.CloudKeyVersion, '192273');
  assert.is(after.Id, '17530');
  assert.equal(
    cloud.map(({ keyVersion }) => keyVersion),
    [192_273],
  );
});

s('a key that another tool rotates is not the tenant’s any more, until Set- is run', async () => {
  const cast = { ...CAST, entra: { ...TENANT, kerberos: true } };
  const small = smallWorld(cast);
  const said = { as: 'Administrator' };
  small.world.deliver('dc1', {
    kind: 'commanded',
    verb: 'resets',
    args: { ...said, resets: 'krbtgt_AzureAD', password: { secret: 'Passw0rd!', from: 'test' } },
  });
  [GET, SET, GET].forEach((runs, i) => {
    small.command('dc1', 'runs', { ...said, runs }, (i + 1) * MINUTE);
  });
  await small.world.run(4 * MINUTE);
  const { outcomes } = small.world.view('dc1') as unknown as { outcomes: readonly Told[] };
  assert.equal(results(outcomes), ['success', 'success', 'success', 'success']);
  const apart = fieldsOf(outcomes[1]);
  assert.is(apart.KeyVersion, '3');
  assert.is(apart.CloudKeyVersion, '2');
  assert.match(outcomes[1]?.reason ?? '', /do not agree/);
  const again = fieldsOf(outcomes[3]);
  assert.is(again.KeyVersion, '3');
  assert.is(again.CloudKeyVersion, '3');
  assert.is(outcomes[3]?.reason, undefined);
});

s('Remove- takes both sides away, and does not mind that they are gone', async () => {
  const { outcomes, cloud } = await ran([SET, REMOVE, GET, REMOVE]);
  assert.equal(results(outcomes), ['success', 'success', 'success', 'success']);
  assert.equal(cloud, []);
  const fields = fieldsOf(outcomes[2]);
  assert.is(fields.Id, '');
  assert.is(fields.CloudId, '');
});

s('a tenant that is not reached is not told, and the two sides are apart', async () => {
  const outage = { kind: 'outage', link: ['dc1', 'entra'], at: 0 } as const;
  const { outcomes, cloud } = await ran([SET, GET], CAST, { faults: [outage] });
  assert.equal(results(outcomes), ['unreachable', 'unreachable']);
  assert.match(outcomes[0]?.reason ?? '', /key version 2, which the tenant was not told/);
  assert.equal(cloud, []);
  const fields = fieldsOf(outcomes[1]);
  assert.is(fields.KeyVersion, '2');
  assert.is(fields.CloudKeyVersion, '');
});

s('who is no administrator in the directory changes neither side', async () => {
  for (const runs of [SET, ROTATE]) {
    const { outcomes, cloud, small } = await ran([{ as: 'alice', runs }, GET]);
    assert.is(outcomes[0]?.result, 'insufficientAccessRights');
    assert.equal(cloud, []);
    assert.is(fieldsOf(outcomes[1]).Id, '');
    // The first has asked nobody: these are Get-'s.
    const asked = small.sent().filter((message) => message === 'dc1 token-request');
    assert.is(asked.length, 1);
  }
});

s('who is no administrator in the tenant leaves the two sides apart', async () => {
  const line = `${SET} -UserPrincipalName alice@corp.example`;
  const { outcomes, cloud } = await ran([line, GET]);
  assert.is(outcomes[0]?.result, 'Authorization_RequestDenied');
  assert.match(outcomes[0]?.reason ?? '', /neither Global nor Hybrid Identity Administrator/);
  assert.match(outcomes[0]?.reason ?? '', /which the tenant was not told/);
  assert.equal(cloud, []);
  assert.is(fieldsOf(outcomes[1]).KeyVersion, '2');
  assert.match(outcomes[1]?.reason ?? '', /do not agree/);
});

s('a sign-in that the tenant refuses has Entra’s number', async () => {
  const disabled = { ...alice, userAccountControl: ['ACCOUNTDISABLE'] };
  const line = `${SET} -UserPrincipalName alice@corp.example`;
  const { outcomes } = await ran([line], { ...CAST, alice: disabled });
  assert.is(outcomes[0]?.result, 'AADSTS50057');
});

s('what is no command line of theirs is told', async () => {
  const { outcomes } = await ran([
    `${GET} -RotateServerKey`,
    `${SET} -Domain`,
    `${SET} -Domain other.example`,
    `${SET} -UserPrincipalName nobody@corp.example`,
    `set-azureadkerberosserver -domain "CORP.example" -rotateserverkey`,
    { as: 'nobody', runs: SET },
  ]);
  assert.equal(results(outcomes), ['usage', 'usage', 'usage', 'usage', 'success', 'usage']);
});

s('without a tenant there is nothing to set up', async () => {
  const { outcomes } = await ran([SET], { dc1, alice });
  assert.is(outcomes[0]?.result, 'usage');
  assert.match(outcomes[0]?.reason ?? '', /no tenant/);
});

s.run();
