import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PublicKeyServicesSeed } from '../../../protocols/directory/domain-seed.ts';
import { CORP_SID } from './corp.ts';
import { type Corp, change, corp, full } from './operating.ts';

const s = suite('directory/domain-certificates');

const SERVICES = 'CN=Public Key Services,CN=Services,CN=Configuration';
const LIST = `CN=Corp Issuing CA,CN=CA,CN=CDP,${SERVICES}`;
const ONE = new Uint8Array([0x30, 1, 1]);
const TWO = new Uint8Array([0x30, 1, 2]);

/** CA$ is who publishes the list of the issuing authority. */
const SEED: PublicKeyServicesSeed = {
  roots: [{ name: 'Corp Root CA', certificate: ONE }],
  ntAuth: [TWO],
  intermediates: [{ name: 'Corp Issuing CA', certificate: TWO }],
  revocationLists: [
    { name: 'Corp Issuing CA', host: 'CA', crl: ONE, publisherSid: `${CORP_SID}-1300` },
    { name: 'Corp Root CA', host: 'CA', crl: TWO },
  ],
  enrollmentServices: [
    { name: 'Corp Issuing CA', certificate: TWO, attributes: { dNSHostName: 'ca.corp.example' } },
  ],
  templates: [{ name: 'KerberosAuthentication', attributes: { revision: 110 } }],
};

function withAuthority(): Corp {
  const domain = corp({
    publicKeyServices: SEED,
    accounts: [
      { sAMAccountName: 'CA$', rid: 1300, secret: { password: 'secret' } },
      { sAMAccountName: 'alice', secret: { password: 'Passw0rd!' } },
      { sAMAccountName: 'carol', secret: { password: 'Passw0rd!' } },
    ],
    groups: [],
  });
  domain.modify('CN=Enterprise Admins,CN=Users', [
    change('add', 'member', full('CN=carol,CN=Users')),
  ]);
  return domain;
}

s('each kind of object where Windows has it', () => {
  const domain = withAuthority();
  const octets = (dn: string, name: string) => domain.entry(dn).attributes[name];
  assert.equal(octets(`CN=NTAuthCertificates,${SERVICES}`, 'cACertificate'), [TWO]);
  assert.equal(
    octets(`CN=Corp Root CA,CN=Certification Authorities,${SERVICES}`, 'cACertificate'),
    [ONE],
  );
  assert.equal(octets(`CN=Corp Issuing CA,CN=AIA,${SERVICES}`, 'cACertificate'), [TWO]);
  assert.equal(octets(LIST, 'certificateRevocationList'), [ONE]);
  const service = `CN=Corp Issuing CA,CN=Enrollment Services,${SERVICES}`;
  assert.equal(octets(service, 'dNSHostName'), ['ca.corp.example']);
  const template = `CN=KerberosAuthentication,CN=Certificate Templates,${SERVICES}`;
  assert.equal(octets(template, 'revision'), ['110']);
  for (const name of ['KRA', 'OID']) assert.ok(domain.entry(`CN=${name},${SERVICES}`));
});

s('an authority’s account publishes its own list, and nothing else', () => {
  const domain = withAuthority();
  const as = { context: domain.token('CA$') };
  const publish = (dn: string) =>
    domain.modify(dn, [change('replace', 'certificateRevocationList', TWO)], as)?.code;
  assert.is(publish(LIST), undefined);
  assert.equal(domain.entry(LIST).attributes.certificateRevocationList, [TWO]);
  assert.is(publish(`CN=Corp Root CA,CN=CA,CN=CDP,${SERVICES}`), 50);
  const trusted = change('add', 'cACertificate', ONE);
  assert.is(domain.modify(`CN=NTAuthCertificates,${SERVICES}`, [trusted], as)?.code, 50);
});

s('Enterprise Admins say whom the forest trusts; users only read it', () => {
  const domain = withAuthority();
  const trusts = (account: string) =>
    domain.modify(`CN=NTAuthCertificates,${SERVICES}`, [change('add', 'cACertificate', ONE)], {
      context: domain.token(account),
    })?.code;
  const adds = (account: string) =>
    domain.add(
      `CN=Partner Root,CN=Certification Authorities,${SERVICES}`,
      {
        objectClass: 'certificationAuthority',
        cACertificate: ONE,
        certificateRevocationList: new Uint8Array([0]),
        authorityRevocationList: new Uint8Array([0]),
      },
      { context: domain.token(account) },
    )?.code;
  assert.equal([trusts('alice'), adds('alice')], [50, 50]);
  assert.equal([trusts('carol'), adds('carol')], [undefined, undefined]);
  assert.is(domain.entry(`CN=NTAuthCertificates,${SERVICES}`).attributes.cACertificate?.length, 2);
});

s('without a seed the containers are there, and empty', () => {
  const domain = corp();
  assert.equal(domain.directory.children(domain.id(`CN=AIA,${SERVICES}`)), []);
  assert.throws(() => domain.id(`CN=NTAuthCertificates,${SERVICES}`), /no object/);
});

s.run();
