import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  abandon,
  begin,
  concerns,
  type Joiner,
  type Joining,
  type State,
  step,
} from '../../../protocols/entra/device-registration.ts';
import { DEFAULT_DEVICE_SETTINGS } from '../../../protocols/entra/device-registration-service.ts';
import type { Tenant } from '../../../protocols/entra/tenant.ts';
import { encodeResponse, response } from '../../../protocols/http/messages.ts';
import { readCertificate } from '../../../protocols/x509/certificate.ts';
import { toBase64 } from '../../../src/bytes/base64.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import type { ActorEffect, ActorEvent } from '../../../src/machine/actor.ts';
import { playbook } from '../../playbook.ts';
import { laptop, pair, sign } from '../enrollment/people.ts';
import {
  ALICE,
  ALICE_PASSWORD,
  ALICE_SID,
  ENDPOINT,
  env,
  saidTo,
  TENANT_ID,
  tenantWith,
} from './tenant-of-tests.ts';

const s = suite('device-registration');

const COMPUTER_ID = '11111111-2222-4333-8444-555555555555';
const COMPUTER_SID = 'S-1-5-21-1-2-3-1104';

const USER: Joiner = {
  kind: 'user',
  join: 'joined',
  username: ALICE,
  password: ALICE_PASSWORD,
  freshMfa: false,
};
const COMPUTER: Joiner = {
  kind: 'computer',
  deviceId: COMPUTER_ID,
  sid: COMPUTER_SID,
  key: 'computer',
};

const joining = (joiner: Joiner): Joining => ({
  id: 'join/1',
  tenant: 'entra',
  port: 443,
  tenantId: TENANT_ID,
  targetDomain: 'corp.example',
  displayName: 'TABLET',
  osVersion: '10.0.22631',
  deviceKey: 'new-device',
  transportKey: 'new-transport',
  joiner,
});

const SYNCHRONIZED: Tenant = {
  ...tenantWith(),
  computers: [{ deviceId: COMPUTER_ID, sid: COMPUTER_SID, publicKey: pair('computer').spki }],
};

interface Played {
  readonly state: State;
  readonly tenant: Tenant;
  readonly sent: readonly string[];
  readonly destroyed: readonly string[];
}

type Answering = (bytes: Uint8Array, tenant: Tenant) => ReturnType<typeof saidTo>;

