import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freshnessRefusal, freshnessToken } from '../../../protocols/kdc/freshness.ts';
import { DEFAULT_PKINIT_POLICY } from '../../../protocols/kdc/pkinit-policy.ts';
import { KeyUsage } from '../../../protocols/kerberos/constants.ts';
import { decrypt } from '../../../protocols/kerberos/etypes.ts';
import { EncryptedData, PaEncTsEnc } from '../../../protocols/kerberos/messages.ts';
import { concat } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { contoso, KRBTGT_KEYS, MINUTE, NOW } from './contoso.ts';

const freshness = suite('kdc/freshness');

const { realm, accounts } = contoso();
const ENV = { now: NOW + 1.5, random: seededRandom(1, 'freshness') };
const TOKEN = freshnessToken(realm, accounts, ENV) as Uint8Array;

const code = (token: Uint8Array, now = NOW): number =>
  freshnessRefusal(token, accounts, DEFAULT_PKINIT_POLICY, now)?.code ?? 0;

function sealed() {
  return decode(EncryptedData, TOKEN.subarray(2));
}

freshness('two zero octets, then the time under krbtgt’s key', () => {
  assert.equal(TOKEN.subarray(0, 2), new Uint8Array(2));
  const { etype, kvno, cipher } = sealed();
  const key = KRBTGT_KEYS.find((candidate) => candidate.etype === etype);
  assert.is(kvno, 2);
  if (key === undefined) throw new Error(`etype ${etype}`);
  const plain = decrypt(key, KeyUsage.AS_FRESHNESS, cipher);
  if (plain === undefined) throw new Error('does not open');
  assert.equal(decode(PaEncTsEnc, plain), { patimestamp: NOW, pausec: 1_500 });
});

freshness('good for five minutes, either way', () => {
  assert.is(code(TOKEN), 0);
  assert.is(code(TOKEN, NOW + 5 * MINUTE), 0);
  assert.is(code(TOKEN, NOW - 5 * MINUTE), 0);
  assert.is(code(TOKEN, NOW + 5 * MINUTE + 1), 90);
  assert.is(code(TOKEN, NOW - 5 * MINUTE - 1), 90);
});

freshness('anything else is KRB_AP_ERR_MODIFIED', () => {
  const changed = TOKEN.slice();
  changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
  for (const token of [
    changed,
    TOKEN.subarray(2),
    concat(new Uint8Array([0, 1]), TOKEN.subarray(2)),
    new Uint8Array(0),
    new Uint8Array(2),
    new Uint8Array(5_000),
    concat(TOKEN, new Uint8Array(1)),
    concat(new Uint8Array(2), encode(EncryptedData, { ...sealed(), kvno: 77 })),
  ]) {
    assert.is(code(token), 41);
  }
});

freshness('one of a read-only KDC proves nothing here', () => {
  const token = concat(
    new Uint8Array(2),
    encode(EncryptedData, { ...sealed(), kvno: (27_845 << 16) | 1 }),
  );
  assert.is(code(token), 24);
});

freshness.run();
