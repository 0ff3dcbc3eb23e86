/** Golden traces: the lines that a scenario gave when somebody looked at them and found them right. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { TraceRecord } from '../trace/record.ts';
import { lineOf } from '../trace/wire.ts';
import { InputError } from './exit.ts';
import { packageFolder } from './project.ts';

/**
 * The folder of golden traces: the one given, or the repository's own when called inside it.
 * @throws InputError
 */
export function goldenFolder(given: string | undefined): string {
  if (given !== undefined) return given;
  const repository = packageFolder();
  const inside = !relative(repository, process.cwd()).startsWith('..');
  if (inside && existsSync(join(repository, 'test', 'run.ts'))) {
    return join(repository, 'test', 'golden');
  }
  throw new InputError(
    '--update: golden traces are kept in the repository; elsewhere name a folder with --golden DIR',
  );
}

export function goldenText(records: readonly TraceRecord[]): string {
  return records.map((record) => `${lineOf(record)}\n`).join('');
}

function goldenFile(folder: string, scenario: string): string {
  return join(folder, `${scenario}.jsonl`);
}

/** Writes a golden trace; `false` when it was the same already. */
export function writeGolden(
  folder: string,
  scenario: string,
  records: readonly TraceRecord[],
): boolean {
  const file = goldenFile(folder, scenario);
  const text = goldenText(records);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text);
  return true;
}

/** What of a run differs from its golden trace, in words; undefined when nothing does. */
export function goldenDifference(
  folder: string,
  scenario: string,
  records: readonly TraceRecord[],
): string | undefined {
  const file = goldenFile(folder, scenario);
  if (!existsSync(file))
    return `there is no golden trace ${file}: look at the run, then accept it with --update`;
  const golden = readFileSync(file, 'utf8').split('\n');
  const lines = goldenText(records).split('\n');
  const at = lines.findIndex((line, i) => line !== golden[i]);
  if (at < 0 && lines.length === golden.length) return undefined;
  const line = at < 0 ? lines.length : at;
  const [was = '(nothing)', is = '(nothing)'] = [golden[line], lines[line]];
  return `${file}:${line + 1}: the run differs from its golden trace\n  was ${was}\n  is  ${is}`;
}
