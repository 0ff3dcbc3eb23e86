/**
 * Security descriptors that Windows gives to the objects of a new domain where these are not their
 * class's default: MS-ADTS 6.1.1 and 3.1.1.6.1.1, in SDDL (MS-DTYP 2.5.1).
 */
import { classSchema } from './schema.ts';
import { controlAccessRight } from './well-known-rights.ts';

const guidOf = (right: string): string => controlAccessRight(right)?.guid ?? '';
const classGuid = (name: string): string => classSchema(name)?.guid ?? '';

const USER = classGuid('user');
const INET_ORG_PERSON = classGuid('inetOrgPerson');
const KEY_CREDENTIAL_LINK = '5b47d60f-6090-40b2-9f37-2a4de88f3063';

const replication = (...trustees: readonly string[]): string =>
  trustees
    .flatMap((trustee) =>
      [
        'DS-Replication-Get-Changes',
        'DS-Replication-Synchronize',
        'DS-Replication-Manage-Topology',
        'DS-Replication-Get-Changes-In-Filtered-Set',
      ].map((right) => `(OA;;CR;${guidOf(right)};;${trustee})`),
    )
    .join('');

/** What a class's default gives, and more: ACEs of the DACL behind those that are there. */
function extended(className: string, aces: string): string {
  const text = classSchema(className)?.defaultSecurityDescriptor ?? 'D:';
  const sacl = text.indexOf('S:');
  return sacl < 0 ? text + aces : text.slice(0, sacl) + aces + text.slice(sacl);
}

/**
 * The domain: its class's default, Key Admins' right to write key credentials of everything below
 * (MS-DTYP 2.4.2.4), and cloning of domain controllers.
 */
export const DOMAIN_DESCRIPTOR = extended(
  'domainDNS',
  [
    `(OA;CI;RPWP;${KEY_CREDENTIAL_LINK};;KA)`,
    `(OA;CI;RPWP;${KEY_CREDENTIAL_LINK};;EK)`,
    `(OA;;CR;${guidOf('DS-Clone-Domain-Controller')};;CN)`,
  ].join(''),
);

export const CONFIGURATION_DESCRIPTOR = [
  'O:EAG:EAD:(A;;RPLCLORC;;;AU)(A;CI;RPWPCRCCDCLCLORCWOWDSDDTSW;;;EA)',
  '(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;CIIO;RPWPCRCCLCLORCWOWDSDSW;;;DA)',
  replication('ED', 'BA'),
  `(OA;;CR;${guidOf('DS-Replication-Get-Changes-All')};;BA)`,
  `(OA;;CR;${guidOf('DS-Replication-Get-Changes-All')};;ED)`,
].join('');

export const SCHEMA_DESCRIPTOR = [
  'O:SAG:SAD:(A;CI;RPLCLORC;;;AU)(A;CI;RPWPCRCCLCLORCWOWDSW;;;SA)',
  '(A;CI;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
  `(OA;;CR;${guidOf('Change-Schema-Master')};;SA)`,
  replication('ED', 'BA'),
  `(OA;;CR;${guidOf('DS-Replication-Get-Changes-All')};;BA)`,
  `(OA;;CR;${guidOf('DS-Replication-Get-Changes-All')};;ED)`,
].join('');

/** Configuration's containers are read by everybody who is authenticated. */
export const PARTITIONS_DESCRIPTOR = [
  'D:(A;;LCLORC;;;AU)(A;CI;RPLCLORC;;;AU)(A;;RPWPCRCCLCLORCWOWDSDSW;;;EA)',
  '(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;CC;;;ED)',
].join('');

/** Only the system and administrators see what is deleted. */
export const DELETED_OBJECTS_DESCRIPTOR = 'O:SYG:SYD:P(A;;RPWPCCDCLCRCWOWDSDSW;;;SY)(A;;RPLC;;;BA)';

export const BUILTIN_DESCRIPTOR = 'D:(A;;RPLCLORC;;;AU)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)';

export const DOMAIN_CONTROLLERS_DESCRIPTOR = [
  'D:(A;;RPWPCRCCLCLORCWOWDSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
  '(A;;RPLCLORC;;;AU)(A;;RPLCLORC;;;ED)',
].join('');

/** Where computers and users land; account operators may add and remove them there. */
export const USERS_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPWPCRCCDCLCLORCWOWDSW;;;DA)',
  `(OA;;CCDC;${USER};;AO)(OA;;CCDC;${classGuid('group')};;AO)`,
  `(OA;;CCDC;${INET_ORG_PERSON};;AO)(A;;RPLCLORC;;;AU)`,
].join('');

export const COMPUTERS_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPWPCRCCDCLCLORCWOWDSW;;;DA)',
  `(OA;;CCDC;${classGuid('computer')};;AO)(OA;;CCDC;${USER};;AO)(OA;;CCDC;${classGuid('group')};;AO)`,
  '(A;;RPLCLORC;;;AU)',
].join('');

const READ_BY_OLD = [
  'User-Account-Restrictions',
  'User-Logon',
  'Membership',
  'General-Information',
  'RAS-Information',
]
  .flatMap((set) =>
    [INET_ORG_PERSON, USER].map((className) => `(OA;;RP;${guidOf(set)};${className};RU)`),
  )
  .join('');

/**
 * AdminSDHolder: what every protected account and group gets (MS-ADTS 3.1.1.6.1.1). It is protected
 * from inheritance, so Key Admins' right from above does not reach it or them.
 */
export const ADMIN_SD_HOLDER_DESCRIPTOR = [
  'O:DAG:DAD:PAI',
  READ_BY_OLD,
  '(OA;;RPWP;bf967a7f-0de6-11d0-a285-00aa003049e2;;CA)', // userCertificate
  '(OA;;RP;46a9b11d-60ae-405a-b7e8-ff8a58d456d2;;S-1-5-32-560)', // tokenGroupsGlobalAndUniversal
  '(OA;;RPWP;6db69a1c-9422-11d1-aebd-0000f80367c1;;S-1-5-32-561)', // terminalServer
  '(OA;;RPWP;5805bc62-bdc9-4428-a5e2-856a0f4c185e;;S-1-5-32-561)', // Terminal-Server-License-Server
  `(OA;;CR;${guidOf('User-Change-Password')};;WD)(OA;;CR;${guidOf('User-Change-Password')};;PS)`,
  `(OA;;LCRPLORC;;${INET_ORG_PERSON};RU)(OA;;LCRPLORC;;${USER};RU)`,
  `(OA;;RPWPCR;${guidOf('Private-Information')};;PS)`,
  '(A;;CCDCLCSWRPWPLOCRSDRCWDWO;;;BA)(A;;CCDCLCSWRPWPLOCRRCWDWO;;;DA)',
  '(A;;CCDCLCSWRPWPLOCRRCWDWO;;;EA)(A;;LCRPLORC;;;AU)',
  '(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;SY)(A;;LCRPLORC;;;RU)',
].join('');
