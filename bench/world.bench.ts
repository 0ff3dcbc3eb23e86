/** Steps of the simulated world with and without a trace, and the drivers beside a bare socket. */
import { createSocket, type Socket } from 'node:dgram';
import { kerberosTcpFraming } from '../protocols/kerberos/framing.ts';
import { wallClock } from '../src/drivers/clock.ts';
import { Driver } from '../src/drivers/driver.ts';
import { metrics } from '../src/drivers/metrics.ts';
import type { Actor, ActorEffect, ActorEvent } from '../src/machine/actor.ts';
import { type Recorder, World } from '../src/sim/world.ts';
import { traceRecorder } from '../src/trace/store.ts';
import { lineOf } from '../src/trace/wire.ts';
import type { Bench } from './suite.ts';

export const name = 'world';

const STEPS = 1_000;
/** Octets of an AS-REQ with a timestamp. */
const REQUEST = Uint8Array.from({ length: 200 }, (_, i) => i);
const PORT = 88;

type Answer = (event: ActorEvent, count: number) => readonly ActorEffect[];

/** Counts what it hears. */
function counting(actor: string, answer: Answer): Actor<number> {
  return {
    name: actor,
    role: 'bench',
    machine: 'bench/world',
    initial: 0,
    step: (state, event) => ({ state: state + 1, effects: answer(event, state) }),
    stateName: () => 'on',
    view: (state) => state,
  };
}

type Received = Extract<ActorEvent, { readonly kind: 'received' }>;

function answerTo({ from, fromPort, port, connection, bytes }: Received): ActorEffect {
  const message = 'ECHO';
  return connection === undefined
    ? { kind: 'send', transport: 'udp', to: from, toPort: fromPort, port, message, bytes }
    : { kind: 'send', transport: 'tcp', connection, message, bytes };
}

const server = counting('server', (event) => {
  if (event.kind === 'received') return [answerTo(event)];
  if (event.kind !== 'started') return [];
  return [
    { kind: 'listen', transport: 'udp', port: PORT },
    { kind: 'listen', transport: 'tcp', port: PORT, framing: kerberosTcpFraming.name },
  ];
});

const udpClient = counting('client', (event, count) => {
  if (event.kind === 'received') return count < STEPS / 2 ? [answerTo(event)] : [];
  const way = { transport: 'udp', to: 'server', toPort: PORT, port: 1_024 } as const;
  return [{ kind: 'send', ...way, message: 'CALL', bytes: REQUEST }];
});

const tcpClient = counting('client', (event, count) => {
  const connection = 'c';
  if (event.kind === 'received') return count < STEPS / 2 ? [answerTo(event)] : [];
  if (event.kind === 'connected') {
    return [{ kind: 'send', transport: 'tcp', connection, message: 'CALL', bytes: REQUEST }];
  }
  const framing = kerberosTcpFraming.name;
  return [{ kind: 'connect', connection, to: 'server', port: PORT, framing }];
});

const clock = counting('clock', (_, count) =>
  count < STEPS ? [{ kind: 'timer', timer: 't', ms: 10 }] : [],
);

async function run(actors: readonly Actor[], recorder?: Recorder): Promise<World> {
  const recorded = recorder === undefined ? {} : { recorder };
  const framings = [kerberosTcpFraming];
  const world = new World({ seed: 1, start: 0, actors, framings, ...recorded });
  await world.run();
  return world;
}

export async function suite(bench: Bench): Promise<() => Promise<void>> {
  const casts: readonly (readonly [string, readonly Actor[]])[] = [
    ['timers', [clock]],
    ['UDP', [server, udpClient]],
    ['TCP', [server, tcpClient]],
  ];
  for (const [row, actors] of casts) {
    const steps = Number((await run(actors)).view((actors.at(-1) as Actor).name));
    if (steps < STEPS / 2) throw new Error(`${row}: ${steps} steps of the last actor only`);
    const options = { items: STEPS, yardstick: row === 'UDP' };
    bench.add(`${STEPS} steps, ${row}`, () => run(actors), options);
  }
  const udp = casts[1]?.[1] as readonly Actor[];
  bench.add(`${STEPS} steps, UDP, traced`, () => run(udp, traceRecorder()), { items: STEPS });
  const streamed = async (): Promise<number> => {
    let octets = 0;
    const trace = traceRecorder();
    trace.subscribe((record) => {
      octets += lineOf(record).length;
    });
    await run(udp, trace);
    return octets;
  };
  if ((await streamed()) < STEPS * 100) throw new Error('the stream is too short');
  bench.add(`${STEPS} steps, UDP, traced and streamed`, streamed, { items: STEPS });
  return sockets(bench);
}

/** Datagrams under way at once: enough to keep the server busy. */
const BURST = 32;

/** The drivers' own cost: the echo actor behind them, and a socket that echoes by itself. */
async function sockets(bench: Bench): Promise<() => Promise<void>> {
  const driver = new Driver({
    actors: [server],
    framings: [kerberosTcpFraming],
    clock: wallClock(),
    metrics: metrics(),
    log: (text) => console.error(text),
    realPort: () => 0,
    messageName: () => 'CALL',
  });
  await driver.start();
  const bare = createSocket('udp4');
  bare.on('message', (bytes, { port, address }) => bare.send(bytes, port, address));
  await new Promise<void>((resolve) => bare.bind(0, '127.0.0.1', resolve));
  const client = createSocket('udp4');
  await new Promise<void>((resolve) => client.bind(0, '127.0.0.1', resolve));
  const items = { items: BURST };
  const barePort = bare.address().port;
  const port = driver.portOf('server', PORT) ?? 0;
  await exchange(client, port);
  bench.add(
    `${BURST} datagrams there and back, a bare socket`,
    () => exchange(client, barePort),
    items,
  );
  bench.add(`${BURST} datagrams there and back, the driver`, () => exchange(client, port), items);
  return async () => {
    bare.close();
    client.close();
    await driver.stop();
  };
}

function exchange(client: Socket, port: number): Promise<void> {
  return new Promise((resolve) => {
    let heard = 0;
    const hear = (): void => {
      if (++heard < BURST) return;
      client.off('message', hear);
      resolve();
    };
    client.on('message', hear);
    for (let i = 0; i < BURST; i++) client.send(REQUEST, port, '127.0.0.1');
  });
}
