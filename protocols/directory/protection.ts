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

/** The object type tree from the attribute up: itself, its property set, the object's class. */
export function objectTypes(entry: Entry, schema: AttributeSchema): readonly string[] {
  const types = [schema.guid];
  if (schema.propertySet !== undefined) types.push(schema.propertySet);
  const classGuid = classSchema(structuralClass(entry))?.guid;
  if (classGuid !== undefined) types.push(classGuid);
  return types;
}

/** For PRINCIPAL_SELF in an access check. */
export function selfSidOf(entry: Entry): { readonly selfSid?: string } {
  const sid = sidText(entry);
  return sid === undefined ? {} : { selfSid: sid };
}
