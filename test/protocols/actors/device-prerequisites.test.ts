import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keptIn } from '../../../protocols/actors/device-store.ts';
import type { DeviceEvent } from '../../../protocols/hello/event-log.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { SMALLEST, type SmallWorld, START, smallWorld } from './small-world.ts';

const s = suite('device-prerequisites');

const MINUTE = 60_000;
const QUIET = { ...SMALLEST.laptop, signsInAtStart: false, join: 'hybrid' } as const;

type Laptop = Readonly<Record<string, unknown>>;

function world(laptop: Laptop): SmallWorld {
  const small = smallWorld({ ...SMALLEST, laptop: { ...QUIET, ...laptop } as typeof QUIET });
  small.command('alice', 'enters', { enters: 'password', value: 'Passw0rd!', on: 'laptop' });
  return small;
}

/** The event log as it would be read after a loss of power. */
function logOf(small: SmallWorld): readonly DeviceEvent[] {
  const store = memoryStore();
  for (const { actor, effects } of small.steps) {
    if (actor !== 'laptop') continue;
    for (const effect of effects) if (effect.kind === 'write') store.write(effect.batch);
  }
  return keptIn(store).events;
}

s('are checked by the device itself as soon as somebody has signed in', async () => {
  const small = world({});
  await small.world.run();
  const [event, ...others] = logOf(small);
  assert.equal(others, []);
  assert.is(event?.id, 358);
  assert.is(event?.user, 'alice');
  assert.is(event?.record, 1);
  assert.ok((event?.time ?? 0) > START);
  assert.match(event?.text ?? '', /^Windows Hello for Business provisioning will be launched\.\n/);
});

s('who was asked is not checked again; the next session is', async () => {
  const small = world({});
  const args = { provisions: 'hello', value: '123456', on: 'laptop' };
  small.command('alice', 'provisions', args, MINUTE);
  small.command('laptop', 'signsOut', { signsOut: 'user' }, 2 * MINUTE);
  const password = { enters: 'password', value: 'Passw0rd!', on: 'laptop' };
  small.command('alice', 'enters', password, 3 * MINUTE);
  await small.world.run();
  assert.match(small.causes().join(), /the PIN is too simple/);
  assert.equal(
    logOf(small).map(({ id, record }) => [id, record]),
    [
      [358, 1],
      [358, 2],
    ],
  );
});

s('whom nobody may ask after a sign-in can still set Hello up', async () => {
  const small = world({ helloPolicy: { DisablePostLogonProvisioning: true } });
  const args = { provisions: 'hello', value: '135791', on: 'laptop' };
  small.command('alice', 'provisions', args, MINUTE);
  await small.world.run();
  assert.equal(small.causes(), []);
  const [first, second] = logOf(small);
  assert.is(first?.id, 360);
  assert.is(first?.level, 'Warning');
  assert.is(second?.id, 358);
  const view = small.world.view('laptop') as { readonly hello?: Readonly<Record<string, object>> };
  assert.ok(view.hello?.alice);
});

s('cloud Kerberos trust wants a partial ticket first, and a user in vain', async () => {
  const small = world({ helloPolicy: { UseCloudTrustForOnPremAuth: true } });
  const args = { provisions: 'hello', value: '135791', on: 'laptop' };
  small.command('alice', 'provisions', args, MINUTE);
  await small.world.run();
  assert.match(small.causes().join(), /event 360: .*User account has Cloud TGT: No/);
  assert.equal(
    logOf(small).map(({ id }) => id),
    [360, 360],
  );
});

s('nobody is asked who has a container, nor on a computer that only the domain knows', async () => {
  for (const laptop of [
    { hello: { alice: { pin: '135791', trust: 'key' } } },
    { join: 'domain' },
  ]) {
    const small = world(laptop);
    await small.world.run();
    assert.is(small.world.stateName('laptop'), 'signedIn');
    assert.equal(logOf(small), []);
  }
});

s.run();
