/** What a call comes to: what the service knows then, the answers that are due, what it wants done. */
import type { CallName, ReturnOf } from './calls.ts';
import type { ServiceState } from './reader-state.ts';

/** A return for a request; `value` is what its codec takes. */
export type Answer = {
  readonly [N in CallName]: {
    readonly completionId: number;
    readonly name: N;
    readonly value: ReturnOf<N>;
  };
}[CallName];

/** What the service asks of whoever has the reader. */
export type Asking =
  | {
      readonly kind: 'transmit';
      readonly completionId: number;
      readonly reader: string;
      readonly command: Uint8Array;
    }
  /** The card has lost what was verified: it was reset, or powered down. */
  | { readonly kind: 'resets'; readonly reader: string }
  | { readonly kind: 'timer'; readonly completionId: number; readonly ms: number }
  | { readonly kind: 'note'; readonly text: string };

export interface Turn {
  readonly service: ServiceState;
  readonly answers: readonly Answer[];
  readonly effects?: readonly Asking[];
}

/** One answer, at once. */
export function answered<N extends CallName>(
  service: ServiceState,
  completionId: number,
  name: N,
  value: ReturnOf<N>,
  effects: readonly Asking[] = [],
): Turn {
  const answer = { completionId, name, value } as unknown as Answer;
  return { service, answers: [answer], effects };
}
