import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  GssFlags,
  gssChecksum,
  gssToken,
  openGssToken,
  readGssChecksum,
} from '../../../protocols/kerberos/gss.ts';
import { concat, hex, toHex } from '../../../src/bytes/bytes.ts';

const gss = suite('gss');

gss('frames a message as RFC 2743 §3.1 says', () => {
  assert.is(
    toHex(gssToken('AP-REQ', hex`6e 03 02 01 05`)),
    '601206092a864886f7120102020100' + '6e03020105',
  );
  assert.is(toHex(gssToken('AP-REP', new Uint8Array(200)).subarray(0, 3)), '6081d5');
  assert.is(toHex(gssToken('KRB-ERROR', new Uint8Array(300)).subarray(0, 4)), '60820139');
});

gss('gives back what it framed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000 }), (bytes) => {
      assert.equal(openGssToken(gssToken('AP-REP', bytes)), { ok: true, message: 'AP-REP', bytes });
    }),
    { seed: 1, numRuns: 50 },
  );
});

gss('refuses what is no token, without ever throwing', () => {
  const token = gssToken('AP-REQ', hex`6e 03 02 01 05`);
  for (let end = 0; end < token.length; end++) {
    assert.not.ok(openGssToken(token.subarray(0, end)).ok, `${end} octets`);
  }
  assert.not.ok(openGssToken(concat(token, hex`00`)).ok);
  const spnego = hex`60 0a 06 06 2b 06 01 05 05 02 a0 00`;
  assert.equal(openGssToken(spnego), {
    ok: false,
    reason: 'the mechanism is not Kerberos 5 (1.2.840.113554.1.2.2)',
  });
  const wrap = Uint8Array.from(token);
  wrap[13] = 4;
  assert.equal(openGssToken(wrap), { ok: false, reason: 'TOK_ID 0400 is not known' });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      openGssToken(concat(hex`60`, bytes));
    }),
    { seed: 1, numRuns: 200 },
  );
});

gss('lays the checksum out as RFC 4121 §4.1.1 says', () => {
  const flags = GssFlags.mutual | GssFlags.integ;
  assert.is(toHex(gssChecksum(flags)), `10000000${'00'.repeat(16)}22000000`);
  const bindings = new Uint8Array(16).fill(7);
  assert.equal(readGssChecksum(gssChecksum(flags, bindings)), { flags, bindings });
  // With GSS_C_DELEG_FLAG more follows: the option, a length and a KRB-CRED.
  const delegated = concat(gssChecksum(GssFlags.deleg), hex`01 00 02 00 76 00`);
  assert.is(readGssChecksum(delegated)?.flags, GssFlags.deleg);
  assert.is(readGssChecksum(hex`10 00 00 00`), undefined);
  assert.is(readGssChecksum(new Uint8Array(24)), undefined);
});

gss.run();
