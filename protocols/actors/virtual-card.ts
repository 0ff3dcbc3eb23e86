/**
 * A Hello container of a scenario's device as a smart card in vsmartcard's virtual reader (vpcd), for real
 * PC/SC software. The reader listens, the card comes: where nobody listens it comes again.
 */
import type { Actor, ActorEffect, ActorEnv, ActorEvent, Json } from '../../src/machine/actor.ts';
import { type Step, to } from '../../src/machine/machine.ts';
import type { Scene } from '../../src/scenario/role.ts';
import { HELLO_ATR } from '../gids/constants.ts';
import * as card from '../iso7816/card-machine.ts';
import { VPCD_CONTROL, vpcdFraming } from '../iso7816/vpcd.ts';
import { helloOf, helloView, keptOf, started } from './device-hello.ts';
import { keptIn, NOTHING_KEPT, written } from './device-store.ts';
import { type CardOwner, type EmulatedCard, heardByCard } from './emulated-card.ts';
import type { DeviceFields } from './fields.ts';
import { helloConfig } from './hello-cast.ts';

/** What the actor calls the other end; a driver knows where that is. */
export const READER = { name: 'pcscd', port: 0x8c7b } as const;

const CONNECTION = 'reader';
const RETRY = { kind: 'timer', timer: 'reader', ms: 500, background: true } as const;

export type State =
  | { readonly name: 'off' }
  /** No reader has it. */
  | ({ readonly name: 'unplugged' } & EmulatedCard)
  | ({ readonly name: 'plugged' } & EmulatedCard);

type Running = Exclude<State, { readonly name: 'off' }>;

const CONNECT: ActorEffect = {
  kind: 'connect',
  connection: CONNECTION,
  to: READER.name,
  port: READER.port,
  framing: vpcdFraming.name,
};

export function step(
  owner: CardOwner,
  state: State,
  event: ActorEvent,
  env: ActorEnv,
): Step<State, ActorEffect> {
  if (state.name === 'off') return event.kind === 'started' ? start(owner, env) : to(state);
  const next = heard(owner, state, event, env);
  const { hello } = next.state;
  if (hello === state.hello) return next;
  const kept = written(keptOf(state.hello), keptOf(hello), env.store);
  return to(next.state, [...kept, ...next.effects]);
}

/** As a device's first start: what was there before the story is put into an empty store. */
function start({ config }: CardOwner, env: ActorEnv): Step<State, ActorEffect> {
  const inStore = keptIn(env.store);
  const isFirst = env.store.size === 0 && inStore.keys === 0;
  const before = isFirst ? NOTHING_KEPT : inStore;
  const hello = started(config, helloOf(isFirst ? config.initial : inStore), env);
  const state: State = { name: 'unplugged', hello, card: card.initialState };
  return to(state, [...written(before, keptOf(hello), env.store), CONNECT]);
}

function heard(
  owner: CardOwner,
  state: Running,
  event: ActorEvent,
  env: ActorEnv,
): Step<Running, ActorEffect> {
  switch (event.kind) {
    case 'connected':
      return to({ ...state, name: 'plugged' });
    case 'closed': {
      const { state: next, effects } = onCard(owner, state, { kind: 'reset' }, env);
      return to({ ...next, name: 'unplugged' }, [...effects, RETRY]);
    }
    case 'expired':
      return to(state, state.name === 'unplugged' ? [CONNECT] : []);
    case 'received':
      return fromReader(owner, state, event.bytes, env);
    case 'malformed':
      return to(state, [{ kind: 'close', connection: event.connection }]);
    case 'signed':
    case 'decrypted':
      return onCard(owner, state, event, env);
    default:
      return to(state);
  }
}

/** One octet: what the reader does with the card; more: an APDU. */
function fromReader(
  owner: CardOwner,
  state: Running,
  bytes: Uint8Array,
  env: ActorEnv,
): Step<Running, ActorEffect> {
  if (bytes.length > 1) return onCard(owner, state, { kind: 'received', bytes }, env);
  switch (bytes[0]) {
    case VPCD_CONTROL.getAtr:
      return to(state, [sent('ATR', HELLO_ATR)]);
    case VPCD_CONTROL.powerOff:
    case VPCD_CONTROL.powerOn:
    case VPCD_CONTROL.reset:
      return onCard(owner, state, { kind: 'reset' }, env);
    default:
      return to(state); // a control that this version of the line does not have
  }
}

function onCard(
  owner: CardOwner,
  state: Running,
  event: card.Event,
  env: ActorEnv,
): Step<Running, ActorEffect> {
  const next = heardByCard(owner, state, event, env);
  if (next === undefined) return to(state, [{ kind: 'close', connection: CONNECTION }]);
  const responses = next.responses.map((bytes) => sent('R-APDU', bytes));
  const after = { name: state.name, hello: next.hello, card: next.card };
  return to(after, [...next.effects, ...responses]);
}

function sent(message: string, bytes: Uint8Array): ActorEffect {
  return { kind: 'send', transport: 'tcp', connection: CONNECTION, message, bytes };
}

/** Who has a container when the story begins, in the order of the file. */
export function cardOwners(
  scene: Scene,
): readonly { readonly device: string; readonly user: string }[] {
  return Object.entries(scene.actors).flatMap(([device, { role, config }]) =>
    role === 'device'
      ? Object.keys((config as DeviceFields).hello).map((user) => ({ device, user }))
      : [],
  );
}

/** @throws RangeError when there is no such device */
export function virtualCard(scene: Scene, device: string, user: string): Actor {
  const member = scene.actors[device];
  if (member?.role !== 'device') throw new RangeError(`there is no device ${device}`);
  const fields = member.config as DeviceFields;
  const owner: CardOwner = { config: helloConfig(scene, device, fields), user };
  const initial: State = { name: 'off' };
  return {
    name: `${user}@${device}`,
    role: 'smart-card',
    machine: 'actors/virtual-card',
    initial,
    step: (state, event, env) => step(owner, state as State, event, env),
    stateName: (state) => (state as State).name,
    view: (state) => view(fields.realm, user, state as State),
  };
}

function view(realm: string, user: string, state: State): Json {
  const named = { realm: realm.toUpperCase(), user };
  return state.name === 'off' ? named : { ...named, ...helloView(state.hello) };
}
