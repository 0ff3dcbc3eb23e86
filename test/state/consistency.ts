/** Whether a store's indexes, references and counters agree with its records. */

import { directory } from '../../protocols/directory/directory.ts';
import { DOMAIN_COUNTER } from '../../protocols/directory/domain-info.ts';
import {
  descriptorKey,
  type Entry,
  indexKeys,
  number,
  octets,
  RecordKind,
  referred,
  SHARED_INDEX,
} from '../../protocols/directory/entry.ts';
import { RID_COUNTER, USN_COUNTER } from '../../protocols/directory/stamps.ts';
import { view } from '../../src/bytes/bytes.ts';
import type { Store } from '../../src/machine/store.ts';

/** @param keys how many keys the store's indexes hold; with it, keys of nobody are found too */
export function inconsistencies(store: Store, keys?: number): readonly string[] {
  const wrong: string[] = [];
  const base = directory(store);
  if (store.size > 0 && base.entry(base.counter(DOMAIN_COUNTER)) === undefined) {
    wrong.push('there are records, and no domain');
  }
  const usn = base.counter(USN_COUNTER);
  const rid = base.counter(RID_COUNTER);
  let held = 0;
  let records = 0;
  for (let ids = store.scan(0, 1_000); ids.length > 0; ids = store.scan(ids.at(-1) ?? 0, 1_000)) {
    for (const id of ids) {
      records++;
      if (id > base.counter('id')) wrong.push(`record ${id} is above the counter of records`);
      const bytes = store.read(id);
      if (bytes?.[0] === RecordKind.SHARED) {
        held++;
        if (!store.find(SHARED_INDEX, descriptorKey(bytes.slice(1))).includes(id)) {
          wrong.push(`shared record ${id} is not in its index`);
        }
        continue;
      }
      const entry = base.entry(id);
      if (entry === undefined) {
        wrong.push(`record ${id} is listed and cannot be read`);
        continue;
      }
      const own = indexKeys(entry);
      held += own.length;
      for (const [index, key] of own) {
        if (!store.find(index, key).includes(id)) wrong.push(`${id} is not in ${index} ${key}`);
      }
      wrong.push(...ofEntry(entry, (other) => base.entry(other) !== undefined, { usn, rid }));
    }
  }
  if (records !== store.size)
    wrong.push(`${records} records are listed, the store says ${store.size}`);
  if (keys !== undefined && keys !== held) {
    wrong.push(`the indexes hold ${keys} keys, the records have ${held}`);
  }
  return wrong;
}

function ofEntry(
  entry: Entry,
  exists: (id: number) => boolean,
  { usn, rid }: { readonly usn: number; readonly rid: number },
): readonly string[] {
  const wrong: string[] = [];
  if (entry.parent !== 0 && !exists(entry.parent)) {
    wrong.push(`${entry.id} stands under ${entry.parent}, which is not there`);
  }
  for (const [name, values] of Object.entries(entry.attributes)) {
    for (const value of values) {
      const id = referred(value);
      if (id !== undefined && !exists(id))
        wrong.push(`${entry.id}: ${name} names ${id}: not there`);
    }
  }
  if (number(entry, 'uSNChanged') > usn) wrong.push(`${entry.id} was changed after USN ${usn}`);
  const sid = octets(entry, 'objectSid');
  // S-1-5-21-a-b-c-rid: five sub-authorities, the last one counted.
  if (sid?.length === 28 && view(sid).getUint32(24, true) > Math.max(rid, 999)) {
    wrong.push(`${entry.id} has a relative identifier above ${rid}`);
  }
  return wrong;
}
