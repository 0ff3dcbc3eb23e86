/** Measurements as a table for people, as JSON, and between the markers of README.md. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measured } from './measure.ts';

export interface Report {
  readonly machine: string;
  readonly node: string;
  readonly openssl: string;
  /** Short hash, `+` behind it when files differ from it; absent outside a clone. */
  readonly commit?: string;
  readonly milliseconds: number;
  readonly suites: Readonly<Record<string, readonly Measured[]>>;
}

export function report(
  suites: Readonly<Record<string, readonly Measured[]>>,
  milliseconds: number,
): Report {
  const processors = cpus();
  const commit = currentCommit();
  return {
    machine: `${processors[0]?.model.trim() ?? 'unknown processor'}, ${processors.length} cores`,
    node: process.version,
    openssl: process.versions.openssl ?? 'unknown',
    ...(commit === undefined ? {} : { commit }),
    milliseconds,
    suites,
  };
}

function currentCommit(): string | undefined {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: root(), encoding: 'utf8', stdio: 'pipe' }).trim();
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    return undefined; // an installed package is no clone
  }
}

function root(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

const HEADINGS = ['row', 'items/s', 'median us', 'p99 us', 'ratio'] as const;

function cells(row: Measured): readonly string[] {
  return [
    row.row,
    grouped(row.itemsPerSecond),
    row.medianMicroseconds.toFixed(row.medianMicroseconds < 100 ? 2 : 0),
    row.p99Microseconds.toFixed(row.p99Microseconds < 100 ? 2 : 0),
    row.ratio.toFixed(row.ratio < 10 ? 2 : 0),
  ];
}

/** 1234567 -> 1,234,567, whatever the locale. */
function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The first column to the left, numbers to the right, all of a column as wide as its widest. */
function aligned(lines: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const widths = HEADINGS.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? '').length)));
  return lines.map((line) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0))),
  );
}

/** Columns under each other, for a terminal. */
export function table(suite: string, rows: readonly Measured[]): string {
  const lines = aligned([[suite, ...HEADINGS.slice(1)], ...rows.map(cells)]);
  return lines.map((line) => line.join('  ')).join('\n');
}

/** Aligned as the formatter would, so that a written README needs no second step. */
function markdown(rows: readonly Measured[]): string {
  const [head, ...body] = aligned([HEADINGS, ...rows.map(cells)]);
  const rule = (head ?? []).map((cell, i) =>
    i === 0 ? '-'.repeat(cell.length) : `${'-'.repeat(cell.length - 1)}:`,
  );
  return [head ?? [], rule, ...body].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/**
 * Puts each suite's table between `<!-- bench NAME -->` and `<!-- end NAME -->` of bench/README.md.
 * @throws when the file or a marker is missing.
 */
export function writeReadme(found: Report): string {
  const file = join(root(), 'bench', 'README.md');
  if (!existsSync(file)) throw new Error(`${file} is missing: --readme needs a clone`);
  let text = readFileSync(file, 'utf8');
  const where = `${found.machine}; Node ${found.node.slice(1)}, OpenSSL ${found.openssl}; commit ${found.commit ?? 'unknown'}; ${found.milliseconds} ms a row.`;
  for (const [name, rows] of Object.entries(found.suites)) {
    const begin = `<!-- bench ${name} -->`;
    const end = `<!-- end ${name} -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`${file} has no ${begin} ... ${end}`);
    text = `${text.slice(0, from + begin.length)}\n\n${where}\n\n${markdown(rows)}\n\n${text.slice(to)}`;
  }
  writeFileSync(file, text);
  return file;
}
