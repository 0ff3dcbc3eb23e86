/** Read-only domain controllers (MS-ADTS 6.1.1.3.2) and trusts (MS-ADTS 6.1.6) of a new domain. */

import { trustSalt } from '../kerberos/salts.ts';
import { parseSid } from '../pac/sid.ts';
import { type AccountPlaces, addAccount, randomSecret } from './domain-accounts.ts';
import { storedKeys } from './domain-builder.ts';
import type { ReadOnlyControllerSeed, TrustSeed } from './domain-seed.ts';
import { UserAccountControl as Uac } from './user-account-control.ts';

/** Groups that no read-only domain controller learns passwords of (MS-ADTS 6.1.1.3.2). */
const NEVER_REVEALED: readonly string[] = [
  'Denied RODC Password Replication Group',
  'Administrators',
  'Server Operators',
  'Backup Operators',
  'Account Operators',
];

export function addReadOnlyController(places: AccountPlaces, rodc: ReadOnlyControllerSeed): number {
  const { name, krbtgt, host } = rodc;
  const { dnsName } = places.seed;
  const sAMAccountName = krbtgt.sAMAccountName ?? `krbtgt_${krbtgt.number}`;
  addAccount(places, {
    sAMAccountName,
    secret: krbtgt.secret ?? randomSecret(places, sAMAccountName),
    ...(krbtgt.rid === undefined ? {} : { rid: krbtgt.rid }),
    attributes: {
      userAccountControl: Uac.NORMAL_ACCOUNT | Uac.ACCOUNTDISABLE | Uac.DONT_EXPIRE_PASSWORD,
      'msDS-SecondaryKrbTgtNumber': krbtgt.number,
      showInAdvancedViewOnly: true,
      description: `Keys of the tickets that ${name} issues`,
      ...krbtgt.attributes,
    },
  });
  const dnsHostName = host ?? `${name.toLowerCase()}.${dnsName}`;
  return addAccount(places, {
    sAMAccountName: `${name}$`,
    secret: rodc.secret ?? randomSecret(places, `${name}$`),
    ...(rodc.rid === undefined ? {} : { rid: rodc.rid }),
    attributes: {
      userAccountControl:
        Uac.WORKSTATION_TRUST_ACCOUNT |
        Uac.TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION |
        Uac.PARTIAL_SECRETS_ACCOUNT,
      dNSHostName: dnsHostName,
      isCriticalSystemObject: true,
      servicePrincipalName: [
        ...['HOST', 'RestrictedKrbHost'].flatMap((service) => [
          `${service}/${name}`,
          `${service}/${dnsHostName}`,
        ]),
      ],
      'msDS-KrbTgtLink': sAMAccountName,
      'msDS-RevealOnDemandGroup': rodc.revealOnDemandGroup ?? [
        'Allowed RODC Password Replication Group',
      ],
      'msDS-NeverRevealGroup': rodc.neverRevealGroup ?? NEVER_REVEALED,
      ...rodc.attributes,
    },
  });
}

/** TRUST_DIRECTION_*, MS-ADTS 6.1.6.7.12. */
const DIRECTIONS = { inbound: 1, outbound: 2, bidirectional: 3 } as const;
/** TRUST_TYPE_UPLEVEL: another Active Directory. */
const UPLEVEL = 2;

/**
 * The trusted domain object, whose secret is the trust's password with the salt of our referrals
 * (trustAuthIncoming); where the other domain trusts this one, the account that it signs in with.
 */
export function addTrust(places: AccountPlaces, trust: TrustSeed): number {
  const { builder, seed, containers } = places;
  const { partner, flatName, direction } = trust;
  const id = builder.add({
    parent: containers.system,
    name: partner.toLowerCase(),
    objectClass: 'trustedDomain',
    secrets: [storedKeys({ kvno: 1, ...trust.secret }, trustSalt(seed.dnsName, partner))],
    attributes: {
      trustPartner: partner.toLowerCase(),
      flatName: flatName.toUpperCase(),
      securityIdentifier: parseSid(trust.sid),
      trustDirection: DIRECTIONS[direction],
      trustType: UPLEVEL,
      trustAttributes: trust.trustAttributes ?? 0,
      trustPosixOffset: 0,
      isCriticalSystemObject: true,
      ...trust.attributes,
    },
  });
  if (direction !== 'outbound') {
    addAccount(places, {
      sAMAccountName: `${flatName.toUpperCase()}$`,
      objectClass: 'user',
      cn: `${flatName.toUpperCase()}$`,
      secret: { kvno: 1, ...trust.secret },
      attributes: {
        userAccountControl: Uac.INTERDOMAIN_TRUST_ACCOUNT | Uac.PASSWD_NOTREQD,
        isCriticalSystemObject: true,
        showInAdvancedViewOnly: true,
      },
    });
  }
  return id;
}