/** Carries the machine's effects to a tenant and back until nothing more happens. */
function play(
  joiner: Joiner,
  before: Tenant,
  answering: Answering = (bytes, tenant) => saidTo(bytes, tenant),
): Played {
  const wanted = joining(joiner);
  const first = begin(wanted);
  const book = playbook<State, ActorEvent, ActorEffect, ReturnType<typeof env>>(
    (state, event, at) => step(state, event, at),
    first.state,
    env,
  );
  const sent: string[] = [];
  const destroyed: string[] = [];
  let tenant = before;
  const waiting = [...first.effects];
  for (let effect = waiting.shift(); effect !== undefined; effect = waiting.shift()) {
    if (effect.kind === 'destroy') destroyed.push(effect.key);
    const event = answerTo(effect);
    if (event === undefined) continue;
    assert.ok(concerns(wanted, event), event.kind);
    book.on(event);
    waiting.push(...book.effects);
  }
  return { state: book.state, tenant, sent, destroyed };

  function answerTo(effect: ActorEffect): ActorEvent | undefined {
    switch (effect.kind) {
      case 'generate':
        return { kind: 'generated', id: effect.id, publicKey: pair(effect.key).spki };
      case 'sign': {
        const signature = sign(effect.key, effect.data, effect.algorithm);
        return { kind: 'signed', id: effect.id, signature };
      }
      case 'connect':
        return { kind: 'connected', connection: effect.connection };
      case 'send': {
        if (effect.transport !== 'tcp') return undefined;
        sent.push(effect.message);
        const said = answering(effect.bytes, tenant);
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

function failureOf({ state }: Played) {
  if (state.name !== 'failed') throw new Error(state.name);
  return state.failure;
}

s('a user joins a device: a token, two keys, a certificate for the first', () => {
  const { state, tenant, sent, destroyed } = play(USER, tenantWith());
  if (state.name !== 'registered') return assert.unreachable(state.name);
  assert.equal(sent, ['token-request', 'device-registration-request']);
  assert.equal(destroyed, []);
  const known = tenant.devices.at(-1);
  assert.is(known?.deviceId, state.deviceId);
  assert.is(known?.trustType, 'joined');
  assert.is(known?.ownerSid, ALICE_SID);
  assert.equal(known?.transportKey, pair('new-transport').spki);
  assert.is(state.device.upn, ALICE);
  const read = readCertificate(state.device.certificate);
  assert.ok(read.ok);
  assert.equal(read.value.publicKey, pair('new-device').spki);
});

s('a computer that was synchronised joins by its own key, and keeps its identifier', () => {
  const { state, tenant, sent } = play(COMPUTER, SYNCHRONIZED);
  if (state.name !== 'registered') return assert.unreachable(state.name);
  assert.equal(sent, ['device-registration-request']);
  assert.is(state.deviceId, COMPUTER_ID);
  assert.is(tenant.devices.at(-1)?.trustType, 'hybrid');
});

s('one that was not synchronised yet is refused, and its keys are forgotten', () => {
  const played = play(COMPUTER, tenantWith());
  const { requestId, serverMessage, time, ...failure } = failureOf(played);
  assert.equal(failure, {
    registrationType: 'sync',
    phase: 'join',
    clientErrorCode: '0x801c03f2',
    serverErrorCode: 'error_missing_device',
    httpsStatus: 400,
  });
  assert.match(serverMessage ?? '', /not found/);
  assert.match(requestId ?? '', /^[0-9a-f-]{36}$/);
  assert.is(time, env().now);
  assert.equal(played.destroyed, ['new-device', 'new-transport']);
  assert.is(played.tenant.devices.length, 1);
});

s('without a token no key is made', () => {
  const played = play({ ...USER, password: 'wrong' }, tenantWith());
  const { phase, clientErrorCode, serverErrorCode, httpsStatus } = failureOf(played);
  assert.equal(
    [phase, clientErrorCode, serverErrorCode, httpsStatus],
    ['auth', '0x801c044d', 'invalid_grant', 400],
  );
  assert.equal(played.destroyed, []);
});

s('where the tenant wants a second factor, the token has to say it', () => {
  const config = { ...ENDPOINT, devices: { ...DEFAULT_DEVICE_SETTINGS, requireMfa: true } };
  const strict: Answering = (bytes, tenant) => saidTo(bytes, tenant, config);
  const refused = failureOf(play(USER, tenantWith(), strict));
  assert.equal(
    [refused.clientErrorCode, refused.serverErrorCode, refused.httpsStatus],
    ['0x801c03ed', 'error_mfa_required', 403],
  );
  const strong = { ...USER, freshMfa: true };
  assert.is(play(strong, tenantWith(), strict).state.name, 'registered');
  const failing = play(strong, tenantWith({ mfa: 'failed' }), strict);
  assert.equal(
    [failureOf(failing).phase, failureOf(failing).clientErrorCode],
    ['auth', '0x801c03ed'],
  );
});

/** The tenant answers with a certificate that is somebody else's. */
function withCertificate(der: Uint8Array, sha1: string): Answering {
  const given = { Thumbprint: sha1, RawBody: toBase64(der) };
  return (bytes, tenant) => {
    const said = saidTo(bytes, tenant);
    const isToken = said.tenant.devices.length === tenant.devices.length;
    const body = utf8(JSON.stringify({ Certificate: given }));
    return isToken ? said : { ...said, response: response(200, {}, body) };
  };
}

s('a certificate for another key or another device is no answer', () => {
  const { state } = play(USER, tenantWith());
  if (state.name !== 'registered') return assert.unreachable(state.name);
  const { certificate, thumbprint } = state.device;
  const cases: readonly (readonly [Joiner, Answering])[] = [
    [COMPUTER, withCertificate(certificate, thumbprint)],
    [USER, withCertificate(laptop.der, laptop.sha1)],
    [USER, withCertificate(certificate, laptop.sha1)],
    [USER, withCertificate(utf8('no certificate'), thumbprint)],
  ];
  for (const [joiner, answering] of cases) {
    const played = play(joiner, SYNCHRONIZED, answering);
    assert.is(failureOf(played).clientErrorCode, '0x801c03e9');
    assert.equal(played.destroyed, ['new-device', 'new-transport']);
  }
  const busy: Answering = (bytes, tenant) => ({
    ...saidTo(bytes, tenant),
    response: response(503, {}, utf8('busy')),
  });
  assert.is(failureOf(play(COMPUTER, SYNCHRONIZED, busy)).clientErrorCode, '0x801c03eb');
});

s('nobody answers: WinHTTP’s number, and the keys are forgotten', () => {
  const first = begin(joining(COMPUTER));
  const generated = (id: string, key: string) =>
    ({ kind: 'generated', id: `join/1/${id}`, publicKey: pair(key).spki }) as const;
  const signed = (id: string) =>
    ({ kind: 'signed', id: `join/1/${id}`, signature: new Uint8Array(256) }) as const;
  const state = [
    generated('device', 'new-device'),
    generated('transport', 'new-transport'),
    signed('request'),
    signed('identity'),
  ].reduce((last, event) => step(last, event, env()).state, first.state);
  assert.is(state.name, 'expectRegistration');
  const ended = step(state, { kind: 'expired', timer: 'join/1/join' }, env());
  if (ended.state.name !== 'failed') return assert.unreachable(ended.state.name);
  assert.is(ended.state.failure.clientErrorCode, '0x80072ee2');
  assert.equal(ended.effects.filter(({ kind }) => kind === 'destroy').length, 2);
  assert.equal(
    abandon(state).flatMap((effect) => (effect.kind === 'destroy' ? [effect.key] : [])),
    ['new-device', 'new-transport'],
  );
  assert.equal(abandon(ended.state), []);
});

s.run();
