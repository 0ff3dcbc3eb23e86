/**
 * The initial domain, made of a seed: the naming contexts of MS-ADTS 6.1.1 with everything that
 * clients and tools look up there, and the accounts. The same seed gives the same octets.
 */
import type { WriteBatch } from '../../src/machine/store.ts';
import type { Directory } from './directory.ts';
import { formatGuid, parseDn } from './dn.ts';
import {
  type AccountPlaces,
  addAccount,
  addController,
  addGroup,
  addWellKnownAccounts,
} from './domain-accounts.ts';
import { type DomainBuilder, domainBuilder, namesObjects, storedValues } from './domain-builder.ts';
import {
  addConfiguration,
  addConfigurationHead,
  addSecurityPrincipals,
  DEFAULT_SITE,
} from './domain-configuration.ts';
import { addContainers, addDomainHead, WellKnownGuid } from './domain-containers.ts';
import { DOMAIN_COUNTER, type DomainIds, type DomainInfo } from './domain-info.ts';
import { addReadOnlyController, addTrust } from './domain-partners.ts';
import { POPULATION_COUNTER } from './domain-population.ts';
import { addSchema } from './domain-schema.ts';
import type { DomainSeed, ObjectSeed, SeedAttributes, SeedValue } from './domain-seed.ts';
import { type Entry, one, reference, referred } from './entry.ts';
import { ROOT, sidText, wellKnown } from './names.ts';
import { attribute, classSchema } from './schema.ts';

export interface InitialDomain {
  readonly batch: WriteBatch;
  readonly info: DomainInfo;
}

/**
 * The seed's population is not in the batch: the domain says how many it waits for.
 * @throws Error when the seed names a group, an account or a container that is not there.
 */
export function initialDomain(seed: DomainSeed): InitialDomain {
  const builder = domainBuilder({
    domainSid: seed.sid,
    now: seed.now,
    random: seed.random,
    rids: ridsOf(seed),
  });
  const [, ...above] = seed.dnsName.split('.');
  const parent = above.reduceRight((id, label) => builder.phantom(id, 'DC', label), ROOT);
  const domain = addDomainHead(builder, seed, parent);
  builder.ownedBy(`${seed.sid}-519`);
  const configuration = addConfigurationHead(builder, domain);
  builder.ownedBy(`${seed.sid}-518`);
  const schema = addSchema(builder, configuration);
  builder.ownedBy(`${seed.sid}-519`);
  const heads = { domain, configuration, schema };
  const { partitions, server, ntdsSettings } = addConfiguration(builder, seed, heads);
  builder.ownedBy(`${seed.sid}-512`);
  const containers = addContainers(builder, seed, domain, configuration);
  builder.set(configuration, { subRefs: reference(schema) });
  const [ntdsGuid] = builder.value(ntdsSettings, 'objectGUID') as readonly [Uint8Array];
  const waiting: (readonly [number, SeedAttributes])[] = [];
  const places: AccountPlaces = {
    builder,
    seed,
    containers,
    place: (dn) => placeOf(builder, domain, dn),
    later: (id, attributes) => waiting.push([id, attributes]),
  };
  addWellKnownAccounts(places);
  const controller = addController(places, formatGuid(ntdsGuid));
  addSeeds(places, domain);
  builder.ownedBy(`${seed.sid}-519`);
  addSecurityPrincipals(builder, configuration);
  builder.ownedBy(`${seed.sid}-512`);
  for (const [id, attributes] of waiting) setNamed(places, domain, id, attributes);
  const owner = { fSMORoleOwner: reference(ntdsSettings) };
  for (const id of [domain, schema, partitions, containers.infrastructure, containers.ridManager]) {
    builder.set(id, owner);
  }
  builder.set(server, { serverReference: reference(controller) });
  const ids: DomainIds = {
    domain,
    configuration,
    schema,
    users: containers.users,
    computers: containers.computers,
    domainControllers: containers.domainControllers,
    system: containers.system,
    adminSdHolder: containers.adminSdHolder,
    deletedObjects: containers.deletedObjects,
    partitions,
    controller,
    server,
    ntdsSettings,
  };
  const info = infoOf(seed, ids);
  const waited =
    seed.population === undefined ? {} : { [POPULATION_COUNTER]: seed.population.count };
  return { batch: builder.batch({ [DOMAIN_COUNTER]: domain, ...waited }), info };
}

