import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directoryAccounts } from '../../../protocols/actors/directory-accounts.ts';
import { entraKerberosOf } from '../../../protocols/actors/entra-kerberos-cast.ts';
import type { DomainControllerFields } from '../../../protocols/actors/fields.ts';
import { storeOf } from '../../../protocols/actors/new-domain-store.ts';
import { realmCast } from '../../../protocols/actors/realm-cast.ts';
import { initialDomain } from '../../../protocols/directory/domain.ts';
import { fullKvno } from '../../../protocols/kdc/long-term-keys.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { ALICE, AUTHORITIES, DC1, sceneOf } from './pki-scene.ts';

const TENANT = { role: 'entra-tenant', realm: 'CORP.EXAMPLE' } as const;
const PEOPLE = { ...AUTHORITIES, dc1: DC1, alice: ALICE };

function directoryOf(kerberos: unknown) {
  const { scene, config } = sceneOf({ ...PEOPLE, tenant: { ...TENANT, kerberos } });
  const cast = realmCast(scene, 'dc1', config<DomainControllerFields>('dc1'));
  const accounts = directoryAccounts(storeOf(initialDomain(cast.seed).batch));
  return { cast, accounts, seed: entraKerberosOf(scene, 'corp.example') };
}

const cast = suite('entra-kerberos-cast');

cast('gives directory and tenant the same key, number and version', () => {
  const { accounts, seed } = directoryOf(true);
  if (seed === undefined) throw new Error('nothing was set up');
  const krbtgt = accounts.krbtgt(seed.secondaryKrbTgtNumber);
  assert.is(krbtgt?.sAMAccountName, 'krbtgt_AzureAD');
  const [newest] = krbtgt?.keys ?? [];
  assert.is(newest?.kvno, seed.keyVersion);
  const aes256 = newest?.keys.find(({ etype }) => etype === 18);
  assert.is(toHex(aes256?.bytes ?? new Uint8Array()), toHex(seed.key.bytes));
  assert.is(newest?.salt, 'CORP.EXAMPLEkrbtgt_AzureAD');
  assert.is(seed.domainDnsName, 'corp.example');
  assert.is(seed.netBiosName, 'CORP');
  assert.is(seed.domainSid, accounts.domain.sid);
});

cast('makes a read-only controller’s computer without a host', () => {
  const { accounts, seed } = directoryOf(true);
  const [linked, ...more] = accounts.readOnlyControllers(seed?.secondaryKrbTgtNumber ?? 0);
  assert.is(more.length, 0);
  assert.is(linked?.computer.sAMAccountName, 'AzureADKerberos$');
  assert.is(linked?.computer.userAccountControl, 0x0400_1000);
  assert.is(linked?.computer.primaryGroupID, 521);
  assert.equal(linked?.computer.servicePrincipalName, []);
  const { sid } = accounts.domain;
  assert.equal(linked?.revealOnDemand, [`${sid}-513`]);
  assert.ok(linked?.neverReveal.includes(`${sid}-572`));
});

cast('takes what the file says of it', () => {
  const {
    accounts,
    seed,
    cast: made,
  } = directoryOf({
    keyVersion: 192_272,
    secondaryKrbTgtNumber: 0x1234,
    allow: ['alice'],
    deny: ['Domain Admins'],
  });
  assert.is(seed?.keyVersion, 192_272);
  assert.is(seed?.id, 0x1234);
  // The lower 16 bits of the version stand in tickets.
  assert.is(fullKvno(0x1234, seed?.keyVersion ?? 0), 0x1234_ef10);
  const [linked] = accounts.readOnlyControllers(0x1234);
  const { sid } = accounts.domain;
  assert.equal(linked?.revealOnDemand, [accounts.bySAMAccountName('alice')?.objectSid]);
  assert.equal(linked?.neverReveal, [`${sid}-512`]);
  assert.ok(made.named.includes('krbtgt_AzureAD'));
});

cast('has nothing where nothing was set up', () => {
  const { accounts, seed, cast: made } = directoryOf(false);
  assert.is(seed, undefined);
  assert.is(accounts.bySAMAccountName('krbtgt_AzureAD'), undefined);
  assert.is(accounts.bySAMAccountName('AzureADKerberos$'), undefined);
  assert.not.ok(made.named.includes('krbtgt_AzureAD'));
});

cast('draws a number that no read-only controller has', () => {
  const numbers = (number: number) => {
    const branch = { role: 'read-only-domain-controller', realm: 'CORP.EXAMPLE', number };
    const { scene } = sceneOf({
      ...PEOPLE,
      rodc1: { ...branch, writable: 'dc1' },
      tenant: { ...TENANT, kerberos: true },
    });
    return entraKerberosOf(scene, 'CORP.EXAMPLE')?.secondaryKrbTgtNumber ?? 0;
  };
  const drawn = numbers(7);
  assert.is(numbers(8), drawn);
  assert.is(numbers(drawn), (drawn % 65_535) + 1);
});

cast.run();
