/** Octet strings: joining, comparing, reading and printing. Knows no protocol. */

/** All parts, one after another, in one new array. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Same octets? Leaves early at the first difference: for secrets use {@link equalSecret}. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Same octets, in a time that depends on the lengths only (for MACs, tokens and passwords). */
export function equalSecret(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

/** Lexicographic order as DER's SET OF wants it: negative, zero or positive. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const DIGITS = '0123456789abcdef';
const HEX: readonly string[] = Array.from(
  { length: 256 },
  (_, i) => (DIGITS[i >> 4] as string) + (DIGITS[i & 15] as string),
);

/** Lower-case hexadecimal, two digits an octet, no separators. */
export function toHex(bytes: Uint8Array): string {
  let out = '';
  for (const octet of bytes) out += HEX[octet] as string;
  return out;
}

/**
 * Octets of a hexadecimal text; white space, colons and an `0x` in front are passed over.
 * @throws RangeError when a character is no digit or a digit is left over.
 */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/^0x/i, '').replace(/[\s:]/g, '');
  if (digits.length % 2 !== 0) throw new RangeError(`odd number of hex digits: ${digits.length}`);
  if (!/^[0-9a-f]*$/i.test(digits)) {
    throw new RangeError(`not a hex digit: "${digits.replace(/[0-9a-f]/gi, '')[0]}"`);
  }
  const out = new Uint8Array(digits.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** The hex literal: hex`30 03 02 01 05`. */
export function hex(strings: TemplateStringsArray, ...values: readonly string[]): Uint8Array {
  return fromHex(String.raw({ raw: strings }, ...values));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of UTF-8 octets; what is ill-formed becomes U+FFFD. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Text of UTF-8 octets. @throws TypeError when they are ill-formed. */
export function fromUtf8Strict(bytes: Uint8Array): string {
  return strictDecoder.decode(bytes);
}

/** UTF-16LE without a terminator, as Windows structures carry text. */
export function utf16le(text: string): Uint8Array {
  const out = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    out[2 * i] = unit & 0xff;
    out[2 * i + 1] = unit >> 8;
  }
  return out;
}

/** Text of UTF-16LE octets; an odd last octet is ignored. */
export function fromUtf16le(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    out += String.fromCharCode((bytes[i] as number) | ((bytes[i + 1] as number) << 8));
  }
  return out;
}

/** A view of the same memory, for reading numbers. */
export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Four octets, most significant first. */
export function uint32be(value: number): Uint8Array {
  return new Uint8Array([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
}

/** Four octets, least significant first. */
export function uint32le(value: number): Uint8Array {
  return new Uint8Array([value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]);
}

/** Sixteen octets a line: offset, hex, printable characters. */
export function hexdump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const digits = Array.from(row, (octet) => HEX[octet] as string).join(' ');
    const text = Array.from(row, (o) => (o >= 0x20 && o < 0x7f ? String.fromCharCode(o) : '.'));
    lines.push(`${at.toString(16).padStart(6, '0')}  ${digits.padEnd(47)}  ${text.join('')}`);
  }
  return lines.join('\n');
}
