/** What a schema says of itself: defaults to fill in, and fields to list for people. */
import type { JsonSchema } from './schema.ts';

/** A field as documentation shows it. */
export interface FieldOutline {
  readonly name: string;
  readonly about: string;
  readonly required: boolean;
  /** The default, or the words to choose from, or an example; empty when there is nothing to say. */
  readonly values: string;
}

/** The fields of a map's schema, in the order of their declaration. */
export function outlineOf(schema: JsonSchema): readonly FieldOutline[] {
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    about: field.description ?? '',
    required: (schema.required ?? []).includes(name),
    values: valuesOf(field),
  }));
}

function valuesOf(field: JsonSchema): string {
  const words = field.enum ?? field.items?.enum;
  const known = field.default === undefined ? '' : `default ${written(field.default)}`;
  const example = field.examples === undefined ? '' : `such as ${written(field.examples[0])}`;
  const parts = [
    words === undefined ? '' : `one of ${words.map(String).join(', ')}`,
    known === '' ? example : known,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `value` with every default filled in that its schema knows, in the order of the schema. */
export function filled(schema: JsonSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item) => filled(items, item));
  }
  if (typeof value !== 'object' || value === null) return value;
  const given = value as Readonly<Record<string, unknown>>;
  const out: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const item = Object.hasOwn(given, name) ? given[name] : field.default;
    if (item !== undefined) out[name] = filled(field, item);
  }
  const { additionalProperties: others } = schema;
  for (const [name, item] of Object.entries(given)) {
    if (Object.hasOwn(out, name)) continue;
    out[name] = typeof others === 'object' ? filled(others, item) : item;
  }
  return out;
}
