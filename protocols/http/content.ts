/** Where a message's content ends (RFC 9112 §6), and how the chunked transfer coding is read (§7.1). */
import { concat } from '../../src/bytes/bytes.ts';
import { type Field, field, HEAD_LIMIT, latin1, type Refused, refused } from './head.ts';
import type { StartLine } from './start-line.ts';

/** Octets of a message's content at most. */
export const CONTENT_LIMIT = 1 << 20;
/** More of them would cost too much to walk over each time when octets come one by one. */
const CHUNKS_MAX = 4_096;
const CHUNK_LINE_MAX = 256;

const CR = 0x0d;
const LF = 0x0a;

/** `size` in octets. `chunked`: the content says itself where it ends. */
export type Extent =
  | { readonly kind: 'sized'; readonly size: number }
  | { readonly kind: 'chunked' }
  | Refused;

/** RFC 9112 §6.3, without content that lasts until the connection ends. */
export function contentExtent(start: StartLine, fields: readonly Field[], limit: number): Extent {
  if (start.kind === 'response' && (start.status < 200 || [204, 304].includes(start.status))) {
    return { kind: 'sized', size: 0 };
  }
  const coding = field(fields, 'Transfer-Encoding');
  const length = field(fields, 'Content-Length');
  if (coding !== undefined) {
    // Two lengths that contradict each other are how requests are smuggled (RFC 9112 §11.2).
    if (length !== undefined) return refused(400, 'both Transfer-Encoding and Content-Length');
    if (start.minor === 0) return refused(400, 'Transfer-Encoding in HTTP/1.0');
    if (coding.toLowerCase() !== 'chunked') return refused(501, `the transfer coding ${coding}`);
    return { kind: 'chunked' };
  }
  if (length === undefined) {
    if (start.kind === 'request') return { kind: 'sized', size: 0 };
    return refused(400, 'content without a length: up to the end of the connection is not read');
  }
  const [first, ...others] = length.split(/[ \t]*,[ \t]*/);
  if (first === undefined || !/^\d{1,15}$/.test(first) || others.some((other) => other !== first)) {
    return refused(400, `Content-Length: ${length.slice(0, 40)}`);
  }
  const size = Number(first);
  return size > limit ? tooLong(limit) : { kind: 'sized', size };
}

function tooLong(limit: number): Refused {
  return refused(413, `the content is longer than ${limit} octets`);
}

export type Chunks =
  /** `end`: behind the trailer section. */
  | { readonly kind: 'chunks'; readonly chunks: readonly Uint8Array[]; readonly end: number }
  | { readonly kind: 'more' }
  | Refused;

/** Walks over chunks from `at`. Extensions and trailer fields are passed over (§7.1.1, §7.1.2). */
export function readChunks(buffer: Uint8Array, at: number, limit: number): Chunks {
  const chunks: Uint8Array[] = [];
  let total = 0;
  let start = at;
  for (;;) {
    const line = readLine(buffer, start, CHUNK_LINE_MAX);
    if (line.kind !== 'line') return line;
    const size = chunkSize(line.text);
    if (size === undefined) return refused(400, 'no chunk size where one has to be');
    start = line.end;
    if (size === 0) return readTrailers(buffer, start, chunks);
    total += size;
    if (total > limit) return tooLong(limit);
    if (chunks.length === CHUNKS_MAX) return refused(413, `more than ${CHUNKS_MAX} chunks`);
    const end = start + size;
    if (buffer.length < end + 2) return { kind: 'more' };
    if (buffer[end] !== CR || buffer[end + 1] !== LF) {
      return refused(400, 'a chunk is longer than its size says');
    }
    chunks.push(buffer.subarray(start, end));
    start = end + 2;
  }
}

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return concat(...chunks);
}

/** Hexadecimal, before what extensions there are; up to eight digits. */
function chunkSize(line: string): number | undefined {
  const digits = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?$/.exec(line)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

function readTrailers(buffer: Uint8Array, from: number, chunks: readonly Uint8Array[]): Chunks {
  let at = from;
  for (;;) {
    const line = readLine(buffer, at, HEAD_LIMIT - (at - from));
    if (line.kind === 'refused') return refused(431, 'the trailer section is too long');
    if (line.kind === 'more') return line;
    at = line.end;
    if (line.text === '') return { kind: 'chunks', chunks, end: at };
  }
}

type Line =
  | { readonly kind: 'line'; readonly text: string; readonly end: number }
  | { readonly kind: 'more' }
  | Refused;

function readLine(buffer: Uint8Array, start: number, max: number): Line {
  const window = buffer.subarray(start, start + Math.max(max, 0) + 2);
  const lf = window.indexOf(LF);
  if (lf < 0) {
    return window.length > max ? refused(400, 'a chunk has too long a line') : { kind: 'more' };
  }
  if (lf === 0 || window[lf - 1] !== CR) return refused(400, 'a LF by itself between chunks');
  const text = latin1(window.subarray(0, lf - 1));
  if (text.includes('\r')) return refused(400, 'a CR by itself between chunks');
  return { kind: 'line', text, end: start + lf + 1 };
}
