import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import type { ActorEffect } from '../../../src/machine/actor.ts';
import type { WritableStore } from '../../../src/machine/store.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { answerTo, clerk, echo, toy, toyOperations } from '../sim/toys.ts';
import { client, datagrams, driven, pause, until } from './driving.ts';

const s = suite('driver');

const octets = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i);

/** Fails on every message that begins with 13. */
const fragile = () =>
  toy('server', (event) => {
    if (event.kind === 'started') {
      return [
        'on',
        { kind: 'listen', transport: 'udp', port: 7 },
        { kind: 'listen', transport: 'tcp', port: 7, framing: 'toy' },
      ];
    }
    if (event.kind !== 'received') return undefined;
    if (event.bytes[0] === 13) throw new TypeError('thirteen');
    return ['on', answerTo(event, event.bytes)];
  });

s('a step that throws ends a message or a connection, never the process', async () => {
  const { driver, port, metrics, log, trace } = await driven([fragile()]);
  const heard = await datagrams(port, [new Uint8Array([13]), octets(3)], 500);
  assert.equal(heard, [octets(3)]);
  const peer = await client(port);
  peer.socket.write(new Uint8Array([1, 5, 1, 13, 1, 6]));
  await peer.ended();
  assert.equal([...peer.heard().subarray(0, 2)], [1, 5]);
  assert.is(metrics.counted('steps_failed'), 2);
  assert.match(log[0] ?? '', /kerblab is at fault: server failed on received: TypeError: thirteen/);
  const noted = trace.of('server').flatMap(({ effects }) => effects);
  assert.equal(
    noted.filter(({ kind }) => kind === 'note'),
    [
      {
        kind: 'note',
        level: 'cause',
        text: 'server failed on received: TypeError: thirteen',
      },
      {
        kind: 'note',
        level: 'cause',
        text: 'server failed on received: TypeError: thirteen',
      },
    ],
  );
  assert.equal(await datagrams(port, [octets(4)], 500), [octets(4)]);
  await driver.stop();
});

s('a flood of faults does not flood the log', async () => {
  const { driver, port, metrics, log } = await driven([fragile()]);
  await datagrams(
    port,
    Array.from({ length: 200 }, () => new Uint8Array([13])),
    100,
  );
  await until(() => (metrics.counted('steps_failed') === 200 ? true : undefined));
  assert.ok(log.length <= 20, `${log.length} lines`);
  await driver.stop();
});

s('a recorder that fails (a full disk) does not stop the answers', async () => {
  const { driver, port, log } = await driven([echo()], {
    recorder: {
      record: () => {
        throw new Error('ENOSPC');
      },
    },
  });
  assert.equal((await datagrams(port, [octets(3)], 500)).length, 1);
  assert.match(log.join('\n'), /the trace failed: Error: ENOSPC/);
  await driver.stop();
});

s('the clock is the wall’s and can be moved', async () => {
  const times: number[] = [];
  const watch = toy('server', (event, _, env) => {
    times.push(env.now);
    return event.kind === 'started' ? ['on'] : undefined;
  });
  const { driver, clock, trace } = await driven([watch]);
  const tell = (): void => driver.deliver('server', { kind: 'commanded', verb: 'look', args: {} });
  clock.advance(600_000);
  tell();
  clock.set(Date.UTC(2030, 0, 1));
  tell();
  const [first, second, third] = times as [number, number, number];
  assert.ok(Math.abs(first - Date.now()) < 1_000);
  assert.ok(Math.abs(second - first - 600_000) < 1_000);
  assert.ok(Math.abs(third - Date.UTC(2030, 0, 1)) < 1_000);
  const recorded = trace.of('server').map(({ at, skew = 0 }) => clock.start + at + skew);
  assert.equal(recorded, times);
  await driver.stop();
});

s('timers, tells and signatures work as in the world', async () => {
  const actors = [
    toy('a', (event, state) => {
      switch (event.kind) {
        case 'started':
          return [
            '',
            { kind: 'timer', timer: 'never', ms: 5 },
            { kind: 'timer', timer: 't', ms: 5 },
            { kind: 'timer', timer: 't', ms: 30 },
            { kind: 'cancel', timer: 'never' },
            { kind: 'tell', to: 'b', what: 'hello', args: { n: 1 } },
            ...['1', '2'].map(
              (id): ActorEffect => ({
                kind: 'sign',
                id,
                key: 'k',
                algorithm: 'toy',
                data: octets(2),
              }),
            ),
          ];
        case 'expired':
          return [`${state} ${event.timer}`];
        case 'signed':
          return [`${state} ${event.id}:${event.signature.length}`];
        default:
          return undefined;
      }
    }),
    toy('b', (event) => (event.kind === 'told' ? [`${event.from} says ${event.what}`] : undefined)),
  ];
  const batches: number[] = [];
  const { driver, trace } = await driven(actors, {
    operations: toyOperations((batch) => batches.push(batch.length)),
  });
  await until(() => (driver.stateName('a').endsWith('t') ? true : undefined));
  await pause(10);
  assert.is(driver.stateName('a'), ' 1:3 2:3 t');
  assert.is(driver.stateName('b'), 'a says hello');
  assert.equal(batches, [2], 'one batch a turn');
  assert.equal(
    trace.of('a').map(({ event, cause }) => [event.kind, cause]),
    [
      ['started', undefined],
      ['signed', 0],
      ['signed', 0],
      ['expired', 0],
    ],
  );
  await driver.stop();
});

