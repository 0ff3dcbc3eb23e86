/** A trace as the points that expectations look at, in order: within one record, what came before what went. */
import type { TraceRecord, Wire } from '../trace/record.ts';

export interface Point {
  readonly record: TraceRecord;
  readonly kind: 'received' | 'sent' | 'rejected' | 'note' | 'state';
  /** The event or effect; absent for `state`. */
  readonly wire?: Wire;
}

/** All points of a trace. */
export function pointsOf(records: readonly TraceRecord[]): readonly Point[] {
  return records.flatMap((record) => {
    const points: Point[] = [];
    if (record.event.kind === 'received') {
      points.push({ record, kind: 'received', wire: record.event });
    }
    for (const wire of record.effects) {
      if (wire.kind === 'send') points.push({ record, kind: 'sent', wire });
      else if (wire.kind === 'rejected') points.push({ record, kind: 'rejected', wire });
      else if (wire.kind === 'note') points.push({ record, kind: 'note', wire });
    }
    if (enters(record)) points.push({ record, kind: 'state' });
    return points;
  });
}

/** The step entered its state: it came from another, or it was the actor's first. */
export function enters(
  record: Pick<TraceRecord, 'from' | 'to'> & { event: { kind: string } },
): boolean {
  return record.from !== record.to || record.event.kind === 'started';
}
