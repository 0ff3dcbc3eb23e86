/**
 * The host's side of MS-RDPESC: the calls with which a Windows host gets to a redirected card, in their
 * order (reference traces of Windows Server, section 3.1.4 for each call), and one that stays open to hear of the
 * card's removal. Commands for the card come from whoever drives it.
 */
import { utf16le } from '../../src/bytes/bytes.ts';
import { assertNever, to, unexpected } from '../../src/machine/machine.ts';
import { ACCESS_STARTED_EVENT, type CallName, type CallOf, type ReturnOf } from './calls.ts';
import {
  ALL_READERS,
  CardProtocol,
  Disposition,
  INFINITE,
  PNP_NOTIFICATION,
  ReaderState,
  ReturnCode,
  Scope,
  ShareMode,
} from './constants.ts';
import { callOctets, readReturn } from './exchange.ts';
import { failed, STATUS_SUCCESS, taken, watchOf } from './host-return.ts';
import type {
  Connected,
  Effect,
  Event,
  Found,
  HostConfig,
  HostStep,
  State,
  Watch,
} from './host-state.ts';

import { textsOf } from './multi-string.ts';

const { SCARD_S_SUCCESS, SCARD_E_NO_SMARTCARD, SCARD_E_NO_READERS_AVAILABLE } = ReturnCode;
const { SCARD_STATE_PRESENT, SCARD_STATE_EMPTY, SCARD_STATE_CHANGED } = ReaderState;
const { SCARD_STATE_UNKNOWN, SCARD_STATE_UNAVAILABLE } = ReaderState;

/** Room for what comes back, as Windows leaves it. */
const OUTPUT = 2_048;
const STARTED_OUTPUT = 256;
/** More readers than one call can ask about (MS-RDPESC 2.2.2.13). */
const READERS_MAX = 10;

export const INITIAL: State = { name: 'idle' };

export function step(config: HostConfig, state: State, event: Event): HostStep {
  switch (event.kind) {
    case 'begun':
      return state.name === 'idle'
        ? to({ name: 'expectStarted' }, [
            {
              kind: 'asks',
              line: 'calls',
              call: 'AccessStartedEvent',
              ioControlCode: ACCESS_STARTED_EVENT,
              input: new Uint8Array(4),
              outputLength: STARTED_OUTPUT,
            },
          ])
        : unexpected(state, event, 'returned');
    case 'returned':
      return event.line === 'watch'
        ? changed(state, event)
        : returned(config, state, event.ioStatus, event.output);
    case 'transmits':
      return state.name === 'ready' ? transmitting(state, event.command) : unexpected(state, event);
    case 'readsCache':
    case 'writesCache':
      return state.name === 'ready' ? caching(state, event) : unexpected(state, event);
    case 'releases':
      return releasing(state);
    default:
      return assertNever(event);
  }
}

function asks<N extends CallName>(
  call: N,
  value: CallOf<N>,
  line: 'calls' | 'watch' = 'calls',
): Effect {
  return { kind: 'asks', line, call, ...callOctets(call, value), outputLength: OUTPUT };
}

function returned(
  config: HostConfig,
  state: State,
  ioStatus: number,
  output: Uint8Array,
): HostStep {
  switch (state.name) {
    case 'expectStarted':
      if (ioStatus !== STATUS_SUCCESS)
        return failed(state, 'the smart card service is not started');
      return to({ name: 'expectSystemContext' }, [
        asks('EstablishContext', { dwScope: Scope.SCARD_SCOPE_SYSTEM }),
      ]);
    case 'expectSystemContext':
      return taken(state, 'EstablishContext', ioStatus, output, ({ Context: system }) =>
        to({ name: 'expectReaders', system }, [
          asks('ListReadersW', {
            Context: system,
            mszGroups: utf16le(`${ALL_READERS}\0\0`),
            fmszReadersIsNULL: 0,
            cchReaders: INFINITE,
          }),
        ]),
      );
    case 'expectReaders':
      return taken(state, 'ListReadersW', ioStatus, output, ({ msz }) =>
        listed(state, msz === null ? [] : textsOf(msz, true)),
      );
    case 'expectDeviceType':
      // What kind of reader it is decides nothing here; a client may not know.
      return to({ ...state, name: 'expectUserContext' }, [
        asks('EstablishContext', { dwScope: Scope.SCARD_SCOPE_USER }),
      ]);
    case 'expectUserContext':
      return taken(state, 'EstablishContext', ioStatus, output, ({ Context: context }) =>
        to({ ...state, name: 'expectStates', context }, [
          asks('GetStatusChangeW', {
            Context: context,
            dwTimeOut: 0,
            rgReaderStates: state.readers.map((reader) => asked(reader, 0)),
          }),
        ]),
      );
    case 'expectStates':
      return taken(state, 'GetStatusChangeW', ioStatus, output, ({ rgReaderStates }) =>
        choosing(config, state, rgReaderStates ?? []),
      );
    default:
      return withCard(state, ioStatus, output);
  }
}

