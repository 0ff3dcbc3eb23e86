/**
 * The signing core. Whoever wants signatures hands over all that fall into one instant as one batch;
 * a provider makes them, how and where is its own affair (this thread, workers, another library).
 */
import { performance } from 'node:perf_hooks';
import {
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
  signatureAlgorithm,
} from '../crypto/signature-algorithms.ts';
import type { KeyStore, SigningKey } from './key-store.ts';

export interface SignRequest {
  /** Name of a key in the store. */
  readonly key: string;
  /** Name from {@link SIGNATURE_ALGORITHMS}: `sha256WithRSAEncryption`, `ES256` ... */
  readonly algorithm: string;
  /** The message; the algorithm digests it. */
  readonly data: Uint8Array;
}

export type SignResult =
  | { readonly ok: true; readonly signature: Uint8Array }
  | { readonly ok: false; readonly reason: string };

export interface Signer {
  /**
   * One result a request, in the requests' order, by the keys that the store holds at this moment.
   * Never rejects: what fails says so by itself.
   */
  sign(batch: readonly SignRequest[]): Promise<readonly SignResult[]>;
  stats(): SignStatistics;
  /** Lets go of what the provider holds; no `sign` after it. */
  close(): Promise<void>;
}

export interface SignStatistics {
  readonly provider: string;
  readonly batches: number;
  readonly signatures: number;
  readonly failures: number;
  /** Batches by size; each name is the least power of two that is not less than the size. */
  readonly batchSizes: Readonly<Record<string, number>>;
  readonly largestBatch: number;
  /** Signatures by algorithm. */
  readonly algorithms: Readonly<Record<string, number>>;
  /** From the start of each batch to its end, summed, and the longest. */
  readonly milliseconds: number;
  readonly longestMilliseconds: number;
}

/** A request whose key and algorithm are known. */
export interface SignTask {
  readonly key: SigningKey;
  readonly algorithm: SignatureAlgorithm;
  readonly data: Uint8Array;
}

/** Makes signatures, in the tasks' order. A task that fails does not fail the others. */
export interface SignProvider {
  readonly name: string;
  sign(tasks: readonly SignTask[]): Promise<readonly SignResult[]>;
  close(): Promise<void>;
}

type Counts = { -readonly [K in keyof SignStatistics]: SignStatistics[K] } & {
  readonly batchSizes: Record<string, number>;
  readonly algorithms: Record<string, number>;
};

export function signer(keys: KeyStore, provider: SignProvider): Signer {
  const counts: Counts = {
    provider: provider.name,
    batches: 0,
    signatures: 0,
    failures: 0,
    batchSizes: {},
    largestBatch: 0,
    algorithms: {},
    milliseconds: 0,
    longestMilliseconds: 0,
  };
  return {
    async sign(batch) {
      const start = performance.now();
      const results = await signAll(keys, provider, batch);
      count(counts, batch, results, performance.now() - start);
      return results;
    },
    stats: () => structuredClone(counts),
    close: () => provider.close(),
  };
}

async function signAll(
  keys: KeyStore,
  provider: SignProvider,
  batch: readonly SignRequest[],
): Promise<readonly SignResult[]> {
  const resolved = batch.map((request) => resolve(keys, request));
  const tasks = resolved.filter((item): item is SignTask => !('ok' in item));
  const made = await signedBy(provider, tasks);
  let next = 0;
  return resolved.map((item) => ('ok' in item ? item : (made[next++] as SignResult)));
}

async function signedBy(
  provider: SignProvider,
  tasks: readonly SignTask[],
): Promise<readonly SignResult[]> {
  if (tasks.length === 0) return [];
  const failed = (reason: string) => tasks.map(() => ({ ok: false, reason }) as const);
  try {
    const made = await provider.sign(tasks);
    if (made.length === tasks.length) return made;
    return failed(`${provider.name} made ${made.length} of ${tasks.length} results`);
  } catch (error) {
    return failed(`${provider.name} failed: ${error instanceof Error ? error.message : error}`);
  }
}

function resolve(keys: KeyStore, request: SignRequest): SignTask | (SignResult & { ok: false }) {
  const key = keys.find(request.key);
  if (key === undefined) {
    const known = keys.names().join(', ') || 'none';
    return { ok: false, reason: `no key is called "${request.key}" (known: ${known})` };
  }
  const algorithm = signatureAlgorithm(request.algorithm);
  if (algorithm === undefined) {
    const known = SIGNATURE_ALGORITHMS.join(', ');
    return { ok: false, reason: `no algorithm is called "${request.algorithm}" (known: ${known})` };
  }
  return { key, algorithm, data: request.data };
}

function count(
  counts: Counts,
  batch: readonly SignRequest[],
  results: readonly SignResult[],
  milliseconds: number,
): void {
  counts.batches++;
  counts.largestBatch = Math.max(counts.largestBatch, batch.length);
  const size = String(2 ** Math.ceil(Math.log2(Math.max(1, batch.length))));
  counts.batchSizes[size] = (counts.batchSizes[size] ?? 0) + 1;
  counts.milliseconds += milliseconds;
  counts.longestMilliseconds = Math.max(counts.longestMilliseconds, milliseconds);
  for (const [i, { algorithm }] of batch.entries()) {
    if (results[i]?.ok === true) {
      counts.signatures++;
      counts.algorithms[algorithm] = (counts.algorithms[algorithm] ?? 0) + 1;
    } else {
      counts.failures++;
    }
  }
}
