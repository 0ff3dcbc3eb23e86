import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CKSUMTYPE_HMAC_SHA1_96_AES256,
  CKSUMTYPE_RSA_MD5,
  KdcOptions,
  NT_SRV_INST,
  PA_PAC_OPTIONS,
  PA_TGS_REQ,
  PacOptions,
} from '../../../protocols/kerberos/constants.ts';
import {
  KDC_ERR_S_PRINCIPAL_UNKNOWN,
  KRB_AP_ERR_SKEW,
} from '../../../protocols/kerberos/error-codes.ts';
import { principal, ticketGrantingService } from '../../../protocols/kerberos/names.ts';
import {
  type Effect,
  type Event,
  type State,
  step,
  type TgsRequest,
} from '../../../protocols/kerberos/tgs-client.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { playbook } from '../../playbook.ts';
import {
  clientEnv,
  freshKey,
  krbError,
  NOW,
  opened,
  REALM,
  type ReplyChanges,
  TILL,
  tgsRep,
  tgt,
} from './forged-kdc.ts';

const CIFS = principal(NT_SRV_INST, 'cifs', 'files.corp.example');
const KEY = freshKey(18);

const REQUEST: TgsRequest = {
  credential: tgt(REALM, KEY),
  sname: CIFS,
  kdcOptions: KdcOptions.forwardable | KdcOptions.canonicalize,
  till: TILL,
  etypes: [18, 17],
  subkey: false,
  learnsTime: false,
};

function begun(changes: Partial<TgsRequest> = {}) {
  return playbook(
    (state: State, event: Event, env: ReturnType<typeof clientEnv>) => step(state, event, env),
    { name: 'idle' },
    clientEnv,
  ).on({ kind: 'asked', request: { ...REQUEST, ...changes } });
}

function requestIn(effects: readonly Effect[]): Uint8Array {
  const [effect] = effects;
  if (effect?.kind !== 'request') throw new Error(`no request: ${effect?.kind}`);
  return effect.bytes;
}

function outcome(state: State): string {
  if (state.name !== 'failed') return state.name;
  const { failure } = state;
  return failure.kind === 'untrusted' ? failure.check : failure.kind;
}

function outcomeOf(changes: ReplyChanges, request: Partial<TgsRequest> = {}): string {
  const book = begun(request);
  const bytes = tgsRep(requestIn(book.effects), KEY, changes);
  return outcome(book.on({ kind: 'answered', bytes }).state);
}

const client = suite('tgs-client');

client('asks its own KDC with a checksum over the body as it is sent', () => {
  const book = begun({ paPacOptions: PacOptions.branchAware });
  book.emits({ kind: 'request', realm: REALM, message: 'TGS-REQ' }).ends('expectReply');
  const { authenticator, body, padata } = opened(requestIn(book.effects), KEY);
  assert.equal(
    padata.map((item) => item.padataType),
    [PA_TGS_REQ, PA_PAC_OPTIONS],
  );
  assert.equal(body.sname, CIFS);
  assert.is(body.cname, undefined);
  assert.is(authenticator.cksum?.cksumtype, CKSUMTYPE_HMAC_SHA1_96_AES256);
  assert.is(authenticator.ctime * 1_000 + authenticator.cusec, NOW * 1_000 + 123);
  assert.is(authenticator.subkey, undefined);
  book.on({ kind: 'answered', bytes: tgsRep(requestIn(book.effects), KEY) }).ends('done');
  assert.equal(book.state.name === 'done' && book.state.credential.sname, CIFS);
});

client('sends Windows’ rsa-md5 when told so', () => {
  const { authenticator } = opened(requestIn(begun({ cksumtype: CKSUMTYPE_RSA_MD5 }).effects), KEY);
  assert.is(authenticator.cksum?.cksumtype, CKSUMTYPE_RSA_MD5);
});

client('opens the reply with its subkey, if it sent one', () => {
  assert.is(outcomeOf({}, { subkey: true }), 'done');
  assert.is(outcomeOf({ replyKey: KEY }, { subkey: true }), 'undecryptable');
  assert.is(outcomeOf({ replyKey: freshKey(17) }), 'etype');
});

client('compares every name and number of the reply', () => {
  assert.is(outcomeOf({ part: { nonce: 7 } }), 'nonce');
  assert.is(outcomeOf({ cname: principal(1, 'mallory') }), 'cname');
  assert.is(outcomeOf({ crealm: 'EVIL.EXAMPLE' }), 'crealm');
  assert.is(outcomeOf({ sname: principal(2, 'cifs', 'evil.corp.example') }), 'sname');
  assert.is(outcomeOf({ ticketSname: principal(2, 'cifs', 'evil.corp.example') }), 'sname');
  assert.is(outcomeOf({ part: { srealm: 'EVIL.EXAMPLE' } }), 'srealm');
  assert.is(outcomeOf({ part: { endtime: NOW } }), 'endtime');
  assert.is(outcomeOf({ part: { key: { keytype: 99, keyvalue: hex`00` } } }), 'etype');
});

