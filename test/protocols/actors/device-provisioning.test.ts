import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SMALLEST, type SmallWorld, smallWorld } from './small-world.ts';

const provisioning = suite('device-provisioning');

const MINUTE = 60_000;

const CAST = {
  ...SMALLEST,
  tenant: { role: 'entra-tenant', realm: 'CORP.EXAMPLE' },
  laptop: { ...SMALLEST.laptop, signsInAtStart: false, join: 'hybrid' },
} as const;

type Told = readonly [verb: string, args: Readonly<Record<string, string>>];

/** Alice signs in and sets Hello up, after what was done in the tenant meanwhile. */
async function provisioned(...meanwhile: readonly Told[]): Promise<SmallWorld> {
  const small = smallWorld(CAST);
  small.command('alice', 'enters', { enters: 'password', value: 'Passw0rd!', on: 'laptop' });
  for (const [verb, args] of meanwhile) small.command('tenant', verb, args, MINUTE / 2);
  const args = { provisions: 'hello', value: '135791', on: 'laptop' };
  small.command('alice', 'provisions', args, MINUTE);
  await small.world.run();
  return small;
}

function containers(small: SmallWorld): object {
  const view = small.world.view('laptop') as { readonly hello?: { readonly alice?: object } };
  return view.hello?.alice ?? {};
}

const destroyed = (small: SmallWorld): readonly string[] =>
  small.steps.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'destroy' ? [effect.key] : [])),
  );

const sent = (small: SmallWorld): readonly string[] =>
  small.steps.flatMap(({ actor, effects }) =>
    effects.flatMap((effect) =>
      actor === 'laptop' && effect.kind === 'send' && effect.transport === 'tcp'
        ? [effect.message]
        : [],
    ),
  );

provisioning('a token first, then the key is made and registered: event 300', async () => {
  const small = await provisioned();
  assert.equal(small.causes(), []);
  assert.equal(
    sent(small).filter((message) => message.endsWith('-request')),
    // The first two are for the primary refresh token, after the sign-in.
    ['token-request', 'token-request', 'token-request', 'key-registration-request'],
  );
  const notes = small.steps.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'note' ? [effect.text.split('\n')[0]] : [])),
  );
  assert.match(
    notes.join('\n'),
    /event 358: .*will be launched.\nevent 300: The NGC key was successfully registered/,
  );
  assert.is((containers(small) as { readonly state: string }).state, 'released');
  assert.is(small.world.stateName('laptop'), 'signedIn');
});

provisioning('without a second factor there is no token, and no key is made', async () => {
  const small = await provisioned(['setsMfa', { setsMfa: 'alice', to: 'failed' }]);
  assert.match(small.causes().join('\n'), /setting Hello up for alice: 0x801C03ED/);
  assert.equal(containers(small), {});
  assert.equal(destroyed(small), []);
});

provisioning('a disabled device gets no token, and no key is made', async () => {
  const small = await provisioned(['disables', { disables: 'laptop' }]);
  assert.match(small.causes().join('\n'), /setting Hello up for alice: 0x801C044D/);
  assert.equal(destroyed(small), []);
});

provisioning('a key that is not registered is destroyed with its container', async () => {
  const links = [{ between: ['laptop', 'tenant'], latency: 40 }] as const;
  const small = smallWorld(CAST, { links });
  small.command('alice', 'enters', { enters: 'password', value: 'Passw0rd!', on: 'laptop' });
  const args = { provisions: 'hello', value: '135791', on: 'laptop' };
  small.command('alice', 'provisions', args, MINUTE);
  // The token is there already, the key is not.
  small.command('tenant', 'disables', { disables: 'laptop' }, MINUTE + 200);
  await small.world.run();
  assert.match(small.causes().join('\n'), /setting Hello up for alice: 0x801C03F2/);
  assert.equal(destroyed(small), ['laptop/hello/alice/1']);
  assert.is((containers(small) as { readonly state?: string }).state, 'absent');
  assert.is(small.world.stateName('laptop'), 'signedIn');
});

/** Alice shows her security key, and sets Hello up without a password. */
async function withSecurityKey(mfa: string): Promise<SmallWorld> {
  const small = smallWorld({
    ...CAST,
    tenant: { ...CAST.tenant, kerberos: true },
    alice: { ...SMALLEST.alice, securityKey: {} },
  });
  small.command('alice', 'shows', { shows: 'security-key', on: 'laptop' });
  small.command('tenant', 'setsMfa', { setsMfa: 'alice', to: mfa }, MINUTE / 2);
  const args = { provisions: 'hello', value: '135791', on: 'laptop' };
  // The sign-in is no fresh second factor any more.
  small.command('alice', 'provisions', args, 60 * MINUTE);
  await small.world.run();
  return small;
}

provisioning('after a security key the primary refresh token stands for the password', async () => {
  const small = await withSecurityKey('satisfied');
  assert.equal(small.causes(), []);
  assert.is(sent(small).at(-1), 'key-registration-request');
  assert.is((containers(small) as { readonly state: string }).state, 'released');
  const { keys } = small.world.view('tenant') as { readonly keys: readonly object[] };
  assert.is(keys.length, 1);
});

provisioning('the second factor is asked for all the same', async () => {
  const small = await withSecurityKey('failed');
  assert.match(small.causes().join('\n'), /setting Hello up for alice: 0x801C03ED/);
  assert.equal(containers(small), {});
  assert.is(small.world.stateName('laptop'), 'signedIn');
});

provisioning('a second factor that never comes ends with the tenant’s patience', async () => {
  const small = await withSecurityKey('timeout');
  assert.match(small.causes().join('\n'), /setting Hello up for alice: 0x801C03ED/);
  assert.is(small.world.stateName('laptop'), 'signedIn');
});

provisioning('a session that ends meanwhile asks nobody any more', async () => {
  const small = smallWorld({
    ...CAST,
    tenant: { ...CAST.tenant, kerberos: true },
    alice: { ...SMALLEST.alice, securityKey: {} },
  });
  small.command('alice', 'shows', { shows: 'security-key', on: 'laptop' });
  small.command('tenant', 'setsMfa', { setsMfa: 'alice', to: 'timeout' }, MINUTE / 2);
  const args = { provisions: 'hello', value: '135791', on: 'laptop' };
  small.command('alice', 'provisions', args, MINUTE);
  small.command('laptop', 'signsOut', { signsOut: 'user' }, MINUTE + 5_000);
  await small.world.run();
  assert.is(small.world.stateName('laptop'), 'signedOut');
  assert.equal(containers(small), {});
  assert.not(sent(small).includes('key-registration-request'));
});

provisioning.run();
