import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { begun, continued } from '../../../protocols/minidriver/exchange.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';

const s = suite('minidriver/exchange');

const READ = { cla: 0, ins: 0xcb, p1: 0x3f, p2: 0xff, data: hex`5c035fc105`, ne: 256 };

s('long data go as a chain, one command after the other', () => {
  // GENERAL AUTHENTICATE with RSA-2048, as a Windows host sends it: 266 octets.
  const first = begun({ ...READ, ins: 0x87, p1: 7, p2: 0x9a, data: new Uint8Array(266).fill(1) });
  assert.match(toHex(first.command), /^1087079aff01/);
  assert.is(first.command.length, 5 + 255);
  const second = continued(first.exchange, hex`9000`);
  if (second.kind !== 'continues') return assert.unreachable();
  assert.is(toHex(second.command), `0087079a0b${'01'.repeat(11)}00`);
  assert.equal(continued(second.exchange, hex`aabb9000`), {
    kind: 'done',
    data: hex`aabb`,
    status: 0x9000,
  });
  const refused = continued(first.exchange, hex`6982`);
  assert.is(refused.kind === 'done' && refused.status, 0x6982);
});

s('answers are fetched piece by piece', () => {
  const { exchange } = begun(READ);
  const more = continued(exchange, hex`0102 6110`);
  if (more.kind !== 'continues') return assert.unreachable();
  assert.is(toHex(more.command), '00c0000010');
  assert.equal(continued(more.exchange, hex`03 9000`), {
    kind: 'done',
    data: hex`010203`,
    status: 0x9000,
  });
});

s('a card that wants another Le gets it once', () => {
  const { exchange } = begun(READ);
  const again = continued(exchange, hex`6c08`);
  if (again.kind !== 'continues') return assert.unreachable();
  assert.is(toHex(again.command), '00cb3fff055c035fc10508');
  const twice = continued(again.exchange, hex`6c08`);
  assert.is(twice.kind === 'done' && twice.status, 0x6c08);
});

s('what is no response, and one without an end', () => {
  const { exchange } = begun(READ);
  const none = continued(exchange, hex`90`);
  assert.is(none.kind === 'done' && none.status, 0x6f00);
  const long = continued({ ...exchange, data: new Uint8Array(0xffff) }, hex`0102 6100`);
  assert.is(long.kind === 'done' && long.status, 0x6700);
});

s.run();
