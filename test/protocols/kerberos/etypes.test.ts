import { createCipheriv, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  cf2,
  checksum,
  checksumKeyed,
  checksumName,
  confounderLength,
  decrypt,
  ETYPES,
  encrypt,
  encryptionKey,
  etypeByName,
  etypeName,
  type Key,
  key,
  keyLength,
  keyOf,
  mandatoryChecksum,
  paramsObjection,
  prf,
  prfPlus,
  randomToKey,
  stringToKey,
  supported,
  verifyChecksum,
} from '../../../protocols/kerberos/etypes.ts';
import { fromHex, hex, toHex, uint32be, utf8 } from '../../../src/bytes/bytes.ts';
import { root } from '../../root.ts';

const s = suite('etypes');

function vectors(file: string) {
  return JSON.parse(readFileSync(root('test', 'vectors', file), 'utf8'));
}

/** A row of a vector file; the fields that the row has are the test's to know. */
interface Vector {
  readonly etype: number;
  readonly usage: number;
  readonly key: string;
  readonly text: string;
  readonly cipher: string;
  readonly input: string;
  readonly result: string;
  readonly ke: string;
  readonly ki: string;
  readonly kc: string;
}

const mit = vectors('mit/crypto.json');
const samba = vectors('samba/kcrypto.json');
const rfc8009 = vectors('rfc/8009.json');
const own = vectors('own/keys-of-passwords.json');
const etypes = ETYPES.map(({ etype }) => etype);

const keyFor = (vector: Pick<Vector, 'etype' | 'key'>): Key =>
  key(vector.etype, fromHex(vector.key));

for (const vector of mit.derive as readonly Vector[]) {
  s(`MIT t_derive: Ke, Ki and Kc of etype ${vector.etype}`, () => {
    const { etype, usage } = vector;
    const [ke, ki, kc] = [fromHex(vector.ke), fromHex(vector.ki), fromHex(vector.kc)];
    const sha2 = etype === 19 ? 'sha256' : 'sha384';
    const digest = etype < 19 ? 'sha1' : sha2;
    const mac = (k: Uint8Array, ...data: Uint8Array[]) => {
      const made = createHmac(digest, k);
      for (const part of data) made.update(part);
      return made.digest('hex');
    };
    // One block is enciphered alone, so that each key shows by itself.
    const confounder = hex`00112233445566778899aabbccddeeff`;
    const message = toHex(encrypt(keyFor(vector), usage, new Uint8Array(0), confounder));
    const block = createCipheriv(`aes-${ke.length * 8}-ecb`, ke, null);
    const cipher = block.update(confounder);
    const zero = new Uint8Array(16);
    assert.is(message.slice(0, 32), cipher.toString('hex'));
    const tag = message.slice(32);
    const expected = etype < 19 ? mac(ki, confounder) : mac(ki, zero, cipher);
    assert.is(tag, expected.slice(0, tag.length));
    const sum = toHex(checksum(keyFor(vector), usage, utf8('data')));
    assert.is(sum, mac(kc, utf8('data')).slice(0, sum.length));
  });
}

s('MIT t_decrypt', () => {
  for (const vector of mit.decrypt as readonly Vector[]) {
    const cipher = fromHex(vector.cipher);
    assert.equal(decrypt(keyFor(vector), vector.usage, cipher), utf8(vector.text));
  }
});

s('Samba kcrypto: the confounder known', () => {
  for (const { usage, text, confounder, cipher, ...vector } of samba.encrypt) {
    const made = encrypt(keyFor(vector), usage, utf8(text), fromHex(confounder));
    assert.is(toHex(made), cipher);
  }
});

s('MIT t_cksums, Samba kcrypto: checksums', () => {
  const any = key(18, new Uint8Array(32));
  for (const vector of [...mit.checksum, ...samba.checksum]) {
    const k = vector.key === undefined ? any : keyFor(vector);
    const { cksumtype, usage = 0, text } = vector;
    assert.is(toHex(checksum(k, usage, utf8(text), cksumtype)), vector.checksum);
    const sum = fromHex(vector.checksum);
    assert.is(verifyChecksum(cksumtype, k, usage, utf8(text), sum), 'ok');
    assert.is(verifyChecksum(cksumtype, k, usage, utf8(`${text}.`), sum), 'wrong');
    assert.is(verifyChecksum(cksumtype, k, usage, utf8(text), sum.subarray(1)), 'wrong');
    assert.is(checksumKeyed(cksumtype), vector.key !== undefined);
  }
});

