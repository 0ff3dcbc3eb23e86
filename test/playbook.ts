/**
 * A machine's test as a dialogue: `.on(event).emits(...).ends(state)`. Every step is taken twice, and
 * has to give the same answer both times and leave the state that it was given as it was.
 */
import * as assert from 'uvu/assert';
import { toHex } from '../src/bytes/bytes.ts';
import type { Env, Step } from '../src/machine/machine.ts';

type Named = { readonly name: string };
type Kinded = { readonly kind: string };

/**
 * What an effect has to look like: the fields named, no others looked at. Objects are compared the
 * same way, octets and lists whole; a function is asked.
 */
export type Expected<F> = F extends unknown
  ? { readonly [P in keyof F]?: Expected<F[P]> | ((value: F[P]) => boolean) }
  : never;

export interface Playbook<S, E, F> {
  on(event: E): Playbook<S, E, F>;
  /** The effects of the last step: these, in this order, no more and no fewer. */
  emits(...expected: readonly Expected<F>[]): Playbook<S, E, F>;
  /** Some effects of the last step, in this order; others may stand between. */
  emitsAmongOthers(...expected: readonly Expected<F>[]): Playbook<S, E, F>;
  /** Looks at the last step's effects. */
  check(look: (effects: readonly F[], state: S) => void): Playbook<S, E, F>;
  /** The state's name after the last step. */
  ends(name: string): Playbook<S, E, F>;
  readonly state: S;
  readonly effects: readonly F[];
}

/** @param env for each step anew, so that chance begins at the same place when it is repeated */
export function playbook<S extends Named, E extends Kinded, F extends Kinded, V extends Env>(
  step: (state: S, event: E, env: V) => Step<S, F>,
  initial: S,
  env: () => V,
): Playbook<S, E, F> {
  let state = initial;
  let effects: readonly F[] = [];
  let last = 'before any event';
  const self: Playbook<S, E, F> = {
    on(event) {
      last = `on ${event.kind}`;
      const before = printed(state);
      const first = step(state, event, env());
      assert.is(printed(state), before, `${last}: the step changed the state that it was given`);
      const second = step(state, event, env());
      assert.is(printed(second), printed(first), `${last}: the same step gave another answer`);
      ({ state, effects } = first);
      return self;
    },
    emits(...expected) {
      assert.is(effects.length, expected.length, `${last}: emitted ${printed(effects)}`);
      expected.forEach((item, i) => {
        const path = `${last}: effect ${i}`;
        const difference = mismatch(effects[i], item, path);
        assert.is(difference, undefined, difference);
      });
      return self;
    },
    emitsAmongOthers(...expected) {
      let at = 0;
      for (const item of expected) {
        const found = effects.findIndex(
          (effect, i) => i >= at && mismatch(effect, item, '') === undefined,
        );
        assert.ok(found >= 0, `${last}: no ${printed(item)} in ${printed(effects.slice(at))}`);
        at = found + 1;
      }
      return self;
    },
    check(look) {
      look(effects, state);
      return self;
    },
    ends(name) {
      assert.is(state.name, name, last);
      return self;
    },
    get state() {
      return state;
    },
    get effects() {
      return effects;
    },
  };
  return self;
}

/** The first difference, or undefined. */
function mismatch(actual: unknown, expected: unknown, path: string): string | undefined {
  if (typeof expected === 'function') {
    return expected(actual) === true ? undefined : `${path}: ${printed(actual)} is not it`;
  }
  if (expected instanceof Uint8Array || Array.isArray(expected) || !isObject(expected)) {
    const same = printed(actual) === printed(expected);
    return same ? undefined : `${path}: expected ${printed(expected)}, got ${printed(actual)}`;
  }
  if (!isObject(actual)) return `${path}: expected ${printed(expected)}, got ${printed(actual)}`;
  for (const [name, value] of Object.entries(expected)) {
    const difference = mismatch(actual[name], value, `${path}.${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** One spelling for one value: octets as hex, maps and sets in their order. */
export function printed(value: unknown): string {
  return (
    JSON.stringify(value, (_, item: unknown) => {
      if (item instanceof Uint8Array) return `0x${toHex(item)}`;
      if (item instanceof Map) return { map: [...item] };
      if (item instanceof Set) return { set: [...item] };
      if (typeof item === 'bigint') return `${item}n`;
      return item === Number.POSITIVE_INFINITY ? 'Infinity' : item;
    }) ?? 'undefined'
  );
}
