import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CALL_NAMES, type CallName, type CallOf } from '../../../protocols/rdpesc/calls.ts';
import { type Effect, type State, step } from '../../../protocols/rdpesc/client.ts';
import { INFINITE, PNP_NOTIFICATION } from '../../../protocols/rdpesc/constants.ts';
import { callOctets, readReturn } from '../../../protocols/rdpesc/exchange.ts';
import { textsOf } from '../../../protocols/rdpesc/multi-string.ts';
import { NO_SERVICE } from '../../../protocols/rdpesc/reader-state.ts';
import { hex } from '../../../src/bytes/bytes.ts';

const s = suite('client');

const READER = 'Windows Hello for Business 1';
const ATR = hex`3B 8D 01 80 FB A0 00 00 03 97 42 54 46 59 04 01 CF`;

/** A client with a card in its reader, asked call by call. */
class Asker {
  state: State = { ...NO_SERVICE, name: 'serving' };
  effects: readonly Effect[] = [];
  #id = 0;

  constructor() {
    this.tell({ kind: 'inserted', reader: READER, atr: ATR });
  }

  tell(event: Parameters<typeof step>[1]): void {
    ({ state: this.state, effects: this.effects } = step(this.state, event));
  }

  /** Asks; the number of the request. */
  ask<N extends CallName>(name: N, call: CallOf<N>): number {
    const completionId = this.#id++;
    const { ioControlCode, input } = callOctets(name, call);
    this.tell({ kind: 'asked', completionId, ioControlCode, input, outputLength: 2048 });
    return completionId;
  }

  /** The return to a request among the last effects. */
  returned<N extends CallName>(name: N, completionId: number) {
    const effect = this.effects.find(
      (one) => one.kind === 'completes' && one.completionId === completionId,
    );
    if (effect?.kind !== 'completes') throw new Error(`${name} has no answer`);
    assert.is(effect.ioStatus, 0);
    const read = readReturn(name, effect.output);
    if (!read.ok) throw new Error(read.reason);
    return read.value;
  }

  get<N extends CallName>(name: N, call: CallOf<N>) {
    return this.returned(name, this.ask(name, call));
  }
}

const state = (szReader: string, dwCurrentState: number) => ({
  szReader,
  dwCurrentState,
  dwEventState: 0,
  cbAtr: 0,
  rgbAtr: new Uint8Array(36),
});

function connected() {
  const asker = new Asker();
  const { Context } = asker.get('EstablishContext', { dwScope: 2 });
  const { hCard, dwActiveProtocol, ReturnCode } = asker.get('ConnectW', {
    szReader: READER,
    Context,
    dwShareMode: 2,
    dwPreferredProtocols: 3,
  });
  assert.is(ReturnCode, 0);
  assert.is(dwActiveProtocol, 2);
  return { asker, Context, hCard };
}

s('the conversation that a Windows host begins with', () => {
  const { asker, Context, hCard } = connected();
  const all = { Context, mszGroups: null, fmszReadersIsNULL: 0, cchReaders: INFINITE };
  const { msz } = asker.get('ListReadersW', all);
  assert.equal(textsOf(msz as Uint8Array, true), [READER]);
  assert.is(asker.get('GetDeviceTypeId', { Context, szReaderName: READER }).dwDeviceId, 0xf0);
  assert.is(asker.get('BeginTransaction', { hCard, dwDisposition: 0 }).ReturnCode, 0);
  const status = asker.get('StatusW', {
    hCard,
    fmszReaderNamesIsNULL: 0,
    cchReaderLen: INFINITE,
    cbAtrLen: 32,
  });
  assert.is(status.dwState, 6);
  assert.equal(status.pbAtr.subarray(0, status.cbAtrLen), ATR);
});

s('an APDU goes to the card, and its answer back when it comes', () => {
  const { asker, hCard } = connected();
  const id = asker.ask('Transmit', {
    hCard,
    ioSendPci: { dwProtocol: 2, pbExtraBytes: null },
    pbSendBuffer: hex`00a4040000`,
    pioRecvPci: null,
    fpbRecvBufferIsNULL: 0,
    cbRecvLength: 258,
  });
  assert.equal(asker.effects, [
    { kind: 'transmit', completionId: id, reader: READER, command: hex`00a4040000` },
  ]);
  asker.tell({ kind: 'transmitted', completionId: id, response: hex`9000` });
  assert.equal(asker.returned('Transmit', id).pbRecvBuffer, hex`9000`);
  assert.is(asker.get('GetTransmitCount', { hCard }).cTransmitCount, 1);
});

s('who waits for a change waits until there is one', () => {
  const { asker, Context } = connected();
  const now = { Context, dwTimeOut: 0, rgReaderStates: [state(READER, 0)] };
  const seen = asker.get('GetStatusChangeW', now).rgReaderStates?.[0];
  assert.is((seen?.dwEventState as number) & 0x22, 0x22);
  const wait = {
    Context,
    dwTimeOut: INFINITE,
    rgReaderStates: [state(PNP_NOTIFICATION, 0x10000), state(READER, 0x20)],
  };
  const id = asker.ask('GetStatusChangeW', wait);
  assert.equal(asker.effects, []);
  asker.tell({ kind: 'removed', reader: READER });
  const { ReturnCode, rgReaderStates } = asker.returned('GetStatusChangeW', id);
  assert.is(ReturnCode, 0);
  assert.is((rgReaderStates?.[1]?.dwEventState as number) & 0x12, 0x12);
  assert.is((rgReaderStates?.[1]?.dwEventState as number) >>> 16, 2);
});

