import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../../src/bytes/bytes.ts';
import { ecKeyPair, rsaKeyPair } from '../../../src/crypto/key-pair.ts';
import { rsaEncrypt } from '../../../src/crypto/rsa.ts';
import type { ActorEffect } from '../../../src/machine/actor.ts';
import { seededKeys } from '../../../src/signing/key-maker.ts';
import { keyStore } from '../../../src/signing/key-store.ts';
import { keyOperations } from '../../../src/signing/operations.ts';
import { World, type WorldOptions, type WorldStep } from '../../../src/sim/world.ts';
import { WorldError } from '../../../src/sim/world-error.ts';
import {
  caller,
  clerk,
  dialler,
  echo,
  recorder,
  type TestRecorder,
  toy,
  toyFraming,
  toyOperations,
  toySigner,
} from './toys.ts';

const START = Date.UTC(2026, 2, 2, 8);

function worldOf(options: Partial<WorldOptions>): { world: World; trace: TestRecorder } {
  const trace = recorder();
  const base = { seed: 1, start: START, actors: [], framings: [toyFraming], recorder: trace };
  return { world: new World({ ...base, ...options }), trace };
}

const printed = (steps: readonly WorldStep[]): string =>
  JSON.stringify(steps, (_, value) => (value instanceof Uint8Array ? toHex(value) : value));

const octets = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i);

async function rejects(promise: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, WorldError);
  assert.match((error as WorldError).message, message);
}

const s = suite('world');

s('delivers started in the order of the cast, at time 0, then idles', async () => {
  const names = ['c', 'a', 'b'];
  const { world, trace } = worldOf({ actors: names.map((name) => toy(name, () => ['on'])) });
  assert.is(await world.run(), 'idle');
  assert.equal(
    trace.steps.map(({ actor, at, from, to, event }) => [actor, at, from, to, event.kind]),
    names.map((name) => [name, 0, 'off', 'on', 'started']),
  );
});

s('carries a datagram there and back, and says what caused what', async () => {
  const { world, trace } = worldOf({
    actors: [echo(), caller(1)],
    links: [{ between: ['client', 'server'], latency: 20 }],
  });
  await world.run();
  const [, call, heard, answer] = trace.steps;
  assert.is(call?.effects[0]?.kind, 'send');
  assert.equal(heard, {
    at: 20,
    actor: 'server',
    machine: 'test/toy',
    from: 'on',
    event: {
      kind: 'received',
      transport: 'udp',
      from: 'client',
      fromPort: 1000,
      port: 7,
      message: 'CALL',
      bytes: new Uint8Array([0]),
    },
    to: 'on',
    effects: heard?.effects as readonly ActorEffect[],
    cause: 1,
  });
  assert.equal([answer?.at, answer?.actor, answer?.cause], [40, 'client', 2]);
  assert.is(world.stateName('client'), 'heard 0');
});

s('the same seed gives the same steps, another seed others', async () => {
  const run = async (seed: number): Promise<string> => {
    const link = { latency: 5, jitter: 40, loss: 0.3, duplicate: 0.3, reorder: 0.3 };
    const { world, trace } = worldOf({
      seed,
      actors: [echo(), caller(40), dialler([octets(200)], 'server', 'other')],
      links: [
        { between: ['client', 'server'], ...link },
        { between: ['other', 'server'], ...link, segment: 7 },
      ],
    });
    await world.run();
    return printed(trace.steps);
  };
  const first = await run(7);
  assert.is(await run(7), first);
  assert.is.not(await run(8), first);
});

s('a step draws its randomness from seed, actor and step', async () => {
  const drawn: string[] = [];
  const drawer = (name: string) =>
    toy(name, (_, __, env) => {
      drawn.push(toHex(env.random(8)) + toHex(env.random(8)));
      return undefined;
    });
  const run = async (seed: number, names: readonly string[]): Promise<string[]> => {
    drawn.length = 0;
    const { world } = worldOf({ seed, actors: names.map(drawer) });
    world.deliver('a', { kind: 'commanded', verb: 'go', args: {} }, 5);
    await world.run();
    return [...drawn];
  };
  const [first, second] = await run(1, ['a']);
  assert.is.not(first, second);
  assert.is((first as string).slice(0, 16) === (first as string).slice(16), false);
  const beside = await run(1, ['b', 'a']);
  assert.equal(beside.slice(1), [first, second], 'who else is there does not matter');
  assert.is.not(beside[0], first);
  assert.is.not((await run(2, ['a']))[0], first);
});

