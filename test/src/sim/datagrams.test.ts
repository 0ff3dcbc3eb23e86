import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Link } from '../../../src/sim/network.ts';
import { World, type WorldOptions } from '../../../src/sim/world.ts';
import { caller, echo, recorder, type TestRecorder, toy, toyFraming } from './toys.ts';

const s = suite('datagrams');

/** A client that sends so many datagrams at once over such a link, and what became of them. */
async function called(
  count: number,
  link: Partial<Link>,
  options: Partial<WorldOptions> = {},
): Promise<TestRecorder> {
  const trace = recorder();
  const world = new World({
    seed: 1,
    start: 0,
    actors: [echo(), caller(count)],
    framings: [toyFraming],
    links: [{ between: ['client', 'server'], ...link }],
    recorder: trace,
    ...options,
  });
  await world.run();
  return trace;
}

const numbers = (trace: TestRecorder, actor: string): number[] =>
  trace
    .of(actor, 'received')
    .map(({ event }) => (event.kind === 'received' ? (event.bytes[0] as number) : -1));

s('a plain link keeps all, in order', async () => {
  const trace = await called(100, { latency: 3 });
  const all = Array.from({ length: 100 }, (_, i) => i);
  assert.equal(numbers(trace, 'server'), all);
  assert.equal(numbers(trace, 'client'), all);
  assert.is(trace.of('net').length, 0);
});

s('loss: about so many, each a step of net with its octets and its cause', async () => {
  const trace = await called(250, { loss: 0.4 });
  const heard = numbers(trace, 'server').length;
  assert.ok(heard > 120 && heard < 180, `${heard} of 250 at 40% loss`);
  const lost = trace.of('net', 'lost');
  assert.is(lost.length, 250 - numbers(trace, 'client').length);
  const [first] = lost;
  assert.is(first?.cause, 1);
  assert.equal(first?.event.kind === 'lost' && { ...first.event, bytes: undefined }, {
    kind: 'lost',
    transport: 'udp',
    from: 'client',
    to: 'server',
    port: 7,
    message: 'CALL',
    bytes: undefined,
    reason: 'lost on its way',
  });
});

s('duplicates: some come twice, none is missing', async () => {
  const trace = await called(200, { duplicate: 0.5 });
  const heard = numbers(trace, 'server');
  assert.ok(heard.length > 260 && heard.length < 340, `${heard.length} of 200 at 50%`);
  assert.is(new Set(heard).size, 200);
});

s('reordering and jitter: all come, some overtaken', async () => {
  for (const link of [{ reorder: 0.3, latency: 5 }, { jitter: 30 }]) {
    const heard = numbers(await called(100, link), 'server');
    const sorted = heard.toSorted((a, b) => a - b);
    assert.equal(
      sorted,
      Array.from({ length: 100 }, (_, i) => i),
    );
    assert.is.not(heard.join(), sorted.join());
  }
});

s('nothing passes a partition, and it heals', async () => {
  const pulse = toy('client', (event) => {
    if (event.kind === 'received') return ['heard'];
    const bytes = new Uint8Array([1]);
    return [
      'calling',
      {
        kind: 'send',
        transport: 'udp',
        to: 'server',
        toPort: 7,
        port: 1000,
        message: 'CALL',
        bytes,
      },
      { kind: 'timer', timer: 'pulse', ms: 100 },
    ];
  });
  const trace = await called(
    0,
    {},
    {
      actors: [echo(), pulse],
      faults: [{ kind: 'outage', link: ['server', 'client'], at: 150, ms: 300 }],
      timeMax: 650,
    },
  );
  assert.equal(
    trace.of('client', 'received').map(({ at }) => at),
    [2, 102, 502, 602],
  );
  const lost = trace.of('net', 'lost');
  assert.equal(
    lost.map(({ at }) => at),
    [200, 300, 400],
  );
  assert.ok(lost.every(({ event }) => 'reason' in event && /no line of sight/.test(event.reason)));
  assert.equal(
    trace.of('net').flatMap(({ at, event }) => (event.kind === 'lost' ? [] : [[at, event]])),
    [
      [
        150,
        { kind: 'faulted', fault: 'outage', what: 'server - client', reason: 'no line of sight' },
      ],
      [450, { kind: 'healed', fault: 'outage', what: 'server - client', reason: 'in sight again' }],
    ],
  );
});

s('to nobody: no host, no listener, too long', async () => {
  const reason = async (trace: Promise<TestRecorder>): Promise<string> => {
    const [step] = (await trace).of('net', 'lost');
    return step?.event.kind === 'lost' ? step.event.reason : 'nothing was lost';
  };
  const nobody = called(1, {}, { actors: [caller(1, 'mars')], links: [] });
  assert.match(await reason(nobody), /there is no host mars/);
  const deaf = called(1, {}, { actors: [toy('server', () => undefined), caller(1)] });
  assert.match(await reason(deaf), /nobody listens at server, UDP port 7/);
  const bytes = new Uint8Array(65_508);
  const send = { kind: 'send', transport: 'udp', to: 'server', toPort: 7, port: 1 } as const;
  const long = toy('client', (event) =>
    event.kind === 'started' ? ['on', { ...send, message: 'LONG', bytes }] : undefined,
  );
  assert.match(await reason(called(1, {}, { actors: [echo(), long] })), /65508 octets do not fit/);
});

s.run();
