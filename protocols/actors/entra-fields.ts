/** What scenario files may say of a tenant of Entra and of Entra Connect. */
import {
  actor,
  defaulted,
  duration,
  either,
  flag,
  type Infer,
  integer,
  listOf,
  object,
  oneOf,
  optional,
  record,
  text,
} from '../../src/schema/schema.ts';
import { realm } from './fields.ts';

const user = object({
  mfa: defaulted(
    oneOf('What becomes of a demand for multi-factor authentication', [
      'satisfied',
      'failed',
      'timeout',
    ]),
    'satisfied',
  ),
});

const member = text('An account or a group, by name', { example: 'Domain Users' });

/** Microsoft Entra Kerberos as Set-AzureADKerberosServer left it, in Active Directory and in the tenant. */
const kerberosServer = object({
  keyVersion: optional(
    integer('KeyVersion of krbtgt_AzureAD; left out: 2, as of every account', { min: 1 }),
  ),
  secondaryKrbTgtNumber: optional(
    integer('msDS-SecondaryKrbTgtNumber of krbtgt_AzureAD; left out: follows from the seed', {
      min: 1,
      max: 65_535,
    }),
  ),
  allow: optional(
    listOf('msDS-RevealOnDemandGroup of AzureADKerberos; left out: Domain Users', member),
  ),
  deny: optional(
    listOf(
      'msDS-NeverRevealGroup of AzureADKerberos; left out: Denied RODC Password Replication Group and the groups of operators',
      member,
    ),
  ),
});

export type EntraKerberosFields = Infer<typeof kerberosServer>;

/** What Entra itself decides about its tickets, and has not published. */
const tickets = object(
  {
    logonInfo: optional(
      oneOf('LOGON_INFO of partial tickets (primaryGroup)', ['primaryGroup', 'noGroups', 'absent']),
    ),
    lifetime: optional(duration('How long tickets last (10h)')),
    renewTill: optional(duration('Until when they can be renewed (7d)')),
    name: optional(
      oneOf('cname of partial tickets (sAMAccountName)', ['sAMAccountName', 'userPrincipalName']),
    ),
    missing: optional(
      oneOf('What stands in place of a ticket that cannot be issued (absent)', ['absent', 'told']),
    ),
    cloud: optional(flag('Tickets of KERBEROS.MICROSOFTONLINE.COM are issued (true)')),
  },
  'Points of Entra’s tickets that are not published',
);

const domain = object({
  verified: defaulted(
    flag('Shown to be theirs; else its users are called …onmicrosoft.com in the tenant'),
    true,
  ),
  authentication: defaulted(
    oneOf('Who checks passwords: Entra, or AD FS alone', ['managed', 'federated']),
    'managed',
  ),
});

export type EntraTenantFields = Infer<typeof entraTenantFields>;
export const entraTenantFields = object({
  realm,
  tickets: defaulted(tickets, {}),
  tenantId: optional(
    text('Identifier of the tenant; left out: one that follows from the seed', {
      example: '72f988bf-86f1-41af-91ab-2d7cd011db47',
      pattern: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
      expected: 'a GUID such as 72f988bf-86f1-41af-91ab-2d7cd011db47',
    }),
  ),
  users: defaulted(record('What is special about users', user, actor('Which user', 'user')), {}),
  kerberos: defaulted(
    either(
      'Set-AzureADKerberosServer was run before the story begins: Entra issues tickets for the domain',
      'true, false, or a map of what the cmdlet made',
      [flag('Whether it was'), kerberosServer],
    ),
    false,
  ),
  domains: defaulted(
    record(
      'Custom domain names, where they are not verified and managed',
      domain,
      text('A suffix of user principal names', { example: 'corp.example' }),
    ),
    {},
  ),
  certificateAuthentication: defaulted(
    flag('The authorities of the realm were uploaded: users sign in by their certificates'),
    false,
  ),
  licence: defaulted(
    oneOf('What the tenant has bought: device write-back needs P1', ['none', 'P1', 'P2']),
    'P1',
  ),
  joinNeedsMfa: defaulted(
    flag('Require multifactor authentication to register or join devices'),
    false,
  ),
  devicesPerUser: defaulted(integer('Maximum number of devices per user'), 50),
  mfaTimeout: defaulted(duration('How long a second factor is waited for'), '60s'),
  keyReceipts: defaulted(
    flag('Registered keys are answered with a receipt, for certificate trust'),
    true,
  ),
});

export type EntraConnectFields = Infer<typeof entraConnectFields>;
export const entraConnectFields = object({
  realm,
  tenant: actor('The tenant that it synchronises with', 'entra-tenant'),
  syncInterval: defaulted(duration('Time from one cycle to the next'), '30m'),
  firstSync: optional(
    duration('When the first cycle begins, after the start; left out: after one interval'),
  ),
  deviceWriteback: defaulted(flag('Writes devices of the tenant into the directory'), false),
  deviceContainer: optional(
    flag(
      'The directory was prepared for that: CN=RegisteredDevices is there, with rights for the account; left out: where devices are written back',
    ),
  ),
  account: defaulted(
    text('sAMAccountName of the account that it writes with', { example: 'MSOL_0123456789ab' }),
    'MSOL_kerblab',
  ),
  keyAdmins: defaulted(flag('That account is in Key Admins, as key trust needs it'), true),
});

export const entraTenantVerbs = {
  disables: {
    about: 'Disables a user or a device in the tenant: no tokens any more.',
    schema: object({ disables: actor('Whom', 'user', 'device') }),
  },
  removesKeys: {
    about:
      'Removes the Hello keys that a user has registered; the next cycle takes them out of AD.',
    schema: object({ removesKeys: actor('Whose', 'user') }),
  },
  revokes: {
    about:
      'Revokes the sessions of a user, as Revoke-MgUserSignInSession does: primary refresh tokens of before are taken no more.',
    schema: object({ revokes: actor('Whose', 'user') }),
  },
  setsMfa: {
    about: 'Changes what becomes of a user’s multi-factor authentication from now on.',
    schema: object({
      setsMfa: actor('Whose', 'user'),
      to: oneOf('What becomes of it', ['satisfied', 'failed', 'timeout']),
    }),
  },
} as const;

export const entraConnectVerbs = {
  syncs: {
    about: 'Begins a cycle at once, as Start-ADSyncSyncCycle does.',
    schema: object({ syncs: oneOf('When', ['now']) }),
  },
  configures: {
    about: 'Changes what cycles do, from the next one on.',
    schema: object({
      configures: oneOf('What is changed', ['deviceWriteback']),
      to: flag('Devices of the tenant are written into the directory'),
    }),
  },
} as const;
