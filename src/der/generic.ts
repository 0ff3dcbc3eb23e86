/** Octets without a schema, as far as ASN.1 says by itself what they are. The only user of asn1js. */
import * as asn1js from 'asn1js';
import { toHex } from '../bytes/bytes.ts';
import type { Field } from './explain.ts';
import { tagName } from './tags.ts';

/** What is read: a viewer's page, not a directory. */
const LIMITS = { maxDepth: 64, maxNodes: 10_000, maxContentLength: 1 << 20, copyInput: false };
/** OCTET STRINGs whose contents are shown as elements of their own, one inside the other. */
const MAX_NESTING = 8;

/**
 * BER elements as rows; what stands in an OCTET STRING and is a whole constructed element itself comes
 * below it as `.*`. Never throws: octets that are no BER give one row of type `octets`.
 */
export function explainGeneric(bytes: Uint8Array, path = 'ASN.1'): Field[] {
  const rows: Field[] = [];
  if (elements(rows, bytes, 0, path, MAX_NESTING)) return rows;
  return [{ path, type: 'octets', start: 0, end: bytes.length, value: toHex(bytes) }];
}

/** Appends the rows of `bytes`, which stand at `base`; false when they are not exactly one element. */
function elements(
  rows: Field[],
  bytes: Uint8Array,
  base: number,
  path: string,
  nesting: number,
): boolean {
  const root = read(bytes);
  if (root === undefined) return false;
  element(rows, bytes, root, 0, base, path, nesting);
  return true;
}

function read(bytes: Uint8Array): asn1js.AsnType | undefined {
  try {
    const { offset, result } = asn1js.fromBER(bytes, LIMITS);
    return offset === bytes.length && result.error === '' ? result : undefined;
  } catch {
    // asn1js throws on some contents that its own checks let pass; to us both mean: no BER.
    return undefined;
  }
}

function element(
  rows: Field[],
  bytes: Uint8Array,
  block: asn1js.AsnType,
  at: number,
  base: number,
  path: string,
  nesting: number,
): void {
  const end = at + block.blockLength;
  const contentStart = at + block.idBlock.blockLength + block.lenBlock.blockLength;
  const row = { path, type: typeOf(block), start: base + at, end: base + end };
  const children = childrenOf(block);
  if (children !== undefined) {
    rows.push(row);
    let child = contentStart;
    for (const [i, one] of children.entries()) {
      element(rows, bytes, one, child, base, `${path}[${i}]`, nesting);
      child += one.blockLength;
    }
    return;
  }
  const content = bytes.subarray(contentStart, end);
  const value = contentOf(block, content);
  rows.push(value === undefined ? row : { ...row, value });
  const holdsElement = block instanceof asn1js.OctetString && ((content[0] ?? 0) & 0x20) !== 0;
  if (holdsElement && nesting > 0) {
    elements(rows, content, base + contentStart, `${path}.*`, nesting - 1);
  }
}

function childrenOf(block: asn1js.AsnType): readonly asn1js.AsnType[] | undefined {
  if (!block.idBlock.isConstructed) return undefined;
  const { value } = block.valueBlock as { readonly value?: unknown };
  return Array.isArray(value) ? (value as asn1js.AsnType[]) : undefined;
}

function typeOf({ idBlock }: asn1js.AsnType): string {
  const { tagClass, tagNumber, isConstructed } = idBlock;
  if (tagNumber > 30) return `[${tagNumber}]`;
  return tagName(((tagClass - 1) << 6) | (isConstructed ? 0x20 : 0) | tagNumber);
}

function contentOf(block: asn1js.AsnType, content: Uint8Array): unknown {
  if (block instanceof asn1js.Boolean) return block.getValue();
  if (block instanceof asn1js.Null) return null;
  if (block instanceof asn1js.Integer) return integerOf(content);
  if (block instanceof asn1js.ObjectIdentifier) return block.getValue();
  if (block instanceof asn1js.GeneralizedTime || block instanceof asn1js.UTCTime) {
    const date = block.toDate();
    return Number.isNaN(date.getTime()) ? toHex(content) : date.toISOString().replace('.000Z', 'Z');
  }
  if (block instanceof asn1js.BaseStringBlock) return block.getValue();
  return toHex(content);
}

/** A number where it is exact, else decimal text. */
function integerOf(content: Uint8Array): number | string {
  const value = BigInt.asIntN(8 * content.length, BigInt(`0x0${toHex(content)}`));
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
