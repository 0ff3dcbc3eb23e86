/** Security descriptors that many objects have stand in records of their own. */
import { concat, equal } from '../../src/bytes/bytes.ts';
import type { RecordWrite } from '../../src/machine/store.ts';
import type { Directory } from './directory.ts';
import { descriptorKey, RecordKind, SHARED_INDEX } from './entry.ts';

export interface SharedDescriptors {
  readonly recordOf: (octets: Uint8Array) => number | undefined;
  /** Records for descriptors that were not there. */
  made(): readonly RecordWrite[];
  /** Records that nothing names any more. */
  unused(keys: readonly string[]): readonly RecordWrite[];
}

/**
 * A domain's objects have few different security descriptors, so each stands in one record that the
 * entries name, as in Active Directory's sd_table. The index by descriptor counts its users.
 */
export function sharedDescriptors(
  base: Pick<Directory, 'findForm' | 'shared'>,
  nextId: () => number,
): SharedDescriptors {
  const made = new Map<string, { readonly id: number; readonly octets: Uint8Array }>();
  const known = (key: string): { readonly id: number; readonly octets: Uint8Array } | undefined => {
    const id = base.findForm(SHARED_INDEX, key)[0];
    const octets = id === undefined ? undefined : base.shared(id);
    return id === undefined || octets === undefined ? made.get(key) : { id, octets };
  };
  return {
    recordOf: (octets) => {
      const key = descriptorKey(octets);
      const found = known(key);
      // Other octets with the same key: they stand in the entry itself.
      if (found !== undefined) return equal(found.octets, octets) ? found.id : undefined;
      const id = nextId();
      made.set(key, { id, octets });
      return id;
    },
    made: () =>
      [...made].map(([key, { id, octets }]) => ({
        id,
        bytes: concat(new Uint8Array([RecordKind.SHARED]), octets),
        added: [[SHARED_INDEX, key]],
        removed: [],
      })),
    unused: (keys) =>
      keys.flatMap((key) => {
        const id = base.findForm(SHARED_INDEX, key)[0];
        return id === undefined ? [] : [{ id, added: [], removed: [[SHARED_INDEX, key] as const] }];
      }),
  };
}
