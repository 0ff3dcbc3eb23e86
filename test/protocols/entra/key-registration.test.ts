import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import { receiptObjection } from '../../../protocols/entra/key-receipt.ts';
import {
  abandon,
  begin,
  concerns,
  register,
  type State,
  step,
  type TypedRegistration,
} from '../../../protocols/entra/key-registration.ts';
import { describeStatus } from '../../../protocols/entra/key-registration-errors.ts';
import type { Tenant } from '../../../protocols/entra/tenant.ts';
import { encodeResponse, response } from '../../../protocols/http/messages.ts';
import { toBase64 } from '../../../src/bytes/base64.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import type { ActorEffect, ActorEvent } from '../../../src/machine/actor.ts';
import type { Step } from '../../../src/machine/machine.ts';
import { playbook } from '../../playbook.ts';
import { laptop, NOW, pair, sign } from '../enrollment/people.ts';
import {
  ALICE,
  ALICE_PASSWORD,
  ALICE_SID,
  DEVICE_ID,
  ENDPOINT,
  env,
  saidTo,
  TENANT_ID,
  tenantWith,
} from './tenant-of-tests.ts';

const REGISTRATION: TypedRegistration = {
  id: 'hello-1',
  tenant: 'entra',
  port: 443,
  tenantId: TENANT_ID,
  username: ALICE,
  password: ALICE_PASSWORD,
  device: { key: 'device', certificate: laptop.der },
};
const MATERIAL = bcryptPublicBlob(pair('hello').spki);

interface Played {
  readonly state: State;
  readonly tenant: Tenant;
  readonly sent: readonly string[];
}

/** Carries a step's effects to a tenant and back until nothing more happens. */
function play({ state: first, effects }: Step<State, ActorEffect>, before: Tenant): Played {
  const book = playbook<State, ActorEvent, ActorEffect, ReturnType<typeof env>>(
    (state, event) => step(state, event),
    first,
    env,
  );
  const sent: string[] = [];
  let tenant = before;
  const waiting = [...effects];
  for (let effect = waiting.shift(); effect !== undefined; effect = waiting.shift()) {
    const event = answerTo(effect);
    if (event === undefined) continue;
    assert.ok(concerns(REGISTRATION, event), event.kind);
    book.on(event);
    waiting.push(...book.effects);
  }
  return { state: book.state, tenant, sent };

  function answerTo(effect: ActorEffect): ActorEvent | undefined {
    switch (effect.kind) {
      case 'sign': {
        const signature = sign(effect.key, effect.data, effect.algorithm);
        return { kind: 'signed', id: effect.id, signature };
      }
      case 'connect':
        return { kind: 'connected', connection: effect.connection };
      case 'send': {
        if (effect.transport !== 'tcp') return undefined;
        sent.push(effect.message);
        const said = saidTo(effect.bytes, tenant);
        tenant = said.tenant;
        return received(effect.connection, encodeResponse(said.response));
      }
      default:
        return undefined;
    }
  }
}

function received(connection: string, bytes: Uint8Array): ActorEvent {
  const where = { transport: 'tcp', from: 'entra', fromPort: 443, port: 50_001 } as const;
  return { kind: 'received', ...where, connection, bytes };
}

function registered(tenant: Tenant, changes: Partial<TypedRegistration> = {}): Played {
  const first = play(begin({ ...REGISTRATION, ...changes }, env()), tenant);
  if (first.state.name !== 'authorized') return first;
  const second = play(register(first.state, MATERIAL, env()), first.tenant);
  return { ...second, sent: [...first.sent, ...second.sent] };
}

const why = ({ state }: Played): string =>
  state.name === 'failed' ? `${describeStatus(state.error)} / ${state.reason}` : state.name;

const s = suite('enrollment/key-registration');

