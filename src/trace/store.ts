/**
 * The trace while it grows: records in order, their octets once each. Bounded when asked for (`serve`
 * runs for days), complete otherwise (a run ends). The world and the drivers only see {@link TraceRecorder.record}.
 */
import type { TraceRecord, Wire } from './record.ts';
import { linkOf, type RecordedStep, wireOf } from './wire.ts';

/** Where records go besides memory, in order: a run folder. */
export interface TraceSink {
  append(record: TraceRecord, fresh: ReadonlyMap<string, Uint8Array>): void;
}

export interface TraceOptions {
  /** Records kept in memory; the oldest go first. Default: all. */
  readonly recordsMax?: number;
  /** Bytes kept in memory, octets and records together (an estimate). Default: no limit. */
  readonly bytesMax?: number;
  readonly sink?: TraceSink;
  /** Names messages that come without a name (from sockets). */
  readonly nameOf?: (bytes: Uint8Array) => string | undefined;
}

export interface TraceRecorder {
  /** Takes one step, tells subscribers and the sink, and returns its `seq`. */
  record(step: RecordedStep): number;
  /** The `seq` that the next record will have. */
  readonly next: number;
  /** The oldest record still in memory: as many have been dropped. */
  readonly first: number;
  /** Records from `from` on that are still in memory, oldest first; at most `max`. */
  records(from?: number, max?: number): readonly TraceRecord[];
  /** The octets behind a link, while a record in memory names it. */
  octets(link: string): Uint8Array | undefined;
  /** Links whose octets are in memory. */
  links(): IterableIterator<string>;
  /** Estimate of the bytes in memory. */
  readonly size: number;
  /** Calls `listener` after each record; the answer ends that. A listener must not throw. */
  subscribe(listener: (record: TraceRecord) => void): () => void;
}

/** Octets by link, once each, for as long as somebody uses them. */
interface OctetPool {
  /** One more use; `true` when the octets were not here before. */
  keep(link: string, bytes: Uint8Array): boolean;
  release(link: string): void;
  octets(link: string): Uint8Array | undefined;
  links(): IterableIterator<string>;
  readonly size: number;
}

function octetPool(): OctetPool {
  const kept = new Map<string, { readonly bytes: Uint8Array; uses: number }>();
  let size = 0;
  return {
    keep(link, bytes) {
      const known = kept.get(link);
      if (known !== undefined) {
        known.uses++;
        return false;
      }
      // A copy: sockets and writers use their buffers again, and a view would hold all of one.
      kept.set(link, { bytes: bytes.slice(), uses: 1 });
      size += bytes.length;
      return true;
    },
    release(link) {
      const known = kept.get(link);
      if (known === undefined || --known.uses > 0) return;
      kept.delete(link);
      size -= known.bytes.length;
    },
    octets: (link) => kept.get(link)?.bytes,
    links: () => kept.keys(),
    get size() {
      return size;
    },
  };
}

interface Entry {
  readonly record: TraceRecord;
  readonly links: readonly string[];
  readonly weight: number;
}

/** Entries by `seq`; the oldest leave first. */
interface Ring {
  readonly first: number;
  readonly next: number;
  /** Sum of the entries' weights. */
  readonly weight: number;
  push(entry: Entry): void;
  shift(): Entry;
  slice(from: number, max: number): readonly Entry[];
}

/** Dropped entries stand in front of the array until there are this many of them. */
const SWEEP = 1024;

function ring(): Ring {
  let entries: (Entry | undefined)[] = [];
  let base = 0; // seq of entries[0]
  let first = 0;
  let weight = 0;
  return {
    get first() {
      return first;
    },
    get next() {
      return base + entries.length;
    },
    get weight() {
      return weight;
    },
    push(entry) {
      entries.push(entry);
      weight += entry.weight;
    },
    shift() {
      const entry = entries[first - base] as Entry;
      entries[first - base] = undefined;
      first++;
      weight -= entry.weight;
      if (first - base >= SWEEP) {
        entries = entries.slice(first - base);
        base = first;
      }
      return entry;
    },
    slice(from, max) {
      const start = Math.max(from, first) - base;
      return entries.slice(start, start + max) as Entry[];
    },
  };
}

/** What a record takes in memory besides its octets, measured on V8 to within a factor of two. */
function weightOf(record: TraceRecord): number {
  let weight = 480 + weightOfWire(record.event);
  for (const effect of record.effects) weight += weightOfWire(effect);
  return weight;
}

function weightOfWire(wire: Wire): number {
  let weight = 160;
  for (const name in wire) {
    const value = wire[name];
    if (typeof value === 'string') weight += 32 + value.length;
    else weight += typeof value === 'object' ? 2 * JSON.stringify(value).length : 16;
  }
  return weight;
}

/** The step as a record, and the links it names; their octets go into the pool. */
function entryOf(
  step: RecordedStep,
  seq: number,
  pool: OctetPool,
  fresh: Map<string, Uint8Array>,
  nameOf: TraceOptions['nameOf'],
): Entry {
  const links: string[] = [];
  const keep = (bytes: Uint8Array): string => {
    const link = linkOf(bytes);
    links.push(link);
    if (pool.keep(link, bytes)) fresh.set(link, pool.octets(link) as Uint8Array);
    return link;
  };
  const { at, actor, machine, from, to, cause, skew } = step;
  const record: TraceRecord = {
    v: 1,
    seq,
    ...(cause === undefined ? {} : { cause }),
    at,
    actor,
    machine,
    ...(skew === undefined || skew === 0 ? {} : { skew }),
    from,
    event: wireOf(step.event, keep, nameOf),
    to,
    effects: step.effects.map((effect) => wireOf(effect, keep, nameOf)),
  };
  return { record, links, weight: weightOf(record) };
}

/** An empty trace. */
export function traceRecorder(options: TraceOptions = {}): TraceRecorder {
  const recordsMax = options.recordsMax ?? Number.POSITIVE_INFINITY;
  const bytesMax = options.bytesMax ?? Number.POSITIVE_INFINITY;
  const pool = octetPool();
  const kept = ring();
  const listeners = new Set<(record: TraceRecord) => void>();

  const isFull = (): boolean =>
    kept.next - kept.first > recordsMax || kept.weight + pool.size > bytesMax;

  return {
    record(step) {
      const fresh = new Map<string, Uint8Array>();
      const entry = entryOf(step, kept.next, pool, fresh, options.nameOf);
      kept.push(entry);
      options.sink?.append(entry.record, fresh);
      // The newest record stays, however large: somebody is about to be told of it.
      while (isFull() && kept.next - kept.first > 1) {
        for (const link of kept.shift().links) pool.release(link);
      }
      for (const listener of listeners) listener(entry.record);
      return entry.record.seq;
    },
    records: (from = 0, max = Number.POSITIVE_INFINITY) =>
      kept.slice(from, max).map((entry) => entry.record),
    octets: pool.octets,
    links: pool.links,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get next() {
      return kept.next;
    },
    get first() {
      return kept.first;
    },
    get size() {
      return kept.weight + pool.size;
    },
  };
}
