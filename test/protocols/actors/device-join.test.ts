import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keptIn } from '../../../protocols/actors/device-store.ts';
import { readCertificate } from '../../../protocols/x509/certificate.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { SMALLEST, type SmallWorld, type SmallWorldOptions, smallWorld } from './small-world.ts';

const s = suite('device-join');

const MINUTE = 60_000;
const PASSWORD = SMALLEST.alice.password;

interface Changes {
  readonly tenant?: object;
  readonly options?: SmallWorldOptions;
}

function world(laptop: object, { tenant = {}, options = {} }: Changes = {}): SmallWorld {
  return smallWorld(
    {
      ...SMALLEST,
      tenant: { role: 'entra-tenant', realm: 'CORP.EXAMPLE', kerberos: true, ...tenant },
      laptop: { ...SMALLEST.laptop, ...laptop } as typeof SMALLEST.laptop,
    },
    options,
  );
}

function joins(small: SmallWorld, at = 0, value: string = PASSWORD): void {
  small.command('alice', 'joins', { joins: 'entra', value, on: 'laptop' }, at);
}

function joinsHybrid(small: SmallWorld, at = 0): void {
  small.command('laptop', 'joins', { joins: 'hybrid' }, at);
}

function signsIn(small: SmallWorld, at: number): void {
  small.command('alice', 'enters', { enters: 'password', value: PASSWORD, on: 'laptop' }, at);
}

/** What would be there after a loss of power. */
function keptBy(small: SmallWorld) {
  const store = memoryStore();
  for (const { actor, effects } of small.steps) {
    if (actor !== 'laptop') continue;
    for (const effect of effects) if (effect.kind === 'write') store.write(effect.batch);
  }
  return keptIn(store);
}

interface View {
  readonly state: string;
  readonly computer: { readonly state: string };
  readonly join?: Readonly<Record<string, string>>;
  readonly cloudAp?: Readonly<Record<string, string>>;
}

const viewOf = (small: SmallWorld) => small.world.view('laptop') as unknown as View;

const keys = (small: SmallWorld, kind: 'generate' | 'destroy') =>
  small.steps.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === kind ? [effect.key] : [])),
  );

s('who is joined to nothing has no account, and lets nobody in', async () => {
  const small = world({ join: 'none' });
  signsIn(small, 0);
  await small.world.run();
  assert.equal(small.causes(), ['nobody can sign in: the device is joined to nothing']);
  assert.equal([viewOf(small).state, viewOf(small).computer.state], ['signedOut', 'signedOut']);
  assert.equal(small.sent(), []);
});

s('a user joins it to Entra, and signs in after a restart', async () => {
  const small = world({ join: 'none' });
  joins(small);
  small.command('laptop', 'restarts', { restarts: 'device' }, MINUTE);
  signsIn(small, 2 * MINUTE);
  await small.world.run();
  assert.equal(small.causes(), []);
  const { registration, failedJoin } = keptBy(small);
  assert.is(failedJoin, undefined);
  assert.is(registration?.join, 'entra');
  const read = readCertificate(registration?.certificate ?? new Uint8Array());
  assert.ok(read.ok);
  assert.is(read.value.subject.text, `CN=${registration?.deviceId}`);
  const { state, join, cloudAp } = viewOf(small);
  assert.is(state, 'signedIn');
  assert.equal(join, { state: 'entra', deviceId: registration?.deviceId });
  assert.is(cloudAp?.azureAdPrt, 'YES');
});

s('a wrong password joins nothing, the right one does after it', async () => {
  const small = world({ join: 'none' });
  joins(small, 0, 'wrong');
  await small.world.run();
  assert.equal(keys(small, 'generate'), []);
  assert.is(keptBy(small).failedJoin?.phase, 'auth');
  assert.match(small.causes().join(), /joining this device to Entra: 0x801c044d/);
  joins(small, MINUTE);
  await small.world.run();
  assert.is(keptBy(small).failedJoin, undefined, 'forgotten');
  assert.is(viewOf(small).join?.state, 'entra');
});

s('where the tenant wants a second factor of who joins, it is shown', async () => {
  const small = world({ join: 'none' }, { tenant: { joinNeedsMfa: true } });
  joins(small);
  await small.world.run();
  assert.equal(small.causes(), []);
  assert.is(viewOf(small).join?.state, 'entra');
});

s('a member of the domain joins by its own key, once Entra Connect has brought it', async () => {
  const small = world({});
  joinsHybrid(small);
  joinsHybrid(small, MINUTE);
  signsIn(small, 2 * MINUTE);
  await small.world.run();
  assert.equal(small.causes(), ['joining this device to Entra: it is registered (hybrid)']);
  const { state, join, cloudAp } = viewOf(small);
  assert.equal([state, join?.state, cloudAp?.azureAdPrt], ['signedIn', 'hybrid', 'YES']);
});

s('before that it is refused, and its new keys are forgotten', async () => {
  const small = world({ synchronized: false });
  joinsHybrid(small);
  await small.world.run();
  const { failedJoin, registration } = keptBy(small);
  assert.is(registration, undefined);
  assert.equal(
    [failedJoin?.registrationType, failedJoin?.clientErrorCode, failedJoin?.serverErrorCode],
    ['sync', '0x801c03f2', 'error_missing_device'],
  );
  assert.equal(keys(small, 'destroy'), ['laptop/device', 'laptop/transport']);
});

s('a restart in the middle of it undoes it', async () => {
  const options = { links: [{ between: ['laptop', 'tenant'], latency: 1_000 }] } as const;
  const small = world({ join: 'none' }, { options });
  joins(small);
  small.command('laptop', 'restarts', { restarts: 'device' }, 4_500);
  await small.world.run();
  assert.equal(viewOf(small).join, undefined);
  assert.is(keptBy(small).registration, undefined);
  assert.equal(keys(small, 'destroy').sort(), ['laptop/device', 'laptop/transport']);
});

s('what is joined already, or to nothing, or has nobody to ask, is told so', async () => {
  const cases: readonly (readonly [SmallWorld, 'user' | 'device', RegExp])[] = [
    [world({ join: 'domain' }), 'user', /it is joined already \(domain\)/],
    [world({ join: 'none' }), 'device', /it is no member of a domain/],
    [smallWorld({ ...SMALLEST }), 'device', /there is no tenant/],
  ];
  for (const [small, who, why] of cases) {
    if (who === 'user') joins(small);
    else joinsHybrid(small);
    await small.world.run();
    assert.match(small.causes().join(), why);
    assert.equal(keys(small, 'generate'), []);
  }
});

s.run();
