/** From the filter of a SearchRequest to the directory's: RFC 4511 §4.5.1.7. */
import type { Filter as DirectoryFilter } from '../directory/filter.ts';
import type { AttributeValueAssertion, Filter, Substring } from './messages.ts';

/** Filter items of one request at most: what is compiled and tested for each entry. */
export const FILTER_ITEMS_MAX = 5_000;

export type FilterOutcome =
  | { readonly ok: true; readonly filter: DirectoryFilter }
  /** The filter breaks the protocol's rules. */
  | { readonly ok: false; readonly reason: string };

/** Depth is bounded where the message is decoded; the number of items is bounded here. */
export function directoryFilter(filter: Filter): FilterOutcome {
  const items = countItems(filter);
  if (items > FILTER_ITEMS_MAX) {
    return { ok: false, reason: `a filter of ${items} items, at most ${FILTER_ITEMS_MAX}` };
  }
  const wrong = firstWrong(filter);
  return wrong === undefined
    ? { ok: true, filter: converted(filter) }
    : { ok: false, reason: wrong };
}

function parts(filter: Filter): readonly Filter[] {
  if ('and' in filter) return filter.and;
  if ('or' in filter) return filter.or;
  return 'not' in filter ? [filter.not] : [];
}

function countItems(filter: Filter): number {
  return parts(filter).reduce((sum, part) => sum + countItems(part), 1);
}

/** What the ASN.1 says in comments only. */
function firstWrong(filter: Filter): string | undefined {
  if ('substrings' in filter) return wrongSubstrings(filter.substrings.substrings);
  if ('extensibleMatch' in filter) {
    const { matchingRule, type } = filter.extensibleMatch;
    if (matchingRule === undefined && type === undefined) {
      return 'extensibleMatch with neither matchingRule nor type';
    }
  }
  for (const part of parts(filter)) {
    const wrong = firstWrong(part);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** At least one; `initial` only first, `final` only last. */
function wrongSubstrings(substrings: readonly Substring[]): string | undefined {
  if (substrings.length === 0) return 'substrings without any';
  const last = substrings.length - 1;
  for (const [i, part] of substrings.entries()) {
    if ('initial' in part && i !== 0) return 'initial is not the first of the substrings';
    if ('final' in part && i !== last) return 'final is not the last of the substrings';
  }
  return undefined;
}

function item(
  kind: 'equal' | 'greaterOrEqual' | 'lessOrEqual' | 'approximate',
  { attributeDesc, assertionValue }: AttributeValueAssertion,
): DirectoryFilter {
  return { kind, attribute: attributeDesc, value: assertionValue };
}

function converted(filter: Filter): DirectoryFilter {
  if ('and' in filter) return { kind: 'and', filters: filter.and.map(converted) };
  if ('or' in filter) return { kind: 'or', filters: filter.or.map(converted) };
  if ('not' in filter) return { kind: 'not', filter: converted(filter.not) };
  if ('present' in filter) return { kind: 'present', attribute: filter.present };
  if ('equalityMatch' in filter) return item('equal', filter.equalityMatch);
  if ('greaterOrEqual' in filter) return item('greaterOrEqual', filter.greaterOrEqual);
  if ('lessOrEqual' in filter) return item('lessOrEqual', filter.lessOrEqual);
  if ('approxMatch' in filter) return item('approximate', filter.approxMatch);
  if ('substrings' in filter) {
    const { type, substrings } = filter.substrings;
    const [first] = substrings;
    const last = substrings[substrings.length - 1];
    return {
      kind: 'substrings',
      attribute: type,
      ...(first !== undefined && 'initial' in first ? { initial: first.initial } : {}),
      any: substrings.flatMap((part) => ('any' in part ? [part.any] : [])),
      ...(last !== undefined && 'final' in last ? { final: last.final } : {}),
    };
  }
  const { matchingRule, type, matchValue, dnAttributes } = filter.extensibleMatch;
  return {
    kind: 'extensible',
    ...(matchingRule === undefined ? {} : { rule: matchingRule }),
    ...(type === undefined ? {} : { attribute: type }),
    value: matchValue,
    dnAttributes,
  };
}
