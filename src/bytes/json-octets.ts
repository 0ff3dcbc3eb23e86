/** Plain data with octets in it as JSON: octets are hexadecimal there. For what only we write and read. */
import { fromHex, fromUtf8, toHex, utf8 } from './bytes.ts';

export function toJsonOctets(value: unknown): Uint8Array {
  const replaced = (_: string, part: unknown): unknown =>
    part instanceof Uint8Array ? { hex: toHex(part) } : part;
  return utf8(JSON.stringify(value, replaced));
}

/** @throws SyntaxError when it is no JSON */
export function fromJsonOctets(octets: Uint8Array): unknown {
  const revived = (_: string, part: unknown): unknown => (isHex(part) ? fromHex(part.hex) : part);
  return JSON.parse(fromUtf8(octets), revived);
}

function isHex(value: unknown): value is { readonly hex: string } {
  if (typeof value !== 'object' || value === null) return false;
  return 'hex' in value && typeof value.hex === 'string' && Object.keys(value).length === 1;
}
