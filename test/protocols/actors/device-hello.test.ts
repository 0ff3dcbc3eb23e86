import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  givenUp,
  type Hello,
  type HelloConfig,
  helloOf,
  keptOf,
} from '../../../protocols/actors/device-hello.ts';
import { keptIn, NOTHING_KEPT } from '../../../protocols/actors/device-store.ts';
import { certutilStoreText } from '../../../protocols/hello/certutil.ts';
import { certutilEntry } from '../../../protocols/hello/certutil-entry.ts';
import type { ContainerSettings } from '../../../protocols/hello/container.ts';
import { WINDOWS_LIMITS } from '../../../protocols/hello/policy.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { SMALLEST, type SmallWorld, START, smallWorld } from './small-world.ts';

const hello = suite('device-hello');

const MINUTE = 60_000;
const QUIET = {
  ...SMALLEST,
  laptop: { ...SMALLEST.laptop, signsInAtStart: false, join: 'hybrid' },
} as const;
const ENROLLED = {
  ...QUIET,
  laptop: {
    ...QUIET.laptop,
    hello: { alice: { pin: '135791', biometrics: ['fingerprint'], trust: 'key' } },
  },
} as const;

interface ContainerView {
  readonly state: string;
  readonly wrongPins: number;
  readonly protection: string;
  readonly certificates: number;
}

function containerView(small: SmallWorld): ContainerView | undefined {
  const view = small.world.view('laptop') as {
    readonly hello?: Readonly<Record<string, ContainerView>>;
  };
  return view.hello?.alice;
}

/** What the laptop has written, as it would be read after a loss of power. */
function storeOf(small: SmallWorld) {
  const store = memoryStore();
  for (const { actor, effects } of small.steps) {
    if (actor !== 'laptop') continue;
    for (const effect of effects) if (effect.kind === 'write') store.write(effect.batch);
  }
  return keptIn(store);
}

function certutil(small: SmallWorld): string {
  const { certificates, containers } = storeOf(small);
  const keys = Object.values(containers).map(({ key }) => key);
  return certutilStoreText(
    certificates.map((stored) => certutilEntry(stored, (key) => keys.includes(key))),
  );
}

function pin(small: SmallWorld, at: number, value = '999998', challenge?: string): void {
  const phrase = challenge === undefined ? {} : { challenge };
  small.command('alice', 'enters', { enters: 'pin', value, on: 'laptop', ...phrase }, at);
}

function signIn(small: SmallWorld, at = 0): void {
  const args = { enters: 'password', value: 'Passw0rd!', on: 'laptop' };
  small.command('alice', 'enters', args, at);
}

hello('a device without Hello writes nothing', async () => {
  const small = smallWorld({ ...QUIET, laptop: { ...QUIET.laptop, join: 'domain' } });
  signIn(small);
  await small.world.run();
  assert.is(
    small.steps.flatMap(({ actor, effects }) =>
      actor === 'laptop' ? effects.filter(({ kind }) => kind === 'write') : [],
    ).length,
    0,
  );
  assert.is(containerView(small), undefined);
});

hello('containers of before the story are in the store after the first start', async () => {
  const small = smallWorld(ENROLLED);
  await small.world.run();
  assert.is(containerView(small)?.state, 'locked');
  const { containers, keys } = storeOf(small);
  assert.is(keys, 1);
  assert.is(containers.alice?.key, 'laptop/hello/alice/1');
  assert.match(containers.alice?.settings.sid ?? '', /^S-1-5-21-.*-1103$/);
  const lines = certutil(small).split('\n');
  assert.match(lines[3] ?? '', /^Issuer: CN=S-1-5-21-/);
  assert.match(
    lines.join('\n'),
    /\nKey Container = S-1-5-21-[0-9-]+-1103\/[0-9a-f-]{36}\/login\.windows\.net\/[0-9a-f-]{36}\/alice@corp\.example\nProvider = Microsoft Passport Key Storage Provider\nPrivate key is NOT exportable\nEncryption test passed\nCertUtil/,
  );
});

hello(
  'an authority’s certificate stands in the container of certificate trust, alone',
  async () => {
    const certificate = { issuer: 'ca' };
    const small = smallWorld({
      ...ENROLLED,
      ca: { role: 'certificate-authority', realm: 'CORP.EXAMPLE', commonName: 'Corp Issuing CA' },
      laptop: { ...QUIET.laptop, hello: { alice: { pin: '135791', certificate } } },
    });
    await small.world.run();
    const text = certutil(small);
    assert.match(text, /^Issuer: CN=Corp Issuing CA, DC=corp, DC=example$/m);
    assert.match(text, /^Subject: CN=alice, CN=Users, DC=corp, DC=example$/m);
    assert.match(text, /^Non-root Certificate\nTemplate: 1\.3\.6\.1\.4\.1\.311\.21\.8\./m);
    assert.match(text, /^Provider = Microsoft Passport Key Storage Provider$/m);
    assert.not.match(text, /Certificate 1 =/);
    assert.is(storeOf(small).containers.alice?.settings.trust, 'certificate');
  },
);

