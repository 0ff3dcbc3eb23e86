import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directTcpFraming } from '../../../protocols/actors/direct-tcp.ts';
import { concat, hex } from '../../../src/bytes/bytes.ts';

const framing = suite('direct-tcp');

framing('puts a zero octet and three of length in front', () => {
  assert.equal(directTcpFraming.wrap(hex`fe 53 4d 42`), hex`00 00 00 04 fe 53 4d 42`);
});

framing('waits for the whole message and leaves the rest', () => {
  const wrapped = directTcpFraming.wrap(hex`01 02 03`);
  for (let end = 0; end < wrapped.length; end++) {
    assert.equal(directTcpFraming.next(wrapped.subarray(0, end)), { kind: 'more' });
  }
  const next = directTcpFraming.next(concat(wrapped, hex`00 00`));
  assert.equal(next, { kind: 'message', message: hex`01 02 03`, consumed: 7 });
});

framing('refuses what is no message of SMB, before it has come', () => {
  assert.equal(directTcpFraming.next(hex`85 00 00 00`), {
    kind: 'refused',
    reason: 'expected a zero octet in front, got 133',
  });
  assert.equal(directTcpFraming.next(hex`00 01 00 00`), {
    kind: 'refused',
    reason: '65536 octets announced, 65535 allowed',
  });
});

framing('gives back what it wrapped', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      const next = directTcpFraming.next(directTcpFraming.wrap(bytes));
      assert.equal(next.kind === 'message' && next.message, bytes);
    }),
    { seed: 1, numRuns: 200 },
  );
});

framing.run();
