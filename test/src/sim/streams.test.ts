import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ActorEffect } from '../../../src/machine/actor.ts';
import type { Link } from '../../../src/sim/network.ts';
import { World, type WorldOptions } from '../../../src/sim/world.ts';
import { answerTo, dialler, echo, recorder, type TestRecorder, toy, toyFraming } from './toys.ts';

const s = suite('streams');

async function ran(
  options: Partial<WorldOptions> & { readonly link?: Partial<Link> },
): Promise<{ world: World; trace: TestRecorder }> {
  const { link, ...rest } = options;
  const trace = recorder();
  const world = new World({
    seed: 1,
    start: 0,
    actors: [],
    framings: [toyFraming],
    links: [{ between: ['client', 'server'], latency: 10, ...link }],
    recorder: trace,
    ...rest,
  });
  await world.run();
  return { world, trace };
}

const octets = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i);

s('a round trip to connect, then messages both ways', async () => {
  const { world, trace } = await ran({ actors: [echo(), dialler([octets(3), octets(200)])] });
  assert.equal(
    trace.steps.map(({ at, actor, event, cause }) => [at, actor, event.kind, cause]),
    [
      [0, 'server', 'started', undefined],
      [0, 'client', 'started', undefined],
      [20, 'client', 'connected', 1],
      [30, 'server', 'accepted', 1],
      [30, 'server', 'received', 2],
      [30, 'server', 'received', 2],
      [40, 'client', 'received', 4],
      [40, 'client', 'received', 5],
    ],
  );
  assert.is(world.stateName('client'), 'heard 2');
  const [heard] = trace.of('server', 'received');
  assert.equal(heard?.event, {
    kind: 'received',
    transport: 'tcp',
    from: 'client',
    fromPort: 49152,
    port: 7,
    connection: 'client:49152',
    message: 'CALL',
    bytes: octets(3),
  });
});

s('messages are cut into segments, joined again, and keep their names', async () => {
  const sent = [octets(3), octets(200), octets(0), octets(77)];
  for (const link of [{ segment: 1 }, { segment: 50 }, { segment: 1460, jitter: 30 }]) {
    const { trace } = await ran({ actors: [echo(), dialler(sent)], link });
    const heard = trace.of('client', 'received').map(({ event }) => event);
    assert.equal(
      heard.map((event) => event.kind === 'received' && [event.message, [...event.bytes]]),
      sent.map((bytes) => ['ECHO', [...bytes]]),
    );
  }
});

s('loss is delay: nothing is missing, and each loss is in the trace', async () => {
  const sent = Array.from({ length: 20 }, (_, i) => octets(i + 1));
  const link = { loss: 0.2, duplicate: 0.5, reorder: 0.5, segment: 10 };
  const { world, trace } = await ran({ actors: [echo(), dialler(sent)], link });
  assert.is(world.stateName('client'), 'heard 20');
  assert.equal(
    trace.of('client', 'received').map(({ event }) => 'bytes' in event && event.bytes?.length),
    sent.map(({ length }) => length),
  );
  assert.ok(trace.of('net', 'lost').length > 5);
  assert.ok((trace.steps.at(-1)?.at ?? 0) > 300, 'and it took retransmissions');
});

s('refused where nobody listens, unreachable without line of sight', async () => {
  const deaf = await ran({ actors: [toy('server', () => undefined), dialler([])] });
  const [refused] = deaf.trace.of('client', 'closed');
  assert.equal([refused?.at, refused?.to], [20, 'refused']);

  const outage = { kind: 'outage', link: ['client', 'server'], at: 0 } as const;
  const cut = await ran({ actors: [echo(), dialler([])], faults: [outage], skews: {} });
  const [unreachable] = cut.trace.of('client', 'closed');
  // `started` comes before the cut, so the first SYN is on its way and its answer is lost.
  assert.equal(unreachable?.to, 'unreachable');
  assert.equal(
    cut.trace.of('net', 'lost').map(({ at }) => at),
    [10, 3010, 9010],
  );
  assert.is(unreachable?.at, 21_010);

  const mars = await ran({ actors: [dialler([], 'mars')], links: [] });
  assert.equal([mars.world.stateName('client'), mars.world.now], ['unreachable', 0]);
});

s('a short outage only delays connecting', async () => {
  const outage = { kind: 'outage', link: ['client', 'server'], at: 0, ms: 5_000 } as const;
  const { trace } = await ran({ actors: [echo(), dialler([octets(1)])], faults: [outage] });
  assert.is(trace.of('client', 'connected')[0]?.at, 9_030);
});

