/** Private-key operations of one instant: gathered, handed to the signer as one batch, answered. */
import type { Signer, SignRequest } from '../signing/signer.ts';
import type { Host } from './host.ts';

export interface Asked {
  readonly host: Host;
  readonly id: string;
  readonly cause: number;
  readonly request: SignRequest;
}

export interface Signatures {
  ask(asked: Asked): void;
  readonly waiting: number;
  /**
   * Signs all that waits; `answer` hears each signature in the order of asking. One for a host that
   * has lost its power meanwhile is not heard: `still` says so.
   * @throws Error when there is no signer, or it does not know a key.
   */
  sign(answer: (asked: Asked, signature: Uint8Array, still: () => boolean) => void): Promise<void>;
}

export function signatures(signer: Signer | undefined): Signatures {
  let pending: (Asked & { readonly life: number })[] = [];
  return {
    ask(asked) {
      pending.push({ ...asked, life: asked.host.life });
    },
    get waiting() {
      return pending.length;
    },
    async sign(answer) {
      const batch = pending;
      pending = [];
      if (signer === undefined) {
        throw new Error(`${batch[0]?.host.actor.name} asks for a signature; there is no signer`);
      }
      const results = await signer.sign(batch.map(({ request }) => request));
      batch.forEach((asked, i) => {
        const result = results[i];
        if (result?.ok !== true) {
          const reason = result?.reason ?? 'the signer gave no result';
          throw new Error(`${asked.host.actor.name} asks for signature ${asked.id}: ${reason}`);
        }
        answer(asked, result.signature, () => asked.host.life === asked.life);
      });
    },
  };
}
