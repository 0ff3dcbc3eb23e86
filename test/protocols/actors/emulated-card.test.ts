import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { containerOf } from '../../../protocols/actors/device-hello.ts';
import { cardContents } from '../../../protocols/actors/emulated-card.ts';
import { WINDOWS_LIMITS } from '../../../protocols/hello/policy.ts';
import { readCertificate } from '../../../protocols/x509/certificate.ts';
import { fromHex } from '../../../src/bytes/bytes.ts';
import { digest } from '../../../src/crypto/digest.ts';
import { publicKeyKind } from '../../../src/crypto/public-key.ts';
import { verifySignature } from '../../../src/crypto/verify.ts';
import { type CardReader, cardReader, pluggedReader } from './card-reader.ts';

const s = suite('emulated-card');

const GIDS = '00a4040009a0000003974254465900';
const VERIFY = '0020008006343832393135';
const WRONG = '0020008006303030313131';

function hello(reader: CardReader, user = 'alice') {
  assert.ok('hello' in reader.state);
  const container = containerOf(reader.state.hello, user);
  assert.ok(container);
  return container;
}

s('the container’s key signs, and the signature says what released it', () => {
  const reader = pluggedReader();
  reader.message(GIDS);
  assert.is(reader.message(VERIFY), '9000');
  assert.is(reader.message('002241b606800157840181'), '9000');
  const info = `3031300d060960864801650304020105000420${'ab'.repeat(32)}`;
  const bytes = fromHex(`002a9e9a33${info}00`);
  const about = { transport: 'tcp', from: 'pcscd', fromPort: 1, port: 0 } as const;
  const effects = reader.hear({ kind: 'received', ...about, connection: 'reader', bytes });
  const [sign, answer] = effects;
  assert.ok(sign?.kind === 'sign' && answer?.kind === 'send');
  assert.equal([sign.key, sign.gesture], ['laptop/hello/alice/1', 'pin']);
  assert.is(sign.algorithm, 'CKM_RSA_PKCS');
  assert.is(answer.bytes.length, 258);
});

s('a key on a curve signs through PIV', () => {
  const reader = pluggedReader('bob');
  reader.message('00a4040009a0000003080000100000');
  assert.is(reader.message('0020008008373339313035ffff'), '9000');
  const message = fromHex('0102');
  const hashed = Buffer.from(digest('sha256', message)).toString('hex');
  const answer = reader.message(`0087119a267c2482008120${hashed}00`) as string;
  assert.match(answer, /^7c..82.*9000$/);
  const signature = fromHex(answer.slice(8, -4));
  const { publicKey } = hello(reader, 'bob');
  assert.ok(verifySignature(publicKey, 'ecdsa-with-SHA256', message, signature));
});

s('wrong PINs are the container’s, last, and block the card', () => {
  const first = pluggedReader();
  first.message(GIDS);
  for (const status of ['63c4', '63c3', '63c2']) assert.is(first.message(WRONG), status);
  assert.is(hello(first).screen.wrong, 3);
  // The power goes, and the counter stays.
  const second = pluggedReader('alice', first.store);
  second.message(GIDS);
  assert.is(second.message('00200080'), '63c2');
  // After the fourth the sign-in screen wants its phrase, and a card can ask for none.
  assert.is(second.message(WRONG), '63c1');
  assert.is(second.message(WRONG), '6983');
  assert.is(second.message(VERIFY), '6983');
  assert.is(second.message('002241b606800157840181'), '9000');
  assert.is(second.message('002a9e9a02abcd00'), '6982');
  // A start forgets them, after a while.
  const third = cardReader('alice', first.store);
  third.now = second.now + 1;
  third.hear({ kind: 'started' });
  third.message(GIDS);
  assert.is(third.message(VERIFY), '6983', 'restarts for wrong PINs make the PIN wait');
  third.now += 60_000;
  assert.is(third.message(VERIFY), '9000');
  assert.is(hello(third).screen.wrong, 0);
});

s('the right PIN wipes what was counted', () => {
  const reader = pluggedReader();
  reader.message(GIDS);
  reader.message(WRONG);
  assert.is(reader.message(VERIFY), '9000');
  assert.is(reader.message('00200082'), '9000');
  assert.is(reader.message('00200080'), '63c5');
});

s('what is on the card', () => {
  const reader = pluggedReader();
  assert.ok('hello' in reader.state);
  const { hello: state } = reader.state;
  const config = { limits: WINDOWS_LIMITS };
  const contents = cardContents(config, state, 'alice', reader.now);
  const container = hello(reader);
  assert.ok(contents?.certificate);
  assert.is(contents.container, container.settings.guid);
  assert.is(contents.cardId.length, 16);
  assert.equal(contents.publicKey, publicKeyKind(container.publicKey));
  const read = readCertificate(contents.certificate);
  assert.ok(read.ok);
  assert.equal(read.value.publicKey, container.publicKey);
  assert.match(read.value.issuer.text, /Corp Issuing CA/);
  assert.is(cardContents(config, state, 'carol', reader.now), undefined);
});

s.run();
