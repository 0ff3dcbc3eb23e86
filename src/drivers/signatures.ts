/** Private-key operations: all that is asked for in one turn of the event loop is one batch. */
import type { Signer, SignRequest } from '../signing/signer.ts';

export interface Signatures {
  /** `answer` hears the signature in a later turn, or never when it cannot be made. */
  ask(request: SignRequest, answer: (signature: Uint8Array) => void): void;
  /** Asked for and not yet made. */
  readonly waiting: number;
}

interface Asked {
  readonly request: SignRequest;
  readonly answer: (signature: Uint8Array) => void;
}

/** @param failed hears why a signature cannot be made. */
export function signatures(
  signer: Signer | undefined,
  failed: (reason: string) => void,
): Signatures {
  let batch: Asked[] = [];
  let waiting = 0;

  async function sign(): Promise<void> {
    const asked = batch;
    batch = [];
    const requests = asked.map(({ request }) => request);
    // Its contract is to say failures in the results; one that breaks it must not end the process.
    const results = await signer?.sign(requests).catch((error: unknown) => {
      return asked.map(() => ({ ok: false, reason: String(error) }) as const);
    });
    waiting -= asked.length;
    for (const [i, { request, answer }] of asked.entries()) {
      const result = results?.[i];
      if (result?.ok === true) answer(result.signature);
      else failed(`with key ${request.key}: ${result?.reason ?? 'there is no signer'}`);
    }
  }

  return {
    ask(request, answer) {
      waiting++;
      if (batch.push({ request, answer }) === 1) setImmediate(() => void sign());
    },
    get waiting() {
      return waiting;
    },
  };
}
