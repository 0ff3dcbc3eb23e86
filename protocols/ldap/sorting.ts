/** Order of results: RFC 2891. */
import type { Entry } from '../directory/entry.ts';
import { attribute } from '../directory/schema.ts';
import { visibleValues } from '../directory/search.ts';
import { indexForm } from '../directory/syntax.ts';
import type { SortKey } from './controls.ts';
import type { Viewing } from './shown.ts';

/** The records by their first values, in the form in which values compare; without one: last. */
export function inOrder(
  entries: readonly Entry[],
  keys: readonly SortKey[],
  viewing: Viewing,
): readonly number[] {
  const columns = keys.map((key) => {
    const schema = attribute(key.attribute);
    return (entry: Entry): string | undefined => {
      if (schema === undefined) return undefined;
      const { directory, context, constructed } = viewing;
      const [value] = visibleValues(directory, entry, schema, context, constructed);
      return value === undefined ? undefined : indexForm(schema.syntax, value);
    };
  });
  const rows = entries.map((entry) => ({
    id: entry.id,
    values: columns.map((column) => column(entry)),
  }));
  rows.sort((a, b) => {
    for (const [i, key] of keys.entries()) {
      const [x, y] = [a.values[i], b.values[i]];
      if (x === y) continue;
      const order = x === undefined ? 1 : y === undefined ? -1 : x < y ? -1 : 1;
      return key.reverse ? -order : order;
    }
    return a.id - b.id;
  });
  return rows.map(({ id }) => id);
}
