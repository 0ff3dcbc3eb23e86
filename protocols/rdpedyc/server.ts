/** The server's side of dynamic channels (MS-RDPEDYC 3.3): capabilities, then channels that are opened by name. */
import {
  assertNever,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import { CHANNELS_MAX, VERSION_MAX } from './constants.ts';
import {
  begins,
  continues,
  fragments,
  type Gathered,
  type Gathering,
  NOTHING,
} from './fragments.ts';
import { type Message, message, type Pdu, readPdu } from './messages.ts';

interface Channel {
  readonly id: number;
  readonly name: string;
  readonly stage: 'expectCreateResponse' | 'open';
  readonly gathered: Gathered;
}

export type State =
  | { readonly name: 'idle' }
  /** `wanted`: names of channels that are to be opened then. */
  | { readonly name: 'expectCapabilities'; readonly wanted: readonly string[] }
  | {
      readonly name: 'ready';
      readonly version: number;
      readonly channels: readonly Channel[];
      /** Numbers are not used again: a late PDU of a closed channel is of none. */
      readonly nextId: number;
    };

type Ready = Extract<State, { readonly name: 'ready' }>;

export type Event =
  /** The static channel is there. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'received'; readonly message: Uint8Array }
  | { readonly kind: 'creates'; readonly channelName: string }
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
  /** Nobody listens to that name. */
  | {
      readonly kind: 'notCreated';
      readonly channelName: string;
      readonly creationStatus: number;
    }
  | {
      readonly kind: 'data';
      readonly channelId: number;
      readonly channelName: string;
      readonly message: Uint8Array;
    }
  | { readonly kind: 'closed'; readonly channelId: number; readonly channelName: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | Rejected;

export type ServerStep = Step<State, Effect>;

export const INITIAL: State = { name: 'idle' };

/** 70, 20, 7 and 3 per cent, as MS-RDPEDYC 2.2.1.1.2 works it out. */
const PRIORITY_CHARGES = [936, 3276, 9362, 21845] as const;

export function step(state: State, event: Event): ServerStep {
  switch (event.kind) {
    case 'opened': {
      if (state.name !== 'idle') return unexpected(state, event, 'received');
      const request = {
        kind: 'prioritiesRequest',
        version: VERSION_MAX,
        priorityCharges: PRIORITY_CHARGES,
      } as const;
      return to({ name: 'expectCapabilities', wanted: [] }, [
        { kind: 'send', ...message(request) },
      ]);
    }
    case 'received': {
      const read = readPdu(event.message, 'client');
      return read.ok ? received(state, read.value) : refused(state, read.error.message);
    }
    case 'creates':
      return creating(state, event);
    case 'writes': {
      if (state.name !== 'ready') return unexpected(state, event, 'received');
      const { channelId } = event;
      if (openIn(state, channelId) === undefined) return noSuchChannel(state, channelId);
      const sent = fragments(channelId, event.message, event.name);
      return to(
        state,
        sent.map((one) => ({ kind: 'send', ...one }) as const),
      );
    }
    case 'closes': {
      if (state.name !== 'ready') return unexpected(state, event, 'received');
      const { channelId } = event;
      const channel = state.channels.find(({ id }) => id === channelId);
      if (channel === undefined) return noSuchChannel(state, channelId);
      return to(without(state, channelId), [
        { kind: 'send', ...message({ kind: 'close', channelId }) },
        { kind: 'closed', channelId, channelName: channel.name },
      ]);
    }
    default:
      return assertNever(event);
  }
}

function refused(state: State, reason: string): ServerStep {
  return to(state, [{ kind: 'refused', reason }]);
}

function noSuchChannel(state: State, channelId: number): ServerStep {
  return refused(state, `there is no channel ${channelId}`);
}

function openIn(state: Ready, channelId: number): Channel | undefined {
  return state.channels.find(({ id, stage }) => id === channelId && stage === 'open');
}

function without(state: Ready, channelId: number): Ready {
  return { ...state, channels: state.channels.filter(({ id }) => id !== channelId) };
}

function withChannel(state: Ready, changed: Channel): Ready {
  const channels = state.channels.map((one) => (one.id === changed.id ? changed : one));
  return { ...state, channels };
}

function creating(state: State, event: Extract<Event, { readonly kind: 'creates' }>): ServerStep {
  const { channelName } = event;
  switch (state.name) {
    case 'idle':
      return unexpected(state, event, 'opened');
    case 'expectCapabilities':
      if (state.wanted.length >= CHANNELS_MAX) return tooMany(state);
      return to({ ...state, wanted: [...state.wanted, channelName] });
    case 'ready': {
      const { nextId: id, channels } = state;
      if (channels.length >= CHANNELS_MAX) return tooMany(state);
      const channel: Channel = {
        id,
        name: channelName,
        stage: 'expectCreateResponse',
        gathered: NOTHING,
      };
      return to({ ...state, nextId: id + 1, channels: [...channels, channel] }, [
        {
          kind: 'send',
          ...message({ kind: 'createRequest', channelId: id, priority: 0, channelName }),
        },
      ]);
    }
  }
}

function tooMany(state: State): ServerStep {
  return refused(state, `${CHANNELS_MAX} channels are there already`);
}

function received(state: State, value: Pdu): ServerStep {
  if (value.kind === 'capabilitiesResponse') {
    if (state.name !== 'expectCapabilities') return outOfTurn(state, value);
    return agreed(state.wanted, Math.min(value.version, VERSION_MAX));
  }
  if (state.name !== 'ready' || !('channelId' in value)) return outOfTurn(state, value);
  const { channelId } = value;
  const channel = state.channels.find(({ id }) => id === channelId);
  if (channel === undefined) return noSuchChannel(state, channelId);
  if (value.kind === 'close') {
    return to(without(state, channelId), [
      { kind: 'closed', channelId, channelName: channel.name },
    ]);
  }
  if (value.kind === 'createResponse') {
    if (channel.stage === 'open') return outOfTurn(state, value);
    return answered(state, channel, value.creationStatus);
  }
  if (channel.stage !== 'open' || value.kind === 'createRequest') return outOfTurn(state, value);
  const gathering =
    value.kind === 'data'
      ? continues(channel.gathered, value.data)
      : begins(channel.gathered, value.length, value.data);
  return gatheredIn(state, channel, gathering);
}

function outOfTurn(state: State, { kind }: Pdu): ServerStep {
  return refused(state, `${kind} in ${state.name}`);
}

function agreed(wanted: readonly string[], version: number): ServerStep {
  const effects: Effect[] = [];
  let state: State = { name: 'ready', version, channels: [], nextId: 1 };
  for (const channelName of wanted) {
    const next = creating(state, { kind: 'creates', channelName });
    state = next.state;
    effects.push(...next.effects);
  }
  return to(state, effects);
}

/** `creationStatus`: an HRESULT, of which those below zero are failures. */
function answered(state: Ready, channel: Channel, creationStatus: number): ServerStep {
  const { id: channelId, name: channelName } = channel;
  if ((creationStatus | 0) < 0) {
    return to(without(state, channelId), [{ kind: 'notCreated', channelName, creationStatus }]);
  }
  return to(withChannel(state, { ...channel, stage: 'open' }), [
    { kind: 'created', channelId, channelName },
  ]);
}

/** Where a message cannot be told from the next one any more, its channel is closed. */
function gatheredIn(state: Ready, channel: Channel, gathering: Gathering): ServerStep {
  const { id: channelId, name: channelName } = channel;
  switch (gathering.kind) {
    case 'partial':
      return to(withChannel(state, { ...channel, gathered: gathering.gathered }));
    case 'message': {
      const data = { kind: 'data', channelId, channelName, message: gathering.message } as const;
      return to(withChannel(state, { ...channel, gathered: NOTHING }), [data]);
    }
    case 'refused':
      return to(without(state, channelId), [
        { kind: 'refused', reason: gathering.reason },
        { kind: 'send', ...message({ kind: 'close', channelId }) },
        { kind: 'closed', channelId, channelName },
      ]);
  }
}
