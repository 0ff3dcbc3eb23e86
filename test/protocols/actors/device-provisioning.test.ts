import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { httpFraming } from '../../../protocols/http/framing.ts';
import { encodeResponse, readRequest, response } from '../../../protocols/http/messages.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import type { ActorEffect, ActorEvent } from '../../../src/machine/actor.ts';
import { type RoleDefinition, role } from '../../../src/scenario/role.ts';
import { object, optional, text } from '../../../src/schema/schema.ts';
import { SMALLEST, type SmallWorld, smallWorld } from './small-world.ts';

const provisioning = suite('device-provisioning');

const MINUTE = 60_000;

type Answer = (target: string, seen: number) => readonly [status: number, body: object];

/** A tenant that answers as the test says, and looks at nothing. */
function tenantRole(answer: Answer, targets: string[]): RoleDefinition {
  const step = (state: { readonly seen: number }, event: ActorEvent) => {
    if (event.kind === 'started') {
      const listen = { kind: 'listen', transport: 'tcp', port: 443, framing: httpFraming.name };
      return { state, effects: [listen as ActorEffect] };
    }
    if (event.kind !== 'received' || event.connection === undefined) return { state, effects: [] };
    const read = readRequest(event.bytes);
    const target = read.ok ? read.value.target : '';
    targets.push(target.split('?')[0] as string);
    const [status, body] = answer(target, state.seen);
    const json = utf8(JSON.stringify(body));
    const bytes = encodeResponse(response(status, { 'Content-Type': 'application/json' }, json));
    const send: ActorEffect = {
      kind: 'send',
      transport: 'tcp',
      connection: event.connection,
      message: 'HTTP response',
      bytes,
    };
    return { state: { seen: state.seen + 1 }, effects: [send] };
  };
  return role({
    role: 'entra-tenant',
    about: 'A tenant for tests.',
    fields: object({ tenantId: optional(text('Its id')), realm: text('Whose users') }),
    verbs: {},
    states: ['ready'],
    build: (name) => ({
      name,
      role: 'entra-tenant',
      machine: 'test/tenant',
      initial: { seen: 0 },
      step: (state, event) => step(state as { readonly seen: number }, event),
      stateName: () => 'ready',
      view: () => ({ state: 'ready' }),
    }),
  });
}

const CAST = {
  ...SMALLEST,
  tenant: { role: 'entra-tenant', realm: 'CORP.EXAMPLE' },
  laptop: { ...SMALLEST.laptop, signsInAtStart: false, join: 'hybrid' },
} as const;

/** Alice signs in and sets Hello up; what the tenant was asked. */
async function provisioned(
  answer: Answer,
): Promise<{ readonly small: SmallWorld; readonly targets: readonly string[] }> {
  const targets: string[] = [];
  const small = smallWorld(CAST, { roles: [tenantRole(answer, targets)] });
  small.command('alice', 'enters', { enters: 'password', value: 'Passw0rd!', on: 'laptop' });
  const args = { provisions: 'hello', value: '135791', on: 'laptop' };
  small.command('alice', 'provisions', args, MINUTE);
  await small.world.run();
  return { small, targets };
}

const isToken = (target: string): boolean => target.includes('/oauth2/');
const TOKEN = { token_type: 'Bearer', access_token: 'a.b.c', expires_in: '3600' };
const KEY = { kid: '6b1d4a0c-9c0e-4f3a-8f6e-2b7c1d5e9a10', upn: 'alice@corp.example' };

function containers(small: SmallWorld): object {
  const view = small.world.view('laptop') as { readonly hello?: { readonly alice?: object } };
  return view.hello?.alice ?? {};
}

const destroyed = (small: SmallWorld): readonly string[] =>
  small.steps.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'destroy' ? [effect.key] : [])),
  );

provisioning('a token first, then the key is made and registered: event 300', async () => {
  const { small, targets } = await provisioned((target) => [200, isToken(target) ? TOKEN : KEY]);
  assert.equal(small.causes(), []);
  assert.is(targets.length, 2);
  assert.ok(isToken(targets[0] ?? ''));
  assert.is(targets[1], '/EnrollmentServer/key/');
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
  const refusal = {
    error: 'interaction_required',
    error_codes: [50_076],
    error_description: 'MFA',
  };
  const { small, targets } = await provisioned(() => [400, refusal]);
  assert.is(targets.length, 1);
  assert.match(small.causes().join('\n'), /setting Hello up for alice: 0x801C03ED/);
  assert.equal(containers(small), {});
  assert.equal(destroyed(small), []);
});

provisioning('a key that is not registered is destroyed with its container', async () => {
  const refusal = { code: 'unknown_device', message: 'no such device', response: 'ERROR_FAIL' };
  const { small } = await provisioned((target) =>
    isToken(target) ? [200, TOKEN] : [400, refusal],
  );
  assert.match(small.causes().join('\n'), /setting Hello up for alice: 0x801C03/);
  assert.equal(destroyed(small), ['laptop/hello/alice/1']);
  assert.is((containers(small) as { readonly state?: string }).state, 'absent');
  assert.is(small.world.stateName('laptop'), 'signedIn');
});

provisioning.run();
