/** Who belongs to which groups: MS-ADTS 3.1.1.4.5.19 (tokenGroups), MS-PAC 4.1.2.2, MS-KILE 3.3.5.6.4.6. */
import { backLinks, type Directory } from './directory.ts';
import { type Entry, number } from './entry.ts';
import { sidText } from './names.ts';

/** groupType bits, MS-ADTS 2.2.12. */
export const GroupType = {
  BUILTIN_LOCAL: 0x00000001,
  ACCOUNT: 0x00000002,
  RESOURCE: 0x00000004,
  UNIVERSAL: 0x00000008,
  SECURITY_ENABLED: 0x80000000,
} as const;

export interface GroupOf {
  readonly entry: Entry;
  readonly sid: string;
  /** groupType, unsigned. */
  readonly type: number;
}

/** All security groups that the object is in, directly or through others; its primary group first. */
export function groupsOf(directory: Directory, entry: Entry): readonly GroupOf[] {
  const found = new Map<number, GroupOf>();
  const queue: number[] = [];
  const visit = (id: number): void => {
    if (found.has(id)) return;
    const group = directory.entry(id);
    const sid = group === undefined ? undefined : sidText(group);
    if (group === undefined || sid === undefined) return;
    const type = number(group, 'groupType') >>> 0;
    if ((type & GroupType.SECURITY_ENABLED) === 0) return;
    found.set(id, { entry: group, sid, type });
    queue.push(id);
  };
  const primary = primaryGroup(directory, entry);
  if (primary !== undefined) visit(primary);
  for (const id of backLinks(directory, 'memberOf', entry.id)) visit(id);
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    for (const above of backLinks(directory, 'memberOf', id)) visit(above);
  }
  return [...found.values()];
}

/** The record of the group that primaryGroupID names. */
export function primaryGroup(directory: Directory, entry: Entry): number | undefined {
  const rid = number(entry, 'primaryGroupID', -1);
  const sid = sidText(entry);
  if (rid < 0 || sid === undefined) return undefined;
  const groupSid = `${sid.slice(0, sid.lastIndexOf('-'))}-${rid}`;
  return directory.findForm('objectSid', sidForm(groupSid))[0];
}

/** SIDs of the groups; `universal` leaves out domain local and built-in ones. */
export function groupSids(
  directory: Directory,
  entry: Entry,
  which: 'all' | 'universal',
): readonly string[] {
  const local = GroupType.RESOURCE | GroupType.BUILTIN_LOCAL;
  return groupsOf(directory, entry)
    .filter(({ type }) => which === 'all' || (type & local) === 0)
    .map(({ sid }) => sid);
}

/** Whether the object is, or belongs to, one of the records. */
export function belongsTo(directory: Directory, entry: Entry, ids: ReadonlySet<number>): boolean {
  return ids.has(entry.id) || groupsOf(directory, entry).some((group) => ids.has(group.entry.id));
}

/** A SID's text in the form in which objectSid is indexed. */
export function sidForm(sid: string): string {
  const [, , authority, ...parts] = sid.split('-').map(Number) as [
    number,
    number,
    number,
    ...number[],
  ];
  const hex = (value: number, octets: number): string =>
    value.toString(16).padStart(octets * 2, '0');
  const little = (value: number): string => (hex(value, 4).match(/../g) ?? []).reverse().join('');
  return `01${hex(parts.length, 1)}${hex(authority, 6)}${parts.map(little).join('')}`;
}
