/** Two roles and two messages, by hand: enough of a protocol for the tests of scenarios. */
import { fromUtf8, utf8 } from '../../../src/bytes/bytes.ts';
import type { Actor, ActorEffect, ActorEvent } from '../../../src/machine/actor.ts';
import { type Env, type Step, to, unexpected } from '../../../src/machine/machine.ts';
import { loadScenario } from '../../../src/scenario/load.ts';
import { type RoleDefinition, role } from '../../../src/scenario/role.ts';
import type { RunOutcome, Stage } from '../../../src/scenario/run.ts';
import { runScenario } from '../../../src/scenario/run.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import {
  actor,
  defaulted,
  duration,
  integer,
  listOf,
  object,
  optional,
  secret,
  text,
} from '../../../src/schema/schema.ts';
import type { Dissector } from '../../../src/trace/dissector.ts';
import { type TraceRecorder, traceRecorder } from '../../../src/trace/store.ts';

type Asking =
  | { readonly name: 'idle' }
  | { readonly name: 'expectAnswer'; readonly of: string; readonly tries: number }
  | { readonly name: 'answered'; readonly answer: string };

const RETRY_MS = 1_000;

function ask(of: string, tries: number, env: Env): Step<Asking, ActorEffect> {
  const question = { word: 'please', tries, nonce: env.random(1)[0], to: { name: of } };
  return to({ name: 'expectAnswer', of, tries }, [
    {
      kind: 'send',
      transport: 'udp',
      to: of,
      toPort: 7,
      port: 50_000,
      message: 'QUESTION',
      bytes: utf8(JSON.stringify(question)),
    },
    { kind: 'timer', timer: 'retry', ms: RETRY_MS },
  ]);
}

function askerStep(state: Asking, event: ActorEvent, env: Env): Step<Asking, ActorEffect> {
  if (event.kind === 'started') return to({ name: 'idle' });
  if (event.kind === 'commanded' && event.verb === 'breaks') throw new Error('broken on purpose');
  if (event.kind === 'commanded') return ask(event.args.asks as string, 1, env);
  if (event.kind === 'expired' && state.name === 'expectAnswer') {
    return ask(state.of, state.tries + 1, env);
  }
  if (event.kind === 'received' && state.name === 'expectAnswer') {
    const { answer } = JSON.parse(fromUtf8(event.bytes)) as { answer: string };
    return to({ name: 'answered', answer }, [
      { kind: 'cancel', timer: 'retry' },
      { kind: 'note', level: 'cause', text: `the answer was ${answer}` },
    ]);
  }
  return unexpected(state, event, 'commanded', 'received');
}

const asker: RoleDefinition = role({
  role: 'asker',
  about: 'Asks, and asks again when no answer comes.',
  fields: object({ nick: optional(text('what it calls itself')) }),
  verbs: {
    asks: {
      about: 'sends a question',
      schema: object({
        asks: actor('whom', 'answerer'),
        secretly: optional(secret('a word that nobody may read')),
      }),
    },
    breaks: { about: 'makes the machine throw', schema: object({ breaks: text('what') }) },
  },
  states: ['idle', 'expectAnswer', 'answered'],
  build: (name): Actor<Asking> => ({
    name,
    role: 'asker',
    machine: 'toy/asker',
    initial: { name: 'idle' },
    stateName: (state) => state.name,
    view: (state) => ({ state: state.name, ...(state.name === 'answered' ? state : {}) }),
    step: askerStep,
  }),
});

const answerer: RoleDefinition = role({
  role: 'answerer',
  about: 'Answers every question.',
  fields: object({
    answer: defaulted(text('what it says'), 'yes'),
    numbers: defaulted(listOf('numbers', integer('a number')), [1, 2]),
    after: defaulted(duration('how long it thinks'), '0s'),
  }),
  verbs: {},
  states: ['ready'],
  build: (name, config): Actor<'ready'> => ({
    name,
    role: 'answerer',
    machine: 'toy/answerer',
    initial: 'ready',
    stateName: (state) => state,
    view: () => ({ numbers: config.numbers }),
    step(state, event) {
      if (event.kind === 'started')
        return to(state, [{ kind: 'listen', transport: 'udp', port: 7 }]);
      if (event.kind !== 'received') return to(state);
      const bytes = utf8(JSON.stringify({ answer: config.answer, numbers: config.numbers }));
      const { from, fromPort, port } = event;
      const back = { kind: 'send', transport: 'udp', to: from, toPort: fromPort, port } as const;
      return to(state, [{ ...back, message: 'ANSWER', bytes }]);
    },
  }),
});

/** Octets are JSON here. */
const dissector: Dissector = {
  name: () => undefined,
  fields: () => [],
  value: (bytes) => JSON.parse(fromUtf8(bytes)),
  keyring: () => ({ add: () => undefined, learn: () => undefined }),
};

export const stage: Stage = {
  roles: [asker, answerer],
  messages: ['QUESTION', 'ANSWER'],
  framings: [],
  dissector,
};

/** A whole file around `sections`. */
export function file(sections: string): string {
  return `scenario: 1
title: A question
about: Ann asks Bob.
actors:
  ann: { role: asker }
  bob: { role: answerer }
links:
  - { between: [ann, bob], latency: 2ms }
${sections}`;
}

export const ASKS = `script:
  - at: 0s
    do: { actor: ann, asks: bob, secretly: "xyzzy" }
`;

export function load(text: string): Scenario {
  return loadScenario('scenarios/question.yaml', text, stage);
}

export interface Played {
  readonly outcome: RunOutcome;
  readonly recorder: TraceRecorder;
}

export async function play(text: string, seed = 1, chanceFaults = false): Promise<Played> {
  const recorder = traceRecorder();
  const outcome = await runScenario({ scenario: load(text), seed, chanceFaults, recorder }, stage);
  return { outcome, recorder };
}
