/** Somebody else's KDC as a process on loopback: a folder for what it keeps, a free port, an end. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peer } from '../peers.ts';
import { freePort } from './free-port.ts';

export interface Kdc {
  readonly port: number;
  /** The folder that {@link stop} removes. */
  readonly folder: string;
  /** What it wrote to its log until now. */
  log(): string;
  stop(): void;
}

/** Where a KDC keeps its things, and the environment that says so to its programs. */
export interface Home {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

export function home(name: string, env: (folder: string) => NodeJS.ProcessEnv): Home {
  const folder = mkdtempSync(join(tmpdir(), `kerblab-${name}-`));
  return { folder, env: { ...process.env, ...env(folder) } };
}

/** Runs one of the KDC's tools. @throws with what it printed. */
export function run({ env }: Home, command: string, args: readonly string[], input = ''): void {
  const done = spawnSync(peer(command) ?? command, args, { env, input, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command}: ${done.stdout}${done.stderr}`);
}

const logOf = ({ folder }: Home): string => {
  try {
    return readFileSync(join(folder, 'kdc.log'), 'utf8');
  } catch {
    return 'no log';
  }
};

/**
 * Starts a KDC; somebody else may take the free port first, and then another is tried.
 * `command` writes the configuration for a port; `answers` says whether the realm answers there.
 */
export async function started(
  place: Home,
  command: (port: number) => readonly [string, ...string[]],
  answers: (port: number) => Promise<boolean>,
): Promise<Kdc> {
  for (let tries = 0; tries < 5; tries++) {
    const port = await freePort();
    const [name, ...args] = command(port);
    // Of its own process group: Heimdal's has workers, which must go with it.
    const options = { env: place.env, stdio: 'ignore', detached: true } as const;
    const child = spawn(peer(name) ?? name, args, options);
    const end = (): void => {
      if (child.pid === undefined || child.exitCode !== null) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // it ended by itself between the question and the signal
      }
    };
    const ended = new Promise<false>((resolve) => child.once('exit', () => resolve(false)));
    if (await Promise.race([ended, waiting(() => answers(port))])) {
      process.once('exit', end);
      return {
        port,
        folder: place.folder,
        log: () => logOf(place),
        stop: () => {
          process.off('exit', end);
          end();
          rmSync(place.folder, { recursive: true, force: true });
        },
      };
    }
    end();
  }
  const log = logOf(place);
  rmSync(place.folder, { recursive: true, force: true });
  throw new Error(`the KDC does not answer: ${log}`);
}

async function waiting(answers: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 50; tries++) {
    if (await answers()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
