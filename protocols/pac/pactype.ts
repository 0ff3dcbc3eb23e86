/**
 * PACTYPE (MS-PAC 2.3): the directory in front and the buffers behind it, as Windows lays them out:
 * each on a boundary of 8 octets, what lies between zero, the whole a multiple of 8.
 */
import { view } from '../../src/bytes/bytes.ts';
import type { Field } from '../../src/der/explain.ts';
import { attempt, type Decoded, NdrError } from '../../src/ndr/codec.ts';
import { BUFFERS } from './buffers.ts';
import { pacTypeName } from './constants.ts';

/** What a buffer holds, and which it is. */
export interface PacBuffer {
  readonly ulType: number;
  /** cbBufferSize octets. */
  readonly bytes: Uint8Array;
}

/** MS-PAC 2.4: a buffer in its place; `bytes` is a view of the PAC's own memory. */
export interface PacInfoBuffer extends PacBuffer {
  readonly Offset: number;
}

/** A PAC: its octets and where its buffers are in them. */
export interface Pac {
  readonly bytes: Uint8Array;
  readonly buffers: readonly PacInfoBuffer[];
}

const HEADER_LENGTH = 8;
const INFO_BUFFER_LENGTH = 16;
/** More than MS-PAC numbers; what came from elsewhere and is unknown must fit too. */
const BUFFERS_MAX = 64;

const padded = (length: number): number => (length + 7) & ~7;

/** A new PAC with copies of the buffers, in this order. Signatures are still to be made. */
export function layoutPac(buffers: readonly PacBuffer[]): Pac {
  let size = HEADER_LENGTH + INFO_BUFFER_LENGTH * buffers.length;
  for (const { bytes } of buffers) size += padded(bytes.length);
  const bytes = new Uint8Array(size);
  const numbers = view(bytes);
  numbers.setUint32(0, buffers.length, true);
  let Offset = HEADER_LENGTH + INFO_BUFFER_LENGTH * buffers.length;
  const placed = buffers.map((buffer, i) => {
    const entry = HEADER_LENGTH + INFO_BUFFER_LENGTH * i;
    numbers.setUint32(entry, buffer.ulType, true);
    numbers.setUint32(entry + 4, buffer.bytes.length, true);
    numbers.setUint32(entry + 8, Offset, true);
    const place = bytes.subarray(Offset, Offset + buffer.bytes.length);
    place.set(buffer.bytes);
    const info = { ulType: buffer.ulType, Offset, bytes: place };
    Offset += padded(buffer.bytes.length);
    return info;
  });
  return { bytes, buffers: placed };
}

/** The directory of a PAC; buffers stay views of `bytes`. Nothing is believed about their contents. */
export function readPac(bytes: Uint8Array): Decoded<Pac> {
  return attempt(() => {
    if (bytes.length < HEADER_LENGTH)
      fail('', 0, `expected at least 8 octets, got ${bytes.length}`);
    const numbers = view(bytes);
    const cBuffers = numbers.getUint32(0, true);
    if (cBuffers > BUFFERS_MAX)
      fail('cBuffers', 0, `at most ${BUFFERS_MAX} expected, got ${cBuffers}`);
    const Version = numbers.getUint32(4, true);
    if (Version !== 0) fail('Version', 4, `expected 0, got ${Version}`);
    const first = HEADER_LENGTH + INFO_BUFFER_LENGTH * cBuffers;
    if (first > bytes.length)
      fail('Buffers', 8, `${cBuffers} entries are not in ${bytes.length} octets`);
    const buffers: PacInfoBuffer[] = [];
    for (let i = 0; i < cBuffers; i++)
      buffers.push(readInfoBuffer(bytes, numbers, i, first, buffers));
    return { bytes, buffers };
  });
}

function readInfoBuffer(
  bytes: Uint8Array,
  numbers: DataView,
  i: number,
  first: number,
  before: readonly PacInfoBuffer[],
): PacInfoBuffer {
  const entry = HEADER_LENGTH + INFO_BUFFER_LENGTH * i;
  const path = `Buffers[${i}]`;
  const ulType = numbers.getUint32(entry, true);
  const cbBufferSize = numbers.getUint32(entry + 4, true);
  const Offset = numbers.getUint32(entry + 8, true);
  const high = numbers.getUint32(entry + 12, true);
  if (Offset % 8 !== 0) fail(path, entry + 8, `Offset ${Offset} is no multiple of 8`);
  if (high !== 0 || Offset < first || Offset + cbBufferSize > bytes.length) {
    fail(path, entry + 4, `${cbBufferSize} octets at ${Offset} are not in ${bytes.length} octets`);
  }
  if (before.some((buffer) => buffer.ulType === ulType)) {
    fail(path, entry, `a second ${pacTypeName(ulType)}`);
  }
  return { ulType, Offset, bytes: bytes.subarray(Offset, Offset + cbBufferSize) };
}

function fail(path: string, offset: number, reason: string): never {
  throw new NdrError(path, offset, reason);
}

/** The octets of the buffer of this type, if there is one. */
export function pacBuffer(pac: Pac, ulType: number): Uint8Array | undefined {
  return pac.buffers.find((buffer) => buffer.ulType === ulType)?.bytes;
}

/** Rows with offsets from the start of the PAC: the directory, then what is in each buffer. */
export function explainPac(bytes: Uint8Array, path = 'PACTYPE'): Field[] {
  const read = readPac(bytes);
  const end = bytes.length;
  if (!read.ok) {
    const { offset, message } = read.error;
    return [{ path, type: 'error', start: Math.min(offset, end), end, value: message }];
  }
  const { buffers } = read.value;
  const rows: Field[] = [
    { path, type: 'PACTYPE', start: 0, end },
    { path: `${path}.cBuffers`, type: 'ULONG', start: 0, end: 4, value: buffers.length },
    { path: `${path}.Version`, type: 'ULONG', start: 4, end: 8, value: 0 },
  ];
  buffers.forEach(({ ulType, Offset, bytes: octets }, i) => {
    const start = HEADER_LENGTH + INFO_BUFFER_LENGTH * i;
    const entry = `${path}.Buffers[${i}]`;
    const name = pacTypeName(ulType);
    rows.push(
      { path: entry, type: 'PAC_INFO_BUFFER', start, end: start + INFO_BUFFER_LENGTH, name },
      { path: `${entry}.ulType`, type: 'ULONG', start, end: start + 4, value: ulType, name },
      {
        path: `${entry}.cbBufferSize`,
        type: 'ULONG',
        start: start + 4,
        end: start + 8,
        value: octets.length,
      },
      {
        path: `${entry}.Offset`,
        type: 'ULONG64',
        start: start + 8,
        end: start + 16,
        value: Offset,
      },
    );
  });
  for (const { ulType, Offset, bytes: octets } of buffers) {
    const entry = `${path}.${pacTypeName(ulType)}`;
    const contents = BUFFERS.get(ulType)?.explain(octets, entry) ?? [
      { path: entry, type: 'octets', start: 0, end: octets.length },
    ];
    for (const row of contents) {
      rows.push({ ...row, start: row.start + Offset, end: row.end + Offset });
    }
  }
  return rows;
}
