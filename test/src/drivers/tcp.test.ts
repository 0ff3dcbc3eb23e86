import { createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { directory } from '../../../src/drivers/outside.ts';
import type { Framing } from '../../../src/machine/actor.ts';
import { answerTo, dialler, echo, toy, toyFraming } from '../sim/toys.ts';
import { type Client, client, driven, pause, until } from './driving.ts';

const s = suite('TCP driver');

const octets = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i);
const framed = (...messages: readonly Uint8Array[]): Uint8Array =>
  concat(...messages.map((message) => toyFraming.wrap(message)));

const closedBy = (trace: { of(actor: string, kind: string): readonly { event: object }[] }) =>
  trace.of('server', 'closed').map(({ event }) => ('reason' in event ? event.reason : undefined));

s('many requests on a connection, one by one and all at once', async () => {
  const { driver, trace, port } = await driven([echo()]);
  const peer = await client(port);
  for (let i = 1; i <= 20; i++) {
    peer.socket.write(framed(octets(9)));
    await peer.hears(10 * i);
  }
  const pipelined = framed(...Array.from({ length: 500 }, (_, i) => octets(i % 250)));
  peer.socket.write(pipelined);
  const heard = await peer.hears(200 + pipelined.length);
  assert.equal(new Uint8Array(heard.subarray(200)), pipelined);
  peer.socket.end();
  await until(() => trace.of('server', 'closed')[0]);
  assert.equal(closedBy(trace), ['closed']);
  const [accepted] = trace.of('server', 'accepted');
  const [received] = trace.of('server', 'received');
  assert.ok(accepted?.event.kind === 'accepted' && received?.event.kind === 'received');
  assert.is(received.event.connection, accepted.event.connection);
  assert.is(received.event.bytes.constructor, Uint8Array);
  await driver.stop();
});

s('octet by octet', async () => {
  const { driver, port } = await driven([echo()]);
  const peer = await client(port);
  const sent = framed(octets(30), octets(2));
  for (const octet of sent) {
    peer.socket.write(new Uint8Array([octet]));
    await pause(1);
  }
  assert.equal(new Uint8Array(await peer.hears(sent.length)), sent);
  peer.socket.destroy();
  await driver.stop();
});

s('a silent connection, half a frame, and one that went idle are ended', async () => {
  const { driver, trace, port, metrics } = await driven([echo()], {
    limits: { firstMessageMs: 300, messageMs: 300, idleMs: 700 },
  });
  const silent = await client(port);
  const half = await client(port);
  half.socket.write(framed(octets(100)).subarray(0, 50));
  const idle = await client(port);
  idle.socket.write(framed(octets(3)));
  await idle.hears(4);
  const begun = performance.now();
  await Promise.all([silent.ended(), half.ended()]);
  assert.ok(performance.now() - begun < 690, 'before an idle one would be');
  assert.not(idle.socket.closed);
  // A trickle does not help: what counts is the message's end.
  idle.socket.write(new Uint8Array([200]));
  const trickle = setInterval(() => idle.socket.write(new Uint8Array([1])), 20);
  const trickled = performance.now();
  await idle.ended();
  clearInterval(trickle);
  assert.ok(performance.now() - trickled < 1_500);
  assert.is(metrics.counted('connections_expired'), 3);
  assert.equal(closedBy(trace), ['limit', 'limit', 'limit']);
  await driver.stop();
});

s('a port may have more patience than others', async () => {
  const another = toy('server', ({ kind }) =>
    kind === 'started'
      ? ['on', ...[7, 8].map((port) => ({ kind: 'listen', transport: 'tcp', port }) as const)]
      : undefined,
  );
  const { driver, port } = await driven([another], {
    limits: { firstMessageMs: 200, idleMs: 300 },
    patience: { 8: { firstMessageMs: 1_000, idleMs: 60_000 } },
  });
  const patientPort = driver.portOf('server', 8) ?? 0;
  const hasty = await client(port);
  const silent = await client(patientPort);
  const idle = await client(patientPort);
  idle.socket.write(octets(1));
  const begun = performance.now();
  await hasty.ended();
  assert.ok(performance.now() - begun < 900);
  await silent.ended();
  assert.ok(performance.now() - begun >= 990, 'it had a second');
  assert.not(idle.socket.closed);
  await driver.stop();
});

