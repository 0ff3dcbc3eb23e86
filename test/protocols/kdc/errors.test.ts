import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { errorMessage, extendedError } from '../../../protocols/kdc/errors.ts';
import {
  KDC_ERR_CLIENT_REVOKED,
  KDC_ERR_WRONG_REALM,
} from '../../../protocols/kerberos/error-codes.ts';
import { KrbError } from '../../../protocols/kerberos/messages.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { decode } from '../../../src/der/codec.ts';
import { contoso, NOW, TGS_NAME } from './contoso.ts';

const errors = suite('kdc/errors');
const { realm } = contoso();

// KERB-ERROR-DATA of domain controllers: status, zero, flags 1 in AS and 3 in TGS.
errors('KERB-EXT-ERROR carries the NTSTATUS and the flags of the exchange', () => {
  assert.is(
    toHex(extendedError(0xc000006f, 'AS')),
    '3015a103020103a20e040c6f0000c00000000001000000',
  );
  assert.is(
    toHex(extendedError(0xc00000bb, 'TGS')),
    '3015a103020103a20e040cbb0000c00000000003000000',
  );
});

errors('KRB-ERROR 18 of a locked out account, octet for octet', () => {
  const refusal = { code: KDC_ERR_CLIENT_REVOKED, status: 0xc0000234 };
  assert.is(
    toHex(errorMessage(realm, 'AS', refusal, TGS_NAME, NOW)),
    '7e753073a003020105a10302011ea411180f32303234303130313030303030305aa503020100a603020112' +
      'a90d1b0b434f4e544f534f2e434f4daa20301ea003020102a11730151b066b72627467741b0b434f4e544f534f' +
      '2e434f4dac1904173015a103020103a20e040c340200c00000000001000000',
  );
});

errors('the time has microseconds, and a request without server is answered as krbtgt', () => {
  const bytes = errorMessage(realm, 'AS', { code: 60 }, undefined, NOW + 1_234);
  const error = decode(KrbError, bytes);
  assert.is(error.stime, NOW + 1_000);
  assert.is(error.susec, 234_000);
  assert.equal(error.sname, TGS_NAME);
  assert.is(error.eData, undefined);
});

errors('only the wrong realm carries crealm', () => {
  const refusal = { code: KDC_ERR_WRONG_REALM, crealm: 'FABRIKAM.COM' };
  const error = decode(KrbError, errorMessage(realm, 'AS', refusal, TGS_NAME, NOW));
  assert.is(error.crealm, 'FABRIKAM.COM');
  assert.is(error.realm, 'CONTOSO.COM');
  assert.is(error.cname, undefined);
  assert.is(error.ctime, undefined);
  assert.is(error.eText, undefined);
});

errors.run();