s('timers: once each, set again replaces, cancelled does not come', async () => {
  const { world, trace } = worldOf({
    actors: [
      toy('a', (event) => {
        if (event.kind !== 'started') return undefined;
        return [
          'on',
          { kind: 'timer', timer: 'twice', ms: 10 },
          { kind: 'timer', timer: 'never', ms: 15 },
          { kind: 'timer', timer: 'twice', ms: 30 },
          { kind: 'cancel', timer: 'never' },
          { kind: 'timer', timer: 'other', ms: 20 },
        ];
      }),
    ],
  });
  await world.run();
  assert.equal(
    trace.of('a', 'expired').map(({ at, event, cause }) => [at, event, cause]),
    [
      [20, { kind: 'expired', timer: 'other' }, 0],
      [30, { kind: 'expired', timer: 'twice' }, 0],
    ],
  );
});

s('tells in the same instant', async () => {
  const { world, trace } = worldOf({
    actors: [
      toy('user', (event) =>
        event.kind === 'commanded'
          ? ['on', { kind: 'tell', to: 'device', what: 'entered', args: { what: 'pin' } }]
          : undefined,
      ),
      toy('device', () => undefined),
    ],
  });
  world.deliver('user', { kind: 'commanded', verb: 'enters', args: {} }, 250);
  await world.run();
  const [told] = trace.of('device', 'told');
  assert.equal([told?.at, told?.cause], [250, 2]);
  assert.equal(told?.event, { kind: 'told', from: 'user', what: 'entered', args: { what: 'pin' } });
  assert.is(trace.of('user', 'commanded')[0]?.cause, undefined, 'the script has no cause');
});

s('an instant’s signatures are one batch, answered in order', async () => {
  const batches: string[][] = [];
  const signer = (name: string) =>
    toy(name, (event, state) => {
      const ask = (id: string): ActorEffect => {
        const data = new Uint8Array([id.length]);
        return { kind: 'sign', id, key: `${name}.key`, algorithm: 'toy', data };
      };
      if (event.kind === 'started') return ['asked', ask('1'), ask('2')];
      if (event.kind !== 'signed') return undefined;
      return state === 'asked' ? ['once', ask('again')] : ['done'];
    });
  const { world, trace } = worldOf({
    actors: [signer('a'), signer('b')],
    operations: toyOperations((batch) => batches.push(batch.map(({ key }) => key))),
  });
  await world.run();
  assert.equal(batches, [
    ['a.key', 'a.key', 'b.key', 'b.key'],
    ['a.key', 'b.key'],
  ]);
  const signed = trace.steps.filter(({ event }) => event.kind === 'signed');
  assert.equal(
    signed.map(({ actor, event, at }) => [actor, event.kind === 'signed' && event.id, at]),
    [
      ['a', '1', 0],
      ['a', '2', 0],
      ['b', '1', 0],
      ['b', '2', 0],
      ['a', 'again', 0],
      ['b', 'again', 0],
    ],
  );
});

s('a signature that cannot be made ends the run', async () => {
  const asker = toy('a', (event) => {
    if (event.kind !== 'started') return undefined;
    return ['on', { kind: 'sign', id: 'x', key: 'k', algorithm: 'toy', data: octets(3) }];
  });
  const bare = worldOf({ actors: [asker] });
  await rejects(bare.world.run(), /^seed 1, seq 1, net: a asks to sign; nobody has private keys/);
  const refusing = toyOperations(() => undefined, 'no key is called "k"');
  const { world } = worldOf({ actors: [asker], operations: refusing });
  await rejects(world.run(), /a asks to sign \(x\): no key is called "k"/);
});

