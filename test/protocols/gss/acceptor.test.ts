import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Effect, type Event, type State, step } from '../../../protocols/gss/acceptor.ts';
import {
  mic,
  type SecurityLayer,
  unwrap,
  verifyMic,
  wrap,
} from '../../../protocols/gss/per-message.ts';
import {
  initialToken,
  Mechanism,
  mechTypesOf,
  NegState,
  type NegTokenResp,
  openSpnego,
  responseToken,
} from '../../../protocols/gss/spnego.ts';
import { GssFlags } from '../../../protocols/kerberos/gss.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { playbook } from '../../playbook.ts';
import { freshKey } from '../kerberos/forged-kdc.ts';
import { ACCEPTOR, ALL_FLAGS, acceptorEnv, initiator } from './initiator.ts';

const s = suite('gss/acceptor');

const START: State<string> = { name: 'expectToken' };
const play = (acceptor = ACCEPTOR) =>
  playbook(
    (state: State<string>, event: Event, env: ReturnType<typeof acceptorEnv>) =>
      step(acceptor, state, event, env),
    START,
    acceptorEnv,
  );
const received = (token: Uint8Array): Event => ({ kind: 'received', token });

function sentIn(effects: readonly Effect[]): Uint8Array {
  const sent = effects.find((effect) => effect.kind === 'send');
  if (sent?.kind !== 'send') throw new Error('nothing sent');
  return sent.token;
}

function responseIn(effects: readonly Effect[]): NegTokenResp {
  const opened = openSpnego(sentIn(effects));
  if (!opened.ok || !('negTokenResp' in opened.token)) throw new Error('no NegTokenResp');
  return opened.token.negTokenResp;
}

function noteIn(effects: readonly Effect[]): string {
  const note = effects.find((effect) => effect.kind === 'note');
  return note?.kind === 'note' ? note.text : '';
}

/** What one side says the other reads, and back. */
function talk(client: SecurityLayer, server: SecurityLayer): void {
  const random = seededRandom(1, 'talk');
  const there = wrap(client, utf8('to the acceptor'), { sealed: true, random });
  const heard = unwrap(server, there.token);
  assert.ok(heard.ok && heard.order === 'next', heard.ok ? heard.order : heard.reason);
  const back = wrap(server, utf8('to the initiator'), {
    sealed: false,
    rotation: 'windows',
    random,
  });
  const answered = unwrap(client, back.token);
  assert.ok(
    answered.ok && answered.order === 'next',
    answered.ok ? answered.order : answered.reason,
  );
}

function layerOf(state: State<string>): SecurityLayer {
  if (state.name !== 'established') throw new Error(`the acceptor is ${state.name}`);
  return state.established.layer;
}

s('Kerberos by itself', () => {
  const client = initiator();
  const book = play().on(received(client.token)).ends('established');
  book.emits({ kind: 'remember' }, { kind: 'send' });
  talk(client.layer(sentIn(book.effects)), layerOf(book.state));
});

s('Kerberos by itself, without mutual authentication', () => {
  const client = initiator(GssFlags.integ);
  const book = play().on(received(client.token)).emits({ kind: 'remember' }).ends('established');
  talk(client.layer(), layerOf(book.state));
});

for (const first of [Mechanism.KERBEROS, Mechanism.MS_KERBEROS]) {
  s(`SPNEGO with ${first} first needs one round`, () => {
    const client = initiator();
    const mechTypes = mechTypesOf([first, Mechanism.NTLM]);
    const token = initialToken({ negTokenInit: { mechTypes, mechToken: client.token } });
    const book = play().on(received(token)).ends('established');
    const response = responseIn(book.effects);
    assert.is(response.negState, NegState['accept-completed']);
    assert.is(response.supportedMech, first);
    assert.is(response.mechListMIC, undefined);
    talk(client.layer(response.responseToken), layerOf(book.state));
  });
}

s('a MIC that the client sends at once is checked and answered', () => {
  const client = initiator(GssFlags.integ);
  const mechTypes = mechTypesOf([Mechanism.KERBEROS]);
  const own = mic(client.layer(), mechTypes.raw);
  const token = (mechListMIC: Uint8Array): Uint8Array =>
    initialToken({ negTokenInit: { mechTypes, mechToken: client.token, third: { mechListMIC } } });
  const book = play()
    .on(received(token(own.token)))
    .ends('established');
  const response = responseIn(book.effects);
  assert.ok(verifyMic(own.layer, mechTypes.raw, response.mechListMIC as Uint8Array).ok);
  const wrong = play()
    .on(received(token(own.token.map((octet) => octet ^ 1))))
    .ends('failed');
  assert.match(noteIn(wrong.effects), 'mechListMIC');
  assert.is(responseIn(wrong.effects).negState, NegState.reject);
});

