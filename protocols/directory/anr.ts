/** Ambiguous name resolution: `(anr=al ex)`, MS-ADTS 3.1.1.3.1.3.1.5. */
import { fromUtf8, utf8 } from '../../src/bytes/bytes.ts';
import type { Filter } from './filter.ts';
import { ATTRIBUTES } from './schema.ts';

/** fANR of searchFlags (MS-ADTS 2.2.10). */
const ANR = 0x4;
const NAMES = ATTRIBUTES.filter(({ searchFlags }) => (searchFlags & ANR) !== 0);

/** The filter with every item about `anr` replaced by what it stands for. */
export function expanded(filter: Filter): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, filters: filter.filters.map(expanded) };
    case 'not':
      return { kind: 'not', filter: expanded(filter.filter) };
    case 'equal':
    case 'approximate':
      return filter.attribute.toLowerCase() === 'anr' ? resolution(filter.value) : filter;
    case 'substrings':
      return filter.attribute.toLowerCase() === 'anr' && filter.initial !== undefined
        ? resolution(filter.initial)
        : filter;
    default:
      return filter;
  }
}

/** Names that begin like that, or given name and surname that do, in either order. */
function resolution(value: Uint8Array): Filter {
  const text = fromUtf8(value).trim();
  const exact = text.startsWith('=');
  const begins = (attribute: string, part: string): Filter =>
    exact || attribute === 'legacyExchangeDN'
      ? { kind: 'equal', attribute, value: utf8(part) }
      : { kind: 'substrings', attribute, initial: utf8(part), any: [] };
  const whole = exact ? text.slice(1) : text;
  const filters = NAMES.map(({ name }) => begins(name, whole));
  const space = whole.indexOf(' ');
  if (space > 0) {
    const [first, last] = [whole.slice(0, space), whole.slice(space + 1).trim()];
    for (const [given, surname] of [
      [first, last],
      [last, first],
    ] as const) {
      filters.push({
        kind: 'and',
        filters: [begins('givenName', given), begins('sn', surname)],
      });
    }
  }
  return { kind: 'or', filters };
}
