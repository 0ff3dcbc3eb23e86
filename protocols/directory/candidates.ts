/** Where a search need not walk: which records the indexes say a filter can match. */
import { backLinks, type Directory } from './directory.ts';
import { type Entry, referred } from './entry.ts';
import { assertionForm, type Filter, MatchingRule } from './filter.ts';
import { type AttributeSchema, attribute, linkPartner } from './schema.ts';

/** Few enough that no further part of a conjunction is looked up. */
const FEW = 32;

/** Attributes that most objects share values of: looked up after the others. */
const BROAD: ReadonlySet<string> = new Set([
  'instancetype',
  'objectcategory',
  'objectclass',
  'primarygroupid',
  'samaccounttype',
  'useraccountcontrol',
]);

/**
 * Records among which all matches are, ascending; undefined when only a walk finds them. What is
 * found must still be tested.
 */
export function candidates(filter: Filter, directory: Directory): readonly number[] | undefined {
  switch (filter.kind) {
    case 'equal':
      return equalCandidates(filter.attribute, filter.value, directory);
    case 'extensible':
      return extensibleCandidates(filter, directory);
    case 'and':
      return fewest(filter.filters, directory);
    case 'or': {
      const all = new Set<number>();
      for (const part of filter.filters) {
        const ids = candidates(part, directory);
        if (ids === undefined) return undefined;
        for (const id of ids) all.add(id);
      }
      return ascending(all);
    }
    default:
      return undefined;
  }
}

function fewest(parts: readonly Filter[], directory: Directory): readonly number[] | undefined {
  const broad = (part: Filter): boolean =>
    part.kind === 'equal' && BROAD.has(part.attribute.toLowerCase());
  let best: readonly number[] | undefined;
  for (const part of [...parts].sort((a, b) => Number(broad(a)) - Number(broad(b)))) {
    const ids = candidates(part, directory);
    if (ids === undefined || (best !== undefined && ids.length >= best.length)) continue;
    best = ids;
    if (best.length <= FEW) break;
  }
  return best;
}

function ascending(ids: Iterable<number>): readonly number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

function equalCandidates(
  name: string,
  value: Uint8Array,
  directory: Directory,
): readonly number[] | undefined {
  const schema = attribute(name);
  if (schema === undefined) return [];
  const form = assertionForm(schema, value, directory);
  if (form === undefined) return [];
  if (schema.name === 'distinguishedName') return present([referred(form)]);
  const forward = forwardLink(schema);
  if (forward !== undefined) {
    const target = directory.entry(referred(form) ?? -1);
    return target === undefined ? [] : ascending(targets(target, forward));
  }
  if (!schema.indexed || schema.constructed) return undefined;
  return directory.findForm(schema.name, form);
}

/** `(memberOf=<group>)`: the group's own values of `member` are the answer. */
function forwardLink(schema: AttributeSchema): AttributeSchema | undefined {
  return (schema.linkId ?? 0) % 2 === 1 ? linkPartner(schema) : undefined;
}

function targets(holder: Entry, forward: AttributeSchema): readonly number[] {
  return present((holder.attributes[forward.name] ?? []).map(referred));
}

function present(ids: readonly (number | undefined)[]): readonly number[] {
  return ids.filter((id) => id !== undefined);
}

function extensibleCandidates(
  filter: Extract<Filter, { readonly kind: 'extensible' }>,
  directory: Directory,
): readonly number[] | undefined {
  const name = filter.attribute;
  if (name === undefined) return [];
  if (filter.rule === undefined) return equalCandidates(name, filter.value, directory);
  const schema = attribute(name);
  if (schema === undefined) return [];
  if (filter.rule !== MatchingRule.TRANSITIVE_EVAL) return undefined;
  const form = assertionForm(schema, filter.value, directory);
  const id = form === undefined ? undefined : referred(form);
  return id === undefined ? [] : chain(schema, id, directory);
}

/** All records from which following the link leads to this one, by going the other way. */
function chain(
  schema: AttributeSchema,
  id: number,
  directory: Directory,
): readonly number[] | undefined {
  const forward = forwardLink(schema);
  const partner = forward === undefined ? linkPartner(schema)?.name : undefined;
  if (forward === undefined && partner === undefined) return undefined;
  const found = new Set<number>();
  const queue = [id];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const entry = directory.entry(at);
    if (entry === undefined) continue;
    const next =
      forward === undefined ? backLinks(directory, partner as string, at) : targets(entry, forward);
    for (const each of next) {
      if (found.has(each)) continue;
      found.add(each);
      queue.push(each);
    }
  }
  return ascending(found);
}
