import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  encodeServerData,
  readClientData,
  readServerData,
} from '../../../protocols/rdp/data-blocks.ts';
import {
  conferenceCreateRequest,
  conferenceCreateResponse,
  readConferenceCreateRequest,
  readConferenceCreateResponse,
} from '../../../protocols/rdp/gcc.ts';
import { validClient } from '../../../protocols/rdp/licensing.ts';
import {
  connectInitial,
  connectResponse,
  type DomainPdu,
  domainPdu,
  indication,
  readConnectInitial,
  readConnectResponse,
  readDomainPdu,
} from '../../../protocols/rdp/mcs.ts';
import { hex } from '../../../src/bytes/bytes.ts';

const s = suite('mcs');

// MS-RDPBCGR 4.1.5 to 4.1.8.
const PDUS: readonly (readonly [DomainPdu, Uint8Array])[] = [
  [{ kind: 'erectDomainRequest' }, hex`03 00 00 0c 02 f0 80 04 01 00 01 00`],
  [{ kind: 'attachUserRequest' }, hex`03 00 00 08 02 f0 80 28`],
  [
    { kind: 'attachUserConfirm', result: 0, initiator: 1007 },
    hex`03 00 00 0b 02 f0 80 2e 00 00 06`,
  ],
  [
    { kind: 'channelJoinRequest', initiator: 1007, channelId: 1007 },
    hex`03 00 00 0c 02 f0 80 38 00 06 03 ef`,
  ],
  [
    {
      kind: 'channelJoinConfirm',
      result: 0,
      initiator: 1007,
      requested: 1007,
      channelId: 1007,
    },
    hex`03 00 00 0f 02 f0 80 3e 00 00 06 03 ef 03 ef`,
  ],
  [{ kind: 'disconnectProviderUltimatum', reason: 3 }, hex`03 00 00 09 02 f0 80 21 80`],
];

s('domain PDUs are those of the standard', () => {
  for (const [pdu, bytes] of PDUS) {
    assert.equal(domainPdu(pdu), bytes, pdu.kind);
    assert.equal(readDomainPdu(bytes), { ok: true, value: pdu });
  }
});

s('the licence is the shortest that there is', () => {
  assert.equal(
    indication(1003, validClient()),
    hex`03 00 00 22 02 f0 80 68 00 01 03 eb 70 14 80 00 00 00 ff 03 10 00 07 00 00 00 02 00 00 00 04 00 00 00`,
  );
});

s('Connect Response with two channels: as tshark takes it apart', () => {
  const data = encodeServerData({
    version: 0x00080004,
    clientRequestedProtocols: 3,
    earlyCapabilityFlags: 0,
    ioChannel: 1003,
    channelIds: [1004, 1005],
  });
  const bytes = connectResponse(conferenceCreateResponse(data));
  assert.equal(
    bytes,
    hex`03 00 00 6c 02 f0 80 7f 66 62 0a 01 00 02 01 00 30 1a 02 01 22 02 01 03 02 01 00 02 01 01 02 01 00 02 01 01 02 03 00 ff f8 02 01 02
        04 3e 00 05 00 14 7c 00 01 36 14 76 0a 01 01 00 01 c0 00 4d 63 44 6e 28
        01 0c 10 00 04 00 08 00 03 00 00 00 00 00 00 00 03 0c 0c 00 eb 03 02 00 ec 03 ed 03 02 0c 0c 00 00 00 00 00 00 00 00 00`,
  );
  const read = readConnectResponse(bytes);
  assert.ok(read.ok);
  if (!read.ok) return;
  const blocks = readConferenceCreateResponse(read.value.userData);
  assert.ok(blocks.ok);
  if (!blocks.ok) return;
  const known = readServerData(blocks.value);
  assert.ok(known.ok);
  if (known.ok) assert.is(known.value[1]?.kind, 'SC_NET');
});

s('long user data comes back through Connect Initial', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 3_000 }), (blocks) => {
      const read = readConnectInitial(connectInitial(conferenceCreateRequest(blocks)));
      assert.ok(read.ok);
      if (!read.ok) return;
      assert.equal(readConferenceCreateRequest(read.value.userData), { ok: true, value: blocks });
    }),
  );
});

s('data of every length comes back', () => {
  for (const length of [0, 1, 127, 128, 255, 256, 16_000]) {
    const data = new Uint8Array(length).fill(7);
    const pdu = { kind: 'sendDataRequest', initiator: 1007, channelId: 1003, data } as const;
    assert.equal(readDomainPdu(domainPdu(pdu)), { ok: true, value: pdu });
  }
});

s('no octets make a reader throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(20), (junk, at) => {
      const [, bytes] = PDUS[at % PDUS.length] as (typeof PDUS)[number];
      const damaged = Uint8Array.of(...bytes.subarray(0, 7), ...junk);
      damaged[3] = damaged.length;
      for (const octets of [junk, damaged]) {
        readDomainPdu(octets);
        readConnectInitial(octets);
        readConnectResponse(octets);
        readConferenceCreateRequest(octets);
        readConferenceCreateResponse(octets);
        readClientData(octets);
        readServerData(octets);
      }
    }),
  );
});

s.run();
