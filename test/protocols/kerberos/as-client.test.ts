import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Effect,
  type Event,
  type State,
  step,
} from '../../../protocols/kerberos/as-client.ts';
import type { AsRequest } from '../../../protocols/kerberos/as-request.ts';
import {
  KdcOptions,
  NT_ENTERPRISE,
  PA_FX_COOKIE,
  PA_PAC_REQUEST,
  PA_REQ_ENC_PA_REP,
  TicketFlags,
} from '../../../protocols/kerberos/constants.ts';
import {
  KDC_ERR_CLIENT_REVOKED,
  KDC_ERR_PREAUTH_FAILED,
  KDC_ERR_PREAUTH_REQUIRED,
  KDC_ERR_WRONG_REALM,
  KRB_AP_ERR_SKEW,
} from '../../../protocols/kerberos/error-codes.ts';
import { stringToKey } from '../../../protocols/kerberos/etypes.ts';
import { AsReq, Checksum, MethodData } from '../../../protocols/kerberos/messages.ts';
import { principal, ticketGrantingService } from '../../../protocols/kerberos/names.ts';
import { encryptedTimestamp, type TimestampState } from '../../../protocols/kerberos/preauth.ts';
import { concat, hex, uint32le } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { playbook } from '../../playbook.ts';
import {
  ALICE,
  asRep,
  clientEnv,
  freshKey,
  hints,
  krbError,
  NOW,
  PASSWORD,
  preauthRequired,
  provenStamp,
  REALM,
  type ReplyChanges,
  requestChecksum,
  SALT,
  TILL,
} from './forged-kdc.ts';

const { forwardable, renewable, canonicalize, renewableOk } = KdcOptions;

const REQUEST: AsRequest = {
  realm: REALM,
  cname: ALICE,
  kdcOptions: forwardable | renewable | renewableOk,
  till: TILL,
  etypes: [18, 17],
  includePac: true,
  encPaRep: false,
  learnsTime: false,
};

function begun(changes: Partial<AsRequest> = {}, secret: TimestampState['secret'] = password) {
  return playbook(
    (state: State<TimestampState>, event: Event<TimestampState>, env) =>
      step(encryptedTimestamp, state, event, env),
    { name: 'idle' },
    clientEnv,
  ).on({ kind: 'asked', request: { ...REQUEST, ...changes }, preAuth: { secret } });
}

const password = { kind: 'password', password: PASSWORD } as const;

function requestIn(effects: readonly Effect[]): Uint8Array {
  const [effect] = effects;
  if (effect?.kind !== 'request') throw new Error(`no request: ${effect?.kind}`);
  return effect.bytes;
}

/** Signs in with a reply that has these mistakes, and says what the client makes of it. */
function outcomeOf(changes: ReplyChanges, request: Partial<AsRequest> = {}): string {
  const book = begun(request).on({ kind: 'answered', bytes: preauthRequired() });
  const bytes = asRep(requestIn(book.effects), changes);
  return outcome(book.on({ kind: 'answered', bytes }).state);
}

function outcome(state: State<TimestampState>): string {
  if (state.name !== 'failed') return state.name;
  const { failure } = state;
  return failure.kind === 'untrusted' ? failure.check : failure.kind;
}

const client = suite('as-client');

client('asks without proof, proves with the salt it is told, and takes the ticket', () => {
  const book = begun();
  book.emits({ kind: 'request', realm: REALM, message: 'AS-REQ' }).ends('expectReply');
  const first = decode(AsReq, requestIn(book.effects));
  assert.equal(
    first.padata?.map((item) => item.padataType),
    [PA_PAC_REQUEST],
  );
  assert.equal(first.reqBody.value.sname, ticketGrantingService(REALM));
  book.on({ kind: 'answered', bytes: preauthRequired() }).ends('expectReply');
  const second = requestIn(book.effects);
  assert.is(provenStamp(second), NOW * 1_000 + 123);
  assert.is.not(decode(AsReq, second).reqBody.value.nonce, undefined);
  book
    .on({ kind: 'answered', bytes: asRep(second) })
    .emits()
    .ends('done');
  const { state } = book;
  if (state.name !== 'done') throw new Error('not done');
  assert.equal(state.reply.credential.sname, ticketGrantingService(REALM));
  assert.is(state.reply.credential.endtime, NOW + 36_000_000);
  assert.is(state.learnt, undefined);
});

client('takes MIT’s EncTGSRepPart in an AS-REP', () => {
  assert.is(outcomeOf({ tag26: true }), 'done');
});

