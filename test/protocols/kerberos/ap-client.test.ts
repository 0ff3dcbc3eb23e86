import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ApRequest,
  type Effect,
  type Event,
  type State,
  step,
} from '../../../protocols/kerberos/ap-client.ts';
import * as server from '../../../protocols/kerberos/ap-server.ts';
import { ApOptions, KeyUsage, KRB_AP_REP, PVNO } from '../../../protocols/kerberos/constants.ts';
import { KRB_AP_ERR_MODIFIED, KRB_AP_ERR_SKEW } from '../../../protocols/kerberos/error-codes.ts';
import { confounderLength, encrypt, type Key } from '../../../protocols/kerberos/etypes.ts';
import { GssFlags, gssToken, openGssToken } from '../../../protocols/kerberos/gss.ts';
import { ApRep, ApReq, EncApRepPart } from '../../../protocols/kerberos/messages.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { playbook } from '../../playbook.ts';
import { clientEnv, freshKey, krbError, NOW, REALM } from './forged-kdc.ts';
import { CIFS, credential, SERVICE, SESSION } from './service-ticket.ts';

const REQUEST: ApRequest = {
  credential: credential(),
  gssFlags: GssFlags.mutual | GssFlags.integ,
  learnsTime: false,
};

function begun(changes: Partial<ApRequest> = {}) {
  return playbook(
    (state: State, event: Event, env: ReturnType<typeof clientEnv>) => step(state, event, env),
    { name: 'idle' },
    clientEnv,
  ).on({ kind: 'asked', request: { ...REQUEST, ...changes } });
}

function tokenIn(effects: readonly Effect[]): Uint8Array {
  const [effect] = effects;
  if (effect?.kind !== 'send') throw new Error('nothing sent');
  return effect.token;
}

/** What the real service answers, its clock ahead by `ms`. */
function answered(token: Uint8Array, ms = 0) {
  const acceptor: server.Acceptor<null> = {
    realm: REALM,
    names: [CIFS],
    keys: [{ kvno: 2, key: SERVICE }],
    replays: [],
    clockSkew: 300_000,
    authorize: () => ({ kind: 'granted', identity: null }),
  };
  const env = { now: NOW + ms, random: seededRandom(4, 'service') };
  const next = server.step(acceptor, { name: 'expectApReq' }, { kind: 'received', token }, env);
  const sent = next.effects.find((effect) => effect.kind === 'send');
  if (sent?.kind !== 'send') throw new Error('no answer');
  return { token: sent.token, state: next.state };
}

/** An AP-REP by somebody who may not know the session key. */
function forged(key: Key, ctime: number, cusec: number): Uint8Array {
  const plain = encode(EncApRepPart, { ctime, cusec });
  const cipher = encrypt(
    key,
    KeyUsage.AP_REP_ENC_PART,
    plain,
    new Uint8Array(confounderLength(key.etype)),
  );
  const encPart = { etype: key.etype, cipher };
  return gssToken('AP-REP', encode(ApRep, { pvno: PVNO, msgType: KRB_AP_REP, encPart }));
}

function outcome(state: State): string {
  if (state.name !== 'failed') return state.name;
  const { failure } = state;
  return failure.kind === 'untrusted' ? failure.check : failure.kind;
}

const client = suite('ap-client');

client('comes to a context whose key both sides have', () => {
  const book = begun().ends('expectApRep');
  const opened = openGssToken(tokenIn(book.effects));
  if (!opened.ok) throw new Error(opened.reason);
  assert.is(decode(ApReq, opened.bytes).apOptions, ApOptions.mutualRequired);
  const { token, state } = answered(tokenIn(book.effects));
  book.on({ kind: 'received', token }).emits().ends('established');
  if (book.state.name !== 'established' || state.name !== 'established') throw new Error('no');
  assert.equal(book.state.context.key.bytes, state.session.context.key.bytes);
  assert.is(book.state.context.peerSeqNumber, state.session.context.seqNumber);
  assert.is(state.session.context.peerSeqNumber, book.state.context.seqNumber);
});

client('waits for nothing when it asked for nothing', () => {
  begun({ gssFlags: GssFlags.integ }).emits({ kind: 'send' }).ends('established');
});

client('is not fooled by a service that cannot open the ticket', () => {
  const received = (token: Uint8Array): string =>
    outcome(begun().on({ kind: 'received', token }).state);
  assert.is(received(forged(SESSION, NOW, 123)), 'established');
  assert.is(received(forged(SESSION, NOW, 124)), 'ctime');
  assert.is(received(forged(freshKey(18), NOW, 123)), 'undecryptable');
  assert.is(received(forged(freshKey(17), NOW, 123)), 'undecryptable');
  assert.is(received(hex`00`), 'malformed');
  assert.is(received(gssToken('AP-REQ', hex`6e`)), 'malformed');
  assert.is(received(gssToken('AP-REP', hex`6f 80`)), 'malformed');
  assert.is(received(gssToken('KRB-ERROR', hex`7e 80`)), 'malformed');
  assert.is(received(gssToken('KRB-ERROR', krbError(KRB_AP_ERR_MODIFIED))), 'refused');
});

client('takes over the service’s clock once, when it may', () => {
  const stime = NOW + 600_000;
  const skew = gssToken('KRB-ERROR', krbError(KRB_AP_ERR_SKEW, { stime }));
  begun().on({ kind: 'received', token: skew }).ends('failed');
  const book = begun({ learnsTime: true }).on({ kind: 'received', token: skew });
  book.emits({ kind: 'send', message: 'AP-REQ' }).ends('expectApRep');
  const { token } = answered(tokenIn(book.effects), 600_000);
  book.on({ kind: 'received', token }).ends('established');
  begun({ learnsTime: true })
    .on({ kind: 'received', token: skew })
    .on({ kind: 'received', token: skew })
    .ends('failed');
});

client('fails when nobody answers', () => {
  begun().on({ kind: 'unanswered', reason: 'closed' }).emits().ends('failed');
});

client.run();
