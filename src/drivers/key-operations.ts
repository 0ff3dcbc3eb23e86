/** Private-key operations: all that is asked for in one turn of the event loop is one batch. */
import type { KeyOperations, KeyRequest, KeyResult } from '../signing/operations.ts';

/** The results that somebody waits for. */
export type Performed = Exclude<KeyResult, { readonly kind: 'impossible' | 'destroyed' }>;

export interface PendingOperations {
  /** `answer` hears the result in a later turn, or never when there can be none. */
  ask(request: KeyRequest, answer: (result: Performed) => void): void;
  /** Asked for and not yet done. */
  readonly waiting: number;
}

interface Asked {
  readonly request: KeyRequest;
  readonly answer: (result: Performed) => void;
}

/** @param failed hears why an operation cannot be done. */
export function pendingOperations(
  operations: Pick<KeyOperations, 'perform'> | undefined,
  failed: (reason: string) => void,
): PendingOperations {
  let batch: Asked[] = [];
  let waiting = 0;

  async function perform(): Promise<void> {
    const asked = batch;
    batch = [];
    const requests = asked.map(({ request }) => request);
    // Its contract is to say failures in the results; one that breaks it must not end the process.
    const results = await operations?.perform(requests).catch((error: unknown) => {
      return asked.map((): KeyResult => ({ kind: 'impossible', reason: String(error) }));
    });
    waiting -= asked.length;
    for (const [i, { request, answer }] of asked.entries()) {
      const result = results?.[i];
      if (result === undefined || result.kind === 'impossible') {
        const reason = result?.reason ?? 'nobody has keys';
        failed(`to ${request.kind} with key ${request.key}: ${reason}`);
      } else if (result.kind !== 'destroyed') answer(result);
    }
  }

  return {
    ask(request, answer) {
      waiting++;
      if (batch.push({ request, answer }) === 1) setImmediate(() => void perform());
    },
    get waiting() {
      return waiting;
    },
  };
}
