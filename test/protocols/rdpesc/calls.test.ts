import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CALL_NAMES,
  type CallName,
  type CallOf,
  callCodec,
  callNamed,
  controlCode,
  type ReturnOf,
  returnCodec,
} from '../../../protocols/rdpesc/calls.ts';
import { multiString, textsOf } from '../../../protocols/rdpesc/multi-string.ts';
import { concat, hex, utf16le } from '../../../src/bytes/bytes.ts';
import { decode, encode, tryDecode } from '../../../src/ndr/codec.ts';
import { explain } from '../../../src/ndr/explain.ts';

const s = suite('calls');

/** The headers of a serialized type, before a body of so many octets. */
function h(length: number): Uint8Array {
  const low = Uint8Array.of(length & 0xff, length >> 8, 0, 0, 0, 0, 0, 0);
  return concat(hex`01 10 08 00 cc cc cc cc`, low);
}

const CONTEXT = { pbContext: hex`01000000` };
const HANDLE = { Context: { pbContext: hex`05000000` }, pbHandle: hex`01000000` };
const NO_CONTEXT = { pbContext: null };

// Requests of a Windows Server to a redirected card, and replies that it took: Teleport's tests and log.
const CALLS: readonly (readonly [CallName, unknown, Uint8Array])[] = [
  ['EstablishContext', { dwScope: 2 }, concat(h(8), hex`02000000 00000000`)],
  [
    'ListReadersW',
    {
      Context: CONTEXT,
      mszGroups: multiString(['SCard$AllReaders'], true),
      fmszReadersIsNULL: 0,
      cchReaders: 0xffffffff,
    },
    concat(
      h(0x48),
      hex`04000000 00000200 24000000 04000200 00000000 ffffffff 04000000 01000000 24000000`,
      utf16le('SCard$AllReaders\0\0'),
    ),
  ],
  [
    'GetDeviceTypeId',
    { Context: CONTEXT, szReaderName: 'Teleport' },
    concat(
      h(0x38),
      hex`04000000 00000200 04000200 04000000 01000000 09000000 00000000 09000000`,
      utf16le('Teleport\0'),
      hex`0000 00000000`,
    ),
  ],
  [
    'ReleaseContext',
    { Context: { pbContext: hex`02000000` } },
    concat(h(16), hex`04000000 00000200 04000000 02000000`),
  ],
  [
    'BeginTransaction',
    { hCard: HANDLE, dwDisposition: 0 },
    concat(
      h(0x28),
      hex`04000000 00000200 04000000 04000200 00000000 04000000 05000000 04000000 01000000 00000000`,
    ),
  ],
];

const RETURNS: readonly (readonly [CallName, unknown, Uint8Array])[] = [
  ['IsValidContext', { ReturnCode: 0 }, concat(h(8), hex`00000000 00000000`)],
  [
    'EstablishContext',
    { ReturnCode: 0, Context: CONTEXT },
    concat(h(0x18), hex`00000000 04000000 00000200 04000000 01000000 00000000`),
  ],
  [
    'ListReadersW',
    { ReturnCode: 0, cBytes: 20, msz: multiString(['Teleport'], true) },
    concat(
      h(0x28),
      hex`00000000 14000000 00000200 14000000`,
      utf16le('Teleport\0\0'),
      hex`00000000`,
    ),
  ],
  [
    'ConnectW',
    { ReturnCode: 0, hCard: HANDLE, dwActiveProtocol: 2 },
    concat(
      h(0x28),
      hex`00000000 04000000 00000200 04000000 04000200 02000000 04000000 05000000 04000000 01000000`,
    ),
  ],
  [
    'StatusW',
    {
      ReturnCode: 0,
      cBytes: 20,
      mszReaderNames: multiString(['Teleport'], true),
      dwState: 6,
      dwProtocol: 2,
      pbAtr: concat(hex`3b9513810180 73ff01000b`, new Uint8Array(21)),
      cbAtrLen: 11,
    },
    concat(
      h(0x50),
      hex`00000000 14000000 00000200 06000000 02000000`,
      hex`3b9513810180 73ff01000b`,
      new Uint8Array(21),
      hex`0b000000 14000000`,
      utf16le('Teleport\0\0'),
    ),
  ],
  [
    'Transmit',
    {
      ReturnCode: 0,
      pioRecvPci: null,
      cbRecvLength: 21,
      pbRecvBuffer: hex`61114f0600001000010079074f05a0000003089000`,
    },
    concat(
      h(0x30),
      hex`00000000 00000000 15000000 00000200 15000000 61114f0600001000010079074f05a0000003089000`,
      hex`000000 00000000`,
    ),
  ],
  [
    'ReadCacheW',
    { ReturnCode: 0x80100070, cb: 0, pb: new Uint8Array(0) },
    concat(h(0x10), hex`70001080 00000000 00000200 00000000`),
  ],
];

