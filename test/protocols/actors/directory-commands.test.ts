import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Args } from '../../../src/machine/actor.ts';
import { SMALLEST, smallWorld } from './small-world.ts';

const s = suite('directory-commands');

interface Told {
  readonly command: string;
  readonly as: string;
  readonly result: string;
  readonly shown?: readonly string[];
  readonly reason?: string;
}

const KDC = { dc1: SMALLEST.dc1, alice: SMALLEST.alice } as const;

/** What came of commands to a domain controller, one a second. */
async function outcomes(...commands: readonly (readonly [verb: string, args: Args])[]) {
  const small = smallWorld(KDC);
  commands.forEach(([verb, args], i) => {
    small.world.deliver(
      'dc1',
      { kind: 'commanded', verb, args: { as: 'Administrator', ...args } },
      i,
    );
  });
  await small.world.run();
  const { outcomes: all } = small.world.view('dc1') as unknown as { outcomes: readonly Told[] };
  return { all, small };
}

const secret = (text: string) => ({ secret: text, from: 'test' });
const results = (all: readonly Told[]): readonly string[] => all.map(({ result }) => result);

s('an account’s life: made, changed, in a group, renamed, deleted', async () => {
  const { all } = await outcomes(
    [
      'creates',
      {
        creates: 'carol',
        objectClass: 'user',
        password: secret('Passw0rd!'),
        attributes: { displayName: 'Carol' },
      },
    ],
    ['sets', { sets: 'carol', attributes: { userAccountControl: 512, description: ['x'] } }],
    ['adds', { adds: 'carol', to: 'Domain Admins' }],
    ['reads', { reads: 'carol', attribute: 'memberOf' }],
    ['removes', { removes: 'carol', from: 'Domain Admins' }],
    ['reads', { reads: 'carol', attribute: 'memberOf' }],
    ['renames', { renames: 'carol', to: 'Carol Example' }],
    ['reads', { reads: 'carol', attribute: 'distinguishedName' }],
    ['resets', { resets: 'carol', password: secret('Other-Passw0rd') }],
    ['unlocks', { unlocks: 'carol' }],
    ['deletes', { deletes: 'carol' }],
    ['reads', { reads: 'carol', attribute: 'cn' }],
  );
  assert.equal(results(all), [...Array(11).fill('success'), 'usage']);
  assert.equal(all[3]?.shown, ['CN=Domain Admins,CN=Users,DC=corp,DC=example']);
  assert.equal(all[5]?.shown, []);
  assert.equal(all[7]?.shown, ['CN=Carol Example,CN=Users,DC=corp,DC=example']);
  assert.match(all[11]?.reason ?? '', /there is no carol/);
});

s('who has no right is refused as over LDAP, and nothing is written', async () => {
  const { all, small } = await outcomes(
    ['sets', { sets: 'Administrator', attributes: { displayName: 'x' }, as: 'alice' }],
    ['adds', { adds: 'alice', to: 'Domain Admins', as: 'alice' }],
    ['runs', { runs: 'runProtectAdminGroupsTask', as: 'alice' }],
    ['deletes', { deletes: 'krbtgt' }],
    ['sets', { sets: 'alice', attributes: { displayName: 'x' }, as: 'nobody' }],
    ['reads', { reads: 'alice', attribute: 'noSuchAttribute' }],
    ['runs', { runs: 'dsacls "CN=Users,DC=corp' }],
  );
  assert.equal(results(all).slice(0, 3), Array(3).fill('insufficientAccessRights'));
  assert.match(all[0]?.reason ?? '', /SecErr: DSID-\d+, problem 4003 \(INSUFF_ACCESS_RIGHTS\)/);
  assert.is.not(all[3]?.result, 'success');
  assert.equal(results(all).slice(4), ['usage', 'usage', 'usage']);
  const writes = small.steps.slice(1).flatMap(({ effects }) => effects);
  assert.not.ok(writes.some(({ kind }) => kind === 'write'));
  assert.is(small.causes().length, 7, 'each refusal says why');
});

s('a new password’s keys are told, so that a capture can be read', async () => {
  const { small } = await outcomes([
    'resets',
    { resets: 'alice', password: secret('N3w-Passw0rd') },
  ]);
  const keyed = small.steps
    .slice(1)
    .flatMap(({ effects }) => effects.filter(({ kind }) => kind === 'keyed'));
  const [first] = keyed;
  assert.is(keyed.length, 1);
  if (first?.kind !== 'keyed') return;
  assert.ok(
    first.keys.some(({ principal, kvno }) => principal === 'alice@CORP.EXAMPLE' && kvno === 3),
  );
});

s('dsacls shows and grants; objects are found by DNs with and without the domain', async () => {
  const { all } = await outcomes(
    [
      'runs',
      {
        runs: 'dsacls "CN=alice,CN=Users,DC=corp,DC=example" /G "CORP\\Key Admins:RPWP;displayName"',
      },
    ],
    ['runs', { runs: 'dsacls CN=alice,CN=Users,DC=corp,DC=example' }],
    ['reads', { reads: 'CN=alice,CN=Users', attribute: 'cn' }],
    ['reads', { reads: 'CN=alice,CN=Users,DC=corp,DC=example', attribute: 'cn' }],
  );
  assert.equal(results(all), Array(4).fill('success'));
  assert.ok(all[1]?.shown?.some((line) => line.includes('CORP\\Key Admins')));
  assert.equal([all[2]?.shown, all[3]?.shown], [['alice'], ['alice']]);
});

s.run();
