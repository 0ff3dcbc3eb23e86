/** Readers: which there are, what is in them, who waits for that to change (MS-RDPESC 3.1.4.9 to 3.1.4.25). */
import { concat } from '../../src/bytes/bytes.ts';
import { matchesAtr } from './attributes.ts';
import type { CallOf } from './calls.ts';
import {
  ALL_READERS,
  ATR_MAX,
  INFINITE,
  PNP_NOTIFICATION,
  ReaderState,
  ReturnCode,
} from './constants.ts';
import { contextOf } from './handles.ts';
import type { Context, ReaderStateReturned } from './messages.ts';
import { multiString, textsOf } from './multi-string.ts';
import type { Connection, Reader, ServiceState, Waiting } from './reader-state.ts';
import { type Answer, type Asking, answered, type Turn } from './turn.ts';

const { SCARD_S_SUCCESS, SCARD_E_INVALID_HANDLE, SCARD_E_NO_READERS_AVAILABLE } = ReturnCode;
const { SCARD_E_TIMEOUT, SCARD_E_CANCELLED, SCARD_E_UNKNOWN_READER, SCARD_E_INVALID_PARAMETER } =
  ReturnCode;
const {
  SCARD_STATE_CHANGED,
  SCARD_STATE_EMPTY,
  SCARD_STATE_PRESENT,
  SCARD_STATE_INUSE,
  SCARD_STATE_UNKNOWN,
  SCARD_STATE_ATRMATCH,
  SCARD_STATE_IGNORE,
} = ReaderState;

/** MS-RDPESC 2.2.2.13: so many readers at most in one call; and in all that wait. */
const READERS_MAX = 11;
const WAITING_MAX = 64;
/** FILE_DEVICE_SMARTCARD's subtype of a virtual reader, as Teleport's client tells Windows (0xF0). */
const DEVICE_TYPE = 0xf0;

type StateAsked = Waiting['states'][number];

export function list(
  service: ServiceState,
  id: number,
  name: 'ListReadersA' | 'ListReadersW',
  call: CallOf<'ListReadersW'>,
  wide: boolean,
): Turn {
  if (contextOf(service, call.Context) === undefined) {
    return answered(service, id, name, {
      ReturnCode: SCARD_E_INVALID_HANDLE,
      cBytes: 0,
      msz: null,
    });
  }
  // Groups are not kept: everything is in the group of all readers, or in none.
  const groups = call.mszGroups === null ? [] : textsOf(call.mszGroups, wide);
  const all = groups.length === 0 || groups.some((group) => group.startsWith('SCard$'));
  const names = all ? service.readers.map((reader) => reader.name) : [];
  if (names.length === 0) {
    const none = { ReturnCode: SCARD_E_NO_READERS_AVAILABLE, cBytes: 0, msz: null };
    return answered(service, id, name, none);
  }
  const texts = multiString(names, wide);
  const msz = call.fmszReadersIsNULL === 0 ? texts : null;
  return answered(service, id, name, { ReturnCode: SCARD_S_SUCCESS, cBytes: texts.length, msz });
}

export function groups(
  service: ServiceState,
  id: number,
  name: 'ListReaderGroupsA' | 'ListReaderGroupsW',
  call: CallOf<'ListReaderGroupsW'>,
  wide: boolean,
): Turn {
  if (contextOf(service, call.Context) === undefined) {
    return answered(service, id, name, {
      ReturnCode: SCARD_E_INVALID_HANDLE,
      cBytes: 0,
      msz: null,
    });
  }
  const texts = multiString([ALL_READERS], wide);
  const msz = call.fmszGroupsIsNULL === 0 ? texts : null;
  return answered(service, id, name, { ReturnCode: SCARD_S_SUCCESS, cBytes: texts.length, msz });
}

