import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NT_PRINCIPAL } from '../../../protocols/kerberos/constants.ts';
import { OID } from '../../../protocols/pkinit/constants.ts';
import {
  type Binding,
  derivedOctets,
  kdfKey,
  octetString2Key,
  otherInfo,
} from '../../../protocols/pkinit/derivation.ts';
import { toHex } from '../../../src/bytes/bytes.ts';

const s = suite('pkinit/derivation');

const AES256 = 18;

function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => i % 17);
}

/** Heimdal's lib/krb5/test_pkinit_dh2key.c. */
const DH2KEY: readonly (readonly [string, Uint8Array, string])[] = [
  [
    '256 zeros',
    new Uint8Array(256),
    '5ee50d675c809fe59e4a7762c54b65837547eafb159bd8cdc75ffca5911e4c41',
  ],
  [
    '128 zeros',
    new Uint8Array(128),
    'acf7707c08973ddfdb27cd361442ccfba355c8884cb472f37da636d07d56787e',
  ],
];
for (const [name, z, expected] of DH2KEY) {
  s(`octetstring2key: ${name}`, () => {
    assert.is(toHex(octetString2Key(AES256, z).bytes), expected);
  });
}

s('octetstring2key takes both nonces behind the secret', () => {
  const z = pattern(128);
  const [client, server] = [new Uint8Array([1, 2]), new Uint8Array([3])];
  const joined = new Uint8Array([...z, 1, 2, 3]);
  assert.equal(
    octetString2Key(AES256, z, { client, server }).bytes,
    octetString2Key(AES256, joined).bytes,
  );
});

/** RFC 8636 appendix A, as MIT's pkinit_kdf_test.c has it. */
function binding(etype: number): Binding {
  const realm = 'SU.SE';
  return {
    client: { realm, name: { nameType: NT_PRINCIPAL, nameString: ['lha'] } },
    server: { realm, name: { nameType: NT_PRINCIPAL, nameString: ['krbtgt', 'SU.SE'] } },
    etype,
    asReq: new Uint8Array(10).fill(0xaa),
    pkAsRep: new Uint8Array(9).fill(0xbb),
  };
}

const Z = new Uint8Array(256);

for (const [kdf, key] of [
  [OID.kdfSha1, 'e6ab38c9413e035bb079201ed0b6b73d8d49a814a737c04ee6649614206f73ad'],
  [OID.kdfSha256, '77ef4e48c420ae3fec75109d7981697eed5d295c90c62564f7bfd101fa9bc1d5'],
] as const) {
  s(`RFC 8636 appendix A: ${kdf}`, () => {
    assert.is(toHex(kdfKey(kdf, Z, binding(AES256))?.bytes ?? new Uint8Array()), key);
  });
}

s('RFC 8636 appendix A: OtherInfo and octets for des3-cbc-sha1, before random-to-key', () => {
  const info = otherInfo(OID.kdfSha512, binding(16));
  assert.is(
    toHex(info),
    '307e300a06082b06010502030603a01f041d301ba0071b0553552e5345a110300ea003020101a10730051b036c6861' +
      'a12904273025a0071b0553552e5345a11a3018a003020101a111300f1b066b72627467741b0553552e5345' +
      'a22404223020a003020110a10c040aaaaaaaaaaaaaaaaaaaaaa20b0409bbbbbbbbbbbbbbbbbb',
  );
  const octets = derivedOctets('sha512', Z, info, 21);
  assert.is(toHex(octets), 'd3c78b78d75313e9a926f75dfb012363fa17fa01db');
  assert.is(toHex(des3Key(octets)), 'd3c78a79d65213efe9a826f75dfb01f72362fb16fb01dad6');
});

/** Random-to-key of RFC 3961 section 6.3.1: the low bits of seven octets make the eighth, parity is odd. */
function des3Key(seed: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let part = 0; part < 3; part++) {
    const seven = seed.subarray(7 * part, 7 * part + 7);
    const eighth = seven.reduce((bits, octet, i) => bits | ((octet & 1) << (i + 1)), 0);
    for (const octet of [...seven, eighth]) {
      const upper = octet & 0xfe;
      const ones = upper.toString(2).replaceAll('0', '').length;
      out.push(upper | (ones % 2 === 0 ? 1 : 0));
    }
  }
  return Uint8Array.from(out);
}

s('an unknown function gives no key', () => {
  assert.is(kdfKey('1.2.3', Z, binding(AES256)), undefined);
});

s.run();
