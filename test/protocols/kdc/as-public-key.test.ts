import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as kdc from '../../../protocols/kdc/kdc.ts';
import { KDC_ERR_SVC_UNAVAILABLE } from '../../../protocols/kerberos/error-codes.ts';
import { KrbError } from '../../../protocols/kerberos/messages.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode } from '../../../src/der/codec.ts';
import { playbook } from '../../playbook.ts';
import { keyOf, signed } from '../x509/pki.ts';
import { NOW } from './contoso.ts';
import { certified, identityOf, pkinitWorld, signsIn, smartcard } from './pkinit-world.ts';

const waiting = suite('kdc/as-public-key');

const world = pkinitWorld();
const RSA = identityOf(certified(smartcard(), 'rsa alice'), 'rsa alice');
const REQUESTS = ['one', 'two'].map(
  (chance) => signsIn(pkinitWorld(), RSA, { chance }).requests[0] as Uint8Array,
);
const [ONE, TWO] = REQUESTS as [Uint8Array, Uint8Array];

const env = () => ({ now: NOW, random: seededRandom(7, 'waiting'), accounts: world.accounts });

function received(bytes: Uint8Array, transport: 'udp' | 'tcp', from = '10.0.0.7'): kdc.Event {
  return { kind: 'received', transport, from, fromPort: 40_000, bytes };
}

function begun() {
  return playbook(kdc.step, kdc.ready(world.realm), env);
}

type Book = ReturnType<typeof begun>;

function wanted(book: Book): Extract<kdc.Effect, { readonly kind: 'sign' }> {
  const found = book.effects.find((effect) => effect.kind === 'sign');
  if (found?.kind !== 'sign') throw new Error(JSON.stringify(book.effects));
  return found;
}

function signature({ id, key, algorithm, data }: ReturnType<typeof wanted>): kdc.Event {
  return { kind: 'signed', id, signature: signed(keyOf(key), data, algorithm) };
}

const kinds = (book: Book): readonly string[] => book.effects.map(({ kind }) => kind);

waiting('a reply goes out when its signature is there, and once', () => {
  const book = begun().on(received(ONE, 'tcp'));
  assert.equal(kinds(book), ['sign']);
  const done = signature(wanted(book));
  book.on(done);
  assert.ok(kinds(book).includes('reply'));
  assert.ok(kinds(book).includes('account'), 'the sign-in is written');
  book.on(done);
  assert.equal(kinds(book), ['silence']);
});

waiting('answers overtake each other', () => {
  const book = begun().on(received(ONE, 'tcp'));
  const first = wanted(book);
  book.on(received(TWO, 'tcp', '10.0.0.8'));
  const second = wanted(book);
  assert.is.not(first.id, second.id);
  for (const one of [second, first]) {
    book.on(signature(one));
    const reply = book.effects.find((effect) => effect.kind === 'reply');
    assert.is(reply?.kind === 'reply' && reply.message, 'AS-REP');
  }
});

waiting('a datagram that comes again is not signed again, before the answer or after', () => {
  const book = begun().on(received(ONE, 'udp'));
  const first = wanted(book);
  book.on(received(ONE, 'udp'));
  assert.equal(kinds(book), ['silence']);
  book.on(signature(first));
  const reply = book.effects.find((effect) => effect.kind === 'reply');
  // The reply is longer than a datagram may be: the same is told again, and TCP gets the AS-REP at once.
  book.on(received(ONE, 'udp'));
  assert.equal(
    book.effects.find((effect) => effect.kind === 'reply'),
    reply,
  );
  book.on(received(ONE, 'tcp'));
  const whole = book.effects.find((effect) => effect.kind === 'reply');
  assert.is(whole?.kind === 'reply' && whole.message, 'AS-REP');
});

waiting('when too many wait the newest is told so, and all others get their answers', () => {
  let state = kdc.ready(world.realm);
  const signatures: kdc.Event[] = [];
  for (let i = 0; i < 256; i++) {
    const step = kdc.step(state, received(i % 2 === 0 ? ONE : TWO, 'tcp', `10.0.${i}`), env());
    state = step.state;
    const [effect] = step.effects;
    if (effect?.kind !== 'sign') throw new Error('nothing is to be signed');
    signatures.push(signature(effect));
  }
  const full = kdc.step(state, received(ONE, 'tcp', '10.1.0.0'), env());
  const [told] = full.effects;
  if (told?.kind !== 'reply') throw new Error('nothing is told');
  assert.is(decode(KrbError, told.bytes).errorCode, KDC_ERR_SVC_UNAVAILABLE);
  state = full.state;
  for (const one of signatures) {
    const step = kdc.step(state, one, env());
    state = step.state;
    const reply = step.effects.find((effect) => effect.kind === 'reply');
    assert.is(reply?.kind === 'reply' && reply.message, 'AS-REP');
  }
  assert.equal(state.waiting, {});
});

waiting.run();
