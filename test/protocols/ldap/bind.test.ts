import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directory } from '../../../protocols/directory/directory.ts';
import { accountNamed } from '../../../protocols/ldap/bind-name.ts';
import type { Logon } from '../../../protocols/ldap/host.ts';
import { fromUtf8, hex, utf8 } from '../../../src/bytes/bytes.ts';
import {
  ADMINISTRATOR,
  attribute,
  bindRequest,
  DOMAIN_DN,
  modifyRequest,
  resultOf,
  searchRequest,
} from './asking.ts';
import { type LdapDomain, ldapClient, ldapDomain, PASSWORD } from './ldap-domain.ts';

const s = suite('ldap/bind');
const domain = ldapDomain();

/** Who the connection says to be afterwards. */
function whoAmI(name: string, password: string, on: LdapDomain = domain): string {
  const client = ldapClient(on);
  const { code, message } = resultOf(client.ask(bindRequest(name, password)));
  if (code !== 0) return `${code} ${message}`;
  const [answer] = client.ask({ extendedReq: { requestName: '1.3.6.1.4.1.4203.1.11.3' } });
  if (answer === undefined || !('extendedResp' in answer.protocolOp)) return 'no answer';
  return fromUtf8(answer.protocolOp.extendedResp.responseValue ?? hex``);
}

s('every form of name that MS-ADTS 5.1.1.1.1 lists', () => {
  const reading = directory(domain.store);
  for (const name of [
    `CN=Alice Example,OU=Sales,${DOMAIN_DN}`,
    'alice@corp.example',
    'ALICE@CORP.EXAMPLE',
    'alice@corp',
    'CORP\\alice',
    'corp.example\\alice',
    'corp.example/Sales/Alice Example',
    'corp.example/Sales\nAlice Example',
    'Alice Example',
  ]) {
    assert.is(whoAmI(name, PASSWORD), 'u:CORP\\alice', name);
  }
  assert.is(accountNamed('HOST/LAPTOP', reading, domain.domain)?.rdn.value, 'LAPTOP');
  const sid = `${domain.domain.sid}-500`;
  assert.is(accountNamed(sid, reading, domain.domain)?.rdn.value, 'Administrator');
  for (const name of [
    'alice',
    'OTHER\\alice',
    'a\\b\\c',
    '@',
    '\\',
    'S-1-',
    'CN=',
    'CN=Users',
    '/',
    'alice@other.example',
  ]) {
    assert.is(accountNamed(name, reading, domain.domain), undefined, name);
  }
});

s('refusals carry the Win32 error as Windows writes it', () => {
  assert.is(
    whoAmI('CORP\\alice', 'wrong'),
    '49 80090308: LdapErr: DSID-00000000, comment: AcceptSecurityContext error, data 52e, v4f7c',
  );
  assert.match(whoAmI('CORP\\nobody', 'x'), /^49 .*data 525/);
  assert.match(whoAmI('', 'x'), /^49 .*data 525/);
  const refusing = (data: (Logon & { kind: 'refused' })['data']): LdapDomain => ({
    ...domain,
    env: () => ({
      ...domain.env(),
      host: { ...domain.host, logOn: () => ({ kind: 'refused', data, reason: 'so it is' }) },
    }),
  });
  for (const data of ['530', '531', '532', '533', '701', '773', '775'] as const) {
    assert.match(
      whoAmI('CORP\\alice', PASSWORD, refusing(data)),
      new RegExp(`data ${data}, v4f7c$`),
    );
  }
});

s('without a password nobody is bound, whatever the name', () => {
  assert.is(whoAmI('', ''), '');
  assert.is(whoAmI(ADMINISTRATOR, ''), '');
});

s('a refused bind unbinds', () => {
  const client = ldapClient(domain);
  client.ask(bindRequest('CORP\\alice', PASSWORD));
  assert.is(client.connection.name, 'bound');
  client.ask(bindRequest('CORP\\alice', 'wrong'));
  assert.is(client.connection.name, 'anonymous');
});

s('only the rootDSE is read without a bind', () => {
  const client = ldapClient(domain);
  assert.is(resultOf(client.ask(searchRequest('', { scope: 0 }))).code, 0);
  for (const request of [
    searchRequest(DOMAIN_DN),
    searchRequest('', { scope: 2 }),
    { delRequest: ADMINISTRATOR },
    {
      compareRequest: {
        entry: ADMINISTRATOR,
        ava: { attributeDesc: 'cn', assertionValue: utf8('a') },
      },
    },
  ] as const) {
    const { code, message } = resultOf(client.ask(request));
    assert.is(code, 1);
    assert.is(
      message,
      '000004DC: LdapErr: DSID-00000000, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4f7c',
    );
  }
});

s('nobody in particular is a requester like others where dSHeuristics lets it', () => {
  const open = ldapDomain();
  const administrator = ldapClient(open);
  administrator.ask(bindRequest(ADMINISTRATOR, PASSWORD));
  const service = `CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,${DOMAIN_DN}`;
  const users = `CN=Users,${DOMAIN_DN}`;
  const client = ldapClient(open);
  const codes = () =>
    [searchRequest(users, { scope: 0 }), { delRequest: ADMINISTRATOR }].map(
      (request) => resultOf(client.ask(request)).code,
    );
  assert.equal(codes(), [1, 1]);
  const heuristics = modifyRequest(service, [2, attribute('dSHeuristics', '0000002')]);
  assert.is(resultOf(administrator.ask(heuristics)).code, 0);
  assert.equal(codes(), [32, 50], 'what it may not list is not there, what it may not do refused');
});

s('what is not spoken is refused by its code', () => {
  const client = ldapClient(domain);
  const code = (request: Parameters<typeof client.ask>[0]): number =>
    resultOf(client.ask(request)).code;
  const authentication = { sasl: { mechanism: 'DIGEST-MD5' } };
  assert.is(code({ bindRequest: { version: 3, name: '', authentication } }), 7);
  assert.is(
    code({ bindRequest: { version: 3, name: '', authentication: { sicilyNegotiate: hex`` } } }),
    7,
  );
  assert.is(code({ bindRequest: { version: 2, name: '', authentication: { simple: hex`` } } }), 2);
  assert.is(code({ extendedReq: { requestName: '1.3.6.1.4.1.1466.20037' } }), 52);
  assert.is(code({ extendedReq: { requestName: '1.2.3' } }), 2);
});

s('simple binds in clear can be forbidden', () => {
  const strict = ldapDomain({ simpleBindInClear: false });
  assert.match(whoAmI('CORP\\alice', PASSWORD, strict), /^8 00002028: LdapErr/);
});

s.run();
