import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApRequest, step as clientStep } from '../../../protocols/kerberos/ap-client.ts';
import {
  type Acceptor,
  type Effect,
  type Event,
  type State,
  step,
} from '../../../protocols/kerberos/ap-server.ts';
import { statusOf } from '../../../protocols/kerberos/client.ts';
import {
  KERB_AP_ERR_TYPE_SKEW_RECOVERY,
  NT_SRV_INST,
  TicketFlags,
} from '../../../protocols/kerberos/constants.ts';
import { errorName, KDC_ERR_POLICY } from '../../../protocols/kerberos/error-codes.ts';
import { GssFlags, gssToken, openGssToken } from '../../../protocols/kerberos/gss.ts';
import {
  type EncTicketPart,
  KerbErrorData,
  KrbError,
} from '../../../protocols/kerberos/messages.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import {
  type Authentication,
  type Replays,
  remember,
} from '../../../protocols/kerberos/replays.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { decode } from '../../../src/der/codec.ts';
import { clientEnv, freshKey, NOW, REALM } from './forged-kdc.ts';
import { CIFS, credential, SERVICE, type TicketChanges } from './service-ticket.ts';

const ACCEPTOR: Acceptor<string> = {
  realm: REALM,
  names: [CIFS, principal(NT_SRV_INST, 'host', 'files.corp.example')],
  keys: [{ kvno: 2, key: SERVICE }],
  replays: [],
  clockSkew: 300_000,
  authorize: (part) => ({ kind: 'granted', identity: `${part.cname.nameString}` }),
};

function tokenOf(request: Partial<ApRequest> = {}, ms = NOW): Uint8Array {
  const asked = {
    credential: credential(),
    gssFlags: GssFlags.mutual,
    learnsTime: false,
    ...request,
  };
  const { effects } = clientStep(
    { name: 'idle' },
    { kind: 'asked', request: asked },
    clientEnv(ms),
  );
  const [send] = effects;
  if (send?.kind !== 'send') throw new Error('no AP-REQ');
  return send.token;
}

function answer(token: Uint8Array, changes: Partial<Acceptor<string>> = {}, ms = NOW) {
  const state: State<string> = { name: 'expectApReq' };
  const event: Event = { kind: 'received', token };
  return step({ ...ACCEPTOR, ...changes }, state, event, {
    now: ms,
    random: seededRandom(2, 'server'),
  });
}

function errorIn(effects: readonly Effect[]): KrbError {
  const sent = effects.find((effect) => effect.kind === 'send');
  if (sent?.kind !== 'send') throw new Error('nothing sent');
  const opened = openGssToken(sent.token);
  if (!opened.ok || opened.message !== 'KRB-ERROR') throw new Error('no KRB-ERROR');
  return decode(KrbError, opened.bytes);
}

function refusalOf(token: Uint8Array, changes: Partial<Acceptor<string>> = {}, ms = NOW): string {
  const { state, effects } = answer(token, changes, ms);
  if (state.name !== 'expectApReq') return state.name;
  return errorName(errorIn(effects).errorCode);
}

const server = suite('ap-server');

server('establishes a context and proves itself', () => {
  const { state, effects } = answer(tokenOf());
  if (state.name !== 'established') throw new Error('not established');
  assert.is(state.session.client, 'alice@CORP.EXAMPLE');
  assert.is(state.session.identity, 'alice');
  assert.is(state.session.gssFlags, GssFlags.mutual);
  assert.equal(
    effects.map((effect) => effect.kind),
    ['remember', 'send'],
  );
});

server('sends no AP-REP that nobody asked for', () => {
  const { state, effects } = answer(tokenOf({ gssFlags: GssFlags.integ }));
  assert.is(state.name, 'established');
  assert.equal(
    effects.map((effect) => effect.kind),
    ['remember'],
  );
});