hello('wrong PINs lead to the phrase, to a restart, and to a wait', async () => {
  const small = smallWorld(ENROLLED);
  for (let i = 0; i < 4; i++) pin(small, 1_000 * (i + 1));
  pin(small, 5_000, '135791');
  pin(small, 6_000, '999998', 'A1B2C3');
  pin(small, 7_000, '135791', 'A1B2C3');
  small.command('laptop', 'restarts', { restarts: 'device' }, 8_000);
  pin(small, 9_000, '135791');
  await small.world.run();
  assert.equal(
    small.causes().map((cause) => /“(.*)”/.exec(cause)?.[1]),
    [
      'The PIN is incorrect. Try again.',
      'The PIN is incorrect. Try again.',
      'The PIN is incorrect. Try again.',
      'You’ve entered an incorrect PIN several times. To try again, enter A1B2C3 below.',
      'You’ve entered an incorrect PIN several times. To try again, enter A1B2C3 below.',
      'You’ve entered an incorrect PIN too many times. To try again, restart your device.',
      'You’ve entered an incorrect PIN too many times. To try again, restart your device.',
      'This sign-in option is disabled because of failed sign-in attempts or repeated shutdowns.',
    ],
  );
  assert.equal(storeOf(small).tpm, { count: 5, since: START + 1_000 });
  assert.equal(small.sent(), [], 'a PIN never leaves the device, nor does a wrong one');
});

hello('a loss of power gives no tries back', async () => {
  const crash = { kind: 'crash', actor: 'laptop', at: 5_000, ms: 10_000 } as const;
  const small = smallWorld(ENROLLED, { faults: [crash] });
  for (let i = 0; i < 4; i++) pin(small, 1_000 * (i + 1));
  pin(small, 20_000, '135791');
  await small.world.run();
  assert.is(containerView(small)?.wrongPins, 4);
  assert.match(small.causes().at(-1) ?? '', /challenge phrase has to be typed/);
});

hello('is provisioned: a key is made, certifies itself and is written down', async () => {
  const small = smallWorld(QUIET);
  signIn(small);
  const args = { provisions: 'hello', value: '135791', biometrics: ['face'], on: 'laptop' };
  small.command('alice', 'provisions', args, MINUTE);
  await small.world.run();
  assert.equal(small.causes(), []);
  const states = small.steps.filter(({ actor }) => actor === 'laptop').map(({ to }) => to);
  assert.ok(states.includes('provisioning'), `${states}`);
  assert.is(small.world.stateName('laptop'), 'signedIn');
  assert.is(containerView(small)?.certificates, 1);
  assert.match(certutil(small), /Signature matches Public Key\nRoot Certificate: Subject matches/);
  const kept = storeOf(small).containers.alice;
  assert.is(kept?.settings.upn, 'alice@corp.example', 'from the PAC');
  assert.is(kept?.settings.created, START + MINUTE);
  const said = small.steps.filter(({ actor }) => actor === 'laptop');
  const printed = JSON.stringify(said.map(({ effects }) => effects));
  assert.not.match(printed, /135791/);
});

