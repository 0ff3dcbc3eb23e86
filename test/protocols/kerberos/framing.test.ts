import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  kerberosTcpFraming,
  TCP_MESSAGE_LIMIT,
  tcpFraming,
} from '../../../protocols/kerberos/framing.ts';
import { concat, hex, toHex } from '../../../src/bytes/bytes.ts';

const s = suite('kerberos/framing');

s('four octets of length stand in front', () => {
  assert.is(toHex(kerberosTcpFraming.wrap(hex`6a 00`)), '000000026a00');
  assert.is(kerberosTcpFraming.name, 'kerberos-tcp');
  const big = kerberosTcpFraming.wrap(new Uint8Array(0x012345));
  assert.is(toHex(big.subarray(0, 4)), '00012345');
});

s('a message is cut out as soon as it is whole, and no sooner', () => {
  const two = concat(kerberosTcpFraming.wrap(hex`6a 00`), kerberosTcpFraming.wrap(hex`6c 01 ff`));
  for (let length = 0; length < 6; length++) {
    assert.equal(kerberosTcpFraming.next(two.subarray(0, length)), { kind: 'more' });
  }
  assert.equal(kerberosTcpFraming.next(two), { kind: 'message', message: hex`6a 00`, consumed: 6 });
  assert.equal(kerberosTcpFraming.next(two.subarray(6)), {
    kind: 'message',
    message: hex`6c 01 ff`,
    consumed: 7,
  });
  assert.equal(kerberosTcpFraming.next(hex`00 00 00 00`), {
    kind: 'message',
    message: hex``,
    consumed: 4,
  });
});

s('the reserved bit and lengths over the limit are refused before their octets come', () => {
  const reserved = kerberosTcpFraming.next(hex`80 00 00 01`);
  assert.ok(reserved.kind === 'refused');
  assert.match(reserved.reason, 'the reserved highest bit of the length is set: 2147483649');
  const long = kerberosTcpFraming.next(hex`00 10 00 01`);
  assert.ok(long.kind === 'refused');
  assert.is(long.reason, 'a message of 1048577 octets, at most 1048576 are taken');
  assert.is(kerberosTcpFraming.next(hex`00 10 00 00`).kind, 'more');
  assert.is(TCP_MESSAGE_LIMIT, 0x100000);
  assert.is(tcpFraming(3).next(hex`00 00 00 04`).kind, 'refused');
  // "GET " as a length: somebody speaks HTTP.
  assert.is(kerberosTcpFraming.next(hex`47 45 54 20`).kind, 'refused');
});

s.run();
