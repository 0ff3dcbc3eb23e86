/** Private-key operations of one instant: gathered, performed as one batch, answered. */
import type { ActorEvent } from '../machine/actor.ts';
import type { KeyOperations, KeyRequest, KeyResult } from '../signing/operations.ts';
import type { Host } from './host.ts';

export interface Asked {
  readonly host: Host;
  readonly id: string;
  readonly cause: number;
  readonly request: KeyRequest;
}

export interface PendingOperations {
  ask(asked: Asked): void;
  destroy(key: string): void;
  readonly waiting: number;
  /**
   * Performs all that waits; `answer` hears each result in the order of asking. One for a host that
   * has lost its power meanwhile is not heard: `still` says so.
   * @throws Error when there is nobody to perform it, or it cannot be: no such key.
   */
  perform(answer: (asked: Asked, event: ActorEvent, still: () => boolean) => void): Promise<void>;
}

export function pendingOperations(operations: KeyOperations | undefined): PendingOperations {
  let pending: (Asked & { readonly life: number })[] = [];
  return {
    ask(asked) {
      pending.push({ ...asked, life: asked.host.life });
    },
    destroy(key) {
      operations?.destroy(key);
    },
    get waiting() {
      return pending.length;
    },
    async perform(answer) {
      const batch = pending;
      pending = [];
      if (operations === undefined) {
        const { host, request } = batch[0] as Asked;
        throw new Error(`${host.actor.name} asks to ${request.kind}; nobody has private keys`);
      }
      const results = await operations.perform(batch.map(({ request }) => request));
      batch.forEach((asked, i) => {
        const event = eventOf(asked.id, results[i] as KeyResult);
        if (typeof event === 'string') {
          const { host, id, request } = asked;
          throw new Error(`${host.actor.name} asks to ${request.kind} (${id}): ${event}`);
        }
        answer(asked, event, () => asked.host.life === asked.life);
      });
    },
  };
}

/** The event that a result is heard as; a text: why there is none. */
export function eventOf(id: string, result: KeyResult): ActorEvent | string {
  return result.kind === 'impossible' ? result.reason : { ...result, id };
}