s('Cancel ends what waits in its context, and a time that is over too', () => {
  const { asker, Context } = connected();
  const wait = { Context, dwTimeOut: INFINITE, rgReaderStates: [state(READER, 0x20)] };
  const id = asker.ask('GetStatusChangeW', wait);
  const cancel = asker.ask('Cancel', { Context });
  assert.is(asker.returned('GetStatusChangeW', id).ReturnCode, 0x80100002);
  assert.is(asker.returned('Cancel', cancel).ReturnCode, 0);
  const timed = asker.ask('GetStatusChangeW', { ...wait, dwTimeOut: 500 });
  assert.equal(asker.effects, [{ kind: 'timer', completionId: timed, ms: 500 }]);
  asker.tell({ kind: 'expired', completionId: timed });
  assert.is(asker.returned('GetStatusChangeW', timed).ReturnCode, 0x8010000a);
});

s('a card that was taken out, reset or held by another says so', () => {
  const { asker, Context, hCard } = connected();
  const again = { szReader: READER, Context, dwShareMode: 2, dwPreferredProtocols: 3 };
  const other = asker.get('ConnectW', again).hCard;
  const alone = asker.get('ConnectW', { ...again, dwShareMode: 1 });
  assert.is(alone.ReturnCode, 0x8010000b);
  asker.get('BeginTransaction', { hCard, dwDisposition: 0 });
  assert.is(asker.get('GetTransmitCount', { hCard: other }).ReturnCode, 0x8010000b);
  const end = asker.ask('EndTransaction', { hCard, dwDisposition: 1 });
  assert.is(asker.returned('EndTransaction', end).ReturnCode, 0);
  assert.ok(asker.effects.some((one) => one.kind === 'resets'));
  assert.is(asker.get('GetTransmitCount', { hCard: other }).ReturnCode, 0x80100068);
  asker.tell({ kind: 'removed', reader: READER });
  assert.is(asker.get('GetTransmitCount', { hCard }).ReturnCode, 0x80100069);
  const none = asker.get('ConnectW', again);
  assert.is(none.ReturnCode, 0x8010000c);
});

s('items are kept by card, name and freshness', () => {
  const { asker, Context } = connected();
  const place = { szLookupName: 'Cached_CMAPFile', Context, CardIdentifier: new Uint8Array(16) };
  const read = (FreshnessCounter: number) =>
    asker.get('ReadCacheW', { ...place, FreshnessCounter, fPbDataIsNULL: 0, cbDataLen: INFINITE });
  assert.is(read(0).ReturnCode, 0x80100070);
  const written = { ...place, FreshnessCounter: 3, pbData: hex`0102` };
  assert.is(asker.get('WriteCacheW', written).ReturnCode, 0);
  assert.equal(read(3).pb, hex`0102`);
  assert.is(read(4).ReturnCode, 0x80100071);
});

s('contexts and handles that nobody has are refused, and end with their context', () => {
  const { asker, Context, hCard } = connected();
  const wrong = { pbContext: hex`77000000` };
  assert.is(asker.get('IsValidContext', { Context: wrong }).ReturnCode, 0x80100003);
  assert.is(asker.get('ReleaseContext', { Context }).ReturnCode, 0);
  assert.is(asker.get('GetTransmitCount', { hCard }).ReturnCode, 0x80100003);
});

s('what Windows does not get is refused in MS-RDPESC’s way', () => {
  const asker = new Asker();
  const none = new Uint8Array(0);
  const ask = (
    ioControlCode: number,
    input: Uint8Array,
    outputLength = 2048,
  ): readonly Effect[] => {
    asker.tell({ kind: 'asked', completionId: 99, ioControlCode, input, outputLength });
    return asker.effects;
  };
  // No such code: dropped. Malformed: STATUS_UNSUCCESSFUL. No room: STATUS_BUFFER_TOO_SMALL.
  assert.equal(
    ask(0x00090abc, none).map(({ kind }) => kind),
    ['note'],
  );
  const malformed = ask(0x00090014, hex`0102`).at(-1);
  assert.is(malformed?.kind === 'completes' && malformed.ioStatus, 0xc0000001);
  const { ioControlCode, input } = callOctets('EstablishContext', { dwScope: 0 });
  const small = ask(ioControlCode, input, 8).at(-1);
  assert.is(small?.kind === 'completes' && small.ioStatus, 0xc0000023);
});

s('no octets make it throw, and nothing grows without end', () => {
  const { asker } = connected();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), fc.nat(CALL_NAMES.length - 1), (junk, at) => {
      const name = CALL_NAMES[at] as CallName;
      const { ioControlCode } = callOctets('EstablishContext', { dwScope: 0 });
      const code = at === 0 ? ioControlCode : 0x00090000 | ((5 + at) << 2);
      const head = hex`01 10 08 00 cc cc cc cc`;
      const input = Uint8Array.of(...head, junk.length, 0, 0, 0, 0, 0, 0, 0, ...junk);
      asker.tell({ kind: 'asked', completionId: 1, ioControlCode: code, input, outputLength: 99 });
      assert.ok(asker.effects.length <= 20, name);
    }),
  );
  for (let i = 0; i < 400; i++) asker.ask('EstablishContext', { dwScope: 0 });
  assert.ok(asker.state.contexts.length <= 256);
});

s.run();