s('what the framing refuses may be answered, then the stream ends', async () => {
  const strict = toy('server', (event) => {
    if (event.kind === 'started') {
      return ['on', { kind: 'listen', transport: 'tcp', port: 7, framing: 'toy' }];
    }
    if (event.kind !== 'malformed') return undefined;
    const { connection } = event;
    const bytes = new Uint8Array([61]);
    return ['told', { kind: 'send', transport: 'tcp', connection, message: 'NO', bytes }];
  });
  const { driver, trace, port, metrics } = await driven([strict]);
  const peer = await client(port);
  peer.socket.write(new Uint8Array([1, 7, 255, 0, 0, 0]));
  assert.is(await peer.ended(), undefined);
  assert.equal([...peer.heard()], [1, 61]);
  assert.equal(
    trace.of('server').map(({ event }) => event.kind),
    ['started', 'accepted', 'received', 'malformed', 'closed'],
  );
  assert.is(metrics.counted('messages_malformed'), 1);
  await driver.stop();
});

s('abrupt resets, in the middle of anything', async () => {
  const { driver, trace, port, metrics } = await driven([echo()]);
  for (let i = 0; i < 50; i++) {
    const peer = await client(port);
    if (i % 3 > 0) peer.socket.write(framed(octets(100)).subarray(0, i % 3 === 1 ? 101 : 40));
    peer.socket.resetAndDestroy();
  }
  await until(() => (trace.of('server', 'closed').length === 50 ? true : undefined));
  assert.is(metrics.counted('steps_failed'), 0);
  assert.match(metrics.text(), /^kerblab_connections 0$/m);
  const peer = await client(port);
  peer.socket.write(framed(octets(3)));
  await peer.hears(4);
  await driver.stop();
});

s('a flood of connections: the one silent for longest makes room', async () => {
  const { driver, port, metrics } = await driven([echo()], { limits: { connections: 20 } });
  const busy = await client(port);
  const all: Client[] = [];
  for (let i = 0; i < 60; i++) {
    all.push(await client(port));
    busy.socket.write(framed(octets(1)));
    await busy.hears(2 * (i + 1));
  }
  assert.not(busy.socket.closed, 'who talks stays');
  assert.is(metrics.counted('connections_evicted'), 41);
  await until(() => (all.filter(({ socket }) => socket.closed).length === 41 ? true : undefined));
  assert.ok(all.slice(-19).every(({ socket }) => !socket.closed));
  for (const { socket } of all) socket.destroy();
  await driver.stop();
});

s('one address has its share of connections only', async () => {
  const { driver, port, metrics } = await driven([echo()], { limits: { connectionsPerPeer: 5 } });
  const all = await Promise.all(Array.from({ length: 9 }, () => client(port)));
  await until(() => (all.filter(({ socket }) => socket.closed).length === 4 ? true : undefined));
  assert.is(metrics.counted('connections_refused'), 4);
  const first = all.find(({ socket }) => !socket.closed);
  first?.socket.destroy();
  await until(() => (/^kerblab_connections 4$/m.test(metrics.text()) ? true : undefined));
  const again = await client(port);
  again.socket.write(framed(octets(3)));
  await again.hears(4);
  for (const { socket } of [...all, again]) socket.destroy();
  await driver.stop();
});

/** Like the toy framing, with four octets of length. */
const wide: Framing = {
  name: 'wide',
  next(buffer) {
    if (buffer.length < 4) return { kind: 'more' };
    const length = new DataView(buffer.buffer, buffer.byteOffset).getUint32(0);
    if (length > 1 << 20) return { kind: 'refused', reason: `${length} octets are too many` };
    if (buffer.length < 4 + length) return { kind: 'more' };
    return { kind: 'message', message: buffer.subarray(4, 4 + length), consumed: 4 + length };
  },
  wrap(message) {
    const out = new Uint8Array(4 + message.length);
    new DataView(out.buffer).setUint32(0, message.length);
    out.set(message, 4);
    return out;
  },
};

