/** Remote desktop servers that are somebody else's: started for one test file, each on a port of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { peer } from '../peers.ts';
import { freePort } from './free-port.ts';
import { until } from './our-rdp-client.ts';

export interface RdpServer {
  /** `host:port` */
  readonly address: string;
  log(): string;
  stop(): Promise<void>;
}

/**
 * @param args by the port that it is to listen on
 * @throws when it ends, or does not listen; with what it said
 */
export async function startServer(
  command: string,
  args: (port: number) => readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<RdpServer> {
  const port = await freePort();
  const child = spawn(peer(command) as string, args(port), {
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-20_000);
    });
  }
  let takes = false;
  const ask = (): void => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', () => {
      if (child.exitCode === null) setTimeout(ask, 100);
    });
    socket.once('connect', () => {
      takes = true;
      socket.destroy();
    });
  };
  ask();
  await until(() => takes || child.exitCode !== null);
  if (!takes) throw new Error(`${command} ended with ${child.exitCode}: ${log}`);
  return { address: `127.0.0.1:${port}`, log: () => log, stop: () => ended(child) };
}

/** Some wait for something that does not come any more: whoever does not end is killed. */
export async function ended(child: ChildProcess): Promise<void> {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await exited;
  clearTimeout(late);
}
