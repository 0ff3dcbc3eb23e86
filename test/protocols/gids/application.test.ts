import { constants, createPublicKey, publicEncrypt, verify } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, hex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { digest } from '../../../src/crypto/digest.ts';
import type { KeyPair } from '../../../src/crypto/key-pair.ts';
import { heldCard, P256, PIN, RSA, sent, whole } from '../iso7816/held-card.ts';

const s = suite('gids/application');

function opened(pair: KeyPair = RSA) {
  const held = heldCard(pair, 'gids');
  held.select();
  assert.is(held.verify(), '9000');
  return held;
}

const publicKey = ({ spki }: KeyPair) =>
  createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });

const SHA256_INFO = hex`3031300d060960864801650304020105000420`;
const MESSAGE = utf8('what is signed');

function block(info: Uint8Array): Uint8Array {
  return concat(hex`0001`, new Uint8Array(256 - 3 - info.length).fill(0xff), hex`00`, info);
}

s('SELECT: FCI, FCP or nothing', () => {
  const held = heldCard(RSA, 'gids');
  assert.is(held.select(), '61124f0ba00000039742544659020173034001c09000');
  assert.is(held.transmit('00a4040409a0000003974254465900'), '62088201388c030330309000');
  assert.is(held.transmit('00a4040c09a00000039742544659'), '9000');
  assert.is(held.transmit('00a404020ba000000397425446590201'), '6a86');
});

s('a DigestInfo, which the card pads', () => {
  const held = opened();
  const info = concat(SHA256_INFO, digest('sha256', MESSAGE));
  for (const [template, operation] of [
    ['b6', '002a9e9a'],
    ['a4', '00880000'],
  ] as const) {
    assert.is(held.transmit(`002241${template}06800157840181`), '9000');
    const signature = whole(held, sent(held, operation, info));
    assert.ok(verify('sha256', MESSAGE, publicKey(RSA), signature));
  }
});

s('a block that the host has padded', () => {
  const held = opened();
  assert.is(held.transmit('002241b606800117840181'), '9000');
  const info = concat(SHA256_INFO, digest('sha256', MESSAGE));
  const signature = whole(held, sent(held, '002a9e9a', block(info)));
  assert.ok(verify('sha256', MESSAGE, publicKey(RSA), signature));
  // Larger than the modulus, and of another length.
  assert.is(sent(held, '002a9e9a', new Uint8Array(256).fill(0xff)), '6a80');
  assert.is(sent(held, '002a9e9a', info), '6a80');
});

s('ECDSA over a digest: r and s one after the other', () => {
  const held = opened(P256);
  assert.is(held.transmit('002241b60680011c840181'), '9000');
  const signature = whole(held, sent(held, '002a9e9a', digest('sha256', MESSAGE)));
  const key = { key: publicKey(P256), dsaEncoding: 'ieee-p1363' } as const;
  assert.ok(verify('sha256', MESSAGE, key, signature));
  assert.is(sent(held, '002a9e9a', new Uint8Array(65)), '6a80');
  assert.is(held.transmit('002241b80680010c840181'), '9000');
  assert.is(sent(held, '002a8086', new Uint8Array(32)), '6a81');
});

s('decipherment: PKCS #1, OAEP, raw, with and without the octet in front', () => {
  const held = opened();
  const secret = utf8('a session key');
  const { RSA_PKCS1_PADDING, RSA_PKCS1_OAEP_PADDING } = constants;
  for (const [algorithm, padding] of [
    ['47', RSA_PKCS1_PADDING],
    ['87', RSA_PKCS1_OAEP_PADDING],
  ] as const) {
    assert.is(held.transmit(`002241b8068001${algorithm}840181`), '9000');
    const cryptogram = publicEncrypt({ key: publicKey(RSA), padding }, secret);
    assert.equal(whole(held, sent(held, '002a8086', cryptogram)), secret);
    assert.equal(whole(held, sent(held, '002a8086', concat(hex`00`, cryptogram))), secret);
  }
  assert.is(sent(held, '002a8086', new Uint8Array(256).fill(1)), '6a80', 'not encrypted to it');
  assert.is(sent(held, '002a8086', new Uint8Array(255)), '6a80');
  assert.is(held.transmit('002241b806800107840181'), '9000');
  const plain = block(utf8('raw'));
  const raw = publicEncrypt({ key: publicKey(RSA), padding: constants.RSA_NO_PADDING }, plain);
  assert.equal(whole(held, sent(held, '002a8086', raw)), plain);
});