s('signatures that cannot be made are counted and said', async () => {
  const asker = toy('a', (event) =>
    event.kind === 'started'
      ? ['on', { kind: 'sign', id: '1', key: 'lost', algorithm: 'toy', data: octets(2) }]
      : ['signed'],
  );
  const broken = { perform: () => Promise.reject(new Error('gone')) };
  for (const [operations, reason] of [
    [undefined, /nobody has keys/],
    [toyOperations(() => undefined, 'no key is called "lost"'), /no key is called "lost"/],
    [broken, /Error: gone/],
  ] as const) {
    const { driver, metrics, log } = await driven(
      [asker],
      operations === undefined ? {} : { operations },
    );
    await until(() => (metrics.counted('key_operations_failed') === 1 ? true : undefined));
    assert.match(log.join(), reason);
    assert.match(metrics.text(), /^kerblab_key_operations_waiting 0$/m);
    assert.is(driver.stateName('a'), 'on');
    await driver.stop();
  }
});

s('chance is the system’s, or the seed’s step by step', async () => {
  const drawn: string[] = [];
  const drawer = () =>
    toy('server', (_, __, env) => {
      drawn.push(toHex(env.random(8)));
      return ['on'];
    });
  for (let i = 0; i < 2; i++) {
    const { driver } = await driven([drawer()]);
    await driver.stop();
  }
  assert.is.not(drawn[0], drawn[1]);
  for (let i = 0; i < 2; i++) {
    const { driver } = await driven([drawer()], {
      random: (actor, step) => seededRandom(1, `step/${actor}/${step}`),
    });
    driver.deliver('server', { kind: 'started' });
    await driver.stop();
  }
  assert.equal(drawn.slice(2, 4), drawn.slice(4, 6));
  assert.is.not(drawn[2], drawn[3]);
});

s('without a recorder no record is made, and metrics count by name and error', async () => {
  const asked: string[] = [];
  const nobody = (): string => {
    throw new Error('nobody needs the name');
  };
  const silent = { ...echo(), stateName: nobody };
  const { driver, port, metrics } = await driven([silent], {
    recorder: undefined as never,
    errorName: (message, bytes) => {
      asked.push(message);
      return bytes[0] === 9 ? 'ERR_NINE' : undefined;
    },
  });
  await datagrams(port, [octets(3), octets(0), new Uint8Array([9])], 500);
  const text = metrics.text();
  assert.match(text, /^kerblab_requests_total\{message="CALL"\} 2$/m);
  assert.match(text, /^kerblab_requests_total\{message="unknown"\} 1$/m);
  assert.match(text, /^kerblab_answers_total\{message="ECHO",error=""\} 2$/m);
  assert.match(text, /^kerblab_answers_total\{message="ECHO",error="ERR_NINE"\} 1$/m);
  assert.match(text, /^kerblab_step_seconds_bucket\{message="CALL",le="\+Inf"\} 2$/m);
  assert.is(asked.length, 3);
  await driver.stop();
});

s('keys are handed on; after the stop nothing steps', async () => {
  const keys = [{ principal: 'a@B', kvno: 1, etype: 18, key: '00' }];
  const heard: unknown[] = [];
  const keyed = toy('a', (event) =>
    event.kind === 'started'
      ? ['on', { kind: 'keyed', keys }, { kind: 'timer', timer: 't', ms: 1 }]
      : ['late'],
  );
  const { driver } = await driven([keyed], { keyed: (given) => heard.push(given) });
  await driver.stop();
  driver.deliver('a', { kind: 'started' });
  await pause(5);
  assert.equal(heard, [keys]);
  assert.is(driver.stateName('a'), 'on');
});

s('a write is done before its answer leaves; who brings a store finds it again', async () => {
  const stores = new Map<string, WritableStore>();
  const store = (actor: string): WritableStore => {
    const own = stores.get(actor) ?? memoryStore();
    stores.set(actor, own);
    // The driver closes what it was given; this disk outlasts it.
    return { ...bound(own), close: async () => undefined };
  };
  for (const answers of [
    [[2], [3]],
    [[5], [6]],
  ]) {
    const { driver, port } = await driven([clerk()], { store });
    const heard = await datagrams(port, [octets(1), octets(1)], 500);
    assert.equal(
      heard.map((bytes) => [...bytes]),
      answers,
    );
    assert.is(stores.get('server')?.counter('count'), answers[1]?.[0]);
    await driver.stop();
  }
});

s('without one, an actor’s store ends with the driver', async () => {
  for (let life = 0; life < 2; life++) {
    const { driver, port } = await driven([clerk()]);
    assert.equal(await datagrams(port, [octets(1)], 500), [Uint8Array.of(2)]);
    await driver.stop();
  }
});

/** The store's methods on an object of their own. */
function bound(store: WritableStore): Omit<WritableStore, 'close'> {
  return {
    read: (id) => store.read(id),
    revision: (id) => store.revision(id),
    find: (index, key) => store.find(index, key),
    scan: (after, limit) => store.scan(after, limit),
    counter: (name) => store.counter(name),
    write: (batch) => store.write(batch),
    get size() {
      return store.size;
    },
  };
}

s.run();
