/**
 * Runs every built test file (or those whose path contains one of the arguments), each in a process
 * of its own, and closes with the line `N passed, N failed, N skipped`.
 * uvu prints nothing alarming for a file that forgot `.run()`: a file without a test fails here.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './root.ts';

interface Outcome {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly ms: number;
  readonly output: string;
}

const FILE_LIMIT_MS = 15 * 60_000;
const here = dirname(fileURLToPath(import.meta.url));

function total(output: string, label: string): number | undefined {
  // uvu colours its totals; the escape sequences go first.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is removed
  const plain = output.replace(/\x1b\[[0-9;]*m/g, '');
  let sum: number | undefined;
  for (const match of plain.matchAll(new RegExp(`^\\s+${label}:\\s+(\\d+)\\s*$`, 'gm'))) {
    sum = (sum ?? 0) + Number(match[1]);
  }
  return sum;
}

function judge(file: string, output: string, exit: string, ms: number): Outcome {
  const all = total(output, 'Total');
  const passed = total(output, 'Passed') ?? 0;
  const skipped = total(output, 'Skipped') ?? 0;
  const base = { file, passed, skipped, ms };
  if (all === undefined || all + skipped === 0) {
    const reason = `no test ran: is \`.run()\` missing, or did it stop early? (exit ${exit})`;
    return { ...base, failed: 1, output: `${output}\n${reason}` };
  }
  const failed = all - passed;
  if (failed === 0 && exit !== '0') {
    return { ...base, failed: 1, output: `${output}\nall tests passed, but exit was ${exit}` };
  }
  return { ...base, failed, output };
}

function runFile(path: string): Promise<Outcome> {
  const file = relative(here, path);
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', path], {
      cwd: root(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const limit = setTimeout(() => {
      output += `\nstopped after ${FILE_LIMIT_MS / 60_000} minutes`;
      child.kill('SIGKILL');
    }, FILE_LIMIT_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      resolve(judge(file, output, signal ?? String(code), performance.now() - start));
    });
  });
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort();
  const queue = files.map((file) => join(here, file));
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const outcome = await runFile(path);
      outcomes.push(outcome);
      const counts = `${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`;
      console.log(`${outcome.file}: ${counts} (${(outcome.ms / 1000).toFixed(1)} s)`);
      for (const line of outcome.output.match(/^SKIPPED .*$/gm) ?? []) console.log(`  ${line}`);
      if (outcome.failed > 0) console.log(outcome.output);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  const sum = (pick: (outcome: Outcome) => number): number =>
    outcomes.reduce((all, outcome) => all + pick(outcome), 0);
  const failed = sum((o) => o.failed);
  const broken = outcomes.filter((o) => o.failed > 0).map((o) => o.file);
  if (broken.length > 0) console.log(`failed: ${broken.join(', ')}`);
  const none = outcomes.length === 0;
  if (none) console.log(`no test file matches: ${wanted.join(' ')}`);
  console.log(`${sum((o) => o.passed)} passed, ${failed} failed, ${sum((o) => o.skipped)} skipped`);
  process.exitCode = failed > 0 || none ? 1 : 0;
}

await main();
