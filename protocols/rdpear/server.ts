/** The host's side of MS-RDPEAR (3.1.5): calls go to the client one after another, each with its answer. */
import {
  assertNever,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import { CallId, Status, VERSION } from './constants.ts';
import type { Answer, Call, Output } from './messages.ts';
import { inputName, inputPacket, readOutput } from './packets.ts';

/** A call, and who waits for its answer: whatever that is called. */
export interface Asked {
  readonly id: string;
  readonly call: Call;
}

export type State =
  | { readonly name: 'idle' }
  /** The channel is open; `waiting`: calls that are asked once a version is agreed on. */
  | { readonly name: 'expectVersion'; readonly waiting: readonly Asked[] }
  | { readonly name: 'ready' }
  | { readonly name: 'expectAnswer'; readonly asked: Asked; readonly waiting: readonly Asked[] }
  /** The client is gone, or does not keep to the protocol: no key can be used any more. */
  | { readonly name: 'closed'; readonly reason: string };

export type Event =
  /** The channel is there. */
  | { readonly kind: 'opened' }
  | ({ readonly kind: 'asks' } & Asked)
  /** A packet of the inner layer. */
  | { readonly kind: 'received'; readonly packet: Uint8Array }
  | { readonly kind: 'closed'; readonly reason: string };

export type Effect =
  | { readonly kind: 'send'; readonly name: string; readonly packet: Uint8Array }
  | { readonly kind: 'answered'; readonly id: string; readonly answer: Answer }
  /** The client refuses, or cannot be asked any more. */
  | {
      readonly kind: 'unanswered';
      readonly id: string;
      readonly reason: string;
    }
  | { readonly kind: 'close' }
  | Rejected;

export const INITIAL: State = { name: 'idle' };

/** More would be a leak of ours. */
const WAITING_MAX = 64;

export function step(state: State, event: Event): Step<State, Effect> {
  switch (event.kind) {
    case 'opened': {
      if (state.name !== 'idle') return unexpected(state, event, 'asks', 'received');
      const value = { MaxSupportedVersion: VERSION };
      return to({ name: 'expectVersion', waiting: [] }, [
        sent({ tag: CallId.RemoteCallKerbNegotiateVersion, value }),
      ]);
    }
    case 'asks':
      return asking(state, { id: event.id, call: event.call });
    case 'received': {
      if (state.name !== 'expectVersion' && state.name !== 'expectAnswer') {
        return ending(state, `an answer in ${state.name}`);
      }
      const read = readOutput(event.packet);
      return read.ok ? answered(state, read.value) : ending(state, read.reason);
    }
    case 'closed':
      return closed(state, event.reason);
    default:
      return assertNever(event);
  }
}

function sent(call: Call): Effect {
  const input = { Call: call };
  return { kind: 'send', name: inputName(input), packet: inputPacket(input) };
}

function unanswered({ id }: Asked, reason: string): Effect {
  return { kind: 'unanswered', id, reason };
}

function asking(state: State, asked: Asked): Step<State, Effect> {
  switch (state.name) {
    case 'idle':
      return to(state, [unanswered(asked, 'there is no channel to the client')]);
    case 'closed':
      return to(state, [unanswered(asked, state.reason)]);
    case 'ready':
      return to({ name: 'expectAnswer', asked, waiting: [] }, [sent(asked.call)]);
    default:
      if (state.waiting.length >= WAITING_MAX) {
        return to(state, [unanswered(asked, `${WAITING_MAX} calls wait already`)]);
      }
      return to({ ...state, waiting: [...state.waiting, asked] });
  }
}

type Waiting = Extract<State, { readonly waiting: readonly Asked[] }>;

/** Answers come in the order of the calls, and say of which kind they are. */
function answered(state: Waiting, { Status: status, Call: answer }: Output): Step<State, Effect> {
  const { RemoteCallKerbNegotiateVersion } = CallId;
  const tag =
    state.name === 'expectVersion' ? RemoteCallKerbNegotiateVersion : state.asked.call.tag;
  if (answer.tag !== tag) {
    return ending(state, `an answer to call ${answer.tag}, expected ${tag}`);
  }
  const fails = status !== Status.STATUS_SUCCESS;
  if (state.name === 'expectVersion') {
    if (fails) return ending(state, `the client refuses with ${statusText(status)}`);
    if (answer.tag === RemoteCallKerbNegotiateVersion && answer.value.VersionToUse !== VERSION) {
      return ending(state, `version ${answer.value.VersionToUse}: there is only ${VERSION}`);
    }
    return next(state.waiting, []);
  }
  const { id } = state.asked;
  const effect: Effect = fails
    ? unanswered(state.asked, `the client answers ${statusText(status)}`)
    : { kind: 'answered', id, answer };
  return next(state.waiting, [effect]);
}

function statusText(status: number): string {
  const found = Object.entries(Status).find(([, value]) => value === status);
  return found?.[0] ?? `0x${status.toString(16).padStart(8, '0')}`;
}

function next(waiting: readonly Asked[], effects: readonly Effect[]): Step<State, Effect> {
  const [asked, ...rest] = waiting;
  if (asked === undefined) return to({ name: 'ready' }, effects);
  return to({ name: 'expectAnswer', asked, waiting: rest }, [...effects, sent(asked.call)]);
}

/** Whoever does not keep to the protocol is not asked again. */
function ending(state: State, reason: string): Step<State, Effect> {
  const over = closed(state, reason);
  return to(over.state, [...over.effects, { kind: 'close' }]);
}

function closed(state: State, reason: string): Step<State, Effect> {
  const asked = [
    ...(state.name === 'expectAnswer' ? [state.asked] : []),
    ...('waiting' in state ? state.waiting : []),
  ];
  return to(
    { name: 'closed', reason },
    asked.map((one) => unanswered(one, reason)),
  );
}
