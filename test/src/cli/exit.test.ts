import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exitOf, InputError } from '../../../src/cli/exit.ts';
import { ScenarioError } from '../../../src/scenario/scenario.ts';
import { RunError } from '../../../src/trace/run-error.ts';

const exit = suite('exit');

exit('what the user can put right is 2, with the message alone', () => {
  assert.equal(exitOf(new InputError('no such file')), { status: 2, text: 'no such file' });
  assert.equal(exitOf(new RunError('no run')), { status: 2, text: 'no run' });
  const wrong = new ScenarioError('x.yaml', [{ line: 3, column: 7, message: 'unknown role' }]);
  assert.equal(exitOf(wrong), { status: 2, text: 'x.yaml:3:7: unknown role' });
  const taken = Object.assign(new Error('address in use'), { code: 'EADDRINUSE' });
  assert.is(exitOf(taken).status, 2);
});

exit('everything else is our fault, with what finds it', () => {
  const bug = new TypeError('cannot read properties of undefined');
  assert.equal(exitOf(bug), { status: 3, text: bug.stack });
  assert.equal(exitOf('thrown'), { status: 3, text: 'thrown' });
});

exit('many problems are cut after twenty, and counted', () => {
  const problems = Array.from({ length: 25 }, (_, i) => ({
    line: 25 - i,
    column: 1,
    message: 'm',
  }));
  const lines = new ScenarioError('x.yaml', problems).message.split('\n');
  assert.is(lines.length, 21);
  assert.is(lines[0], 'x.yaml:1:1: m');
  assert.is(lines[20], 'x.yaml: and 5 more');
});

exit.run();
