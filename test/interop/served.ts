/** Starts `kerblab serve` as a user would, and runs other people's clients against it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built, root } from '../root.ts';

/** The ready line of `serve`. */
export interface Ready {
  readonly ready: true;
  readonly pid: number;
  readonly realm: string;
  readonly kdc: string | null;
  readonly ldap: string | null;
  readonly entra: string | null;
  readonly rdp: string | null;
  readonly trace: string | null;
  readonly export: string | null;
}

export interface Served {
  readonly ready: Ready;
  /** The export folder. */
  readonly folder: string;
  /** What serve wrote to stderr until now. */
  log(): string;
  /** Sends SIGTERM; answers with exit status and milliseconds it took. */
  stop(): Promise<{ readonly code: number | null; readonly ms: number }>;
}

const READY_LIMIT_MS = 60_000;

/** @throws when no ready line comes; with what serve said instead. */
export async function serve(file: string, options: readonly string[]): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-'));
  const child = spawn(
    process.execPath,
    [built('src/cli/main.js'), 'serve', root(file), '--export', folder, ...options],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const line = await firstLine(child, () => log);
  const ready = JSON.parse(line) as Ready;
  return {
    ready,
    folder,
    log: () => log,
    stop: async () => {
      const start = performance.now();
      const code = await new Promise<number | null>((resolve) => {
        if (child.exitCode !== null) resolve(child.exitCode);
        child.once('exit', (status) => resolve(status));
        child.kill('SIGTERM');
      });
      rmSync(folder, { recursive: true, force: true });
      return { code, ms: performance.now() - start };
    },
  };
}

function firstLine(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`serve printed no ready line in ${READY_LIMIT_MS} ms: ${log()}`));
    }, READY_LIMIT_MS);
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const end = output.indexOf('\n');
      if (end < 0) return;
      clearTimeout(limit);
      resolve(output.slice(0, end));
    });
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`serve ended with ${code} before it was ready: ${log()}`));
    });
  });
}

export interface Response {
  readonly status: number | undefined;
  readonly body: string;
}

/** Posts a form to the served tenant, as who trusts `ca.pem`. @param servername other than its address */
export function post(
  { ready, folder }: Served,
  path: string,
  body: string,
  servername?: string,
): Promise<Response> {
  const [host, port] = (ready.entra ?? '').split(':');
  const ca = readFileSync(join(folder, 'ca.pem'));
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const asked = request(
      { host, port, path, method: 'POST', ca, headers, ...(servername && { servername }) },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode, body: text }));
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, typing `input`. It never waits longer than a minute. */
export function execute(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { PATH: process.env.PATH ?? '', HOME: tmpdir(), LC_ALL: 'C', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdin.on('error', () => undefined); // a client that refuses early closes its input
    child.stdin.end(input);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, stdout, stderr });
    });
  });
}

/** A file for one client: its own ticket cache, so that tests cannot see each other's. */
export function cacheOf(served: Served, name: string): Record<string, string> {
  return {
    KRB5_CONFIG: join(served.folder, 'krb5.conf'),
    KRB5CCNAME: `FILE:${join(served.folder, `cc-${name}`)}`,
  };
}

/** Heimdal's kinit takes a password from a file. */
export function passwordFile(served: Served, password: string): string {
  const file = join(served.folder, `pw-${Buffer.from(password).toString('hex')}`);
  writeFileSync(file, `${password}\n`);
  return file;
}