s('RFC 3962 B, MIT t_str2key: string-to-key', () => {
  for (const { iterations, password, salt, saltOctets, ...keys } of mit.stringToKey) {
    for (const etype of [17, 18]) {
      const made = stringToKey(etype, password, salt ?? fromHex(saltOctets), uint32be(iterations));
      assert.is(toHex(made.bytes), keys[etype]);
    }
  }
});

s('RFC 8009 A: string-to-key, checksums, encryptions', () => {
  const { password, saltOctets, iterations, ...keys } = rfc8009.stringToKey;
  for (const etype of [19, 20]) {
    const made = stringToKey(etype, password, fromHex(saltOctets), uint32be(iterations));
    assert.is(toHex(made.bytes), keys[etype]);
    assert.equal(stringToKey(etype, password, fromHex(saltOctets)), made, 'the default count');
  }
  for (const vector of rfc8009.checksums) {
    const k = key(vector.etype, fromHex(rfc8009.keys[vector.etype]));
    assert.is(toHex(checksum(k, 2, fromHex(vector.data))), vector.checksum);
  }
  for (const { etype, plain, confounder, cipher } of rfc8009.encryptions) {
    const k = key(etype, fromHex(rfc8009.keys[etype]));
    assert.is(toHex(encrypt(k, 2, fromHex(plain), fromHex(confounder))), cipher);
    assert.equal(decrypt(k, 2, fromHex(cipher)), fromHex(plain));
  }
});

s('MIT t_prf: PRF and PRF+', () => {
  for (const vector of mit.prf as readonly Vector[]) {
    const k = keyFor(vector);
    assert.is(toHex(prf(k, fromHex(vector.input))), vector.result);
  }
  const k = stringToKey(18, 'key1', 'key1');
  const expected = 'b2628c788e2e9c4a9bb4644678c29f2fb406373350cee8a6126f4a9b65a0cd21';
  for (const size of [0, 1, 16, 20, 32]) {
    assert.is(toHex(prfPlus(k, utf8('a'), size)), expected.slice(0, 2 * size));
  }
  assert.is(prfPlus(k, utf8('a'), 16 * 255).length, 4080);
  assert.throws(() => prfPlus(k, utf8('a'), 16 * 255 + 1), /counts to 255/);
});

s('MIT t_cf2: KRB-FX-CF2', () => {
  for (const { etype, result } of mit.cf2) {
    const made = cf2(
      stringToKey(etype, 'key1', 'key1'),
      stringToKey(etype, 'key2', 'key2'),
      'a',
      'b',
    );
    assert.is(made.etype, etype);
    assert.is(toHex(made.bytes), result);
  }
  const mixed = cf2(stringToKey(17, 'a', 'a'), stringToKey(20, 'b', 'b'), 'p', 'q');
  assert.is(mixed.etype, 17, 'the type of the first key');
});

s("Active Directory's keys of a password, and what is made with them", () => {
  for (const { account, salt, ...keys } of own.accounts) {
    for (const etype of etypes.filter((type) => keys[type] !== undefined)) {
      assert.is(toHex(stringToKey(etype, own.password, salt).bytes), keys[etype], account);
    }
  }
  const [alice] = own.accounts;
  const keyOfAlice = (etype: number) => key(etype, fromHex(alice[etype]));
  const { etype, usage, plain, confounder, cipher } = own.timestamp;
  assert.is(toHex(encrypt(keyOfAlice(etype), usage, fromHex(plain), fromHex(confounder))), cipher);
  for (const vector of own.checksums) {
    const made = checksum(keyOfAlice(vector.etype), vector.usage, utf8(vector.text));
    assert.is(toHex(made), vector.checksum);
  }
  for (const { usages, text, ...vector } of own.rc4) {
    for (const used of usages) {
      const made = encrypt(keyOfAlice(23), used, utf8(text), fromHex(vector.confounder));
      assert.is(toHex(made), vector.cipher);
    }
  }
});

