/** What scenario files may say of the actors that an Active Directory realm is made of. */
import {
  actor,
  defaulted,
  duration,
  flag,
  type Infer,
  integer,
  listOf,
  object,
  oneOf,
  optional,
  record,
  secret,
  text,
  time,
} from '../../src/schema/schema.ts';
import type { UserAccountControl } from '../kdc/accounts.ts';
import { attributesField } from './attribute-values.ts';
import { domainPolicyFields } from './domain-policy.ts';
import { ENCRYPTION_TYPES, encryptionTypes } from './encryption-types.ts';
import { helloFields } from './hello-fields.ts';
import { controllerCertificate, userCertificate } from './pki-fields.ts';
import { pkinitFields } from './pkinit-fields.ts';
import { realmPolicyFields } from './realm-policy-fields.ts';

export const realm = text('DNS name of the realm, which is the Active Directory domain', {
  example: 'CORP.EXAMPLE',
  pattern: /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
  expected: 'a DNS name such as CORP.EXAMPLE',
});

export function hostField(about: string, example: string) {
  return text(about, {
    example,
    pattern: /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
    expected: `a host name such as ${example}`,
  });
}

const spn = text('Name of the service that clients ask tickets for', {
  example: 'cifs/files.corp.example',
  pattern: /^[^/@\s]+\/[^/@\s]+(\/[^/@\s]+)?$/,
  expected: 'class/host such as cifs/files.corp.example',
});

/** Bits of userAccountControl that files may set. */
const CONTROLS = [
  'ACCOUNTDISABLE',
  'DONT_EXPIRE_PASSWD',
  'SMARTCARD_REQUIRED',
  'TRUSTED_FOR_DELEGATION',
  'NOT_DELEGATED',
  'USE_DES_KEY_ONLY',
  'DONT_REQUIRE_PREAUTH',
  'TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION',
  'NO_AUTH_DATA_REQUIRED',
] as const satisfies readonly (keyof typeof UserAccountControl)[];

const container = text('Where its object stands, below the domain; units are made', {
  example: 'OU=Sales',
  pattern: /^[A-Za-z.0-9-]+=.+$/,
  expected: 'a distinguished name without the domain, such as OU=Sales',
});

/** What every account may say of itself. */
const account = {
  rid: optional(integer('Last part of objectSid; left out: the next free one', { min: 500 })),
  kvno: optional(integer('Version of the keys', { min: 1 })),
  salt: optional(
    text('Salt that the keys were made with; left out: as its names give it', {
      example: 'CORP.EXAMPLEalice',
    }),
  ),
  groups: defaulted(
    listOf('Groups besides the primary group, by name', text('A group', { example: 'Finance' })),
    [],
  ),
  userAccountControl: defaulted(
    listOf('Bits of userAccountControl that are set', oneOf('A bit', CONTROLS)),
    [],
  ),
  supportedEncryptionTypes: optional(
    encryptionTypes('msDS-SupportedEncryptionTypes; left out: the domain decides'),
  ),
  container: optional(container),
  attributes: attributesField,
};

export type AccountConfig = Infer<ReturnType<typeof object<typeof account>>>;

/** What a person's account may say besides. */
const person = {
  ...account,
  userPrincipalName: optional(
    text('Sign-in name', {
      example: 'alice@corp.example',
      pattern: /.@./,
      expected: 'a name with an @ such as alice@corp.example',
    }),
  ),
  displayName: optional(text('Name for people', { example: 'Alice Example' })),
  passwordExpires: optional(time('When the password expires')),
  accountExpires: optional(time('When the account expires')),
};

export type UserConfig = Infer<typeof userFields>;
export const userFields = object({
  realm,
  password: secret('The password that the directory knows'),
  sAMAccountName: optional(text('Name of the account; left out: the name of the actor')),
  userName: optional(
    text('What they type as their name; left out: sAMAccountName', {
      example: 'alice@corp.example',
    }),
  ),
  certificate: optional(userCertificate),
  securityKey: optional(
    object(
      {
        registered: defaulted(flag('The tenant knows it when the story begins'), true),
      },
      'The FIDO2 security key that they carry',
    ),
  ),
  ...person,
});

/** A computer's place in the realm. */
export const computer = {
  realm,
  dnsHostName: optional(
    hostField('Its DNS name; left out: the actor in the realm', 'laptop.corp.example'),
  ),
  sAMAccountName: optional(
    text('Name of its account; left out: the actor in capitals and a $', { example: 'LAPTOP$' }),
  ),
  ...account,
};

export type ComputerConfig = Infer<ReturnType<typeof object<typeof computer>>>;

