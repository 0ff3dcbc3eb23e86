/**
 * The contract of every state machine here: `step(state, event, env)` returns the next state and what
 * is to be done, and does nothing itself. The same step given twice gives the same answer.
 */

/** What a step may ask of the world: the time and chance. */
export interface Env {
  /** Milliseconds since 1970-01-01T00:00:00Z by the actor's own clock (virtual, or the wall's). */
  readonly now: number;
  /** Octets drawn from (seed, actor, step), so that one step replays alone. */
  random(size: number): Uint8Array;
}

/** The next state and the effects, in the order in which they are to be carried out. */
export interface Step<S, F> {
  readonly state: S;
  readonly effects: readonly F[];
}

/** An event out of turn: the state is kept, and both halves of the surprise are said. */
export interface Rejected {
  readonly kind: 'rejected';
  readonly state: string;
  readonly got: string;
  readonly expected: readonly string[];
}

/** Goes to `state`, doing `effects`. */
export function to<S, F>(state: S, effects: readonly F[] = []): Step<S, F> {
  return { state, effects };
}

/** Keeps `state` itself (h11: an illegal move changes nothing) and says what was expected instead. */
export function unexpected<S extends { readonly name: string }>(
  state: S,
  event: { readonly kind: string },
  ...expected: readonly string[]
): Step<S, Rejected> {
  return {
    state,
    effects: [{ kind: 'rejected', state: state.name, got: event.kind, expected }],
  };
}

/** Closes a switch: the compiler complains when a case is missing, the program when a cast lied. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