function infoOf(seed: DomainSeed, ids: DomainIds): DomainInfo {
  return {
    dnsName: seed.dnsName,
    netbios: seed.netbios,
    sid: seed.sid,
    controller: seed.controller.name,
    controllerHost: seed.controller.host,
    site: seed.site ?? DEFAULT_SITE,
    ids,
  };
}

/** RIDs that the seed gives itself. */
function ridsOf(seed: DomainSeed): ReadonlySet<number> {
  const { accounts = [], groups = [], readOnlyControllers = [] } = seed;
  return new Set(
    [
      seed.controller.rid ?? 1_000,
      ...[...accounts, ...groups, ...readOnlyControllers].map(({ rid }) => rid),
      ...readOnlyControllers.map(({ krbtgt }) => krbtgt.rid),
    ].filter((rid) => rid !== undefined),
  );
}

function addSeeds(places: AccountPlaces, domain: number): void {
  const { accounts = [], groups = [], trusts = [], objects = [] } = places.seed;
  for (const group of groups) addGroup(places, group);
  for (const account of accounts) addAccount(places, account);
  for (const rodc of places.seed.readOnlyControllers ?? []) addReadOnlyController(places, rodc);
  for (const trust of trusts) addTrust(places, trust);
  for (const object of objects) addObject(places, domain, object);
}

function addObject({ builder, later }: AccountPlaces, domain: number, object: ObjectSeed): void {
  const [own, ...above] = ownRdns(builder, domain, object.dn);
  if (own === undefined) throw new Error(`an object of the seed has no name: "${object.dn}"`);
  const parent = above.reduceRight(
    (id, rdn) => existing(builder, id, rdn.value, object.dn),
    domain,
  );
  const attributes = object.attributes ?? {};
  const entries = Object.entries(attributes);
  const id = builder.add({
    parent,
    name: own.value,
    objectClass: object.objectClass,
    attributes: Object.fromEntries(entries.filter(([name]) => !namesObjects(name))),
    ...delegation(object),
  });
  later(id, Object.fromEntries(entries.filter(([name]) => namesObjects(name))));
}

/** The class's default, and more. */
function delegation({ objectClass, delegatedTo = [] }: ObjectSeed): { descriptor?: string } {
  if (delegatedTo.length === 0) return {};
  const usual = classSchema(objectClass)?.defaultSecurityDescriptor ?? 'D:';
  const aces = delegatedTo.map((sid) => `(A;CI;RPWPCRCCDCLCLORCSDDTSW;;;${sid})`);
  return { descriptor: usual + aces.join('') };
}

function existing(builder: DomainBuilder, parent: number, name: string, dn: string): number {
  const id = builder.child(parent, name);
  if (id === undefined) throw new Error(`"${name}" of "${dn}" is not in the new domain`);
  return id;
}

/** The names below the domain, whether the text goes on to the root or not. */
function ownRdns(builder: DomainBuilder, domain: number, dn: string) {
  const rdns = parseDn(dn);
  if (rdns === undefined) throw new Error(`"${dn}" is no distinguished name`);
  const dc = rdns.findIndex(({ type }) => type.toUpperCase() === 'DC');
  const [label] = builder.value(domain, 'dc');
  if (dc >= 0 && rdns[dc]?.value.toLowerCase() !== String(label).toLowerCase()) {
    throw new Error(`"${dn}" is not in this domain`);
  }
  return dc < 0 ? rdns : rdns.slice(0, dc);
}

