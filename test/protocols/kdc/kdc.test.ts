import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Effect, ready, step } from '../../../protocols/kdc/kdc.ts';
import { KrbError } from '../../../protocols/kerberos/messages.ts';
import { decode } from '../../../src/der/codec.ts';
import { playbook } from '../../playbook.ts';
import {
  asReq,
  codeOf,
  contoso,
  envOf,
  MINUTE,
  NOW,
  openAsRep,
  provedAsReq,
  received,
  replyOf,
  SECOND,
  signIn,
  TGS_NAME,
  tgsReq,
} from './contoso.ts';

const kdc = suite('kdc/kdc');
const world = contoso();
/** Takes any answer in a datagram. */
const roomy = contoso([], { maxDatagramReplySize: 65_535 });

const udp = (bytes: Uint8Array, from = '10.0.0.7', fromPort = 40_000) =>
  ({ kind: 'received', transport: 'udp', from, fromPort, bytes }) as const;
const start = (at = world, now = NOW) => playbook(step, at.state, envOf(at, now));
const bytesOf = (effects: readonly Effect[]) => replyOf(effects).bytes;

kdc('a sign-in: told how, proved, granted', () => {
  start()
    .on(received(asReq()))
    .emits({ kind: 'reply', message: 'KRB-ERROR' }, { kind: 'note', level: 'info' })
    .on(received(provedAsReq()))
    .emits({ kind: 'account', change: { why: 'signedIn' } }, { kind: 'reply', message: 'AS-REP' })
    .check((effects) => openAsRep(effects))
    .on(received(tgsReq(signIn(world))))
    .emits({ kind: 'reply', message: 'TGS-REP' })
    .ends('ready');
});

kdc('what is no request gets silence on UDP and the end of the connection on TCP', () => {
  const reply = bytesOf(step(world.state, received(provedAsReq()), envOf(world)()).effects);
  const error = bytesOf(step(world.state, received(asReq()), envOf(world)()).effects);
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', new Uint8Array(0)],
    ['text', new Uint8Array(Buffer.from('GET / HTTP/1.1\r\n\r\n'))],
    ['an AS-REP', reply],
    ['a KRB-ERROR', error],
    ['an AP-REQ', new Uint8Array([0x6e, 2, 0x30, 0])],
    ['an AS-REQ cut short', asReq().subarray(0, 50)],
    ['an AS-REQ and an octet', new Uint8Array([...asReq(), 0])],
    ['an empty AS-REQ', new Uint8Array([0x6a, 0])],
    ['a TGS-REQ of zeros', new Uint8Array([0x6c, 4, 0, 0, 0, 0])],
  ];
  for (const [what, bytes] of cases) {
    start()
      .on(udp(bytes))
      .emits({ kind: 'silence' }, { kind: 'note' })
      .check((effects) => assert.ok(effects.length, what));
    start().on(received(bytes)).emits({ kind: 'close' }, { kind: 'note' }).ends('ready');
  }
});

kdc('requests beyond the limit are not looked at', () => {
  const huge = new Uint8Array(70_000);
  huge[0] = 0x6a;
  start()
    .on(received(huge))
    .emits(
      { kind: 'close', reason: (text) => /70000 octets, at most 65536/.test(text) },
      {
        kind: 'note',
      },
    );
});

kdc(
  'a length that cannot be is answered with KRB_ERR_FIELD_TOOLONG before the connection ends',
  () => {
    start()
      .on({ kind: 'malformed', reason: 'the length has its high bit set' })
      .emits({ kind: 'reply', message: 'KRB-ERROR' }, { kind: 'close' }, { kind: 'note' })
      .check((effects) => assert.is(codeOf(effects), 61));
  },
);

kdc('answers that do not fit a datagram are to be fetched by TCP', () => {
  const small = contoso([], { maxDatagramReplySize: 500 });
  const request = provedAsReq();
  start(small)
    .on(udp(request))
    .emits(
      { kind: 'account' },
      { kind: 'reply', message: 'KRB-ERROR' },
      { kind: 'note', level: 'info' },
    )
    .check((effects) => {
      const error = decode(KrbError, bytesOf(effects));
      assert.is(error.errorCode, 52);
      assert.equal(error.sname, TGS_NAME);
      assert.is(error.eData, undefined);
    })
    .on(received(request))
    .emits({ kind: 'reply', message: 'AS-REP' })
    .check((effects) => openAsRep(effects));
});

kdc('by the limit of domain controllers, tickets with a PAC do not fit, errors do', () => {
  assert.is(world.realm.policy.maxDatagramReplySize, 1465);
  start()
    .on(udp(asReq()))
    .check((effects) => assert.is(codeOf(effects), 25))
    .on(udp(provedAsReq()))
    .check((effects) => assert.is(codeOf(effects), 52));
});

kdc('a datagram sent again is answered with the same octets', () => {
  const request = tgsReq(signIn(roomy));
  const book = start(roomy).on(udp(request)).emits({ kind: 'reply', message: 'TGS-REP' });
  const first = bytesOf(book.effects);
  book
    .on(udp(request, '10.0.0.7', 40_001))
    .emits({ kind: 'reply', message: 'TGS-REP', bytes: first })
    .on(udp(request, '10.0.0.8'))
    .check((effects) => assert.is(codeOf(effects), 34, 'somebody else replays it'));
});

kdc('the same octets by TCP after the answer was too big for UDP', () => {
  const small = contoso([], { maxDatagramReplySize: 500 });
  const request = tgsReq(signIn(small));
  start(small)
    .on(udp(request))
    .check((effects) => assert.is(codeOf(effects), 52))
    .on(received(request))
    .emits({ kind: 'reply', message: 'TGS-REP' });
});

kdc('answers are kept for two minutes', () => {
  const request = tgsReq(signIn(roomy));
  const first = step(roomy.state, udp(request), envOf(roomy)());
  const soon = step(first.state, udp(request), envOf(roomy, NOW + 2 * MINUTE)());
  assert.equal(bytesOf(soon.effects), bytesOf(first.effects));
  const late = step(first.state, udp(request), envOf(roomy, NOW + 2 * MINUTE + SECOND)());
  assert.is(codeOf(late.effects), 34);
});

kdc('refusals are answered the same way again, and noted once', () => {
  const request = asReq({ cname: { nameType: 1, nameString: ['nobody'] } });
  start()
    .on(udp(request))
    .emits({ kind: 'reply' }, { kind: 'note' })
    .on(udp(request))
    .emits({ kind: 'reply' });
});

kdc('what is remembered is bounded', () => {
  const few = contoso([], { lookAsideEntries: 4, replayEntries: 4 });
  const tgt = signIn(few);
  let { state } = few;
  for (let i = 0; i < 100; i++) {
    state = step(state, udp(tgsReq(tgt, { cusec: i })), envOf(few)()).state;
  }
  const entries = JSON.stringify(state.authenticators).match(/"at":/g) ?? [];
  assert.ok(entries.length <= 8, `${entries.length} authenticators`);
  const answers = JSON.stringify(state.answered).match(/"at":/g) ?? [];
  assert.ok(answers.length <= 8, `${answers.length} answers`);
});

kdc('a new KDC remembers nothing', () => {
  const state = ready(world.realm);
  assert.is(state.name, 'ready');
  assert.is(state.answered.size + state.authenticators.size, 0);
});

kdc.run();