/** What a reader is now; the upper half counts how often a card came or went. */
function eventState(service: ServiceState, { reader: name, currentState }: StateAsked): number {
  if (name === PNP_NOTIFICATION) {
    const state = service.readers.length << 16;
    return state === (currentState & ~SCARD_STATE_CHANGED) ? state : state | SCARD_STATE_CHANGED;
  }
  const reader = service.readers.find((one) => one.name === name);
  if (reader === undefined) return SCARD_STATE_UNKNOWN | SCARD_STATE_CHANGED;
  const used = Object.values(service.connections).some(
    (one) => one.reader === name && !one.removed,
  );
  const inside =
    reader.atr === undefined
      ? SCARD_STATE_EMPTY
      : SCARD_STATE_PRESENT | (used ? SCARD_STATE_INUSE : 0);
  const state = inside | (reader.events << 16);
  const interesting = SCARD_STATE_EMPTY | SCARD_STATE_PRESENT | SCARD_STATE_UNKNOWN;
  const same = (inside & interesting) === (currentState & interesting);
  return same ? state : state | SCARD_STATE_CHANGED;
}

function isNews(state: StateAsked, now: number): boolean {
  return (state.currentState & SCARD_STATE_IGNORE) === 0 && (now & SCARD_STATE_CHANGED) !== 0;
}

function returned(service: ServiceState, states: readonly StateAsked[]): ReaderStateReturned[] {
  return states.map((state) => {
    const atr = service.readers.find(({ name }) => name === state.reader)?.atr ?? new Uint8Array(0);
    return {
      dwCurrentState: state.currentState,
      dwEventState: eventState(service, state) >>> 0,
      cbAtr: atr.length,
      rgbAtr: concat(atr, new Uint8Array(ATR_MAX - atr.length)),
    };
  });
}

function statusName(wide: boolean): 'GetStatusChangeA' | 'GetStatusChangeW' {
  return wide ? 'GetStatusChangeW' : 'GetStatusChangeA';
}

export function statusChange(
  service: ServiceState,
  id: number,
  name: 'GetStatusChangeA' | 'GetStatusChangeW',
  call: CallOf<'GetStatusChangeW'>,
  wide: boolean,
): Turn {
  const refused = (code: number): Turn =>
    answered(service, id, name, { ReturnCode: code, rgReaderStates: null });
  const context = contextOf(service, call.Context);
  if (context === undefined) return refused(SCARD_E_INVALID_HANDLE);
  const asked = call.rgReaderStates ?? [];
  if (asked.length > READERS_MAX || service.waiting.length >= WAITING_MAX) {
    return refused(SCARD_E_INVALID_PARAMETER);
  }
  const states = asked.map(({ szReader, dwCurrentState }) => ({
    reader: szReader ?? '',
    currentState: dwCurrentState,
  }));
  const isNow = states.some((state) => isNews(state, eventState(service, state)));
  if (isNow) {
    const rgReaderStates = returned(service, states);
    return answered(service, id, name, { ReturnCode: SCARD_S_SUCCESS, rgReaderStates });
  }
  if (call.dwTimeOut === 0) {
    const rgReaderStates = returned(service, states);
    return answered(service, id, name, { ReturnCode: SCARD_E_TIMEOUT, rgReaderStates });
  }
  const waiting = [...service.waiting, { completionId: id, context, wide, states }];
  const timer: readonly Asking[] =
    call.dwTimeOut === INFINITE ? [] : [{ kind: 'timer', completionId: id, ms: call.dwTimeOut }];
  return { service: { ...service, waiting }, answers: [], effects: timer };
}

function waited(service: ServiceState, one: Waiting, ReturnCode: number): Answer {
  const rgReaderStates = returned(service, one.states);
  const { completionId, wide } = one;
  return { completionId, name: statusName(wide), value: { ReturnCode, rgReaderStates } };
}

