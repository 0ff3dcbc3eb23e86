/** ASN.1's character strings (X.690 §8.23), each read strictly and given as a JavaScript string. */
import { fromUtf8Strict, utf8 } from '../bytes/bytes.ts';
import type { Codec, Reader } from './codec.ts';
import { slice } from './primitives.ts';
import type { Writer } from './writer.ts';

/**
 * Short texts seen lately: realms and names repeat in every message, and comparing octets with a
 * string that is there is cheaper than making it again. Fixed size, ASCII only, so that a code unit
 * equals an octet.
 */
const RECENT_SIZE = 1024;
const RECENT_LENGTH = 64;
const recent: string[] = new Array<string>(RECENT_SIZE).fill('');

function sameText(text: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

/** Text of UTF-8 octets in `pos` .. `end`; ill-formed ones are refused. */
function readUtf8(reader: Reader, end: number, type: string): string {
  const { bytes, pos } = reader;
  const length = end - pos;
  reader.pos = end;
  let hash = length;
  let union = 0;
  if (length <= RECENT_LENGTH) {
    for (let i = pos; i < end; i++) {
      const octet = bytes[i] as number;
      union |= octet;
      hash = (Math.imul(hash, 31) + octet) | 0;
    }
  } else union = 0x80;
  if (union >= 0x80) return decodeUtf8(reader, pos, end, type);
  const slot = (hash ^ (hash >>> 15)) & (RECENT_SIZE - 1);
  const known = recent[slot] as string;
  if (known.length === length && sameText(known, bytes, pos)) return known;
  const text = String.fromCharCode(...slice(bytes, pos, end));
  recent[slot] = text;
  return text;
}

function decodeUtf8(reader: Reader, start: number, end: number, type: string): string {
  try {
    return fromUtf8Strict(slice(reader.bytes, start, end));
  } catch {
    // The reason of TextDecoder's refusal says no more than this.
    return reader.fail(`${type} is not UTF-8`, start);
  }
}

/** UTF-8 octets of a text without lone surrogates. */
function writeUtf8(writer: Writer, value: string, type: string): void {
  const { length } = value;
  writer.room(length);
  const { bytes } = writer;
  const start = writer.pos - length;
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i);
    if (unit >= 0x80) {
      if (/\p{Cs}/u.test(value)) throw new RangeError(`${type} with a lone surrogate`);
      writer.octets(utf8(value));
      return;
    }
    bytes[start + i] = unit;
  }
  writer.pos = start;
}

function utf8Text(type: string, tag: number): Codec<string> {
  return {
    type,
    tag,
    shape: { kind: 'text' },
    write: (writer, value) => writeUtf8(writer, value, type),
    read: (reader, end) => readUtf8(reader, end, type),
  };
}

/** GeneralString as Kerberos uses it: UTF-8 in practice (MS-KILE 3.1.5.7), where RFC 4120 §5.2.1 has ASCII. */
export const generalString = utf8Text('GeneralString', 0x1b);

export const utf8String = utf8Text('UTF8String', 0x0c);

/** A string type whose characters are single octets out of `alphabet`. */
function restricted(type: string, tag: number, alphabet: RegExp): Codec<string> {
  const whole = new RegExp(`^(?:${alphabet.source})*$`);
  return {
    type,
    tag,
    shape: { kind: 'text', alphabet },
    write(writer, value) {
      if (!whole.test(value)) throw new RangeError(`"${value}" is no ${type}`);
      writeUtf8(writer, value, type);
    },
    read(reader, end) {
      const start = reader.pos;
      const text = readUtf8(reader, end, type);
      if (!whole.test(text)) reader.fail(`${type} has a character outside of its alphabet`, start);
      return text;
    },
  };
}

export const printableString = restricted('PrintableString', 0x13, /[A-Za-z0-9 '()+,\-./:=?]/);
// biome-ignore lint/suspicious/noControlCharactersInRegex: IA5String is all of ASCII, controls included.
export const ia5String = restricted('IA5String', 0x16, /[\x00-\x7f]/);
export const visibleString = restricted('VisibleString', 0x1a, /[\x20-\x7e]/);

/** Sixteen bits a character, most significant octet first; no surrogates (X.680 §41.15). */
export const bmpString: Codec<string> = {
  type: 'BMPString',
  tag: 0x1e,
  shape: { kind: 'text', alphabet: /[^\ud800-\udfff]/ },
  write(writer, value) {
    for (let i = value.length; i-- > 0; ) {
      const unit = value.charCodeAt(i);
      if (unit >= 0xd800 && unit < 0xe000) throw new RangeError('BMPString with a surrogate');
      writer.octet(unit & 0xff);
      writer.octet(unit >> 8);
    }
  },
  read(reader, end) {
    const { bytes, pos } = reader;
    if ((end - pos) % 2 !== 0) reader.fail('BMPString has an odd number of octets');
    let text = '';
    for (let i = pos; i < end; i += 2) {
      const unit = ((bytes[i] as number) << 8) | (bytes[i + 1] as number);
      if (unit >= 0xd800 && unit < 0xe000) reader.fail('BMPString with a surrogate', i);
      text += String.fromCharCode(unit);
    }
    reader.pos = end;
    return text;
  },
};
