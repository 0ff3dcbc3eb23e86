import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPem } from '../../../protocols/x509/pem.ts';
import { InputError } from '../../../src/cli/exit.ts';
import type { KeyAndCertificates } from '../../../src/cli/pkcs12.ts';
import { krb5Conf, writeExports } from '../../../src/cli/serve-export.ts';
import { readKeytab } from '../../../src/trace/keytab.ts';
import { principalText } from '../../../src/trace/principal.ts';
import { eku, OpensslAuthority, openssl, SMART_CARD_EKU } from '../../interop/openssl-pki.ts';
import { peerTest } from '../../peers.ts';

const s = suite('serve exports');

const corp = { realm: 'CORP.EXAMPLE', host: 'dc1.corp.example', kdc: 8800 };
const eu = { realm: 'EU.EXAMPLE', host: 'kdc.hosting.example', kdc: 8801 };

s('krb5.conf has every realm and asks nothing of DNS', () => {
  assert.is(
    krb5Conf({ realms: [corp, eu], host: '127.0.0.1' }),
    `[libdefaults]
  default_realm = CORP.EXAMPLE
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1

[realms]
  CORP.EXAMPLE = {
    kdc = 127.0.0.1:8800
  }
  EU.EXAMPLE = {
    kdc = 127.0.0.1:8801
  }

[domain_realm]
  .corp.example = CORP.EXAMPLE
  corp.example = CORP.EXAMPLE
  .eu.example = EU.EXAMPLE
  eu.example = EU.EXAMPLE
  kdc.hosting.example = EU.EXAMPLE
`,
  );
});

s('krb5.conf of realms with certificates: anchors, and a group that Heimdal lacks', () => {
  const pkinit = { anchors: '/tmp/corp/ca.pem', moduli: '/tmp/corp/krb5.moduli' };
  const conf = krb5Conf({ realms: [corp], host: '127.0.0.1', pkinit });
  assert.match(conf, /^ {2}moduli = \/tmp\/corp\/krb5\.moduli\n {2}pkinit_dh_min_bits = 2047$/m);
  const lines = ['kdc = 127.0.0.1:8800', 'pkinit_anchors = FILE:/tmp/corp/ca.pem'];
  lines.push('pkinit_dh_min_bits = 2048');
  assert.ok(conf.includes(`  CORP.EXAMPLE = {\n${lines.map((l) => `    ${l}\n`).join('')}  }\n`));
  // No checking is relaxed: the KDC's certificate carries what MIT's clients want.
  assert.not.match(conf, /eku_checking|kdc_hostname|require_/);
});

peerTest(s, 'certificates with their keys, for nobody else', ['openssl'], async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-'));
  const authority = new OpensslAuthority(folder, 'ca');
  const alice = authority.issue({ name: 'alice', extensions: eku(SMART_CARD_EKU) });
  const der = (file: string): Uint8Array =>
    readPem(readFileSync(file, 'utf8'))[0]?.der as Uint8Array;
  const identity: KeyAndCertificates = {
    name: 'alice',
    pkcs8: der(alice.key),
    certificates: [der(alice.certificate)],
  };
  const out = join(folder, 'out');
  await writeExports(out, {
    realms: [corp],
    host: '127.0.0.1',
    keys: [],
    start: 0,
    anchors: [der(authority.certificate)],
    identities: [identity],
  });
  const anchors = join(out, 'ca.pem');
  const both = join(out, 'users', 'alice.pem');
  assert.match(openssl(['verify', '-CAfile', anchors, both]), /alice\.pem: OK/);
  assert.match(openssl(['pkey', '-in', both, '-noout', '-check']), /Key is valid/);
  const p12 = openssl([
    'pkcs12',
    '-in',
    join(out, 'users', 'alice.p12'),
    '-passin',
    'pass:',
    '-nokeys',
  ]);
  assert.equal(readPem(p12)[0]?.der, identity.certificates[0]);
  for (const file of ['ca.pem', 'krb5.moduli', 'users/alice.pem', 'users/alice.p12']) {
    assert.is(statSync(join(out, file)).mode & 0o777, 0o600, file);
  }
  const [name, bits, p, g, q] = readFileSync(join(out, 'krb5.moduli'), 'utf8').trim().split(' ');
  assert.equal([name, bits, g], ['rfc3526-MODP-group14', '2048', '02']);
  assert.is(BigInt(`0x${p}`), 2n * BigInt(`0x${q}`) + 1n);
  assert.ok(readFileSync(join(out, 'krb5.conf'), 'utf8').includes(`FILE:${anchors}\n`));
  rmSync(folder, { recursive: true });
});

