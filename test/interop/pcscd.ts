/**
 * pcscd with vsmartcard's virtual reader, started by hand as it is where no service manager runs. Its
 * socket has one place on a machine, so that tests that need it take turns; where somebody else's pcscd
 * has the place, that is said at once.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peer } from '../peers.ts';
import { freePort } from './free-port.ts';
import { execute } from './served.ts';

const DRIVER = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
/** Bound by whoever runs pcscd: the system frees it with the process. */
const TURN_PORT = 8_963;
const TURN_LIMIT_MS = 300_000;
const START_LIMIT_MS = 30_000;
const CARD_LIMIT_MS = 60_000;
/** Where pcscd is found by its clients, and where it says who it is. */
export const SOCKET = '/run/pcscd/pcscd.comm';
const PID_FILE = '/run/pcscd/pcscd.pid';

/** What the tests below need installed. */
export const PCSC = ['pcscd', 'opensc-tool', 'pkcs15-tool', 'pkcs11-tool'];
export const OPENSC_PKCS11 = 'opensc-pkcs11.so';

export interface Pcscd {
  /** Where the reader listens, for `--vpcd`. */
  readonly reader: string;
  /** Waits until a card is in the reader, or is not. @throws when that does not come about */
  card(isThere: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** @throws when another pcscd has the socket, or when it does not start; with what it said */
export async function startPcscd(): Promise<Pcscd> {
  const turn = await takeTurn();
  try {
    claimSocket();
    return await started(turn);
  } catch (error) {
    turn.close();
    throw error;
  }
}

/** Takes away what a pcscd that was killed has left. @throws when one runs */
export function claimSocket(): void {
  const pid = runningPcscd();
  if (pid !== undefined) {
    throw new Error(
      `another pcscd (process ${pid}) has ${SOCKET}: end it, these tests start their own`,
    );
  }
  for (const left of [SOCKET, PID_FILE]) rmSync(left, { force: true });
}

/** Whoever has the socket by what it wrote; undefined: nobody has. */
export function runningPcscd(): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(PID_FILE, 'utf8'), 10);
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'pcscd' ? pid : undefined;
  } catch {
    return undefined; // no such file, or no such process any more
  }
}

async function started(turn: Server): Promise<Pcscd> {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-pcscd-'));
  // The second slot of the reader takes the port behind it.
  const port = await freePort(2);
  const number = `0x${port.toString(16).toUpperCase()}`;
  const lines = [
    'FRIENDLYNAME "Virtual PCD"',
    `DEVICENAME /dev/null:${number}`,
    `LIBPATH ${DRIVER}`,
    `CHANNELID ${number}`,
  ];
  writeFileSync(join(folder, 'vpcd'), `${lines.join('\n')}\n`);
  const child = spawn(peer('pcscd') as string, ['-f', '-c', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4_000);
    });
  }
  await listens(child, () => log).catch(async (error) => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    reader: `127.0.0.1:${port}`,
    card: (isThere) => untilCard(isThere, () => log),
    async stop() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
      await new Promise((resolve) => turn.close(resolve));
    },
  };
}

async function takeTurn(): Promise<Server> {
  for (const end = Date.now() + TURN_LIMIT_MS; ; ) {
    const server = createServer();
    const error = await new Promise<Error | undefined>((resolve) => {
      server.once('error', resolve);
      server.listen({ port: TURN_PORT, host: '127.0.0.1', exclusive: true }, () =>
        resolve(undefined),
      );
    });
    if (error === undefined) return server;
    if (Date.now() > end) throw new Error(`somebody else has pcscd all the time: ${error.message}`);
    await pause(250);
  }
}

async function listens(child: ChildProcess, log: () => string): Promise<void> {
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end; await pause(100)) {
    if (child.exitCode !== null) throw new Error(`pcscd ended with ${child.exitCode}: ${log()}`);
    if (await isTaken(SOCKET)) return;
  }
  throw new Error(`pcscd does not listen on ${SOCKET}: ${log()}`);
}

function isTaken(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function untilCard(isThere: boolean, log: () => string): Promise<void> {
  const wanted = isThere ? /^0\s+Yes/m : /^0\s+No/m;
  let shown = '';
  for (const end = Date.now() + CARD_LIMIT_MS; Date.now() < end; await pause(200)) {
    const listed = await execute(peer('opensc-tool') as string, ['-l'], {});
    shown = listed.stdout + listed.stderr;
    if (wanted.test(shown)) return;
  }
  throw new Error(`card in the reader: ${isThere} wanted, ${shown} ${log()}`);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
