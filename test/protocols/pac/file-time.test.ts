import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  fileTimeOf,
  fileTimeText,
  msOfFileTime,
  NEVER,
  UNSET,
} from '../../../protocols/pac/file-time.ts';

const s = suite('file-time');

s('100 ns since 1601', () => {
  assert.is(fileTimeOf(Date.UTC(2024, 0, 1)), 133485408000000000n);
  assert.is(fileTimeOf(Date.UTC(1601, 0, 1)), 0n);
  assert.is(msOfFileTime(133485408000000000n), Date.UTC(2024, 0, 1));
  assert.is(msOfFileTime(NEVER), Number.POSITIVE_INFINITY);
});

s('text', () => {
  assert.is(fileTimeText(133485408000000000n), '2024-01-01T00:00:00.000Z');
  assert.is(fileTimeText(NEVER), 'never');
  assert.is(fileTimeText(0xffffffffffffffffn), 'never');
  assert.is(fileTimeText(UNSET), 'unset');
  assert.is(fileTimeText(NEVER - 1n), '+030828-09-14T02:48:05.477Z');
});

s.run();
