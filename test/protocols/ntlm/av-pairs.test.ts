import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  avFlags,
  avPairs,
  avText,
  readAvPairs,
  textPair,
  withAvPair,
} from '../../../protocols/ntlm/av-pairs.ts';
import { AvId } from '../../../protocols/ntlm/constants.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { TARGET_INFO } from './vectors.ts';

const s = suite('ntlm AV pairs');

s('the pairs of MS-NLMP 4.2.4', () => {
  const read = readAvPairs(TARGET_INFO);
  assert.ok(read.ok);
  assert.is(avText(read.pairs, AvId.MsvAvNbDomainName), 'Domain');
  assert.is(avText(read.pairs, AvId.MsvAvNbComputerName), 'Server');
  assert.is(avText(read.pairs, AvId.MsvAvDnsTreeName), undefined);
  assert.is(avFlags(read.pairs), 0);
  assert.equal(avPairs(read.pairs), TARGET_INFO);
});

s('a pair takes the place of one of its kind', () => {
  const first = [
    textPair(AvId.MsvAvTargetName, 'a'),
    { id: AvId.MsvAvFlags, value: hex`01000000` },
  ];
  const next = withAvPair(first, textPair(AvId.MsvAvTargetName, 'b'));
  assert.is(next.length, 2);
  assert.is(avText(next, AvId.MsvAvTargetName), 'b');
  assert.is(avFlags(withAvPair(next, { id: AvId.MsvAvFlags, value: hex`02000000` })), 2);
  assert.is(withAvPair(next, textPair(AvId.MsvAvDnsTreeName, 'c')).length, 3);
});

s('lists that are none', () => {
  const reason = (bytes: Uint8Array): string => {
    const read = readAvPairs(bytes);
    return read.ok ? 'taken' : read.reason;
  };
  assert.match(reason(new Uint8Array(0)), /no MsvAvEOL/);
  assert.match(reason(hex`0100 0800 4100`), /AV_PAIR 1 announces 8 octets/);
  assert.match(
    reason(new Uint8Array(4_000).fill(0x01).map((_, i) => (i % 4 < 1 ? 1 : 0))),
    /too many/,
  );
});

s.run();
