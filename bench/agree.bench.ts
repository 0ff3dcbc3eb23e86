/** What PKINIT does with public keys: agreements, with the ways not taken beside them, checks, transport. */
import {
  createDiffieHellman,
  diffieHellman,
  generateKeyPairSync,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { equal } from '../src/bytes/bytes.ts';
import type { CurveName } from '../src/crypto/curves.ts';
import { ecdhPublic, ecdhSecret, ecdhShared } from '../src/crypto/ecdh.ts';
import { ecKeyPair, rsaKeyPair } from '../src/crypto/key-pair.ts';
import { MODP_NAMES, modpGroup, modpPublic, modpSecret, modpShared } from '../src/crypto/modp.ts';
import { publicKeyKind } from '../src/crypto/public-key.ts';
import { seededRandom } from '../src/crypto/random.ts';
import { rsaEncrypt } from '../src/crypto/rsa.ts';
import { verifySignature } from '../src/crypto/verify.ts';
import { signedNow } from '../src/signing/node-provider.ts';
import type { Bench } from './suite.ts';

export const name = 'agree';

/** The types that come with Node's do not know this kind. */
const newDhKeys = (options: { readonly group: string }): KeyPairKeyObjectResult =>
  (generateKeyPairSync as unknown as (type: 'dh', options: object) => KeyPairKeyObjectResult)(
    'dh',
    options,
  );

const random = seededRandom(1, 'bench/agree');

export function suite(bench: Bench): void {
  for (const group of MODP_NAMES) {
    const { p, g } = modpGroup(group);
    const secret = modpSecret(group, random);
    const peer = modpPublic(group, modpSecret(group, random));
    const afresh = (): Uint8Array => {
      const dh = createDiffieHellman(p, g);
      dh.setPrivateKey(secret);
      return dh.computeSecret(peer);
    };
    if (!equal(modpShared(group, secret, peer) ?? p, afresh())) throw new Error(`${group}: Z`);
    bench.add(`${group} public value`, () => modpPublic(group, secret));
    bench.add(`${group} agreement`, () => modpShared(group, secret, peer), {
      yardstick: group === 'modp-14',
    });
    bench.add(`${group} agreement, an object each`, afresh);
  }
  const [own, other] = [newDhKeys({ group: 'modp14' }), newDhKeys({ group: 'modp14' })];
  bench.add('modp-14 agreement, crypto.diffieHellman', () =>
    diffieHellman({ privateKey: own.privateKey, publicKey: other.publicKey }),
  );
  for (const curve of ['P-256', 'P-384', 'P-521'] as const) curves(bench, curve);
  publicKeys(bench);
}

function curves(bench: Bench, curve: CurveName): void {
  const secret = ecdhSecret(curve, random);
  const other = ecdhSecret(curve, random);
  const peer = ecdhPublic(curve, other);
  const z = ecdhShared(curve, other, ecdhPublic(curve, secret));
  if (z === undefined || !equal(z, ecdhShared(curve, secret, peer) ?? peer)) {
    throw new Error(`${curve}: the two sides differ`);
  }
  bench.add(`${curve} public point`, () => ecdhPublic(curve, secret));
  bench.add(`${curve} agreement`, () => ecdhShared(curve, secret, peer));
}

function publicKeys(bench: Bench): void {
  const data = random(300);
  const pairs = [
    ['RSA-2048', 'sha256WithRSAEncryption', rsaKeyPair(1, 'bench', 2048)],
    ['P-256', 'ecdsa-with-SHA256', ecKeyPair(1, 'bench', 'P-256')],
  ] as const;
  for (const [label, algorithm, { pkcs8, spki }] of pairs) {
    const signature = signedNow({ name: label, pkcs8 }, algorithm, data);
    if (!verifySignature(spki, algorithm, data, signature)) throw new Error(`${label}: no`);
    bench.add(`${label} verifySignature`, () => verifySignature(spki, algorithm, data, signature));
    bench.add(`${label} publicKeyKind`, () => publicKeyKind(spki));
  }
  const [, , { spki }] = pairs[0];
  for (const scheme of ['RSAES-PKCS1-v1_5', 'RSAES-OAEP'] as const) {
    bench.add(`RSA-2048 ${scheme}`, () => rsaEncrypt(scheme, spki, data.subarray(0, 32), random));
  }
}
