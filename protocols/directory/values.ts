/** Attribute values between LDAP's octets and their stored form, checked by syntax and range. */
import { fromUtf8Strict, utf8 } from '../../src/bytes/bytes.ts';
import type { Directory } from './directory.ts';
import { parseBase } from './dn.ts';
import { type Entry, reference, referred, type Value } from './entry.ts';
import { resolveBase } from './names.ts';
import { noSuchObject, type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { type AttributeSchema, attribute, classSchema } from './schema.ts';
import { decodeDescriptor } from './security/descriptor.ts';
import { indexForm, isOctetSyntax, isReference } from './syntax.ts';

export type Stored = { readonly ok: true; readonly value: Value } | Refusal;

const badSyntax = (schema: AttributeSchema, why: string): Refusal =>
  refuse(
    ResultCode.invalidAttributeSyntax,
    Win32.ERROR_DS_INVALID_ATTRIBUTE_SYNTAX,
    `${schema.name}: ${why}`,
  );

/** What a client wrote, as it is stored. */
export function storedValue(
  schema: AttributeSchema,
  bytes: Uint8Array,
  directory: Directory,
): Stored {
  if (isOctetSyntax(schema.syntax)) {
    if (schema.syntax === 'descriptor') {
      const outcome = decodeDescriptor(bytes);
      if (!outcome.ok) return badSyntax(schema, `no security descriptor: ${outcome.reason}`);
    }
    return ranged(schema, bytes.slice(), bytes.length);
  }
  const text = textOf(bytes);
  if (text === undefined) return badSyntax(schema, 'not UTF-8');
  if (isReference(schema.syntax)) return storedReference(schema, text, directory);
  switch (schema.syntax) {
    case 'boolean':
      if (text !== 'TRUE' && text !== 'FALSE') return badSyntax(schema, `"${text}" is no boolean`);
      return { ok: true, value: text };
    case 'integer':
    case 'enumeration':
      return storedInteger(schema, text, 32);
    case 'largeInteger':
      return storedInteger(schema, text, 64);
    case 'time':
    case 'utcTime': {
      const time = /^(?:\d{2})?\d{12}(?:\.\d+)?(?:Z|[+-]\d{4})$/.test(text);
      return time ? { ok: true, value: text } : badSyntax(schema, `"${text}" is no time`);
    }
    case 'oid': {
      const known = classSchema(text)?.name ?? attribute(text)?.name;
      if (known === undefined && !/^\d+(\.\d+)+$/.test(text)) {
        return badSyntax(schema, `"${text}" names no class and no attribute`);
      }
      return { ok: true, value: known ?? text };
    }
    default:
      if (text === '') return badSyntax(schema, 'an empty text');
      return ranged(schema, text, text.length);
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return fromUtf8Strict(bytes);
  } catch {
    return undefined; // ill-formed UTF-8: said by the caller
  }
}

function storedInteger(schema: AttributeSchema, text: string, bits: 32 | 64): Stored {
  if (!/^-?\d{1,20}$/.test(text)) return badSyntax(schema, `"${text}" is no number`);
  const value = BigInt(text);
  // A 32-bit number may come unsigned: groupType 2147483650 and -2147483646 are the same.
  const wrapped = bits === 32 && value <= 0xffffffffn ? BigInt.asIntN(32, value) : value;
  if (BigInt.asIntN(bits, wrapped) !== wrapped) {
    return badSyntax(schema, `${text} does not fit ${bits} bits`);
  }
  return ranged(schema, String(wrapped), Number(wrapped));
}

function ranged(schema: AttributeSchema, value: Value, size: number): Stored {
  const { rangeLower, rangeUpper } = schema;
  const numeric = typeof value === 'string' && /^-?\d+$/.test(value);
  const low = numeric && rangeLower !== undefined ? rangeLower | 0 : rangeLower;
  if ((low !== undefined && size < low) || (rangeUpper !== undefined && size > rangeUpper)) {
    return refuse(
      ResultCode.constraintViolation,
      Win32.ERROR_DS_RANGE_CONSTRAINT,
      `${schema.name}: ${size} is not from ${rangeLower ?? 0} to ${rangeUpper ?? 'any'}`,
      { attribute: schema.name },
    );
  }
  return { ok: true, value };
}

/**
 * DN-Binary and DN-String (MS-ADTS 3.1.1.2.2.2.3): `B:4:AABB:` or `S:2:ab:`, hexadecimal digits in
 * upper case, and the name behind it. A string says what is wrong.
 */
export function dataAndName(
  text: string,
): { readonly data: string; readonly name: string } | string {
  const match = /^([BS]):(\d{1,9}):(.*)$/s.exec(text);
  const length = match === null ? 0 : Number(match[2]);
  const rest = match?.[3] ?? '';
  const given = rest.slice(0, length);
  if (match === null || rest[length] !== ':' || given.length !== length) {
    return 'expected B:<count>:<hex digits>:<dn>';
  }
  const binary = match[1] === 'B';
  if (binary && !/^(?:[0-9a-fA-F]{2})*$/.test(given)) return 'the binary part is not hexadecimal';
  const data = `${match[1]}:${length}:${binary ? given.toUpperCase() : given}:`;
  return { data, name: rest.slice(length + 1) };
}

function storedReference(schema: AttributeSchema, text: string, directory: Directory): Stored {
  const parts = schema.syntax === 'dn' ? { data: '', name: text } : dataAndName(text);
  if (typeof parts === 'string') return badSyntax(schema, parts);
  const { data, name } = parts;
  const base = parseBase(name);
  if (base === undefined) {
    return refuse(
      ResultCode.invalidDNSyntax,
      Win32.ERROR_DS_BAD_NAME_SYNTAX,
      `${schema.name}: "${name}" is no distinguished name`,
    );
  }
  const id = resolveBase(directory, base);
  if (id === undefined || directory.entry(id)?.attributes.objectClass === undefined) {
    const why = `${schema.name}: no object ${name}`;
    // A member must exist; other links say that their value is wrong (MS-ADTS 3.1.1.5.3.2).
    if (schema.name === 'member') return noSuchObject(why, '');
    return refuse(ResultCode.constraintViolation, Win32.ERROR_DS_NAME_REFERENCE_INVALID, why, {
      attribute: schema.name,
    });
  }
  return { ok: true, value: `${data}${reference(id)}` };
}

/** A stored value as LDAP octets, references named by `show`. Undefined: the object is gone. */
export function ldapOctets(
  value: Value,
  show: (id: number) => string | undefined,
): Uint8Array | undefined {
  if (typeof value !== 'string') return value;
  const id = referred(value);
  if (id === undefined) return utf8(value);
  const name = show(id);
  return name === undefined ? undefined : utf8(value.replace(/<id=\d+>$/, () => name));
}

/** Whether two values are the same by the attribute's rule. */
export function sameValue(schema: AttributeSchema, a: Value, b: Value): boolean {
  return indexForm(schema.syntax, a) === indexForm(schema.syntax, b);
}

/** The entry with one attribute replaced; no values: without it. */
export function withValues(entry: Entry, name: string, values: readonly Value[]): Entry {
  const { [name]: _, ...rest } = entry.attributes;
  return { ...entry, attributes: values.length === 0 ? rest : { ...rest, [name]: values } };
}
