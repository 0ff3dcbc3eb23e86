/**
 * What the directory says of certificates, from the objects below CN=Public Key Services in the
 * configuration: whom the forest trusts, whose certificates sign in, what is revoked.
 */
import type { Store } from '../../src/machine/store.ts';
import type { Directory } from '../directory/directory.ts';
import type { DomainInfo } from '../directory/domain-info.ts';
import type { Entry } from '../directory/entry.ts';
import { isDeleted } from '../directory/instance.ts';
import { USN_COUNTER } from '../directory/stamps.ts';
import type { PublicKeyServices } from '../kdc/accounts.ts';

const PLACES = ['Certification Authorities', 'NTAuthCertificates', 'AIA', 'CDP'] as const;

/** CDP has containers of hosts with the lists in them; nothing is deeper than that. */
const MOST_LEVELS = 3;

interface Kept {
  readonly services: PublicKeyServices;
  /** The records that it was made of, each with its revision. */
  readonly mark: string;
  usn: number;
}

/** The same object until a write touches one of those records. */
export function publicKeyServicesOf(
  store: Store,
  base: Directory,
  { ids }: DomainInfo,
): () => PublicKeyServices {
  let kept: Kept | undefined;
  return () => {
    const usn = store.counter(USN_COUNTER);
    if (kept?.usn === usn) return kept.services;
    const records = PLACES.map((name) => recordsOf(base, placeOf(base, ids.configuration, name)));
    const mark = records.flat().map((id) => `${id}.${store.revision(id)}`);
    const text = mark.join(' ');
    if (kept?.mark === text) {
      kept.usn = usn;
      return kept.services;
    }
    const values = (at: number, name: string) =>
      (records[at] ?? []).flatMap((id) => valuesOf(base.entry(id), name));
    const services: PublicKeyServices = {
      roots: values(0, 'cACertificate'),
      ntAuth: values(1, 'cACertificate'),
      intermediates: values(2, 'cACertificate'),
      revocationLists: values(3, 'certificateRevocationList'),
    };
    kept = { services, mark: text, usn };
    return services;
  };
}

function placeOf(base: Directory, configuration: number, name: string): number | undefined {
  return ['Services', 'Public Key Services', name].reduce<number | undefined>(
    (parent, value) => (parent === undefined ? parent : base.child(parent, { type: 'CN', value })),
    configuration,
  );
}

/** The record and those below it. */
function recordsOf(base: Directory, id: number | undefined, level = 0): readonly number[] {
  if (id === undefined || level === MOST_LEVELS) return [];
  return [id, ...base.children(id).flatMap((child) => recordsOf(base, child, level + 1))];
}

/** Where the schema wants a value and there is none yet, certutil writes one octet of zero. */
function valuesOf(entry: Entry | undefined, name: string): readonly Uint8Array[] {
  if (entry === undefined || isDeleted(entry)) return [];
  return (entry.attributes[name] ?? []).filter(
    (value): value is Uint8Array => value instanceof Uint8Array && value.length > 1,
  );
}
