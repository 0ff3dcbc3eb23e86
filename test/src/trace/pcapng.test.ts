import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromUtf8, hex, toHex, view } from '../../../src/bytes/bytes.ts';
import { pcapng } from '../../../src/trace/pcapng.ts';

const s = suite('pcapng');

interface Block {
  readonly type: number;
  readonly body: Uint8Array;
}

/** draft-ietf-opsawg-pcapng §3.1: type, length, body, length again. */
function blocks(file: Uint8Array): Block[] {
  const found: Block[] = [];
  for (let at = 0; at < file.length; ) {
    const fields = view(file.subarray(at));
    const length = fields.getUint32(4, true);
    assert.is(length % 4, 0);
    assert.is(fields.getUint32(length - 4, true), length);
    found.push({ type: fields.getUint32(0, true), body: file.subarray(at + 8, at + length - 4) });
    at += length;
  }
  return found;
}

const at = Date.UTC(2026, 2, 2, 8) * 1000 + 2500;
const file = pcapng({
  title: 'A title',
  application: 'kerblab 0.0.0',
  names: [{ name: 'dc1', address: hex`0a580001` }],
  keyLog: 'CLIENT_RANDOM 00 11\n',
  packets: [
    { at, octets: hex`450000`, comment: 'Größe' },
    { at, octets: hex`45` },
  ],
});

s('section, interface, names, secrets and packets, in that order', () => {
  assert.equal(
    blocks(file).map(({ type }) => type),
    [0x0a0d0d0a, 1, 4, 0x0a, 6, 6],
  );
});

s('the section says its byte order, version and length unknown', () => {
  const [section] = blocks(file) as [Block];
  assert.is(toHex(section.body.subarray(0, 16)), '4d3c2b1a01000000ffffffffffffffff');
  assert.match(fromUtf8(section.body), /A title[\s\S]*kerblab 0\.0\.0/);
});

s('packets have microseconds in two halves, their length twice, and a comment', () => {
  const packet = blocks(file)[4] as Block;
  const fields = view(packet.body);
  assert.is(fields.getUint32(4, true) * 2 ** 32 + fields.getUint32(8, true), at);
  assert.is(fields.getUint32(12, true), 3);
  assert.is(fields.getUint32(16, true), 3);
  // Three octets are filled up to four; then option 1, its length in octets, the text, the end.
  assert.is(toHex(packet.body.subarray(20)), `450000000100${'0700'}4772c3b6c39f650000000000`);
});

s.run();