client('sends the cookie back, and nothing else of the hints', () => {
  const cookie = { padataType: PA_FX_COOKIE, padataValue: hex`4d 49 54` };
  const eData = encode(MethodData, [
    ...decode(MethodData, hints({ etype: 18, salt: SALT })),
    cookie,
    { padataType: 9_999, padataValue: hex`01` },
  ]);
  const bytes = krbError(KDC_ERR_PREAUTH_REQUIRED, { eData });
  const { padata = [] } = decode(AsReq, requestIn(begun().on({ kind: 'answered', bytes }).effects));
  assert.equal(
    padata.filter((item) => item.padataType === PA_FX_COOKIE),
    [cookie],
  );
  assert.is(padata.length, 3);
});

client('compares every name and number of the reply', () => {
  assert.is(outcomeOf({ part: { nonce: 7 } }), 'nonce');
  assert.is(outcomeOf({ cname: principal(1, 'mallory') }), 'cname');
  assert.is(outcomeOf({ crealm: 'EVIL.EXAMPLE' }), 'crealm');
  assert.is(outcomeOf({ sname: principal(2, 'krbtgt', 'EVIL.EXAMPLE') }), 'sname');
  assert.is(outcomeOf({ ticketSname: principal(2, 'host', 'x') }), 'sname');
  assert.is(outcomeOf({ srealm: 'EVIL.EXAMPLE' }), 'sname');
  assert.is(outcomeOf({ part: { srealm: 'EVIL.EXAMPLE' } }), 'srealm');
  assert.is(outcomeOf({ part: { endtime: NOW } }), 'endtime');
  assert.is(outcomeOf({ part: { key: { keytype: 99, keyvalue: hex`00` } } }), 'etype');
  assert.is(outcomeOf({ replyKey: freshKey(18) }), 'undecryptable');
  const rc4 = stringToKey(23, PASSWORD, '');
  assert.is(outcomeOf({ replyKey: rc4 }, { etypes: [18, 23] }), 'done');
});

client('refuses an encryption type that was not offered', () => {
  const rc4 = stringToKey(23, PASSWORD, '');
  assert.is(outcomeOf({ replyKey: rc4 }), 'etype');
});

client('lets the KDC change names only when canonicalization was asked for', () => {
  const changes = { cname: principal(1, 'Alice'), crealm: 'OTHER.EXAMPLE' };
  const cname = principal(NT_ENTERPRISE, 'alice@corp.example');
  const kdcOptions = REQUEST.kdcOptions | canonicalize;
  assert.is(outcomeOf(changes, { cname }), 'cname');
  // The salt in the hint is alice's whatever name was asked for.
  assert.is(outcomeOf(changes, { cname, kdcOptions }), 'done');
  const sname = ticketGrantingService('OTHER.EXAMPLE');
  const moved = { sname, srealm: 'OTHER.EXAMPLE' };
  assert.is(outcomeOf(moved), 'sname');
  assert.is(outcomeOf(moved, { kdcOptions }), 'done');
  // Not the ticket-granting service of the realm that the ticket is from.
  assert.is(outcomeOf({ sname }, { kdcOptions }), 'sname');
});

client('holds the KDC to the checksum over the request, where it asked for one', () => {
  const flags = TicketFlags.initial | TicketFlags.encPaRep;
  const replyKey = stringToKey(18, PASSWORD, SALT);
  const signed = (over: (sent: Uint8Array) => Uint8Array): string => {
    const book = begun({ encPaRep: true }).on({ kind: 'answered', bytes: preauthRequired() });
    const sent = requestIn(book.effects);
    const padataValue = encode(Checksum, requestChecksum(over(sent), replyKey));
    const encryptedPaData = [{ padataType: PA_REQ_ENC_PA_REP, padataValue }];
    const bytes = asRep(sent, { part: { flags, encryptedPaData } });
    return outcome(book.on({ kind: 'answered', bytes }).state);
  };
  assert.is(
    signed((sent) => sent),
    'done',
  );
  assert.is(
    signed((sent) => sent.slice(1)),
    'PA-REQ-ENC-PA-REP',
  );
  assert.is(outcomeOf({ part: { flags } }, { encPaRep: true }), 'PA-REQ-ENC-PA-REP');
  // Windows sets the flag always: it says nothing to who did not ask.
  assert.is(outcomeOf({ part: { flags } }), 'done');
});

client('fails with what the KDC says, NTSTATUS included', () => {
  const wrong = begun()
    .on({ kind: 'answered', bytes: preauthRequired() })
    .on({ kind: 'answered', bytes: krbError(KDC_ERR_PREAUTH_FAILED) })
    .ends('failed').state;
  assert.equal(wrong, {
    name: 'failed',
    failure: { kind: 'refused', errorCode: KDC_ERR_PREAUTH_FAILED },
  });
  const status = concat(uint32le(0xc0000234), uint32le(0), uint32le(1));
  const eData = concat(hex`30 15 a1 03 02 01 03 a2 0e 04 0c`, status);
  const locked = begun().on({
    kind: 'answered',
    bytes: krbError(KDC_ERR_CLIENT_REVOKED, { eData }),
  }).state;
  assert.equal(locked, {
    name: 'failed',
    failure: { kind: 'refused', errorCode: KDC_ERR_CLIENT_REVOKED, status: 0xc0000234 },
  });
});

