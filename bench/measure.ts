/** Runs one suite's rows with tinybench and takes the numbers from it. */
import { Bench as Tinybench } from 'tinybench';
import type { RowOptions, SuiteModule } from './suite.ts';

export interface Measured {
  readonly row: string;
  readonly items: number;
  /** Per item, from the median call: a busy neighbour moves the mean, not the median. */
  readonly itemsPerSecond: number;
  /** Of one call, in microseconds. Fast rows are timed in loops: each sample is a loop's mean. */
  readonly medianMicroseconds: number;
  readonly p99Microseconds: number;
  readonly samples: number;
  readonly callsPerSample: number;
  /** Throughput over that of the suite's yardstick in the same run. */
  readonly ratio: number;
}

interface Row {
  readonly name: string;
  readonly run: () => unknown;
  readonly options: RowOptions;
}

/** One reading of the clock costs some 50 ns: a sample is to be long against it. */
const SAMPLE = 0.05;
const MOST_CALLS = 1000;

/**
 * @param time milliseconds a row; a smoke run takes a few
 * @throws what a row or the suite throws: a failing benchmark has no numbers.
 */
export async function measure(
  module: SuiteModule,
  time: number,
  smoke: boolean,
): Promise<readonly Measured[]> {
  const rows: Row[] = [];
  const finish = await module.suite({
    add: (name, run, options = {}) => rows.push({ name, run, options }),
  });
  if (rows.length === 0) throw new Error(`the suite ${module.name} added no rows`);
  const measured: Measured[] = [];
  try {
    for (const row of rows) measured.push(await measureRow(row, time, smoke));
  } finally {
    if (typeof finish === 'function') await finish();
  }
  const yardstick = measured[
    Math.max(
      0,
      rows.findIndex(({ options }) => options.yardstick === true),
    )
  ] as Measured;
  return measured.map((row) => ({ ...row, ratio: row.itemsPerSecond / yardstick.itemsPerSecond }));
}

async function measureRow(row: Row, time: number, smoke: boolean): Promise<Measured> {
  const calls = smoke ? 1 : await callsPerSample(row, time / 4);
  const bench = new Tinybench({
    time,
    iterations: smoke ? 1 : 16,
    warmup: false, // callsPerSample has run it for a quarter of the time
    throws: true,
    retainSamples: false,
  });
  bench.add(row.name, calls === 1 ? row.run : looped(row.run, calls));
  await bench.run();
  const result = bench.tasks[0]?.result;
  if (result?.state !== 'completed')
    throw new Error(`${row.name}: ${result?.state ?? 'no result'}`);
  const { latency } = result;
  const items = row.options.items ?? 1;
  const median = latency.p50 / calls;
  return {
    row: row.name,
    items,
    itemsPerSecond: (items * 1000) / median,
    medianMicroseconds: median * 1000,
    p99Microseconds: (latency.p99 / calls) * 1000,
    samples: latency.samplesCount,
    callsPerSample: calls,
    ratio: 1,
  };
}

function looped(run: () => unknown, calls: number): () => void {
  return () => {
    for (let i = 0; i < calls; i++) run();
  };
}

/** Warms the row up for `time` ms; then says how many calls make a sample. Async rows: one. */
async function callsPerSample(row: Row, time: number): Promise<number> {
  const first = row.run();
  if (first instanceof Promise) {
    await first;
    const end = performance.now() + time;
    while (performance.now() < end) await row.run();
    return 1;
  }
  let calls = 1;
  for (const start = performance.now(), end = start + time; ; ) {
    const before = performance.now();
    for (let i = 0; i < calls; i++) row.run();
    const after = performance.now();
    const each = (after - before) / calls;
    if (after >= end) return Math.min(MOST_CALLS, Math.max(1, Math.ceil(SAMPLE / each)));
    calls = Math.min(MOST_CALLS, calls * 2);
    if (each * calls > time / 4) calls = Math.max(1, Math.floor(calls / 4));
  }
}
