import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directory } from '../../../protocols/directory/directory.ts';
import {
  ControlType,
  pagedResponse,
  RealSearchControlValue,
  SortKeyList,
  SortResult,
} from '../../../protocols/ldap/controls.ts';
import { POLICIES } from '../../../protocols/ldap/host.ts';
import type { Control, LdapMessage } from '../../../protocols/ldap/messages.ts';
import { hex, uint32be, utf8 } from '../../../src/bytes/bytes.ts';
import { type Codec, decode, encode } from '../../../src/der/codec.ts';
import {
  addRequest,
  attribute,
  boundClient,
  DOMAIN_DN,
  entriesOf,
  equals,
  modifyRequest,
  namesOf,
  resultOf,
  searchRequest,
} from './asking.ts';
import { type LdapClient, ldapDomain } from './ldap-domain.ts';

const s = suite('ldap/search');
const ALICE = `CN=Alice Example,OU=Sales,${DOMAIN_DN}`;
const FINANCE = `CN=Finance,CN=Users,${DOMAIN_DN}`;
const domain = ldapDomain();
const client = boundClient(domain);

const control = (controlType: string, controlValue?: Uint8Array, criticality = true): Control => ({
  controlType,
  criticality,
  ...(controlValue === undefined ? {} : { controlValue }),
});

const paged = (size: number, cookie: Uint8Array = hex``): Control => ({
  ...pagedResponse(size, cookie),
  criticality: true,
});

function controlValue<T>(codec: Codec<T>, type: string, messages: readonly LdapMessage[]): T {
  const found = messages.at(-1)?.controls?.find(({ controlType }) => controlType === type);
  return decode(codec, found?.controlValue as Uint8Array);
}

const cookieOf = (messages: readonly LdapMessage[]): Uint8Array =>
  controlValue(RealSearchControlValue, ControlType.LDAP_PAGED_RESULT_OID_STRING, messages).cookie;

s('the rootDSE shows what was asked for', () => {
  const all = entriesOf(client.ask(searchRequest('', { scope: 0 })))[0]?.attributes ?? {};
  assert.equal(all.defaultNamingContext, [DOMAIN_DN]);
  assert.ok(all.supportedControl?.includes(ControlType.LDAP_SERVER_SD_FLAGS_OID));
  assert.equal(all.supportedSASLMechanisms, ['GSSAPI', 'GSS-SPNEGO']);
  assert.is(all.supportedExtension, undefined);
  const one = client.ask(
    searchRequest('', { scope: 0, attributes: ['DNSHOSTNAME'], typesOnly: true }),
  );
  assert.equal(entriesOf(one)[0]?.attributes, { dnsHostName: [] });
});

s('attributes: named, by identifier, all, none, types only', () => {
  const shown = (...attributes: readonly string[]) =>
    entriesOf(client.ask(searchRequest(ALICE, { scope: 0, attributes })))[0]?.attributes ?? {};
  assert.equal(shown('SAMACCOUNTNAME'), { sAMAccountName: ['alice'] });
  assert.equal(shown('2.5.4.3'), { '2.5.4.3': ['Alice Example'] });
  assert.equal(shown('1.1'), {});
  assert.equal(shown('nonsense'), {});
  const all = shown();
  assert.equal(all.memberOf?.toSorted(), [FINANCE, `CN=Protected Users,CN=Users,${DOMAIN_DN}`]);
  assert.equal(all.distinguishedName, [ALICE]);
  for (const hidden of ['nTSecurityDescriptor', 'unicodePwd', 'tokenGroups', 'canonicalName']) {
    assert.is(all[hidden], undefined, hidden);
  }
  const more = shown('*', 'canonicalName');
  assert.equal(more.canonicalName, ['corp.example/Sales/Alice Example']);
  assert.is(Object.keys(more).length, Object.keys(all).length + 1);
  const types = client.ask(searchRequest(ALICE, { scope: 0, attributes: ['cn'], typesOnly: true }));
  assert.equal(entriesOf(types)[0]?.attributes, { cn: [] });
});

s('the descriptor in parts', () => {
  const length = (who: LdapClient, flags?: number): number => {
    const controls =
      flags === undefined
        ? []
        : [control(ControlType.LDAP_SERVER_SD_FLAGS_OID, Uint8Array.of(0x30, 3, 2, 1, flags))];
    const answers = who.ask(
      searchRequest(ALICE, { scope: 0, attributes: ['nTSecurityDescriptor'] }),
      controls,
    );
    const [entry] = answers.flatMap(({ protocolOp }) =>
      'searchResEntry' in protocolOp ? [protocolOp.searchResEntry] : [],
    );
    return entry?.attributes[0]?.vals[0]?.length ?? 0;
  };
  assert.ok(length(client) > length(client, 4));
  assert.ok(length(client, 4) > length(client, 1));
  const alice = boundClient(domain, 'CORP\\alice');
  assert.is(length(alice), 0, 'the SACL needs a privilege, and so does the whole');
  assert.ok(length(alice, 7) > 0);
});

