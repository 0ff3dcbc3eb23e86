import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Directory, directory, dnOf } from '../../../protocols/directory/directory.ts';
import { parseBase } from '../../../protocols/directory/dn.ts';
import { domainInfo, initialDomain } from '../../../protocols/directory/domain.ts';
import { WellKnownGuid } from '../../../protocols/directory/domain-containers.ts';
import { populationBatch } from '../../../protocols/directory/domain-population.ts';
import type { DomainSeed } from '../../../protocols/directory/domain-seed.ts';
import { type Entry, number, one, referred, texts } from '../../../protocols/directory/entry.ts';
import { isPhantom } from '../../../protocols/directory/instance.ts';
import { groupsOf } from '../../../protocols/directory/membership.ts';
import { checkClass } from '../../../protocols/directory/modify.ts';
import { resolveBase, resolveDn, sidText } from '../../../protocols/directory/names.ts';
import { descriptorOf, structuralClass } from '../../../protocols/directory/protection.ts';
import {
  ATTRIBUTES,
  attribute,
  CLASSES,
  classRules,
  superclasses,
} from '../../../protocols/directory/schema.ts';
import { granted } from '../../../protocols/directory/security/access.ts';
import { Control, Right } from '../../../protocols/directory/security/descriptor.ts';
import { ldapFileTime, RID_COUNTER, USN_COUNTER } from '../../../protocols/directory/stamps.ts';
import { isOctetSyntax, isReference } from '../../../protocols/directory/syntax.ts';
import { UserAccountControl as Uac } from '../../../protocols/directory/user-account-control.ts';
import type { WriteBatch } from '../../../src/machine/store.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { CORP, CORP_NOW, CORP_SID } from './corp.ts';

const s = suite('directory/domain');

function made(seed: DomainSeed = CORP) {
  const domain = initialDomain(seed);
  const store = memoryStore();
  store.write(domain.batch);
  const dir = directory(store);
  const next = (): WriteBatch | undefined =>
    seed.population === undefined
      ? undefined
      : populationBatch(dir, domain.info, seed.population, { now: seed.now, random });
  const random = seed.random('population');
  for (let batch = next(); batch !== undefined; batch = next()) store.write(batch);
  return { ...domain, store, dir };
}

const { dir, store, info } = made();

function all(from: Directory): readonly Entry[] {
  return from
    .scan(0, 1_000_000)
    .flatMap((id) => from.entry(id) ?? [])
    .filter((entry) => !isPhantom(entry));
}

function at(dn: string): Entry {
  const id = resolveDn(dir, dn.replace(/\*$/, 'DC=corp,DC=example'));
  const entry = id === undefined ? undefined : dir.entry(id);
  assert.ok(entry, `no object ${dn}`);
  return entry as Entry;
}

const account = (name: string): Entry =>
  dir.entry(dir.find('sAMAccountName', name)[0] ?? 0) as Entry;

s('the same seed gives the same octets', () => {
  assert.equal(initialDomain(CORP).batch, initialDomain(CORP).batch);
});

s('two domains of one scenario have nothing in common that ought to be their own', () => {
  const { dir: other } = made({ ...CORP, dnsName: 'other.example', sid: 'S-1-5-21-4-5-6' });
  const guids = new Set(all(dir).map((entry) => String(entry.attributes.objectGUID?.[0])));
  for (const entry of all(other)) {
    assert.not.ok(guids.has(String(entry.attributes.objectGUID?.[0])), dnOf(other, entry));
  }
  const krbtgt = other.entry(other.find('sAMAccountName', 'krbtgt')[0] ?? 0);
  assert.is.not(krbtgt?.secrets?.[0]?.password, account('krbtgt').secrets?.[0]?.password);
});

