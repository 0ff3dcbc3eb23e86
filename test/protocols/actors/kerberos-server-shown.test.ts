import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { agree, kerberosServerLines } from '../../../protocols/actors/kerberos-server-shown.ts';

const s = suite('actors/kerberos-server-shown');

const SERVER = {
  id: 17_530,
  userAccount: 'CN=krbtgt_AzureAD,CN=Users,DC=corp,DC=example',
  computerAccount: 'CN=AzureADKerberos,OU=Domain Controllers,DC=corp,DC=example',
  displayName: 'krbtgt_17530',
  domainDnsName: 'corp.example',
  keyVersion: 192_272,
  keyUpdatedOn: Date.UTC(2022, 1, 24, 22, 38, 5),
  keyUpdatedFrom: 'dc1.corp.example',
};
const CLOUD = {
  id: 17_530,
  domainDnsName: 'corp.example',
  netBiosName: 'CORP',
  domainSid: 'S-1-5-21-1-2-3',
  secondaryKrbTgtNumber: 17_530,
  keyVersion: 192_272,
  keyUpdatedOn: SERVER.keyUpdatedOn,
};

s('the fields of the real cmdlet, in its order', () => {
  assert.is(
    kerberosServerLines(SERVER, CLOUD).join('\n'),
    `Id                 : 17530
UserAccount        : CN=krbtgt_AzureAD,CN=Users,DC=corp,DC=example
ComputerAccount    : CN=AzureADKerberos,OU=Domain Controllers,DC=corp,DC=example
DisplayName        : krbtgt_17530
DomainDnsName      : corp.example
KeyVersion         : 192272
KeyUpdatedOn       : 2/24/2022 10:38:05 PM
KeyUpdatedFrom     : dc1.corp.example
CloudDisplayName   : krbtgt_17530
CloudDomainDnsName : corp.example
CloudId            : 17530
CloudKeyVersion    : 192272
CloudKeyUpdatedOn  : 2/24/2022 10:38:05 PM
CloudTrustDisplay  :`,
  );
});

s('midnight and noon are twelve', () => {
  const at = (hour: number) => {
    const keyUpdatedOn = Date.UTC(2026, 11, 31, hour, 0, 9);
    return kerberosServerLines({ ...SERVER, keyUpdatedOn }, undefined)[6];
  };
  assert.is(at(0), 'KeyUpdatedOn       : 12/31/2026 12:00:09 AM');
  assert.is(at(12), 'KeyUpdatedOn       : 12/31/2026 12:00:09 PM');
});

s('agreement is of number, version and domain, and takes both', () => {
  assert.ok(agree(SERVER, CLOUD));
  assert.not(agree(undefined, CLOUD));
  assert.not(agree(SERVER, undefined));
  assert.not(agree(SERVER, { ...CLOUD, keyVersion: 192_273 }));
  assert.not(agree(SERVER, { ...CLOUD, id: 1 }));
  assert.not(agree(SERVER, { ...CLOUD, domainDnsName: 'sales.corp.example' }));
});

s.run();
