import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuseAnonymous } from '../../../protocols/directory/anonymous.ts';
import { resolveDn } from '../../../protocols/directory/names.ts';
import { rootDse, selectRootDse } from '../../../protocols/directory/rootdse.ts';
import { formatSid } from '../../../protocols/pac/sid.ts';
import { CORP_NOW, CORP_SID } from './corp.ts';
import { type Corp, change, corp } from './operating.ts';

const s = suite('directory/rootdse');

const SERVICES = {
  mechanisms: ['GSSAPI', 'GSS-SPNEGO'],
  controls: ['1.2.3'],
  extensions: ['1.2.4'],
};

const read = (domain: Corp, names: readonly string[], account = 'bob', anonymous = false) => {
  const at = {
    domain: domain.domain,
    now: CORP_NOW,
    context: anonymous ? { sids: new Set(['S-1-5-7', 'S-1-1-0']) } : domain.token(account),
    anonymous,
  };
  const selected = selectRootDse(rootDse(domain.directory, at, SERVICES), names);
  return new Map(selected.map(({ name, values }) => [name, values]));
};

s('what every client asks first', () => {
  const root = read(corp(), []);
  const domain = 'DC=corp,DC=example';
  const configuration = `CN=Configuration,${domain}`;
  const schema = `CN=Schema,${configuration}`;
  assert.equal(root.get('namingContexts'), [domain, configuration, schema]);
  assert.equal(root.get('defaultNamingContext'), [domain]);
  assert.equal(root.get('rootDomainNamingContext'), [domain]);
  assert.equal(root.get('configurationNamingContext'), [configuration]);
  assert.equal(root.get('schemaNamingContext'), [schema]);
  assert.equal(root.get('subschemaSubentry'), [`CN=Aggregate,${schema}`]);
  assert.equal(root.get('dnsHostName'), ['dc1.corp.example']);
  const server = `CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,${configuration}`;
  assert.equal(root.get('serverName'), [server]);
  assert.equal(root.get('dsServiceName'), [`CN=NTDS Settings,${server}`]);
  assert.equal(root.get('ldapServiceName'), ['corp.example:dc1$@CORP.EXAMPLE']);
  assert.equal(root.get('currentTime'), ['20260302080000.0Z']);
  for (const name of [
    'domainFunctionality',
    'forestFunctionality',
    'domainControllerFunctionality',
  ]) {
    assert.equal(root.get(name), ['7'], name);
  }
  assert.equal(root.get('supportedLDAPVersion'), ['3', '2']);
  assert.equal(root.get('supportedControl'), SERVICES.controls);
  assert.equal(root.get('supportedSASLMechanisms'), SERVICES.mechanisms);
  assert.equal(root.get('isSynchronized'), ['TRUE']);
  assert.ok(root.get('supportedLDAPPolicies')?.includes('MaxPageSize'));
  assert.ok(root.get('supportedCapabilities')?.includes('1.2.840.113556.1.4.800'));
  assert.not.ok(root.has('tokenGroups'));
});

s('every name in it leads to an object', () => {
  const domain = corp();
  const root = read(domain, []);
  for (const name of ['namingContexts', 'serverName', 'dsServiceName', 'subschemaSubentry']) {
    for (const dn of root.get(name) ?? []) assert.ok(resolveDn(domain.directory, String(dn)), name);
  }
});

s('what the connection is, when it is asked for', () => {
  const domain = corp();
  const root = read(domain, ['tokengroups', 'msDS-PrincipalName'], 'alice');
  assert.equal([...root.keys()], ['msDS-PrincipalName', 'tokenGroups']);
  assert.equal(root.get('msDS-PrincipalName'), ['CORP\\alice']);
  const sids = (root.get('tokenGroups') ?? []).map((sid) => formatSid(sid as Uint8Array));
  assert.ok(sids.includes(`${CORP_SID}-513`));
  assert.ok(sids.includes('S-1-5-11'));
  const nobody = read(domain, ['msDS-PrincipalName'], '', true);
  assert.equal(nobody.get('msDS-PrincipalName'), ['NT AUTHORITY\\ANONYMOUS LOGON']);
});

s('highestCommittedUSN rises with every write', () => {
  const domain = corp();
  const usn = () => Number(read(domain, ['highestCommittedUSN']).get('highestCommittedUSN')?.[0]);
  const before = usn();
  domain.modify('CN=bob,CN=Users', [change('replace', 'description', 'x')]);
  assert.ok(usn() > before);
});

s('nobody in particular reads nothing else, unless dSHeuristics says so', () => {
  const domain = corp();
  const refused = refuseAnonymous(domain.directory, domain.domain);
  assert.equal([refused?.code, refused?.win32], [1, 0x4dc]);
  assert.match(
    refused?.message ?? '',
    /^000004DC: LdapErr: DSID-\w+, comment: In order to perform/,
  );
  const service =
    'CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,DC=corp,DC=example';
  assert.is(domain.modify(service, [change('replace', 'dSHeuristics', '0000002')]), undefined);
  assert.is(refuseAnonymous(domain.directory, domain.domain), undefined);
});

s.run();
