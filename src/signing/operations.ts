/**
 * All that is done with private keys, by name: signatures go to the signer's provider as one batch,
 * the rest is done here. Who asks never sees the key.
 */

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { type KeyTransport, rsaDecrypt } from '../crypto/rsa.ts';
import type { KeyKind, KeyMaker } from './key-maker.ts';
import type { KeyStore, SigningKey } from './key-store.ts';
import type { Signer, SignRequest, SignResult } from './signer.ts';

export type KeyRequest =
  | ({ readonly kind: 'sign' } & SignRequest)
  | {
      readonly kind: 'decrypt';
      readonly key: string;
      readonly algorithm: KeyTransport;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'generate'; readonly key: string; readonly algorithm: KeyKind }
  | { readonly kind: 'destroy'; readonly key: string };

export type KeyResult =
  | { readonly kind: 'signed'; readonly signature: Uint8Array }
  /** Absent `data`: not encrypted to that key. */
  | { readonly kind: 'decrypted'; readonly data?: Uint8Array }
  | { readonly kind: 'generated'; readonly publicKey: Uint8Array }
  /** There is no key of that name, whether there was one or not. */
  | { readonly kind: 'destroyed' }
  /** The caller is at fault: no such key, no such algorithm, or one that does not go with the key. */
  | { readonly kind: 'impossible'; readonly reason: string };

export interface KeyOperations {
  /**
   * One result a request, in the requests' order, and as if done in that order: what is signed before
   * its key is destroyed has a signature. Never rejects.
   */
  perform(batch: readonly KeyRequest[]): Promise<readonly KeyResult[]>;
  stats(): KeyStatistics;
}

export interface KeyStatistics {
  readonly batches: number;
  /** By what came of them; `undecipherable`: `decrypted` without data. */
  readonly operations: Readonly<Record<Outcome, number>>;
  /** From the start of each batch to its end, summed. */
  readonly milliseconds: number;
}

export type Outcome = KeyResult['kind'] | 'undecipherable';

const NONE: KeyStatistics['operations'] = {
  signed: 0,
  decrypted: 0,
  undecipherable: 0,
  generated: 0,
  destroyed: 0,
  impossible: 0,
};

export function keyOperations(keys: KeyStore, signer: Signer, make: KeyMaker): KeyOperations {
  const ready = new WeakMap<SigningKey, KeyObject>();

  const opened = (key: SigningKey): KeyObject => {
    let found = ready.get(key);
    if (found === undefined) {
      found = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
      ready.set(key, found);
    }
    return found;
  };

  const decrypt = (request: Extract<KeyRequest, { readonly kind: 'decrypt' }>): KeyResult => {
    const key = keys.find(request.key);
    if (key === undefined)
      return { kind: 'impossible', reason: `no key is called "${request.key}"` };
    const object = opened(key);
    if (object.asymmetricKeyType !== 'rsa') {
      return {
        kind: 'impossible',
        reason: `${request.key} is no RSA key: nothing is encrypted to it`,
      };
    }
    const data = rsaDecrypt(request.algorithm, object, request.data);
    return data === undefined ? { kind: 'decrypted' } : { kind: 'decrypted', data };
  };

  const generate = (name: string, kind: KeyKind): KeyResult => {
    const { pkcs8, spki } = make(name, kind);
    keys.put(name, pkcs8);
    return { kind: 'generated', publicKey: spki };
  };

  /** All but signatures. */
  const done = (request: Exclude<KeyRequest, { readonly kind: 'sign' }>): KeyResult => {
    switch (request.kind) {
      case 'decrypt':
        return decrypt(request);
      case 'generate':
        return generate(request.key, request.algorithm);
      case 'destroy':
        keys.remove(request.key);
        return { kind: 'destroyed' };
    }
  };

  const results = async (batch: readonly KeyRequest[]): Promise<readonly KeyResult[]> => {
    const signatures = signing(signer);
    const begun = batch.map((request) => {
      if (request.kind === 'sign') return signatures.ask(request);
      if (request.kind !== 'decrypt') signatures.settle(request.key);
      try {
        return done(request);
      } catch (error) {
        return {
          kind: 'impossible',
          reason: `${request.key}: ${(error as Error).message}`,
        } as const;
      }
    });
    signatures.settle();
    return Promise.all(begun);
  };

  const operations: Record<Outcome, number> = { ...NONE };
  let batches = 0;
  let milliseconds = 0;

  return {
    async perform(batch) {
      const start = performance.now();
      const made = await results(batch);
      batches++;
      milliseconds += performance.now() - start;
      for (const result of made) operations[outcomeOf(result)]++;
      return made;
    },
    stats: () => ({ batches, operations: { ...operations }, milliseconds }),
  };
}

function outcomeOf(result: KeyResult): Outcome {
  return result.kind === 'decrypted' && result.data === undefined ? 'undecipherable' : result.kind;
}

interface Signing {
  ask(request: SignRequest): Promise<KeyResult>;
  /** Hands over what was asked for, all of it or when a signature by `key` is among it. */
  settle(key?: string): void;
}

/**
 * Gathers signatures into one batch, because a provider may do many at once; two when a key of the
 * first is made anew or destroyed in between. A signer looks keys up before it first waits.
 */
function signing(signer: Signer): Signing {
  let asked: { readonly request: SignRequest; answer(result: KeyResult): void }[] = [];
  return {
    ask: (request) => new Promise((answer) => void asked.push({ request, answer })),
    settle(key) {
      const all = asked;
      if (all.length === 0) return;
      if (key !== undefined && !all.some(({ request }) => request.key === key)) return;
      asked = [];
      const failed = (reason: string): void => {
        for (const { answer } of all) answer({ kind: 'impossible', reason });
      };
      signer.sign(all.map(({ request }) => request)).then(
        (signed) => {
          for (const [i, { answer }] of all.entries()) answer(keyResult(signed[i]));
        },
        // Its contract is to say failures in the results.
        (error: unknown) => failed(String(error)),
      );
    },
  };
}

function keyResult(result: SignResult | undefined): KeyResult {
  if (result?.ok === true) return { kind: 'signed', signature: result.signature };
  return { kind: 'impossible', reason: result?.reason ?? 'the signer gave no result' };
}
