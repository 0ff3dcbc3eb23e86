/** Computed attributes about membership at any depth: MS-ADTS 3.1.1.4.5. */
import { backLinks, type Directory } from './directory.ts';
import { type Entry, reference, referred, type Value } from './entry.ts';
import { GroupType, groupsOf } from './membership.ts';

/**
 * Answered in searches of one object only, for what they cost (Microsoft's schema says so of
 * tokenGroups; in any wider search Samba too answers operationsError).
 */
export const BASE_ONLY: ReadonlySet<string> = new Set([
  'tokenGroups',
  'tokenGroupsGlobalAndUniversal',
  'tokenGroupsNoGCAcceptable',
  'msds-tokenGroupNames',
  'msds-tokenGroupNamesGlobalAndUniversal',
  'msds-tokenGroupNamesNoGCAcceptable',
]);

/** msds-tokenGroupNames and its like: the groups that tokenGroups lists by SID, as names. */
export function groupNames(
  directory: Directory,
  entry: Entry,
  which: 'all' | 'universal',
): readonly Value[] {
  const local = GroupType.RESOURCE | GroupType.BUILTIN_LOCAL;
  return groupsOf(directory, entry)
    .filter(({ type }) => which === 'all' || (type & local) === 0)
    .map((group) => reference(group.entry.id));
}

/** msds-memberOfTransitive: groups of any kind, the primary group left out. */
export function memberOfTransitive(directory: Directory, entry: Entry): readonly Value[] {
  return closure(entry.id, (id) => backLinks(directory, 'memberOf', id));
}

/** msds-memberTransitive: whoever is in the group, directly or through others. */
export function memberTransitive(directory: Directory, entry: Entry): readonly Value[] {
  return closure(entry.id, (id) =>
    (directory.entry(id)?.attributes.member ?? []).flatMap((value) => referred(value) ?? []),
  );
}

function closure(start: number, next: (id: number) => readonly number[]): readonly Value[] {
  const found = new Set<number>();
  const queue = [start];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const each of next(id)) {
      if (found.has(each)) continue;
      found.add(each);
      queue.push(each);
    }
  }
  return [...found].sort((a, b) => a - b).map(reference);
}
