/** Many users that differ in their names only: batches that are made as they are written. */
import { concat, uint32le } from '../../src/bytes/bytes.ts';
import type { RecordWrite, WriteBatch } from '../../src/machine/store.ts';
import { userSalt } from '../kerberos/salts.ts';
import { parseSid } from '../pac/sid.ts';
import { initialDescriptor } from './descriptors.ts';
import type { Directory } from './directory.ts';
import { accountAttributes } from './domain-accounts.ts';
import { randomGuid, storedValues } from './domain-builder.ts';
import type { DomainIds, DomainInfo } from './domain-info.ts';
import type { PopulationSeed } from './domain-seed.ts';
import {
  type Attributes,
  type Entry,
  encodeEntry,
  indexKeys,
  reference,
  type Value,
} from './entry.ts';
import { superclasses } from './schema.ts';
import { sharedDescriptors } from './shared-descriptors.ts';
import { ldapFileTime, ldapTime, RID_COUNTER, USN_COUNTER } from './stamps.ts';
import { UserAccountControl as Uac } from './user-account-control.ts';

/** Records a batch: few enough that nothing of one is alive when the next is made. */
const BATCH = 250;

/** How many of them a new domain waits for, and how many there are. */
export const POPULATION_COUNTER = 'population';
export const POPULATED_COUNTER = 'populated';

/** RIDs below are those of built-in accounts and groups (MS-SAMR 2.2.1.14). */
const FIRST_RID = 1_000;

export interface PopulationTime {
  /** When they are made, in milliseconds since 1970. */
  readonly now: number;
  /** Their GUIDs' octets. */
  readonly random: (size: number) => Uint8Array;
}

/**
 * The next users of a domain that waits for more of them: behind a start that was cut off, it goes on
 * where that one ended. Undefined: all of them are there.
 */
export function populationBatch(
  base: Directory,
  domain: DomainInfo,
  { prefix, password }: PopulationSeed,
  { now, random }: PopulationTime,
): WriteBatch | undefined {
  const count = base.counter(POPULATION_COUNTER);
  const start = base.counter(POPULATED_COUNTER);
  if (start >= count) return undefined;
  const end = Math.min(start + BATCH, count);
  const digits = Math.max(6, String(count).length);
  const sid = parseSid(`${domain.sid}-0`).slice(0, -4);
  let id = base.counter('id');
  let usn = base.counter(USN_COUNTER);
  let rid = Math.max(base.counter(RID_COUNTER), FIRST_RID - 1);
  const shape = populationShape(base, domain, now);
  const descriptors = sharedDescriptors(base, () => ++id);
  const descriptor = descriptors.recordOf(shape.nTSecurityDescriptor?.[0] as Uint8Array);
  const shared = (): number | undefined => descriptor;
  const records: RecordWrite[] = [];
  // One object for all of them: it is written down before it changes.
  const attributes: Record<string, readonly Value[]> = { ...shape };
  for (let n = start + 1; n <= end; n++) {
    const name = `${prefix}${String(n).padStart(digits, '0')}`;
    const stamp = [String(++usn)];
    attributes.cn = [name];
    attributes.sAMAccountName = [name];
    attributes.objectSid = [concat(sid, uint32le(++rid))];
    attributes.objectGUID = [randomGuid(random)];
    attributes.uSNCreated = stamp;
    attributes.uSNChanged = stamp;
    const entry: Entry = {
      id: ++id,
      parent: domain.ids.users,
      rdn: { type: 'CN', value: name },
      attributes,
      secrets: [{ kvno: 2, salt: userSalt(domain.dnsName, name), password }],
    };
    const bytes = encodeEntry(entry, shared);
    records.push({ id, bytes, added: indexKeys(entry), removed: [] });
  }
  return {
    records: [...descriptors.made(), ...records],
    counters: { id, [USN_COUNTER]: usn, [RID_COUNTER]: rid, [POPULATED_COUNTER]: end },
  };
}

/** What they have in common; the descriptor as the container and the class give it. */
function populationShape(base: Directory, domain: DomainInfo, now: number): Attributes {
  const { users } = domain.ids;
  const account = accountAttributes('', Uac.NORMAL_ACCOUNT);
  const { sAMAccountName: _, ...same } = Object.fromEntries(
    Object.entries(account).map(([name, value]) => [name, storedValues(value)] as const),
  );
  const attributes: Attributes = {
    objectClass: superclasses('user'),
    instanceType: ['4'],
    whenCreated: [ldapTime(now)],
    whenChanged: [ldapTime(now)],
    objectCategory: [reference(personClass(base, domain.ids))],
    pwdLastSet: [ldapFileTime(now)],
    ...same,
  };
  const bare: Entry = { id: 0, parent: users, rdn: { type: 'CN', value: '' }, attributes };
  return initialDescriptor(bare, base.entry(users), `${domain.sid}-512`, domain).attributes;
}

function personClass(base: Directory, { schema }: DomainIds): number {
  const id = base.child(schema, { type: 'CN', value: 'Person' });
  if (id === undefined) throw new Error('the schema has no class "Person"');
  return id;
}
