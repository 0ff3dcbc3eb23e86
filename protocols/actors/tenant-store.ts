/**
 * What a tenant remembers when its process ends: users, devices, keys, domains' keys and the sessions of
 * primary refresh tokens. Nonces are forgotten: whoever had one asks for another. The step that changes
 * something writes it, before anything that follows.
 */
import { fromJsonOctets, toJsonOctets } from '../../src/bytes/json-octets.ts';
import type { ActorEffect } from '../../src/machine/actor.ts';
import type { RecordWrite, Store } from '../../src/machine/store.ts';
import { type BrokerGrant, NOTHING_ISSUED, type PrtSession } from '../entra/prt-sessions.ts';
import type { Tenant } from '../entra/tenant.ts';

const INDEX = 'tenant';
/** How many records were ever made: no two have one number. */
const RECORDS = 'tenant/records';

/** What each thing is found by, among its own kind. */
const NAMES = {
  users: ({ userPrincipalName }: Tenant['users'][number]) => userPrincipalName.toLowerCase(),
  devices: ({ deviceId }: Tenant['devices'][number]) => deviceId,
  keys: ({ kid }: Tenant['keys'][number]) => kid,
  kerberosDomains: ({ domainDnsName }: Of<'kerberosDomains'>) => domainDnsName.toLowerCase(),
  securityKeys: ({ credentialId }: Of<'securityKeys'>) => credentialId,
  computers: ({ deviceId }: Of<'computers'>) => deviceId,
} as const;

type Kind = keyof typeof NAMES;
type Of<K extends keyof Tenant> = NonNullable<Tenant[K]> extends readonly (infer T)[] ? T : never;
const KINDS = Object.keys(NAMES) as readonly Kind[];

type TenantRecord =
  | { readonly [K in Kind]: { readonly kind: K; readonly value: Of<K> } }[Kind]
  | { readonly kind: 'session'; readonly refreshToken: string; readonly value: PrtSession }
  | { readonly kind: 'grant'; readonly refreshToken: string; readonly value: BrokerGrant };

/** The tenant of the store; undefined: nothing was ever written. @param settings what is not kept there */
export function tenantIn(store: Store, settings: Tenant): Tenant | undefined {
  if (store.counter(RECORDS) === 0) return undefined;
  const lists: Record<Kind, unknown[]> = {
    users: [],
    devices: [],
    keys: [],
    kerberosDomains: [],
    securityKeys: [],
    computers: [],
  };
  const sessions: Record<string, PrtSession> = {};
  const grants: Record<string, BrokerGrant> = {};
  for (const id of store.scan(0, store.size)) {
    const record = fromJsonOctets(store.read(id) as Uint8Array) as TenantRecord;
    if (record.kind === 'session') sessions[record.refreshToken] = record.value;
    else if (record.kind === 'grant') grants[record.refreshToken] = record.value;
    else lists[record.kind].push(record.value);
  }
  const { domains, initialDomain, licence } = settings;
  return {
    ...(lists as unknown as Tenant),
    ...(domains === undefined ? {} : { domains }),
    ...(initialDomain === undefined ? {} : { initialDomain }),
    ...(licence === undefined ? {} : { licence }),
    issued: { ...NOTHING_ISSUED, sessions, grants },
  };
}

interface Named {
  readonly name: string;
  /** The very object: the same one, the same record. */
  readonly value: object;
  readonly record: TenantRecord;
}

/** The write that makes the store hold `after` where it held `before`; none where nothing changed. */
export function tenantWritten(
  before: Tenant | undefined,
  after: Tenant,
  store: Store,
): readonly ActorEffect[] {
  const records: RecordWrite[] = [];
  let made = store.counter(RECORDS);
  for (const [old, now] of pairs(before, after)) {
    const former = new Map(old.map((named) => [named.name, named.value]));
    for (const { name, value, record } of now) {
      const was = former.get(name);
      former.delete(name);
      if (was === value) continue;
      const id = was === undefined ? ++made : (store.find(INDEX, name)[0] as number);
      const added = was === undefined ? [[INDEX, name] as const] : [];
      records.push({ id, bytes: toJsonOctets(record), added, removed: [] });
    }
    for (const name of former.keys()) {
      const id = store.find(INDEX, name)[0] as number;
      records.push({ id, added: [], removed: [[INDEX, name]] });
    }
  }
  if (records.length === 0) return [];
  return [{ kind: 'write', batch: { records, counters: { [RECORDS]: made } } }];
}

/** Lists that are not the very same: most steps change none. */
function* pairs(
  before: Tenant | undefined,
  after: Tenant,
): Generator<readonly [readonly Named[], readonly Named[]]> {
  for (const kind of KINDS) {
    if (before?.[kind] !== after[kind]) yield [listed(kind, before), listed(kind, after)];
  }
  const [old, now] = [before?.issued, after.issued];
  if (old?.sessions !== now?.sessions) yield [sessionsOf(old?.sessions), sessionsOf(now?.sessions)];
  if (old?.grants !== now?.grants) yield [grantsOf(old?.grants), grantsOf(now?.grants)];
}

function listed<K extends Kind>(kind: K, tenant: Tenant | undefined): readonly Named[] {
  const values = (tenant?.[kind] ?? []) as readonly Of<K>[];
  const nameOf = NAMES[kind] as (value: Of<K>) => string;
  return values.map((value) => ({
    name: `${kind}/${nameOf(value)}`,
    value: value as object,
    record: { kind, value } as unknown as TenantRecord,
  }));
}

function sessionsOf(sessions: Readonly<Record<string, PrtSession>> = {}): readonly Named[] {
  return Object.entries(sessions).map(([refreshToken, value]) => ({
    name: `session/${refreshToken}`,
    value,
    record: { kind: 'session', refreshToken, value },
  }));
}

function grantsOf(grants: Readonly<Record<string, BrokerGrant>> = {}): readonly Named[] {
  return Object.entries(grants).map(([refreshToken, value]) => ({
    name: `grant/${refreshToken}`,
    value,
    record: { kind: 'grant', refreshToken, value },
  }));
}
