/** Reads a run folder back. Damage is reported with file and line, or with the link that it shows by. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { fromUtf8 } from '../bytes/bytes.ts';
import type { TraceRecord, Wire } from './record.ts';
import { RunError } from './run-error.ts';
import type { RunResult } from './run-folder.ts';
import { isLink, linkOf } from './wire.ts';

/** A run as it was recorded. */
export interface Run {
  readonly folder: string;
  readonly result: RunResult;
  readonly records: readonly TraceRecord[];
  /** The run was killed while it wrote its last line, which is left out. */
  readonly torn: boolean;
  /**
   * The octets behind a link, or undefined when there is no such file.
   * @throws RunError when the file's octets have another link: it was changed.
   */
  octets(link: string): Uint8Array | undefined;
}

/** @throws RunError */
export function readRun(folder: string): Run {
  const result = readResult(folder);
  const records: TraceRecord[] = [];
  const path = join(folder, 'trace.jsonl');
  const { lines, rest } = readLines(path);
  for (const line of lines) records.push(recordOf(line, path, records.length));
  if (rest.length > 0 && result.complete) {
    throw new RunError(`${path}:${records.length + 1}: the line is cut off`);
  }
  return { folder, result, records, torn: rest.length > 0, octets: octetReader(folder) };
}

function readResult(folder: string): RunResult {
  const path = join(folder, 'result.json');
  const value = parse(readText(path, folder), path);
  const problem = resultProblem(value);
  if (problem !== undefined) throw new RunError(`${path}: ${problem}`);
  return value as RunResult;
}

function readText(path: string, folder: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' || code === 'ENOTDIR' ? 'is not there' : `cannot be read (${code})`;
    throw new RunError(
      `${path} ${why}: "${folder}" is not a run folder (expected trace.jsonl, bytes/ and result.json, as "kerblab run" leaves them)`,
      { cause },
    );
  }
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RunError(`${where}: not JSON: ${(cause as Error).message}`, { cause });
  }
}

function resultProblem(value: unknown): string | undefined {
  if (!isFields(value)) return 'expected an object';
  if (value.v !== 1) return `expected version 1 of the result, got ${JSON.stringify(value.v)}`;
  for (const name of ['kerblab', 'scenario', 'text']) {
    if (typeof value[name] !== 'string') return `${name}: expected a text`;
  }
  for (const name of ['seed', 'start']) {
    if (!Number.isSafeInteger(value[name])) return `${name}: expected a whole number`;
  }
  if (typeof value.complete !== 'boolean') return 'complete: expected true or false';
  return undefined;
}

const CHUNK = 1 << 16;
const LINE_MAX = 64 << 20;

/** All whole lines of a file, and what follows the last line's end. */
function readLines(path: string): { readonly lines: readonly string[]; readonly rest: string } {
  const lines: string[] = [];
  const file = openTrace(path);
  try {
    let held: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const chunk = new Uint8Array(CHUNK);
      const size = readSync(file, chunk);
      if (size === 0) return { lines, rest: join8(held) };
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0 && at < size; at = chunk.indexOf(10, from)) {
        held.push(chunk.subarray(from, at));
        lines.push(join8(held));
        held = [];
        length = 0;
        from = at + 1;
      }
      if (from < size) held.push(chunk.subarray(from, size));
      length += size - from;
      if (length > LINE_MAX) {
        throw new RunError(
          `${path}:${lines.length + 1}: the line is longer than ${LINE_MAX} bytes`,
        );
      }
    }
  } finally {
    closeSync(file);
  }
}

function openTrace(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new RunError(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    });
  }
}

function join8(parts: readonly Uint8Array[]): string {
  return fromUtf8(parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts));
}

function recordOf(line: string, path: string, seq: number): TraceRecord {
  const where = `${path}:${seq + 1}`;
  const value = parse(line, where);
  const problem = recordProblem(value, seq);
  if (problem !== undefined) throw new RunError(`${where}: ${problem}`);
  return value as TraceRecord;
}

/** What is wrong with a record that should be number `seq`; undefined when nothing is. */
export function recordProblem(value: unknown, seq: number): string | undefined {
  if (!isFields(value)) return 'expected an object';
  if (value.v !== 1) return `expected version 1 of the record, got ${JSON.stringify(value.v)}`;
  if (value.seq !== seq) return `expected seq ${seq}, got ${JSON.stringify(value.seq)}`;
  const { cause, at, skew } = value;
  if (
    cause !== undefined &&
    !(Number.isSafeInteger(cause) && Number(cause) >= 0 && Number(cause) < seq)
  ) {
    return `cause: expected the seq of an earlier record, got ${JSON.stringify(cause)}`;
  }
  if (typeof at !== 'number') return `at: expected milliseconds, got ${JSON.stringify(at)}`;
  if (skew !== undefined && typeof skew !== 'number') return 'skew: expected milliseconds';
  for (const name of ['actor', 'machine', 'from', 'to']) {
    if (typeof value[name] !== 'string') {
      return `${name}: expected a text, got ${JSON.stringify(value[name])}`;
    }
  }
  if (!isWire(value.event)) return 'event: expected an object with a kind';
  if (!Array.isArray(value.effects)) return 'effects: expected a list';
  const wrong = value.effects.findIndex((effect) => !isWire(effect));
  return wrong < 0 ? undefined : `effects[${wrong}]: expected an object with a kind`;
}

function isFields(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWire(value: unknown): value is Wire {
  return isFields(value) && typeof value.kind === 'string';
}

const OCTETS_MAX = 64 << 20;

function octetReader(folder: string): (link: string) => Uint8Array | undefined {
  // Replay, export and the viewer ask for the same octets again and again.
  const seen = new Map<string, Uint8Array>();
  let size = 0;
  return (link) => {
    const known = seen.get(link);
    if (known !== undefined) return known;
    if (!isLink(link)) return undefined;
    const path = join(folder, 'bytes', link);
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(readFileSync(path));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      throw new RunError(`${path} cannot be read (${code})`, { cause });
    }
    const link2 = linkOf(bytes);
    if (link2 !== link) {
      throw new RunError(`${path}: these octets have link ${link2}: the file was changed`);
    }
    if (size + bytes.length <= OCTETS_MAX) {
      seen.set(link, bytes);
      size += bytes.length;
    }
    return bytes;
  };
}
