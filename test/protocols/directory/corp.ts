/** A small domain for the directory's tests: corp.example with one of everything. */

import type { DomainSeed } from '../../../protocols/directory/domain-seed.ts';
import { seededRandom } from '../../../src/crypto/random.ts';

export const CORP_SID = 'S-1-5-21-1004336348-1177238915-682003330';

/** 2026-03-02T08:00:00Z */
export const CORP_NOW = 1_772_438_400_000;

export const CORP: DomainSeed = {
  dnsName: 'corp.example',
  netbios: 'CORP',
  sid: CORP_SID,
  controller: { name: 'DC1', host: 'dc1.corp.example' },
  now: CORP_NOW,
  random: (label) => seededRandom(1, label),
  groups: [
    { name: 'Finance', members: ['alice'], memberOf: ['Everyone in Finance'] },
    { name: 'Everyone in Finance', scope: 'domainLocal', rid: 1_200 },
  ],
  accounts: [
    {
      sAMAccountName: 'alice',
      cn: 'Alice Example',
      container: 'OU=Sales',
      secret: { password: 'Passw0rd!' },
      memberOf: ['Protected Users'],
      attributes: { userPrincipalName: 'alice@corp.example', displayName: 'Alice Example' },
    },
    { sAMAccountName: 'bob', secret: { password: 'Passw0rd!' }, attributes: { manager: 'alice' } },
    {
      sAMAccountName: 'LAPTOP$',
      secret: { password: 'secret' },
      attributes: { dNSHostName: 'laptop.corp.example', servicePrincipalName: 'HOST/LAPTOP' },
    },
  ],
  readOnlyControllers: [{ name: 'AzureADKerberos', krbtgt: { number: 4711 } }],
  trusts: [
    {
      partner: 'fabrikam.example',
      flatName: 'FABRIKAM',
      sid: 'S-1-5-21-1-2-3',
      direction: 'bidirectional',
      secret: { password: 'trust' },
    },
  ],
};
