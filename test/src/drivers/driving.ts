/** Starts toy actors on loopback, and plain sockets that play their peers. */
import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { type Clock, wallClock } from '../../../src/drivers/clock.ts';
import { Driver } from '../../../src/drivers/driver.ts';
import type { DriverOptions } from '../../../src/drivers/driver-options.ts';
import { type Metrics, metrics } from '../../../src/drivers/metrics.ts';
import type { Actor } from '../../../src/machine/actor.ts';
import { recorder, type TestRecorder, toyFraming } from '../sim/toys.ts';

export interface Driven {
  readonly driver: Driver;
  readonly trace: TestRecorder;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: string[];
  /** The real port of the actor `server` instead of 7. */
  readonly port: number;
}

export async function driven(
  actors: readonly Actor[],
  options: Partial<DriverOptions> = {},
): Promise<Driven> {
  const trace = recorder();
  const counts = metrics();
  const clock = wallClock();
  const log: string[] = [];
  const driver = new Driver({
    actors,
    framings: [toyFraming],
    clock,
    metrics: counts,
    log: (text) => log.push(text),
    realPort: () => 0,
    recorder: { record: (step) => trace.record(step as Parameters<typeof trace.record>[0]) },
    messageName: (bytes) => (bytes.length > 0 ? 'CALL' : undefined),
    ...options,
  });
  await driver.start();
  return { driver, trace, metrics: counts, clock, log, port: driver.portOf('server', 7) ?? 0 };
}

/** A TCP client that keeps everything it hears. */
export interface Client {
  readonly socket: Socket;
  heard(): Uint8Array;
  /** Waits until so many octets were heard in all. */
  hears(octets: number): Promise<Uint8Array>;
  /** Waits for the end, or a reset; answers with the error's code. */
  ended(): Promise<string | undefined>;
}

export async function client(port: number): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let heard: Uint8Array = new Uint8Array(0);
  let code: string | undefined;
  socket.on('data', (chunk: Uint8Array) => {
    heard = Buffer.concat([heard, chunk]);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    code = error.code;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    socket,
    heard: () => heard,
    hears: (octets) => until(() => (heard.length >= octets ? heard : undefined)),
    ended: () => until(() => (socket.closed ? { code } : undefined)).then((end) => end.code),
  };
}

/** One datagram there, and the answers that come within `ms`. */
export async function datagrams(
  port: number,
  sent: readonly Uint8Array[],
  ms: number,
): Promise<Uint8Array[]> {
  const socket = createSocket('udp4');
  const heard: Uint8Array[] = [];
  socket.on('message', (bytes) => heard.push(new Uint8Array(bytes)));
  for (const bytes of sent) socket.send(bytes, port, '127.0.0.1');
  const limit = performance.now() + ms;
  while (heard.length < sent.length && performance.now() < limit) await pause(2);
  await new Promise<void>((resolve) => socket.close(resolve));
  return heard;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const PATIENCE_MS = 5_000;

/** Asks again and again until there is an answer. @throws Error when none comes in five seconds. */
export async function until<T>(ask: () => T | undefined): Promise<T> {
  const limit = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = ask();
    if (answer !== undefined) return answer;
    if (performance.now() > limit) throw new Error(`waited ${PATIENCE_MS} ms for ${ask}`);
    await pause(2);
  }
}