function listed(
  { system }: Extract<State, { readonly name: 'expectReaders' }>,
  all: readonly string[],
): HostStep {
  const readers = all.slice(0, READERS_MAX);
  const [first] = readers;
  if (first === undefined) {
    return failed(
      { name: 'expectReaders', system },
      'the client has no readers',
      SCARD_E_NO_READERS_AVAILABLE,
    );
  }
  return to({ name: 'expectDeviceType', system, readers }, [
    asks('GetDeviceTypeId', { Context: system, szReaderName: first }),
  ]);
}

function asked(szReader: string, dwCurrentState: number) {
  return { szReader, dwCurrentState, dwEventState: 0, cbAtr: 0, rgbAtr: new Uint8Array(36) };
}

type Reported = NonNullable<ReturnOf<'GetStatusChangeW'>['rgReaderStates']>;

function choosing(
  { reader: wanted }: HostConfig,
  state: Extract<State, { readonly name: 'expectStates' }>,
  reported: Reported,
): HostStep {
  const { system, context, readers } = state;
  const present = readers.flatMap((reader, index): Found[] => {
    const one = reported[index];
    if (one === undefined || (one.dwEventState & SCARD_STATE_PRESENT) === 0) return [];
    const atr = one.rgbAtr.slice(0, Math.min(one.cbAtr, one.rgbAtr.length));
    return [{ reader, atr, state: one.dwEventState & ~SCARD_STATE_CHANGED }];
  });
  const found = wanted === undefined ? present[0] : present.find(({ reader }) => reader === wanted);
  if (found === undefined) {
    const which = wanted === undefined ? 'any reader' : `the reader ${wanted}`;
    return failed(
      state,
      `there is no card in ${which} of ${readers.join(', ')}`,
      SCARD_E_NO_SMARTCARD,
    );
  }
  const watch: Watching = { name: 'watching', context: system, found, plugAndPlay: 0 };
  const T = CardProtocol.SCARD_PROTOCOL_T0 | CardProtocol.SCARD_PROTOCOL_T1;
  return to({ name: 'expectHandle', context, found, watch }, [
    watching(watch),
    asks('ConnectW', {
      szReader: found.reader,
      Context: context,
      dwShareMode: ShareMode.SCARD_SHARE_SHARED,
      dwPreferredProtocols: T,
    }),
  ]);
}

type Watching = Extract<Watch, { readonly name: 'watching' }>;

/** Stays open until something changes. */
function watching({ context: Context, found, plugAndPlay }: Watching): Effect {
  const rgReaderStates = [asked(PNP_NOTIFICATION, plugAndPlay), asked(found.reader, found.state)];
  return asks('GetStatusChangeW', { Context, dwTimeOut: INFINITE, rgReaderStates }, 'watch');
}

/** The open call has come back. */
function changed(
  state: State,
  { ioStatus, output }: Extract<Event, { readonly kind: 'returned' }>,
): HostStep {
  const watch = watchOf(state);
  if (watch.name === 'off') return to(state);
  const { found, plugAndPlay } = watch;
  const off = { ...state, watch: { name: 'off' } } as State;
  const removed: readonly Effect[] = [{ kind: 'removed', reader: found.reader }];
  const read = ioStatus === STATUS_SUCCESS ? readReturn('GetStatusChangeW', output) : undefined;
  if (read?.ok !== true || read.value.ReturnCode >>> 0 !== SCARD_S_SUCCESS) return to(off, removed);
  const [all, own] = read.value.rgReaderStates ?? [];
  const now = own?.dwEventState ?? 0;
  const gone = SCARD_STATE_EMPTY | SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE;
  if ((now & gone) !== 0) return to(off, removed);
  const on: Watching = {
    ...watch,
    found: { ...found, state: now & ~SCARD_STATE_CHANGED },
    plugAndPlay: (all?.dwEventState ?? 0) & ~SCARD_STATE_CHANGED,
  };
  // A client that reports a change again and again without one is not asked any more.
  const isNews = on.found.state !== found.state || on.plugAndPlay !== plugAndPlay;
  return isNews ? to({ ...state, watch: on } as State, [watching(on)]) : to(off);
}

