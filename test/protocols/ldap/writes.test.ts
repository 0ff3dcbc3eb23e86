import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directory } from '../../../protocols/directory/directory.ts';
import {
  type NewKeyCredential,
  newKeyCredential,
} from '../../../protocols/directory/key-credential.ts';
import {
  dnBinaryText,
  PUBLIC_KEY_INDEX,
  publicKeyForm,
} from '../../../protocols/directory/key-credential-value.ts';
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import { ControlType } from '../../../protocols/ldap/controls.ts';
import { LdapMessage, type ProtocolOp } from '../../../protocols/ldap/messages.ts';
import { hex, utf8 } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/der/codec.ts';
import { keyOf } from '../x509/pki.ts';
import {
  addRequest,
  attribute,
  boundClient,
  DOMAIN_DN,
  entriesOf,
  modifyRequest,
  namesOf,
  resultOf,
  searchRequest,
} from './asking.ts';
import { type LdapDomain, ldapDomain } from './ldap-domain.ts';

const s = suite('ldap/writes');
const USERS = `CN=Users,${DOMAIN_DN}`;
const BOB = `CN=bob,${USERS}`;

const critical = (controlType: string): NonNullable<LdapMessage['controls']> => [
  { controlType, criticality: true },
];

function shown(
  client: ReturnType<typeof boundClient>,
  dn: string,
  name: string,
): readonly string[] {
  const answers = client.ask(searchRequest(dn, { scope: 0, attributes: [name] }));
  return entriesOf(answers)[0]?.attributes[name] ?? [];
}

s('add, modify, rename, compare, delete', () => {
  const client = boundClient(ldapDomain());
  const code = (operation: ProtocolOp): number => resultOf(client.ask(operation)).code;
  const dn = `CN=carol,${USERS}`;
  assert.is(code(addRequest(dn, { objectClass: 'user', sAMAccountName: 'carol' })), 0);
  assert.is(code(addRequest(dn, { objectClass: 'user', sAMAccountName: 'carol2' })), 68);
  assert.is(
    code(modifyRequest(dn, [0, attribute('description', 'one')], [2, attribute('title', 'two')])),
    0,
  );
  assert.equal(shown(client, dn, 'description'), ['one']);
  assert.is(code(modifyRequest(dn, [1, attribute('description')])), 0);
  assert.equal(shown(client, dn, 'description'), []);
  const compare = (value: string): ProtocolOp => ({
    compareRequest: { entry: dn, ava: { attributeDesc: 'title', assertionValue: utf8(value) } },
  });
  assert.equal([code(compare('TWO')), code(compare('three'))], [6, 5]);
  const renamed = `CN=caroline,OU=Sales,${DOMAIN_DN}`;
  assert.is(
    code({
      modDNRequest: {
        entry: dn,
        newrdn: 'CN=caroline',
        deleteoldrdn: true,
        newSuperior: `OU=Sales,${DOMAIN_DN}`,
      },
    }),
    0,
  );
  assert.equal(shown(client, renamed, 'cn'), ['caroline']);
  assert.is(code({ delRequest: renamed }), 0);
  assert.is(code({ delRequest: renamed }), 32);
});

s('all changes of a request happen, or none', () => {
  const client = boundClient(ldapDomain());
  const outcome = resultOf(
    client.ask(
      modifyRequest(
        BOB,
        [2, attribute('description', 'changed')],
        [0, attribute('cn;nonsense', 'x')],
      ),
    ),
  );
  assert.not(outcome.code === 0);
  assert.equal(shown(client, BOB, 'description'), []);
});

s('permissive modify and tree delete', () => {
  const client = boundClient(ldapDomain());
  const twice = modifyRequest(BOB, [0, attribute('altSecurityIdentities', 'a')]);
  assert.is(resultOf(client.ask(twice)).code, 0);
  assert.is(resultOf(client.ask(twice)).code, 20);
  assert.is(
    resultOf(client.ask(twice, critical(ControlType.LDAP_SERVER_PERMISSIVE_MODIFY_OID))).code,
    0,
  );
  const unit = `OU=Sales,${DOMAIN_DN}`;
  assert.is(resultOf(client.ask({ delRequest: unit })).code, 66);
  assert.is(
    resultOf(client.ask({ delRequest: unit }, critical(ControlType.LDAP_SERVER_TREE_DELETE_OID)))
      .code,
    0,
  );
  assert.is(resultOf(client.ask(searchRequest(unit))).code, 32);
});

