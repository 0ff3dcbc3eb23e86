import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  explainPdu,
  type Pdu,
  pdu,
  readPdu,
  type Side,
} from '../../../protocols/rdpedyc/messages.ts';
import { hex } from '../../../src/bytes/bytes.ts';

const s = suite('messages of MS-RDPEDYC');

type Known = Parameters<typeof pdu>[0];

function reads(from: Side, bytes: Uint8Array): Pdu {
  const read = readPdu(bytes, from);
  if (!read.ok) throw read.error;
  return read.value;
}

s('capabilities of section 4.1 are read, whatever Sp says', () => {
  assert.equal(reads('server', hex`58 00 02 00 33 33 11 11 3d 0a a7 04`), {
    kind: 'prioritiesRequest',
    version: 2,
    priorityCharges: [0x3333, 0x1111, 0x0a3d, 0x04a7],
  });
  assert.equal(reads('server', hex`50 00 01 00`), { kind: 'capabilitiesRequest', version: 1 });
  assert.equal(reads('client', hex`50 00 02 00`), { kind: 'capabilitiesResponse', version: 2 });
  assert.equal(pdu({ kind: 'capabilitiesResponse', version: 2 }), hex`50 00 02 00`);
});

s('channels of section 4.2 are opened', () => {
  const name = hex`74 65 73 74 64 76 63 00`;
  const request = {
    kind: 'createRequest',
    channelId: 3,
    priority: 0,
    channelName: 'testdvc',
  } as const;
  assert.equal(reads('server', new Uint8Array([0x10, 0x03, ...name])), request);
  assert.equal(pdu(request), new Uint8Array([0x10, 0x03, ...name]));
  const response = { kind: 'createResponse', channelId: 3, creationStatus: 0 } as const;
  assert.equal(reads('client', hex`10 03 00 00 00 00`), response);
  assert.equal(pdu(response), hex`10 03 00 00 00 00`);
});

s('numbers are as wide as they have to be', () => {
  const data = hex`71`;
  assert.equal(pdu({ kind: 'data', channelId: 3, data }), hex`30 03 71`);
  assert.equal(pdu({ kind: 'data', channelId: 0x1234, data }), hex`31 34 12 71`);
  assert.equal(pdu({ kind: 'dataFirst', channelId: 3, length: 0x0c7b, data }), hex`24 03 7b 0c 71`);
  assert.equal(
    pdu({ kind: 'dataFirst', channelId: 0x12345678, length: 0x10000, data }),
    hex`2a 78 56 34 12 00 00 01 00 71`,
  );
  assert.equal(pdu({ kind: 'close', channelId: 3 }), hex`40 03`);
});

s('what is no PDU says where', () => {
  const reason = (from: Side, bytes: Uint8Array): string => {
    const read = readPdu(bytes, from);
    return read.ok ? 'was read' : read.error.message;
  };
  assert.is(reason('client', hex``), 'header: expected 1 octets, 0 are left at 0');
  assert.is(
    reason('client', hex`33 03`),
    'ChannelId: 3 is no width of a number: expected 0, 1 or 2 at 1',
  );
  assert.is(reason('server', hex`10 03 61`), 'ChannelName: a name without its NUL at 3');
  assert.is(reason('server', hex`10 03 00`), 'ChannelName: a name of 0 characters at 3');
  assert.is(
    reason('client', hex`10 03 00 00 00`),
    'CreationStatus: expected 4 octets, 3 are left at 2',
  );
  assert.is(reason('client', hex`40 03 00`), 'structure: 1 octets are left over at 2');
  assert.is(reason('server', hex`50 00 00 00`), 'structure: there is no version 0 at 4');
  assert.equal(reads('server', hex`80 00 01`), { kind: 'unknown', cmd: 8 });
});

s('rows show every number', () => {
  const rows = explainPdu(hex`24 03 7b 0c 71 71`, 'client');
  assert.equal(
    rows.map(({ path, value }) => `${path} ${value ?? ''}`),
    ['DYNVC ', 'DYNVC.header 36', 'DYNVC.ChannelId 3', 'DYNVC.Length 3195', 'DYNVC.Data '],
  );
  assert.is(rows[1]?.name, 'DATA_FIRST');
});

const number = fc.oneof(fc.nat(0xff), fc.nat(0xffff), fc.nat(0xffffffff));
const octets = fc.uint8Array({ maxLength: 40 });
const letters = fc
  .uint8Array({ min: 1, minLength: 1, maxLength: 60 })
  .map((codes) => String.fromCharCode(...codes));

const pdus: fc.Arbitrary<readonly [Side, Known]> = fc.oneof(
  fc
    .record({ channelId: number, priority: fc.nat(3), channelName: letters })
    .map((value) => ['server', { kind: 'createRequest', ...value }] as const),
  fc
    .record({ channelId: number, creationStatus: fc.nat(0xffffffff) })
    .map((value) => ['client', { kind: 'createResponse', ...value }] as const),
  fc
    .record({ channelId: number, length: number, data: octets })
    .map((value) => ['server', { kind: 'dataFirst', ...value }] as const),
  fc
    .record({ channelId: number, data: octets })
    .map((value) => ['client', { kind: 'data', ...value }] as const),
  number.map((channelId) => ['server', { kind: 'close', channelId }] as const),
  fc
    .record({ version: fc.integer({ min: 2, max: 0xffff }) })
    .map(({ version }): readonly [Side, Known] => [
      'server',
      { kind: 'prioritiesRequest', version, priorityCharges: [1, 2, 3, version] },
    ]),
);

s('what is written is read', () => {
  fc.assert(
    fc.property(pdus, ([from, value]) => {
      assert.equal(reads(from, pdu(value)), value);
    }),
  );
});

s('octets of any kind are read or refused, and rows come of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, client) => {
      const from = client ? 'client' : 'server';
      readPdu(bytes, from);
      assert.ok(explainPdu(bytes, from).length > 0);
    }),
    { numRuns: 2000 },
  );
});

s.run();