s('MS-KILE 4.4: a machine password, 1,000 iterations', () => {
  const made = stringToKey(
    17,
    '\uffff'.repeat(120),
    'DOMAIN.COMhostclient.domain.com',
    uint32be(1000),
  );
  assert.is(toHex(made.bytes), 'b82ee122531c2d94821ac755bccb5879');
});

s('ill-formed UTF-16 in a password counts as U+FFFD, but not for RC4', () => {
  const [lone, replaced] = ['a\ud800b', 'a\ufffdb'];
  assert.equal(stringToKey(18, lone, 's'), stringToKey(18, replaced, 's'));
  assert.not.equal(stringToKey(23, lone, 's'), stringToKey(23, replaced, 's'));
  assert.is(toHex(stringToKey(23, samba.ntHash[0].password, '').bytes), samba.ntHash[0].key);
});

s('s2kparams that cannot be followed are refused, those of a peer more strictly', () => {
  for (const [etype, params, reason] of [
    [18, hex`00000000`, /4294967296 iterations asked for/],
    [18, hex`ffffffff`, /4294967295 iterations/],
    [17, hex`000f4241`, /1000001 iterations/],
    [18, hex`1000`, /have 4 octets, not 2/],
    [18, hex``, /have 4 octets, not 0/],
    [23, hex`00001000`, /rc4-hmac takes no s2kparams, but 00001000 came/],
  ] as const) {
    assert.throws(() => stringToKey(etype, 'p', 's', params), reason);
    assert.match(paramsObjection(etype, params) ?? '', reason);
  }
  assert.match(paramsObjection(18, hex`00000fff`) ?? '', /4095 iterations are fewer than the 4096/);
  assert.match(
    paramsObjection(20, hex`00001000`) ?? '',
    /4096 iterations are fewer than the 32768/,
  );
  for (const [etype, params] of [
    [18, undefined],
    [18, hex`00001000`],
    [19, hex`00008000`],
    [18, hex`000f4240`],
    [23, hex``],
    [23, undefined],
  ] as const) {
    assert.is(paramsObjection(etype, params), undefined);
  }
});

s('every type: what is encrypted decrypts, whatever key object and order', () => {
  const runs = { seed: 1, numRuns: 200 };
  const kept = new Map<string, Key>();
  const any = fc.record({
    etype: fc.constantFrom(...etypes),
    seed: fc.integer({ min: 0, max: 3 }),
    usage: fc.integer({ min: 0, max: 65 }),
    plain: fc.uint8Array({ maxLength: 1200 }),
    random: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  });
  fc.assert(
    fc.property(any, ({ etype, seed, usage, plain, random }) => {
      const bytes = new Uint8Array(keyLength(etype)).fill(seed);
      const name = `${etype} ${seed}`;
      const old = kept.get(name) ?? key(etype, bytes);
      kept.set(name, old);
      const confounder = random.subarray(0, confounderLength(etype));
      const cipher = encrypt(old, usage, plain, confounder);
      const { overhead, checksumLength } = ETYPES.find((e) => e.etype === etype) as never as {
        overhead: number;
        checksumLength: number;
      };
      assert.is(cipher.length, plain.length + overhead);
      assert.equal(encrypt({ etype, bytes }, usage, plain, confounder), cipher, 'plain data');
      assert.equal(decrypt(key(etype, bytes), usage, cipher), plain, 'a new key object');
      assert.equal(decrypt(old, usage, cipher), plain, 'a used key object');
      assert.is(checksum(old, usage, plain).length, checksumLength);
      assert.equal(checksum(old, usage, plain), checksum(key(etype, bytes), usage, plain));
    }),
    runs,
  );
});

s('every octet and every length is under the integrity check', () => {
  for (const etype of etypes) {
    const k = key(etype, new Uint8Array(keyLength(etype)).fill(7));
    const plain = utf8('thirty octets of a plain text.');
    const cipher = encrypt(k, 7, plain, new Uint8Array(confounderLength(etype)));
    for (let i = 0; i < cipher.length; i++) {
      const changed = cipher.slice();
      changed[i] = (changed[i] as number) ^ 0x80;
      assert.is(decrypt(k, 7, changed), undefined, `${etypeName(etype)}, octet ${i}`);
      assert.is(decrypt(k, 7, cipher.subarray(0, i)), undefined, `cut to ${i}`);
    }
    assert.is(decrypt(k, 8, cipher), undefined, 'another usage');
    assert.equal(decrypt(k, 7, cipher), plain, 'failures leave no trace');
  }
});

