/** Groups and users that every domain has: MS-DTYP 2.4.2.4, MS-ADTS 6.1.1.6, 6.1.1.4.12. */
import { GroupType } from './membership.ts';

export type GroupScope = 'global' | 'universal' | 'domainLocal' | 'builtin';

/** groupType of security groups, as LDAP shows it: a signed number. */
export const GROUP_TYPES: Readonly<Record<GroupScope, number>> = {
  global: GroupType.SECURITY_ENABLED | GroupType.ACCOUNT | 0,
  universal: GroupType.SECURITY_ENABLED | GroupType.UNIVERSAL | 0,
  domainLocal: GroupType.SECURITY_ENABLED | GroupType.RESOURCE | 0,
  builtin: GroupType.SECURITY_ENABLED | GroupType.RESOURCE | GroupType.BUILTIN_LOCAL | 0,
};

export interface WellKnownGroup {
  readonly name: string;
  /** Last part of the SID: below the domain's, or below S-1-5-32 for built-in groups. */
  readonly rid: number;
  readonly scope: GroupScope;
  /** SDProp protects it: adminCount is 1 from the start (MS-ADTS 3.1.1.6.1.2). */
  readonly protected?: boolean;
  /** sAMAccountNames, and SIDs of foreign security principals. */
  readonly members?: readonly string[];
  readonly description: string;
}

/** Below CN=Users. */
export const DOMAIN_GROUPS: readonly WellKnownGroup[] = [
  {
    name: 'Enterprise Read-only Domain Controllers',
    rid: 498,
    scope: 'universal',
    description: 'Read-only domain controllers of the forest',
  },
  {
    name: 'Domain Admins',
    rid: 512,
    scope: 'global',
    protected: true,
    members: ['Administrator'],
    description: 'Administrators of the domain',
  },
  { name: 'Domain Users', rid: 513, scope: 'global', description: 'All users of the domain' },
  { name: 'Domain Guests', rid: 514, scope: 'global', description: 'All guests of the domain' },
  {
    name: 'Domain Computers',
    rid: 515,
    scope: 'global',
    description: 'Workstations and servers that are members of the domain',
  },
  {
    name: 'Domain Controllers',
    rid: 516,
    scope: 'global',
    protected: true,
    description: 'All domain controllers of the domain',
  },
  {
    name: 'Cert Publishers',
    rid: 517,
    scope: 'domainLocal',
    description: 'May publish certificates to the directory',
  },
  {
    name: 'Schema Admins',
    rid: 518,
    scope: 'universal',
    protected: true,
    members: ['Administrator'],
    description: 'Administrators of the schema',
  },
  {
    name: 'Enterprise Admins',
    rid: 519,
    scope: 'universal',
    protected: true,
    members: ['Administrator'],
    description: 'Administrators of the forest',
  },
  {
    name: 'Group Policy Creator Owners',
    rid: 520,
    scope: 'global',
    members: ['Administrator'],
    description: 'May make group policy objects',
  },
  {
    name: 'Read-only Domain Controllers',
    rid: 521,
    scope: 'global',
    protected: true,
    description: 'Read-only domain controllers of the domain',
  },
  {
    name: 'Cloneable Domain Controllers',
    rid: 522,
    scope: 'global',
    description: 'Domain controllers that may be cloned',
  },
  {
    name: 'Protected Users',
    rid: 525,
    scope: 'global',
    description: 'Accounts that are protected against theft of credentials',
  },
  {
    name: 'Key Admins',
    rid: 526,
    scope: 'global',
    protected: true,
    description: 'May administer key objects in the domain',
  },
  {
    name: 'Enterprise Key Admins',
    rid: 527,
    scope: 'universal',
    protected: true,
    description: 'May administer key objects in the forest',
  },
  {
    name: 'RAS and IAS Servers',
    rid: 553,
    scope: 'domainLocal',
    description: 'Servers that read what users may do remotely',
  },
  {
    name: 'Allowed RODC Password Replication Group',
    rid: 571,
    scope: 'domainLocal',
    description: 'Passwords of members may be on every read-only domain controller',
  },
  {
    name: 'Denied RODC Password Replication Group',
    rid: 572,
    scope: 'domainLocal',
    members: [
      'Cert Publishers',
      'Domain Admins',
      'Domain Controllers',
      'Enterprise Admins',
      'Group Policy Creator Owners',
      'krbtgt',
      'Read-only Domain Controllers',
      'Schema Admins',
    ],
    description: 'Passwords of members may be on no read-only domain controller',
  },
];

