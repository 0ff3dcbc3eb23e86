import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  KeyCredentialEntry,
  keyCredentialEntry,
  readKeyCredential,
} from '../../../protocols/directory/key-credential.ts';
import { readDnBinary } from '../../../protocols/directory/key-credential-value.ts';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';
import { SMALLEST, smallWorld } from './small-world.ts';

const s = suite('actors/entra-connect');

const MINUTE = 60_000;

const CAST = {
  dc1: SMALLEST.dc1,
  alice: SMALLEST.alice,
  bob: { role: 'user', realm: 'CORP.EXAMPLE', password: 'Passw0rd!', groups: ['Domain Admins'] },
  laptop: {
    role: 'device',
    realm: 'CORP.EXAMPLE',
    join: 'hybrid',
    deviceId: '6b1d4a0c-9c0e-4f3a-8f6e-2b7c1d5e9a10',
    hello: { alice: { pin: '483917', registered: false } },
  },
  entra: { role: 'entra-tenant', realm: 'CORP.EXAMPLE' },
  connect: { role: 'entra-connect', realm: 'CORP.EXAMPLE', tenant: 'entra' },
};

interface Outcome {
  readonly result: string;
  readonly shown?: readonly string[];
}
type Small = ReturnType<typeof smallWorld>;

function reads(small: Small, object: string, attribute: string, at: number, as = 'Administrator') {
  small.command('dc1', 'reads', { reads: object, attribute, as }, at);
}

function outcomes(small: Small): readonly Outcome[] {
  return (small.world.view('dc1') as unknown as { outcomes: readonly Outcome[] }).outcomes;
}

const connected = (small: Small) =>
  small.world.view('connect') as unknown as { cycles: number; outcomes: readonly string[] };

s('a key reaches Active Directory with the cycle, and not before', async () => {
  const small = smallWorld(CAST);
  for (const at of [29 * MINUTE, 31 * MINUTE]) {
    reads(small, 'alice', 'msDS-KeyCredentialLink', at);
  }
  await small.world.run();
  const [before, then] = outcomes(small).map(({ shown }) => shown ?? []);
  assert.equal(before, []);
  assert.is(then?.length, 1);
  const value = readDnBinary(then?.[0] ?? '');
  assert.is(value?.dn, 'CN=alice,CN=Users,DC=corp,DC=example');
  const blob = readKeyCredential(value?.blob ?? new Uint8Array(0));
  if (!blob.ok) throw new Error(blob.reason);
  // As in the sequence of the reference: 414 octets, KeySource 1, DeviceId, times of DateTime.ToBinary.
  assert.is(value?.blob.length, 414);
  const entry = (id: number): string =>
    toHex(keyCredentialEntry(blob.value, id) ?? new Uint8Array(0));
  assert.is(entry(KeyCredentialEntry.KeyUsage), '01');
  assert.is(entry(KeyCredentialEntry.KeySource), '01');
  assert.is(entry(KeyCredentialEntry.DeviceId), '0c4a1d6b0e9c3a4f8f6e2b7c1d5e9a10');
  assert.is(entry(KeyCredentialEntry.CustomKeyInformation), '0100');
  assert.is((fromHex(entry(KeyCredentialEntry.KeyCreationTime))[7] as number) >> 6, 1);
  assert.equal(connected(small).outcomes, ['cycle 1: alice: 1 key added']);
  assert.equal(small.causes(), []);
});

s('a cycle by hand comes at once; what the tenant has no more is taken out again', async () => {
  const small = smallWorld(CAST);
  small.command('connect', 'syncs', { syncs: 'now' }, MINUTE);
  small.command('connect', 'syncs', { syncs: 'now' }, MINUTE + 1);
  reads(small, 'alice', 'msDS-KeyCredentialLink', 2 * MINUTE);
  small.command('entra', 'removesKeys', { removesKeys: 'alice' }, 3 * MINUTE);
  reads(small, 'alice', 'msDS-KeyCredentialLink', 29 * MINUTE);
  reads(small, 'alice', 'msDS-KeyCredentialLink', 31 * MINUTE);
  await small.world.run();
  assert.equal(
    outcomes(small).map(({ shown }) => shown?.length),
    [1, 1, 0],
  );
  assert.equal(connected(small).outcomes, [
    'cycle 1: alice: 1 key added',
    'cycle 2: alice: 1 key removed',
  ]);
});

s('what others wrote stays, and a cycle without news writes nothing', async () => {
  const small = smallWorld({
    ...CAST,
    laptop: { ...CAST.laptop, hello: {} },
    connect: { ...CAST.connect, syncInterval: '10m', firstSync: '1m' },
  });
  const value = `B:8:00020000:CN=alice,CN=Users,DC=corp,DC=example`;
  const attributes = { 'msDS-KeyCredentialLink': value };
  small.command('dc1', 'sets', { sets: 'alice', attributes, as: 'Administrator' }, 1);
  reads(small, 'alice', 'msDS-KeyCredentialLink', 12 * MINUTE);
  await small.world.run();
  assert.equal(outcomes(small)[1]?.shown, [value]);
  assert.equal(connected(small).outcomes, [
    'cycle 1: nothing to write',
    'cycle 2: nothing to write',
  ]);
});