s('messages of megabytes go the same way', () => {
  for (const etype of etypes) {
    const k = key(etype, new Uint8Array(keyLength(etype)).fill(9));
    const plain = new Uint8Array(1_000_001).fill(0x5a);
    const cipher = encrypt(k, 1, plain, new Uint8Array(confounderLength(etype)));
    assert.equal(decrypt(k, 1, cipher)?.length, plain.length);
    assert.is(verifyChecksum(mandatoryChecksum(etype), k, 1, plain, checksum(k, 1, plain)), 'ok');
  }
});

s('RC4: usage 9 is 9, but a peer that took it for 8 is understood', () => {
  const k = key(23, new Uint8Array(16).fill(1));
  const [as8, as9] = [8, 9].map((usage) => encrypt(k, usage, utf8('x'), new Uint8Array(8)));
  assert.not.equal(as8, as9);
  assert.equal(decrypt(k, 9, as9 as Uint8Array), utf8('x'));
  assert.equal(decrypt(k, 9, as8 as Uint8Array), utf8('x'));
  assert.is(decrypt(k, 8, as9 as Uint8Array), undefined);
});

s('checksum types: which key they want', () => {
  const aes = key(18, new Uint8Array(32).fill(2));
  const data = utf8('data');
  const sum = new Uint8Array(12);
  assert.is(verifyChecksum(15, aes, 6, data, sum), 'wrong-key');
  assert.is(verifyChecksum(16, undefined, 6, data, sum), 'wrong-key');
  assert.is(verifyChecksum(-138, undefined, 6, data, sum), 'wrong-key');
  assert.is(verifyChecksum(12, aes, 6, data, sum), 'unknown-type');
  assert.is(verifyChecksum(0x8003, aes, 6, data, sum), 'unknown-type');
  // MS-SFU 2.2.1 signs PA-FOR-USER with an AES session key as HMAC-MD5's key.
  const forUser = checksum(aes, 17, data, -138);
  assert.is(forUser.length, 16);
  assert.is(verifyChecksum(-138, aes, 17, data, forUser), 'ok');
  assert.throws(() => checksum(aes, 6, data, 15), /hmac-sha1-96-aes128 under aes256.*wrong-key/);
  assert.throws(() => checksum(aes, 6, data, 99), /cksumtype 99 .*unknown-type/);
  assert.is(checksumName(16), 'hmac-sha1-96-aes256');
  assert.is(checksumName(7), 'rsa-md5');
  assert.is(checksumName(-138), 'hmac-md5');
});

s('keys: names, numbers, and what does not hold together', () => {
  assert.is(etypeName(18), 'aes256-cts-hmac-sha1-96');
  assert.is(etypeByName('rc4-hmac'), 23);
  assert.is(etypeName(99), 'etype 99');
  assert.is(etypeByName('rot13'), undefined);
  assert.is(etypeName(3), 'des-cbc-md5');
  assert.ok(supported(20));
  assert.not.ok(supported(3));
  assert.throws(() => key(3, new Uint8Array(8)), /etype 3 \(des-cbc-md5\) is not one of 18,17/);
  assert.throws(() => key(18, new Uint8Array(16)), /has 32 octets, not 16/);
  assert.throws(() => randomToKey(17, new Uint8Array(15)), /has 16 octets, not 15/);
  const k = key(17, new Uint8Array(16));
  assert.throws(() => encrypt(k, 1, new Uint8Array(1), new Uint8Array(8)), /confounder has 8/);
  assert.equal(keyOf(encryptionKey(k)), k);
  assert.is(keyOf({ keytype: 17, keyvalue: new Uint8Array(32) }), undefined);
  assert.is(keyOf({ keytype: 3, keyvalue: new Uint8Array(8) }), undefined);
  assert.is(JSON.stringify(k), JSON.stringify({ etype: 17, bytes: new Uint8Array(16) }));
});

s('the key of a password is made once', () => {
  const made = stringToKey(18, 'once', 'salt');
  assert.is(stringToKey(18, 'once', 'salt'), made);
  assert.is.not(stringToKey(18, 'once', 'other salt'), made);
  assert.is.not(stringToKey(18, 'once', 'salt', uint32be(5000)), made);
});

s.run();