function placeOf(builder: DomainBuilder, domain: number, dn: string): number {
  return ownRdns(builder, domain, dn).reduceRight((parent, { type, value }) => {
    const found = builder.child(parent, value);
    if (found !== undefined) return found;
    if (type.toUpperCase() !== 'OU') throw new Error(`no container "${value}" for "${dn}"`);
    return builder.add({ parent, name: value, objectClass: 'organizationalUnit' });
  }, domain);
}

/** Values that name accounts by sAMAccountName, foreign principals by SID, the rest by DN. */
function setNamed(
  { builder, containers }: AccountPlaces,
  domain: number,
  id: number,
  attributes: SeedAttributes,
): void {
  for (const [name, given] of Object.entries(attributes)) {
    for (const value of storedValues(given as SeedValue)) {
      const text = String(value);
      const mark = attribute(name)?.syntax === 'dn' ? -1 : text.lastIndexOf(':');
      const target = text.slice(mark + 1);
      const found =
        referred(target) ??
        builder.account(target) ??
        builder.child(containers.foreignSecurityPrincipals, target) ??
        objectAt(builder, domain, target);
      if (found === undefined) {
        throw new Error(`${name}: "${target}" names no account, no group and no object here`);
      }
      // `memberOf` is the other side of `member`: the group is what changes.
      if (name === 'memberOf') builder.append(found, 'member', reference(id));
      else builder.append(id, name, `${text.slice(0, mark + 1)}${reference(found)}`);
    }
  }
}

function objectAt(builder: DomainBuilder, domain: number, dn: string): number | undefined {
  if (!dn.includes('=')) return undefined;
  return ownRdns(builder, domain, dn).reduceRight<number | undefined>(
    (parent, { value }) => (parent === undefined ? undefined : builder.child(parent, value)),
    domain,
  );
}

/** What {@link initialDomain} said, found again in a store. Undefined: there is no domain in it. */
export function domainInfo(directory: Directory): DomainInfo | undefined {
  const domain = directory.counter(DOMAIN_COUNTER);
  const head = directory.entry(domain);
  if (domain === 0 || head === undefined) return undefined;
  const child = (parent: number, value: string, type = 'CN'): number =>
    directory.child(parent, { type, value }) ?? 0;
  const known = (guid: string): number =>
    wellKnown(
      head,
      Uint8Array.from(guid.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
    ) ?? 0;
  const configuration = child(domain, 'Configuration');
  const system = known(WellKnownGuid.SYSTEMS);
  const ntdsSettings = referred(one(head, 'fSMORoleOwner') ?? '') ?? 0;
  const server = directory.entry(ntdsSettings)?.parent ?? 0;
  const serverEntry = directory.entry(server);
  const controller = referred(one(serverEntry as Entry, 'serverReference') ?? '') ?? 0;
  const partitions = child(configuration, 'Partitions');
  const crossRef = directory
    .children(partitions)
    .map((id) => directory.entry(id))
    .find((entry) => entry !== undefined && one(entry, 'nCName') === reference(domain));
  const site = directory.entry(directory.entry(serverEntry?.parent ?? 0)?.parent ?? 0);
  const controllerEntry = directory.entry(controller);
  return {
    dnsName: crossRef === undefined ? '' : (one(crossRef, 'dnsRoot') ?? ''),
    netbios: crossRef === undefined ? '' : (one(crossRef, 'nETBIOSName') ?? ''),
    sid: sidText(head) ?? '',
    controller: serverEntry?.rdn.value ?? '',
    controllerHost:
      controllerEntry === undefined ? '' : (one(controllerEntry, 'dNSHostName') ?? ''),
    site: site?.rdn.value ?? '',
    ids: {
      domain,
      configuration,
      schema: child(configuration, 'Schema'),
      users: known(WellKnownGuid.USERS),
      computers: known(WellKnownGuid.COMPUTERS),
      domainControllers: known(WellKnownGuid.DOMAIN_CONTROLLERS),
      system,
      adminSdHolder: child(system, 'AdminSDHolder'),
      deletedObjects: known(WellKnownGuid.DELETED_OBJECTS),
      partitions,
      controller,
      server,
      ntdsSettings,
    },
  };
}