client('does not prove twice', () => {
  begun()
    .on({ kind: 'answered', bytes: preauthRequired() })
    .on({ kind: 'answered', bytes: preauthRequired() })
    .emits()
    .ends('failed');
});

client('has no key for what the KDC wants', () => {
  const eData = hints({ etype: 23 });
  const bytes = krbError(KDC_ERR_PREAUTH_REQUIRED, { eData });
  assert.is(outcome(begun().on({ kind: 'answered', bytes }).state), 'noCommonEtype');
  const keys = [stringToKey(17, PASSWORD, SALT)];
  const book = begun({}, { kind: 'keys', keys });
  assert.is(
    outcome(book.on({ kind: 'answered', bytes: preauthRequired() }).state),
    'noCommonEtype',
  );
});

client('takes over the KDC’s clock once, when it may', () => {
  const stime = NOW + 600_000;
  const skew = krbError(KRB_AP_ERR_SKEW, { stime });
  begun()
    .on({ kind: 'answered', bytes: preauthRequired() })
    .on({ kind: 'answered', bytes: skew })
    .ends('failed');
  const book = begun({ learnsTime: true })
    .on({ kind: 'answered', bytes: preauthRequired() })
    .on({ kind: 'answered', bytes: skew })
    .ends('expectReply');
  const again = requestIn(book.effects);
  assert.is(provenStamp(again), stime * 1_000);
  const part = { authtime: stime, starttime: stime, endtime: stime + 36_000_000 };
  book.on({ kind: 'answered', bytes: asRep(again, { part }) }).ends('done');
  assert.is(book.state.name === 'done' && book.state.learnt, 600_000_000 - 123);
  begun({ learnsTime: true })
    .on({ kind: 'answered', bytes: preauthRequired() })
    .on({ kind: 'answered', bytes: skew })
    .on({ kind: 'answered', bytes: skew })
    .ends('failed');
});

client('doubts a reply from another time, or learns from it', () => {
  const authtime = NOW - 600_000;
  assert.is(outcomeOf({ part: { authtime, starttime: authtime } }), 'starttime');
  assert.is(outcomeOf({ part: { authtime, starttime: authtime } }, { learnsTime: true }), 'done');
});

client('follows KDC_ERR_WRONG_REALM, but not in circles', () => {
  const kdcOptions = REQUEST.kdcOptions | canonicalize;
  const wrongRealm = (crealm: string) => krbError(KDC_ERR_WRONG_REALM, { crealm });
  begun({ kdcOptions })
    .on({ kind: 'answered', bytes: wrongRealm('CHILD.CORP.EXAMPLE') })
    .emits({ kind: 'request', realm: 'CHILD.CORP.EXAMPLE' })
    .check((effects) => {
      const { reqBody } = decode(AsReq, requestIn(effects));
      assert.equal(reqBody.value.sname, ticketGrantingService('CHILD.CORP.EXAMPLE'));
    });
  const circle = begun({ kdcOptions })
    .on({ kind: 'answered', bytes: wrongRealm('A.EXAMPLE') })
    .on({ kind: 'answered', bytes: wrongRealm('corp.example') });
  assert.is(outcome(circle.state), 'referralLoop');
  const far = begun({ kdcOptions });
  for (const realm of 'ABCDEFG') {
    far.on({ kind: 'answered', bytes: wrongRealm(`${realm}.EXAMPLE`) });
  }
  assert.is(outcome(far.state), 'referralLimit');
  const unasked = begun().on({ kind: 'answered', bytes: wrongRealm('A.EXAMPLE') });
  assert.is(outcome(unasked.state), 'refused');
});

client('fails on silence and on nonsense', () => {
  begun().on({ kind: 'unanswered', reason: 'no KDC' }).emits().ends('failed');
  for (const bytes of [hex``, hex`6b`, hex`7e 03 02 01`, hex`30 80`]) {
    assert.is(outcome(begun().on({ kind: 'answered', bytes }).state), 'malformed');
  }
});

client('is not moved by events out of turn', () => {
  begun()
    .on({ kind: 'signed', signature: hex`00` })
    .emits({ kind: 'rejected', state: 'expectReply', got: 'signed' })
    .ends('expectReply');
});

client.run();
