/**
 * A card with applications: which one is selected, long commands and answers, who waits for what. PIN and
 * key are not here: whoever composes this judges the one and asks the signing core for the other.
 */
import { equal } from '../../src/bytes/bytes.ts';
import type { KeyTransport } from '../../src/machine/actor.ts';
import {
  assertNever,
  type Env,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import { type CommandApdu, type ResponseApdu, responseOctets } from './apdu.ts';
import {
  type Answer,
  type Application,
  type ApplicationState,
  type CardContents,
  type CardOperation,
  refuse,
} from './application.ts';
import { type Exchange, give, NO_EXCHANGE, take } from './exchange.ts';
import { INSTRUCTION } from './instructions.ts';
import { STATUS, wrongPinStatus } from './status.ts';

/** Since the last reset. */
interface Session {
  readonly exchange: Exchange;
  /** Name of the selected application. */
  readonly application?: string;
  readonly within: ApplicationState;
  /** Operations that were ever asked for: their names must differ. */
  readonly operations: number;
}

export type State =
  | ({ readonly name: 'ready' } & Session)
  | ({ readonly name: 'expectVerdict'; readonly ne?: number } & Session)
  | ({
      readonly name: 'expectKey';
      readonly ne?: number;
      readonly id: string;
      readonly operation: CardOperation;
    } & Session);

export type Verdict = 'right' | 'wrong' | 'notUsable';

export type Event =
  /** One APDU. */
  | { readonly kind: 'received'; readonly bytes: Uint8Array }
  /** The card lost its power, or was reset: nothing is selected, no PIN is known. */
  | { readonly kind: 'reset' }
  /** Of the PIN of the last `verify`; `contents` have the tries that are left then. */
  | { readonly kind: 'judged'; readonly verdict: Verdict }
  | { readonly kind: 'signed'; readonly id: string; readonly signature: Uint8Array }
  | { readonly kind: 'decrypted'; readonly id: string; readonly data?: Uint8Array };

export type Effect =
  | { readonly kind: 'respond'; readonly bytes: Uint8Array }
  | { readonly kind: 'verify'; readonly pin: string }
  /** The PIN that was shown counts no more. */
  | { readonly kind: 'loggedOut' }
  | {
      readonly kind: 'sign';
      readonly id: string;
      readonly algorithm: string;
      readonly data: Uint8Array;
    }
  | {
      readonly kind: 'decrypt';
      readonly id: string;
      readonly algorithm: KeyTransport;
      readonly data: Uint8Array;
    }
  | Rejected;

export interface CardEnv extends Env {
  readonly contents: CardContents;
  readonly applications: readonly Application[];
}

const UNVERIFIED: ApplicationState = { environments: {}, verified: false };

export const initialState: State = {
  name: 'ready',
  exchange: NO_EXCHANGE,
  within: UNVERIFIED,
  operations: 0,
};

type Out = Step<State, Effect>;

export function step(state: State, event: Event, env: CardEnv): Out {
  switch (event.kind) {
    case 'reset':
      return reset(state);
    case 'received':
      return received(state, event.bytes, env);
    case 'judged':
      return judged(state, event, env);
    case 'signed':
    case 'decrypted':
      return operated(state, event, env);
    default:
      return assertNever(event);
  }
}

function reset({ operations, within: { verified } }: State): Out {
  return to({ ...initialState, operations }, verified ? [{ kind: 'loggedOut' }] : []);
}

function received(state: State, bytes: Uint8Array, env: CardEnv): Out {
  if (state.name !== 'ready') {
    // A reader sends nothing before the answer; whoever does is told, and nothing else happens.
    const { effects } = unexpected(state, { kind: 'received' }, 'judged', 'signed');
    const response = responseOctets({ data: new Uint8Array(0), status: STATUS.noDiagnosis });
    return to(state, [...effects, { kind: 'respond', bytes: response }]);
  }
  const taken = take(state.exchange, bytes);
  const next = { ...state, exchange: taken.exchange };
  if (taken.kind === 'answered') return to(next, [sent(taken.response)]);
  return carriedOut(next, taken.command, env);
}

function sent(response: ResponseApdu): Effect {
  return { kind: 'respond', bytes: responseOctets(response) };
}

type Ready = Extract<State, { readonly name: 'ready' }>;

function carriedOut(state: Ready, command: CommandApdu, env: CardEnv): Out {
  if (command.ins === INSTRUCTION.select && command.p1 === BY_NAME)
    return select(state, command, env);
  const application = applicationOf(state, env);
  // Nothing is selected by itself.
  if (application === undefined) return answered(state, refuse(STATUS.notFound), command.ne);
  const answer = application.command(command, env.contents, state.within);
  return answered(state, answer, command.ne);
}

const BY_NAME = 4;

function applicationOf(state: Session, { applications }: CardEnv): Application | undefined {
  return applications.find(({ name }) => name === state.application);
}

/** By the whole identifier or its beginning (ISO/IEC 7816-4:2013 §7.1.1, §8.2.1.2). */
function select(state: Ready, { data, p2, ne }: CommandApdu, env: CardEnv): Out {
  const found = env.applications.find(
    ({ aid, selectedBy }) => data.length >= selectedBy && equal(aid.subarray(0, data.length), data),
  );
  if (found === undefined) return answered(state, refuse(STATUS.notFound), ne);
  const answer = found.selected(p2);
  if (answer === undefined) return answered(state, refuse(STATUS.wrongParameters), ne);
  // The status of a PIN belongs to the application; the same one selected again keeps it.
  const same = state.application === found.name;
  const forgotten = !same && state.within.verified;
  const next: Ready = {
    ...state,
    application: found.name,
    within: same ? { ...state.within, environments: {} } : UNVERIFIED,
  };
  const { state: after, effects } = answered(
    next,
    { kind: 'respond', response: { data: answer, status: STATUS.ok } },
    ne,
  );
  return to(after, forgotten ? [{ kind: 'loggedOut' }, ...effects] : effects);
}

function answered(state: Session, answer: Answer, ne: number | undefined): Out {
  const { exchange, application, within, operations } = state;
  const session = {
    exchange,
    within,
    operations,
    ...(application === undefined ? {} : { application }),
  };
  const wanted = ne === undefined ? {} : { ne };
  switch (answer.kind) {
    case 'respond': {
      const { data, status } = answer.response;
      const given = give(data, status, ne);
      return to({ ...session, name: 'ready', exchange: given.exchange }, [sent(given.response)]);
    }
    case 'verify':
      return to({ ...session, name: 'expectVerdict', ...wanted }, [answer]);
    case 'logOut': {
      const forgotten: readonly Effect[] = within.verified ? [{ kind: 'loggedOut' }] : [];
      const next: State = { ...session, name: 'ready', within: UNVERIFIED };
      return to(next, [...forgotten, sent(OK)]);
    }
    case 'environments': {
      const changed = { ...within, environments: answer.environments };
      return to({ ...session, name: 'ready', within: changed }, [sent(OK)]);
    }
    case 'operate': {
      const { operation } = answer;
      const id = `card-${operations + 1}`;
      return to(
        { ...session, name: 'expectKey', operations: operations + 1, id, operation, ...wanted },
        [{ ...operation, id }],
      );
    }
    default:
      return assertNever(answer);
  }
}

const OK: ResponseApdu = { data: new Uint8Array(0), status: STATUS.ok };

function judged(
  state: State,
  event: Extract<Event, { readonly kind: 'judged' }>,
  { contents }: CardEnv,
): Out {
  if (state.name !== 'expectVerdict') return unexpected(state, event, 'received');
  const { within, ne } = state;
  const verified = event.verdict === 'right';
  const next = { ...state, within: { ...within, verified } };
  const { effects, state: after } = answered(
    next,
    refuse(verdictStatus(event.verdict, contents)),
    ne,
  );
  // A wrong PIN ends what a right one before it had opened.
  const forgotten = within.verified && !verified;
  return to(after, forgotten ? [{ kind: 'loggedOut' }, ...effects] : effects);
}

function verdictStatus(verdict: Verdict, { tries }: CardContents): number {
  if (verdict === 'right') return STATUS.ok;
  if (tries.left === 0) return STATUS.blocked;
  return verdict === 'wrong' ? wrongPinStatus(tries.left) : STATUS.dataNotUsable;
}

function operated(
  state: State,
  event: Extract<Event, { readonly kind: 'signed' | 'decrypted' }>,
  env: CardEnv,
): Out {
  // The answer to what was asked before a reset.
  if (state.name !== 'expectKey' || event.id !== state.id) return to(state);
  const { operation, ne } = state;
  const output = event.kind === 'signed' ? event.signature : event.data;
  const application = applicationOf(state, env);
  if (output === undefined || application === undefined) {
    return answered(state, refuse(STATUS.wrongData), ne);
  }
  const data = application.outcome(operation, output);
  return answered(state, { kind: 'respond', response: { data, status: STATUS.ok } }, ne);
}
