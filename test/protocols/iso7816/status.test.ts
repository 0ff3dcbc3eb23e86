import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { STATUS, statusMeaning, wrongPinStatus } from '../../../protocols/iso7816/status.ts';

const s = suite('iso7816/status');

s('every status has a meaning, and no two the same', () => {
  const meanings = Object.values(STATUS).map(statusMeaning);
  assert.not.ok(meanings.includes('unknown status'));
  assert.is(new Set(meanings).size, meanings.length);
  assert.is(statusMeaning(0x1234), 'unknown status');
});

s('statuses that carry a number', () => {
  assert.is(wrongPinStatus(4), 0x63c4);
  assert.is(wrongPinStatus(32), 0x63cf, 'four bits are all there is');
  assert.is(statusMeaning(0x63c2), 'wrong PIN, 2 tries left');
  assert.is(statusMeaning(0x6108), '8 octets are left');
  assert.is(statusMeaning(0x6100), 'at least 256 octets are left');
  assert.is(statusMeaning(0x6c20), 'wrong Le, 32 octets are there');
});

s.run();