s('names with GUID and SID before them', () => {
  const shown = (value?: Uint8Array): string => {
    const controls = [control(ControlType.LDAP_SERVER_EXTENDED_DN_OID, value)];
    return (
      namesOf(client.ask(searchRequest(ALICE, { scope: 0, attributes: ['1.1'] }), controls))[0] ??
      ''
    );
  };
  assert.match(shown(), /^<GUID=[0-9a-f]{32}>;<SID=0105[0-9a-f]{52}>;CN=Alice Example,/);
  assert.match(
    shown(hex`30 03 02 01 01`),
    /^<GUID=[0-9a-f-]{36}>;<SID=S-1-5-21-[0-9-]+>;CN=Alice Example,/,
  );
});

s('bases of every form, and what is not there', () => {
  const sid = `<SID=${domain.domain.sid}-500>`;
  assert.equal(namesOf(client.ask(searchRequest(sid, { scope: 0 }))), [
    `CN=Administrator,CN=Users,${DOMAIN_DN}`,
  ]);
  const result = (base: string) => resultOf(client.ask(searchRequest(base, { scope: 0 })));
  assert.equal(
    [result('CN=no,CN=Users,DC=corp,DC=example').code, result('no such syntax').code],
    [32, 34],
  );
  assert.is(result(`CN=no,CN=Users,${DOMAIN_DN}`).matchedDn, `CN=Users,${DOMAIN_DN}`);
  assert.match(result(`CN=no,CN=Users,${DOMAIN_DN}`).message, /^0000208D: NameErr: .*NO_OBJECT/);
  assert.equal(result('CN=a b,DC=fabrikam,DC=com').referral, [
    'ldap://fabrikam.com/CN=a%20b,DC=fabrikam,DC=com',
  ]);
  assert.equal(result('DC=example').referral, ['ldap://example/DC=example']);
  assert.is(result('CN=no').code, 32);
});

s('naming contexts below are referred to, unless the client wants none', () => {
  const references = (base: string, ...controls: readonly Control[]): readonly string[] =>
    client
      .ask(searchRequest(base, { filter: equals('cn', 'nobody') }), controls)
      .flatMap(({ protocolOp }) => ('searchResRef' in protocolOp ? protocolOp.searchResRef : []));
  const configuration = `CN=Configuration,${DOMAIN_DN}`;
  assert.equal(references(DOMAIN_DN), [`ldap://corp.example/${configuration}`]);
  assert.equal(references(configuration), [`ldap://corp.example/CN=Schema,${configuration}`]);
  assert.equal(references(`CN=Users,${DOMAIN_DN}`), []);
  assert.equal(references(DOMAIN_DN, control(ControlType.LDAP_SERVER_DOMAIN_SCOPE_OID)), []);
});

s('all naming contexts are searched as one with SERVER_SEARCH_FLAG_PHANTOM_ROOT', () => {
  const phantomRoot = control(ControlType.LDAP_SERVER_SEARCH_OPTIONS_OID, hex`30 03 02 01 02`);
  const schema = `CN=Schema,CN=Configuration,${DOMAIN_DN}`;
  const filter = equals('distinguishedName', schema);
  const found = (base: string, ...controls: readonly Control[]): readonly string[] =>
    namesOf(client.ask(searchRequest(base, { filter }), controls));
  assert.equal(found(DOMAIN_DN), []);
  for (const base of ['', 'DC=example', DOMAIN_DN])
    assert.equal(found(base, phantomRoot), [schema], base);
  assert.is(resultOf(client.ask(searchRequest(''))).code, 32, 'without it the root is no base');
});

