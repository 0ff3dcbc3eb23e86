/**
 * The sections of a scenario file that do not depend on roles. What an actor's fields, verbs and
 * states are comes from the roles (`src/scenario/load.ts` joins the two).
 */
import {
  actor,
  anything,
  defaulted,
  duration,
  exactly,
  type Infer,
  integer,
  listOf,
  type ObjectSchema,
  object,
  optional,
  pairOf,
  percentage,
  record,
  type Shape,
  skew,
  text,
  time,
} from '../schema/schema.ts';
import type { Fault } from '../sim/faults.ts';
import type { RoleDefinition } from './role.ts';

/** What every actor's entry may have besides the fields of its role. */
export const ACTOR = object({
  role: text('what kind of actor this is: a word of `kerblab list roles`'),
  clock: optional(skew('by how much its clock is ahead or behind from the start')),
});

/** All fields of an actor of that role. */
export function actorFields(role: RoleDefinition): ObjectSchema {
  return object({ ...ACTOR.shape, ...role.fields.shape }, role.about);
}

/** What a link does to packets, each absent one as {@link Link} of an ordinary network. */
const quality = {
  latency: optional(duration('how long a packet takes one way; ordinarily 1ms')),
  jitter: optional(duration('at most so much is added by chance')),
  loss: optional(percentage('how many packets are lost; TCP sends again')),
  duplicate: optional(percentage('how many datagrams come twice')),
  reorder: optional(percentage('how many datagrams are overtaken by later ones')),
  segment: optional(
    integer('octets of one TCP segment at most; ordinarily 1460', { min: 1, max: 65_535 }),
  ),
} as const;

export const link = object({
  between: pairOf('who is joined', actor('one end')),
  ...quality,
});

export const when = object(
  {
    actor: actor('who'),
    state: text('the state that it enters'),
    nth: defaulted(integer('the how-many-th time', { min: 1, max: 10_000 }), 1),
  },
  'when an actor enters a state',
);

/** An entry of `script`; `do` is checked by the verbs of the actor's role. */
export const act = object({
  at: optional(duration('this long after the start')),
  when: optional(when),
  after: optional(
    duration('this long after `when`, or, without `when`, after the entry before this one'),
  ),
  do: record('who does what: `actor`, one verb of its role, the verb’s fields', anything('')),
});

export const matcher = object({
  actor: optional(text('whose step it is')),
  sent: optional(text('the message that the step sends, by its name in the standard')),
  received: optional(text('the message that the step received')),
  state: optional(
    text('the state that the step enters; beside `sent` or `received`, the one that it ends in'),
  ),
  rejected: optional(exactly('the event came out of turn: true', true)),
  says: optional(
    text(
      'a part of what the step says for people: why something came to nothing, a line of an event log',
    ),
  ),
  with: optional(
    record(
      'fields of the message by path, decrypted, with names in place of numbers; null: absent; a list: contains these in this order; a path through a list: any item',
      anything(''),
    ),
  ),
});

export const expectations = object(
  {
    within: optional(duration('everything below must hold by then, and the run ends there')),
    trace: defaulted(
      listOf('steps that must happen in this order; others may stand between', matcher),
      [],
    ),
    never: defaulted(listOf('steps that must not happen', matcher), []),
    end: defaulted(
      record(
        'how actors must end: `actor: state`, `actor: { fields of its view }` or `actor.path: value`',
        anything(''),
      ),
      {},
    ),
  },
  'what must be seen, and what must not',
);

export const file = object({
  scenario: exactly('the version of the format: 1', 1),
  title: text('one line'),
  about: text('what happens and why, for somebody who learns from it'),
  specs: defaulted(listOf('the standards that it shows, with sections', text('a section')), []),
  seed: defaulted(integer('all chance comes from it; `--seed` has its way', { max: 2 ** 31 }), 1),
  start: defaulted(time('the wall clock at virtual time 0'), '2026-03-02T08:00:00Z'),
  actors: record('who is there, by name', anything('')),
  links: defaulted(
    listOf('how they are joined; a pair that is not named here is joined by a fast link', link),
    [],
  ),
  script: defaulted(listOf('what people do', anything('')), []),
  faults: defaulted(listOf('what breaks', anything('')), []),
  expect: defaulted(expectations, {}),
});

/** A kind of fault: which fields its entry has, and the fault that they say. */
export interface FaultForm {
  readonly name: string;
  readonly about: string;
  readonly example: string;
  /** The fields that tell this form from the others. */
  readonly marks: readonly string[];
  readonly schema: ObjectSchema<Shape>;
  fault(parsed: unknown): Fault;
}

function form<S extends Shape>(
  definition: Omit<FaultForm, 'schema' | 'fault'> & {
    readonly schema: ObjectSchema<S>;
    fault(parsed: Infer<ObjectSchema<S>>): Fault;
  },
): FaultForm {
  return definition as unknown as FaultForm;
}

const at = defaulted(duration('when it begins'), '0s');
const lasts = optional(duration('how long; to the end where it is absent'));
const both = pairOf('the two actors', actor('one end'));
const ends = (ms: number | undefined): { readonly ms?: number } => (ms === undefined ? {} : { ms });

/** Every kind of fault, by what its entry says. */
export const FAULT_FORMS: readonly FaultForm[] = [
  form({
    name: 'outage',
    about: 'no line of sight between two actors',
    example: '{ link: [laptop, dc1], at: 200ms, down: 5s }',
    marks: ['link', 'down'],
    schema: object({ link: both, at, down: duration('how long') }),
    fault: ({ link: ends, at: begin, down }) => ({
      kind: 'outage',
      link: ends,
      at: begin,
      ms: down,
    }),
  }),
  form({
    name: 'quality',
    about: 'a link gets worse, or better',
    example: '{ link: [laptop, dc1], at: 1s, for: 10s, loss: 30%, latency: 200ms }',
    marks: ['link'],
    schema: object({ link: both, at, for: lasts, ...quality }),
    fault: ({ link: pair, at: begin, for: ms, ...changes }) => ({
      kind: 'quality',
      link: pair,
      at: begin,
      ...ends(ms),
      changes,
    }),
  }),
  form({
    name: 'clock',
    about: 'an actor’s clock jumps',
    example: '{ actor: laptop, at: 1h, clock: +10m }',
    marks: ['actor', 'clock'],
    schema: object({ actor: actor('whose'), at, clock: skew('by how much') }),
    fault: ({ actor: name, at: begin, clock }) => ({
      kind: 'clock',
      actor: name,
      at: begin,
      ms: clock,
    }),
  }),
  form({
    name: 'sleep',
    about: 'an actor’s host sleeps: packets to it are lost, its timers come late',
    example: '{ actor: laptop, at: 1s, asleep: 30m }',
    marks: ['actor', 'asleep'],
    schema: object({ actor: actor('whose'), at, asleep: duration('how long') }),
    fault: ({ actor: name, at: begin, asleep }) => ({
      kind: 'sleep',
      actor: name,
      at: begin,
      ms: asleep,
    }),
  }),
  form({
    name: 'crash',
    about: 'an actor’s host loses power: memory, timers and connections are gone when it is back',
    example: '{ actor: dc1, at: 1s, down: 5s }',
    marks: ['actor'],
    schema: object({ actor: actor('whose'), at, down: duration('how long') }),
    fault: ({ actor: name, at: begin, down }) => ({
      kind: 'crash',
      actor: name,
      at: begin,
      ms: down,
    }),
  }),
];