s('calls of Windows are read and written octet by octet', () => {
  for (const [name, value, octets] of CALLS) {
    assert.equal(decode(callCodec(name), octets), value, name);
    assert.equal(encode(callCodec(name), value as CallOf<CallName>), octets, name);
  }
});

s('so are the returns that it took', () => {
  for (const [name, value, octets] of RETURNS) {
    assert.equal(decode(returnCodec(name), octets), value, name);
    assert.equal(encode(returnCodec(name), value as ReturnOf<CallName>), octets, name);
  }
});

s('a Connect has its text first, and a Transmit everything that it points to', () => {
  const connect = callCodec('ConnectW');
  const value = {
    szReader: 'Teleport',
    Context: CONTEXT,
    dwShareMode: 2,
    dwPreferredProtocols: 3,
  };
  const octets = encode(connect, value);
  assert.is(octets.length, 80);
  assert.equal(octets.subarray(16, 36), hex`00000200 04000000 04000200 02000000 03000000`);
  const transmit = {
    hCard: HANDLE,
    ioSendPci: { dwProtocol: 2, pbExtraBytes: null },
    pbSendBuffer: hex`00a4040009a00000030800001000`,
    pioRecvPci: null,
    fpbRecvBufferIsNULL: 0,
    cbRecvLength: 258,
  };
  assert.is(encode(callCodec('Transmit'), transmit).length, 104);
});

s('sizes of the status calls are those that Windows sent', () => {
  const state = (szReader: string, dwCurrentState: number) => ({
    szReader,
    dwCurrentState,
    dwEventState: 0,
    cbAtr: 0,
    rgbAtr: new Uint8Array(36),
  });
  const both = {
    Context: CONTEXT,
    dwTimeOut: 0xffffffff,
    rgReaderStates: [state('\\\\?PnP?\\Notification', 0), state('Teleport', 0x10)],
  };
  assert.is(encode(callCodec('GetStatusChangeW'), both).length, 240);
  const one = { ...both, rgReaderStates: [state('Teleport', 0)] };
  assert.is(encode(callCodec('GetStatusChangeW'), one).length, 136);
  const cache = {
    szLookupName: 'Cached_CardmodFile\\Cached_Pin_Freshness',
    Context: CONTEXT,
    CardIdentifier: new Uint8Array(16),
    FreshnessCounter: 0,
    fPbDataIsNULL: 0,
    cbDataLen: 0xffffffff,
  };
  assert.is(encode(callCodec('ReadCacheW'), cache).length, 160);
});

s('control codes lead to their calls and back', () => {
  assert.is(controlCode('EstablishContext'), 0x00090014);
  assert.is(controlCode('GetDeviceTypeId'), 0x00090108);
  for (const name of CALL_NAMES) assert.is(callNamed(controlCode(name)), name);
  assert.is(callNamed(0x000900e0), undefined);
});

s('texts one after another come back', () => {
  const text = fc.string({ minLength: 1, maxLength: 12 }).filter((one) => /^[ -~]+$/.test(one));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), fc.boolean(), (texts, wide) => {
      assert.equal(textsOf(multiString(texts, wide), wide), texts);
    }),
  );
});

s('no octets make a call throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(CALL_NAMES.length - 1), (junk, at) => {
      const name = CALL_NAMES[at] as CallName;
      const octets = concat(h(junk.length), junk);
      tryDecode(callCodec(name), octets);
      tryDecode(returnCodec(name), octets);
      explain(callCodec(name), octets);
      assert.not.ok(tryDecode(callCodec(name), junk.subarray(0, 8)).ok);
    }),
  );
});

s('an empty context is a null pointer', () => {
  const octets = encode(callCodec('IsValidContext'), { Context: NO_CONTEXT });
  assert.equal(octets, concat(h(8), hex`00000000 00000000`));
});

s.run();