s('pages hold every entry once, and cookies are of one search and one connection', () => {
  const request = searchRequest(DOMAIN_DN, { attributes: ['1.1'] });
  const whole = namesOf(client.ask(request));
  const pages: string[] = [];
  let cookie: Uint8Array = hex``;
  let count = 0;
  do {
    const answers = client.ask(request, [paged(10, cookie)]);
    assert.is(resultOf(answers).code, 0);
    assert.ok(namesOf(answers).length <= 10);
    pages.push(...namesOf(answers));
    cookie = cookieOf(answers);
    count++;
  } while (cookie.length > 0);
  assert.is(count, Math.ceil(whole.length / 10));
  assert.equal(pages, whole);
  assert.equal(client.connection.cursors, []);
  const open = cookieOf(client.ask(request, [paged(10)]));
  const refused = (who: LdapClient, asked: typeof request, given: Uint8Array): number =>
    resultOf(who.ask(asked, [paged(10, given)])).code;
  assert.is(refused(boundClient(domain), request, open), 12, 'another connection');
  assert.is(
    refused(client, searchRequest(DOMAIN_DN, { attributes: ['cn'] }), open),
    12,
    'another search',
  );
  assert.is(refused(client, request, uint32be(99_999)), 12, 'no such cookie');
  assert.is(refused(client, request, utf8('long and strange')), 12);
  assert.is(cookieOf(client.ask(request, [paged(0, open)])).length, 0, 'given up');
  assert.is(refused(client, request, open), 12, 'and then it is gone');
});

s('cookies of a connection are bounded', () => {
  const request = searchRequest(DOMAIN_DN, { attributes: ['1.1'] });
  const cookies = Array.from({ length: POLICIES.MaxResultSetsPerConn + 5 }, () =>
    cookieOf(client.ask(request, [paged(1)])),
  );
  assert.is(client.connection.cursors.length, POLICIES.MaxResultSetsPerConn);
  assert.is(
    resultOf(client.ask(request, [paged(1, cookies[0] as Uint8Array)])).code,
    12,
    'the oldest is gone',
  );
  assert.is(resultOf(client.ask(request, [paged(1, cookies.at(-1) as Uint8Array)])).code, 0);
});

s('limits of the client and of the server', () => {
  const request = (sizeLimit: number) =>
    searchRequest(DOMAIN_DN, { attributes: ['1.1'], sizeLimit });
  const limited = client.ask(request(3));
  assert.is(resultOf(limited).code, 4);
  assert.is(namesOf(limited).length, 3);
  const small = boundClient(ldapDomain({ policies: { ...POLICIES, MaxPageSize: 5 } }));
  const cut = small.ask(request(0));
  assert.is(resultOf(cut).code, 4);
  assert.is(namesOf(cut).length, 5);
  assert.is(namesOf(small.ask(request(0), [paged(1_000)])).length, 5);
});

s('an answer ends before it grows too long for the sockets', () => {
  const big = boundClient(ldapDomain());
  const info = `x${'y'.repeat(1_023)}`;
  for (let i = 0; i < 4; i++) {
    const dn = `CN=big${i},CN=Users,${DOMAIN_DN}`;
    assert.is(
      resultOf(big.ask(addRequest(dn, { objectClass: 'user', department: 'big' }))).code,
      0,
    );
    const values = Array.from({ length: 500 }, (_, n) => `${n} ${info}`);
    assert.is(
      resultOf(big.ask(modifyRequest(dn, [0, attribute('altSecurityIdentities', ...values)]))).code,
      0,
    );
  }
  const request = searchRequest(`CN=Users,${DOMAIN_DN}`, {
    filter: equals('department', 'big'),
  });
  const whole = big.ask(request);
  assert.is(resultOf(whole).code, 4);
  assert.is(namesOf(whole).length, 2);
  const first = big.ask(request, [paged(100)]);
  const second = big.ask(request, [paged(100, cookieOf(first))]);
  assert.equal([namesOf(first).length, namesOf(second).length, cookieOf(second).length], [2, 2, 0]);
});

