import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CloudApCache } from '../../../protocols/actors/device-cloud-state.ts';
import { keptIn } from '../../../protocols/actors/device-store.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import {
  SMALLEST,
  type SmallWorld,
  type SmallWorldOptions,
  START,
  smallWorld,
} from './small-world.ts';

const s = suite('device-cloud-sign-in');

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PIN = '135791';

const LAPTOP = {
  ...SMALLEST.laptop,
  signsInAtStart: false,
  join: 'hybrid',
  helloPolicy: { UseCloudTrustForOnPremAuth: true },
  hello: { alice: { pin: PIN } },
} as const;

interface Changes {
  readonly tenant?: object;
  readonly laptop?: object;
  readonly alice?: object;
  readonly options?: SmallWorldOptions;
}

function world({ tenant = {}, laptop = {}, alice = {}, options = {} }: Changes = {}): SmallWorld {
  return smallWorld(
    {
      ...SMALLEST,
      tenant: { role: 'entra-tenant', realm: 'CORP.EXAMPLE', kerberos: true, ...tenant },
      alice: { ...SMALLEST.alice, ...alice },
      laptop: { ...LAPTOP, ...laptop } as typeof LAPTOP,
    },
    options,
  );
}

function pin(small: SmallWorld, at = 0): void {
  small.command('alice', 'enters', { enters: 'pin', value: PIN, on: 'laptop' }, at);
}

function does(small: SmallWorld, at: number, verb: string, what: string): void {
  small.command('laptop', verb, { [verb]: what }, at);
}

/** Alice's cache as it would be read after a loss of power. */
function cacheOf(small: SmallWorld): CloudApCache | undefined {
  const store = memoryStore();
  for (const { actor, effects } of small.steps) {
    if (actor !== 'laptop') continue;
    for (const effect of effects) if (effect.kind === 'write') store.write(effect.batch);
  }
  return keptIn(store).cloud.alice;
}

interface View {
  readonly identity?: { readonly name: string; readonly groups: readonly string[] };
  readonly tickets?: readonly object[];
  readonly ntHash?: string;
  readonly cloudAp?: Readonly<Record<string, string>>;
}

const viewOf = (small: SmallWorld) => small.world.view('laptop') as View;

const stateOf = (small: SmallWorld): string => small.world.stateName('laptop');

const down = (peer: string, at: number, ms: number) =>
  ({ kind: 'outage', link: ['laptop', peer], at, ms }) as const;

s(
  'the partial ticket becomes a full one with the groups of the directory, and the NT hash comes',
  async () => {
    const small = world();
    pin(small);
    await small.world.run();
    assert.equal(small.causes(), []);
    const { identity, ntHash, cloudAp } = viewOf(small);
    assert.is(identity?.name, 'CORP\\alice');
    assert.ok((identity?.groups.length ?? 0) > 0);
    assert.is(ntHash, 'from a key list');
    assert.equal(
      [cloudAp?.azureAdPrt, cloudAp?.onPremTgt, cloudAp?.cloudTgt],
      ['YES', 'YES', 'YES'],
    );
    const cache = cacheOf(small);
    assert.is(cache?.upn, 'alice@corp.example');
    assert.is(cache?.tgtAd?.kind, 'ticket');
    assert.is(cache?.tgtCloud?.kind, 'ticket');
    assert.is(cache?.cachedLogon?.identity.name, 'CORP\\alice');
  },
);

s('who may not have partial tickets exchanged stays outside', async () => {
  const small = world({ alice: { groups: ['Domain Admins'] } });
  pin(small);
  await small.world.run();
  assert.is(stateOf(small), 'signedOut');
  assert.match(
    small.causes().join('\n'),
    /no full ticket for the partial one .*KDC_ERR_TGT_REVOKED/,
  );
});

s(
  'where Entra Kerberos is not set up, key trust is tried, if the domain knows the key',
  async () => {
    const small = world({ tenant: { kerberos: false } });
    pin(small);
    await small.world.run();
    assert.is(stateOf(small), 'signedOut');
    const notes = small.steps.flatMap(({ effects }) =>
      effects.flatMap((effect) => (effect.kind === 'note' ? [effect.text] : [])),
    );
    assert.match(notes.join('\n'), /primary refresh token until .*Entra gave no partial ticket/);
  },
);

s('a cached sign-in needs nobody, after a restart too, but the same key', async () => {
  const cut = [down('tenant', 2 * MINUTE, HOUR), down('dc1', 2 * MINUTE, HOUR)];
  const small = world({ options: { faults: cut } });
  pin(small);
  does(small, 3 * MINUTE, 'restarts', 'device');
  pin(small, 4 * MINUTE);
  await small.world.run();
  assert.is(stateOf(small), 'signedIn');
  const { tickets, identity } = viewOf(small);
  assert.equal(tickets, []);
  assert.is(identity?.name, 'CORP\\alice');
});

s('without a first sign-in there is nothing to sign in by when nobody is in sight', async () => {
  for (const peer of ['tenant', 'dc1']) {
    const small = world({ options: { faults: [down(peer, 0, HOUR)] } });
    pin(small);
    await small.world.run();
    assert.is(stateOf(small), 'signedOut', peer);
    assert.match(small.causes().join('\n'), /there is no cached sign-in/);
  }
});

s('what Entra refuses is kept for who asks why', async () => {
  const small = world();
  small.command('tenant', 'disables', { disables: 'laptop' });
  pin(small, MINUTE);
  await small.world.run();
  assert.is(stateOf(small), 'signedOut');
  const failed = cacheOf(small)?.failed;
  assert.is(failed?.wanted, 'Acquire');
  assert.is(failed?.credentialType, 'NGC');
  assert.match(failed?.serverErrorCode ?? '', /^AADSTS\d+$/);
  assert.match(small.causes().join('\n'), /no primary refresh token of Entra/);
});

s('a token that is hours old is renewed when the screen is unlocked', async () => {
  const small = world();
  pin(small);
  does(small, 5 * HOUR, 'locks', 'session');
  pin(small, 5 * HOUR + MINUTE);
  await small.world.run();
  assert.is(stateOf(small), 'signedIn');
  const cache = cacheOf(small);
  assert.ok((cache?.prt?.issued ?? 0) > START + 5 * HOUR, `${cache?.prt?.issued}`);
  assert.is(cache?.tgtAd?.kind, 'ticket');
  assert.is(cache?.failed, undefined);
});

s(
  'joined to Entra alone: a password or a PIN is enough, Active Directory is not asked',
  async () => {
    const small = world({ laptop: { join: 'entra' }, options: { faults: [down('dc1', 0, HOUR)] } });
    pin(small);
    does(small, MINUTE, 'signsOut', 'user');
    const password = { enters: 'password', value: 'Passw0rd!', on: 'laptop' };
    small.command('alice', 'enters', password, 2 * MINUTE);
    await small.world.run();
    assert.is(stateOf(small), 'signedIn');
    const { tickets, identity } = viewOf(small);
    assert.equal([identity?.name, tickets], ['AzureAD\\alice', []]);
  },
);

s.run();
