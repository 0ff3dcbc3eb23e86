/**
 * Redirected smart cards at a remote desktop host: the device on the channel `rdpdr` (MS-RDPEFS), and the calls of its
 * smart card service (MS-RDPESC). What is done with a card is in `rdp-host-minidriver.ts`.
 */

import type { ActorEffect } from '../../src/machine/actor.ts';
import { assertNever } from '../../src/machine/machine.ts';
import { STATUS_SMARTCARD_NO_CARD } from '../kerberos/ntstatus.ts';
import * as minidriver from '../minidriver/card.ts';
import type * as server from '../rdp/server-state.ts';
import * as rdpefs from '../rdpefs/server.ts';
import { callName } from '../rdpesc/calls.ts';
import * as rdpesc from '../rdpesc/host.ts';
import type * as calls from '../rdpesc/host-state.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import { waitingLines } from './rdp-host-screen.ts';
import { cardFailed, cardRemoved, REDIRECTION, shown } from './rdp-host-session.ts';
import {
  type CardInUse,
  type Connection,
  eachOf,
  type HostTurn,
  type Next,
  type Redirection,
  type Running,
  turn,
  withCard,
  withConnection,
} from './rdp-host-state.ts';

export const NO_REDIRECTION: Redirection = { device: rdpefs.INITIAL, pending: {} };

/** Ends the wait for a card that nobody redirects. */
export function cardTimer(connection: string): string {
  return `${connection}/card`;
}

/** The session is on the client's screen: devices may be redirected. */
export function activated(
  config: RdpHostConfig,
  state: Running,
  id: string,
  channels: readonly string[],
): HostTurn {
  const { stage } = state.connections[id] as Connection;
  const greeting: readonly Next[] = channels.includes(REDIRECTION)
    ? [{ kind: 'device', connection: id, event: { kind: 'opened', clientId: state.sessions + 1 } }]
    : [];
  if (stage.name !== 'expectCard') {
    const { effects, then } = shown(config, state, id);
    return turn(state, effects, ...greeting, ...then);
  }
  if (greeting.length === 0) return noCard(state, id, 'the client redirects no devices');
  const lines = waitingLines(config);
  return turn(
    state,
    [{ kind: 'timer', timer: cardTimer(id), ms: config.cardWaitTime }],
    { kind: 'desktop', connection: id, event: { kind: 'shows', lines } },
    ...greeting,
  );
}

function noCard(state: Running, id: string, why: string): HostTurn {
  return cardFailed(state, id, { status: STATUS_SMARTCARD_NO_CARD, reason: why });
}

/** Nobody has redirected a card in time. */
export function waited(state: Running, id: string): HostTurn {
  return state.connections[id]?.stage.name === 'expectCard'
    ? noCard(state, id, 'the client redirects no smart card')
    : turn(state);
}

/** A message of the client on the channel of devices. */
export function received(id: string, message: Uint8Array): Next {
  return { kind: 'device', connection: id, event: { kind: 'received', message } };
}

function sends(
  connection: string,
  { name, message }: { readonly name: string; readonly message: Uint8Array },
): Next {
  const event: server.Event = { kind: 'sends', channel: REDIRECTION, name, message };
  return { kind: 'desktop', connection, event };
}

/** Something for the redirection of devices. */
export function device(state: Running, id: string, event: rdpefs.Event): HostTurn {
  const connection = state.connections[id];
  if (connection === undefined) return turn(state);
  const { redirection } = connection;
  // A session without the channel tells nobody that its user is signed in.
  if (event.kind === 'loggedOn' && redirection.device.name !== 'ready') return turn(state);
  const next = rdpefs.step(redirection.device, event);
  const redirected = { ...redirection, device: next.state };
  const after = withConnection(state, id, { ...connection, redirection: redirected });
  return eachOf(after, next.effects, (host, effect) => deviceWants(host, id, effect));
}