s('unfinished messages of all connections together have one budget', async () => {
  const { driver, port, metrics } = await driven([echo('server', 'wide')], {
    framings: [wide],
    limits: { inputOctets: 3 << 20 },
  });
  const piece = wide.wrap(new Uint8Array(1 << 20)).subarray(0, 900_000);
  const all: Client[] = [];
  for (let i = 0; i < 10; i++) {
    const peer = await client(port);
    peer.socket.write(piece);
    all.push(peer);
    await pause(5);
  }
  await until(() => (all.filter(({ socket }) => socket.closed).length === 7 ? true : undefined));
  assert.is(metrics.counted('connections_overfull'), 7);
  const waiting = /^kerblab_input_waiting_octets (\d+)$/m.exec(metrics.text());
  assert.ok(Number(waiting?.[1]) <= 3 << 20);
  for (const { socket } of all) socket.destroy();
  await until(() => (/^kerblab_input_waiting_octets 0$/m.test(metrics.text()) ? true : undefined));
  await driver.stop();
});

s('a peer that does not read gets no more work done, and is ended in time', async () => {
  const { driver, trace, port, metrics } = await driven([echo('server', 'wide')], {
    framings: [wide],
    limits: { messageMs: 800 },
  });
  const peer = await client(port);
  peer.socket.pause();
  const request = wide.wrap(new Uint8Array(100_000));
  for (let i = 0; i < 400; i++) peer.socket.write(request);
  await pause(500);
  const steps = trace.of('server', 'received').length;
  assert.ok(steps > 0 && steps < 200, `${steps} of 400 requests were worked on`);
  const waiting = /^kerblab_output_waiting_octets (\d+)$/m.exec(metrics.text());
  assert.ok(Number(waiting?.[1]) < 1 << 20, `${waiting?.[1]} octets wait`);
  await until(() => (metrics.counted('connections_expired') === 1 ? true : undefined));
  peer.socket.destroy();
  await driver.stop();
});

s('a peer that pauses and reads on loses nothing', async () => {
  const { driver, port } = await driven([echo('server', 'wide')], { framings: [wide] });
  const peer = await client(port);
  peer.socket.pause();
  const request = wide.wrap(new Uint8Array(100_000).fill(7));
  for (let i = 0; i < 100; i++) peer.socket.write(request);
  await pause(200);
  peer.socket.resume();
  const heard = await peer.hears(100 * request.length);
  assert.is(heard.length, 100 * request.length);
  peer.socket.destroy();
  await driver.stop();
});

/** Answers every request with so many octets. */
function loud(octets: number) {
  return toy('server', (event) => {
    if (event.kind === 'started') {
      return ['on', { kind: 'listen', transport: 'tcp', port: 7, framing: 'wide' }];
    }
    if (event.kind !== 'received') return undefined;
    const big = new Uint8Array(1 << 20);
    return ['on', ...Array.from({ length: octets >> 20 }, () => answerTo(event, big))];
  });
}

s('a peer that has read on may be silent; half a message still has to end in time', async () => {
  const answer = 16 << 20; // more than the system keeps for a peer that does not read
  const { driver, port, metrics } = await driven([loud(answer)], {
    framings: [wide],
    limits: { messageMs: 2_000, outputOctets: 2 * answer },
  });
  const peers = [await client(port), await client(port)] as const;
  const [silent, half] = peers;
  let heard = 0;
  for (const { socket } of peers) {
    socket.removeAllListeners('data').on('data', ({ length }: Uint8Array) => {
      heard += length;
    });
  }
  const request = wide.wrap(octets(9));
  silent.socket.pause().write(request);
  half.socket.pause().write(concat(request, request.subarray(0, 7)));
  await pause(200);
  for (const { socket } of peers) socket.resume();
  await until(() => (heard >= 2 * answer ? true : undefined));
  await half.ended();
  await pause(2_600);
  assert.not(silent.socket.closed, 'its time is that between messages');
  assert.is(metrics.counted('connections_expired'), 1);
  silent.socket.destroy();
  await driver.stop();
});