s('an RODC account is made with its control', () => {
  const client = boundClient(ldapDomain());
  const dn = `CN=krbtgt_new,${USERS}`;
  const request = addRequest(dn, { objectClass: 'user', sAMAccountName: 'krbtgt_new' });
  assert.is(
    resultOf(client.ask(request, critical(ControlType.LDAP_SERVER_RODC_DCPROMO_OID))).code,
    0,
  );
  assert.match(shown(client, dn, 'msDS-SecondaryKrbTgtNumber')[0] ?? '', /^\d+$/);
});

s('passwords in clear are refused, unless the realm says otherwise', () => {
  const password = hex`22 00 4e 00 65 00 77 00 50 00 34 00 73 00 73 00 21 00 22 00`;
  const reset = modifyRequest(BOB, [2, attribute('unicodePwd', password)]);
  assert.is(resultOf(boundClient(ldapDomain()).ask(reset)).code, 53);
  assert.is(resultOf(boundClient(ldapDomain({ passwordsInClear: true })).ask(reset)).code, 0);
});

s('rights are those of who is bound', () => {
  const domain = ldapDomain();
  const alice = boundClient(domain, 'CORP\\alice');
  const { code, message } = resultOf(
    alice.ask(modifyRequest(BOB, [2, attribute('description', 'mine')])),
  );
  assert.is(code, 50);
  assert.match(message, 'INSUFF_ACCESS_RIGHTS');
  assert.is(resultOf(alice.ask({ delRequest: BOB })).code, 50);
  assert.is(resultOf(alice.ask(addRequest(`CN=x,${USERS}`, { objectClass: 'contact' }))).code, 50);
});

s('names that are none, elsewhere, or of no use', () => {
  const client = boundClient(ldapDomain());
  const result = (operation: ProtocolOp) => resultOf(client.ask(operation));
  assert.is(result(modifyRequest('none', [2, attribute('cn', 'a')])).code, 34);
  assert.is(result(addRequest('none', { objectClass: 'contact' })).code, 34);
  assert.is(result({ delRequest: 'none' }).code, 34);
  const rename = { entry: BOB, deleteoldrdn: true };
  assert.is(result({ modDNRequest: { ...rename, newrdn: 'CN=a,CN=b' } }).code, 34);
  assert.is(result({ modDNRequest: { ...rename, newrdn: '' } }).code, 34);
  assert.is(result({ modDNRequest: { ...rename, newrdn: 'CN=a', newSuperior: 'none' } }).code, 34);
  for (const operation of [
    modifyRequest('CN=a,DC=fabrikam,DC=com', [2, attribute('cn', 'a')]),
    addRequest('CN=a,DC=fabrikam,DC=com', { objectClass: 'contact' }),
    { delRequest: 'CN=a,DC=fabrikam,DC=com' },
    {
      compareRequest: {
        entry: 'CN=a,DC=fabrikam,DC=com',
        ava: { attributeDesc: 'cn', assertionValue: hex`` },
      },
    },
  ]) {
    assert.equal(result(operation).referral, ['ldap://fabrikam.com/CN=a,DC=fabrikam,DC=com']);
  }
  assert.is(result(modifyRequest(BOB, [3, attribute('logonCount', '1')])).code, 2, 'no increment');
});

s('the rootDSE takes operations, from who may', () => {
  const domain = ldapDomain();
  const task = modifyRequest('', [0, attribute('runProtectAdminGroupsTask', '1')]);
  assert.is(resultOf(boundClient(domain).ask(task)).code, 0);
  assert.is(resultOf(boundClient(domain, 'CORP\\alice').ask(task)).code, 50);
  assert.is(
    resultOf(boundClient(domain).ask(modifyRequest('', [0, attribute('nonsense', '1')]))).code,
    53,
  );
});

