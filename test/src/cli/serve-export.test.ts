import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../../src/cli/exit.ts';
import { krb5Conf, writeExports } from '../../../src/cli/serve-export.ts';
import { readKeytab } from '../../../src/trace/keytab.ts';
import { principalText } from '../../../src/trace/principal.ts';

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

s('keytabs: all keys, those of services; private files; a token where there is one', () => {
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
  writeExports(folder, { ...exported, token: 'abc' });
  writeExports(folder, { ...exported, token: 'abcd' });
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
  writeExports(join(folder, 'bare'), exported);
  assert.not.ok(readdirSync(join(folder, 'bare')).includes('token'));
  rmSync(join(folder, '..', '..'), { recursive: true });
});

s('who may do everything in the directory, where it is served', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-'));
  const dn = 'CN=Administrator,CN=Users,DC=corp,DC=example';
  const administrator = { dn, password: 'Passw0rd!' };
  const served = { ...corp, ldap: 3890, administrator };
  const other = { ...eu, ldap: 3891, administrator: { dn: 'CN=Administrator,DC=eu,DC=example' } };
  writeExports(folder, { realms: [served, other], host: '::1', keys: [], start: 0 });
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

s('a folder that cannot be is the user’s to put right', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-'));
  const exported = { realms: [corp], host: '127.0.0.1', keys: [], start: 0 };
  writeExports(folder, exported);
  for (const [name, reason] of [
    ['krb5.conf', /EEXIST/],
    ['krb5.conf/below', /ENOTDIR/],
  ] as const) {
    const path = join(folder, name);
    try {
      writeExports(path, exported);
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
