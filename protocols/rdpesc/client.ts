/**
 * The client's side of MS-RDPESC: the service of smart cards that a host calls over the redirected
 * device. Readers and cards belong to whoever composes this: APDUs go out as `transmit`.
 */
import { assertNever, type Step, to } from '../../src/machine/machine.ts';
import { attribute } from './attributes.ts';
import { cacheRead, cacheWritten } from './cache.ts';
import { isWide } from './calls.ts';
import { ReturnCode } from './constants.ts';
import { type Call, longReturn, readCall, returnOctets } from './exchange.ts';
import * as handles from './handles.ts';
import type { ServiceState } from './reader-state.ts';
import * as readers from './readers.ts';
import { type Answer, type Asking, answered, type Turn } from './turn.ts';

export type Event =
  | {
      readonly kind: 'asked';
      readonly completionId: number;
      readonly ioControlCode: number;
      readonly input: Uint8Array;
      readonly outputLength: number;
    }
  /** The card's answer to a `transmit`; absent: it did not answer, or was taken out. */
  | { readonly kind: 'transmitted'; readonly completionId: number; readonly response?: Uint8Array }
  | { readonly kind: 'inserted'; readonly reader: string; readonly atr: Uint8Array }
  | { readonly kind: 'removed'; readonly reader: string }
  | { readonly kind: 'expired'; readonly completionId: number }
  /** The channel was greeted anew: nobody has any context any more. */
  | { readonly kind: 'restarted' };

export type Effect =
  | {
      readonly kind: 'completes';
      readonly completionId: number;
      readonly ioStatus: number;
      readonly output: Uint8Array;
      /** The call, and its return code by name, for traces. */
      readonly call: string;
      readonly returns: string;
    }
  | Asking;

export type ServiceStep = Step<ServiceState & { readonly name: 'serving' }, Effect>;
export type State = ServiceState & { readonly name: 'serving' };

/** MS-RDPESC 3.1.4. */
const STATUS_SUCCESS = 0;
const STATUS_UNSUCCESSFUL = 0xc0000001;
const STATUS_BUFFER_TOO_SMALL = 0xc0000023;

export function step(state: State, event: Event): ServiceStep {
  switch (event.kind) {
    case 'asked':
      return asked(state, event);
    case 'transmitted':
      return finished(state, handles.transmitted(state, event.completionId, event.response));
    case 'inserted':
      return finished(state, readers.changed(state, event.reader, event.atr));
    case 'removed':
      return finished(state, readers.changed(state, event.reader, undefined));
    case 'expired':
      return finished(state, readers.expired(state, event.completionId));
    case 'restarted':
      return to({ ...state, contexts: [], connections: {}, waiting: [], transmitting: [] });
    default:
      return assertNever(event);
  }
}

function finished(before: State, { service, answers, effects = [] }: Turn): ServiceStep {
  const state: State = service === before ? before : { ...service, name: 'serving' };
  return to(state, [...effects, ...answers.map((answer) => completion(answer))]);
}

const CODES: ReadonlyMap<number, string> = new Map(
  Object.entries(ReturnCode).map(([name, value]) => [value, name]),
);

function completion({ completionId, name, value }: Answer, outputLength?: number): Effect {
  const output = returnOctets(name, value as never);
  const { ReturnCode: code } = value as { readonly ReturnCode: number };
  const returns = CODES.get(code >>> 0) ?? `0x${(code >>> 0).toString(16)}`;
  if (outputLength !== undefined && output.length > outputLength) {
    const none = new Uint8Array(0);
    const ioStatus = STATUS_BUFFER_TOO_SMALL;
    return { kind: 'completes', completionId, ioStatus, output: none, call: name, returns };
  }
  return {
    kind: 'completes',
    completionId,
    ioStatus: STATUS_SUCCESS,
    output,
    call: name,
    returns,
  };
}