s('Kerberos as a later choice is begun anew and proved by MICs', () => {
  const client = initiator();
  const mechTypes = mechTypesOf([Mechanism.NTLM, Mechanism.KERBEROS]);
  const book = play()
    .on(received(initialToken({ negTokenInit: { mechTypes, mechToken: utf8('NTLMSSP\0') } })))
    .ends('expectMechToken');
  const chosen = responseIn(book.effects);
  assert.is(chosen.negState, NegState['request-mic']);
  assert.is(chosen.supportedMech, Mechanism.KERBEROS);
  book.on(received(responseToken({ responseToken: client.token }))).ends('expectMic');
  const incomplete = responseIn(book.effects);
  assert.is(incomplete.negState, NegState['accept-incomplete']);
  const layer = client.layer(incomplete.responseToken);
  const checked = verifyMic(layer, mechTypes.raw, incomplete.mechListMIC as Uint8Array);
  assert.ok(checked.ok);
  if (!checked.ok) return;
  const own = mic(checked.layer, mechTypes.raw);
  book.on(received(responseToken({ mechListMIC: own.token }))).ends('established');
  assert.is(responseIn(book.effects).negState, NegState['accept-completed']);
  talk(own.layer, layerOf(book.state));
});

s('whoever took the first choice out of the list is found out', () => {
  const client = initiator();
  const sent = mechTypesOf([Mechanism.NEGOEX, Mechanism.NTLM, Mechanism.KERBEROS]);
  const altered = mechTypesOf([Mechanism.NTLM, Mechanism.KERBEROS]);
  const book = play()
    .on(received(initialToken({ negTokenInit: { mechTypes: altered } })))
    .on(received(responseToken({ responseToken: client.token })))
    .ends('expectMic');
  const layer = client.layer(responseIn(book.effects).responseToken);
  const own = mic(layer, sent.raw);
  book.on(received(responseToken({ mechListMIC: own.token }))).ends('failed');
});

s('an offer without a token, and no offer at all', () => {
  const client = initiator();
  const mechTypes = mechTypesOf([Mechanism.KERBEROS]);
  const book = play()
    .on(received(new Uint8Array(0)))
    .ends('expectToken');
  const offer = openSpnego(sentIn(book.effects));
  assert.ok(offer.ok && 'negTokenInit' in offer.token);
  book.on(received(initialToken({ negTokenInit: { mechTypes } }))).ends('expectMechToken');
  assert.is(responseIn(book.effects).negState, NegState['accept-incomplete']);
  book.on(received(responseToken({ responseToken: client.token }))).ends('expectMic');
});

s('a refused ticket is answered with its KRB-ERROR inside the rejection', () => {
  const client = initiator(ALL_FLAGS, { key: freshKey(18) });
  const mechTypes = mechTypesOf([Mechanism.KERBEROS]);
  const token = initialToken({ negTokenInit: { mechTypes, mechToken: client.token } });
  const book = play().on(received(token)).ends('failed');
  assert.match(noteIn(book.effects), 'KRB_AP_ERR_MODIFIED');
  const response = responseIn(book.effects);
  assert.is(response.negState, NegState.reject);
  assert.ok(response.responseToken !== undefined);
  play().on(received(client.token)).emits({ kind: 'note' }, { kind: 'send' }).ends('failed');
});

s('other mechanisms are refused in words', () => {
  const note = (token: Uint8Array): string =>
    noteIn(play().on(received(token)).ends('failed').effects);
  assert.match(note(utf8('NTLMSSP\0\u0001')), 'NTLM');
  assert.match(note(utf8('anything')), 'no GSS-API token');
  const ntlm = initialToken({ negTokenInit: { mechTypes: mechTypesOf([Mechanism.NTLM]) } });
  assert.match(note(ntlm), Mechanism.NTLM);
  assert.match(note(responseToken({ negState: 0 })), 'no GSS-API token');
});

s('after its end a context takes nothing', () => {
  play()
    .on(received(utf8('anything')))
    .on(received(utf8('more')))
    .emits({ kind: 'rejected', state: 'failed' })
    .ends('failed');
  play()
    .on(received(initiator().token))
    .on(received(initiator().token))
    .emits({ kind: 'rejected', state: 'established' })
    .ends('established');
});

s.run();
