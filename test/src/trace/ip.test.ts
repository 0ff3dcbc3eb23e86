import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, toHex, utf8, view } from '../../../src/bytes/bytes.ts';
import { addressOf, TcpFlags, tcpPacket, udpPacket } from '../../../src/trace/ip.ts';

const s = suite('ip');

/** RFC 1071: the words of what a checksum covers, the checksum among them, sum to all ones. */
function sum(...parts: readonly Uint8Array[]): number {
  let total = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) total += (part[i] as number) << (i % 2 === 0 ? 8 : 0);
  }
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

const v4 = [hex`0a580001`, hex`0a580002`] as const;
const v6 = [addressOf('fd00::1') as Uint8Array, addressOf('fd00::2') as Uint8Array] as const;

s('an IPv4 header like the one every textbook shows (checksum b861)', () => {
  // 4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7: the example of the checksum's calculation.
  const packet = udpPacket(
    { address: hex`c0a80001`, port: 1 },
    { address: hex`c0a800c7`, port: 2 },
    new Uint8Array(0x73 - 28),
  );
  assert.is(
    toHex(packet.subarray(0, 20)),
    '450000730000400040 11b861c0a80001c0a800c7'.replace(' ', ''),
  );
});

for (const [name, [from, to], headerLength] of [
  ['IPv4', v4, 20],
  ['IPv6', v6, 40],
] as const) {
  s(`${name}: checksums of headers, UDP and TCP`, () => {
    for (const payload of [utf8(''), utf8('odd'), utf8('even'), new Uint8Array(1460).fill(0xff)]) {
      const udp = udpPacket({ address: from, port: 53000 }, { address: to, port: 88 }, payload);
      const datagram = udp.subarray(headerLength);
      assert.is(view(datagram).getUint16(4), 8 + payload.length);
      assert.is(
        sum(from, to, hex`0011`, udp.subarray(headerLength + 4, headerLength + 6), datagram),
        0xffff,
      );
      const flags = TcpFlags.ack | TcpFlags.psh;
      const segment = { seq: 0xfffffff0, ack: 7, flags, payload };
      const tcp = tcpPacket({ address: from, port: 53000 }, { address: to, port: 88 }, segment);
      const body = tcp.subarray(headerLength);
      const length = new Uint8Array([body.length >> 8, body.length]);
      assert.is(sum(from, to, hex`0006`, length, body), 0xffff);
      if (headerLength === 20) assert.is(sum(tcp.subarray(0, 20)), 0xffff);
    }
  });
}

s('an IPv4 address among IPv6 ones is mapped (RFC 4291 §2.5.5.2)', () => {
  const packet = udpPacket({ address: v4[0], port: 1 }, { address: v6[1], port: 2 }, utf8('x'));
  assert.is(toHex(packet.subarray(8, 24)), '00000000000000000000ffff0a580001');
});

s('a datagram that does not fit is refused', () => {
  const point = { address: v4[0], port: 1 };
  assert.throws(
    () => udpPacket(point, point, new Uint8Array(65508)),
    /65507 octets at most, got 65508/,
  );
  assert.is(udpPacket(point, point, new Uint8Array(65507)).length, 65535);
});

s('addresses from their text (RFC 4291 §2.2)', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['127.0.0.1', '7f000001'],
    ['255.255.255.255', 'ffffffff'],
    ['::', '00'.repeat(16)],
    ['::1', `${'00'.repeat(15)}01`],
    ['2001:DB8::8:800:200C:417A', '20010db80000000000080800200c417a'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
    ['::ffff:129.144.52.38', '00000000000000000000ffff81903426'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ];
  for (const [text, expected] of cases) {
    const address = addressOf(text);
    assert.ok(address, text);
    assert.is(toHex(address), expected, text);
  }
  for (const text of [
    '',
    'dc1',
    '1.2.3',
    '1.2.3.256',
    '1:2',
    '1::2::3',
    '::1.2.3',
    ':::',
    '1:2:3:4:5:6:7:8:9',
    'g::',
  ]) {
    assert.is(addressOf(text), undefined, text);
  }
});

s.run();
