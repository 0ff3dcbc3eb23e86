import { createSocket } from 'node:dgram';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directory } from '../../../src/drivers/outside.ts';
import type { ActorEffect } from '../../../src/machine/actor.ts';
import { caller, echo, toy } from '../sim/toys.ts';
import { datagrams, driven, until } from './driving.ts';

const s = suite('UDP driver');

const octets = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i);

s('answers each datagram to its sender', async () => {
  const { driver, trace, port } = await driven([echo()]);
  const sent = [1, 200, 1465, 9000, 65_507].map(octets);
  const heard = await datagrams(port, sent, 2_000);
  assert.equal(
    heard.map(({ length }) => length),
    sent.map(({ length }) => length),
  );
  assert.equal(heard[1], octets(200));
  const [step] = trace.of('server', 'received');
  assert.ok(step?.event.kind === 'received');
  const { from, fromPort, port: named, transport, connection } = step.event;
  assert.equal([from, named, transport, connection], ['127.0.0.1', 7, 'udp', undefined]);
  assert.ok(fromPort > 1023);
  assert.is(step.event.bytes.constructor, Uint8Array, 'no Buffer reaches an actor');
  await driver.stop();
});

s('an empty datagram is a message too', async () => {
  const { driver, port } = await driven([echo()]);
  assert.equal(await datagrams(port, [octets(0)], 2_000), [octets(0)]);
  await driver.stop();
});

s('survives a flood with bounded memory, and answers afterwards', async () => {
  const { driver, port, metrics } = await driven([echo()], { recorder: { record: () => 0 } });
  const socket = createSocket('udp4');
  const before = process.memoryUsage();
  for (let i = 0; i < 20_000; i++) {
    socket.send(octets(1_000), port, '127.0.0.1');
    // The kernel's buffer drops what is too much; now and then the driver gets its turn.
    if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal((await datagrams(port, [octets(5)], 4_000)).length, 1);
  const after = process.memoryUsage();
  assert.ok(after.rss - before.rss < 200 << 20, `${(after.rss - before.rss) >> 20} MiB more`);
  assert.is(metrics.counted('steps_failed'), 0);
  await new Promise<void>((resolve) => socket.close(resolve));
  await driver.stop();
});

s('sheds datagrams while too many signatures wait', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const asking = toy('server', (event) => {
    if (event.kind === 'started') return ['on', { kind: 'listen', transport: 'udp', port: 7 }];
    if (event.kind !== 'received') return undefined;
    return ['on', { kind: 'sign', id: 'x', key: 'k', algorithm: 'toy', data: event.bytes }];
  });
  const operations = {
    perform: async (batch: readonly unknown[]) => {
      await gate;
      return batch.map(() => ({ kind: 'signed', signature: octets(1) }) as const);
    },
  };
  const { driver, port, metrics, trace } = await driven([asking], {
    operations,
    limits: { keyOperations: 10 },
  });
  await datagrams(
    port,
    Array.from({ length: 30 }, () => octets(3)),
    300,
  );
  assert.is(trace.of('server', 'received').length, 10);
  assert.is(metrics.counted('datagrams_shed'), 20);
  release();
  await until(() => (trace.of('server', 'signed').length === 10 ? true : undefined));
  await datagrams(port, [octets(3)], 50);
  assert.is(trace.of('server', 'received').length, 11);
  await driver.stop();
});

s('an actor may be the client of a real server, which it knows by its name', async () => {
  const real = createSocket('udp4');
  real.on('message', (bytes, { port }) => real.send(bytes, port, '127.0.0.1'));
  await new Promise<void>((resolve) => real.bind(0, '127.0.0.1', resolve));
  const { port } = real.address();
  const { driver, trace } = await driven([caller(1)], {
    directory: directory({ server: { 7: { host: '127.0.0.1', port } } }),
  });
  await until(() => (driver.stateName('client') === 'heard 0' ? true : undefined));
  const [heard] = trace.of('client', 'received');
  assert.ok(heard?.event.kind === 'received');
  assert.equal([heard.event.from, heard.event.fromPort, heard.event.port], ['server', 7, 1000]);
  await driver.stop();
  await new Promise<void>((resolve) => real.close(resolve));
});

s('to nobody: counted, nothing else', async () => {
  const { driver, metrics } = await driven([caller(3, 'mars')]);
  assert.is(metrics.counted('datagrams_failed'), 3);
  await driver.stop();
});

s('a port that is taken is an error that names it', async () => {
  const first = await driven([echo()]);
  const taken = first.port;
  try {
    await driven([echo()], { realPort: () => taken });
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), `server cannot listen on port ${taken}`);
    assert.match(String(error), /EADDRINUSE/);
  }
  await first.driver.stop();
});

s('UDP and TCP share one free port; a port that nobody asked for stays shut', async () => {
  const { driver, port } = await driven([echo()]);
  assert.ok(port > 0);
  assert.is(driver.portOf('server', 8), undefined);
  await driver.stop();
  const shut = await driven([echo()], { realPort: () => undefined });
  assert.is(shut.port, 0);
  await shut.driver.stop();
});

s('a listener that comes later is opened later', async () => {
  const late = toy('server', (event): readonly [string, ...ActorEffect[]] | undefined => {
    if (event.kind !== 'commanded') return undefined;
    return ['on', { kind: 'listen', transport: 'udp', port: 7 }];
  });
  const { driver } = await driven([late]);
  assert.is(driver.portOf('server', 7), undefined);
  driver.deliver('server', { kind: 'commanded', verb: 'listens', args: {} });
  assert.ok((await until(() => driver.portOf('server', 7))) > 0);
  await driver.stop();
});

s.run();