s('addresses are such that clients on this machine reach them', () => {
  for (const [host, kdc] of [
    ['0.0.0.0', '127.0.0.1:8800'],
    ['::', '[::1]:8800'],
    ['::1', '[::1]:8800'],
    ['192.0.2.7', '192.0.2.7:8800'],
  ] as const) {
    assert.match(krb5Conf({ realms: [corp], host }), `    kdc = ${kdc}\n`);
  }
});

s('keytabs: all keys, those of services; private files; a token where there is one', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'kerblab-')), 'new', 'folder');
  const key = (principal: string) => ({ principal, kvno: 2, etype: 18, key: '0f'.repeat(32) });
  const keys = [
    'krbtgt/CORP.EXAMPLE@CORP.EXAMPLE',
    'alice@CORP.EXAMPLE',
    'FILES$@CORP.EXAMPLE',
    'cifs/files.corp.example@CORP.EXAMPLE',
    'krbtgt/EU.EXAMPLE@CORP.EXAMPLE',
  ].map(key);
  const exported = { realms: [corp], host: '127.0.0.1', keys, start: 1_772_438_400_000 };
  await writeExports(folder, { ...exported, token: 'abc' });
  await writeExports(folder, { ...exported, token: 'abcd' });
  const names = (file: string): string[] =>
    readKeytab(new Uint8Array(readFileSync(join(folder, file)))).map(({ principal }) =>
      principalText(principal),
    );
  assert.equal(
    names('all.keytab'),
    keys.map(({ principal }) => principal),
  );
  assert.equal(names('services.keytab'), ['cifs/files.corp.example@CORP.EXAMPLE']);
  assert.is(readFileSync(join(folder, 'token'), 'utf8'), 'abcd\n');
  const files = readdirSync(folder).sort();
  assert.equal(files, ['all.keytab', 'krb5.conf', 'services.keytab', 'token']);
  for (const file of files) assert.is(statSync(join(folder, file)).mode & 0o777, 0o600, file);
  await writeExports(join(folder, 'bare'), exported);
  assert.not.ok(readdirSync(join(folder, 'bare')).includes('token'));
  rmSync(join(folder, '..', '..'), { recursive: true });
});

s('who may do everything in the directory, where it is served', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-'));
  const dn = 'CN=Administrator,CN=Users,DC=corp,DC=example';
  const administrator = { dn, password: 'Passw0rd!' };
  const served = { ...corp, ldap: 3890, administrator };
  const other = { ...eu, ldap: 3891, administrator: { dn: 'CN=Administrator,DC=eu,DC=example' } };
  await writeExports(folder, { realms: [served, other], host: '::1', keys: [], start: 0 });
  const file = join(folder, 'ldap-admin.txt');
  assert.is(
    readFileSync(file, 'utf8'),
    `uri: ldap://[::1]:3890
dn: CN=Administrator,CN=Users,DC=corp,DC=example
password: Passw0rd!

uri: ldap://[::1]:3891
dn: CN=Administrator,DC=eu,DC=example
`,
  );
  assert.is(statSync(file).mode & 0o777, 0o600);
  rmSync(folder, { recursive: true });
});

s('a folder that cannot be is the user’s to put right', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-'));
  const exported = { realms: [corp], host: '127.0.0.1', keys: [], start: 0 };
  await writeExports(folder, exported);
  for (const [name, reason] of [
    ['krb5.conf', /EEXIST/],
    ['krb5.conf/below', /ENOTDIR/],
  ] as const) {
    const path = join(folder, name);
    try {
      await writeExports(path, exported);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, InputError);
      assert.match(String(error), `--export ${path}: `);
      assert.match(String(error), reason);
    }
  }
  rmSync(folder, { recursive: true });
});

s.run();
