/**
 * The smart card device that Remote Desktop Connection redirects: the emulated cards of the containers that its
 * user may see, behind MS-RDPEFS and MS-RDPESC.
 */
import type { ActorEffect, ActorEvent } from '../../src/machine/actor.ts';
import { assertNever, type Env } from '../../src/machine/machine.ts';
import { HELLO_ATR } from '../gids/constants.ts';
import * as card from '../iso7816/card-machine.ts';
import * as rdpefs from '../rdpefs/client.ts';
import type { Message } from '../rdpefs/packets.ts';
import { returnName } from '../rdpesc/calls.ts';
import * as rdpesc from '../rdpesc/client.ts';
import { NO_SERVICE } from '../rdpesc/reader-state.ts';
import { closed, containerOf } from './device-hello.ts';
import { type DeviceConfig, type WithSession, withHello } from './device-state.ts';
import { type CardOwner, heardByCard } from './emulated-card.ts';
import { staged } from './remote-desktop-prompt.ts';
import {
  type Card,
  type Desktop,
  type Logon,
  lineOf,
  type Redirected,
  type WithLine,
} from './remote-desktop-state.ts';

export const CHANNEL = 'rdpdr';
const READERS = 'Windows Hello for Business';

const DEVICE_ID = 1;
const CLIENT_ID = 1;

/** `messages`: for the channel, in their order. */
export interface CardsStep {
  readonly state: WithSession;
  readonly effects: readonly ActorEffect[];
  readonly messages: readonly Message[];
}

/** The cards that a session sees: its user's first, those of others behind it (dual enrolment). */
export function redirected({ base, session }: WithSession): Redirected {
  const { user } = session.who;
  const others = Object.keys(base.hello.containers).filter(
    (other) =>
      other !== user && containerOf(base.hello, other)?.settings.enumeratedForAllUsers === true,
  );
  const owners = [user, ...others].filter((one) => containerOf(base.hello, one) !== undefined);
  const cards = owners.map((owner, index): Card => {
    return { reader: `${READERS} ${index + 1}`, owner, state: card.initialState, queue: [] };
  });
  const service = cards.reduce<rdpesc.State>(
    (state, { reader }) => rdpesc.step(state, { kind: 'inserted', reader, atr: HELLO_ATR }).state,
    { ...NO_SERVICE, name: 'serving' },
  );
  return { device: rdpefs.INITIAL, service, cards };
}

/** Something has happened to a desktop's device; what is left of the line is in its stage. */
interface Turn extends CardsStep {
  readonly redirected: Redirected;
}

function turned(state: WithSession, redirected: Redirected): Turn {
  return { state, redirected, effects: [], messages: [] };
}

function then(first: Turn, next: (turn: Turn) => Turn): Turn {
  const second = next(first);
  return {
    ...second,
    effects: [...first.effects, ...second.effects],
    messages: [...first.messages, ...second.messages],
  };
}

function settled(desktop: Desktop, line: WithLine, turn: Turn): CardsStep {
  const { redirected: now, state, effects, messages } = turn;
  return { state: staged(state, desktop.id, { ...line, redirected: now }), effects, messages };
}

/** What a device is asked with, and whose. */
interface Asking {
  readonly config: DeviceConfig;
  readonly desktop: Desktop;
  readonly logon: Logon;
  readonly env: Env;
}

/** A message of the host on the channel. */
export function received(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  line: WithLine,
  message: Uint8Array,
  env: Env,
): CardsStep {
  const asking: Asking = { config, desktop, logon: line.logon, env };
  const turn = device(asking, turned(state, line.redirected), { kind: 'received', message });
  return settled(desktop, line, turn);
}

