/** A run made once for the tests of the commands that look at runs. */
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

/**
 * @param scenario left out: the smallest realm's
 * @throws Error with what `run` said when it failed
 */
export function finishedRun(scenario: string = SCENARIO): FinishedRun {
  const runs = mkdtempSync(join(tmpdir(), 'kerblab-cli-'));
  const ran = kerblab('run', root('scenarios', `${scenario}.yaml`), '--out', runs);
  // Whether its expectations held is judged elsewhere.
  if (ran.status !== 0 && ran.status !== 1)
    throw new Error(`run: exit ${ran.status}\n${ran.stdout}${ran.stderr}`);
  const folder = join(runs, scenario, '1');
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
