/** The client's side of device redirection (MS-RDPEFS 3.2): a smart card is announced, its requests are handed on. */
import {
  assertNever,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import { capabilities } from './capabilities.ts';
import { DeviceType, KEEPS_CLIENT_ID, VERSION_MAJOR, VERSION_MINOR } from './messages.ts';
import { type Message, message, type Packet, readPacket } from './packets.ts';

export interface ClientConfig {
  readonly computerName: string;
  /** What the smart card device is called on this channel. */
  readonly deviceId: number;
  /** In place of the server's number, where it is older than version 1.12. */
  readonly clientId: number;
}

export type State =
  | { readonly name: 'expectAnnounce' }
  | { readonly name: 'expectCapability'; readonly clientId: number }
  | { readonly name: 'expectConfirm'; readonly clientId: number }
  | { readonly name: 'ready'; readonly clientId: number };

export type Event =
  | { readonly kind: 'received'; readonly message: Uint8Array }
  | {
      readonly kind: 'completes';
      readonly completionId: number;
      readonly ioStatus: number;
      readonly output: Uint8Array;
      /** What traces call the response. */
      readonly name: string;
    }
  /** The card is taken out of the session: its device goes. */
  | { readonly kind: 'removes' };

export type Effect =
  | ({ readonly kind: 'send' } & Message)
  | {
      readonly kind: 'control';
      readonly completionId: number;
      readonly ioControlCode: number;
      readonly input: Uint8Array;
      readonly outputLength: number;
    }
  /** A channel that is greeted anew has forgotten its requests. */
  | { readonly kind: 'restarted' }
  | { readonly kind: 'refused'; readonly reason: string }
  | Rejected;

export type ClientStep = Step<State, Effect>;

export const INITIAL: State = { name: 'expectAnnounce' };

const STATUS_NOT_SUPPORTED = 0xc00000bb;

export function step(config: ClientConfig, state: State, event: Event): ClientStep {
  switch (event.kind) {
    case 'received': {
      const read = readPacket(event.message);
      if (!read.ok) return refused(state, read.error.message);
      return received(config, state, read.value);
    }
    case 'completes': {
      if (state.name !== 'ready') return unexpected(state, event, 'received');
      return to(state, [completion(config, event)]);
    }
    case 'removes':
      if (state.name !== 'ready') return to(state);
      return to(state, [send({ kind: 'deviceListRemove', deviceIds: [config.deviceId] })]);
    default:
      return assertNever(event);
  }
}

function send(value: Parameters<typeof message>[0], name?: string): Effect {
  return { kind: 'send', ...message(value, 'client', name) };
}

function completion(
  { deviceId }: ClientConfig,
  {
    completionId,
    ioStatus,
    output,
    name,
  }: Omit<Extract<Event, { readonly kind: 'completes' }>, 'kind' | 'name'> & {
    readonly name?: string;
  },
): Effect {
  const response = {
    kind: 'completion',
    DeviceId: deviceId,
    CompletionId: completionId,
    IoStatus: ioStatus,
    OutputBuffer: output,
  } as const;
  return send(response, name);
}

function refused(state: State, reason: string): ClientStep {
  return to(state, [{ kind: 'refused', reason }]);
}

function received(config: ClientConfig, state: State, value: Packet): ClientStep {
  switch (value.kind) {
    // At any time: the channel begins anew (MS-RDPEFS 3.2.5.1.2).
    case 'serverAnnounce':
      return announced(config, state, value);
    case 'serverCapability':
      if (state.name !== 'expectCapability') break;
      return to({ ...state, name: 'expectConfirm' }, [
        send({ kind: 'clientCapability', capabilities: capabilities(1) }),
      ]);
    case 'clientIdConfirm':
      if (state.name !== 'expectConfirm') break;
      return to({ name: 'ready', clientId: value.ClientId }, [
        send({
          kind: 'deviceList',
          devices: [
            {
              DeviceType: DeviceType.RDPDR_DTYP_SMARTCARD,
              DeviceId: config.deviceId,
              PreferredDosName: 'SCARD',
              DeviceData: new Uint8Array(0),
            },
          ],
        }),
      ]);
    case 'deviceReply':
      if (value.resultCode === 0) return to(state);
      return refused(state, `the host refuses the smart card: 0x${value.resultCode.toString(16)}`);
    case 'userLoggedOn':
      return to(state);
    case 'controlRequest': {
      if (state.name !== 'ready' || value.DeviceId !== config.deviceId) break;
      const { CompletionId: completionId, IoControlCode: ioControlCode } = value;
      const { InputBuffer: input, OutputBufferLength: outputLength } = value;
      return to(state, [{ kind: 'control', completionId, ioControlCode, input, outputLength }]);
    }
    case 'otherRequest':
      if (state.name !== 'ready') break;
      return to(state, [
        completion(config, {
          completionId: value.completionId,
          ioStatus: STATUS_NOT_SUPPORTED,
          output: new Uint8Array(0),
        }),
      ]);
  }
  return refused(state, `${value.kind} in ${state.name}`);
}

function announced(
  config: ClientConfig,
  state: State,
  { VersionMinor, ClientId }: Extract<Packet, { readonly kind: 'serverAnnounce' }>,
): ClientStep {
  const clientId = VersionMinor >= KEEPS_CLIENT_ID ? ClientId : config.clientId;
  const version = { VersionMajor: VERSION_MAJOR, VersionMinor: VERSION_MINOR };
  const anew: readonly Effect[] = state.name === 'expectAnnounce' ? [] : [{ kind: 'restarted' }];
  return to({ name: 'expectCapability', clientId }, [
    ...anew,
    send({ kind: 'clientIdConfirm', ...version, ClientId: clientId }),
    send({ kind: 'clientName', computerName: config.computerName }),
  ]);
}
