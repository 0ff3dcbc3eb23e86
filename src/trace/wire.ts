/**
 * Steps as the trace writes them, and back: octets become links, secrets the place where they stand,
 * and keys take one fixed order, so that the same step gives the same line whoever built the objects.
 */
import { hash } from 'node:crypto';
import type { ActorEvent } from '../machine/actor.ts';
import type { WriteBatch } from '../machine/store.ts';
import { encodeBatch } from '../store/batch.ts';
import { OCTET_FIELDS, type TraceRecord, type Wire } from './record.ts';
import { RunError } from './run-error.ts';

/** An event or effect before it is written down; `net` has kinds of its own. */
export interface Recordable {
  readonly kind: string;
}

/** One step as the world and the drivers report it. */
export interface RecordedStep {
  /** Milliseconds since the start. */
  readonly at: number;
  readonly actor: string;
  readonly machine: string;
  readonly from: string;
  readonly event: Recordable;
  readonly to: string;
  readonly effects: readonly Recordable[];
  readonly cause?: number;
  /** Milliseconds by which the actor's own clock is ahead of the world's; absent: none. */
  readonly skew?: number;
}

/** Takes octets into the store and names them. */
export type Keep = (bytes: Uint8Array) => string;

/** The link of these octets: the first 16 hexadecimal digits of their SHA-256. */
export function linkOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, 16);
}

const LINK = /^[0-9a-f]{16}$/;

export function isLink(text: unknown): text is string {
  return typeof text === 'string' && LINK.test(text);
}

/** These come first, in this order, at every level; then the others by name; octets come last. */
const FIRST = [
  'kind',
  'verb',
  'what',
  'level',
  'transport',
  'from',
  'fromPort',
  'to',
  'toPort',
  'port',
  'connection',
  'message',
  'principal',
  'kvno',
  'etype',
  'key',
  'salt',
];
const RANK: ReadonlyMap<string, number> = new Map([
  ...FIRST.map((name, i): [string, number] => [name, i - FIRST.length]),
  ...[...OCTET_FIELDS].map((name, i): [string, number] => [name, i + 1]),
]);

function byRank(a: string, b: string): number {
  const difference = (RANK.get(a) ?? 0) - (RANK.get(b) ?? 0);
  return difference !== 0 ? difference : a < b ? -1 : a > b ? 1 : 0;
}

/** Sorted key lists by the list they were sorted from: few shapes are seen, over and over. */
const orders = new Map<string, readonly string[]>();
const ORDERS_MAX = 1024;

function orderedKeys(value: object): readonly string[] {
  const keys = Object.keys(value);
  const shape = keys.join('\0');
  const known = orders.get(shape);
  if (known !== undefined) return known;
  keys.sort(byRank);
  if (orders.size < ORDERS_MAX) orders.set(shape, keys);
  return keys;
}

type Fields = { readonly [name: string]: unknown };

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value without octets, its keys in order. */
function plain(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) {
    throw new Error(`${path} holds octets: the trace takes them at the top level only`);
  }
  if (Array.isArray(value)) return value.map((item, i) => plain(item, `${path}[${i}]`));
  const out: Record<string, unknown> = {};
  for (const name of orderedKeys(value)) {
    const field = (value as Fields)[name];
    if (field !== undefined) out[name] = plain(field, `${path}.${name}`);
  }
  return out;
}

function wireArgs(args: Fields, keep: Keep): Fields {
  const out: Record<string, unknown> = {};
  for (const name of orderedKeys(args)) {
    const value = args[name];
    if (value === undefined) continue;
    if (value instanceof Uint8Array) out[name] = { octets: keep(value) };
    else if (
      isFields(value) &&
      typeof value.secret === 'string' &&
      typeof value.from === 'string'
    ) {
      out[name] = { secretFrom: value.from };
    } else out[name] = plain(value, name);
  }
  return out;
}