client('renews and asks for user-to-user with the same machine', () => {
  const renewed = begun({ sname: REQUEST.credential.sname, kdcOptions: KdcOptions.renew });
  const { body } = opened(requestIn(renewed.effects), KEY);
  assert.is(body.kdcOptions, KdcOptions.renew);
  renewed.on({ kind: 'answered', bytes: tgsRep(requestIn(renewed.effects), KEY) }).ends('done');
  const other = tgt();
  const u2u = begun({
    kdcOptions: KdcOptions.encTktInSkey,
    additionalTickets: [other.ticket],
  });
  const tickets = opened(requestIn(u2u.effects), KEY).body.additionalTickets ?? [];
  assert.equal(
    tickets.map(({ raw }) => raw),
    [other.ticket],
  );
  u2u.on({ kind: 'answered', bytes: tgsRep(requestIn(u2u.effects), KEY) }).ends('done');
  assert.is(u2u.state.name === 'done' && u2u.state.credential.isSkey, true);
});

/** Answers a request with a ticket for another realm's KDC. */
function referred(book: ReturnType<typeof begun>, key: typeof KEY, to: string, next = key) {
  const bytes = tgsRep(requestIn(book.effects), key, {
    sname: ticketGrantingService(to),
    sessionKey: next,
  });
  return book.on({ kind: 'answered', bytes });
}

client('follows referrals from realm to realm, and keeps the tickets of the way', () => {
  const next = freshKey(18);
  const book = begun();
  referred(book, KEY, 'B.EXAMPLE', next).emits({ kind: 'request', realm: 'B.EXAMPLE' });
  const { body } = opened(requestIn(book.effects), next);
  assert.is(body.realm, 'B.EXAMPLE');
  assert.equal(body.sname, CIFS);
  book.on({ kind: 'answered', bytes: tgsRep(requestIn(book.effects), next) }).ends('done');
  const { state } = book;
  if (state.name !== 'done') throw new Error(outcome(state));
  assert.is(state.credential.srealm, 'B.EXAMPLE');
  assert.equal(
    state.gained.map(({ sname }) => sname),
    [ticketGrantingService('B.EXAMPLE')],
  );
});

client('refuses circles, long ways, and referrals that nobody asked for', () => {
  const book = begun();
  referred(book, KEY, 'B.EXAMPLE');
  assert.is(outcome(referred(book, KEY, REALM).state), 'referralLoop');
  const far = begun();
  for (const realm of 'BCDEFGH') referred(far, KEY, `${realm}.EXAMPLE`);
  assert.is(outcome(far.state), 'referralLimit');
  const plain = begun({ kdcOptions: KdcOptions.forwardable });
  assert.is(outcome(referred(plain, KEY, 'B.EXAMPLE').state), 'sname');
});

client('takes a nearer realm’s ticket where it asked for a far one’s', () => {
  const sname = ticketGrantingService('FAR.EXAMPLE');
  const book = begun({ sname, kdcOptions: KdcOptions.forwardable });
  referred(book, KEY, 'NEAR.EXAMPLE').emits({ kind: 'request', realm: 'NEAR.EXAMPLE' });
  book.on({ kind: 'answered', bytes: tgsRep(requestIn(book.effects), KEY) }).ends('done');
  assert.equal(book.state.name === 'done' && book.state.credential.sname, sname);
});

client('takes over the KDC’s clock once, when it may', () => {
  const skew = krbError(KRB_AP_ERR_SKEW, { stime: NOW - 600_000 });
  assert.is(outcome(begun().on({ kind: 'answered', bytes: skew }).state), 'refused');
  const book = begun({ learnsTime: true }).on({ kind: 'answered', bytes: skew });
  const { authenticator } = opened(requestIn(book.effects), KEY);
  assert.is(authenticator.ctime, NOW - 600_000);
  book.on({ kind: 'answered', bytes: tgsRep(requestIn(book.effects), KEY) }).ends('done');
  assert.is(book.state.name === 'done' && book.state.learnt, -600_000_123);
});

client('fails with the KDC’s refusal, on silence and on nonsense', () => {
  const unknown = krbError(KDC_ERR_S_PRINCIPAL_UNKNOWN);
  assert.equal(begun().on({ kind: 'answered', bytes: unknown }).state, {
    name: 'failed',
    failure: { kind: 'refused', errorCode: KDC_ERR_S_PRINCIPAL_UNKNOWN },
    gained: [],
  });
  assert.is(outcome(begun().on({ kind: 'unanswered', reason: 'x' }).state), 'unanswered');
  for (const bytes of [hex``, hex`6d 00`, hex`7e 80`]) {
    assert.is(outcome(begun().on({ kind: 'answered', bytes }).state), 'malformed');
  }
  begun().on({ kind: 'asked', request: REQUEST }).emits({ kind: 'rejected' }).ends('expectReply');
});

client.run();
