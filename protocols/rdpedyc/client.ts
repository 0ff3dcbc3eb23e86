/** The client's side of dynamic channels (MS-RDPEDYC 3.2): it opens those that somebody listens to. */
import {
  assertNever,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import { CHANNELS_MAX, CreationStatus, VERSION_MAX } from './constants.ts';
import {
  begins,
  continues,
  fragments,
  type Gathered,
  type Gathering,
  NOTHING,
} from './fragments.ts';
import { type Message, message, type Pdu, readPdu } from './messages.ts';

export interface ClientConfig {
  /** Names of channels that somebody listens to. */
  readonly listeners: readonly string[];
}

interface Channel {
  readonly id: number;
  readonly name: string;
  readonly gathered: Gathered;
}

export type State =
  | { readonly name: 'expectCapabilities' }
  | { readonly name: 'ready'; readonly version: number; readonly channels: readonly Channel[] };

type Ready = Extract<State, { readonly name: 'ready' }>;

export type Event =
  | { readonly kind: 'received'; readonly message: Uint8Array }
  | {
      readonly kind: 'writes';
      readonly channelId: number;
      readonly message: Uint8Array;
      /** What traces call the message. */
      readonly name: string;
    }
  | { readonly kind: 'closes'; readonly channelId: number };

export type Effect =
  | ({ readonly kind: 'send' } & Message)
  | { readonly kind: 'created'; readonly channelId: number; readonly channelName: string }
  | {
      readonly kind: 'data';
      readonly channelId: number;
      readonly channelName: string;
      readonly message: Uint8Array;
    }
  | { readonly kind: 'closed'; readonly channelId: number; readonly channelName: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | Rejected;

export type ClientStep = Step<State, Effect>;

export const INITIAL: State = { name: 'expectCapabilities' };

export function step(config: ClientConfig, state: State, event: Event): ClientStep {
  switch (event.kind) {
    case 'received': {
      const read = readPdu(event.message, 'server');
      return read.ok ? received(config, state, read.value) : refused(state, read.error.message);
    }
    case 'writes': {
      if (state.name !== 'ready') return unexpected(state, event, 'received');
      const { channelId } = event;
      if (!state.channels.some(({ id }) => id === channelId)) {
        return noSuchChannel(state, channelId);
      }
      const sent = fragments(channelId, event.message, event.name);
      return to(
        state,
        sent.map((one) => ({ kind: 'send', ...one }) as const),
      );
    }
    case 'closes': {
      if (state.name !== 'ready') return unexpected(state, event, 'received');
      const channel = state.channels.find(({ id }) => id === event.channelId);
      if (channel === undefined) return noSuchChannel(state, event.channelId);
      return closing(state, channel, []);
    }
    default:
      return assertNever(event);
  }
}

function refused(state: State, reason: string): ClientStep {
  return to(state, [{ kind: 'refused', reason }]);
}

function noSuchChannel(state: State, channelId: number): ClientStep {
  return refused(state, `there is no channel ${channelId}`);
}

function outOfTurn(state: State, { kind }: Pdu): ClientStep {
  return refused(state, `${kind} in ${state.name}`);
}

function received(config: ClientConfig, state: State, value: Pdu): ClientStep {
  switch (value.kind) {
    case 'capabilitiesRequest':
    case 'prioritiesRequest': {
      // A server may ask again, when a session is connected to anew; its channels stay.
      const version = Math.min(value.version, VERSION_MAX);
      const channels = state.name === 'ready' ? state.channels : [];
      return to({ name: 'ready', version, channels }, [
        { kind: 'send', ...message({ kind: 'capabilitiesResponse', version }) },
      ]);
    }
    case 'createRequest':
      return state.name === 'ready' ? created(config, state, value) : outOfTurn(state, value);
    case 'dataFirst':
    case 'data':
    case 'close': {
      if (state.name !== 'ready') return outOfTurn(state, value);
      const channel = state.channels.find(({ id }) => id === value.channelId);
      if (channel === undefined) return noSuchChannel(state, value.channelId);
      if (value.kind === 'close') return closing(state, channel, []);
      return gatheredIn(
        state,
        channel,
        value.kind === 'data'
          ? continues(channel.gathered, value.data)
          : begins(channel.gathered, value.length, value.data),
      );
    }
    default:
      return outOfTurn(state, value);
  }
}

/** Refusals carry the code that Windows' client is known to answer with. */
function created(
  { listeners }: ClientConfig,
  state: Ready,
  { channelId, channelName }: Extract<Pdu, { readonly kind: 'createRequest' }>,
): ClientStep {
  const { channels } = state;
  const answer = (creationStatus: number): Effect => ({
    kind: 'send',
    ...message({ kind: 'createResponse', channelId, creationStatus }),
  });
  if (channels.some(({ id }) => id === channelId)) {
    return refused(state, `channel ${channelId} is there already`);
  }
  if (!listeners.includes(channelName) || channels.length >= CHANNELS_MAX) {
    return to(state, [answer(CreationStatus.STATUS_UNSUCCESSFUL)]);
  }
  const channel: Channel = { id: channelId, name: channelName, gathered: NOTHING };
  return to({ ...state, channels: [...channels, channel] }, [
    answer(CreationStatus.S_OK),
    { kind: 'created', channelId, channelName },
  ]);
}

function closing(
  state: Ready,
  { id: channelId, name: channelName }: Channel,
  before: readonly Effect[],
): ClientStep {
  return to({ ...state, channels: state.channels.filter(({ id }) => id !== channelId) }, [
    ...before,
    { kind: 'send', ...message({ kind: 'close', channelId }) },
    { kind: 'closed', channelId, channelName },
  ]);
}

function gatheredIn(state: Ready, channel: Channel, gathering: Gathering): ClientStep {
  const kept = (gathered: Gathered): Ready => ({
    ...state,
    channels: state.channels.map((one) => (one.id === channel.id ? { ...one, gathered } : one)),
  });
  switch (gathering.kind) {
    case 'partial':
      return to(kept(gathering.gathered));
    case 'message': {
      const { id: channelId, name: channelName } = channel;
      return to(kept(NOTHING), [
        { kind: 'data', channelId, channelName, message: gathering.message },
      ]);
    }
    // Where the message cannot be told from the next one any more, the channel goes.
    case 'refused':
      return closing(state, channel, [{ kind: 'refused', reason: gathering.reason }]);
  }
}
