import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { progressOn, stylesFor } from '../../../src/cli/terminal.ts';

const terminal = suite('terminal');

function output(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 40, written, write: (text: string) => written.push(text) };
}

terminal('colours only on a terminal, and not where NO_COLOR says so', () => {
  assert.is(stylesFor(output(true), {}).bad('x'), '\x1b[31mx\x1b[39m');
  assert.is(stylesFor(output(true), { NO_COLOR: '' }).bad('x'), '\x1b[31mx\x1b[39m');
  assert.is(stylesFor(output(true), { NO_COLOR: '1' }).bad('x'), 'x');
  assert.is(stylesFor(output(true), { TERM: 'dumb' }).bad('x'), 'x');
  assert.is(stylesFor(output(false), {}).bad('x'), 'x');
});

terminal('progress is one line on a terminal, not too often, and nothing elsewhere', () => {
  let now = 1_000;
  const out = output(true);
  const progress = progressOn(out, () => now);
  progress.show(1, 10, 'one');
  progress.show(2, 10, 'too early');
  now += 1_000;
  progress.show(5, 10, 'a text that is longer than the terminal is wide');
  progress.clear();
  progress.clear();
  assert.equal(out.written, [
    '\r\x1b[2K[##..................] 1/10 one',
    '\r\x1b[2K[##########..........] 5/10 a text that',
    '\r\x1b[2K',
  ]);
  const file = output(false);
  progressOn(file).show(1, 10, 'one');
  assert.equal(file.written, []);
});

terminal.run();