s('a token, then the key; the receipt speaks for it', () => {
  const played = registered(tenantWith());
  const { state, tenant, sent } = played;
  assert.equal(sent, ['token-request', 'key-registration-request']);
  if (state.name !== 'registered') throw new Error(why(played));
  assert.is(state.key.upn, ALICE);
  assert.match(state.key.kid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  const [key] = tenant.keys;
  assert.is(key?.kid, state.key.kid);
  assert.is(key?.deviceId, DEVICE_ID);
  assert.equal(key?.keyMaterial, MATERIAL);
  const data = { Data: toBase64(utf8(state.key.krctx ?? '')), Format: 1, Version: 1 };
  const krctx = toBase64(utf8(JSON.stringify(data)));
  const objection = (spki: Uint8Array, sid: string) =>
    receiptObjection(krctx, spki, sid, [ENDPOINT.publicKey], NOW);
  assert.is(objection(pair('hello').spki, ALICE_SID), undefined);
  assert.match(objection(pair('other').spki, ALICE_SID) ?? '', 'another key');
});

s('another key of the same user and device takes the first one’s place', () => {
  const first = registered(tenantWith());
  const second = registered(first.tenant);
  assert.is(second.tenant.keys.length, 1);
});

s('each failure has the number that Windows shows', () => {
  const device = tenantWith().devices.map((one) => ({ ...one, accountEnabled: false }));
  const cases: readonly (readonly [Played, RegExp])[] = [
    [registered(tenantWith({ mfa: 'failed' })), /^0x801C03ED: .* AADSTS500121: /],
    [registered(tenantWith({ mfa: 'timeout' })), /^0x801C03ED: .* AADSTS500121: /],
    [registered(tenantWith(), { password: 'x' }), /^0x801C044D: .* AADSTS50126: /],
    [registered(tenantWith(), { username: 'nobody@corp.example' }), /^0x801C044D.*AADSTS50034: /],
    [registered(tenantWith({ accountEnabled: false })), /^0x801C044D.*AADSTS50057: /],
    [registered({ ...tenantWith(), devices: [] }), /^0x801C044D.*AADSTS50155: /],
    [registered({ ...tenantWith(), devices: device }), /^0x801C044D.*AADSTS50155: /],
    [registered(tenantWith(), { tenantId: DEVICE_ID }), /^0x801C044D.*AADSTS90002: /],
    [withoutDevice(), /^0x801C044D: .* the token has no deviceid$/],
  ];
  for (const [played, wanted] of cases) {
    assert.match(why(played), wanted);
    assert.equal(played.tenant.keys, []);
  }
});

function withoutDevice(): Played {
  const { device: _, ...rest } = REGISTRATION;
  const first = play(begin(rest, env()), tenantWith());
  if (first.state.name !== 'authorized') return first;
  return play(register(first.state, MATERIAL, env()), first.tenant);
}

s('what is lost between the two, and answers that are none', () => {
  const authorized = play(begin(REGISTRATION, env()), tenantWith()).state;
  if (authorized.name !== 'authorized') throw new Error(authorized.name);
  const gone = tenantWith();
  assert.match(
    why(play(register(authorized, MATERIAL, env()), { ...gone, users: [] })),
    /^0x801C03F2: /,
  );
  assert.match(
    why(play(register(authorized, MATERIAL, env()), { ...gone, devices: [] })),
    /^0x801C03F2: /,
  );
  const late = play(register({ ...authorized, token: 'x.y.z' }, MATERIAL, env()), gone);
  assert.match(why(late), /^0x801C03ED: .* no JWT$/);
  const odd = play(register(authorized, utf8('no key'), env()), gone);
  assert.match(why(odd), /^0x801C03EA: .* kngc is no public key/);
  const answers: readonly (readonly [Uint8Array, RegExp])[] = [
    [encodeResponse(response(200, {}, utf8('{}'))), /^0x801C03E9: /],
    [encodeResponse(response(503)), /^0x801C03EB: .*503$/],
    [utf8('nonsense'), /^0x80072F78: /],
  ];
  for (const [bytes, wanted] of answers) {
    const waiting = step(register(authorized, MATERIAL, env()).state, {
      kind: 'connected',
      connection: 'hello-1/key',
    });
    const { state } = step(waiting.state, received('hello-1/key', bytes));
    assert.match(why({ state, tenant: gone, sent: [] }), wanted);
  }
});

s('no connection, no answer, and the end before its time', () => {
  const { state } = begin(REGISTRATION, env());
  assert.equal(abandon(state), []);
  const asking = step(state, { kind: 'signed', id: 'hello-1/assertion', signature: utf8('x') });
  assert.equal(abandon(asking.state), [
    { kind: 'cancel', timer: 'hello-1/token' },
    { kind: 'close', connection: 'hello-1/token' },
  ]);
  const late = step(asking.state, { kind: 'expired', timer: 'hello-1/token' }).state;
  assert.match(late.name === 'failed' ? describeStatus(late.error) : '', /^0x80072EE2: /);
  const refused = { kind: 'closed', connection: 'hello-1/token', reason: 'refused' } as const;
  const away = step(asking.state, refused).state;
  assert.match(away.name === 'failed' ? describeStatus(away.error) : '', /^0x80072EFD: /);
  assert.is(step(away, refused).effects.length, 0);
  assert.is(step(away, { kind: 'started' }).effects[0]?.kind, 'rejected');
  assert.not(concerns(REGISTRATION, { kind: 'signed', id: 'x', signature: utf8('') }));
  assert.not(concerns(REGISTRATION, { kind: 'started' }));
});

s.run();