hello('is not provisioned where a check fails, or the PIN is too simple', async () => {
  const laptop = { ...QUIET.laptop, tpm: 'none', helloPolicy: { RequireSecurityDevice: true } };
  const cases: readonly (readonly [object, string, RegExp])[] = [
    [SMALLEST.laptop, '135791', /event 360: .*Device is AAD joined \( AADJ or DJ\+\+ \): No/],
    [laptop, '135791', /requirements: No \(0x80090035 NTE_DEVICE_NOT_FOUND/],
    [QUIET.laptop, '123456', /0x80090027.*the PIN is too simple/],
    [
      { ...QUIET.laptop, helloPolicy: { PINComplexity: { MinimumPINLength: 8 } } },
      '135791',
      /the PIN has 6 characters, policy wants 8/,
    ],
  ];
  for (const [device, value, expected] of cases) {
    const small = smallWorld({ ...QUIET, laptop: device as typeof QUIET.laptop });
    signIn(small);
    small.command('alice', 'provisions', { provisions: 'hello', value, on: 'laptop' }, MINUTE);
    await small.world.run();
    assert.match(small.causes().join('\n'), expected);
    assert.equal(storeOf(small).containers, {});
  }
});

hello(
  'certutil -deletehellocontainer takes key and certificates; the next key is another',
  async () => {
    const small = smallWorld(ENROLLED);
    signIn(small);
    const deletion = { deletes: 'hello-container', on: 'laptop' };
    small.command('alice', 'deletes', deletion, MINUTE);
    small.command('alice', 'deletes', deletion, 2 * MINUTE);
    const args = { provisions: 'hello', value: '135791', on: 'laptop' };
    small.command('alice', 'provisions', args, 3 * MINUTE);
    await small.world.run();
    const destroyed = small.steps.flatMap(({ effects }) =>
      effects.flatMap((effect) => (effect.kind === 'destroy' ? [effect.key] : [])),
    );
    assert.equal(destroyed, ['laptop/hello/alice/1']);
    assert.match(small.causes().join('\n'), /deletehellocontainer: 0x80090011 NTE_NOT_FOUND/);
    const { containers, certificates } = storeOf(small);
    assert.is(containers.alice?.key, 'laptop/hello/alice/2');
    assert.equal(
      certificates.map(({ privateKey }) => privateKey?.key),
      ['laptop/hello/alice/2'],
    );
  },
);

hello('a PIN is changed with the one that there is', async () => {
  const small = smallWorld(ENROLLED);
  const change = (value: string, newValue: string, at: number) =>
    small.command('alice', 'changes', { changes: 'pin', value, newValue, on: 'laptop' }, at);
  change('999998', '2468013', 1_000);
  change('135791', '111111', 2_000);
  change('135791', '2468013', 3_000);
  pin(small, 4_000, '135791');
  await small.world.run();
  assert.equal(
    small.causes().map((cause) => cause.replace(/ \(“.*/, '')),
    [
      'alice’s new PIN: 0x80090033 NTE_INCORRECT_PASSWORD: the PIN is incorrect (1 since the start)',
      'alice’s new PIN: 0x80090027 NTE_INVALID_PARAMETER: the PIN does not meet the policy: the PIN is too simple: each digit is as far from the next as any other',
      'alice’s PIN: 0x80090033 NTE_INCORRECT_PASSWORD: the PIN is incorrect (1 since the start)',
    ],
  );
});

/** A laptop whose alice has just begun to set Hello up. */
function making(): Hello {
  const key = 'laptop/hello/alice/1';
  const settings = { user: 'alice' } as ContainerSettings;
  const pinVerifier = { salt: new Uint8Array(16), digest: new Uint8Array(32) };
  const alice = {
    name: 'expectKey',
    making: { settings, key, pin: pinVerifier, biometrics: [] },
  } as const;
  return { ...helloOf(NOTHING_KEPT), containers: { alice }, making: 'alice', keys: 1 };
}

hello('a container that is being made when its user leaves is given up, with its key', () => {
  const config = {
    policies: {},
    limits: WINDOWS_LIMITS,
    join: 'hybrid',
  } as unknown as HelloConfig;
  const env = { now: START, random: (size: number) => new Uint8Array(size) };
  const before = making();
  assert.equal(keptOf(before).containers, {}, 'nothing of it is written before it is done');
  const { hello: after, effects } = givenUp(config, before, env);
  assert.equal(effects, [{ kind: 'destroy', key: 'laptop/hello/alice/1' }]);
  assert.is(after.containers.alice?.name, 'absent');
  assert.is(after.making, undefined);
  assert.is(givenUp(config, after, env).effects.length, 0);
});

hello('a gesture of somebody else opens nothing', async () => {
  const bob = { role: 'user', realm: 'CORP.EXAMPLE', password: 'Sommer2026' } as const;
  const small = smallWorld({ ...ENROLLED, bob });
  const shown = { shows: 'fingerprint', on: 'laptop', matches: true };
  small.command('bob', 'shows', shown, 1_000);
  small.command('alice', 'shows', { ...shown, matches: false }, 2_000);
  small.command('alice', 'shows', { ...shown, shows: 'face' }, 3_000);
  await small.world.run();
  assert.match(small.causes()[0] ?? '', /bob’s fingerprint: 0x80090011 NTE_NOT_FOUND/);
  assert.match(small.causes()[1] ?? '', /alice’s fingerprint: the fingerprint was not recognised/);
  assert.match(small.causes()[2] ?? '', /the PIN is wanted instead: no face is enrolled/);
  assert.is(small.world.stateName('laptop'), 'signedOut');
});

hello.run();
