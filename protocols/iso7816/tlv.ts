/** BER-TLV data objects (ISO/IEC 7816-4:2013 §5.2.2): tags of up to three octets, lengths of up to four. */
import { concat } from '../../src/bytes/bytes.ts';

export interface DataObject {
  /** The tag's octets as one number: 0x5c, 0x7f49, 0x5fc105. */
  readonly tag: number;
  readonly value: Uint8Array;
}

/** More than anybody nests or lists in what a card is sent. */
const MOST_OBJECTS = 64;

export function tlv(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const value = concat(...parts);
  return concat(tagOctets(tag), lengthOctets(value.length), value);
}

export function tagOctets(tag: number): Uint8Array {
  if (tag > 0xffff) return new Uint8Array([tag >> 16, (tag >> 8) & 0xff, tag & 0xff]);
  return new Uint8Array(tag > 0xff ? [tag >> 8, tag & 0xff] : [tag]);
}

function lengthOctets(length: number): Uint8Array {
  if (length < 0x80) return new Uint8Array([length]);
  if (length < 0x100) return new Uint8Array([0x81, length]);
  if (length < 0x10000) return new Uint8Array([0x82, length >> 8, length & 0xff]);
  return new Uint8Array([0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]);
}

/** The objects that stand one after another; undefined: malformed, or too many. */
export function readObjects(octets: Uint8Array): readonly DataObject[] | undefined {
  const objects: DataObject[] = [];
  for (let at = 0; at < octets.length; ) {
    const read = readObject(octets, at);
    if (read === undefined || objects.length === MOST_OBJECTS) return undefined;
    objects.push(read.object);
    at = read.end;
  }
  return objects;
}

function readObject(
  octets: Uint8Array,
  start: number,
): { readonly object: DataObject; readonly end: number } | undefined {
  const tag = readTag(octets, start);
  if (tag === undefined) return undefined;
  const length = readLength(octets, tag.end);
  if (length === undefined) return undefined;
  const end = length.end + length.value;
  if (end > octets.length) return undefined;
  return { object: { tag: tag.value, value: octets.slice(length.end, end) }, end };
}

interface Part {
  readonly value: number;
  readonly end: number;
}

function readTag(octets: Uint8Array, start: number): Part | undefined {
  let value = octets[start];
  if (value === undefined) return undefined;
  let end = start + 1;
  if ((value & 0x1f) !== 0x1f) return { value, end };
  for (; end < start + 3; ) {
    const next = octets[end++];
    if (next === undefined) return undefined;
    value = (value << 8) | next;
    if (next < 0x80) return { value, end };
  }
  return undefined;
}

function readLength(octets: Uint8Array, start: number): Part | undefined {
  const first = octets[start];
  if (first === undefined) return undefined;
  if (first < 0x80) return { value: first, end: start + 1 };
  const size = first & 0x7f;
  if (size === 0 || size > 3 || start + 1 + size > octets.length) return undefined;
  let value = 0;
  for (const octet of octets.subarray(start + 1, start + 1 + size)) value = value * 256 + octet;
  return { value, end: start + 1 + size };
}

/** The value of the first object of that tag. */
export function contentOf(
  objects: readonly DataObject[] | undefined,
  tag: number,
): Uint8Array | undefined {
  return objects?.find((object) => object.tag === tag)?.value;
}
