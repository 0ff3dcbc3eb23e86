/** Many users that differ in their names only: batches that are made as they are written. */
import { concat, uint32le } from '../../src/bytes/bytes.ts';
import type { RecordWrite, WriteBatch } from '../../src/machine/store.ts';
import { userSalt } from '../kerberos/salts.ts';
import { parseSid } from '../pac/sid.ts';
import { accountAttributes } from './domain-accounts.ts';
import { type DomainBuilder, storedValues } from './domain-builder.ts';
import type { DomainSeed } from './domain-seed.ts';
import {
  type Attributes,
  type Entry,
  encodeEntry,
  indexKeys,
  reference,
  type Value,
} from './entry.ts';
import { superclasses } from './schema.ts';
import { ldapFileTime, ldapTime, RID_COUNTER, USN_COUNTER } from './stamps.ts';
import { UserAccountControl as Uac } from './user-account-control.ts';

/** Records a batch: few enough that nothing of one is alive when the next is made. */
const BATCH = 250;

/** How many there are; behind a start that was cut off, those that are there are not made again. */
export const POPULATION_COUNTER = 'population';

/** @param before the batch that the domain is made with: numbers go on from there */
export function* populationBatches(
  builder: DomainBuilder,
  seed: DomainSeed,
  users: number,
  before: WriteBatch,
): Generator<WriteBatch> {
  const { population } = seed;
  if (population === undefined) return;
  const { count, prefix, password } = population;
  const counters = before.counters ?? {};
  const first = { id: counters.id ?? 0, rid: counters[RID_COUNTER] ?? 0 };
  const digits = Math.max(6, String(count).length);
  const sid = parseSid(`${seed.sid}-0`).slice(0, -4);
  // One object for all of them: it is written down before it changes.
  const attributes: Record<string, readonly Value[]> = { ...populationShape(builder, users) };
  const made = new Map<Uint8Array, number | undefined>();
  const shared = (octets: Uint8Array): number | undefined => {
    if (!made.has(octets)) made.set(octets, builder.descriptors.recordOf(octets));
    return made.get(octets);
  };
  for (let start = 0; start < count; start += BATCH) {
    const end = Math.min(start + BATCH, count);
    const records: RecordWrite[] = [];
    let usn = '0';
    for (let n = start + 1; n <= end; n++) {
      const name = `${prefix}${String(n).padStart(digits, '0')}`;
      const stamped = builder.stamped();
      usn = stamped.usn;
      attributes.cn = [name];
      attributes.sAMAccountName = [name];
      attributes.objectSid = [concat(sid, uint32le(first.rid + n))];
      attributes.objectGUID = [stamped.guid];
      attributes.uSNCreated = [usn];
      attributes.uSNChanged = [usn];
      const secrets = [{ kvno: 2, salt: userSalt(seed.dnsName, name), password }];
      const id = first.id + n;
      const entry: Entry = {
        id,
        parent: users,
        rdn: { type: 'CN', value: name },
        attributes,
        secrets,
      };
      records.push({
        id,
        bytes: encodeEntry(entry, shared),
        added: indexKeys(entry),
        removed: [],
      });
    }
    yield {
      records,
      counters: {
        id: first.id + end,
        [USN_COUNTER]: Number(usn),
        [RID_COUNTER]: first.rid + end,
        [POPULATION_COUNTER]: end,
      },
    };
  }
}

function populationShape(builder: DomainBuilder, users: number): Attributes {
  const account = Object.fromEntries(
    Object.entries(accountAttributes('', Uac.NORMAL_ACCOUNT)).map(
      ([name, value]) => [name, storedValues(value)] as const,
    ),
  );
  const { sAMAccountName: _, ...same } = account;
  return {
    objectClass: superclasses('user'),
    instanceType: ['4'],
    whenCreated: [ldapTime(builder.now)],
    whenChanged: [ldapTime(builder.now)],
    objectCategory: [reference(builder.classId('person'))],
    nTSecurityDescriptor: [builder.descriptorOf('user', users)],
    pwdLastSet: [ldapFileTime(builder.now)],
    ...same,
  };
}
