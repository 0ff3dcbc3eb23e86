/**
 * What of a device survives a loss of power: Hello containers, the users' certificates, the TPM's memory of
 * failures, the event logs, policies, CloudAP's cache, the device's registration with Entra. The step that
 * changes one of them writes it, before anything that follows.
 */
import { toHex } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { RecordWrite, Store } from '../../src/machine/store.ts';
import type { FailedJoin } from '../entra/dsreg-status.ts';
import { type Failures, NO_FAILURES } from '../hello/attempts.ts';
import type { StoredCertificate } from '../hello/certificate-store.ts';
import type { Container } from '../hello/container.ts';
import type { DeviceEvent } from '../hello/event-log.ts';
import type { PolicySources } from '../hello/policy-sources.ts';
import { decodeRecord, encodeRecord, type HelloRecord } from '../hello/records.ts';
import { key } from '../kerberos/etypes.ts';
import type { CloudApCache, CloudCaches, KeptTgt } from './device-cloud-state.ts';
import type { OwnRegistration } from './device-join.ts';

/** The contents of a device's store. */
export interface Kept {
  /** By user. */
  readonly containers: Readonly<Record<string, Container>>;
  readonly certificates: readonly StoredCertificate[];
  readonly tpm: Failures;
  /** How many Hello keys were ever made here: no two have one name. */
  readonly keys: number;
  /** The event logs, the newest last. */
  readonly events: readonly DeviceEvent[];
  /** Policies that came in the course of the story; absent: those that there were from the start. */
  readonly policies?: PolicySources;
  /** CloudAP's cache, by user. */
  readonly cloud: CloudCaches;
  /** Where it has registered itself in the course of the story. */
  readonly registration?: OwnRegistration;
  /** The last attempt to, where none has succeeded. */
  readonly failedJoin?: FailedJoin;
}

export const NOTHING_KEPT: Kept = {
  containers: {},
  certificates: [],
  tpm: NO_FAILURES,
  keys: 0,
  events: [],
  cloud: {},
};

const KEYS = 'hello/keys';
const INDEX = 'hello';

export function keptIn(store: Store): Kept {
  let kept: Kept = { ...NOTHING_KEPT, keys: store.counter(KEYS) };
  for (const id of store.scan(0, store.size)) {
    kept = withRecord(kept, recordOf(store.read(id) as Uint8Array));
  }
  return kept;
}

/** CloudAP's cache of one user, and how the device is joined, beside what Hello keeps. */
type DeviceRecord =
  | HelloRecord
  | { readonly kind: 'cloudap'; readonly cache: CloudApCache }
  | { readonly kind: 'registration'; readonly registration: OwnRegistration }
  | { readonly kind: 'failedJoin'; readonly failure: FailedJoin };

const OTHERS = ['cloudap', 'registration', 'failedJoin'] as const;

function recordOf(octets: Uint8Array): DeviceRecord {
  return decodeRecord<DeviceRecord>(octets, OTHERS);
}

/** A key that comes from the store has its mechanism made anew. */
function revived(cache: CloudApCache): CloudApCache {
  const { tgtAd, tgtCloud, ...rest } = cache;
  return {
    ...rest,
    ...(tgtAd === undefined ? {} : { tgtAd: revivedTgt(tgtAd) }),
    ...(tgtCloud === undefined ? {} : { tgtCloud: revivedTgt(tgtCloud) }),
  };
}

function revivedTgt(tgt: KeptTgt): KeptTgt {
  if (tgt.kind !== 'ticket') return tgt;
  const { etype, bytes } = tgt.credential.key;
  return { ...tgt, credential: { ...tgt.credential, key: key(etype, bytes) } };
}

function withRecord(kept: Kept, record: DeviceRecord): Kept {
  switch (record.kind) {
    case 'cloudap': {
      const cache = revived(record.cache);
      return { ...kept, cloud: { ...kept.cloud, [cache.user]: cache } };
    }
    case 'container': {
      const { container } = record;
      const containers = { ...kept.containers, [container.settings.user]: container };
      return { ...kept, containers };
    }
    case 'certificate':
      return { ...kept, certificates: [...kept.certificates, record.stored] };
    case 'tpm':
      return { ...kept, tpm: record.failures };
    case 'event': {
      const events = [...kept.events, record.event];
      return { ...kept, events: events.sort((a, b) => a.record - b.record) };
    }
    case 'policies':
      return { ...kept, policies: record.policies };
    case 'registration':
      return { ...kept, registration: record.registration };
    case 'failedJoin':
      return { ...kept, failedJoin: record.failure };
  }
}

/** The write that makes the store hold `after` where it held `before`; none where nothing changed. */
export function written(before: Kept, after: Kept, store: Store): readonly ActorEffect[] {
  const old = recordsOf(before);
  const records: RecordWrite[] = [];
  const used = new Set<number>();
  for (const [name, record] of recordsOf(after)) {
    const former = old.get(name);
    old.delete(name);
    if (former?.part === record.part) continue;
    const id = store.find(INDEX, name)[0] ?? freeId(store, used);
    used.add(id);
    const added = former === undefined ? [[INDEX, name] as const] : [];
    records.push({ id, bytes: encodeRecord(record.record), added, removed: [] });
  }
  for (const name of old.keys()) {
    const id = store.find(INDEX, name)[0] as number;
    records.push({ id, added: [], removed: [[INDEX, name]] });
  }
  if (records.length === 0 && before.keys === after.keys) return [];
  const counters = before.keys === after.keys ? {} : { counters: { [KEYS]: after.keys } };
  return [{ kind: 'write', batch: { records, ...counters } }];
}

/** The lowest numbers are given first; a device has a handful of records. */
function freeId(store: Store, used: ReadonlySet<number>): number {
  let id = 1;
  while (used.has(id) || store.read(id) !== undefined) id++;
  return id;
}

interface Named {
  /** The very object that it is made of: the same one, the same record. */
  readonly part: unknown;
  readonly record: DeviceRecord;
}

function recordsOf({
  containers,
  certificates,
  tpm,
  events,
  policies,
  cloud,
  registration,
  failedJoin,
}: Kept): Map<string, Named> {
  const named = new Map<string, Named>();
  for (const [user, container] of Object.entries(containers)) {
    named.set(`container/${user}`, { part: container, record: { kind: 'container', container } });
  }
  for (const stored of certificates) {
    named.set(certificateName(stored), { part: stored, record: { kind: 'certificate', stored } });
  }
  if (tpm !== NO_FAILURES) {
    named.set('tpm', { part: tpm, record: { kind: 'tpm', failures: tpm } });
  }
  for (const event of events) {
    named.set(`event/${event.record}`, { part: event, record: { kind: 'event', event } });
  }
  for (const [user, cache] of Object.entries(cloud)) {
    named.set(`cloudap/${user}`, { part: cache, record: { kind: 'cloudap', cache } });
  }
  if (policies !== undefined) {
    named.set('policies', { part: policies, record: { kind: 'policies', policies } });
  }
  if (registration !== undefined) {
    const record = { kind: 'registration', registration } as const;
    named.set('registration', { part: registration, record });
  }
  if (failedJoin !== undefined) {
    const record = { kind: 'failedJoin', failure: failedJoin } as const;
    named.set('failedJoin', { part: failedJoin, record });
  }
  return named;
}

function certificateName({ user, certificate }: StoredCertificate): string {
  return `certificate/${user}/${toHex(digest('sha256', certificate)).slice(0, 16)}`;
}
