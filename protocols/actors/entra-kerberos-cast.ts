/**
 * Microsoft Entra Kerberos of a realm as it is when the story begins: what Set-AzureADKerberosServer made
 * in Active Directory (AzureADKerberos, krbtgt_AzureAD) and gave to the tenant (the KerberosDomain).
 * Both sides ask here, so that they have the same key.
 */
import type { Scene } from '../../src/scenario/role.ts';
import type { ReadOnlyControllerSeed, SecretSeed } from '../directory/domain-seed.ts';
import {
  KERBEROS_COMPUTER,
  KERBEROS_COMPUTER_CONTROL,
  KERBEROS_KRBTGT,
} from '../directory/kerberos-server.ts';
import { passwordKey } from '../kdc/long-term-keys.ts';
import type { Key } from '../kerberos/etypes.ts';
import { userSalt } from '../kerberos/salts.ts';
import { members, READ_ONLY_ROLE } from './cast-members.ts';
import { KVNO, randomSecret } from './computer.ts';
import { TENANT_ROLE } from './device-identity.ts';
import type { EntraKerberosFields, EntraTenantFields } from './entra-fields.ts';
import type { DomainControllerFields } from './fields.ts';
import type { ReadOnlyControllerFields } from './read-only-fields.ts';
import { drawnKrbTgtNumber, secondaryKrbTgtNumber } from './read-only-numbers.ts';
import { realmNames } from './realm-names.ts';

/** On whose behalf tickets may be issued, unless the administrator says otherwise. */
const ALLOWED_BY_DEFAULT: readonly string[] = ['Domain Users'];

const AES256 = 18;

/** How the cmdlet's tenant and its directory agree when the story begins. */
export interface EntraKerberosSeed {
  /** `CORP.EXAMPLE` */
  readonly realm: string;
  /** `corp.example` */
  readonly domainDnsName: string;
  readonly netBiosName: string;
  readonly domainSid: string;
  /** Id and CloudId of Get-AzureADKerberosServer: in all published outputs a number of 16 bits. */
  readonly id: number;
  readonly secondaryKrbTgtNumber: number;
  readonly keyVersion: number;
  /** AES256 key of krbtgt_AzureAD. */
  readonly key: Key;
  /** When key and objects were made, milliseconds since 1970. */
  readonly keyUpdatedOn: number;
}

/** Both sides were set up a month before the story begins, as the domain was made. */
const PROVISIONED_BEFORE = 30 * 86_400_000;

/** undefined: it was not set up before the story, or no domain controller of the realm is there. */
export function entraKerberosOf(scene: Scene, realm: string): EntraKerberosSeed | undefined {
  const fields = kerberosFields(scene, realm);
  const [first] = members<DomainControllerFields>(scene, realm, 'domain-controller');
  if (fields === undefined || first === undefined) return undefined;
  const { name, flatName, sid } = realmNames(scene, ...first);
  const number = numberOf(scene, name, fields);
  const { password = '' } = krbtgtSecret(scene, name);
  return {
    realm: name,
    domainDnsName: name.toLowerCase(),
    netBiosName: flatName.toUpperCase(),
    domainSid: sid,
    id: number,
    secondaryKrbTgtNumber: number,
    keyVersion: fields.keyVersion ?? KVNO,
    key: passwordKey(AES256, password, userSalt(name, KERBEROS_KRBTGT)),
    keyUpdatedOn: scene.start - PROVISIONED_BEFORE,
  };
}

/** What the tenant of a realm says of it; undefined: nothing was set up. */
function kerberosFields(scene: Scene, realm: string): EntraKerberosFields | undefined {
  for (const [, { kerberos }] of members<EntraTenantFields>(scene, realm, TENANT_ROLE)) {
    if (kerberos === true) return {};
    if (kerberos !== false) return kerberos;
  }
  return undefined;
}

function krbtgtSecret(scene: Scene, realmName: string): SecretSeed {
  return randomSecret(scene, `${KERBEROS_KRBTGT}@${realmName}`);
}

/** What the file says, or one that follows from the seed and that no read-only controller has. */
function numberOf(scene: Scene, realmName: string, fields: EntraKerberosFields): number {
  if (fields.secondaryKrbTgtNumber !== undefined) return fields.secondaryKrbTgtNumber;
  const taken = members<ReadOnlyControllerFields>(scene, realmName, READ_ONLY_ROLE).map(
    ([actor, config]) => secondaryKrbTgtNumber(scene, actor, config),
  );
  let number = drawnKrbTgtNumber(scene, KERBEROS_COMPUTER, realmName);
  while (taken.includes(number)) number = (number % 65_535) + 1;
  return number;
}

/** The two objects in the realm's directory, or none. */
export function entraKerberosObjects(
  scene: Scene,
  realm: string,
): readonly ReadOnlyControllerSeed[] {
  const fields = kerberosFields(scene, realm);
  const seed = entraKerberosOf(scene, realm);
  if (fields === undefined || seed === undefined) return [];
  const { allow = ALLOWED_BY_DEFAULT, deny } = fields;
  return [
    {
      name: KERBEROS_COMPUTER,
      krbtgt: {
        number: seed.secondaryKrbTgtNumber,
        sAMAccountName: KERBEROS_KRBTGT,
        secret: { ...krbtgtSecret(scene, seed.realm), kvno: seed.keyVersion },
        attributes: { displayName: `krbtgt_${seed.id}` },
      },
      revealOnDemandGroup: allow,
      ...(deny === undefined ? {} : { neverRevealGroup: deny }),
      // It has no host behind it: no name in DNS, no services.
      attributes: {
        userAccountControl: KERBEROS_COMPUTER_CONTROL,
        dNSHostName: [],
        servicePrincipalName: [],
      },
    },
  ];
}

/** The accounts that {@link entraKerberosObjects} make, for exports of keys. */
export function entraKerberosAccounts(scene: Scene, realm: string): readonly string[] {
  return entraKerberosObjects(scene, realm).length === 0
    ? []
    : [`${KERBEROS_COMPUTER}$`, KERBEROS_KRBTGT];
}