/** A timer of a waiting call, or an answer of the signing core for a card. */
export function heard(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  line: WithLine,
  event: Extract<ActorEvent, { readonly kind: 'expired' | 'signed' | 'decrypted' }>,
  env: Env,
): CardsStep {
  const asking: Asking = { config, desktop, logon: line.logon, env };
  const before = turned(state, line.redirected);
  if (event.kind === 'expired') {
    const completionId = Number(event.timer.slice(`${desktop.id}/`.length));
    return settled(desktop, line, called(asking, before, { kind: 'expired', completionId }));
  }
  const [, owner = '', id = ''] = event.id.split('/');
  return settled(desktop, line, onCard(asking, before, owner, { ...event, id }));
}

/** Containers that are gone take their cards out of the readers. */
export function withoutGone(
  config: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  env: Env,
): CardsStep | undefined {
  const line = lineOf(desktop);
  const gone = line?.redirected.cards.filter(
    ({ owner }) => containerOf(state.base.hello, owner) === undefined,
  );
  if (line === undefined || gone === undefined || gone.length === 0) return undefined;
  const asking: Asking = { config, desktop, logon: line.logon, env };
  const left = line.redirected.cards.filter((one) => !gone.includes(one));
  const unanswered = gone.flatMap(({ queue }) => queue.map(({ completionId }) => completionId));
  let turn = turned(state, { ...line.redirected, cards: left });
  for (const completionId of unanswered) {
    turn = then(turn, (now) => called(asking, now, { kind: 'transmitted', completionId }));
  }
  for (const { reader } of gone) {
    turn = then(turn, (now) => called(asking, now, { kind: 'removed', reader }));
  }
  return settled(desktop, line, turn);
}

/** The connection is over: containers that were opened for it are closed again. */
export function putAway(
  { hello: config }: DeviceConfig,
  state: WithSession,
  desktop: Desktop,
  env: Env,
): WithSession {
  const line = lineOf(desktop);
  const owners = line?.redirected.cards.map(({ owner }) => owner) ?? [];
  return owners.reduce((next, owner) => {
    const { session, base } = next;
    // Who signed in to the device with the key goes on using it (see `proofObjection`).
    const inUse = session.who.user === owner && isWithKey(session.proof);
    return inUse ? next : withHello(next, closed(config, base.hello, owner, env));
  }, state);
}

function isWithKey(proof: WithSession['session']['proof']): boolean {
  return (
    proof.mechanism === 'publicKey' || (proof.mechanism === 'cloud' && proof.kid !== undefined)
  );
}

/** Something for MS-RDPEFS, and what it leads to. */
function device(asking: Asking, before: Turn, event: rdpefs.Event): Turn {
  const { config } = asking;
  const { device: state } = before.redirected;
  const own = { computerName: config.netbiosName, deviceId: DEVICE_ID, clientId: CLIENT_ID };
  const next = rdpefs.step(own, state, event);
  let turn = turned(before.state, { ...before.redirected, device: next.state });
  for (const effect of next.effects) {
    turn = then(turn, (now) => deviceWants(asking, { ...now, effects: [], messages: [] }, effect));
  }
  return turn;
}

function deviceWants(asking: Asking, turn: Turn, effect: rdpefs.Effect): Turn {
  switch (effect.kind) {
    case 'send':
      return { ...turn, messages: [effect] };
    case 'control':
      return called(asking, turn, { ...effect, kind: 'asked' });
    case 'restarted':
      return called(asking, turn, { kind: 'restarted' });
    case 'refused':
      return { ...turn, effects: [note(`device redirection: ${effect.reason}`)] };
    case 'rejected':
      return { ...turn, effects: [effect] };
    default:
      return assertNever(effect);
  }
}

function note(text: string): ActorEffect {
  return { kind: 'note', level: 'info', text };
}

/** Something for MS-RDPESC, and what it leads to. */
function called(asking: Asking, before: Turn, event: rdpesc.Event): Turn {
  const next = rdpesc.step(before.redirected.service, event);
  let turn = turned(before.state, { ...before.redirected, service: next.state });
  for (const effect of next.effects) {
    turn = then(turn, (now) => serviceWants(asking, { ...now, effects: [], messages: [] }, effect));
  }
  return turn;
}

