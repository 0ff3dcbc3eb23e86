import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Effect,
  type Event,
  type State,
  step,
  type Target,
  type Verdict,
} from '../../../protocols/ntlm/acceptor.ts';
import * as initiator from '../../../protocols/ntlm/initiator.ts';
import { authenticateMessage, readMessage } from '../../../protocols/ntlm/messages.ts';
import { ntHash, provedKey } from '../../../protocols/ntlm/response.ts';
import { unwrap, wrap } from '../../../protocols/ntlm/session-security.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import type { Env } from '../../../src/machine/machine.ts';
import { chanceOf, MUTATIONS } from '../../mutations.ts';
import { playbook } from '../../playbook.ts';
import { AUTHENTICATE } from './vectors.ts';

const s = suite('ntlm acceptor');

const env = (): Env => ({
  now: Date.parse('2026-03-02T08:00:00Z'),
  random: (size) => new Uint8Array(size).fill(0x77),
});

const target: Target = {
  netbiosComputerName: 'FILES',
  netbiosDomainName: 'CORP',
  dnsComputerName: 'files.corp.example',
  dnsDomainName: 'corp.example',
};

type S = State<string>;
const accepting = () =>
  playbook<S, Event<string>, Effect, Env>(
    (state, event, at) => step(target, state, event, at),
    { name: 'expectNegotiate' },
    env,
  );

const credentials = {
  userName: 'alice',
  domainName: 'CORP',
  ntHash: ntHash('Passw0rd!'),
  workstation: 'LAPTOP',
} as const;

function sent(effects: readonly (Effect | initiator.Effect)[]): Uint8Array {
  const [first] = effects;
  assert.ok(first?.kind === 'send');
  return first.token;
}

/** A client that has shown its response, and the server that has it judged. */
function shown(client = initiator.step({ name: 'idle' }, { kind: 'begun', credentials }, env())) {
  const play = accepting()
    .on({ kind: 'received', token: sent(client.effects) })
    .emits({ kind: 'send', message: 'CHALLENGE_MESSAGE' })
    .ends('expectAuthenticate');
  const done = initiator.step(client.state, { kind: 'received', token: sent(play.effects) }, env());
  return { play, done, token: sent(done.effects) };
}

/** As a domain controller that knows alice judges. */
function verdict(effects: readonly Effect[], password = 'Passw0rd!'): Verdict<string> {
  const [judge] = effects;
  assert.ok(judge?.kind === 'judge');
  assert.is(judge.logon.workstation, 'LAPTOP');
  const sessionBaseKey = provedKey(ntHash(password), judge.logon);
  return sessionBaseKey === undefined
    ? { kind: 'denied', status: 0xc000006a, reason: 'wrong' }
    : { kind: 'granted', sessionBaseKey, identity: 'CORP\\alice' };
}

s('both sides have the same keys', () => {
  const { play, done, token } = shown();
  play.on({ kind: 'received', token }).emits({ kind: 'judge' }).ends('expectVerdict');
  play
    .on({ kind: 'judged', verdict: verdict(play.effects) })
    .emits()
    .ends('established');
  const { state } = play;
  assert.ok(state.name === 'established' && done.state.name === 'established');
  assert.is(state.established.identity, 'CORP\\alice');
  assert.ok(state.established.hasMic && done.state.hasMic);
  const opened = unwrap(state.established.layer, wrap(done.state.layer, utf8('hello')).token);
  assert.ok(opened.ok);
  assert.equal(opened.message, utf8('hello'));
});

s('a wrong password is what the judge says it is', () => {
  const { play, token } = shown();
  play.on({ kind: 'received', token });
  play.on({ kind: 'judged', verdict: verdict(play.effects, 'other') }).ends('failed');
  assert.equal(play.state, {
    name: 'failed',
    reason: 'STATUS_WRONG_PASSWORD: wrong',
    status: 0xc000006a,
  });
});

s('each octet of the three messages is under the MIC', () => {
  const { play, token } = shown();
  play.on({ kind: 'received', token });
  const good = verdict(play.effects);
  // VERSION: nobody looks at it, and only the MIC tells.
  const altered = token.slice();
  altered[66] = (altered[66] as number) ^ 1;
  const { play: other } = shown();
  other.on({ kind: 'received', token: altered });
  other.on({ kind: 'judged', verdict: good }).ends('failed');
  assert.match(other.state.name === 'failed' ? other.state.reason : '', /the MIC is wrong/);
});

s('a MIC that was promised may not be missing', () => {
  const { play, token } = shown();
  const read = readMessage(token);
  assert.ok(read.ok && read.message.type === 'AUTHENTICATE_MESSAGE');
  const { mic: _, ...without } = read.message.authenticate;
  play.on({ kind: 'received', token: authenticateMessage(without) }).ends('failed');
  assert.match(play.state.name === 'failed' ? play.state.reason : '', /promises a MIC/);
});

s('who is nobody, and who answers as of old, is not even judged', () => {
  const { token } = shown();
  const read = readMessage(token);
  assert.ok(read.ok && read.message.type === 'AUTHENTICATE_MESSAGE');
  const { authenticate } = read.message;
  for (const [change, why] of [
    [{ userName: '' }, /nobody in particular/],
    [{ flags: authenticate.flags | 0x800 }, /nobody in particular/],
    [{ ntResponse: new Uint8Array(24) }, /none of NTLM v2/],
  ] as const) {
    const { play } = shown();
    const message = authenticateMessage({ ...authenticate, ...change });
    play.on({ kind: 'received', token: message }).emits().ends('failed');
    assert.match(play.state.name === 'failed' ? play.state.reason : '', why);
  }
});

s('messages out of turn, and clients that want less', () => {
  const reason = (token: Uint8Array): string => {
    const { state } = accepting().on({ kind: 'received', token }).emits().ends('failed');
    return state.name === 'failed' ? state.reason : '';
  };
  assert.match(reason(AUTHENTICATE), /AUTHENTICATE_MESSAGE instead of NEGOTIATE_MESSAGE/);
  assert.match(reason(utf8('GET / HTTP/1.1')), /no message of NTLM/);
  const old = sent(initiator.step({ name: 'idle' }, { kind: 'begun', credentials }, env()).effects);
  const weak = old.slice();
  weak[14] = 0;
  assert.match(reason(weak), /NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY/);
});

s('no octets throw, and none but the right ones get to the judge with a right response', () => {
  const { play, token } = shown();
  const { state } = play;
  const chance = chanceOf(1, 'ntlm');
  for (let n = 0; n < 2_000; n++) {
    const altered = chance.pick(MUTATIONS)(token, chance, [AUTHENTICATE]);
    const next = step<string>(target, state, { kind: 'received', token: altered }, env());
    const [judge] = next.effects;
    if (judge?.kind !== 'judge') continue;
    const judged = step(target, next.state, { kind: 'judged', verdict: verdictOf(judge) }, env());
    // What is not said in the response is under the MIC, or is padding that nobody wrote.
    if (judged.state.name === 'established') assert.equal(altered, token);
  }
});

function verdictOf(judge: Extract<Effect, { readonly kind: 'judge' }>): Verdict<string> {
  const sessionBaseKey = provedKey(ntHash('Passw0rd!'), judge.logon);
  return sessionBaseKey === undefined
    ? { kind: 'denied', status: 0xc000006a, reason: 'wrong' }
    : { kind: 'granted', sessionBaseKey, identity: judge.logon.userName };
}

s.run();
