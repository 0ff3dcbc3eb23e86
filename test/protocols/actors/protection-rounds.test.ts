import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { afterWrites, begun, turned } from '../../../protocols/actors/protection-rounds.ts';
import { reference } from '../../../protocols/directory/entry.ts';
import { withValues } from '../../../protocols/directory/values.ts';
import { corpDirectory } from './corp-directory.ts';

const s = suite('protection-rounds');

const HOUR = 3_600_000;
const write = { kind: 'write', batch: { records: [] } } as const;

s('the first turn is an hour after the start; later ones fall on the same minute', () => {
  const { protection, effects } = begun(1_000);
  const timer = { kind: 'timer', timer: 'protectAdminGroups', background: true } as const;
  assert.equal(effects, [{ ...timer, ms: HOUR }]);
  assert.equal(afterWrites(protection, [write], 2_000).effects, [write], 'it runs already');
  const waiting = { ...protection, due: false };
  assert.equal(afterWrites(waiting, [], 2_000), { protection: waiting, effects: [] });
  const again = afterWrites(waiting, [write], 1_000 + HOUR + 60_000);
  assert.equal(again.effects, [write, { ...timer, ms: HOUR - 60_000 }]);
  assert.ok(again.protection.due);
  // A clock that was set back does not make a turn late by more than an hour.
  assert.equal(afterWrites(waiting, [write], -1_000).effects[1], { ...timer, ms: 2_000 });
});

s('a turn says whom it protected; one without work is silent', () => {
  const { store, change, record } = corpDirectory({
    accounts: [{ sAMAccountName: 'alice', secret: { password: 'x' } }],
  });
  change('Domain Admins', (entry) =>
    withValues(entry, 'member', [...(entry.attributes.member ?? []), reference(record('alice'))]),
  );
  const env = { now: HOUR, random: (size: number) => new Uint8Array(size), store };
  const first = turned({ since: 0, due: true }, env);
  assert.equal(
    first.effects.map(({ kind }) => kind),
    ['write', 'note'],
  );
  const [written, note] = first.effects;
  assert.match(note?.kind === 'note' ? note.text : '', /alice/);
  if (written?.kind === 'write') store.write(written.batch);
  const second = turned({ since: 0, due: true }, env);
  assert.equal(second, { protection: { since: 0, due: false }, effects: [] });
});

s.run();
