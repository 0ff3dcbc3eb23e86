import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { methodData } from '../../../protocols/kdc/method-data.ts';
import { proofIn } from '../../../protocols/kdc/preauth.ts';
import {
  KDC_ERR_ETYPE_NOSUPP,
  KDC_ERR_PADATA_TYPE_NOSUPP,
  KDC_ERR_PREAUTH_FAILED,
  KDC_ERR_PREAUTH_REQUIRED,
  KRB_AP_ERR_SKEW,
} from '../../../protocols/kerberos/error-codes.ts';
import { key, stringToKey } from '../../../protocols/kerberos/etypes.ts';
import { EncryptedData, EtypeInfo2, MethodData } from '../../../protocols/kerberos/messages.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import {
  ALICE,
  ALICE_KEY,
  ALICE_RC4_KEY,
  answer,
  asReq,
  causeOf,
  codeOf,
  contoso,
  errorOf,
  MINUTE,
  NOW,
  openAsRep,
  provedAsReq,
  replyOf,
  SECOND,
  timestamp,
} from './contoso.ts';

const preauth = suite('kdc/preauth');
/** With the RC4 that Windows had until 2026. */
const RC4_ALLOWED = { supportedEncryptionTypes: 0x1c };
const world = contoso();
const older = contoso([], RC4_ALLOWED);

const GOLDEN_METHOD_DATA =
  '3050302da103020113a226042430223019a003020112a1121b10434f4e544f534f2e434f4d616c6963653005a0030201' +
  '173009a103020102a20204003009a103020110a20204003009a10302010fa2020400';

const typesOf = (data: Uint8Array) => decode(MethodData, data).map((item) => item.padataType);
const eData = (bytes: Uint8Array, at = world) => errorOf(answer(at, bytes)).eData as Uint8Array;

preauth('METHOD-DATA has the order and the entries of a domain controller', () => {
  const client = older.accounts.bySAMAccountName('alice');
  assert.ok(client);
  const context = { policy: older.realm.policy, client, offered: [18, 17, 23, 24, -135] };
  assert.is(toHex(methodData(context)), GOLDEN_METHOD_DATA);
});

preauth('KRB-ERROR 25, octet for octet', () => {
  const { bytes } = replyOf(answer(older, asReq({ etype: [18, 17, 23, 24, -135, 3] })));
  assert.is(bytes.length, 180);
  assert.is(
    toHex(bytes),
    '7e81b13081aea003020105a10302011ea411180f32303234303130313030303030305aa503020100a603020119' +
      'a90d1b0b434f4e544f534f2e434f4daa20301ea003020102a11730151b066b72627467741b0b434f4e544f534f2e' +
      `434f4dac540452${GOLDEN_METHOD_DATA}`,
  );
});

preauth(
  'ETYPE-INFO2 tells the strongest AES type that the client offers, and RC4 if both allow',
  () => {
    const told = (etype: readonly number[], at = older) => {
      const items = decode(MethodData, eData(asReq({ etype }), at));
      const info = items.find((item) => item.padataType === 19);
      return decode(EtypeInfo2, info?.padataValue ?? new Uint8Array(0)).map((entry) => entry.etype);
    };
    assert.equal(told([17, 18]), [18]);
    assert.equal(told([17]), [17]);
    assert.equal(told([23, 17]), [17, 23]);
    assert.equal(told([18, 23], world), [18], 'RC4 is not allowed by default');
  },
);

preauth('clients that only know RC4 get ETYPE-INFO as well, with an empty salt', () => {
  const data = eData(asReq({ etype: [23] }), older);
  assert.equal(typesOf(data), [11, 19, 2, 16, 15]);
  const [info] = decode(MethodData, data);
  assert.is(toHex(info?.padataValue ?? new Uint8Array(0)), '300b3009a003020117a1020400');
});

preauth('no common encryption type: METHOD-DATA without keys', () => {
  for (const etype of [[], [23], [3, 1], [20, 19]]) {
    const error = errorOf(answer(world, asReq({ etype })));
    assert.is(error.errorCode, KDC_ERR_ETYPE_NOSUPP, `etypes ${etype}`);
    assert.equal(typesOf(error.eData as Uint8Array), [2, 16, 15]);
  }
});

preauth('PA-ENC-TIMESTAMP with the right key proves it', () => {
  const held = openAsRep(answer(world, provedAsReq()));
  assert.is(held.reply.encPart.etype, 18);
  assert.is(held.reply.encPart.kvno, 2);
});

preauth('a wrong password says 24 with ETYPE-INFO2 only, and the note says why', () => {
  const wrong = stringToKey(18, 'wrong', 'CONTOSO.COMalice');
  const effects = answer(world, provedAsReq({ longTerm: wrong }));
  const error = errorOf(effects);
  assert.is(error.errorCode, KDC_ERR_PREAUTH_FAILED);
  assert.equal(typesOf(error.eData as Uint8Array), [19]);
  assert.match(causeOf(effects), /wrong password, or .* salt than "CONTOSO.COMalice"/);
  assert.match(causeOf(effects), /aes256-cts-hmac-sha1-96 key of kvno 2/);
});

preauth('a former password is refused the same way, but named in the note', () => {
  const former = stringToKey(18, 'Before1!', 'CONTOSO.COMalice');
  const base = contoso();
  const alice = base.accounts.bySAMAccountName('alice');
  assert.ok(alice);
  const changed = { ...alice, keys: [...alice.keys, { kvno: 1, keys: [former] }] };
  const accounts = { ...base.accounts, bySAMAccountName: () => changed };
  const effects = answer({ ...base, accounts }, provedAsReq({ longTerm: former }));
  assert.is(codeOf(effects), KDC_ERR_PREAUTH_FAILED);
  assert.match(causeOf(effects), /former password, of kvno 1/);
});

