/** LDAP attributes as scenario files write them: octets in hexadecimal, times and durations in words. */
import { fromHex, utf8 } from '../../src/bytes/bytes.ts';
import {
  defaulted,
  either,
  flag,
  type Infer,
  integer,
  listOf,
  record,
  text,
} from '../../src/schema/schema.ts';
import { readDuration, readTime } from '../../src/schema/units.ts';
import type { SeedAttributes } from '../directory/domain-seed.ts';
import type { Value } from '../directory/entry.ts';
import { type AttributeSchema, attribute } from '../directory/schema.ts';
import { ldapFileTime } from '../directory/stamps.ts';
import { parseSid } from '../pac/sid.ts';

const single = either('A value', 'a text, a number or true or false', [
  text('A value'),
  integer('A number'),
  flag('TRUE or FALSE'),
]);

/** One value, or several. */
export const attributeValue = either(
  'Its values: octets in hexadecimal, large integers also as times and durations',
  'a text, a number, true or false, or a list of them',
  [single, listOf('Values', single)],
);

export type AttributeValue = Infer<typeof attributeValue>;

export const attributesField = defaulted(
  record('Further attributes of its object, by LDAP name', attributeValue),
  {},
);

/** @throws Error when the schema has no such attribute, or the text is no value of it. */
export function attributeValues(fields: Readonly<Record<string, AttributeValue>>): SeedAttributes {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const schema = attribute(name);
      if (schema === undefined) throw new Error(`the schema has no attribute ${name}`);
      return [schema.name, listed(value).map((each) => storedForm(schema, each))];
    }),
  );
}

/** The octets that LDAP carries. */
export function ldapOctets(name: string, value: AttributeValue): readonly Uint8Array[] {
  const schema = attribute(name);
  return listed(value).map((each) => {
    const stored = schema === undefined ? String(each) : storedForm(schema, each);
    return typeof stored === 'string' ? utf8(stored) : stored;
  });
}

function listed(value: AttributeValue): readonly (string | number | boolean)[] {
  return typeof value === 'object' ? value : [value];
}

const HEXADECIMAL = /^([0-9a-fA-F]{2})*$/;

function storedForm(schema: AttributeSchema, value: string | number | boolean): Value {
  const written = typeof value === 'boolean' ? String(value).toUpperCase() : String(value);
  switch (schema.syntax) {
    case 'sid':
      return parseSid(written);
    case 'octets':
      if (!HEXADECIMAL.test(written)) {
        throw new Error(`${schema.name}: expected octets in hexadecimal, got "${written}"`);
      }
      return fromHex(written.toLowerCase());
    case 'largeInteger':
      return largeInteger(written);
    default:
      return written;
  }
}

/** A time becomes a FILETIME, a duration the negative number that policies have. */
function largeInteger(written: string): string {
  const time = readTime(written);
  if (time.ok) return ldapFileTime(time.value);
  const duration = readDuration(written);
  return duration.ok ? String(BigInt(duration.value) * -10_000n) : written;
}