/** A card comes (its ATR), goes (none), or a reader that nobody knew is there. */
export function changed(service: ServiceState, name: string, atr: Uint8Array | undefined): Turn {
  const before = service.readers.find((reader) => reader.name === name);
  const inside = atr === undefined ? {} : { atr };
  const after: Reader = { name, events: (before?.events ?? 0) + 1, ...inside };
  const readers =
    before === undefined
      ? [...service.readers, after]
      : service.readers.map((reader) => (reader === before ? after : reader));
  const connections: Readonly<Record<number, Connection>> = Object.fromEntries(
    Object.entries(service.connections).map(([key, one]) => [
      key,
      one.reader === name && atr === undefined ? { ...one, removed: true } : one,
    ]),
  );
  const { transaction, ...others } = service;
  const held =
    transaction === undefined || connections[transaction]?.removed ? {} : { transaction };
  const next: ServiceState = { ...others, ...held, readers, connections };
  const heard = service.waiting.filter(({ states }) =>
    states.some((state) => isNews(state, eventState(next, state))),
  );
  const waiting = service.waiting.filter((one) => !heard.includes(one));
  return {
    service: { ...next, waiting },
    answers: heard.map((one) => waited(next, one, SCARD_S_SUCCESS)),
  };
}

/** A GetStatusChange has waited for as long as it wanted to. */
export function expired(service: ServiceState, id: number): Turn {
  const one = service.waiting.find(({ completionId }) => completionId === id);
  if (one === undefined) return { service, answers: [] };
  const waiting = service.waiting.filter((other) => other !== one);
  return { service: { ...service, waiting }, answers: [waited(service, one, SCARD_E_TIMEOUT)] };
}

/** Everything that waits in the context hears SCARD_E_CANCELLED; Cancel itself succeeds. */
export function cancel(service: ServiceState, id: number, context: Context): Turn {
  const number = contextOf(service, context);
  if (number === undefined) {
    return answered(service, id, 'Cancel', { ReturnCode: SCARD_E_INVALID_HANDLE });
  }
  const gone = service.waiting.filter((one) => one.context === number);
  const waiting = service.waiting.filter((one) => one.context !== number);
  const done = answered({ ...service, waiting }, id, 'Cancel', { ReturnCode: SCARD_S_SUCCESS });
  const answers = gone.map(({ completionId, wide }): Answer => {
    const value = { ReturnCode: SCARD_E_CANCELLED, rgReaderStates: null };
    return { completionId, name: statusName(wide), value };
  });
  return { ...done, answers: [...answers, ...done.answers] };
}

/** Cards by their ATR; cards by name are in no table here, so none matches. */
export function locate(
  service: ServiceState,
  id: number,
  name: 'LocateCardsA' | 'LocateCardsW' | 'LocateCardsByATRA' | 'LocateCardsByATRW',
  context: Context,
  asked: NonNullable<CallOf<'LocateCardsW'>['rgReaderStates']>,
  masks: NonNullable<CallOf<'LocateCardsByATRW'>['rgAtrMasks']> = [],
): Turn {
  if (contextOf(service, context) === undefined) {
    return answered(service, id, name, {
      ReturnCode: SCARD_E_INVALID_HANDLE,
      rgReaderStates: null,
    });
  }
  const states = asked.map(({ szReader, dwCurrentState }) => ({
    reader: szReader ?? '',
    currentState: dwCurrentState,
  }));
  const rgReaderStates = returned(service, states).map((state) => {
    const atr = state.rgbAtr.subarray(0, state.cbAtr);
    const matches = masks.some(({ cbAtr, rgbAtr, rgbMask }) =>
      matchesAtr(atr, rgbAtr.subarray(0, cbAtr), rgbMask),
    );
    const found = matches ? SCARD_STATE_ATRMATCH : 0;
    return { ...state, dwEventState: (state.dwEventState | found) >>> 0 };
  });
  return answered(service, id, name, { ReturnCode: SCARD_S_SUCCESS, rgReaderStates });
}

export function deviceType(
  service: ServiceState,
  id: number,
  call: CallOf<'GetDeviceTypeId'>,
): Turn {
  const known = service.readers.some(({ name }) => name === call.szReaderName);
  const valid = contextOf(service, call.Context) !== undefined;
  const code = valid ? (known ? SCARD_S_SUCCESS : SCARD_E_UNKNOWN_READER) : SCARD_E_INVALID_HANDLE;
  const dwDeviceId = code === SCARD_S_SUCCESS ? DEVICE_TYPE : 0;
  return answered(service, id, 'GetDeviceTypeId', { ReturnCode: code, dwDeviceId });
}
