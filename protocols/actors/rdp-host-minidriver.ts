/**
 * The card at a remote desktop host, once its service can be called: the PIN that the client handed over or that is
 * typed at the host's screen, and the host's own sign-in with the card's key (MS-PKCA 3.1.5.2).
 */
import { utf8 } from '../../src/bytes/bytes.ts';
import { assertNever, type Env } from '../../src/machine/machine.ts';
import { statusName } from '../kerberos/ntstatus.ts';
import * as minidriver from '../minidriver/card.ts';
import type * as card from '../minidriver/card-state.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import { pinLines, waitingLines } from './rdp-host-screen.ts';
import { cardFailed } from './rdp-host-session.ts';
import { cardTicket } from './rdp-host-sign-in.ts';
import {
  type CardInUse,
  type Connection,
  cardKey,
  eachOf,
  type HostTurn,
  type Next,
  type PinPrompt,
  progressed,
  type Running,
  turn,
  withCard,
  withConnection,
} from './rdp-host-state.ts';
import { ended, fetching, type ListsStep } from './revocation-lists.ts';

/** Something for the card. */
export function driven(
  config: RdpHostConfig,
  state: Running,
  id: string,
  event: card.Event,
  env: Env,
): HostTurn {
  const used = state.connections[id]?.card;
  if (used === undefined) return turn(state);
  const { container } = used.logOn;
  const next = minidriver.step(container === undefined ? {} : { container }, used.card, event);
  const after = withCard(state, id, { card: next.state });
  return eachOf(after, next.effects, (host, effect) => cardWants(config, host, id, effect, env));
}

function cardWants(
  config: RdpHostConfig,
  state: Running,
  id: string,
  effect: card.Effect,
  env: Env,
): HostTurn {
  switch (effect.kind) {
    case 'transmit': {
      const { command } = effect;
      const event = { kind: 'transmits', command } as const;
      return turn(state, [], { kind: 'calls', connection: id, event });
    }
    case 'readCache': {
      const event = { kind: 'readsCache', ...effect.item } as const;
      return turn(state, [], { kind: 'calls', connection: id, event });
    }
    case 'writeCache': {
      const event = { kind: 'writesCache', ...effect.item, data: effect.data } as const;
      return turn(state, [], { kind: 'calls', connection: id, event });
    }
    case 'pinWanted': {
      const pin = state.connections[id]?.card?.logOn.pin;
      return pin === undefined
        ? prompting(config, state, id, { typed: '' })
        : shows(state, id, pin);
    }
    case 'pinWrong': {
      const { status, reason, tries } = effect;
      const message = tries === undefined ? reason : `The PIN is incorrect. Tries left: ${tries}`;
      const asked = prompting(config, state, id, { typed: '', message });
      const info = { kind: 'logonError', type: status, data: LOGON_FAILED_BAD_PASSWORD } as const;
      return turn(
        asked.state,
        [{ kind: 'note', level: 'cause', text: `${statusName(status)}: ${reason}` }],
        { kind: 'desktop', connection: id, event: { kind: 'notifies', info } },
        ...asked.then,
      );
    }
    case 'ready':
      return withKey(config, state, id, effect.key, env);
    case 'signed': {
      const signs = state.connections[id]?.card?.signs;
      if (signs === undefined) return turn(state);
      return turn(state, [], { kind: 'signed', id: signs, signature: effect.signature });
    }
    case 'failed':
      return cardFailed(state, id, effect);
    case 'rejected':
      return turn(state, [effect]);
    default:
      return assertNever(effect);
  }
}

/** MS-RDPBCGR 2.2.10.1.1.4.1.1. */
const LOGON_FAILED_BAD_PASSWORD = 0;

/** The screen asks for the PIN, as winlogon does where the client gave none, or a wrong one. */
function prompting(config: RdpHostConfig, state: Running, id: string, prompt: PinPrompt): HostTurn {
  const lines = pinLines(config, readerOf(state, id), prompt);
  const event = { kind: 'shows', lines } as const;
  return turn(withCard(state, id, { prompt }), [], { kind: 'desktop', connection: id, event });
}

function readerOf(state: Running, id: string): string {
  const calling = state.connections[id]?.card?.calls;
  return calling !== undefined && 'found' in calling ? calling.found.reader : '';
}

function shows(state: Running, id: string, pin: string): HostTurn {
  const event = { kind: 'pin', pin: utf8(pin) } as const;
  return turn(state, [], { kind: 'card', connection: id, event });
}

/** MaximumPINLength of the PassportForWork CSP: more keys are not heard. */
const PIN_MOST = 127;

/** Keys that were pressed: they go to the prompt, where there is one. */
export function typed(config: RdpHostConfig, state: Running, id: string, text: string): HostTurn {
  const prompt = state.connections[id]?.card?.prompt;
  if (prompt === undefined) return turn(state);
  let { typed: pin } = prompt;
  for (const key of text) {
    if (key === '\n') return entered(config, state, id, pin);
    pin = key === '\b' ? pin.slice(0, -1) : `${pin}${key}`.slice(0, PIN_MOST);
  }
  return prompting(config, state, id, { ...prompt, typed: pin });
}

function entered(config: RdpHostConfig, state: Running, id: string, pin: string): HostTurn {
  const connection = state.connections[id] as Connection;
  const { prompt: _, ...card } = connection.card as CardInUse;
  const host = withConnection(state, id, { ...connection, card });
  const event = { kind: 'shows', lines: waitingLines(config) } as const;
  const { then } = shows(host, id, pin);
  return turn(host, [], { kind: 'desktop', connection: id, event }, ...then);
}

/** The PIN was right: the host asks the domain controller for a ticket, and the card will sign that. */
function withKey(
  config: RdpHostConfig,
  state: Running,
  id: string,
  key: card.CardKey,
  env: Env,
): HostTurn {
  const reader = readerOf(state, id);
  const { container, profile } = key;
  const host = withCard(state, id, { used: { reader, container, profile } });
  const { revocation } = config.kdcTrust;
  const missing = revocation === 'off' ? [] : ended(host.lists, config.listSources, env.now);
  if (missing.length === 0) return asking(config, host, id, key, env);
  const { lists, effects } = fetching(host.lists, missing);
  return turn({ ...withCard(host, id, { expectsLists: key }), lists }, effects);
}

function asking(
  config: RdpHostConfig,
  state: Running,
  id: string,
  key: card.CardKey,
  env: Env,
): HostTurn {
  const asked = cardTicket(config, state, id, key, cardKey(id), env);
  return asked.kind === 'refused'
    ? cardFailed(state, id, asked)
    : progressed(state, asked.progress);
}

/** Lists have come, or not: when the last has, whoever waits goes on. */
export function listsHeard(
  config: RdpHostConfig,
  state: Running,
  { lists, effects }: ListsStep,
  env: Env,
): HostTurn {
  let host: Running = { ...state, lists };
  const all = [...effects];
  const then: Next[] = [];
  for (const [id, { card: used }] of Object.entries(state.connections)) {
    if (used?.expectsLists === undefined || lists.calls.length > 0) continue;
    const { expectsLists: key, ...rest } = used;
    const connection = host.connections[id] as Connection;
    const next = asking(
      config,
      withConnection(host, id, { ...connection, card: rest }),
      id,
      key,
      env,
    );
    host = next.state;
    all.push(...next.effects);
    then.push(...next.then);
  }
  return turn(host, all, ...then);
}
