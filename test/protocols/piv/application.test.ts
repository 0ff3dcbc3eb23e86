import { createPublicKey, verify } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tlv } from '../../../protocols/iso7816/tlv.ts';
import { concat, hex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { digest } from '../../../src/crypto/digest.ts';
import type { KeyPair } from '../../../src/crypto/key-pair.ts';
import { CERTIFICATE, heldCard, P256, RSA, sent, whole } from '../iso7816/held-card.ts';

const s = suite('piv/application');

function opened(pair: KeyPair = RSA) {
  const held = heldCard(pair, 'piv');
  held.select();
  assert.is(held.verify(), '9000');
  return held;
}

const publicKey = ({ spki }: KeyPair) =>
  createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });

const MESSAGE = utf8('what is signed');
const INFO = concat(hex`3031300d060960864801650304020105000420`, digest('sha256', MESSAGE));
const BLOCK = concat(hex`0001`, new Uint8Array(256 - 3 - INFO.length).fill(0xff), hex`00`, INFO);

const template = (data: Uint8Array): Uint8Array => tlv(0x7c, tlv(0x82), tlv(0x81, data));

s('SELECT as Windows takes it', () => {
  // The answer of the card in Teleport's log of a Windows Server.
  const selected = '61114f0600001000010079074f05a0000003089000';
  assert.is(heldCard(RSA, 'piv').select(), selected);
  assert.is(heldCard(RSA, 'piv').transmit('00a404000ba00000030800001000010000'), selected);
  assert.is(heldCard(RSA, 'piv').transmit('00a4040409a0000003080000100000'), '6a86');
});

s('RSA over a block that the host has padded, in a chain as Windows sends it', () => {
  const held = opened();
  const signed = sent(held, '0087079a', template(BLOCK));
  assert.match(signed, /^7c82010482820100.*6108$/);
  const answer = whole(held, signed);
  assert.is(answer.length, 264);
  assert.ok(verify('sha256', MESSAGE, publicKey(RSA), answer.slice(8)));
});

s('ECDSA over a digest: an Ecdsa-Sig-Value', () => {
  const held = opened(P256);
  const answer = whole(held, sent(held, '0087119a', template(digest('sha256', MESSAGE))));
  assert.ok(verify('sha256', MESSAGE, publicKey(P256), answer.slice(4)));
  assert.is(sent(held, '0087119a', template(new Uint8Array(33))), '6a80');
  assert.is(sent(held, '0087079a', template(BLOCK)), '6a86', 'another key’s algorithm');
});

s('what is wrong with a signature’s command', () => {
  const held = opened();
  for (const [header, data, status] of [
    ['0087079c', template(BLOCK), '6a88'],
    ['0087069a', template(BLOCK), '6a86'],
    ['0087079a', template(BLOCK.slice(1)), '6a80'],
    ['0087079a', template(new Uint8Array(256).fill(0xff)), '6a80'],
    ['0087079a', tlv(0x7c, tlv(0x81, BLOCK)), '6a80'],
    ['0087079a', tlv(0x7c, tlv(0x82)), '6a80'],
    ['0087079a', hex`7c05`, '6a80'],
    ['0087079a', hex`00`, '6a80'],
  ] as const) {
    assert.is(sent(held, header, data), status, toHex(data).slice(0, 20));
  }
  held.transmit('0020ff80');
  assert.is(sent(held, '0087079a', template(BLOCK)), '6982');
});

s('the PIN: six to eight digits, filled with FF', () => {
  const held = heldCard(RSA, 'piv');
  held.select();
  assert.is(held.transmit('00200080'), '63c5');
  for (const pin of [
    '3132333435ffffff',
    '313233343536ff37',
    '31323334353661ff',
    'ffffffffffffffff',
  ]) {
    assert.is(held.transmit(`0020008008${pin}`), '6a80', pin);
  }
  assert.is(held.transmit('0020008006343832393135'), '6a80', 'not filled');
  assert.is(held.transmit('00200080'), '63c5', 'none of them was counted');
  assert.is(held.verify('00011122'), '63c4');
  assert.is(held.verify(), '9000');
  assert.is(held.transmit('00200080'), '9000');
  assert.is(held.transmit('0020ff80'), '9000');
  assert.is(held.transmit('00200080'), '63c5');
  assert.is(held.transmit('00200081'), '6a88', 'no global PIN, no PUK');
  assert.is(held.transmit('00200180'), '6a86');
});

s('objects, read in parts and whole', () => {
  const held = heldCard(RSA, 'piv');
  held.select();
  // As OpenSC learns the length first.
  assert.match(held.transmit('00cb3fff055c035fc10508'), /^53820261708202586100$/);
  const object = held.data('00cb3fff055c035fc10500');
  assert.is(object.length, 4 + 4 + CERTIFICATE.length + 5);
  assert.equal(object.slice(8, 8 + CERTIFICATE.length), CERTIFICATE);
  for (const [apdu, status] of [
    ['00cb3fff055c035fc10a00', '6a82'],
    ['00cb3fff055c035fc10900', '6982'],
    ['00cb3ffe055c035fc10500', '6a86'],
    ['00cb3fff025c0000', '6a80'],
    ['00cb3fff065c045fc1050000', '6a80'],
    ['00cb3fff0200ff00', '6a80'],
  ] as const) {
    assert.is(held.transmit(apdu), status, apdu);
  }
  held.verify();
  assert.is(held.transmit('00cb3fff055c035fc10900'), '6a82');
});

s('what would change the card is not there', () => {
  const held = opened();
  for (const ins of ['24', '2c', '47', 'db', '22', '2a']) {
    assert.is(held.transmit(`00${ins}0080`), '6d00', ins);
  }
});

s.run();
