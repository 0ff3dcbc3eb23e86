/** Contexts, and what is done with a card: connect, transact, transmit (MS-RDPESC 3.1.4.5 to 3.1.4.40). */
import { concat, uint32le, view } from '../../src/bytes/bytes.ts';
import type { CallOf } from './calls.ts';
import { CardProtocol, CardState, Disposition, ReturnCode, ShareMode } from './constants.ts';
import type { Context, Handle } from './messages.ts';
import { multiString } from './multi-string.ts';
import type { Connection, Reader, ServiceState } from './reader-state.ts';
import { type Asking, answered, type Turn } from './turn.ts';

const {
  SCARD_S_SUCCESS,
  SCARD_E_INVALID_HANDLE,
  SCARD_E_INVALID_PARAMETER,
  SCARD_E_UNKNOWN_READER,
  SCARD_E_NO_SMARTCARD,
  SCARD_E_PROTO_MISMATCH,
  SCARD_E_SHARING_VIOLATION,
  SCARD_E_NOT_TRANSACTED,
  SCARD_E_NO_MEMORY,
  SCARD_E_INSUFFICIENT_BUFFER,
  SCARD_W_REMOVED_CARD,
  SCARD_W_RESET_CARD,
} = ReturnCode;

const CONTEXTS_MAX = 256;
const HANDLES_MAX = 256;

/** Four octets, little-endian: Windows gives back what it was given. */
function numbered(number: number): Uint8Array {
  return uint32le(number);
}

function numberOf(octets: Uint8Array | null): number | undefined {
  return octets?.length === 4 ? view(octets).getUint32(0, true) : undefined;
}

/** Undefined: no such context is established. */
export function contextOf({ contexts }: ServiceState, context: Context): number | undefined {
  const number = numberOf(context.pbContext);
  return number !== undefined && contexts.includes(number) ? number : undefined;
}

export interface Found {
  readonly handle: number;
  readonly connection: Connection;
  readonly reader: Reader | undefined;
}

export function connectionOf(service: ServiceState, hCard: Handle): Found | undefined {
  const handle = numberOf(hCard.pbHandle);
  const connection = handle === undefined ? undefined : service.connections[handle];
  if (handle === undefined || connection === undefined) return undefined;
  if (contextOf(service, hCard.Context) !== connection.context) return undefined;
  const reader = service.readers.find(({ name }) => name === connection.reader);
  return { handle, connection, reader };
}

/** Why nothing can be done with the card now; 0: something can. */
export function cardObjection(service: ServiceState, found: Found | undefined): number {
  if (found === undefined) return SCARD_E_INVALID_HANDLE;
  const { connection, reader, handle } = found;
  if (connection.removed || reader?.atr === undefined) return SCARD_W_REMOVED_CARD;
  if (connection.reset) return SCARD_W_RESET_CARD;
  const held = service.transaction !== undefined && service.transaction !== handle;
  return held ? SCARD_E_SHARING_VIOLATION : SCARD_S_SUCCESS;
}

function withConnection(
  service: ServiceState,
  handle: number,
  change: Partial<Connection>,
): ServiceState {
  const before = service.connections[handle] as Connection;
  return {
    ...service,
    connections: { ...service.connections, [handle]: { ...before, ...change } },
  };
}

export function establish(service: ServiceState, id: number): Turn {
  if (service.contexts.length >= CONTEXTS_MAX) {
    const none = { ReturnCode: SCARD_E_NO_MEMORY, Context: { pbContext: null } };
    return answered(service, id, 'EstablishContext', none);
  }
  const { next } = service;
  const contexts = [...service.contexts, next];
  const Context = { pbContext: numbered(next) };
  const value = { ReturnCode: SCARD_S_SUCCESS, Context };
  return answered({ ...service, contexts, next: next + 1 }, id, 'EstablishContext', value);
}

/** Connections of the context end with it. */
export function release(service: ServiceState, id: number, context: Context): Turn {
  const number = contextOf(service, context);
  if (number === undefined) {
    return answered(service, id, 'ReleaseContext', { ReturnCode: SCARD_E_INVALID_HANDLE });
  }
  const kept = Object.entries(service.connections).filter(([, one]) => one.context !== number);
  const connections: Readonly<Record<number, Connection>> = Object.fromEntries(kept);
  const { transaction, ...others } = service;
  const holds = transaction !== undefined && connections[transaction] !== undefined;
  const after: ServiceState = {
    ...others,
    contexts: service.contexts.filter((one) => one !== number),
    connections,
    waiting: service.waiting.filter((one) => one.context !== number),
    ...(holds ? { transaction } : {}),
  };
  return answered(after, id, 'ReleaseContext', { ReturnCode: SCARD_S_SUCCESS });
}

const NO_HANDLE: Handle = { Context: { pbContext: null }, pbHandle: null };