s('answers that nobody takes are limited', async () => {
  const { driver, trace, port, metrics } = await driven([loud(32 << 20)], { framings: [wide] });
  const peer = await client(port);
  peer.socket.pause();
  peer.socket.write(wide.wrap(octets(1)));
  await until(() => trace.of('server', 'closed')[0]);
  assert.equal(closedBy(trace), ['limit']);
  assert.is(metrics.counted('connections_overfull'), 1);
  peer.socket.destroy();
  await driver.stop();
});

s('an actor may close; what it said before still arrives', async () => {
  const once = toy('server', (event) => {
    if (event.kind === 'started') {
      return ['on', { kind: 'listen', transport: 'tcp', port: 7, framing: 'toy' }];
    }
    if (event.kind !== 'received' || event.connection === undefined) return undefined;
    const { connection } = event;
    return ['done', answerTo(event, event.bytes), { kind: 'close', connection }];
  });
  const { driver, trace, port } = await driven([once]);
  const peer = await client(port);
  peer.socket.write(framed(octets(5), octets(6), octets(7)));
  assert.is(await peer.ended(), undefined);
  assert.equal(new Uint8Array(peer.heard()), framed(octets(5)));
  assert.is(trace.of('server', 'received').length, 1);
  assert.is(trace.of('server', 'closed').length, 0, 'who closes is not told');
  await driver.stop();
});

s('as a client: connects, is refused, finds nobody', async () => {
  const server = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  const known = directory({ server: { 7: { host: '127.0.0.1', port } } });
  const { driver, trace } = await driven([dialler([octets(3), octets(4)])], { directory: known });
  await until(() => (driver.stateName('client') === 'heard 2' ? true : undefined));
  assert.equal(
    trace.of('client').map(({ event }) => event.kind),
    ['started', 'connected', 'received', 'received'],
  );
  await driver.stop();
  await new Promise((resolve) => server.close(resolve));

  const refused = await driven([dialler([])], { directory: known });
  await until(() => (refused.driver.stateName('client') === 'refused' ? true : undefined));
  await refused.driver.stop();
  const nobody = await driven([dialler([])]);
  assert.is(nobody.driver.stateName('client'), 'unreachable');
  await nobody.driver.stop();
});

s('a sleeping actor is not heard; what waits is read when it wakes', async () => {
  const { driver, trace, port } = await driven([echo()]);
  const peer = await client(port);
  peer.socket.write(framed(octets(3)));
  await peer.hears(4);
  const id = driver.trouble({ kind: 'sleep', actor: 'server' });
  peer.socket.write(framed(octets(4), octets(5)));
  await pause(50);
  assert.is(trace.of('server', 'received').length, 1);
  assert.ok(driver.heal(id));
  assert.not(driver.heal(id));
  await peer.hears(4 + 5 + 6);
  peer.socket.destroy();
  await driver.stop();
});

s('seeded noise: neither a crash nor a connection that stays', async () => {
  const { driver, port, metrics } = await driven([echo('server', 'wide')], { framings: [wide] });
  const noise = seededRandom(1, 'test/noise');
  for (let i = 0; i < 60; i++) {
    const peer = await client(port);
    for (let j = 0; j < 4; j++) peer.socket.write(noise((noise(1)[0] as number) * 8));
    peer.socket.end();
    await peer.ended();
  }
  assert.is(metrics.counted('steps_failed'), 0);
  await until(() => (/^kerblab_connections 0$/m.test(metrics.text()) ? true : undefined));
  const peer = await client(port);
  peer.socket.write(wide.wrap(octets(9)));
  await peer.hears(13);
  await driver.stop();
});

s('stops within half a second, whoever is connected; answers under way arrive', async () => {
  const { driver, port } = await driven([echo()]);
  const idle = await client(port);
  const busy = await client(port);
  busy.socket.write(framed(octets(100)));
  await busy.hears(101);
  const begun = performance.now();
  await driver.stop();
  assert.ok(performance.now() - begun < 500);
  await Promise.all([idle.ended(), busy.ended()]);
  try {
    await client(port);
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /ECONNREFUSED/);
  }
});

s.run();
