/** What kind of record an entry is. */
import { type Entry, number } from './entry.ts';

/** instanceType bits, MS-ADTS 6.1.1.1.1. */
export const InstanceType = { NC_HEAD: 1, WRITE: 4 } as const;

/** systemFlags bits, MS-ADTS 2.2.11; as values they stand signed. */
export const SystemFlags = {
  CR_NTDS_NC: 0x00000001,
  CR_NTDS_DOMAIN: 0x00000002,
  DISALLOW_MOVE_ON_DELETE: 0x02000000,
  DOMAIN_DISALLOW_MOVE: 0x04000000,
  DOMAIN_DISALLOW_RENAME: 0x08000000,
  CONFIG_ALLOW_LIMITED_MOVE: 0x10000000,
  CONFIG_ALLOW_MOVE: 0x20000000,
  CONFIG_ALLOW_RENAME: 0x40000000,
  DISALLOW_DELETE: 0x80000000,
} as const;

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
