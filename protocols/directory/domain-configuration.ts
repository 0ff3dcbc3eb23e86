/** The configuration's naming context: MS-ADTS 6.1.1.2. */
import type { DomainBuilder } from './domain-builder.ts';
import { addPublicKeyServices } from './domain-certificates.ts';
import { HEAD_BELOW_ANOTHER } from './domain-schema.ts';
import type { DomainSeed, SeedAttributes } from './domain-seed.ts';
import { reference } from './entry.ts';
import { SystemFlags } from './instance.ts';
import { classSchema } from './schema.ts';
import {
  CONFIGURATION_DESCRIPTOR,
  DELETED_OBJECTS_DESCRIPTOR,
  PARTITIONS_DESCRIPTOR,
} from './well-known-descriptors.ts';
import { SECURITY_PRINCIPALS } from './well-known-principals.ts';
import { CONTROL_ACCESS_RIGHTS, ValidAccesses } from './well-known-rights.ts';

/** 0x52000000: what a server object carries. */
const CONFIG_ALLOW_RENAME_MOVE_LIMITED =
  SystemFlags.CONFIG_ALLOW_RENAME |
  SystemFlags.CONFIG_ALLOW_LIMITED_MOVE |
  SystemFlags.DISALLOW_MOVE_ON_DELETE;
const UNDELETABLE = SystemFlags.DISALLOW_DELETE | 0;

/** Not deleted, moved or renamed. */
export const FIXED =
  SystemFlags.DISALLOW_DELETE |
  SystemFlags.DOMAIN_DISALLOW_RENAME |
  SystemFlags.DOMAIN_DISALLOW_MOVE;

export const DEFAULT_SITE = 'Default-First-Site-Name';

/** Names of services that stand for `host` (MS-ADTS 6.1.1.2.4.1.2; MS-KILE 3.3.5.6.1). */
const HOST_ALIASES = `
  alerter appmgmt cisvc clipsrv browser dhcp dnscache replicator eventlog eventsystem policyagent
  oakley dmserver dns mcsvc fax msiserver ias messenger netlogon netman netdde netddedsm nmagent
  plugplay protectedstorage rasman rpclocator rpc rpcss remoteaccess rsvp samss scardsvr scesrv
  seclogon scm dcom cifs spooler snmp schedule tapisrv trksvr trkwks ups time wins www http w3svc
  iisadmin msdtc
`;

/** Limits of LDAP requests (MS-ADTS 3.1.1.3.4.6). */
export const LDAP_LIMITS: Readonly<Record<string, number>> = {
  MaxValRange: 1500,
  MaxReceiveBuffer: 10_485_760,
  MaxDatagramRecv: 4096,
  MaxPoolThreads: 4,
  MaxResultSetSize: 262_144,
  MaxTempTableSize: 10_000,
  MaxQueryDuration: 120,
  MaxPageSize: 1000,
  MaxNotificationPerConn: 5,
  MaxActiveQueries: 20,
  MaxConnIdleTime: 900,
  InitRecvTimeout: 120,
  MaxConnections: 5000,
};

export interface Configuration {
  readonly configuration: number;
  readonly partitions: number;
  readonly server: number;
  readonly ntdsSettings: number;
}

/** The head alone: the schema stands below it, and what follows needs both. */
export function addConfigurationHead(builder: DomainBuilder, domain: number): number {
  return builder.add({
    parent: domain,
    name: 'Configuration',
    objectClass: 'configuration',
    descriptor: CONFIGURATION_DESCRIPTOR,
    instanceType: HEAD_BELOW_ANOTHER,
    attributes: { 'msDS-NcType': 0, showInAdvancedViewOnly: true },
  });
}

export function addConfiguration(
  builder: DomainBuilder,
  seed: DomainSeed,
  heads: { readonly domain: number; readonly configuration: number; readonly schema: number },
): Configuration {
  const { configuration } = heads;
  builder.add({
    parent: configuration,
    name: 'Deleted Objects',
    objectClass: 'container',
    descriptor: DELETED_OBJECTS_DESCRIPTOR,
    attributes: { isDeleted: true, isCriticalSystemObject: true, systemFlags: FIXED },
  });
  builder.add({
    parent: configuration,
    name: 'LostAndFoundConfig',
    objectClass: 'lostAndFound',
    attributes: { systemFlags: UNDELETABLE },
  });
  builder.add({
    parent: configuration,
    name: 'NTDS Quotas',
    objectClass: 'msDS-QuotaContainer',
    attributes: {
      isCriticalSystemObject: true,
      'msDS-TombstoneQuotaFactor': 100,
      systemFlags: UNDELETABLE,
    },
  });
  const rights = containerOf(builder, configuration, 'Extended-Rights');
  addExtendedRights(builder, rights);
  addServices(builder, seed, configuration);
  const { server, ntdsSettings } = addSites(builder, seed, heads);
  const partitions = addPartitions(builder, seed, heads);
  return { configuration, partitions, server, ntdsSettings };
}

/** After the domain's own objects, so that a SID of both naming contexts leads to the domain's. */
export function addSecurityPrincipals(builder: DomainBuilder, configuration: number): void {
  const parent = containerOf(builder, configuration, 'WellKnown Security Principals');
  for (const [name, sid] of SECURITY_PRINCIPALS) {
    builder.add({ parent, name, objectClass: 'foreignSecurityPrincipal', sid });
  }
}

function containerOf(builder: DomainBuilder, parent: number, name: string): number {
  return builder.add({
    parent,
    name,
    objectClass: 'container',
    attributes: { systemFlags: UNDELETABLE },
  });
}

