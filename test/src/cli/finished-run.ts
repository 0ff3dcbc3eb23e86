/** A run of the smallest realm, made once for the tests of the commands that look at runs. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built, root } from '../../root.ts';

export const SCENARIO = 'password-sign-in';

export function kerblab(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [built('src/cli/main.js'), ...args], { encoding: 'utf8' });
}

export interface FinishedRun {
  /** Below it `latest`, and the run. */
  readonly runs: string;
  readonly folder: string;
  /** The run again, in a folder that a test may spoil. */
  copy(): string;
  remove(): void;
}

/** @throws Error with what `run` said when it failed. */
export function finishedRun(): FinishedRun {
  const runs = mkdtempSync(join(tmpdir(), 'kerblab-cli-'));
  const ran = kerblab('run', root('scenarios', `${SCENARIO}.yaml`), '--out', runs);
  // Whether its expectations held is judged elsewhere.
  if (ran.status !== 0 && ran.status !== 1)
    throw new Error(`run: exit ${ran.status}\n${ran.stdout}${ran.stderr}`);
  const folder = join(runs, SCENARIO, '1');
  let copies = 0;
  return {
    runs,
    folder,
    copy() {
      const to = join(runs, `copy-${copies++}`);
      cpSync(folder, to, { recursive: true });
      return to;
    },
    remove: () => rmSync(runs, { recursive: true }),
  };
}
