/** What a file `bench/<name>.bench.ts` exports, and what it is given. */

export interface RowOptions {
  /** Items that one call works on (signatures of a batch, exchanges ...): throughput is per item. */
  readonly items?: number;
  /** The row that the ratios of this suite refer to; absent everywhere: the first. */
  readonly yardstick?: boolean;
}

/**
 * Takes rows. Inputs are made and the result is verified before `add` is called: a benchmark that is
 * wrong is not fast. A promise that `run` returns is awaited.
 */
export interface Bench {
  add(row: string, run: () => unknown, options?: RowOptions): void;
}

export interface SuiteModule {
  /** What people write to choose the suite. */
  readonly name: string;
  /** Adds its rows; what it returns, if anything, is called after they ran, to close what it opened. */
  suite(bench: Bench): Promise<unknown> | unknown;
}