function addExtendedRights(builder: DomainBuilder, parent: number): void {
  for (const right of CONTROL_ACCESS_RIGHTS) {
    builder.add({
      parent,
      name: right.cn,
      objectClass: 'controlAccessRight',
      attributes: {
        displayName: right.displayName,
        rightsGuid: right.guid,
        validAccesses: ValidAccesses[right.kind],
        appliesTo: right.appliesTo.map((name) => classSchema(name)?.guid ?? name),
      },
    });
  }
}

function addServices(builder: DomainBuilder, seed: DomainSeed, configuration: number): void {
  const services = containerOf(builder, configuration, 'Services');
  const windows = builder.add({ parent: services, name: 'Windows NT', objectClass: 'container' });
  const service = builder.add({
    parent: windows,
    name: 'Directory Service',
    objectClass: 'nTDSService',
    attributes: {
      sPNMappings: `host=${HOST_ALIASES.trim().split(/\s+/).join(',')}`,
      tombstoneLifetime: 180,
    },
  });
  const policies = builder.add({
    parent: service,
    name: 'Query-Policies',
    objectClass: 'container',
  });
  builder.add({
    parent: policies,
    name: 'Default Query Policy',
    objectClass: 'queryPolicy',
    attributes: {
      lDAPAdminLimits: Object.entries(LDAP_LIMITS).map(([name, value]) => `${name}=${value}`),
    },
  });
  addPublicKeyServices(builder, services, seed.publicKeyServices);
}

function addSites(
  builder: DomainBuilder,
  seed: DomainSeed,
  heads: { readonly domain: number; readonly configuration: number; readonly schema: number },
): { readonly server: number; readonly ntdsSettings: number } {
  const { domain, configuration, schema } = heads;
  const fixed: SeedAttributes = { systemFlags: UNDELETABLE };
  const sites = builder.add({
    parent: configuration,
    name: 'Sites',
    objectClass: 'sitesContainer',
    attributes: { systemFlags: UNDELETABLE | SystemFlags.DISALLOW_MOVE_ON_DELETE },
  });
  for (const [name, objectClass] of [
    ['Inter-Site Transports', 'interSiteTransportContainer'],
    ['Subnets', 'subnetContainer'],
  ] as const) {
    builder.add({ parent: sites, name, objectClass, attributes: fixed });
  }
  const name = seed.site ?? DEFAULT_SITE;
  const site = builder.add({ parent: sites, name, objectClass: 'site' });
  builder.add({ parent: site, name: 'NTDS Site Settings', objectClass: 'nTDSSiteSettings' });
  const servers = builder.add({ parent: site, name: 'Servers', objectClass: 'serversContainer' });
  const server = builder.add({
    parent: servers,
    name: seed.controller.name,
    objectClass: 'server',
    attributes: {
      dNSHostName: seed.controller.host,
      systemFlags: CONFIG_ALLOW_RENAME_MOVE_LIMITED,
    },
  });
  const contexts = [configuration, schema, domain].map(reference);
  const ntdsSettings = builder.add({
    parent: server,
    name: 'NTDS Settings',
    objectClass: 'nTDSDSA',
    attributes: {
      dMDLocation: reference(schema),
      hasMasterNCs: contexts,
      'msDS-hasMasterNCs': contexts,
      'msDS-HasDomainNCs': reference(domain),
      'msDS-HasInstantiatedNCs': [
        `B:8:0000000D:${reference(configuration)}`,
        `B:8:0000000D:${reference(schema)}`,
        `B:8:00000005:${reference(domain)}`,
      ],
      invocationId: builder.random(`invocationId/${seed.dnsName}`)(16),
      'msDS-Behavior-Version': seed.functionalLevel ?? WINDOWS_2016,
      options: 1, // NTDSDSA_OPT_IS_GC
      systemFlags: SystemFlags.DISALLOW_MOVE_ON_DELETE,
    },
  });
  return { server, ntdsSettings };
}

/** DS_BEHAVIOR_WIN2016. */
export const WINDOWS_2016 = 7;

function addPartitions(
  builder: DomainBuilder,
  seed: DomainSeed,
  heads: { readonly domain: number; readonly configuration: number; readonly schema: number },
): number {
  const dnsRoot = seed.dnsName;
  const partitions = builder.add({
    parent: heads.configuration,
    name: 'Partitions',
    objectClass: 'crossRefContainer',
    descriptor: PARTITIONS_DESCRIPTOR,
    attributes: {
      'msDS-Behavior-Version': seed.functionalLevel ?? WINDOWS_2016,
      systemFlags: UNDELETABLE,
      showInAdvancedViewOnly: true,
    },
  });
  for (const [name, head] of [
    ['Enterprise Configuration', heads.configuration],
    ['Enterprise Schema', heads.schema],
  ] as const) {
    builder.add({
      parent: partitions,
      name,
      objectClass: 'crossRef',
      attributes: { nCName: reference(head), dnsRoot, systemFlags: SystemFlags.CR_NTDS_NC },
    });
  }
  builder.add({
    parent: partitions,
    name: seed.netbios,
    objectClass: 'crossRef',
    attributes: {
      nCName: reference(heads.domain),
      dnsRoot,
      nETBIOSName: seed.netbios,
      nTMixedDomain: 0,
      'msDS-Behavior-Version': seed.functionalLevel ?? WINDOWS_2016,
      systemFlags: SystemFlags.CR_NTDS_NC | SystemFlags.CR_NTDS_DOMAIN,
    },
  });
  return partitions;
}
