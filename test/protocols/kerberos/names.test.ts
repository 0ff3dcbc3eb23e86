import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  NT_ENTERPRISE,
  NT_PRINCIPAL,
  NT_SRV_HST,
  NT_SRV_INST,
} from '../../../protocols/kerberos/constants.ts';
import {
  enterprise,
  formatName,
  parseName,
  principal,
  sameName,
  sameNameIgnoringCase,
  ticketGrantingService,
} from '../../../protocols/kerberos/names.ts';

const s = suite('kerberos/names');

s('components, realm and the usual type', () => {
  assert.equal(parseName('alice'), { name: principal(NT_PRINCIPAL, 'alice') });
  assert.equal(parseName('alice@CORP.EXAMPLE'), {
    name: principal(NT_PRINCIPAL, 'alice'),
    realm: 'CORP.EXAMPLE',
  });
  assert.equal(parseName('cifs/files.corp.example@CORP.EXAMPLE', { nameType: NT_SRV_HST }), {
    name: principal(NT_SRV_HST, 'cifs', 'files.corp.example'),
    realm: 'CORP.EXAMPLE',
  });
  assert.equal(parseName('krbtgt/CORP.EXAMPLE').name, ticketGrantingService('CORP.EXAMPLE'));
  assert.is(parseName('krbtgt').name.nameType, NT_PRINCIPAL);
});

s('escapes belong to the name', () => {
  assert.equal(parseName('a\\/b\\@c\\\\d@R').name.nameString, ['a/b@c\\d']);
  assert.equal(parseName('\\n\\t\\b\\0\\x').name.nameString, ['\n\t\b\0x']);
  assert.is(formatName(principal(1, 'a/b@c\\d\n'), 'R@S'), 'a\\/b\\@c\\\\d\\n@R\\@S');
});

s('a realm may hold slashes: X.500 realms of RFC 4120 §6.1', () => {
  assert.equal(parseName('u@C=US/O=OSF'), { name: principal(1, 'u'), realm: 'C=US/O=OSF' });
  assert.is(formatName(principal(1, 'u'), 'C=US/O=OSF'), 'u@C=US/O=OSF');
});

s('enterprise names keep their first @ and are never split', () => {
  const typed = { nameType: NT_ENTERPRISE };
  assert.equal(parseName('alice@corp.example', typed), { name: enterprise('alice@corp.example') });
  assert.equal(parseName('alice@corp.example@CORP.EXAMPLE', typed), {
    name: enterprise('alice@corp.example'),
    realm: 'CORP.EXAMPLE',
  });
  assert.equal(parseName('a/b@c', typed).name.nameString, ['a/b@c']);
  assert.is(
    formatName(enterprise('alice@corp.example'), 'CORP.EXAMPLE'),
    'alice\\@corp.example@CORP.EXAMPLE',
  );
});

s('says what is wrong with a name', () => {
  assert.throws(() => parseName('a@B@C'), /has a second realm; write \\@ inside a name/);
  assert.throws(() => parseName('a@'), /has an empty realm/);
  assert.throws(() => parseName('a\\'), /ends in a backslash/);
});

s('what is printed is read back', () => {
  const part = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('/', '@', '\\', 'n', '0', '\n', '\0', 'a') }),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), part, (nameString, realm) => {
      const name = principal(NT_SRV_INST, ...nameString);
      assert.equal(parseName(formatName(name), { nameType: NT_SRV_INST }), { name });
      if (realm === '') return;
      assert.equal(parseName(formatName(name, realm), { nameType: NT_SRV_INST }), { name, realm });
      const upn = enterprise(nameString[0] as string);
      assert.equal(
        parseName(formatName(upn, realm), { nameType: NT_PRINCIPAL }).name.nameString,
        upn.nameString,
      );
    }),
    { seed: 1, numRuns: 1000 },
  );
});

s('sameName compares components, never types', () => {
  assert.ok(sameName(principal(NT_SRV_INST, 'a', 'b'), principal(NT_SRV_HST, 'a', 'b')));
  assert.not.ok(sameName(principal(1, 'a', 'b'), principal(1, 'a')));
  assert.not.ok(sameName(principal(1, 'a'), principal(1, 'A')));
  assert.ok(sameNameIgnoringCase(principal(1, 'HOST', 'dc1'), principal(3, 'host', 'DC1')));
  assert.not.ok(sameNameIgnoringCase(principal(1, 'host/dc1'), principal(1, 'host', 'dc1')));
});

s.run();
