import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ATTRIBUTE } from '../../../protocols/x509/constants.ts';
import { Name } from '../../../protocols/x509/messages.ts';
import {
  distinguishedName,
  mappingText,
  nameFrom,
  readName,
} from '../../../protocols/x509/names.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/der/codec.ts';
import { arbitrary, mutations } from '../../arbitrary.ts';
import { withOpenssl } from '../../openssl.ts';
import { peerTest } from '../../peers.ts';

const s = suite('names');

s('the three texts of a CA of Active Directory', () => {
  const name = distinguishedName('CN=Contoso - Issuing CA, DC=CONTOSO, DC=COM');
  assert.is(name.text, 'CN=Contoso - Issuing CA,DC=CONTOSO,DC=COM');
  assert.is(name.windowsText, 'CN=Contoso - Issuing CA, DC=CONTOSO, DC=COM');
  assert.is(mappingText(name), 'DC=COM,DC=CONTOSO,CN=Contoso - Issuing CA');
  // DC=COM comes first: SET { SEQUENCE { domainComponent, IA5String "COM" } }.
  const first = '31133011060a0992268993f22c6401191603434f4d';
  assert.is(toHex(name.der).slice(4, 4 + first.length), first);
});

s('RFC 4514 section 4, examples in both directions', () => {
  const examples = [
    'UID=jsmith,DC=example,DC=net',
    'OU=Sales+CN=J.  Smith,DC=example,DC=net',
    'CN=James \\"Jim\\" Smith\\, III,DC=example,DC=net',
    'CN=Lu\u010di\u0107',
    'CN=\\#hash',
    'CN=\\ space\\ ',
  ];
  for (const text of examples) assert.is(distinguishedName(text).text, text);
  assert.is(distinguishedName('CN=Before\\0DAfter,DC=net').rdns[1]?.[0]?.value, 'Before\rAfter');
});

s('what RFC 4514 has no keyword for is written as an OID and hexadecimal DER', () => {
  const name = distinguishedName('E=a@corp.example, CN=Alice');
  assert.is(name.text, '1.2.840.113549.1.9.1=#160e6140636f72702e6578616d706c65,CN=Alice');
  assert.is(name.windowsText, 'E=a@corp.example, CN=Alice');
  assert.is(distinguishedName('1.2.3.4=x').windowsText, 'OID.1.2.3.4=x');
});

s('values of other types than text are kept as DER', () => {
  const attribute = { type: ATTRIBUTE.commonName, value: hex`02 01 05` };
  const name = readName(encode(Name, [[attribute]]));
  assert.is(name?.text, 'CN=#020105');
  const teletex = { type: ATTRIBUTE.commonName, value: hex`14 04 43 61 66 e9` };
  assert.is(readName(encode(Name, [[teletex]]))?.windowsText, 'CN=Café');
  assert.is(readName(hex`30 01`), undefined);
});

s('Windows puts values with special characters into quotation marks', () => {
  const name = nameFrom([
    [{ type: ATTRIBUTE.organizationName, value: 'Contoso, Inc.' }],
    [{ type: ATTRIBUTE.commonName, value: 'the "best"' }],
  ]);
  assert.is(name.windowsText, 'CN="the ""best""", O="Contoso, Inc."');
  assert.equal(distinguishedName(name.windowsText).der, name.der);
});

s('texts that are no names', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['Alice', /expected an attribute like CN=.*"Alice"/],
    ['CN=Alice,', /ends in ","/],
    ['XY=Alice', /got "XY"/],
    ['CN="Alice', /do not close/],
    ['DC=münchen', /IA5String/],
  ];
  for (const [text, reason] of wrong) assert.throws(() => distinguishedName(text), reason);
  assert.equal(distinguishedName('').rdns, []);
});

s('any values survive both texts', () => {
  const type = fc.constantFrom(ATTRIBUTE.commonName, ATTRIBUTE.organizationName);
  const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  const rdns = fc.array(fc.tuple(fc.record({ type, value }, { noNullPrototype: true })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(rdns, (wanted) => {
      const name = nameFrom(wanted);
      assert.equal(name.rdns, wanted);
      assert.equal(distinguishedName(name.text).der, name.der, name.text);
      // Windows does not escape backslashes, with which RFC 4514 escapes: both cannot be read.
      if (name.windowsText.includes('\\')) return;
      assert.equal(distinguishedName(name.windowsText).der, name.der, name.windowsText);
    }),
  );
});

s('no octets make reading throw', () => {
  fc.assert(
    fc.property(arbitrary(Name), (value) => {
      const read = readName(encode(Name, value));
      assert.is(read?.rdns.length, value.length);
    }),
  );
  fc.assert(
    fc.property(mutations(distinguishedName('CN=Alice, O="A, B", DC=x').der), (octets) => {
      assert.type(readName(octets)?.text ?? '', 'string');
    }),
  );
});

peerTest(s, 'OpenSSL prints the same name', ['openssl'], () => {
  withOpenssl((openssl) => {
    const subject = '/DC=example/DC=corp/OU=A, B+CN=Al"ice/CN=\\+x ';
    const args = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'k'];
    openssl.run('req', '-x509', '-multivalue-rdn', '-utf8', ...args, '-subj', subject, '-out', 'c');
    const printed = openssl.says('x509', '-in', 'c', '-noout', '-subject', '-nameopt', 'RFC2253');
    const text = printed.slice('subject='.length, -1);
    assert.match(text, 'CN=Al');
    const der = openssl.run('x509', '-in', 'c', '-outform', 'DER');
    assert.ok(toHex(der).includes(toHex(distinguishedName(text).der)), text);
  });
});

s.run();