function serviceWants(asking: Asking, turn: Turn, effect: rdpesc.Effect): Turn {
  switch (effect.kind) {
    case 'completes': {
      const { completionId, ioStatus, output, call } = effect;
      const name = returnName(call);
      return device(asking, turn, { kind: 'completes', completionId, ioStatus, output, name });
    }
    case 'transmit':
      return queued(asking, turn, effect);
    case 'resets': {
      const owner = turn.redirected.cards.find(({ reader }) => reader === effect.reader)?.owner;
      return owner === undefined ? turn : onCard(asking, turn, owner, { kind: 'reset' });
    }
    case 'timer': {
      const timer = `${asking.desktop.id}/${effect.completionId}`;
      return { ...turn, effects: [{ kind: 'timer', timer, ms: effect.ms }] };
    }
    case 'note':
      return { ...turn, effects: [note(`smart card redirection: ${effect.text}`)] };
    default:
      return assertNever(effect);
  }
}

/** A card answers one command after another. */
function queued(
  asking: Asking,
  turn: Turn,
  { reader, completionId, command }: Extract<rdpesc.Effect, { readonly kind: 'transmit' }>,
): Turn {
  const found = turn.redirected.cards.find((one) => one.reader === reader);
  if (found === undefined) return called(asking, turn, { kind: 'transmitted', completionId });
  const queue = [...found.queue, { completionId, command }];
  const waiting = withCard(turn, { ...found, queue });
  return queue.length > 1
    ? waiting
    : onCard(asking, waiting, found.owner, { kind: 'received', bytes: command });
}

function withCard(turn: Turn, changed: Card): Turn {
  const { redirected: before } = turn;
  const cards = before.cards.map((one) => (one.owner === changed.owner ? changed : one));
  return { ...turn, redirected: { ...before, cards } };
}

/** Something for a card, and what it leads to: answers go back as they come. */
function onCard(asking: Asking, before: Turn, owner: string, event: card.Event): Turn {
  const { config, desktop, logon, env } = asking;
  const found = before.redirected.cards.find((one) => one.owner === owner);
  if (found === undefined) return before;
  const sessionPin =
    logon.kind === 'smartCard' && logon.owner === owner && logon.gesture !== 'pin'
      ? { sessionPin: logon.pin }
      : {};
  const cardOwner: CardOwner = {
    config: config.hello,
    user: owner,
    keepsOpen: true,
    ...sessionPin,
  };
  const emulated = { hello: before.state.base.hello, card: found.state };
  const next = heardByCard(cardOwner, emulated, event, env);
  if (next === undefined) return before;
  const state = withHello(before.state, next.hello);
  const effects = next.effects.map((effect) => named(effect, `${desktop.id}/${owner}`));
  const moved = withCard({ ...before, state }, { ...found, state: next.card });
  const turn: Turn = { ...moved, effects: [...effects], messages: [] };
  return next.responses.reduce(
    (now, response) =>
      then(now, (after) =>
        answered(asking, { ...after, effects: [], messages: [] }, owner, response),
      ),
    turn,
  );
}

/** Cards number what they ask for, each by itself. */
function named(effect: ActorEffect, prefix: string): ActorEffect {
  return effect.kind === 'sign' || effect.kind === 'decrypt'
    ? { ...effect, id: `${prefix}/${effect.id}` }
    : effect;
}

/** The answer to the first in the queue; the next one is worked on. */
function answered(asking: Asking, turn: Turn, owner: string, response: Uint8Array): Turn {
  const found = turn.redirected.cards.find((one) => one.owner === owner);
  const [first, ...queue] = found?.queue ?? [];
  if (found === undefined || first === undefined) return turn;
  const { completionId } = first;
  const rest = withCard(turn, { ...found, queue });
  const told = called(asking, rest, { kind: 'transmitted', completionId, response });
  const [next] = queue;
  if (next === undefined) return told;
  return then(told, (now) =>
    onCard(asking, { ...now, effects: [], messages: [] }, owner, {
      kind: 'received',
      bytes: next.command,
    }),
  );
}