/** Below CN=Builtin. */
export const BUILTIN_GROUPS: readonly WellKnownGroup[] = [
  {
    name: 'Administrators',
    rid: 544,
    scope: 'builtin',
    protected: true,
    members: ['Administrator', 'Domain Admins', 'Enterprise Admins'],
    description: 'Complete access to the domain',
  },
  {
    name: 'Users',
    rid: 545,
    scope: 'builtin',
    members: ['Domain Users', 'S-1-5-4', 'S-1-5-11'],
    description: 'Ordinary users',
  },
  {
    name: 'Guests',
    rid: 546,
    scope: 'builtin',
    members: ['Guest', 'Domain Guests'],
    description: 'Guests',
  },
  ...(
    [
      ['Account Operators', 548, 'Administer users and groups of the domain'],
      ['Server Operators', 549, 'Administer domain servers'],
      ['Print Operators', 550, 'Administer printers of domain controllers'],
      ['Backup Operators', 551, 'May read and restore every file'],
      ['Replicator', 552, 'File replication in the domain'],
    ] as const
  ).map(([name, rid, description]) => ({
    name,
    rid,
    scope: 'builtin' as const,
    protected: true,
    description,
  })),
  {
    name: 'Pre-Windows 2000 Compatible Access',
    rid: 554,
    scope: 'builtin',
    members: ['S-1-5-11'],
    description: 'Members may read all users and groups of the domain',
  },
  {
    name: 'Windows Authorization Access Group',
    rid: 560,
    scope: 'builtin',
    members: ['S-1-5-9'],
    description: 'Members may read tokenGroupsGlobalAndUniversal of users',
  },
  { name: 'IIS_IUSRS', rid: 568, scope: 'builtin', members: ['S-1-5-17'], description: 'IIS' },
  ...(
    [
      ['Remote Desktop Users', 555, 'May sign in remotely'],
      ['Network Configuration Operators', 556, 'May configure networking'],
      ['Incoming Forest Trust Builders', 557, 'May make incoming trusts to this forest'],
      ['Performance Monitor Users', 558, 'May read performance counters'],
      ['Performance Log Users', 559, 'May log performance counters'],
      ['Terminal Server License Servers', 561, 'May update the licences of users'],
      ['Distributed COM Users', 562, 'May start and use DCOM objects'],
      ['Cryptographic Operators', 569, 'May perform cryptographic operations'],
      ['Event Log Readers', 573, 'May read event logs'],
      ['Certificate Service DCOM Access', 574, 'May ask certification authorities'],
      ['RDS Remote Access Servers', 575, 'Servers that let users reach remote desktops'],
      ['RDS Endpoint Servers', 576, 'Servers on which remote desktops run'],
      ['RDS Management Servers', 577, 'Servers that administer remote desktop services'],
      ['Hyper-V Administrators', 578, 'Complete access to Hyper-V'],
      ['Access Control Assistance Operators', 579, 'May query authorization remotely'],
      ['Remote Management Users', 580, 'May use WS-Management'],
      ['System Managed Accounts Group', 581, 'Accounts that the system administers'],
      ['Storage Replica Administrators', 582, 'Complete access to Storage Replica'],
    ] as const
  ).map(([name, rid, description]) => ({ name, rid, scope: 'builtin' as const, description })),
];

/** Members of built-in groups that are of no domain, below CN=ForeignSecurityPrincipals. */
export const FOREIGN_PRINCIPALS: readonly string[] = ['S-1-5-4', 'S-1-5-9', 'S-1-5-11', 'S-1-5-17'];

/** Below CN=WellKnown Security Principals of the configuration (MS-ADTS 6.1.1.2.6). */
export const SECURITY_PRINCIPALS: readonly (readonly [name: string, sid: string])[] = [
  ['Anonymous Logon', 'S-1-5-7'],
  ['Authenticated Users', 'S-1-5-11'],
  ['Batch', 'S-1-5-3'],
  ['Console Logon', 'S-1-2-1'],
  ['Creator Group', 'S-1-3-1'],
  ['Creator Owner', 'S-1-3-0'],
  ['Dialup', 'S-1-5-1'],
  ['Digest Authentication', 'S-1-5-64-21'],
  ['Enterprise Domain Controllers', 'S-1-5-9'],
  ['Everyone', 'S-1-1-0'],
  ['Interactive', 'S-1-5-4'],
  ['IUSR', 'S-1-5-17'],
  ['Local Service', 'S-1-5-19'],
  ['Network', 'S-1-5-2'],
  ['Network Service', 'S-1-5-20'],
  ['NTLM Authentication', 'S-1-5-64-10'],
  ['Other Organization', 'S-1-5-1000'],
  ['Owner Rights', 'S-1-3-4'],
  ['Proxy', 'S-1-5-8'],
  ['Remote Interactive Logon', 'S-1-5-14'],
  ['Restricted', 'S-1-5-12'],
  ['SChannel Authentication', 'S-1-5-64-14'],
  ['Self', 'S-1-5-10'],
  ['Service', 'S-1-5-6'],
  ['System', 'S-1-5-18'],
  ['Terminal Server User', 'S-1-5-13'],
  ['This Organization', 'S-1-5-15'],
];