export type DeviceFields = Infer<typeof deviceFields>;
export const deviceFields = object({
  ...computer,
  ...helloFields,
  signsInAtStart: defaulted(
    flag('Gets a ticket-granting ticket for its computer account when it starts'),
    true,
  ),
  learnsKdcTime: defaulted(
    flag('Takes over the clock of the KDC when its own is wrong, instead of failing'),
    true,
  ),
  etypes: optional(
    listOf(
      'Encryption types that it offers, in order; left out: those of Windows',
      oneOf('An encryption type', ENCRYPTION_TYPES),
      { min: 1 },
    ),
  ),
  udpPreferenceLimit: defaulted(
    integer('Requests up to this many octets go by UDP first; 0: always TCP, as Windows does', {
      max: 65_507,
    }),
    0,
  ),
  kdcWaitTime: defaulted(duration('How long the first request waits for a KDC'), '5s'),
  kdcBackoffTime: defaulted(duration('How much longer each further request waits'), '10s'),
  kdcSendRetries: defaulted(integer('How often a KDC is asked in all', { min: 1, max: 20 }), 3),
  serviceWaitTime: defaulted(duration('How long a service may take to answer an AP-REQ'), '30s'),
  outgoingNtlm: defaulted(
    oneOf('“Restrict NTLM: Outgoing NTLM traffic to remote servers”', ['allow', 'deny']),
    'allow',
  ),
});

export type FileServerFields = Infer<typeof fileServerFields>;
export const fileServerFields = object({
  ...computer,
  spn,
  maxClockSkew: defaulted(duration('How far its clock and a client’s may be apart'), '5m'),
  ntlm: defaulted(
    flag('Takes NTLM where a client has no Kerberos ticket, and asks a domain controller about it'),
    false,
  ),
  aliases: defaulted(
    listOf(
      'Other names and addresses that lead to it; none of them is a service principal name',
      text('A name or an address', { example: '192.0.2.7', pattern: /^[A-Za-z0-9.:-]+$/ }),
    ),
    [],
  ),
});

const trust = object({
  with: actor('A domain controller of the other realm', 'domain-controller'),
  direction: defaulted(
    oneOf('Inbound: users from here may go there; outbound: users from there may come here', [
      'inbound',
      'outbound',
      'bidirectional',
    ]),
    'bidirectional',
  ),
});

export type ServiceAccount = Infer<typeof serviceAccount>;
const serviceAccount = object({
  ...person,
  password: optional(secret('Its password; left out: a random one')),
  servicePrincipalName: defaulted(listOf('Names of the services that run as it', spn), []),
});

export type DomainControllerFields = Infer<typeof domainControllerFields>;
export const domainControllerFields = object({
  realm,
  netbios: optional(
    text('NetBIOS name of the domain; left out: the first part of the realm', {
      example: 'CORP',
      pattern: /^[A-Za-z0-9-]{1,15}$/,
      expected: 'a NetBIOS name of up to 15 letters such as CORP',
    }),
  ),
  host: optional(hostField('Its DNS name; left out: the actor in the realm', 'dc1.corp.example')),
  certificate: optional(controllerCertificate),
  pkinit: defaulted(pkinitFields, {}),
  sid: optional(
    text('SID of the domain; left out: one that follows from the seed', {
      example: 'S-1-5-21-1004336348-1177238915-682003330',
      pattern: /^S-1-5-21(-\d{1,10}){3}$/,
      expected: 'a domain SID S-1-5-21-...-...-...',
    }),
  ),
  groups: defaulted(
    record(
      'Groups besides those that every domain has, by name',
      object({
        scope: defaulted(
          oneOf('Where it counts', ['global', 'universal', 'domainLocal']),
          'global',
        ),
        rid: optional(integer('Last part of its objectSid', { min: 1_000 })),
        memberOf: defaulted(
          listOf('Groups that it is in itself, by name', text('A group', { example: 'Staff' })),
          [],
        ),
        container: optional(container),
      }),
    ),
    {},
  ),
  accounts: defaulted(
    record('Accounts that no actor plays, by sAMAccountName', serviceAccount),
    {},
  ),
  trusts: defaulted(listOf('Other realms that it trusts, or that trust it', trust), []),
  policy: defaulted(realmPolicyFields, {}),
  domainPolicy: defaulted(domainPolicyFields, {}),
  administratorPassword: optional(
    secret('The password of the built-in Administrator; left out: one from the seed'),
  ),
  population: optional(
    object({
      count: integer('How many users', { min: 1, max: 1_000_000 }),
      prefix: defaulted(
        text('What their names begin with; a number follows, as in user000001', {
          example: 'user',
          pattern: /^[A-Za-z][A-Za-z0-9._-]{0,12}$/,
          expected: 'up to 13 letters, digits, dots, dashes and underscores',
        }),
        'user',
      ),
      password: secret('The password of them all'),
    }),
  ),
});
