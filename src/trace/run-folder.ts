/**
 * Run folders: `trace.jsonl` (one record a line), `bytes/<link>` (octets, once each) and `result.json`.
 * Octets are written before the line that names them, and lines in order, so a folder whose writer was
 * killed is a shorter trace, never a wrong one. `result.json` says whether the trace is complete.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { utf8 } from '../bytes/bytes.ts';
import type { TraceRecorder, TraceSink } from './store.ts';
import { lineOf } from './wire.ts';

/** `result.json`: what it takes to repeat the run, and how it ended. */
export interface RunResult {
  readonly v: 1;
  /** The version of kerblab that ran it. */
  readonly kerblab: string;
  /** The scenario's name: its file's name without `.yaml`. */
  readonly scenario: string;
  /** The scenario file as it was run. */
  readonly text: string;
  readonly seed: number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly start: number;
  /** False while the run goes on, and when it was killed. */
  readonly complete: boolean;
  /** The actors' IPv4 addresses, for captures. */
  readonly addresses?: { readonly [actor: string]: string };
  /** What the run's caller adds: expectations, faults, options. */
  readonly [field: string]: unknown;
}

export interface RunWriter extends TraceSink {
  /** Puts everything that was appended into the files, before it returns. */
  flush(): void;
  /** Flushes and writes the last `result.json`. Nothing may be appended afterwards. */
  close(result: RunResult): void;
}

/** Bytes that may wait for the end of the turn before they are written. */
const PENDING_MAX = 1 << 20;

/** A file that is there whole or not at all; one with keys in it has mode 0o600. */
export function writeWhole(path: string, content: string | Uint8Array, mode = 0o666): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode });
  renameSync(temporary, path);
}

function writeResult(folder: string, result: RunResult): void {
  writeWhole(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
}

/**
 * Begins a run folder, over an older run's if there is one. What is appended is in the files at the
 * end of the event loop's turn, or when {@link RunWriter.flush} returns.
 * @param onError hears of the first failed write (a full disk); without it the error is thrown.
 */
export function openRun(
  folder: string,
  result: RunResult,
  onError?: (error: Error) => void,
): RunWriter {
  rmSync(join(folder, 'bytes'), { recursive: true, force: true });
  mkdirSync(join(folder, 'bytes'), { recursive: true });
  const file = openSync(join(folder, 'trace.jsonl'), 'w');
  writeResult(folder, { ...result, complete: false });
  let lines = '';
  let octets = new Map<string, Uint8Array>();
  let pending = 0;
  let scheduled = false;
  let failed = false;

  function flush(): void {
    scheduled = false;
    if (failed || pending === 0) return;
    try {
      for (const [link, bytes] of octets) writeOnce(join(folder, 'bytes', link), bytes);
      writeAll(file, utf8(lines));
    } catch (error) {
      failed = true;
      if (onError === undefined) throw error;
      onError(error as Error);
    }
    lines = '';
    octets = new Map();
    pending = 0;
  }

  return {
    append(record, fresh) {
      const line = lineOf(record);
      lines += `${line}\n`;
      pending += line.length + 1;
      for (const [link, bytes] of fresh) {
        octets.set(link, bytes);
        pending += bytes.length;
      }
      if (pending > PENDING_MAX) flush();
      else if (!scheduled) {
        scheduled = true;
        setImmediate(flush);
      }
    },
    flush,
    close(last) {
      flush();
      closeSync(file);
      failed = true;
      writeResult(folder, last);
    },
  };
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** Equal octets have equal links: a file that is there already is the right one. */
function writeOnce(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Writes a finished run: everything that `recorder` still holds. */
export function writeRun(folder: string, recorder: TraceRecorder, result: RunResult): void {
  const writer = openRun(folder, result);
  for (const record of recorder.records()) writer.append(record, NOTHING);
  const octets = new Map<string, Uint8Array>();
  for (const link of recorder.links()) octets.set(link, recorder.octets(link) as Uint8Array);
  for (const [link, bytes] of octets) writeOnce(join(folder, 'bytes', link), bytes);
  writer.close(result);
}

const NOTHING: ReadonlyMap<string, Uint8Array> = new Map();

/** Points `runs/latest` at a run folder below `runs`. */
export function markLatest(runs: string, folder: string): void {
  const target = relative(resolve(runs), resolve(folder));
  const latest = join(runs, 'latest');
  const temporary = `${latest}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  try {
    symlinkSync(target, temporary, 'dir');
  } catch (error) {
    // Windows lets only some users make symbolic links: a file that holds the path will do.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    writeFileSync(temporary, `${target}\n`);
  }
  renameSync(temporary, latest);
}

/** The folder that RUN on a command line means: a path, or `latest` below `runs`. */
export function runFolderOf(run: string, runs = 'runs'): string {
  if (run !== 'latest') return run;
  const latest = join(runs, 'latest');
  try {
    return join(dirname(latest), readlinkSync(latest));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') return latest;
    return join(dirname(latest), readFileSync(latest, 'utf8').trim());
  }
}