function asked(state: State, event: Extract<Event, { readonly kind: 'asked' }>): ServiceStep {
  const { completionId, ioControlCode, input, outputLength } = event;
  const read = readCall(ioControlCode, input);
  switch (read.kind) {
    case 'none': {
      const code = `0x${ioControlCode.toString(16)}`;
      return to(state, [{ kind: 'note', text: `no call has the control code ${code}` }]);
    }
    case 'accessStartedEvent': {
      const call = 'AccessStartedEvent';
      const output = longReturn(ReturnCode.SCARD_S_SUCCESS);
      const done = { completionId, ioStatus: STATUS_SUCCESS, output, call };
      return to(state, [{ kind: 'completes', ...done, returns: 'SCARD_S_SUCCESS' }]);
    }
    case 'malformed': {
      const output = new Uint8Array(0);
      const done = { completionId, ioStatus: STATUS_UNSUCCESSFUL, output, call: 'malformed' };
      return to(state, [
        { kind: 'note', text: read.reason },
        { kind: 'completes', ...done, returns: 'STATUS_UNSUCCESSFUL' },
      ]);
    }
    case 'call': {
      const { service, answers, effects = [] } = called(state, completionId, read.of);
      const next: State = service === state ? state : { ...service, name: 'serving' };
      return to(next, [
        ...effects,
        ...answers.map((answer) =>
          completion(answer, answer.completionId === completionId ? outputLength : undefined),
        ),
      ]);
    }
  }
}

const { SCARD_S_SUCCESS, SCARD_E_UNSUPPORTED_FEATURE, SCARD_E_INVALID_HANDLE } = ReturnCode;

function called(service: ServiceState, id: number, of: Call): Turn {
  const wide = isWide(of.name);
  switch (of.name) {
    case 'EstablishContext':
      return handles.establish(service, id);
    case 'ReleaseContext':
      return handles.release(service, id, of.call.Context);
    case 'IsValidContext': {
      const known = handles.contextOf(service, of.call.Context) !== undefined;
      const code = known ? SCARD_S_SUCCESS : SCARD_E_INVALID_HANDLE;
      return answered(service, id, of.name, { ReturnCode: code });
    }
    case 'ListReadersA':
    case 'ListReadersW':
      return readers.list(service, id, of.name, of.call, wide);
    case 'ListReaderGroupsA':
    case 'ListReaderGroupsW':
      return readers.groups(service, id, of.name, of.call, wide);
    case 'GetStatusChangeA':
    case 'GetStatusChangeW':
      return readers.statusChange(service, id, of.name, of.call, wide);
    case 'LocateCardsA':
    case 'LocateCardsW':
      return readers.locate(service, id, of.name, of.call.Context, of.call.rgReaderStates ?? []);
    case 'LocateCardsByATRA':
    case 'LocateCardsByATRW': {
      const { Context, rgAtrMasks, rgReaderStates } = of.call;
      return readers.locate(service, id, of.name, Context, rgReaderStates ?? [], rgAtrMasks ?? []);
    }
    case 'Cancel':
      return readers.cancel(service, id, of.call.Context);
    case 'ConnectA':
    case 'ConnectW':
      return handles.connect(service, id, of.name, of.call);
    case 'Reconnect':
      return handles.reconnect(service, id, of.call);
    case 'Disconnect':
      return handles.disconnect(service, id, of.call);
    case 'BeginTransaction':
    case 'EndTransaction':
      return handles.transaction(service, id, of.name, of.call);
    case 'State':
      return handles.cardState(service, id, of.call);
    case 'StatusA':
    case 'StatusW':
      return handles.status(service, id, of.name, of.call, wide);
    case 'Transmit':
      return handles.transmit(service, id, of.call);
    case 'GetAttrib':
      return attribute(service, id, of.call);
    case 'GetTransmitCount':
      return handles.transmitCount(service, id, of.call);
    case 'ReadCacheA':
    case 'ReadCacheW':
      return cacheRead(service, id, of.name, of.call);
    case 'WriteCacheA':
    case 'WriteCacheW':
      return cacheWritten(service, id, of.name, of.call);
    case 'GetDeviceTypeId':
      return readers.deviceType(service, id, of.call);
    case 'GetReaderIcon':
    case 'Control': {
      const none = { ReturnCode: SCARD_E_UNSUPPORTED_FEATURE, cb: 0, pb: new Uint8Array(0) };
      return answered(service, id, of.name, none);
    }
    default:
      // Readers of this machine are neither introduced nor grouped, and have nothing to set.
      return answered(service, id, of.name, { ReturnCode: SCARD_E_UNSUPPORTED_FEATURE });
  }
}
