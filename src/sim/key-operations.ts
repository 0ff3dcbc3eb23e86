/** Private-key operations of one instant: gathered, performed as one batch, answered. */
import type { ActorEvent } from '../machine/actor.ts';
import type { KeyOperations, KeyRequest, KeyResult } from '../signing/operations.ts';
import type { Host } from './host.ts';

export interface Asked {
  readonly host: Host;
  /** Absent: nobody waits for an answer. */
  readonly id?: string;
  readonly cause: number;
  readonly request: KeyRequest;
}

export interface PendingOperations {
  ask(asked: Asked): void;
  readonly waiting: number;
  /**
   * Performs all that waits; `answer` hears each result in the order of asking. One for a host that
   * has lost its power meanwhile is not heard: `still` says so.
   * @throws Error when there is nobody to perform it, or it cannot be: no such key.
   */
  perform(answer: (asked: Asked, event: ActorEvent, still: () => boolean) => void): Promise<void>;
}

export function pendingOperations(
  operations: Pick<KeyOperations, 'perform'> | undefined,
): PendingOperations {
  let pending: (Asked & { readonly life: number })[] = [];
  return {
    ask(asked) {
      pending.push({ ...asked, life: asked.host.life });
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
        const { host, id, request } = asked;
        const result = results[i] as KeyResult;
        if (result.kind === 'impossible') {
          throw new Error(`${host.actor.name} asks to ${request.kind} (${id}): ${result.reason}`);
        }
        if (result.kind === 'destroyed' || id === undefined) return;
        answer(asked, { ...result, id }, () => host.life === asked.life);
      });
    },
  };
}