s('every name leads to its object, and so do its GUID and its SID', () => {
  for (const entry of all(dir)) {
    assert.is(resolveDn(dir, dnOf(dir, entry)), entry.id, dnOf(dir, entry));
    assert.equal(dir.find('objectGUID', entry.attributes.objectGUID?.[0] as Uint8Array), [
      entry.id,
    ]);
  }
  const base = parseBase(`<SID=${CORP_SID}-500>`);
  assert.is(base && resolveBase(dir, base), account('Administrator').id);
  const users = parseBase(`<WKGUID=${WellKnownGuid.USERS},DC=corp,DC=example>`);
  assert.is(users && resolveBase(dir, users), info.ids.users);
  // Both naming contexts have such an object: the domain's is meant.
  const authenticated = parseBase('<SID=S-1-5-11>');
  assert.is(
    authenticated && resolveBase(dir, authenticated),
    at('CN=S-1-5-11,CN=ForeignSecurityPrincipals,*').id,
  );
  const keys = parseBase(`<WKGUID=${WellKnownGuid.KEYS},DC=corp,DC=example>`);
  assert.is(keys && resolveBase(dir, keys), at('CN=Keys,*').id);
});

s('every object keeps the rules of its class', () => {
  for (const entry of all(dir)) {
    const refusal = checkClass(entry);
    assert.is(refusal, undefined, `${dnOf(dir, entry)}: ${JSON.stringify(refusal)}`);
    assert.equal(entry.attributes.objectClass, superclasses(structuralClass(entry)));
  }
});

s('every object stands where its class may stand', () => {
  for (const entry of all(dir)) {
    const parent = dir.entry(entry.parent) as Entry;
    if (isPhantom(parent)) continue;
    const superiors = classRules(structuralClass(entry)).possSuperiors;
    const stands = texts(parent, 'objectClass').some((name) => superiors.has(name));
    assert.ok(stands, dnOf(dir, entry));
    assert.is(entry.rdn.type, CLASSES.find(({ name }) => name === structuralClass(entry))?.rdnType);
  }
});

s('values have the form of their syntax, and references lead to objects', () => {
  for (const entry of all(dir)) {
    for (const [name, values] of Object.entries(entry.attributes)) {
      const schema = attribute(name);
      assert.ok(schema && !schema.constructed, `${dnOf(dir, entry)}: ${name}`);
      if (schema === undefined) continue;
      assert.ok(!schema.single || values.length === 1, `${dnOf(dir, entry)}: ${name}`);
      for (const value of values) {
        assert.is(value instanceof Uint8Array, isOctetSyntax(schema.syntax), name);
        if (!isReference(schema.syntax)) continue;
        const target = dir.entry(referred(value) ?? 0);
        assert.ok(target, `${dnOf(dir, entry)}: ${name} ${String(value)}`);
      }
    }
  }
});

s('SIDs and account names stand once', () => {
  const entries = all(dir).filter((entry) => structuralClass(entry) !== 'foreignSecurityPrincipal');
  const sids = entries.flatMap((entry) => sidText(entry) ?? []);
  assert.is(new Set(sids).size, sids.length);
  const names = entries.flatMap((entry) => texts(entry, 'sAMAccountName'));
  assert.is(new Set(names.map((name) => name.toLowerCase())).size, names.length);
  const spns = entries.flatMap((entry) => texts(entry, 'servicePrincipalName'));
  assert.is(new Set(spns.map((name) => name.toLowerCase())).size, spns.length);
});

s('an object for each class and attribute, found by lDAPDisplayName', () => {
  for (const { name, cn } of [...CLASSES, ...ATTRIBUTES]) {
    assert.is(dir.find('lDAPDisplayName', name).length, 1, name);
    assert.is(dir.find('lDAPDisplayName', name)[0], at(`CN=${cn},CN=Schema,CN=Configuration,*`).id);
  }
  for (const entry of all(dir)) {
    const category = dir.entry(referred(one(entry, 'objectCategory') ?? '') ?? 0);
    assert.is(category && structuralClass(category), 'classSchema', dnOf(dir, entry));
  }
  assert.is(
    dir.entry(referred(one(account('alice'), 'objectCategory') ?? '') ?? 0)?.rdn.value,
    'Person',
  );
});

