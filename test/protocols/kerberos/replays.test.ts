import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isReplayed, type Replays, remember } from '../../../protocols/kerberos/replays.ts';

const SEEN = { server: 'cifs/files@R', client: 'alice@R', stamp: 1_000_000_000 };
const SKEW = 300_000;

const replays = suite('replays');

replays('knows what it has seen, and nothing like it', () => {
  const known = remember([], SEEN, 1_000_000, SKEW);
  assert.ok(isReplayed(known, SEEN));
  assert.not.ok(isReplayed(known, { ...SEEN, stamp: SEEN.stamp + 1 }));
  assert.not.ok(isReplayed(known, { ...SEEN, client: 'bob@R' }));
  assert.not.ok(isReplayed(known, { ...SEEN, server: 'host/files@R' }));
});

replays('forgets only what would be refused for its age', () => {
  const known = remember([], SEEN, 1_000_000, SKEW);
  const later = { ...SEEN, stamp: 1_300_000_000 };
  assert.ok(isReplayed(remember(known, later, 1_300_000, SKEW), SEEN));
  assert.not.ok(isReplayed(remember(known, later, 1_300_001, SKEW), SEEN));
});

replays('is bounded', () => {
  let known: Replays = Array.from({ length: 10_000 }, (_, i) => ({
    ...SEEN,
    stamp: SEEN.stamp + i,
  }));
  known = remember(known, { ...SEEN, stamp: SEEN.stamp + 10_000 }, 1_000_000, SKEW);
  assert.is(known.length, 10_000);
});

replays.run();
