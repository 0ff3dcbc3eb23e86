import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  computerSalt,
  trustAccountSalt,
  trustSalt,
  userSalt,
} from '../../../protocols/kerberos/salts.ts';

const s = suite('salts');

// The cases of Samba's salt_tests.py (test_salt_at_user, test_salt_upn_host_user ...), which pass
// against Windows, and the rules of its get_salt.
s('users', () => {
  for (const [sAMAccountName, userPrincipalName, expected] of [
    ['alice', undefined, 'CONTOSO.COMalice'],
    ['Alice', undefined, 'CONTOSO.COMAlice'],
    ['krbtgt', undefined, 'CONTOSO.COMkrbtgt'],
    ['foo@bar', undefined, 'CONTOSO.COMfoo@bar'],
    ['foo$', undefined, 'CONTOSO.COMfoo$'],
    ['alice', 'foo0', 'CONTOSO.COMfoo0'],
    ['alice', 'Foo16', 'CONTOSO.COMFoo16'],
    ['alice', 'foo4@contoso.com', 'CONTOSO.COMfoo4'],
    ['alice', 'foo12@other.realm', 'CONTOSO.COMfoo12'],
    ['alice', 'foo@bar@contoso.com', 'CONTOSO.COMfoo@bar'],
    ['alice', 'host/foo2', 'CONTOSO.COMhostfoo2'],
    ['alice', 'host/foo6@contoso.com', 'CONTOSO.COMhostfoo6'],
    ['alice', 'a/b/c@contoso.com', 'CONTOSO.COMabc'],
    ['alice', 'foo8$@contoso.com', 'CONTOSO.COMfoo8$'],
  ] as const) {
    assert.is(userSalt('contoso.com', sAMAccountName, userPrincipalName), expected);
  }
});

s('computers', () => {
  for (const [sAMAccountName, expected] of [
    ['PC1$', 'CONTOSO.COMhostpc1.contoso.com'],
    ['PC1', 'CONTOSO.COMhostpc1.contoso.com'],
    ['Foo$bar', 'CONTOSO.COMhostfoo$bar.contoso.com'],
    ['foo$$', 'CONTOSO.COMhostfoo$.contoso.com'],
    ['foo@bar$', 'CONTOSO.COMhostfoo@bar.contoso.com'],
  ] as const) {
    assert.is(computerSalt('CONTOSO.COM', sAMAccountName), expected);
  }
});

s('trusts', () => {
  assert.is(trustAccountSalt('contoso.com', 'FABRIKAM'), 'CONTOSO.COMkrbtgtFABRIKAM');
  assert.is(trustSalt('CONTOSO.COM', 'fabrikam.com'), 'CONTOSO.COMkrbtgtFABRIKAM.COM');
  assert.is(trustSalt('FABRIKAM.COM', 'CONTOSO.COM'), 'FABRIKAM.COMkrbtgtCONTOSO.COM');
});

s.run();
