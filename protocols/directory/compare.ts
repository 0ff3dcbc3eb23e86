/** Compare: RFC 4511 §4.10, MS-ADTS 3.1.1.3.1. */
import type { ConstructedContext } from './constructed.ts';
import type { Directory } from './directory.ts';
import { compileFilter } from './filter.ts';
import { type Refusal, ResultCode, refuse, undefinedAttribute, Win32 } from './refusals.ts';
import { attribute } from './schema.ts';
import { visibleValues } from './search.ts';
import type { SecurityContext } from './security/access.ts';

export type Compared = { readonly ok: true; readonly equal: boolean } | Refusal;

/** Whether one of the attribute's values that the requester sees equals this one. */
export function compare(
  directory: Directory,
  id: number,
  name: string,
  value: Uint8Array,
  context: SecurityContext,
  constructed: ConstructedContext,
): Compared {
  const schema = attribute(name);
  if (schema === undefined) return undefinedAttribute(name);
  const entry = directory.entry(id);
  const values =
    entry === undefined ? [] : visibleValues(directory, entry, schema, context, constructed);
  if (entry === undefined || values.length === 0) {
    return refuse(
      ResultCode.noSuchAttribute,
      Win32.ERROR_DS_NO_ATTRIBUTE_OR_VALUE,
      `the object has no ${schema.name}`,
      { attribute: schema.name },
    );
  }
  const filter = { kind: 'equal', attribute: schema.name, value } as const;
  const equal = compileFilter(filter, directory, () => values)(entry) === true;
  return { ok: true, equal };
}