s('users of the directory come to the tenant', async () => {
  const small = smallWorld(CAST);
  const creates = { creates: 'carol', objectClass: 'user', as: 'Administrator' };
  small.command('dc1', 'creates', creates, 1);
  small.command('connect', 'syncs', { syncs: 'now' }, MINUTE);
  await small.world.run();
  const { users } = small.world.view('entra') as unknown as {
    users: readonly { userPrincipalName: string; accountEnabled: boolean }[];
  };
  const carol = users.find(({ userPrincipalName }) => userPrincipalName === 'carol@corp.example');
  assert.ok(carol !== undefined);
  assert.is(users.filter(({ userPrincipalName }) => /^alice@/.test(userPrincipalName)).length, 1);
});

s(
  'without the right to write keys, and for whom SDProp protects, the refusal is told',
  async () => {
    const rightless = smallWorld({ ...CAST, connect: { ...CAST.connect, keyAdmins: false } });
    rightless.command('connect', 'syncs', { syncs: 'now' }, MINUTE);
    await rightless.world.run();
    const [cause] = rightless.causes();
    assert.match(cause ?? '', /^not written, alice: 1 key added: insufficientAccessRights \(0000/);
    const guarded = smallWorld({
      ...CAST,
      laptop: { ...CAST.laptop, hello: { bob: { pin: '483917', registered: false } } },
    });
    // SDProp's first turn is after an hour.
    guarded.command('dc1', 'runs', { runs: 'runProtectAdminGroupsTask', as: 'Administrator' }, 1);
    guarded.command('connect', 'syncs', { syncs: 'now' }, MINUTE);
    await guarded.world.run();
    assert.match(
      guarded.causes()[0] ?? '',
      /bob: 1 key added: insufficientAccessRights: .*AdminSDHolder/,
    );
  },
);

s('devices are written back where that is on, and only there', async () => {
  const dn = 'CN=6b1d4a0c-9c0e-4f3a-8f6e-2b7c1d5e9a10,CN=RegisteredDevices';
  const small = smallWorld({ ...CAST, connect: { ...CAST.connect, deviceWriteback: true } });
  small.command('connect', 'syncs', { syncs: 'now' }, MINUTE);
  const attributes = ['altSecurityIdentities', 'msDS-IsEnabled', 'msDS-KeyCredentialLink'];
  for (const name of attributes) reads(small, dn, name, 2 * MINUTE);
  small.command('entra', 'disables', { disables: 'laptop' }, 3 * MINUTE);
  reads(small, dn, 'msDS-IsEnabled', 31 * MINUTE);
  await small.world.run();
  assert.equal(small.causes(), []);
  const [identity, enabled, key, later] = outcomes(small).map(({ shown }) => shown?.[0] ?? '');
  assert.match(identity ?? '', /^X509:<SHA1-TP-PUBKEY>[0-9A-F]{40}\+[A-Za-z0-9+/]{43}=$/);
  assert.is(enabled, 'TRUE');
  assert.is(later, 'FALSE');
  const blob = readKeyCredential(readDnBinary(key ?? '')?.blob ?? new Uint8Array(0));
  assert.is(blob.ok && keyCredentialEntry(blob.value, KeyCredentialEntry.KeyUsage)?.[0], 2);
  const without = smallWorld(CAST);
  without.command('connect', 'syncs', { syncs: 'now' }, MINUTE);
  reads(without, dn, 'cn', 2 * MINUTE);
  await without.world.run();
  assert.is(outcomes(without)[0]?.result, 'usage');
});

s('device write-back is configured from the next cycle on, not in the middle of one', async () => {
  const dn = 'CN=6b1d4a0c-9c0e-4f3a-8f6e-2b7c1d5e9a10,CN=RegisteredDevices';
  const small = smallWorld({ ...CAST, connect: { ...CAST.connect, deviceContainer: true } });
  small.command('connect', 'syncs', { syncs: 'now' }, MINUTE);
  small.command('connect', 'configures', { configures: 'deviceWriteback', to: true }, MINUTE);
  small.command('connect', 'configures', { configures: 'deviceWriteback', to: false }, 31 * MINUTE);
  small.command('entra', 'disables', { disables: 'laptop' }, 32 * MINUTE);
  reads(small, dn, 'msDS-IsEnabled', 29 * MINUTE);
  reads(small, dn, 'msDS-IsEnabled', 61 * MINUTE);
  await small.world.run();
  assert.is(small.causes().length, 1, `${small.causes()}`);
  const [before, after] = outcomes(small);
  assert.is(before?.result, 'usage', 'the cycle that was under way writes no devices');
  assert.equal(after?.shown, ['TRUE'], 'the next one does, and the one after that leaves them');
  assert.equal(
    connected(small).outcomes.map((outcome) => /device/.test(outcome)),
    [false, true, false],
  );
});

s('a cycle that cannot be finished says why, and the next one comes', async () => {
  const small = smallWorld(
    { ...CAST, connect: { ...CAST.connect, syncInterval: '5m' } },
    {
      faults: [{ kind: 'outage', link: ['connect', 'entra'], at: 0, ms: 6 * MINUTE }],
    },
  );
  reads(small, 'alice', 'msDS-KeyCredentialLink', 9 * MINUTE);
  reads(small, 'alice', 'msDS-KeyCredentialLink', 11 * MINUTE);
  await small.world.run();
  assert.equal(
    outcomes(small).map(({ shown }) => shown?.length),
    [0, 1],
  );
  assert.match(small.causes()[0] ?? '', /^the synchronisation cycle ends: entra: /);
});

s.run();
