import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeBatch } from '../../../src/store/batch.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import type { TraceRecord } from '../../../src/trace/record.ts';
import { type Cast, replay, stateAt } from '../../../src/trace/replay.ts';
import { traceRecorder } from '../../../src/trace/store.ts';
import { linkOf } from '../../../src/trace/wire.ts';
import { clerk } from '../sim/toys.ts';
import { ann, annsSteps, countedChance, RESULT } from './toy.ts';

const s = suite('replay');

const cast: Cast = {
  actors: new Map([['ann', ann]]),
  random: countedChance,
  secret: (place) => (place === 'script[0].value' ? 'xyzzy' : undefined),
};

function recorded(change: (record: TraceRecord) => TraceRecord = (record) => record) {
  const recorder = traceRecorder();
  const lost = { kind: 'lost', from: 'ann', to: 'bob', reason: 'rain' };
  for (const step of annsSteps()) recorder.record(step);
  recorder.record({
    at: 20,
    actor: 'net',
    machine: 'sim/network',
    from: 'up',
    event: lost,
    to: 'up',
    effects: [],
  });
  for (const step of annsSteps()) recorder.record(step);
  const records = recorder.records().map((record) => change(JSON.parse(JSON.stringify(record))));
  return { folder: 'toy', result: RESULT, records, torn: false, octets: recorder.octets };
}

s('the same actors do the same again', () => {
  const steps = annsSteps();
  const recorder = traceRecorder();
  for (const step of steps) recorder.record(step);
  const run = {
    folder: 'toy',
    result: RESULT,
    records: recorder.records(),
    torn: false,
    octets: recorder.octets,
  };
  assert.equal(replay(run, cast), { kind: 'same', steps: 4, skipped: 0 });
});

s('an actor that started again begins with its first state and the next chance', () => {
  // The second life draws chance of steps 4..7, the recording was made with 0..3.
  const outcome = replay(recorded(), cast);
  assert.is(outcome.kind, 'different');
  if (outcome.kind !== 'different') return;
  assert.is(outcome.seq, 6);
  assert.is(outcome.path, 'effects[0].bytes');
  const again = {
    ...cast,
    random: (actor: string, step: number) => countedChance(actor, step % 4),
  };
  assert.equal(replay(recorded(), again), { kind: 'same', steps: 8, skipped: 1 });
});

const changes: readonly (readonly [
  string,
  number,
  (record: TraceRecord) => TraceRecord,
  string,
])[] = [
  ['a state', 2, (r) => ({ ...r, to: 'lost' }), 'to'],
  ['a state before', 2, (r) => ({ ...r, from: 'lost' }), 'from'],
  ['the time', 1, (r) => ({ ...r, at: r.at + 1 }), 'effects[0].bytes'],
  ['the clock', 1, (r) => ({ ...r, skew: 0 }), 'effects[0].bytes'],
  ['an effect less', 1, (r) => ({ ...r, effects: [] }), 'effects[0]'],
  [
    'an effect more',
    0,
    (r) => ({ ...r, effects: [{ kind: 'note', level: 'info', text: 'x' }] }),
    'effects[0]',
  ],
  [
    "an effect's field",
    1,
    (r) => ({ ...r, effects: [{ ...r.effects[0], kind: 'send', toPort: 8 }] }),
    'effects[0].toPort',
  ],
];
for (const [name, seq, change, path] of changes) {
  s(`the first difference is named: ${name}`, () => {
    const run = recorded((record) => (record.seq === seq ? change(record) : record));
    const outcome = replay(run, cast);
    assert.is(outcome.kind, 'different');
    if (outcome.kind !== 'different') return;
    assert.is(outcome.seq, seq);
    assert.is(outcome.path, path);
    assert.is.not(outcome.recorded, outcome.replayed);
  });
}

s('a secret that is not in the scenario any more', () => {
  assert.throws(
    () => replay(recorded(), { ...cast, secret: () => undefined }),
    /no secret at script\[0\]\.value/,
  );
});

/** Two starts and a message of an actor that counts them in its store. */
function clerksRun() {
  const server = clerk();
  const store = memoryStore();
  const recorder = traceRecorder();
  const started = { kind: 'started' } as const;
  const asked = {
    kind: 'received',
    transport: 'udp',
    from: 'ann',
    fromPort: 9,
    port: 7,
    bytes: Uint8Array.of(1),
  } as const;
  let state = server.initial;
  [started, asked, started].forEach((event, at) => {
    if (event.kind === 'started') state = server.initial;
    const from = state;
    const { state: next, effects } = server.step(state, event, {
      now: at,
      random: countedChance('server', at),
      store,
    });
    state = next;
    for (const effect of effects) if (effect.kind === 'write') store.write(effect.batch);
    recorder.record({ at, actor: 'server', machine: 'test/toy', from, event, to: next, effects });
  });
  const records = recorder.records();
  return { folder: 'toy', result: RESULT, records, torn: false, octets: recorder.octets };
}

s('an actor’s store is made anew by its writes, and outlasts a start', () => {
  const run = clerksRun();
  const counted = run.records.map(({ effects }) => effects.find(({ kind }) => kind === 'write'));
  assert.equal(
    counted.map((write) => write?.counters),
    [{ count: 1 }, { count: 2 }, { count: 3 }],
  );
  assert.equal(replay(run, { ...cast, actors: new Map([['server', clerk()]]) }), {
    kind: 'same',
    steps: 3,
    skipped: 0,
  });
});

s('a write that comes out differently is found', () => {
  const run = clerksRun();
  const octets = encodeBatch({ records: [], counters: { count: 2 } });
  const records = run.records.map((record) =>
    record.seq === 1
      ? {
          ...record,
          effects: record.effects.map((e) =>
            e.kind === 'write' ? { ...e, bytes: linkOf(octets) } : e,
          ),
        }
      : record,
  );
  const outcome = replay({ ...run, records }, { ...cast, actors: new Map([['server', clerk()]]) });
  assert.is(outcome.kind === 'different' ? outcome.path : '', 'effects[0].bytes');
});

s('an actor’s state and store at a moment', () => {
  const run = clerksRun();
  const clerks: Cast = { ...cast, actors: new Map([['server', clerk()]]) };
  const counted = [0, 1, 5].map((at) => stateAt(run, clerks, 'server', at).store.counter('count'));
  assert.equal(counted, [1, 2, 3]);
  const states = [-1, 0, 5, 9].map((at) => stateAt(recorded(), cast, 'ann', at));
  assert.equal(
    states.slice(0, 3).map(({ actor, state }) => actor.stateName(state)),
    ['idle', 'idle', 'expectEcho'],
  );
});

s('no state where the steps come out otherwise, or nobody takes any', () => {
  const changed = recorded((record) => (record.seq === 1 ? { ...record, effects: [] } : record));
  assert.is(stateAt(changed, cast, 'ann', 0).actor, ann);
  assert.throws(
    () => stateAt(changed, cast, 'ann', 5),
    /step 1 of ann comes out differently than kerblab 0\.0\.0 recorded it \(effects\[0\]\)/,
  );
  assert.throws(() => stateAt(changed, cast, 'net', 5), /the run has no actor net/);
});

s.run();
