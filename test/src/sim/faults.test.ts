import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../../src/bytes/bytes.ts';
import { type Fault, randomFaults } from '../../../src/sim/faults.ts';
import { World } from '../../../src/sim/world.ts';
import {
  caller,
  dialler,
  echo,
  recorder,
  type TestRecorder,
  type Toy,
  toy,
  toyFraming,
} from './toys.ts';

const s = suite('faults');

async function ran(
  actors: readonly Toy[],
  faults: readonly Fault[],
  seed = 1,
): Promise<TestRecorder> {
  const trace = recorder();
  const framings = [toyFraming];
  const world = new World({ seed, start: 0, actors, framings, faults, recorder: trace });
  await world.run();
  return trace;
}

const pulse = toy('pulse', (event, state) => {
  const count = state === 'off' ? 0 : Number(state);
  if (event.kind === 'commanded') return [`${count + 100}`];
  return [`${count + 1}`, { kind: 'timer', timer: 't', ms: 100 }];
});

const times = (trace: TestRecorder, actor: string): string[] =>
  trace.of(actor).map(({ at, event, to }) => `${at} ${event.kind} ${to}`);

s('a sleeping host keeps its memory; timers and commands wait for it', async () => {
  const trace = recorder();
  const world = new World({
    seed: 1,
    start: 0,
    actors: [pulse],
    framings: [],
    faults: [{ kind: 'sleep', actor: 'pulse', at: 150, ms: 500 }],
    recorder: trace,
    timeMax: 800,
  });
  world.deliver('pulse', { kind: 'commanded', verb: 'go', args: {} }, 160);
  await world.run();
  assert.equal(times(trace, 'pulse'), [
    '0 started 1',
    '100 expired 2',
    '650 commanded 102',
    '650 expired 103',
    '750 expired 104',
  ]);
});

s('a crashed host forgets, hears started again, and then what people asked for', async () => {
  const trace = recorder();
  const world = new World({
    seed: 1,
    start: 0,
    actors: [pulse],
    framings: [],
    faults: [{ kind: 'crash', actor: 'pulse', at: 150, ms: 500 }],
    recorder: trace,
    timeMax: 800,
  });
  world.deliver('pulse', { kind: 'commanded', verb: 'go', args: {} }, 160);
  await world.run();
  assert.equal(times(trace, 'pulse'), [
    '0 started 1',
    '100 expired 2',
    '650 started 1',
    '650 commanded 101',
    '750 expired 102',
  ]);
  assert.is(trace.of('pulse')[2]?.from, 'off');
});

s('down for ever, twice over, and asleep while crashed', async () => {
  const both: readonly Fault[] = [
    { kind: 'sleep', actor: 'pulse', at: 10, ms: 100 },
    { kind: 'crash', actor: 'pulse', at: 50, ms: 20 },
    { kind: 'crash', actor: 'pulse', at: 500 },
  ];
  assert.equal(times(await ran([pulse], both), 'pulse'), [
    '0 started 1',
    '110 started 1',
    '210 expired 2',
    '310 expired 3',
    '410 expired 4',
  ]);
});

s('packets to a host that is down are lost; a stream through its sleep goes on', async () => {
  const asleep: Fault = { kind: 'sleep', actor: 'server', at: 0, ms: 1_000 };
  const udp = await ran([echo(), caller(1)], [asleep]);
  assert.equal(times(udp, 'client'), ['0 started calling']);
  assert.match(JSON.stringify(udp.of('net', 'lost')[0]?.event), /server is down/);
  const nap: Fault = { kind: 'sleep', actor: 'server', at: 3, ms: 1_000 };
  const tcp = await ran([echo(), dialler([new Uint8Array(3)])], [nap]);
  assert.is(tcp.of('client').at(-1)?.to, 'heard 1');
});

s('a stream does not outlive a crash: who goes on sending is reset', async () => {
  const chatty = toy('client', (event) => {
    const connection = 'c';
    if (event.kind === 'closed') return [event.reason];
    if (event.kind === 'started') {
      return ['on', { kind: 'connect', connection, to: 'server', port: 7, framing: 'toy' }];
    }
    const bytes = new Uint8Array([1]);
    return [
      'on',
      { kind: 'send', transport: 'tcp', connection, message: 'CALL', bytes },
      ...(event.kind === 'received' ? [] : [{ kind: 'timer', timer: 't', ms: 700 } as const]),
    ];
  });
  const crash: Fault = { kind: 'crash', actor: 'server', at: 10, ms: 1_000 };
  const trace = await ran([echo(), chatty], [crash]);
  assert.is(trace.of('client', 'closed')[0]?.to, 'closed');
  const last = trace.of('server').at(-1);
  assert.equal(
    [last?.at, last?.event.kind],
    [1_010, 'started'],
    'it hears nothing of the old stream',
  );
});

s('random faults: bounded, different, the same for the same seed', () => {
  const cast = {
    actors: ['a', 'b'],
    links: [['a', 'b']] as const,
  };
  const kinds = new Set<string>();
  const seen = new Set<string>();
  for (let seed = 1; seed <= 200; seed++) {
    const faults = randomFaults(seed, cast);
    assert.equal(randomFaults(seed, cast), faults);
    assert.ok(faults.length >= 1 && faults.length <= 6);
    for (const fault of faults) {
      kinds.add(fault.kind);
      assert.ok(fault.at >= 0 && fault.at <= 5_000);
      assert.ok(fault.ms !== undefined, 'nothing is broken for good');
    }
    seen.add(JSON.stringify(faults));
  }
  assert.equal([...kinds].sort(), ['clock', 'crash', 'outage', 'quality', 'sleep']);
  assert.ok(seen.size > 190);
  assert.equal(randomFaults(1, { actors: [], links: [] }), []);
});

s('toys survive every sweep, twice alike', async () => {
  const cast = { actors: ['server', 'client', 'other'], links: [['client', 'server']] as const };
  const print = (trace: TestRecorder): string =>
    JSON.stringify(trace.steps, (_, v) => (v instanceof Uint8Array ? toHex(v) : v));
  for (let seed = 1; seed <= 100; seed++) {
    const run = () =>
      ran(
        [echo(), caller(3), dialler([new Uint8Array(99), new Uint8Array(9)], 'server', 'other')],
        randomFaults(seed, cast),
        seed,
      );
    assert.is(print(await run()), print(await run()), `seed ${seed}`);
  }
});

s.run();