export function connect(
  service: ServiceState,
  id: number,
  name: 'ConnectA' | 'ConnectW',
  call: CallOf<'ConnectW'>,
): Turn {
  const refused = (code: number): Turn =>
    answered(service, id, name, { ReturnCode: code, hCard: NO_HANDLE, dwActiveProtocol: 0 });
  const context = contextOf(service, call.Context);
  if (context === undefined) return refused(SCARD_E_INVALID_HANDLE);
  const reader = service.readers.find((one) => one.name === call.szReader);
  if (reader === undefined) return refused(SCARD_E_UNKNOWN_READER);
  if (reader.atr === undefined) return refused(SCARD_E_NO_SMARTCARD);
  const { SCARD_SHARE_EXCLUSIVE } = ShareMode;
  const others = Object.values(service.connections).filter(
    (one) => one.reader === reader.name && !one.removed,
  );
  const alone = call.dwShareMode === SCARD_SHARE_EXCLUSIVE && others.length > 0;
  if (alone || others.some((one) => one.shareMode === SCARD_SHARE_EXCLUSIVE)) {
    return refused(SCARD_E_SHARING_VIOLATION);
  }
  const protocol = protocolOf(call.dwPreferredProtocols, call.dwShareMode);
  if (protocol === undefined) return refused(SCARD_E_PROTO_MISMATCH);
  if (Object.keys(service.connections).length >= HANDLES_MAX) return refused(SCARD_E_NO_MEMORY);
  const { next } = service;
  const { dwShareMode: shareMode } = call;
  const made = { context, reader: reader.name, protocol, shareMode, removed: false, reset: false };
  const connection: Connection = { ...made, transmitted: 0 };
  const after = {
    ...service,
    next: next + 1,
    connections: { ...service.connections, [next]: connection },
  };
  const hCard = { Context: { pbContext: numbered(context) }, pbHandle: numbered(next) };
  const value = { ReturnCode: SCARD_S_SUCCESS, hCard, dwActiveProtocol: protocol };
  return answered(after, id, name, value);
}

/** The cards here speak T=1. */
function protocolOf(preferred: number, shareMode: number): number | undefined {
  const { SCARD_PROTOCOL_T1, SCARD_PROTOCOL_UNDEFINED } = CardProtocol;
  if (shareMode === ShareMode.SCARD_SHARE_DIRECT) return SCARD_PROTOCOL_UNDEFINED;
  return (preferred & SCARD_PROTOCOL_T1) !== 0 ? SCARD_PROTOCOL_T1 : undefined;
}

export function reconnect(service: ServiceState, id: number, call: CallOf<'Reconnect'>): Turn {
  const refused = (code: number): Turn =>
    answered(service, id, 'Reconnect', { ReturnCode: code, dwActiveProtocol: 0 });
  const found = connectionOf(service, call.hCard);
  if (found === undefined) return refused(SCARD_E_INVALID_HANDLE);
  if (found.reader?.atr === undefined) return refused(SCARD_E_NO_SMARTCARD);
  const protocol = protocolOf(call.dwPreferredProtocols, call.dwShareMode);
  if (protocol === undefined) return refused(SCARD_E_PROTO_MISMATCH);
  const { dwShareMode: shareMode } = call;
  const change = { protocol, shareMode, removed: false, reset: false };
  const { service: after, effects } = disposed(service, found, call.dwInitialization);
  const value = { ReturnCode: SCARD_S_SUCCESS, dwActiveProtocol: protocol };
  return answered(withConnection(after, found.handle, change), id, 'Reconnect', value, effects);
}

/** What becomes of the card: others learn of a reset with their next call. */
function disposed(
  service: ServiceState,
  { handle, connection }: Found,
  disposition: number,
): { readonly service: ServiceState; readonly effects: readonly Asking[] } {
  if (disposition === Disposition.SCARD_LEAVE_CARD) return { service, effects: [] };
  const connections = Object.fromEntries(
    Object.entries(service.connections).map(([key, one]) => [
      key,
      one.reader === connection.reader && Number(key) !== handle ? { ...one, reset: true } : one,
    ]),
  );
  const effects = [{ kind: 'resets', reader: connection.reader } as const];
  return { service: { ...service, connections }, effects };
}

export function disconnect(service: ServiceState, id: number, call: CallOf<'Disconnect'>): Turn {
  const found = connectionOf(service, call.hCard);
  if (found === undefined) {
    return answered(service, id, 'Disconnect', { ReturnCode: SCARD_E_INVALID_HANDLE });
  }
  const { service: after, effects } = disposed(service, found, call.dwDisposition);
  const { [found.handle]: _, ...connections } = after.connections;
  const { transaction, ...others } = after;
  const held = transaction === undefined || transaction === found.handle ? {} : { transaction };
  const value = { ReturnCode: SCARD_S_SUCCESS };
  return answered({ ...others, ...held, connections }, id, 'Disconnect', value, effects);
}