s('what is wrong with an environment', () => {
  const held = opened();
  for (const [apdu, status] of [
    ['002a9e9a02abcd00', '6985'], // none is set
    ['0088000002abcd00', '6985'],
    ['002241b606800157840182', '6a88'], // no such key
    ['002241b60680015c840181', '6a80'], // another key's algorithm
    ['002241b603800157', '6a80'], // no key
    ['002241b603840181', '6a80'], // no algorithm
    ['002241b6028001', '6a80'],
    ['0022f301', '6a86'],
    ['002241b406800157840181', '6a86'], // a template that there is not
    ['002a808402abcd00', '6a86'],
    ['0088000102abcd00', '6a86'],
  ] as const) {
    assert.is(held.transmit(apdu), status, apdu);
  }
});

s('no PIN, no signature', () => {
  const held = heldCard(RSA, 'gids');
  held.select();
  assert.is(held.transmit('002241b606800157840181'), '9000');
  assert.is(held.transmit('002a9e9a02abcd00'), '6982');
  assert.is(held.transmit('002241a406800157840181'), '9000');
  assert.is(held.transmit('0088000002abcd00'), '6982');
});

s('the PIN: right, wrong, asked about, forgotten', () => {
  const held = heldCard(RSA, 'gids');
  held.select();
  assert.is(held.transmit('00200080'), '63c5');
  assert.is(held.verify('000111'), '63c4');
  assert.is(held.verify(PIN), '9000');
  assert.is(held.transmit('00200080'), '9000');
  assert.is(held.transmit('00200082'), '9000');
  assert.is(held.transmit('00200080'), '63c5');
  assert.is(held.transmit('00200081'), '6a88');
  assert.is(held.transmit('00200180'), '6a86');
  assert.is(held.transmit('0020008002c328'), '6a80', 'no UTF-8');
  assert.is(held.transmit(`0020008080${'31'.repeat(128)}`), '6a80', 'longer than any Hello PIN');
  assert.is(held.transmit('00200080'), '63c5', 'neither of them was counted');
  for (const left of ['4', '3', '2', '1']) assert.is(held.verify('000111'), `63c${left}`);
  assert.is(held.verify('000111'), '6983');
  assert.is(held.verify(PIN), '6983');
});

s('a long PIN with letters, as Hello has them', () => {
  const held = heldCard(RSA, 'gids');
  held.select();
  assert.is(held.verify(`${'ä'.repeat(60)}1`), '63c4');
});

s('objects and the public key', () => {
  const held = heldCard(RSA, 'gids');
  held.select();
  assert.is(held.transmit('00cba012045c02df2000'), 'df2010a0a1a2a3a4a5a6a7a8a9aaabacadaeaf9000');
  assert.is(held.transmit('00cb3fff045c027f7100'), '7f71069701059301059000');
  const key = held.data('00cb3fff0a70088401 81a5037f498000'.replace(' ', ''));
  const { modulus, exponent } = held.contents.publicKey as Extract<
    typeof held.contents.publicKey,
    { readonly type: 'rsa' }
  >;
  assert.is(toHex(key), `7f4982010981820100${toHex(modulus)}8203${toHex(exponent)}`);
  for (const [apdu, status] of [
    ['00cba010045c02df9900', '6a82'],
    ['00cba099045c02df2000', '6a82'],
    ['00cb3fff045c027f7300', '6a82'], // there is no PUK
    ['00cb3fff0a7008840182a5037f498000', '6a88'],
    ['00cba0000a7008840181a5037f498000', '6a80'],
    ['00cb3fff025c0200', '6a80'],
    ['00cb3fff00', '6a80'],
    ['00cb3fff0285 0000'.replace(' ', ''), '6a80'],
  ] as const) {
    assert.is(held.transmit(apdu), status, apdu);
  }
  const curve = heldCard(P256, 'gids');
  curve.select();
  assert.is(toHex(curve.data('00cb3fff0a7008840181a5037f498000')).slice(0, 12), '7f4943864104');
});

s('what would change the card is not there', () => {
  const held = opened();
  for (const ins of ['24', '2c', '47', 'db', 'e0', 'e4', '87']) {
    assert.is(held.transmit(`00${ins}0000`), '6d00', ins);
  }
});

s.run();
