import {
  constants,
  createPrivateKey,
  createPublicKey,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ecKeyPair, rsaKeyPair } from '../../../src/crypto/key-pair.ts';
import { rsaSpki } from '../../../src/crypto/public-key.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { type KeyTransport, rsaDecrypt, rsaEncrypt } from '../../../src/crypto/rsa.ts';

const s = suite('crypto/rsa');

const { pkcs8, spki } = rsaKeyPair(1, 'rsa');
const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
const PADDING = {
  'RSAES-PKCS1-v1_5': constants.RSA_PKCS1_PADDING,
  'RSAES-OAEP': constants.RSA_PKCS1_OAEP_PADDING,
} as const;

for (const scheme of Object.keys(PADDING) as KeyTransport[]) {
  s(`${scheme}: node:crypto opens ours, and we open node:crypto’s`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (data) => {
        const sealed = rsaEncrypt(scheme, spki, data, seededRandom(1, 'x')) as Uint8Array;
        assert.is(sealed.length, 256);
        assert.equal(rsaDecrypt(scheme, key, sealed), data);
        // Node refuses to take PKCS1-v1_5 padding off (CVE-2023-46809); the octets below it show.
        const raw = scheme === 'RSAES-OAEP' ? PADDING[scheme] : constants.RSA_NO_PADDING;
        const opened = new Uint8Array(privateDecrypt({ key, padding: raw }, sealed));
        assert.equal(opened.subarray(opened.length - data.length), data);
        const theirs = publicEncrypt({ key: publicKey, padding: PADDING[scheme] }, data);
        assert.equal(rsaDecrypt(scheme, key, new Uint8Array(theirs)), data);
      }),
      { seed: 1, numRuns: 10 },
    );
  });

  s(`${scheme}: what was not encrypted to the key does not open`, () => {
    const sealed = rsaEncrypt(scheme, spki, new Uint8Array(32), seededRandom(1, 'x')) as Uint8Array;
    const broken = sealed.slice();
    broken[100] = (broken[100] as number) ^ 1;
    assert.is(rsaDecrypt(scheme, key, broken), undefined);
    assert.is(rsaDecrypt(scheme, key, sealed.subarray(1)), undefined);
    assert.is(rsaDecrypt(scheme, key, new Uint8Array(256).fill(0xff)), undefined);
  });

  s(`${scheme}: too long, or no RSA key`, () => {
    assert.is(rsaEncrypt(scheme, spki, new Uint8Array(250), seededRandom(1, 'x')), undefined);
    const ec = ecKeyPair(1, 'rsa', 'P-256');
    assert.is(rsaEncrypt(scheme, ec.spki, new Uint8Array(8), seededRandom(1, 'x')), undefined);
  });

  s(`${scheme}: to a key that somebody has made up, or not at all, but never a throw`, () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 130 }),
        fc.uint8Array({ minLength: 1, maxLength: 5 }),
        (modulus, exponent) => {
          let made: Uint8Array;
          try {
            made = rsaSpki(modulus, exponent);
          } catch {
            return; // not even a key's encoding
          }
          const sealed = rsaEncrypt(scheme, made, new Uint8Array(8), seededRandom(1, 'x'));
          assert.ok(sealed === undefined || sealed.length <= modulus.length);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
}

s.run();