s('keys come to be, and what is encrypted to them is opened or not', async () => {
  const data = octets(256);
  const owner = toy('a', (event) => {
    if (event.kind === 'started') {
      return ['on', { kind: 'generate', id: 'new', key: 'a.key', algorithm: 'P-256' }];
    }
    if (event.kind === 'generated') {
      const algorithm = 'RSAES-OAEP';
      return ['made', { kind: 'decrypt', id: 'open', key: 'b.key', algorithm, data }];
    }
    return event.kind === 'decrypted' ? ['opened', { kind: 'destroy', key: 'b.key' }] : undefined;
  });
  const keys = keyStore();
  const { pkcs8, spki } = rsaKeyPair(1, 'b');
  keys.put('b.key', pkcs8);
  const sealed = rsaEncrypt('RSAES-OAEP', spki, octets(7), (size) => octets(size)) as Uint8Array;
  data.set(sealed);
  const operations = keyOperations(
    keys,
    toySigner(() => undefined),
    seededKeys(1),
  );
  const { world, trace } = worldOf({ actors: [owner], operations });
  await world.run();
  const [generated] = trace.of('a', 'generated');
  assert.equal(
    generated?.event.kind === 'generated' && generated.event.publicKey,
    ecKeyPair(1, 'a.key', 'P-256').spki,
  );
  const [decrypted] = trace.of('a', 'decrypted');
  assert.equal(decrypted?.event, { kind: 'decrypted', id: 'open', data: octets(7) });
  assert.equal(keys.names(), ['a.key'], 'the other one is destroyed');
});

s('an actor that throws ends the run, naming seed, seq and actor', async () => {
  const { world } = worldOf({
    seed: 413,
    actors: [
      toy('quiet', () => undefined),
      toy('broken', () => {
        throw new TypeError('no such thing');
      }),
    ],
  });
  try {
    await world.run();
    assert.unreachable();
  } catch (error) {
    assert.instance(error, WorldError);
    const { seed, seq, actor, message, cause } = error as WorldError;
    assert.equal([seed, seq, actor], [413, 1, 'broken']);
    assert.is(message, 'seed 413, seq 1, broken: no such thing');
    assert.instance(cause, TypeError);
  }
});

s('no run is endless: steps and virtual time are limited', async () => {
  const pingPong = ['a', 'b'].map((name) =>
    toy(name, () => ['on', { kind: 'tell', to: name === 'a' ? 'b' : 'a', what: 'ping', args: {} }]),
  );
  const { world, trace } = worldOf({ actors: pingPong, stepsMax: 500 });
  assert.is(await world.run(), 'steps');
  assert.is(trace.steps.length, 500);

  const clock = toy('clock', () => ['on', { kind: 'timer', timer: 'tick', ms: 60_000 }]);
  const hour = worldOf({ actors: [clock], timeMax: 3_600_000 });
  assert.is(await hour.world.run(), 'time');
  assert.is(hour.world.now, 3_600_000);
  assert.is(hour.trace.steps.length, 61);
});

s('runs until a time and goes on later; onStep may deliver', async () => {
  const seen: string[] = [];
  const { world } = worldOf({
    actors: [toy('a', (event) => [event.kind === 'commanded' ? event.verb : 'on'])],
    onStep: (step) => {
      seen.push(`${step.at} ${step.to}`);
      if (step.to === 'first') {
        world.deliver('a', { kind: 'commanded', verb: 'second', args: {} });
      }
    },
  });
  world.deliver('a', { kind: 'commanded', verb: 'first', args: {} }, 100);
  assert.is(await world.run(50), 'time');
  assert.is(world.now, 50);
  assert.is(await world.run(), 'idle');
  assert.equal(seen, ['0 on', '100 first', '100 second']);
});

s('steps are numbered and seen in order, also where the network steps in between', async () => {
  for (const recorded of [true, false]) {
    const seen: number[] = [];
    const trace = recorder();
    const world = new World({
      seed: 1,
      start: START,
      actors: [caller(3, 'mars'), echo()],
      framings: [toyFraming],
      onStep: (_, seq) => seen.push(seq),
      ...(recorded ? { recorder: trace } : {}),
    });
    await world.run();
    assert.equal(seen, [0, 1, 2, 3, 4]);
    if (recorded)
      assert.equal(
        trace.of('net').map(({ cause }) => cause),
        [0, 0, 0],
      );
  }
});

