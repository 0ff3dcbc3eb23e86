/**
 * Decoded values as JSON with names in place of numbers, for `with:` in scenarios: principals as text,
 * flags as lists of names, padata and authorization data as lists of their types' names.
 */
import { fromUtf8, toHex } from '../../src/bytes/bytes.ts';
import type { Codec } from '../../src/der/codec.ts';
import type { Bits } from '../../src/der/primitives.ts';
import { adTypeName, dataTypeName, padataTypeName } from '../kerberos/constants.ts';
import type {
  AuthorizationData,
  EncryptedData,
  PaData,
  PrincipalName,
  TypedData,
} from '../kerberos/messages.ts';
import { formatName } from '../kerberos/names.ts';
import { oidName } from './naming.ts';

/** `PA-ENC-TIMESTAMP`, as the RFCs write types in prose; the number where nobody named it. */
export function padataName(padataType: number): string {
  return dashed(padataTypeName(padataType)) ?? `padata-type ${padataType}`;
}

/** `AD-WIN2K-PAC` */
export function adName(adType: number): string {
  return dashed(adTypeName(adType)) ?? `ad-type ${adType}`;
}

/** `TD-REQ-NONCE` */
export function dataName(dataType: number): string {
  return dashed(dataTypeName(dataType)) ?? `data-type ${dataType}`;
}

const dashed = (name: string | undefined): string | undefined => name?.replaceAll('_', '-');

/** Types whose JSON is shorter than their fields, by their standard's name. */
const SHORT: Readonly<Record<string, (value: unknown) => unknown>> = {
  PrincipalName: (value) => formatName(value as PrincipalName),
  'PA-DATA': (value) => padataName((value as PaData).padataType),
  'AuthorizationData element': (value) => adName((value as AuthorizationData[number]).adType),
  AttributeValue: (value) => textOf(value as Uint8Array),
  AssertionValue: (value) => textOf(value as Uint8Array),
  'TYPED-DATA element': (value) => dataName((value as TypedData[number]).dataType),
};

/** LDAP's values are text by their attribute's syntax; what is not printable stays hexadecimal. */
function textOf(octets: Uint8Array): string {
  const text = fromUtf8(octets);
  return /[\p{Cc}\ufffd]/u.test(text) ? toHex(octets) : text;
}

/** An EncryptedData without its ciphertext: what is in it is merged in beside these. */
function encrypted(codec: Codec<unknown>, value: EncryptedData): unknown {
  const { cipher: _, ...rest } = fieldsOf(codec, value as unknown as Record<string, unknown>);
  return rest;
}

/** The value of a codec as JSON. */
export function readable(codec: Codec<unknown>, value: unknown): unknown {
  const { shape } = codec;
  const short = SHORT[codec.type];
  if (short !== undefined) return short(value);
  switch (shape.kind) {
    case 'integer':
      return shape.nameOf?.(value as number) ?? value;
    case 'flags':
      return Object.entries(shape.masks)
        .filter(([, mask]) => ((value as number) & mask) !== 0)
        .map(([name]) => name);
    case 'time':
      return new Date(value as number).toISOString().replace('.000Z', 'Z');
    case 'bits':
      return toHex((value as Bits).bytes);
    case 'oid':
      return oidName(value as string) ?? value;
    case 'fields':
      if (codec.type === 'EncryptedData') return encrypted(codec, value as EncryptedData);
      return fieldsOf(codec, value as Record<string, unknown>);
    case 'list':
      return (value as readonly unknown[]).map((item) => readable(shape.of, item));
    case 'wrapped':
      return readable(shape.of, shape.raw ? (value as { value: unknown }).value : value);
    case 'tags':
      return readable(shape.of[0] as Codec<unknown>, value);
    case 'recursive':
      return readable(shape.of, value);
    case 'choice': {
      const [[name, chosen] = ['', undefined]] = Object.entries(value as object);
      const alternative = shape.alternatives[name];
      return alternative === undefined ? null : { [name]: readable(alternative, chosen) };
    }
    default:
      return atom(value);
  }
}

function fieldsOf(codec: Codec<unknown>, value: Record<string, unknown>): Record<string, unknown> {
  if (codec.shape.kind !== 'fields') return {};
  const out: Record<string, unknown> = {};
  for (const { name, codec: of } of codec.shape.fields) {
    if (value[name] !== undefined) out[name] = readable(of, value[name]);
  }
  return out;
}

function atom(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'bigint') return String(value);
  return value;
}