export function transaction(
  service: ServiceState,
  id: number,
  name: 'BeginTransaction' | 'EndTransaction',
  call: CallOf<'BeginTransaction'>,
): Turn {
  const done = (code: number, next = service, effects: readonly Asking[] = []): Turn =>
    answered(next, id, name, { ReturnCode: code }, effects);
  const found = connectionOf(service, call.hCard);
  const objection = cardObjection(service, found);
  if (found === undefined || objection !== SCARD_S_SUCCESS) return done(objection);
  if (name === 'BeginTransaction') {
    return done(SCARD_S_SUCCESS, { ...service, transaction: found.handle });
  }
  if (service.transaction !== found.handle) return done(SCARD_E_NOT_TRANSACTED);
  const { transaction: _, ...others } = service;
  const after = disposed(others, found, call.dwDisposition);
  return done(SCARD_S_SUCCESS, after.service, after.effects);
}

export function cardState(service: ServiceState, id: number, call: CallOf<'State'>): Turn {
  const found = connectionOf(service, call.hCard);
  const objection = cardObjection(service, found);
  if (found?.reader?.atr === undefined || objection !== SCARD_S_SUCCESS) {
    const none = { dwState: 0, dwProtocol: 0, cbAtrLen: 0, rgAtr: null };
    return answered(service, id, 'State', { ReturnCode: objection, ...none });
  }
  const { atr } = found.reader;
  const rgAtr = call.fpbAtrIsNULL === 0 ? atr : null;
  const { protocol: dwProtocol } = found.connection;
  const { SCARD_SPECIFICMODE: dwState } = CardState;
  const value = { ReturnCode: SCARD_S_SUCCESS, dwState, dwProtocol, cbAtrLen: atr.length, rgAtr };
  return answered(service, id, 'State', value);
}

const STATUS_ATR = 32;

export function status(
  service: ServiceState,
  id: number,
  name: 'StatusA' | 'StatusW',
  call: CallOf<'StatusW'>,
  wide: boolean,
): Turn {
  const found = connectionOf(service, call.hCard);
  const objection = cardObjection(service, found);
  if (found?.reader?.atr === undefined || objection !== SCARD_S_SUCCESS) {
    const none = { cBytes: 0, mszReaderNames: null, dwState: 0, dwProtocol: 0 };
    const empty = { pbAtr: new Uint8Array(STATUS_ATR), cbAtrLen: 0 };
    return answered(service, id, name, { ReturnCode: objection, ...none, ...empty });
  }
  const { atr } = found.reader;
  const names = multiString([found.reader.name], wide);
  return answered(service, id, name, {
    ReturnCode: SCARD_S_SUCCESS,
    cBytes: names.length,
    mszReaderNames: call.fmszReaderNamesIsNULL === 0 ? names : null,
    dwState: CardState.SCARD_SPECIFICMODE,
    dwProtocol: found.connection.protocol,
    pbAtr: concat(atr, new Uint8Array(STATUS_ATR - atr.length)),
    cbAtrLen: atr.length,
  });
}

function noResponse(service: ServiceState, id: number, code: number): Turn {
  const none = { pioRecvPci: null, cbRecvLength: 0, pbRecvBuffer: null };
  return answered(service, id, 'Transmit', { ReturnCode: code, ...none });
}

/** The card's answer comes later; more than one request may wait for one. */
export function transmit(service: ServiceState, id: number, call: CallOf<'Transmit'>): Turn {
  const found = connectionOf(service, call.hCard);
  const objection = cardObjection(service, found);
  if (found === undefined || objection !== SCARD_S_SUCCESS)
    return noResponse(service, id, objection);
  const { pbSendBuffer: command } = call;
  if (command === null || command.length < 4)
    return noResponse(service, id, SCARD_E_INVALID_PARAMETER);
  const waits = { completionId: id, handle: found.handle, receiveMax: call.cbRecvLength };
  const counted = withConnection(service, found.handle, {
    transmitted: found.connection.transmitted + 1,
  });
  return {
    service: { ...counted, transmitting: [...service.transmitting, waits] },
    answers: [],
    effects: [{ kind: 'transmit', completionId: id, reader: found.connection.reader, command }],
  };
}

export function transmitted(service: ServiceState, id: number, response?: Uint8Array): Turn {
  const waits = service.transmitting.find((one) => one.completionId === id);
  if (waits === undefined) return { service, answers: [] };
  const transmitting = service.transmitting.filter((one) => one !== waits);
  const after = { ...service, transmitting };
  if (response === undefined) return noResponse(after, id, SCARD_W_REMOVED_CARD);
  if (response.length > waits.receiveMax) return noResponse(after, id, SCARD_E_INSUFFICIENT_BUFFER);
  const value = { pioRecvPci: null, cbRecvLength: response.length, pbRecvBuffer: response };
  return answered(after, id, 'Transmit', { ReturnCode: SCARD_S_SUCCESS, ...value });
}

export function transmitCount(
  service: ServiceState,
  id: number,
  call: CallOf<'GetTransmitCount'>,
): Turn {
  const found = connectionOf(service, call.hCard);
  const objection = cardObjection(service, found);
  const cTransmitCount = objection === SCARD_S_SUCCESS ? (found?.connection.transmitted ?? 0) : 0;
  return answered(service, id, 'GetTransmitCount', { ReturnCode: objection, cTransmitCount });
}