s('an effect that cannot be carried out blames its own step', async () => {
  const teller = toy('a', () => ['on', { kind: 'tell', to: 'mars', what: '', args: {} }]);
  const { world } = worldOf({ actors: [toy('first', () => undefined), teller] });
  await rejects(world.run(), /^seed 1, seq 1, a: there is no actor mars/);
});

s('every actor has its own clock, which may jump', async () => {
  const times: number[] = [];
  const { world, trace } = worldOf({
    actors: [
      toy('a', (_, __, env) => {
        times.push(env.now - START);
        return ['on', { kind: 'timer', timer: 't', ms: 100 }];
      }),
    ],
    skews: { a: -3_600_000 },
    faults: [{ kind: 'clock', actor: 'a', at: 150, ms: 7_200_000 }],
  });
  await world.run(250);
  assert.equal(times, [-3_600_000, -3_600_000 + 100, 3_600_000 + 200]);
  assert.equal(
    trace.of('a').map(({ at, skew }) => [at, skew]),
    [
      [0, -3_600_000],
      [100, -3_600_000],
      [200, 3_600_000],
    ],
  );
  assert.is(trace.of('net', 'faulted')[0]?.at, 150);
});

s('what a step writes lasts before its answer leaves, and over a loss of power', async () => {
  const { world, trace } = worldOf({
    actors: [clerk(), caller(2), caller(1, 'other', 'stranger'), clerk('other')],
    faults: [{ kind: 'crash', actor: 'server', at: 10, ms: 10 }],
  });
  await world.run();
  const answers = trace.of('client', 'received').map(({ event }) => event);
  assert.equal(
    answers.map((event) => ('bytes' in event ? [...(event.bytes as Uint8Array)] : [])),
    [[2], [3]],
  );
  const last = trace.of('server').at(-1)?.effects[0];
  assert.is(last?.kind, 'write');
  if (last?.kind !== 'write') return;
  assert.equal(last.batch.records[0]?.bytes, Uint8Array.of(4), 'started again, it knew of three');
  assert.equal(last.batch.records[0]?.removed, [['count', '3']]);
  const others = trace.of('stranger', 'received').map(({ event }) => event);
  assert.equal(
    others.map((event) => ('bytes' in event ? [...(event.bytes as Uint8Array)] : [])),
    [[2]],
    'each actor has a store of its own',
  );
});

s('a chore keeps no run going, and is done while others are', async () => {
  const chore = { kind: 'timer', timer: 'chore', ms: 100, background: true } as const;
  const cleaner = () =>
    toy('cleaner', (event, state) => {
      if (event.kind === 'started') return ['0', chore];
      return event.kind === 'expired' ? [String(Number(state) + 1), chore] : undefined;
    });
  const alone = worldOf({ actors: [cleaner()] });
  assert.is(await alone.world.run(), 'idle');
  assert.is(alone.world.now, 0);
  const { world } = worldOf({ actors: [cleaner()] });
  world.deliver('cleaner', { kind: 'told', from: 'cleaner', what: 'x', args: {} }, 250);
  assert.is(await world.run(), 'idle');
  assert.equal([world.now, world.stateName('cleaner')], [250, '2']);
  assert.is(await world.run(520), 'time');
  assert.is(world.stateName('cleaner'), '5', 'who asks for a time gets all until then');
});

s('refuses names that nobody has', () => {
  const nobody = /there is no actor mars/;
  assert.throws(() => worldOf({ links: [{ between: ['mars', 'mars'] }] }), nobody);
  const fault = { kind: 'crash', actor: 'mars', at: 0 } as const;
  assert.throws(() => worldOf({ faults: [fault] }), nobody);
  assert.throws(() => worldOf({}).world.deliver('mars', { kind: 'started' }), nobody);
  assert.throws(() => worldOf({ actors: [echo(), echo()] }), /two actors are called server/);
});

s.run();
