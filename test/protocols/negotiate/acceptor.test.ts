import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  acceptorsOffer,
  initialToken,
  Mechanism,
  mechTypesOf,
  NegState,
  openSpnego,
  responseToken,
} from '../../../protocols/gss/spnego.ts';
import {
  STATUS_NOT_SUPPORTED,
  STATUS_WRONG_PASSWORD,
} from '../../../protocols/kerberos/ntstatus.ts';
import { step } from '../../../protocols/negotiate/acceptor.ts';
import type {
  Acceptor,
  Effect,
  Event,
  State,
} from '../../../protocols/negotiate/acceptor-state.ts';
import type { Offer, Request } from '../../../protocols/negotiate/initiator-state.ts';
import { type Protection, unwrap, wrap } from '../../../protocols/negotiate/protection.ts';
import { hex, utf8 } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { chanceOf, MUTATIONS } from '../../mutations.ts';
import { playbook } from '../../playbook.ts';
import { ALL_FLAGS } from '../gss/initiator.ts';
import { NOW } from '../kerberos/forged-kdc.ts';
import { CIFS, credential } from '../kerberos/service-ticket.ts';
import { conversation, EVERYTHING, NTLM_OFFER, TARGET } from './conversation.ts';

const s = suite('negotiate/acceptor');

const KERBEROS: Offer = {
  mechanism: 'kerberos',
  credential: credential(),
  gssFlags: ALL_FLAGS,
  learnsTime: false,
};
const USER_TO_USER: Offer = {
  mechanism: 'userToUser',
  sname: CIFS,
  gssFlags: ALL_FLAGS,
  learnsTime: false,
};

function request(framing: Request['framing'], ...offers: readonly [Offer, ...Offer[]]): Request {
  return { offers, framing, sequenceAfterMic: 'anew' };
}

/** What one side says the other reads, and back, twice. */
function talk(client: Protection, server: Protection): void {
  const random = seededRandom(1, 'talk');
  let [a, b] = [client, server];
  for (const text of ['one', 'two']) {
    const there = wrap(a, utf8(text), random);
    const heard = unwrap(b, there.token);
    assert.ok(heard.ok, heard.ok ? '' : heard.reason);
    assert.equal(heard.message, utf8(text));
    const back = wrap(heard.protection, utf8(text), random);
    const read = unwrap(there.protection, back.token);
    assert.ok(read.ok, read.ok ? '' : read.reason);
    [a, b] = [read.protection, back.protection];
  }
}

const WITHOUT_KERBEROS: Acceptor<string> = { ntlm: TARGET, sequenceAfterMic: 'on' };

for (const [name, asked, host, identity, tokens] of [
  ['Kerberos by itself', request('none', KERBEROS), EVERYTHING, 'alice', 2],
  ['user-to-user by itself', request('none', USER_TO_USER), EVERYTHING, 'alice', 4],
  ['NTLM by itself', request('none', NTLM_OFFER), EVERYTHING, 'NTLM alice', 3],
  ['Kerberos in SPNEGO', request('spnego', KERBEROS, NTLM_OFFER), EVERYTHING, 'alice', 2],
  ['user-to-user in SPNEGO', request('spnego', USER_TO_USER, NTLM_OFFER), EVERYTHING, 'alice', 4],
  ['NTLM alone in SPNEGO', request('spnego', NTLM_OFFER), EVERYTHING, 'NTLM alice', 4],
  [
    'NTLM as the second choice',
    request('spnego', KERBEROS, NTLM_OFFER),
    WITHOUT_KERBEROS,
    'NTLM alice',
    6,
  ],
] as const) {
  s(name, () => {
    const { client, server, tokens: went, notes } = conversation(asked, host);
    assert.ok(server.name === 'established', `${server.name}: ${notes.join('; ')}`);
    assert.ok(client.name === 'established', client.name);
    assert.is(went.length, tokens);
    assert.match(server.established.identity, identity);
    talk(client.protection, server.established.protection);
  });
}