s('sorting, either way, in pages, and by what cannot be sorted by', () => {
  const sort = (key: string, reverse = false, critical = true): Control => {
    const keys = encode(SortKeyList, [{ attributeType: key, reverseOrder: reverse }]);
    return control(ControlType.LDAP_SERVER_SORT_OID, keys, critical);
  };
  const request = searchRequest(DOMAIN_DN, {
    filter: equals('objectClass', 'user'),
    attributes: ['sAMAccountName'],
  });
  const names = (messages: readonly LdapMessage[]) =>
    entriesOf(messages).map(
      ({ attributes }) => attributes.sAMAccountName?.[0]?.toLowerCase() ?? '',
    );
  const up = names(client.ask(request, [sort('sAMAccountName')]));
  assert.equal(up, up.toSorted());
  assert.ok(up.length > 5);
  assert.equal(names(client.ask(request, [sort('sAMAccountName', true)])), up.toReversed());
  const pages: string[] = [];
  let cookie: Uint8Array = hex``;
  do {
    const answers = client.ask(request, [sort('sAMAccountName'), paged(3, cookie)]);
    pages.push(...names(answers));
    cookie = cookieOf(answers);
    assert.is(
      controlValue(SortResult, ControlType.LDAP_SERVER_RESP_SORT_OID, answers).sortResult,
      0,
    );
  } while (cookie.length > 0);
  assert.equal(pages, up);
  assert.is(resultOf(client.ask(request, [sort('nonsense')])).code, 12);
  const unsorted = client.ask(request, [sort('nonsense', false, false)]);
  assert.is(names(unsorted).length, up.length);
  assert.equal(controlValue(SortResult, ControlType.LDAP_SERVER_RESP_SORT_OID, unsorted), {
    sortResult: 16,
    attributeType: 'nonsense',
  });
  const tiny = boundClient(ldapDomain({ policies: { ...POLICIES, MaxTempTableSize: 4 } }));
  assert.is(resultOf(tiny.ask(request, [sort('cn')])).code, 11);
});

s('tokenGroups and its like are computed for one object at a time', () => {
  const asked = (scope: 0 | 1 | 2, ...attributes: readonly string[]) =>
    client.ask(searchRequest(ALICE, { scope, attributes }));
  const [alice] = entriesOf(asked(0, 'tokenGroups'));
  assert.ok((alice?.attributes.tokenGroups ?? []).length > 1);
  for (const name of ['tokenGroups', 'msds-tokenGroupNames', '1.2.840.113556.1.4.1301']) {
    const { code, message } = resultOf(asked(2, 'cn', name));
    assert.is(code, 1, name);
    assert.match(message, /SvcErr: DSID-00000000, problem 5012 \(DIR_ERROR\)/);
  }
  assert.is(resultOf(asked(2, '*', 'memberOf')).code, 0);
});

s('many values come in ranges', () => {
  const ranged = boundClient(ldapDomain({ policies: { ...POLICIES, MaxValRange: 2 } }));
  const members = [1, 2, 3, 4, 5].map((n) => `CN=m${n},CN=Users,${DOMAIN_DN}`);
  for (const dn of members) ranged.ask(addRequest(dn, { objectClass: 'contact' }));
  ranged.ask(modifyRequest(FINANCE, [2, attribute('member', ...members)]));
  const shown = (asked: string) =>
    entriesOf(ranged.ask(searchRequest(FINANCE, { scope: 0, attributes: [asked] })))[0]?.attributes;
  assert.equal(shown('member'), { member: [], 'member;range=0-1': members.slice(0, 2) });
  assert.equal(shown('member;range=0-*'), { 'member;range=0-1': members.slice(0, 2) });
  assert.equal(shown('member;range=2-*'), { 'member;range=2-3': members.slice(2, 4) });
  assert.equal(shown('member;range=4-*'), { 'member;range=4-*': members.slice(4) });
  assert.equal(shown('member;range=9-*'), { 'member;range=9-*': [] });
  assert.equal(shown('member;range=1-1'), { 'member;range=1-1': members.slice(1, 2) });
});

s('deleted objects are seen by who asks for them', () => {
  const deleting = boundClient(ldapDomain());
  assert.is(resultOf(deleting.ask({ delRequest: ALICE })).code, 0);
  const request = searchRequest(DOMAIN_DN, {
    filter: equals('isDeleted', 'TRUE'),
    attributes: ['sAMAccountName'],
  });
  assert.equal(namesOf(deleting.ask(request)), []);
  const shown = namesOf(deleting.ask(request, [control(ControlType.LDAP_SERVER_SHOW_DELETED_OID)]));
  assert.is(shown.filter((dn) => dn.startsWith('CN=Alice Example\\0ADEL:')).length, 1);
});

s('filters that break the rules are protocol errors', () => {
  const { code, message } = resultOf(
    client.ask(
      searchRequest(DOMAIN_DN, { filter: { substrings: { type: 'cn', substrings: [] } } }),
    ),
  );
  assert.is(code, 2);
  assert.match(message, 'unable to decode a search request filter');
});

s('what one message wrote the next one reads', () => {
  const writer = boundClient(ldapDomain());
  const dn = `CN=new,CN=Users,${DOMAIN_DN}`;
  writer.ask(addRequest(dn, { objectClass: 'contact' }));
  assert.equal(namesOf(writer.ask(searchRequest(dn, { scope: 0 }))), [dn]);
  assert.ok(directory(domain.store).find('cn', 'new').length === 0, 'in its own domain only');
});

s.run();
