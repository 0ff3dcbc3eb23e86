/** What kind of record an entry is. */
import { type Entry, number } from './entry.ts';

/** instanceType bits, MS-ADTS 6.1.1.1.1. */
export const InstanceType = { NC_HEAD: 1, WRITE: 4 } as const;

/** A name above a naming context, without an object. */
export function isPhantom(entry: Entry): boolean {
  return entry.attributes.objectClass === undefined;
}

/** The uppermost object of a naming context. */
export function isContextHead(entry: Entry): boolean {
  return (number(entry, 'instanceType') & InstanceType.NC_HEAD) !== 0;
}

export function isDeleted(entry: Entry): boolean {
  return entry.attributes.isDeleted?.[0] === 'TRUE';
}