s('a list that was altered on its way does not pass', () => {
  const asked = request('spnego', KERBEROS, NTLM_OFFER);
  const onlyNtlm = initialToken({ negTokenInit: { mechTypes: mechTypesOf([Mechanism.NTLM]) } });
  const { client, server, notes } = conversation(asked, EVERYTHING, (token, n) =>
    n === 0 ? onlyNtlm : token,
  );
  assert.is(server.name, 'failed');
  assert.match(notes.join(), /mechListMIC: the signature is wrong/);
  assert.is(client.name, 'failed');
});

s('a wrong password is refused with its status, and the client hears of a rejection', () => {
  const { credentials } = NTLM_OFFER;
  const other: Offer = {
    mechanism: 'ntlm',
    credentials: { ...credentials, ntHash: new Uint8Array(16) },
  };
  const { client, server } = conversation(request('spnego', other));
  assert.ok(server.name === 'failed');
  assert.is(server.status, STATUS_WRONG_PASSWORD);
  assert.ok(client.name === 'failed');
  assert.match(client.reason, /rejects/);
});

const env = () => ({ now: NOW, random: seededRandom(2, 'negotiate') });
const play = (host: Acceptor<string> = EVERYTHING) =>
  playbook<State<string>, Event<string>, Effect, ReturnType<typeof env>>(
    (state, event, at) => step(host, state, event, at),
    { name: 'expectToken' },
    env,
  );
const received = (token: Uint8Array): Event<string> => ({ kind: 'received', token });

s('what is not spoken here', () => {
  const none: Acceptor<string> = { kerberos: EVERYTHING.kerberos, sequenceAfterMic: 'on' } as never;
  const onlyNtlm = initialToken({ negTokenInit: { mechTypes: mechTypesOf([Mechanism.NTLM]) } });
  const book = play(none).on(received(onlyNtlm)).ends('failed');
  assert.ok(book.state.name === 'failed' && book.state.status === STATUS_NOT_SUPPORTED);
  const answer = book.effects.find(({ kind }) => kind === 'send');
  assert.ok(answer?.kind === 'send');
  const opened = openSpnego(answer.token);
  assert.ok(opened.ok && 'negTokenResp' in opened.token);
  assert.is(opened.token.negTokenResp.negState, NegState.reject);
  play(none)
    .on(received(hex`4e544c4d53535000 01000000 b78208e2`))
    .ends('failed')
    .emits({ kind: 'note', text: (text) => text.includes('NTLM is not spoken here') });
});

s('tokens out of turn', () => {
  play()
    .on(received(responseToken({})))
    .ends('failed');
  play()
    .on(received(new Uint8Array(0)))
    .ends('failed');
  play()
    .on(received(initialToken({ negTokenInit: { mechTypes: mechTypesOf([Mechanism.NTLM]) } })))
    .ends('exchanging')
    .on(received(acceptorsOffer([Mechanism.NTLM])))
    .ends('failed');
  play()
    .on({ kind: 'judged', verdict: { kind: 'denied', status: 1, reason: '' } })
    .emits({ kind: 'rejected', expected: ['received'] })
    .ends('expectToken');
});

s('no octets throw, at whatever turn they come', () => {
  const chance = chanceOf(3, 'negotiate');
  for (const asked of [
    request('spnego', USER_TO_USER, NTLM_OFFER),
    request('spnego', NTLM_OFFER),
    request('none', USER_TO_USER),
  ]) {
    const { tokens } = conversation(asked);
    for (let n = 0; n < 300; n++) {
      const at = chance.below(tokens.length);
      const { client, server } = conversation(asked, EVERYTHING, (token, turn) =>
        turn === at ? chance.pick(MUTATIONS)(token, chance, tokens) : token,
      );
      assert.ok(client.name !== 'idle' && server.name.length > 0);
    }
  }
});

s.run();