function withCard(state: State, ioStatus: number, output: Uint8Array): HostStep {
  switch (state.name) {
    case 'expectHandle':
      return taken(state, 'ConnectW', ioStatus, output, ({ hCard: handle, dwActiveProtocol }) =>
        to({ ...state, name: 'expectTransaction', handle, protocol: dwActiveProtocol }, [
          asks('BeginTransaction', { hCard: handle, dwDisposition: Disposition.SCARD_LEAVE_CARD }),
        ]),
      );
    case 'expectTransaction':
      return taken(state, 'BeginTransaction', ioStatus, output, () =>
        to({ ...state, name: 'expectStatus' }, [
          asks('StatusW', {
            hCard: state.handle,
            fmszReaderNamesIsNULL: 0,
            cchReaderLen: INFINITE,
            cbAtrLen: 32,
          }),
        ]),
      );
    case 'expectStatus':
      return taken(state, 'StatusW', ioStatus, output, ({ pbAtr, cbAtrLen }) => {
        const atr = pbAtr.slice(0, Math.min(cbAtrLen, pbAtr.length));
        const { reader } = state.found;
        return to({ ...state, name: 'ready' }, [{ kind: 'connected', reader, atr }]);
      });
    case 'expectResponse':
      return taken(state, 'Transmit', ioStatus, output, ({ pbRecvBuffer }) =>
        to({ ...state, name: 'ready' }, [
          { kind: 'response', bytes: pbRecvBuffer ?? new Uint8Array(0) },
        ]),
      );
    case 'expectCacheItem':
      return to({ ...state, name: 'ready' }, [cached(ioStatus, output)]);
    case 'expectCacheWritten':
      // Whether it was kept decides nothing here.
      return to({ ...state, name: 'ready' }, [{ kind: 'written' }]);
    case 'expectTransactionEnd':
      return to({ ...state, name: 'expectDisconnect' }, [
        asks('Disconnect', {
          hCard: state.handle,
          dwDisposition: Disposition.SCARD_LEAVE_CARD,
        }),
      ]);
    case 'expectDisconnect':
      return to({ name: 'expectRelease', watch: state.watch }, [
        asks('ReleaseContext', { Context: state.context }),
      ]);
    case 'expectRelease':
      return to({ name: 'released', watch: state.watch }, [{ kind: 'released' }]);
    default:
      // An answer that came after the call was given up.
      return to(state);
  }
}

function transmitting(state: Connected, command: Uint8Array): HostStep {
  const { handle: hCard, protocol: dwProtocol } = state;
  const ioSendPci = { dwProtocol, pbExtraBytes: null };
  return to({ ...state, name: 'expectResponse' }, [
    asks('Transmit', {
      hCard,
      ioSendPci,
      pbSendBuffer: command,
      pioRecvPci: null,
      fpbRecvBufferIsNULL: 0,
      cbRecvLength: RECEIVE_MAX,
    }),
  ]);
}

function cached(ioStatus: number, output: Uint8Array): Effect {
  const read = ioStatus === STATUS_SUCCESS ? readReturn('ReadCacheW', output) : undefined;
  const found = read?.ok === true && read.value.ReturnCode >>> 0 === SCARD_S_SUCCESS;
  const data = found ? read.value.pb : null;
  return data === null ? { kind: 'cached' } : { kind: 'cached', data };
}

/** MS-RDPESC 3.1.4.42 and 3.1.4.44. */
function caching(
  state: Connected,
  event: Extract<Event, { readonly kind: 'readsCache' | 'writesCache' }>,
): HostStep {
  const item = {
    szLookupName: event.name,
    Context: state.context,
    CardIdentifier: event.cardId,
    FreshnessCounter: event.freshness,
  };
  return event.kind === 'readsCache'
    ? to({ ...state, name: 'expectCacheItem' }, [
        asks('ReadCacheW', { ...item, fPbDataIsNULL: 0, cbDataLen: INFINITE }),
      ])
    : to({ ...state, name: 'expectCacheWritten' }, [
        asks('WriteCacheW', { ...item, pbData: event.data }),
      ]);
}

/** Data of 256 octets and a status. */
const RECEIVE_MAX = 258;

/** The PIN counts no more: the card is reset as the transaction ends. */
function releasing(state: State): HostStep {
  if (state.name !== 'ready') return to(state);
  return to({ ...state, name: 'expectTransactionEnd' }, [
    asks('EndTransaction', {
      hCard: state.handle,
      dwDisposition: Disposition.SCARD_RESET_CARD,
    }),
  ]);
}
