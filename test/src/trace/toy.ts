/** Two actors that say a word and hear one, by hand: enough of a run for the tests of the trace. */
import { concat, uint32be, utf8, view } from '../../../src/bytes/bytes.ts';
import type { Actor, ActorEffect, ActorEvent, Framing } from '../../../src/machine/actor.ts';
import { to, unexpected } from '../../../src/machine/machine.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import type { RunResult } from '../../../src/trace/run-folder.ts';
import type { RecordedStep } from '../../../src/trace/wire.ts';

export const START = Date.UTC(2026, 2, 2, 8);

export const RESULT: RunResult = {
  v: 1,
  kerblab: '0.0.0',
  scenario: 'toy',
  text: 'scenario: 1\n',
  seed: 7,
  start: START,
  complete: true,
  addresses: { ann: '10.88.0.1', bob: '10.88.0.2' },
};

/** Four octets of length, then the message. */
export const counted: Framing = {
  name: 'counted',
  next(buffer) {
    if (buffer.length < 4) return { kind: 'more' };
    const length = view(buffer).getUint32(0);
    if (buffer.length < 4 + length) return { kind: 'more' };
    return { kind: 'message', message: buffer.slice(4, 4 + length), consumed: 4 + length };
  },
  wrap: (message) => concat(uint32be(message.length), message),
};

type State = { readonly name: 'idle' | 'expectEcho' | 'done' };

/** Sends its secret, eight octets by chance and the time; is done when something comes back. */
export const ann: Actor<State> = {
  name: 'ann',
  role: 'asker',
  machine: 'toy/asker',
  initial: { name: 'idle' },
  stateName: (state) => state.name,
  view: (state) => state.name,
  step(state, event, env) {
    if (event.kind === 'started') return to({ name: 'idle' });
    if (state.name === 'idle' && event.kind === 'commanded') {
      const secret = event.args.password as { readonly secret: string };
      const bytes = concat(utf8(`${secret.secret} ${env.now} `), env.random(8));
      const send: ActorEffect = {
        kind: 'send',
        transport: 'udp',
        to: 'bob',
        toPort: 7,
        port: 50000,
        message: 'ECHO',
        bytes,
      };
      return to({ name: 'expectEcho' }, [send]);
    }
    if (state.name === 'expectEcho' && event.kind === 'received') return to({ name: 'done' });
    return unexpected(state, event, 'commanded', 'received');
  },
};

/** Chance that everybody can count: the step's number, over and over. */
export function countedChance(_actor: string, step: number): (size: number) => Uint8Array {
  return (size) => new Uint8Array(size).fill(step);
}

/** What `ann` did when she was told the password and bob answered. */
export function annsSteps(): RecordedStep[] {
  const events: readonly (readonly [at: number, ActorEvent])[] = [
    [0, { kind: 'started' }],
    [
      5,
      {
        kind: 'commanded',
        verb: 'ask',
        args: { password: { secret: 'xyzzy', from: 'script[0].value' }, tries: 1 },
      },
    ],
    [
      9,
      {
        kind: 'received',
        transport: 'udp',
        from: 'bob',
        fromPort: 7,
        port: 50000,
        message: 'ECHO',
        bytes: utf8('hello'),
      },
    ],
    [12, { kind: 'expired', timer: 'none' }],
  ];
  let state = ann.initial;
  const store = memoryStore();
  return events.map(([at, event], step) => {
    const from = ann.stateName(state);
    const skew = 60_000;
    const env = { now: START + at + skew, random: countedChance('ann', step), store };
    const done = ann.step(state, event, env);
    state = done.state;
    const after = ann.stateName(state);
    const { effects } = done;
    return { at, actor: 'ann', machine: ann.machine, skew, from, event, to: after, effects };
  });
}
