/**
 * Spoilt requests at a domain controller behind the drivers, on UDP and TCP: seeded, and bounded in number.
 * `KERBLAB_FUZZ=20` sends twenty times as many. The machine itself is fuzzed in `fuzz.test.ts`.
 */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kerberosTcpFraming } from '../protocols/kerberos/framing.ts';
import { principal } from '../protocols/kerberos/names.ts';
import { messageName } from '../protocols/kerberos/recognise.ts';
import { FRAMINGS, ROLES } from '../protocols/roles.ts';
import { concat } from '../src/bytes/bytes.ts';
import { wallClock } from '../src/drivers/clock.ts';
import { Driver } from '../src/drivers/driver.ts';
import { type Metrics, metrics } from '../src/drivers/metrics.ts';
import { buildCast } from '../src/scenario/cast.ts';
import { type Chance, chanceOf, mutated } from './mutations.ts';
import { asReq, provedAsReq } from './protocols/kdc/contoso.ts';
import { datagrams, until } from './src/drivers/driving.ts';

const fuzz = suite('drivers fuzz');
const TIMES = Math.max(1, Number(process.env.KERBLAB_FUZZ ?? 1));
/** More than the heap may grow: what one message may hold at most, a few times over. */
const GROWTH = 128 << 20;

const sname = principal(2, 'krbtgt', 'CORP.EXAMPLE');
const request = asReq({ realm: 'CORP.EXAMPLE', sname });
const REQUESTS = [request, provedAsReq({ realm: 'CORP.EXAMPLE', sname })];

interface Kdc {
  readonly driver: Driver;
  readonly counts: Metrics;
  readonly port: number;
  readonly log: string[];
}

async function kdc(): Promise<Kdc> {
  const clock = wallClock();
  const counts = metrics();
  const log: string[] = [];
  const role = ROLES.find(({ role: word }) => word === 'domain-controller');
  const config = role?.fields.parse({ realm: 'CORP.EXAMPLE' });
  const actors = { dc1: { role: 'domain-controller', config } };
  const cast = buildCast({ actors, start: clock.start, seed: 1 }, 1, ROLES);
  const driver = new Driver({
    actors: [...cast.actors.values()],
    framings: FRAMINGS,
    clock,
    metrics: counts,
    log: (text) => log.push(text),
    realPort: () => 0,
    messageName,
  });
  await driver.start();
  return { driver, counts, port: driver.portOf('dc1', 88) ?? 0, log };
}

/** It still answers, no step has failed, nothing hangs, and memory has not grown without bound. */
async function judged(
  { driver, counts, port, log }: Kdc,
  before: number,
  heardMin: number,
): Promise<void> {
  const [answer] = await datagrams(port, [request], 5_000);
  assert.is(messageName(answer ?? new Uint8Array(0)), 'KRB-ERROR');
  assert.is(counts.counted('steps_failed'), 0, log.join('\n'));
  const requests = Array.from(counts.text().matchAll(/^kerblab_requests_total.* (\d+)$/gm));
  const heard = requests.reduce((sum, [, count]) => sum + Number(count), 0);
  assert.ok(heard >= heardMin, `${heard} messages were heard, ${heardMin} expected`);
  await until(() => (/^kerblab_connections 0$/m.test(counts.text()) ? true : undefined));
  assert.match(counts.text(), /^kerblab_input_waiting_octets 0$/m);
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < GROWTH, `${grown >> 20} MiB more`);
  await driver.stop();
}

fuzz('datagrams', async () => {
  const { rss } = process.memoryUsage();
  const server = await kdc();
  const chance = chanceOf(1, 'drivers/udp');
  const socket = createSocket('udp4');
  for (let i = 0; i < 3_000 * TIMES; i++) {
    socket.send(mutated(chance.pick(REQUESTS), chance, REQUESTS), server.port, '127.0.0.1');
    if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  // The kernel drops what comes faster than it is read.
  await judged(server, rss, 1_000 * TIMES);
  await new Promise<void>((resolve) => socket.close(resolve));
});

/** A stream of spoilt messages, with lengths that are right, wrong, or missing. */
function spoiltStream(chance: Chance): Uint8Array {
  const parts = Array.from({ length: 1 + chance.below(6) }, () => {
    const message = mutated(chance.pick(REQUESTS), chance, REQUESTS);
    return chance.below(3) === 0 ? message : kerberosTcpFraming.wrap(message);
  });
  const whole = concat(...parts);
  return chance.below(3) === 0 ? mutated(whole, chance, REQUESTS) : whole;
}

/** Writes the octets in pieces, then ends, or resets the connection. */
function sent(port: number, octets: Uint8Array, chance: Chance): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('error', () => undefined); // the driver may have closed first
    socket.on('close', () => resolve());
    socket.on('data', () => undefined);
    for (let at = 0; at < octets.length; ) {
      const size = 1 + chance.below(octets.length);
      socket.write(octets.subarray(at, at + size));
      at += size;
    }
    if (chance.below(4) === 0) setTimeout(() => socket.resetAndDestroy(), 1);
    else socket.end();
  });
}

fuzz('streams', async () => {
  const { rss } = process.memoryUsage();
  const server = await kdc();
  const chance = chanceOf(2, 'drivers/tcp');
  for (let i = 0; i < 60 * TIMES; i++) {
    const streams = Array.from({ length: 10 }, () => spoiltStream(chance));
    await Promise.all(streams.map((octets) => sent(server.port, octets, chance)));
  }
  await judged(server, rss, 300 * TIMES);
});

fuzz.run();