s('the write comes before the answer that tells of it', () => {
  const client = boundClient(ldapDomain());
  const request = {
    messageID: 9,
    protocolOp: addRequest(`CN=x,${USERS}`, { objectClass: 'contact' }),
  };
  const kinds = client.raw(encode(LdapMessage, request)).map(({ kind }) => kind);
  assert.equal(kinds, ['write', 'send']);
  assert.equal(namesOf(client.ask(searchRequest(`CN=x,${USERS}`, { scope: 0 }))), [
    `CN=x,${USERS}`,
  ]);
});

const LINK = 'msDS-KeyCredentialLink';
const MATERIAL = bcryptPublicBlob(keyOf('rsa hello').publicKey);
const blobOf = (more: Partial<NewKeyCredential> = {}): Uint8Array =>
  newKeyCredential({ keyMaterial: MATERIAL, usage: 1, source: 0, ...more });

/** The digits in small letters. */
const lower = (value: string): string =>
  value.replace(/(?<=^B:828:)[^:]*/, (digits) => digits.toLowerCase());

/** What the KDC would find by the key. */
const byKey = ({ store }: LdapDomain) =>
  directory(store).findForm(PUBLIC_KEY_INDEX, publicKeyForm(keyOf('rsa hello').publicKey)).length;

s('a key credential is added, found by its key, and deleted by exactly that value', () => {
  const domain = ldapDomain();
  const client = boundClient(domain);
  const write = (operation: number, ...values: readonly string[]) =>
    resultOf(client.ask(modifyRequest(BOB, [operation, attribute(LINK, ...values)]))).code;
  const blob = blobOf({
    deviceId: new Uint8Array(16),
    customKeyInformation: new Uint8Array([1, 0]),
    lastLogon: 'never',
    creationTime: 1e12,
  });
  const value = dnBinaryText(blob, BOB);
  assert.match(value, /^B:828:0002/);
  assert.is(write(0, value), 0);
  assert.equal(shown(client, BOB, LINK), [value]);
  assert.is(byKey(domain), 1);
  assert.is(write(0, value), 20, 'attributeOrValueExists');
  assert.is(write(0, lower(value)), 20, 'digits in small');
  assert.is(write(1, dnBinaryText(blobOf({ usage: 7 }), BOB)), 16, 'noSuchAttribute');
  const second = dnBinaryText(blobOf({ usage: 2 }), BOB);
  assert.is(write(0, second), 0);
  assert.is(write(1, value), 0);
  assert.equal(shown(client, BOB, LINK), [second]);
  assert.is(byKey(domain), 0, 'a key of another usage signs nobody in');
  assert.is(write(2, value), 0);
  assert.equal(shown(client, BOB, LINK), [value]);
  assert.is(byKey(domain), 1);
  assert.is(write(2), 0);
  assert.equal([shown(client, BOB, LINK), byKey(domain)], [[], 0]);
});

s(
  'who may write the attribute may write blobs that are none; the value’s form is looked at',
  () => {
    const domain = ldapDomain();
    const client = boundClient(domain);
    const add = (value: string) =>
      resultOf(client.ask(modifyRequest(BOB, [0, attribute(LINK, value)]))).code;
    assert.is(add(`B:6:ABCDEF:${BOB}`), 0);
    assert.equal(shown(client, BOB, LINK), [`B:6:ABCDEF:${BOB}`]);
    assert.is(byKey(domain), 0);
    for (const malformed of [
      'B:8:ABCDEF:CN=bob,CN=Users,DC=corp,DC=example',
      'B:5:ABCDE:CN=bob,CN=Users,DC=corp,DC=example',
      'B:2:XY:CN=bob,CN=Users,DC=corp,DC=example',
      'B:2:AB',
      'nonsense',
    ]) {
      const code = add(malformed);
      assert.ok(code === 21 || code === 19, `${malformed}: ${code}`);
    }
    assert.not(add('B:2:AB:CN=nobody,CN=Users,DC=corp,DC=example') === 0);
    assert.equal(shown(client, BOB, LINK).length, 1);
  },
);

s.run();