s('an outage in the middle: the sender gives up, the other side is left waiting', async () => {
  const outage = { kind: 'outage', link: ['client', 'server'], at: 25 } as const;
  const { world, trace } = await ran({
    actors: [echo(), dialler([octets(1)])],
    faults: [outage],
  });
  assert.is(world.stateName('client'), 'heard 0');
  const [closed] = trace.of('server', 'closed');
  assert.equal(closed?.event.kind === 'closed' && closed.event.reason, 'unreachable');
  assert.is(closed?.at, 30 + 300 + 600 + 1_200 + 2_400 + 4_800 + 9_600);
});

s('an end is heard once, after what was sent before it', async () => {
  const polite = toy('server', (event) => {
    if (event.kind === 'started') {
      return ['on', { kind: 'listen', transport: 'tcp', port: 7, framing: 'toy' }];
    }
    if (event.kind !== 'received' || event.connection === undefined) return undefined;
    const close: ActorEffect = { kind: 'close', connection: event.connection };
    // A second close and a send on what is closed do nothing.
    return ['closed', answerTo(event, event.bytes), close, close, answerTo(event, event.bytes)];
  });
  const { world, trace } = await ran({
    actors: [polite, dialler([octets(5), octets(6)])],
    link: { loss: 0.3, jitter: 40 },
  });
  assert.is(world.stateName('client'), 'closed');
  assert.equal(
    trace.of('client').map(({ event }) => event.kind),
    ['started', 'connected', 'received', 'closed'],
  );
  assert.is(trace.of('server', 'received').length, 1, 'the second message met a closed stream');
  assert.is(trace.of('server', 'closed').length, 0, 'who closes is not told');
});

s('the actor may answer what its framing refused, then the stream ends', async () => {
  const strict = toy('server', (event) => {
    if (event.kind === 'started') {
      return ['on', { kind: 'listen', transport: 'tcp', port: 7, framing: 'toy' }];
    }
    if (event.kind !== 'malformed') return undefined;
    const { connection } = event;
    const bytes = new Uint8Array([61]);
    return ['told', { kind: 'send', transport: 'tcp', connection, message: 'NO', bytes }];
  });
  // Without a framing of its own the client may write what it likes.
  const rude = toy('client', (event) => {
    if (event.kind === 'started') {
      return ['on', { kind: 'connect', connection: 'c', to: 'server', port: 7 }];
    }
    if (event.kind === 'received') return [`heard ${[...event.bytes]}`];
    if (event.kind !== 'connected') return event.kind === 'closed' ? ['closed'] : undefined;
    const bytes = new Uint8Array([255, 1, 2, 3]);
    const send = { kind: 'send', transport: 'tcp', connection: 'c', message: '', bytes } as const;
    return ['sent', send, send];
  });
  const { trace } = await ran({ actors: [strict, rude] });
  assert.equal(
    trace.of('server').map(({ event }) => event.kind),
    ['started', 'accepted', 'malformed', 'closed'],
  );
  assert.equal(
    trace.of('client').map(({ to }) => to),
    ['on', 'sent', 'heard 1,61', 'closed'],
  );
});

s(
  'TLS stands when both sides have asked; the client is shown the server’s certificate',
  async () => {
    const certificate = octets(40);
    const server = toy('server', (event, state) => {
      switch (event.kind) {
        case 'started':
          return ['on', { kind: 'listen', transport: 'tcp', port: 7, framing: 'toy' }];
        case 'received': {
          const { connection = '' } = event;
          const secure = { kind: 'secure', connection, key: 'server', certificate } as const;
          return [state, answerTo(event, event.bytes), secure];
        }
        case 'secured':
          return [event.certificate === undefined ? 'secured' : 'shown something'];
        default:
          return undefined;
      }
    });
    const dials = dialler([octets(1)]);
    const client = toy('client', (event, state, env) => {
      if (event.kind === 'received') return ['asking', { kind: 'secure', connection: 'c' }];
      if (event.kind === 'secured') return [`shown ${event.certificate?.length}`];
      const { state: next, effects } = dials.step(state, event, env);
      return [next, ...effects];
    });
    const { world, trace } = await ran({ actors: [server, client] });
    assert.is(world.stateName('server'), 'secured');
    assert.is(world.stateName('client'), 'shown 40');
    const [asked] = trace.of('client', 'received');
    const [stood] = trace.of('server', 'secured');
    assert.ok(asked !== undefined && stood !== undefined && stood.at >= asked.at);
  },
);

s('the same name twice is the machine’s fault', async () => {
  const connect = { kind: 'connect', connection: 'c', to: 'server', port: 7 } as const;
  const twice = toy('client', (event) =>
    event.kind === 'started' ? ['on', connect, connect] : undefined,
  );
  try {
    await ran({ actors: [echo(), twice] });
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /client has a connection c already/);
  }
});

s('a framing that nobody knows is the cast’s fault', async () => {
  try {
    await ran({ actors: [echo('server', 'morse'), dialler([])] });
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /there is no framing morse/);
  }
});

s.run();
