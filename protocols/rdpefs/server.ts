/** The host's side of device redirection (MS-RDPEFS 3.3): greeting, devices, requests and their completions. */
import {
  assertNever,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import { capabilities, wantsUserLoggedOn } from './capabilities.ts';
import { DeviceType, IRP_MJ_DEVICE_CONTROL, VERSION_MAJOR, VERSION_MINOR } from './messages.ts';
import { type Message, message, type Packet, readPacket } from './packets.ts';

export interface Redirected {
  readonly clientId: number;
  readonly computerName: string;
  /** Of the smart card devices that the client announced. */
  readonly smartCards: readonly number[];
  readonly tellsLogOn: boolean;
  /** Requests that are not completed; numbers are used again. */
  readonly pending: readonly number[];
}

export type State =
  | { readonly name: 'idle' }
  | { readonly name: 'expectAnnounceReply'; readonly clientId: number }
  | { readonly name: 'expectClientName'; readonly clientId: number }
  | ({ readonly name: 'expectCapability' } & Redirected)
  | ({ readonly name: 'ready' } & Redirected);

export type Event =
  /** The channel is there. @param clientId what the client is called here */
  | { readonly kind: 'opened'; readonly clientId: number }
  | { readonly kind: 'received'; readonly message: Uint8Array }
  /** A control request for a device; its completion comes with the same number. */
  | {
      readonly kind: 'asks';
      readonly deviceId: number;
      readonly ioControlCode: number;
      readonly input: Uint8Array;
      readonly outputLength: number;
      /** What traces call the request. */
      readonly name: string;
    }
  | { readonly kind: 'loggedOn' };

export type Effect =
  | ({ readonly kind: 'send' } & Message)
  | { readonly kind: 'smartCard'; readonly deviceId: number }
  | { readonly kind: 'removed'; readonly deviceId: number }
  | { readonly kind: 'asked'; readonly completionId: number }
  | {
      readonly kind: 'completed';
      readonly completionId: number;
      readonly ioStatus: number;
      readonly output: Uint8Array;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | Rejected;

export type ServerStep = Step<State, Effect>;

export const INITIAL: State = { name: 'idle' };
/** More would be a client's leak, or ours. */
const PENDING_MAX = 256;
const SPECIAL_DEVICES = 2;
const STATUS_SUCCESS = 0;
const STATUS_NOT_SUPPORTED = 0xc00000bb;

export function step(state: State, event: Event): ServerStep {
  switch (event.kind) {
    case 'opened': {
      const { clientId: ClientId } = event;
      const version = { VersionMajor: VERSION_MAJOR, VersionMinor: VERSION_MINOR };
      return to({ name: 'expectAnnounceReply', clientId: ClientId }, [
        send({ kind: 'serverAnnounce', ...version, ClientId }),
      ]);
    }
    case 'received': {
      const read = readPacket(event.message);
      if (!read.ok) return refused(state, read.error.message);
      return received(state, read.value);
    }
    case 'asks':
      return state.name === 'ready' ? asking(state, event) : unexpected(state, event, 'received');
    case 'loggedOn':
      if (state.name !== 'ready') return unexpected(state, event, 'received');
      return to(state, state.tellsLogOn ? [send({ kind: 'userLoggedOn' })] : []);
    default:
      return assertNever(event);
  }
}

function send(value: Parameters<typeof message>[0], name?: string): Effect {
  return { kind: 'send', ...message(value, 'server', name) };
}

function refused(state: State, reason: string): ServerStep {
  return to(state, [{ kind: 'refused', reason }]);
}

function received(state: State, value: Packet): ServerStep {
  switch (value.kind) {
    case 'clientIdConfirm':
      if (state.name !== 'expectAnnounceReply') break;
      return to({ name: 'expectClientName', clientId: value.ClientId });
    case 'clientName':
      if (state.name !== 'expectClientName') break;
      return greeted(state.clientId, value.computerName);
    case 'clientCapability':
      if (state.name !== 'expectCapability') break;
      return to({ ...state, name: 'ready', tellsLogOn: wantsUserLoggedOn(value.capabilities) });
    case 'deviceList':
      if (state.name !== 'ready') break;
      return announced(state, value.devices);
    case 'deviceListRemove': {
      if (state.name !== 'ready') break;
      const gone = value.deviceIds.filter((id) => state.smartCards.includes(id));
      const smartCards = state.smartCards.filter((id) => !gone.includes(id));
      return to(
        { ...state, smartCards },
        gone.map((deviceId) => ({ kind: 'removed', deviceId }) as const),
      );
    }
    case 'completion': {
      if (state.name !== 'ready') break;
      const { CompletionId: completionId, IoStatus: ioStatus, OutputBuffer: output } = value;
      if (!state.pending.includes(completionId)) {
        return refused(state, `completion ${completionId} is of no request`);
      }
      const pending = state.pending.filter((one) => one !== completionId);
      return to({ ...state, pending }, [{ kind: 'completed', completionId, ioStatus, output }]);
    }
  }
  return refused(state, `${value.kind} in ${state.name}`);
}

/** Windows sends both at once. */
function greeted(clientId: number, computerName: string): ServerStep {
  const version = { VersionMajor: VERSION_MAJOR, VersionMinor: VERSION_MINOR };
  const known = { clientId, computerName, smartCards: [], tellsLogOn: false, pending: [] };
  return to({ name: 'expectCapability', ...known }, [
    send({ kind: 'serverCapability', capabilities: capabilities(SPECIAL_DEVICES) }),
    send({ kind: 'clientIdConfirm', ...version, ClientId: clientId }),
  ]);
}

function announced(
  state: Extract<State, { readonly name: 'ready' }>,
  devices: Extract<Packet, { readonly kind: 'deviceList' }>['devices'],
): ServerStep {
  const effects: Effect[] = [];
  const smartCards = [...state.smartCards];
  for (const { DeviceType: type, DeviceId: deviceId } of devices) {
    const taken = type === DeviceType.RDPDR_DTYP_SMARTCARD;
    const resultCode = taken ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
    effects.push(send({ kind: 'deviceReply', deviceId, resultCode }));
    // FreeRDP announces all its devices anew when the user is signed in, and forgets those that are refused.
    if (!taken || smartCards.includes(deviceId)) continue;
    smartCards.push(deviceId);
    effects.push({ kind: 'smartCard', deviceId });
  }
  return to({ ...state, smartCards }, effects);
}

function asking(
  state: Extract<State, { readonly name: 'ready' }>,
  { deviceId, ioControlCode, input, outputLength, name }: Extract<Event, { readonly kind: 'asks' }>,
): ServerStep {
  if (!state.smartCards.includes(deviceId)) return refused(state, `there is no device ${deviceId}`);
  if (state.pending.length >= PENDING_MAX) {
    return refused(state, `${PENDING_MAX} requests wait already`);
  }
  let completionId = 0;
  while (state.pending.includes(completionId)) completionId++;
  const packet = {
    kind: 'controlRequest',
    DeviceId: deviceId,
    FileId: 1,
    CompletionId: completionId,
    MajorFunction: IRP_MJ_DEVICE_CONTROL,
    MinorFunction: 0,
    OutputBufferLength: outputLength,
    IoControlCode: ioControlCode,
    InputBuffer: input,
  } as const;
  const request = send(packet, name);
  return to({ ...state, pending: [...state.pending, completionId] }, [
    { kind: 'asked', completionId },
    request,
  ]);
}