/** A new domain is one write of thousands of records: their numbers stand in the line of few. */
const LISTED_RECORDS = 16;

/** What a write touched, for people; all of it behind one link. */
function wireOfWrite({ records, counters }: WriteBatch, keep: Keep): Wire {
  const listed = records.length <= LISTED_RECORDS ? { ids: records.map(({ id }) => id) } : {};
  const counted = counters === undefined ? {} : { counters: plain(counters, 'counters') };
  return {
    kind: 'write',
    ...counted,
    ...listed,
    records: records.length,
    bytes: keep(encodeBatch({ records, ...(counters === undefined ? {} : { counters }) })),
  };
}

/** An event or effect as the trace writes it. @throws Error when octets hide below the top level. */
export function wireOf(
  item: Recordable,
  keep: Keep,
  nameOf?: (bytes: Uint8Array) => string | undefined,
): Wire {
  if (item.kind === 'write' && 'batch' in item) return wireOfWrite(item.batch as WriteBatch, keep);
  const fields = item as Recordable & Fields;
  const out: Record<string, unknown> = {};
  for (const name of orderedKeys(item)) {
    const value = fields[name];
    if (value === undefined) continue;
    if (typeof value !== 'object' || value === null) out[name] = value;
    else if (value instanceof Uint8Array) {
      if (!OCTET_FIELDS.has(name)) {
        throw new Error(`${item.kind}.${name} holds octets: only ${[...OCTET_FIELDS]} may`);
      }
      if (name === 'bytes' && fields.message === undefined) {
        const message = nameOf?.(value);
        if (message !== undefined) out.message = message;
      }
      out[name] = keep(value);
    } else if (name === 'args' && isFields(value)) out[name] = wireArgs(value, keep);
    else out[name] = plain(value, name);
  }
  return out as Wire;
}

/** What {@link eventOf} needs to fill in what a trace leaves out. */
export interface Restored {
  /** The octets behind a link. */
  octets(link: string): Uint8Array | undefined;
  /** The secret that stands at a place of the scenario. */
  secret(place: string): string | undefined;
}

/**
 * The event that a {@link Wire} was made of.
 * @throws RunError when its octets or its secret are not there any more.
 */
export function eventOf(wire: Wire, from: Restored): ActorEvent {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(wire)) {
    if (OCTET_FIELDS.has(name)) out[name] = octetsOf(value, from, name);
    else if (name === 'args' && isFields(value)) out[name] = argsOf(value, from);
    else out[name] = value;
  }
  return out as unknown as ActorEvent;
}

function octetsOf(link: unknown, from: Restored, name: string): Uint8Array {
  const bytes = isLink(link) ? from.octets(link) : undefined;
  if (bytes === undefined) throw new RunError(`${name}: no octets for link ${String(link)}`);
  return bytes;
}

function argsOf(args: Fields, from: Restored): Fields {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    if (isFields(value) && isLink(value.octets)) out[name] = octetsOf(value.octets, from, name);
    else if (isFields(value) && typeof value.secretFrom === 'string') {
      const secret = from.secret(value.secretFrom);
      if (secret === undefined) throw new RunError(`${name}: no secret at ${value.secretFrom}`);
      out[name] = { secret, from: value.secretFrom };
    } else out[name] = value;
  }
  return out;
}

/** Every link that a record names, in order, with repetitions. */
export function linksOf(record: TraceRecord): string[] {
  const links: string[] = [];
  for (const wire of [record.event, ...record.effects]) {
    for (const name of OCTET_FIELDS) if (isLink(wire[name])) links.push(wire[name]);
    if (!isFields(wire.args)) continue;
    for (const value of Object.values(wire.args)) {
      if (isFields(value) && isLink(value.octets)) links.push(value.octets);
    }
  }
  return links;
}

/** The record's line in `trace.jsonl`, without the line's end. */
export function lineOf(record: TraceRecord): string {
  return JSON.stringify(record);
}