server('refuses tickets that are not for it', () => {
  const other = principal(NT_SRV_INST, 'cifs', 'other.corp.example');
  const refused = (changes: TicketChanges): string =>
    refusalOf(tokenOf({ credential: credential(changes) }));
  assert.is(refused({ sname: other }), 'KRB_AP_ERR_NOT_US');
  assert.is(refused({ realm: 'OTHER.EXAMPLE' }), 'KRB_AP_ERR_NOT_US');
  assert.is(refused({ kvno: 3 }), 'KRB_AP_ERR_BADKEYVER');
  assert.is(refused({ key: freshKey(17) }), 'KRB_AP_ERR_NOKEY');
  assert.is(refused({ key: freshKey(18) }), 'KRB_AP_ERR_MODIFIED');
  // MS-KILE 3.1.5.7: names differ in case only.
  const shouted = principal(NT_SRV_INST, 'CIFS', 'FILES.corp.example');
  assert.is(refused({ sname: shouted }), 'established');
});

server('refuses tickets out of their time', () => {
  const refused = (part: Partial<EncTicketPart>): string =>
    refusalOf(tokenOf({ credential: credential({ part }) }));
  assert.is(refused({ endtime: NOW - 301_000 }), 'KRB_AP_ERR_TKT_EXPIRED');
  assert.is(refused({ endtime: NOW - 300_000 }), 'established');
  assert.is(refused({ starttime: NOW + 301_000 }), 'KRB_AP_ERR_TKT_NYV');
  assert.is(refused({ flags: TicketFlags.invalid }), 'KRB_AP_ERR_TKT_NYV');
});

server('refuses authenticators of others and from other times', () => {
  const cname = principal(1, 'mallory');
  const foreign = { ...credential(), cname };
  assert.is(refusalOf(tokenOf({ credential: foreign })), 'KRB_AP_ERR_BADMATCH');
  const wrongKey = { ...credential(), key: freshKey(18) };
  assert.is(refusalOf(tokenOf({ credential: wrongKey })), 'KRB_AP_ERR_BAD_INTEGRITY');
  assert.is(refusalOf(tokenOf({}, NOW + 300_000)), 'established');
  const { effects } = answer(tokenOf({}, NOW + 301_000));
  const error = errorIn(effects);
  assert.is(errorName(error.errorCode), 'KRB_AP_ERR_SKEW');
  assert.is(error.stime, NOW);
  const data = decode(KerbErrorData, error.eData ?? hex``);
  assert.is(data.dataType, KERB_AP_ERR_TYPE_SKEW_RECOVERY);
  assert.is(statusOf(error), undefined);
});

server('takes an authenticator once', () => {
  const token = tokenOf();
  const [first] = answer(token).effects;
  if (first?.kind !== 'remember') throw new Error('nothing to remember');
  const replays: Replays = remember([], first.authentication as Authentication, NOW, 300_000);
  assert.is(refusalOf(token, { replays }), 'KRB_AP_ERR_REPEAT');
  assert.is(refusalOf(tokenOf({}, NOW + 1), { replays }), 'established');
});

server('gives the host’s judgement of the authorization data', () => {
  const authorize = () =>
    ({ kind: 'denied', errorCode: KDC_ERR_POLICY, reason: 'no PAC' }) as const;
  assert.is(refusalOf(tokenOf(), { authorize }), 'KDC_ERR_POLICY');
});

server('answers nonsense with an error, and goes on', () => {
  for (const token of [
    hex``,
    hex`60`,
    hex`60 84 ff ff ff ff`,
    hex`60 03 06 01 00`,
    gssToken('AP-REP', hex`6f 00`),
    gssToken('AP-REQ', hex`6e 80`),
    gssToken('AP-REQ', hex`6e 03 30 01 00`),
  ]) {
    assert.is(refusalOf(token), 'KRB_AP_ERR_MSG_TYPE');
  }
});

server('is not moved once the context stands', () => {
  const { state } = answer(tokenOf());
  const event: Event = { kind: 'received', token: tokenOf() };
  const again = step(ACCEPTOR, state, event, { now: NOW, random: seededRandom(3, 'x') });
  assert.is(again.state, state);
  assert.is(again.effects[0]?.kind, 'rejected');
});

server.run();
