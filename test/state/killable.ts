/** `kerblab serve --state` as a process that a test can kill at any moment. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { built } from '../root.ts';

export interface Ready {
  readonly pid: number;
  readonly kdc: string | null;
  readonly ldap: string | null;
}

export interface Killable {
  /** Rejected when it ends before, with what it said on stderr. */
  readonly ready: Promise<Ready>;
  /** SIGKILL; fulfilled when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; the exit status. */
  stop(): Promise<number | null>;
  readonly ended: Promise<number | null>;
}

const READY_LIMIT_MS = 60_000;

/** @param node options of node itself */
export function killable(args: readonly string[], node: readonly string[] = []): Killable {
  const child = spawn(process.execPath, [...node, built('src/cli/main.js'), 'serve', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  const ready = new Promise<Ready>((resolve, reject) => {
    let line = '';
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no ready line in ${READY_LIMIT_MS} ms: ${said}`));
    }, READY_LIMIT_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      line += chunk.toString();
      const end = line.indexOf('\n');
      if (end < 0) return;
      clearTimeout(limit);
      resolve(JSON.parse(line.slice(0, end)) as Ready);
    });
    void ended.then((code) => {
      clearTimeout(limit);
      reject(new Error(`serve ended with ${code}: ${said}`));
    });
  });
  // Whoever kills it before it is ready does not wait for the line.
  ready.catch(() => undefined);
  const signalled = (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return ended;
  };
  return {
    ready,
    ended,
    kill: async () => {
      await signalled('SIGKILL');
    },
    stop: () => signalled('SIGTERM'),
  };
}

/** Name and password of the domain's Administrator, from the export folder. */
export function administrator(folder: string): { readonly dn: string; readonly password: string } {
  const text = readFileSync(join(folder, 'ldap-admin.txt'), 'utf8');
  const field = (name: string): string => {
    const value = new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`no ${name} in ${text}`);
    return value;
  };
  return { dn: field('dn'), password: field('password') };
}
