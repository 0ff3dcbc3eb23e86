/** An entry's security descriptor, decoded once, and the nodes that access checks ask about. */
import type { Entry } from './entry.ts';
import { octets } from './entry.ts';
import { sidText } from './names.ts';
import { type AttributeSchema, classSchema } from './schema.ts';
import { decodeDescriptor, type SecurityDescriptor } from './security/descriptor.ts';

/** An object without a descriptor (damaged, or before its own is made) grants nothing. */
const CLOSED: SecurityDescriptor = { control: 0, dacl: [] };

/** By the octets: entries that share a descriptor share them, so 100,000 users decode one. */
/** By the octets themselves: objects with the same descriptor share them. */
const decoded = new WeakMap<Uint8Array, SecurityDescriptor>();

export function descriptorOf(entry: Entry): SecurityDescriptor {
  const bytes = octets(entry, 'nTSecurityDescriptor');
  if (bytes === undefined) return CLOSED;
  const known = decoded.get(bytes);
  if (known !== undefined) return known;
  const outcome = decodeDescriptor(bytes);
  const descriptor = outcome.ok ? outcome.value : CLOSED;
  decoded.set(bytes, descriptor);
  return descriptor;
}

/** The most specific class of an object: the last value of objectClass. */
export function structuralClass(entry: Entry): string {
  const value = entry.attributes.objectClass?.at(-1);
  return typeof value === 'string' ? value : 'top';
}

const trees = new Map<string, readonly string[]>();

/** The object type tree from the attribute up: itself, its property set, the object's class. */
export function objectTypes(entry: Entry, schema: AttributeSchema): readonly string[] {
  const className = structuralClass(entry);
  const key = `${className} ${schema.name}`;
  const known = trees.get(key);
  if (known !== undefined) return known;
  const types = [schema.guid];
  if (schema.propertySet !== undefined) types.push(schema.propertySet);
  const classGuid = classSchema(className)?.guid;
  if (classGuid !== undefined) types.push(classGuid);
  // Classes and attributes are the schema's; names that are none are not kept.
  if (classGuid !== undefined) trees.set(key, types);
  return types;
}

const selves = new WeakMap<Entry, { readonly selfSid?: string }>();

/** For PRINCIPAL_SELF in an access check. */
export function selfSidOf(entry: Entry): { readonly selfSid?: string } {
  const known = selves.get(entry);
  if (known !== undefined) return known;
  const sid = sidText(entry);
  const self = sid === undefined ? {} : { selfSid: sid };
  selves.set(entry, self);
  return self;
}
