import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KeyRecord } from '../../../src/machine/actor.ts';
import { SMALLEST, smallWorld } from './small-world.ts';

/** The long-term keys that a domain controller announces when it starts. */
async function keysOf(
  cast: Parameters<typeof smallWorld>[0],
  dc = 'dc1',
  seed = 1,
): Promise<readonly KeyRecord[]> {
  const small = smallWorld(cast, { seed });
  await small.world.run(0);
  return small.steps
    .filter((step) => step.actor === dc)
    .flatMap((step) => step.effects)
    .flatMap((effect) => (effect.kind === 'keyed' ? effect.keys : []));
}

const principals = (keys: readonly KeyRecord[]): readonly string[] => [
  ...new Set(keys.map(({ principal }) => principal)),
];

const cast = suite('realm-cast');

cast('has the accounts of everybody who says to be in the realm', async () => {
  const names = principals(
    await keysOf({
      ...SMALLEST,
      dc1: {
        ...SMALLEST.dc1,
        accounts: { svc: { servicePrincipalName: ['http/web.corp.example'] } },
      },
      stranger: { role: 'user', realm: 'OTHER.EXAMPLE', password: 'x' },
    }),
  );
  for (const name of [
    'krbtgt/CORP.EXAMPLE',
    'DC1$',
    'alice',
    'LAPTOP$',
    'HOST/laptop.corp.example',
    'FILES$',
    'cifs/files.corp.example',
    'svc',
    'http/web.corp.example',
  ]) {
    assert.ok(names.includes(`${name}@CORP.EXAMPLE`), name);
  }
  assert.not.ok(names.some((name) => name.startsWith('stranger')));
});

cast('makes a user’s keys of the password and AD’s salt', async () => {
  const keys = await keysOf({
    dc1: { role: 'domain-controller', realm: 'contoso.com' },
    alice: { role: 'user', realm: 'Contoso.com', password: 'Passw0rd!' },
  });
  const aes = keys.find(({ principal, etype }) => principal.startsWith('alice') && etype === 18);
  // The key of this password and salt as two other programs make it.
  assert.equal(aes, {
    principal: 'alice@CONTOSO.COM',
    kvno: 2,
    etype: 18,
    key: '2ada48d096a783ca0ef4809a6e8978c2686ba752f27a7c712d78b404fb794fde',
    salt: 'CONTOSO.COMalice',
  });
});

cast('draws all other keys from the seed', async () => {
  const once = await keysOf(SMALLEST);
  assert.equal(await keysOf(SMALLEST), once);
  const other = await keysOf(SMALLEST, 'dc1', 2);
  const differing = once.filter((record, i) => record.key !== other[i]?.key);
  assert.is(differing.length, once.filter(({ principal }) => !/^alice@/.test(principal)).length);
});

cast('lets every domain controller of a realm know the same', async () => {
  const two = { ...SMALLEST, dc2: { role: 'domain-controller', realm: 'CORP.EXAMPLE' } } as const;
  // Each names the services of its own computer more fully, and the other one's as an account.
  const shared = (keys: readonly KeyRecord[]) =>
    keys.filter(({ principal }) => !/dc\d|_msdcs|^E3514235-/i.test(principal));
  const keys = shared(await keysOf(two, 'dc1'));
  assert.ok(keys.length > 3);
  assert.equal(shared(await keysOf(two, 'dc2')), keys);
  for (const account of ['DC1$', 'DC2$']) {
    const own = (all: readonly KeyRecord[]) =>
      all.filter(({ principal }) => principal === `${account}@CORP.EXAMPLE`);
    assert.equal(own(await keysOf(two, 'dc2')), own(await keysOf(two, 'dc1')));
  }
  const small = smallWorld(two);
  const sid = (name: string) => (small.world.view(name) as { sid: string }).sid;
  assert.is(sid('dc2'), sid('dc1'));
});

cast('shares a trust’s keys between the realms, whoever declares it', async () => {
  const realms = {
    dc1: {
      role: 'domain-controller',
      realm: 'A.EXAMPLE',
      trusts: [{ with: 'dc2', direction: 'inbound' }],
    },
    dc2: { role: 'domain-controller', realm: 'B.EXAMPLE' },
  } as const;
  const between = (keys: readonly KeyRecord[]): readonly KeyRecord[] =>
    keys.filter(({ principal }) => crosses(principal));
  const here = between(await keysOf(realms, 'dc1'));
  const there = between(await keysOf(realms, 'dc2'));
  assert.equal(principals(here), ['krbtgt/B.EXAMPLE@A.EXAMPLE']);
  assert.equal(there, here);
});

function crosses(principal: string): boolean {
  const [, to, from] = /^krbtgt\/(.*)@(.*)$/.exec(principal) ?? [];
  return to !== from;
}

cast('gives out relative identifiers that nobody else has', async () => {
  const small = smallWorld({
    ...SMALLEST,
    alice: { ...SMALLEST.alice, rid: 1_104 },
    bob: { role: 'user', realm: 'CORP.EXAMPLE', password: 'x', groups: ['finance', 'Sales'] },
  });
  small.command('alice', 'enters', { enters: 'password', value: 'Passw0rd!', on: 'laptop' });
  await small.world.run();
  const { identity } = small.world.view('laptop') as { identity: { sid: string } };
  assert.match(identity.sid, /-1104$/);
  assert.is((small.world.view('dc1') as { accounts: number }).accounts, 6);
});

cast.run();