function deviceWants(state: Running, id: string, effect: rdpefs.Effect): HostTurn {
  const connection = state.connections[id] as Connection;
  switch (effect.kind) {
    case 'send':
      return turn(state, [], sends(id, effect));
    case 'smartCard':
      return begun(state, id, connection, effect.deviceId);
    case 'removed':
      return connection.card?.deviceId === effect.deviceId
        ? turn(state, [], { kind: 'calls', connection: id, event: GONE })
        : turn(state);
    case 'completed': {
      const { [effect.completionId]: line, ...pending } = connection.redirection.pending;
      const redirection = { ...connection.redirection, pending };
      const host = withConnection(state, id, { ...connection, redirection });
      if (line === undefined) return turn(host);
      const { ioStatus, output } = effect;
      const event = { kind: 'returned', line, ioStatus, output } as const;
      return turn(host, [], { kind: 'calls', connection: id, event });
    }
    case 'asked':
      return turn(state);
    case 'refused':
      return turn(state, [note(`device redirection: ${effect.reason}`)]);
    case 'rejected':
      return turn(state, [effect]);
    default:
      return assertNever(effect);
  }
}

/** A device that was taken out is the end of the call that watches its reader. */
const GONE: calls.Event = {
  kind: 'returned',
  line: 'watch',
  ioStatus: 0xc0000001,
  output: new Uint8Array(0),
};

function note(text: string): ActorEffect {
  return { kind: 'note', level: 'info', text };
}

/** The client has a smart card device, and somebody waits for it. */
function begun(state: Running, id: string, connection: Connection, deviceId: number): HostTurn {
  const { stage } = connection;
  if (stage.name !== 'expectCard') return turn(state);
  const { logOn, proved } = stage;
  const used: CardInUse = {
    deviceId,
    logOn,
    calls: rdpesc.INITIAL,
    card: minidriver.INITIAL,
  };
  const host = withConnection(state, id, {
    ...connection,
    card: used,
    stage: { name: 'signingIn', ...(proved === undefined ? {} : { proved }) },
  });
  return turn(host, [{ kind: 'cancel', timer: cardTimer(id) }], {
    kind: 'calls',
    connection: id,
    event: { kind: 'begun' },
  });
}

/** Something for the calls of the smart card service. */
export function called(
  config: RdpHostConfig,
  state: Running,
  id: string,
  event: calls.Event,
): HostTurn {
  const used = state.connections[id]?.card;
  if (used === undefined) return turn(state);
  const { reader } = used.logOn;
  const next = rdpesc.step(reader === undefined ? {} : { reader }, used.calls, event);
  const after = withCard(state, id, { calls: next.state });
  return eachOf(after, next.effects, (host, effect) => callsWant(config, host, id, effect));
}

function callsWant(
  config: RdpHostConfig,
  state: Running,
  id: string,
  effect: calls.Effect,
): HostTurn {
  switch (effect.kind) {
    case 'asks':
      return asking(state, id, effect);
    case 'connected':
      return turn(state, [], { kind: 'card', connection: id, event: { kind: 'begun' } });
    case 'response': {
      const { bytes } = effect;
      return turn(state, [], { kind: 'card', connection: id, event: { kind: 'response', bytes } });
    }
    case 'cached':
    case 'written':
      return turn(state, [], { kind: 'card', connection: id, event: effect });
    case 'released':
      return turn(state);
    case 'removed':
      return state.connections[id]?.stage.name === 'signingIn'
        ? noCard(state, id, `the card was taken out of ${effect.reader}`)
        : cardRemoved(config, state, id);
    case 'failed':
      return cardFailed(state, id, effect);
    case 'rejected':
      return turn(state, [effect]);
    default:
      return assertNever(effect);
  }
}

/** A call leaves as a request of the device, and its number says to which line the completion belongs. */
function asking(
  state: Running,
  id: string,
  { line, call, ioControlCode, input, outputLength }: Extract<calls.Effect, { kind: 'asks' }>,
): HostTurn {
  const connection = state.connections[id] as Connection;
  const { redirection, card: used } = connection;
  if (used === undefined || redirection.device.name !== 'ready') return turn(state);
  const { deviceId } = used;
  const name = callName(call);
  const request = { kind: 'asks', deviceId, ioControlCode, input, outputLength, name } as const;
  const next = rdpefs.step(redirection.device, request);
  let pending = redirection.pending;
  const then: Next[] = [];
  const effects: ActorEffect[] = [];
  for (const effect of next.effects) {
    if (effect.kind === 'asked') pending = { ...pending, [effect.completionId]: line };
    else if (effect.kind === 'send') then.push(sends(id, effect));
    else if (effect.kind === 'refused') effects.push(note(`device redirection: ${effect.reason}`));
  }
  const after: Redirection = { device: next.state, pending };
  return turn(withConnection(state, id, { ...connection, redirection: after }), effects, ...then);
}