s('what clients look up: partitions, site, server, NTDS settings', () => {
  const partition = at('CN=CORP,CN=Partitions,CN=Configuration,*');
  assert.is(one(partition, 'nETBIOSName'), 'CORP');
  assert.is(one(partition, 'dnsRoot'), 'corp.example');
  assert.is(referred(one(partition, 'nCName') ?? ''), info.ids.domain);
  const server = at('CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,*');
  assert.is(server.id, info.ids.server);
  assert.is(referred(one(server, 'serverReference') ?? ''), info.ids.controller);
  assert.is(
    at('CN=NTDS Settings,CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,*')
      .id,
    info.ids.ntdsSettings,
  );
  const service = at('CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,*');
  assert.match(one(service, 'sPNMappings') ?? '', /^host=.*\bcifs\b/);
  assert.is(
    one(at('CN=User-Force-Change-Password,CN=Extended-Rights,CN=Configuration,*'), 'rightsGuid'),
    '00299570-246d-11d0-a768-00aa006e0529',
  );
  for (const id of [info.ids.domain, info.ids.schema, info.ids.partitions]) {
    assert.is(referred(one(dir.entry(id) as Entry, 'fSMORoleOwner') ?? ''), info.ids.ntdsSettings);
  }
});

s('what the seed said is found again in the store', () => {
  assert.equal(domainInfo(dir), info);
  assert.is(domainInfo(directory(memoryStore())), undefined);
});

s('well-known accounts and groups with their RIDs and members', () => {
  for (const [name, rid] of [
    ['Administrator', 500],
    ['krbtgt', 502],
    ['Domain Admins', 512],
    ['Domain Controllers', 516],
    ['Read-only Domain Controllers', 521],
    ['Protected Users', 525],
    ['Key Admins', 526],
    ['Enterprise Key Admins', 527],
    ['Allowed RODC Password Replication Group', 571],
    ['Denied RODC Password Replication Group', 572],
    ['DC1$', 1_000],
  ] as const) {
    assert.is(sidText(account(name)), `${CORP_SID}-${rid}`, name);
  }
  assert.is(sidText(account('Remote Desktop Users')), 'S-1-5-32-555');
  const groups = (name: string) => groupsOf(dir, account(name)).map(({ entry }) => entry.rdn.value);
  for (const name of [
    'Domain Users',
    'Domain Admins',
    'Enterprise Admins',
    'Administrators',
    'Users',
    'Denied RODC Password Replication Group',
  ]) {
    assert.ok(groups('Administrator').includes(name), name);
  }
  assert.ok(groups('krbtgt').includes('Denied RODC Password Replication Group'));
  assert.ok(groups('DC1$').includes('Domain Controllers'));
  assert.is(number(account('Domain Admins'), 'groupType'), -2147483646);
  assert.is(number(account('Administrators'), 'groupType'), -2147483643);
  assert.is(
    number(account('krbtgt'), 'userAccountControl'),
    Uac.NORMAL_ACCOUNT | Uac.ACCOUNTDISABLE,
  );
});

s('accounts of the seed: place, salt, groups, nesting, references', () => {
  const alice = account('alice');
  assert.is(dnOf(dir, alice), 'CN=Alice Example,OU=Sales,DC=corp,DC=example');
  assert.equal(alice.secrets, [{ kvno: 2, salt: 'CORP.EXAMPLEalice', password: 'Passw0rd!' }]);
  const groups = groupsOf(dir, alice).map(({ entry }) => entry.rdn.value);
  assert.equal([...groups].sort(), [
    'Domain Users',
    'Everyone in Finance',
    'Finance',
    'Protected Users',
    'Users',
  ]);
  assert.is(referred(one(account('bob'), 'manager') ?? ''), alice.id);
  assert.is(one(alice, 'pwdLastSet'), ldapFileTime(CORP_NOW));
  const laptop = account('LAPTOP$');
  assert.is(laptop.parent, info.ids.computers);
  assert.is(laptop.secrets?.[0]?.salt, 'CORP.EXAMPLEhostlaptop.corp.example');
  assert.is(number(laptop, 'primaryGroupID'), 515);
  assert.is(number(laptop, 'userAccountControl'), Uac.WORKSTATION_TRUST_ACCOUNT);
});

