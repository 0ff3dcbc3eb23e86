import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FailureCode, Protocol, ResponseFlags } from '../../../protocols/rdp/constants.ts';
import {
  connectionConfirm,
  connectionRequest,
  dataOf,
  dataTpdu,
  readConnectionConfirm,
  readConnectionRequest,
} from '../../../protocols/rdp/x224.ts';
import { hex } from '../../../src/bytes/bytes.ts';

const s = suite('x224');

// The first two: MS-RDPBCGR 4.1.1 and a request that tshark took apart.
const REQUESTS = [
  [
    { cookie: 'Cookie: mstshash=eltons', negotiation: { flags: 0, requestedProtocols: 0 } },
    hex`03 00 00 2c 27 e0 00 00 00 00 00 43 6f 6f 6b 69 65 3a 20 6d 73 74 73 68 61 73 68 3d 65 6c 74 6f 6e 73 0d 0a 01 00 08 00 00 00 00 00`,
  ],
  [
    { cookie: 'Cookie: mstshash=hello', negotiation: { flags: 0, requestedProtocols: 3 } },
    hex`03 00 00 2b 26 e0 00 00 00 00 00 43 6f 6f 6b 69 65 3a 20 6d 73 74 73 68 61 73 68 3d 68 65 6c 6c 6f 0d 0a 01 00 08 00 03 00 00 00`,
  ],
  [{}, hex`03 00 00 0b 06 e0 00 00 00 00 00`],
] as const;

const { EXTENDED_CLIENT_DATA_SUPPORTED, RESTRICTED_ADMIN_MODE_SUPPORTED } = ResponseFlags;
const { REDIRECTED_AUTHENTICATION_MODE_SUPPORTED } = ResponseFlags;
const ALL =
  EXTENDED_CLIENT_DATA_SUPPORTED |
  RESTRICTED_ADMIN_MODE_SUPPORTED |
  REDIRECTED_AUTHENTICATION_MODE_SUPPORTED;

const CONFIRMS = [
  [
    { kind: 'selected', flags: 0, selectedProtocol: Protocol.PROTOCOL_RDP },
    hex`03 00 00 13 0e d0 00 00 12 34 00 02 00 08 00 00 00 00 00`,
  ],
  [
    { kind: 'selected', flags: ALL, selectedProtocol: Protocol.PROTOCOL_HYBRID_EX },
    hex`03 00 00 13 0e d0 00 00 12 34 00 02 19 08 00 08 00 00 00`,
  ],
  [
    { kind: 'failure', failureCode: FailureCode.HYBRID_REQUIRED_BY_SERVER },
    hex`03 00 00 13 0e d0 00 00 12 34 00 03 00 08 00 05 00 00 00`,
  ],
  [{ kind: 'none' }, hex`03 00 00 0b 06 d0 00 00 12 34 00`],
] as const;

s('requests and confirms are those of the standard', () => {
  for (const [value, bytes] of REQUESTS) {
    assert.equal(connectionRequest(value), bytes);
    assert.equal(readConnectionRequest(bytes), { ok: true, value });
  }
  for (const [value, bytes] of CONFIRMS) {
    assert.equal(connectionConfirm(value), bytes);
    assert.equal(readConnectionConfirm(bytes), { ok: true, value });
  }
});

s('correlation info goes and comes with its flag', () => {
  const correlationId = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
  const value = { negotiation: { flags: 8, requestedProtocols: 11, correlationId } };
  const bytes = connectionRequest(value);
  assert.is(bytes.length, 11 + 8 + 36);
  assert.equal(readConnectionRequest(bytes), { ok: true, value });
});

s('other classes, lengths and shortened requests are refused', () => {
  const [, [, whole]] = REQUESTS;
  for (let length = 0; length < whole.length; length++) {
    assert.not.ok(readConnectionRequest(whole.subarray(0, length)).ok, `${length} octets`);
  }
  const other = whole.slice();
  other[10] = 0x20;
  assert.match(String((readConnectionRequest(other) as { error?: Error }).error), /class 2/);
  assert.not.ok(readConnectionConfirm(whole).ok);
});

s('data TPDUs carry what they are given, and nothing throws on junk', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
      assert.equal(dataOf(dataTpdu(data)), data);
      dataOf(data);
      readConnectionRequest(data);
      readConnectionConfirm(data);
    }),
  );
});

s.run();
