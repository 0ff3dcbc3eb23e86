/** Provisioning as its administrator sees it: the event log, and dsregcmd before and after. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../root.ts';
import { finishedRun, kerblab } from './finished-run.ts';

const s = suite('show-events');
const run = finishedRun('key-trust-before-sync');
s.after(() => run.remove());

const show = (...args: readonly string[]) => kerblab('show', run.folder, ...args);

const shown = (...args: readonly string[]): string => {
  const called = show(...args);
  assert.is(called.status, 0, called.stderr);
  return called.stdout;
};

const golden = (name: string) => readFileSync(root('test', 'src', 'cli', 'shown', name), 'utf8');

s('the checks and the key, as they stand in the log', () => {
  const all = shown('events', '--on', 'laptop');
  assert.is(all, golden('events-key-trust.txt'));
  const registered = shown('events', '300', '--on', 'laptop');
  assert.is(registered, `Event[0]${all.split('Event[1]')[1]}`);
  assert.is(shown('events', '--at', '30s'), 'No events were found.\n');
  assert.is(shown('events', '304', '362'), 'No events were found.\n');
});

s('dsregcmd before and after: the checks give way to the key', () => {
  const before = shown('dsregcmd', '--at', '90s');
  assert.match(before, /^ {20}NgcSet : NO$/m);
  assert.match(before, /^ {14}PreReqResult : WillProvision$/m);
  const after = shown('dsregcmd', '--at', '3m');
  assert.match(after, /^ {20}NgcSet : YES\n {18}NgcKeyId : \{[0-9A-F-]{36}\}$/m);
  assert.not.match(after, /Ngc Prerequisite Check/);
});

s('says what is wrong with what it is asked', () => {
  const word = show('events', 'warnings', '--on', 'laptop');
  assert.match(word.stderr, /events warnings: expected the number of an event/);
  const server = show('events', '--on', 'dc1');
  assert.match(server.stderr, /--on dc1: expected a device/);
  assert.equal([word.status, server.status], [2, 2]);
});

s.run();