s('a read-only domain controller and the account of its tickets', () => {
  const rodc = account('AzureADKerberos$');
  const krbtgt = account('krbtgt_4711');
  assert.is(rodc.parent, info.ids.domainControllers);
  assert.is(referred(one(rodc, 'msDS-KrbTgtLink') ?? ''), krbtgt.id);
  assert.is(number(krbtgt, 'msDS-SecondaryKrbTgtNumber'), 4711);
  assert.is(number(rodc, 'primaryGroupID'), 521);
  assert.is(number(rodc, 'userAccountControl'), 0x5001000);
  const reveal = texts(rodc, 'msDS-RevealOnDemandGroup').map((value) => referred(value));
  assert.equal(reveal, [account('Allowed RODC Password Replication Group').id]);
  const never = texts(rodc, 'msDS-NeverRevealGroup').map((value) => referred(value));
  assert.ok(never.includes(account('Denied RODC Password Replication Group').id));
  assert.ok(never.includes(account('Administrators').id));
});

s('a trust: the object, its secret, and the account that stands for the other domain', () => {
  const trust = at('CN=fabrikam.example,CN=System,*');
  assert.is(number(trust, 'trustDirection'), 3);
  assert.is(trust.secrets?.[0]?.salt, 'CORP.EXAMPLEkrbtgtFABRIKAM.EXAMPLE');
  const other = account('FABRIKAM$');
  assert.is(other.secrets?.[0]?.salt, 'CORP.EXAMPLEkrbtgtFABRIKAM');
  assert.ok(number(other, 'userAccountControl') & Uac.INTERDOMAIN_TRUST_ACCOUNT);
  assert.is(number(other, 'sAMAccountType'), 0x30000002);
});

const KEY_CREDENTIAL_LINK = '5b47d60f-6090-40b2-9f37-2a4de88f3063';

function mayWriteKeys(entry: Entry, sid: string): boolean {
  return granted(
    descriptorOf(entry),
    { sids: new Set([sid]) },
    {
      rights: Right.READ_PROPERTY | Right.WRITE_PROPERTY,
      types: [KEY_CREDENTIAL_LINK],
    },
  );
}

s('Key Admins write key credentials everywhere but on protected accounts', () => {
  for (const rid of [526, 527]) {
    for (const name of ['alice', 'bob', 'LAPTOP$', 'Finance']) {
      assert.ok(mayWriteKeys(account(name), `${CORP_SID}-${rid}`), name);
    }
    for (const name of [
      'Administrator',
      'krbtgt',
      'Domain Admins',
      'Administrators',
      'Key Admins',
    ]) {
      assert.not.ok(mayWriteKeys(account(name), `${CORP_SID}-${rid}`), name);
      assert.is(one(account(name), 'adminCount'), '1');
    }
  }
  assert.not.ok(mayWriteKeys(account('alice'), `${CORP_SID}-513`));
});

s('AdminSDHolder is protected, and protected accounts have its descriptor', () => {
  const holder = descriptorOf(dir.entry(info.ids.adminSdHolder) as Entry);
  assert.ok(holder.control & Control.DACL_PROTECTED);
  for (const name of ['Administrator', 'krbtgt', 'Domain Admins', 'Server Operators']) {
    assert.equal(descriptorOf(account(name)).dacl, holder.dacl, name);
  }
});

s('everybody who is authenticated reads; administrators write; others do not', () => {
  const users = { sids: new Set(['S-1-5-11']) };
  const admins = { sids: new Set([`${CORP_SID}-512`]) };
  for (const name of ['alice', 'LAPTOP$', 'Finance', 'DC1$']) {
    const descriptor = descriptorOf(account(name));
    const publicInformation = attribute('sAMAccountName')?.propertySet as string;
    assert.ok(
      granted(descriptor, users, { rights: Right.READ_PROPERTY, types: [publicInformation] }),
      name,
    );
    assert.not.ok(granted(descriptor, users, { rights: Right.WRITE_PROPERTY }), name);
    assert.ok(granted(descriptor, admins, { rights: Right.WRITE_PROPERTY }), name);
  }
  const head = descriptorOf(dir.entry(info.ids.domain) as Entry);
  const replicate = {
    rights: Right.CONTROL_ACCESS,
    types: ['1131f6ad-9c07-11d1-f79f-00c04fc2dcd2'],
  };
  assert.ok(granted(head, { sids: new Set([`${CORP_SID}-516`]) }, replicate));
  assert.not.ok(granted(head, users, replicate));
});