preauth('a key of a type that policy forbids says 14', () => {
  const request = asReq({ etype: [18, 23], padata: [timestamp(ALICE_RC4_KEY)] });
  assert.is(codeOf(answer(world, request)), KDC_ERR_ETYPE_NOSUPP);
  assert.is(codeOf(answer(older, request)), 0);
});

preauth('the reply to RC4 has no ETYPE-INFO2, that to AES one entry', () => {
  const rc4 = openAsRep(
    answer(older, asReq({ etype: [18, 23], padata: [timestamp(ALICE_RC4_KEY)] })),
    ALICE_RC4_KEY,
  );
  assert.is(rc4.reply.padata, undefined);
  assert.is(rc4.reply.encPart.etype, 23);
  const aes = openAsRep(answer(older, provedAsReq()));
  assert.equal(
    aes.reply.padata?.map((item) => item.padataType),
    [19],
  );
  const info = aes.reply.padata?.[0]?.padataValue ?? new Uint8Array(0);
  assert.equal(decode(EtypeInfo2, info), [{ etype: 18, salt: 'CONTOSO.COMalice' }]);
});

preauth('the clock may differ by five minutes, not by more', () => {
  const at = (offset: number) => {
    const ms = NOW + offset;
    const whole = Math.floor(ms / SECOND) * SECOND;
    const pausec = (ms - whole) * 1_000;
    return answer(world, asReq({ padata: [timestamp(ALICE_KEY, whole, pausec)] }));
  };
  assert.is(codeOf(at(5 * MINUTE)), 0);
  assert.is(codeOf(at(-5 * MINUTE)), 0);
  for (const offset of [5 * MINUTE + 1, -5 * MINUTE - 1, 10 * MINUTE]) {
    const error = errorOf(at(offset));
    assert.is(error.errorCode, KRB_AP_ERR_SKEW, `${offset}`);
    assert.equal(typesOf(error.eData as Uint8Array), [19]);
    assert.is(error.stime, NOW, 'the client learns the time');
  }
  assert.match(causeOf(at(10 * MINUTE)), /600 s ahead of the KDC's/);
});

preauth('malformed proofs fail, whatever they are', () => {
  const junk = [
    new Uint8Array(0),
    new Uint8Array([0x30, 0x00]),
    encode(EncryptedData, { etype: 18, cipher: new Uint8Array(3) }),
    encode(EncryptedData, { etype: 18, cipher: new Uint8Array(200) }),
  ];
  for (const padataValue of junk) {
    const effects = answer(world, asReq({ padata: [{ padataType: 2, padataValue }] }));
    assert.is(codeOf(effects), KDC_ERR_PREAUTH_FAILED);
  }
  const padataValue = encode(EncryptedData, { etype: 99, cipher: new Uint8Array(40) });
  const effects = answer(world, asReq({ padata: [{ padataType: 2, padataValue }] }));
  assert.is(codeOf(effects), KDC_ERR_ETYPE_NOSUPP);
});

preauth('without a certificate for PKINIT, 16', () => {
  for (const padataType of [16, 15]) {
    const padata = [{ padataType, padataValue: new Uint8Array([0x30, 0x00]) }];
    assert.is(codeOf(answer(world, asReq({ padata }))), KDC_ERR_PADATA_TYPE_NOSUPP);
  }
});

preauth('padata that is no proof, or outside its place, still asks for one', () => {
  const cases = [138, 133, 136, 128, 149, 150, 9999, -1];
  for (const padataType of cases) {
    const padataValue =
      padataType === 128 ? new Uint8Array([0x30, 5, 0xa0, 3, 1, 1, 0xff]) : new Uint8Array(0);
    const effects = answer(world, asReq({ padata: [{ padataType, padataValue }] }));
    assert.is(codeOf(effects), KDC_ERR_PREAUTH_REQUIRED, `padata ${padataType}`);
  }
  assert.is(proofIn([]), undefined);
});

preauth('the salt announced is that of the keys, not of the name that the account has now', () => {
  const base = contoso();
  const alice = base.accounts.bySAMAccountName('alice');
  assert.ok(alice);
  const renamed = { ...alice, sAMAccountName: 'alison' };
  const found = (name: string) => (name === 'alison' ? renamed : undefined);
  const at = { ...base, accounts: { ...base.accounts, bySAMAccountName: found } };
  const cname = { nameType: 1, nameString: ['alison'] };
  const items = decode(MethodData, eData(asReq({ cname }), at));
  assert.equal(decode(EtypeInfo2, items[0]?.padataValue ?? new Uint8Array(0)), [
    { etype: 18, salt: 'CONTOSO.COMalice' },
  ]);
  assert.is(codeOf(answer(at, provedAsReq({ cname }))), 0);
});

preauth('what was kept for one policy is not told under another', () => {
  const strict = contoso([ALICE]);
  const relaxed = { ...strict, realm: { ...strict.realm, policy: older.realm.policy } };
  const client = strict.accounts.bySAMAccountName('alice');
  assert.ok(client);
  const offered = [18, 23];
  const told = (policy: typeof strict.realm.policy) =>
    toHex(methodData({ policy, client, offered }));
  const first = told(strict.realm.policy);
  assert.is.not(told(relaxed.realm.policy), first);
  assert.is(told(strict.realm.policy), first);
});

preauth('a key that is not the account’s own fails', () => {
  const foreign = key(18, new Uint8Array(32).fill(1));
  assert.is(codeOf(answer(world, provedAsReq({ longTerm: foreign }))), KDC_ERR_PREAUTH_FAILED);
});

preauth.run();
