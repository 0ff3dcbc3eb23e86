/** What the trace server shows: a trace that grows, or a finished run. */
import type { Run } from './read.ts';
import type { TraceRecord } from './record.ts';
import type { TraceRecorder } from './store.ts';

export type TraceSource = Pick<
  TraceRecorder,
  'next' | 'first' | 'records' | 'octets' | 'subscribe'
>;

/** A finished run: nothing comes any more. */
export function runSource(run: Run): TraceSource {
  const { records, octets } = run;
  return {
    next: records.length,
    first: 0,
    records: (from = 0, max = Number.POSITIVE_INFINITY): readonly TraceRecord[] =>
      records.slice(from, from + max),
    octets,
    subscribe: () => () => undefined,
  };
}