s('a computer writes its own key credential by validated write', () => {
  const laptop = account('LAPTOP$');
  const self = { sids: new Set([sidText(laptop) as string]) };
  const wanted = {
    rights: Right.WRITE_PROPERTY_EXTENDED,
    types: ['9b026da6-0d3c-465c-8bee-5199d7165cba'],
    selfSid: sidText(laptop) as string,
  };
  assert.ok(granted(descriptorOf(laptop), self, wanted));
  assert.not.ok(granted(descriptorOf(laptop), { sids: new Set(['S-1-5-11']) }, wanted));
  const alice = account('alice');
  const own = { ...wanted, selfSid: sidText(alice) as string };
  assert.not.ok(granted(descriptorOf(alice), { sids: new Set([own.selfSid]) }, own));
});

s('numbers go on behind the domain', () => {
  const ids = store.scan(0, 1_000_000);
  assert.is(store.counter('id'), ids.at(-1));
  const rids = all(dir)
    .flatMap((entry) => sidText(entry) ?? [])
    .filter((sid) => sid.startsWith(CORP_SID) && sid !== CORP_SID)
    .map((sid) => Number(sid.split('-').at(-1)));
  assert.is(store.counter(RID_COUNTER), Math.max(...rids));
  const usns = all(dir).map((entry) => number(entry, 'uSNChanged'));
  assert.is(store.counter(USN_COUNTER), Math.max(...usns));
});

s('objects and units of the seed, and what is wrong with a seed', () => {
  const { dir: other } = made({
    ...CORP,
    objects: [{ dn: 'CN=App,CN=Program Data,DC=corp,DC=example', objectClass: 'container' }],
  });
  assert.ok(resolveDn(other, 'CN=App,CN=Program Data,DC=corp,DC=example'));
  const wrong = (part: Partial<DomainSeed>, message: RegExp) =>
    assert.throws(() => initialDomain({ ...CORP, groups: [], ...part }), message);
  wrong(
    { accounts: [{ sAMAccountName: 'x', memberOf: ['No Such Group'] }] },
    /"No Such Group" names no/,
  );
  wrong({ accounts: [{ sAMAccountName: 'x', container: 'CN=Nowhere' }] }, /no container "Nowhere"/);
  wrong(
    { accounts: [{ sAMAccountName: 'x', attributes: { nonsense: 1 } }] },
    /nonsense is not in the schema/,
  );
  wrong({ objects: [{ dn: 'DC=other', objectClass: 'container' }] }, /not in this domain/);
});

s('a population: found by name, numbered on, of one shape', () => {
  const { dir: many, store: big } = made({
    ...CORP,
    population: { count: 1_200, prefix: 'user', password: 'Passw0rd!' },
  });
  const last = many.entry(many.find('sAMAccountName', 'USER001200')[0] ?? 0) as Entry;
  assert.is(dnOf(many, last), 'CN=user001200,CN=Users,DC=corp,DC=example');
  assert.is(checkClass(last), undefined);
  assert.is(sidText(last), `${CORP_SID}-${big.counter(RID_COUNTER)}`);
  assert.is(big.counter('id'), last.id);
  assert.is(big.counter('populated'), 1_200);
  assert.equal(last.secrets, [{ kvno: 2, salt: 'CORP.EXAMPLEuser001200', password: 'Passw0rd!' }]);
  assert.equal(
    Object.keys(last.attributes).sort(),
    Object.keys(account('bob').attributes)
      .filter((name) => name !== 'manager')
      .sort(),
  );
  assert.ok((big.read(last.id)?.length ?? 0) < 450, 'a record of a few hundred octets');
  assert.equal(descriptorOf(last), descriptorOf(account('bob')));
});

s.run();
