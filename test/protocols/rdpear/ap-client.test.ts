import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KRB_AP_ERR_MODIFIED } from '../../../protocols/kerberos/error-codes.ts';
import { confounderLength, encrypt } from '../../../protocols/kerberos/etypes.ts';
import { GssFlags, gssToken, openGssToken } from '../../../protocols/kerberos/gss.ts';
import { ApRep, ApReq, EncApRepPart, EncryptedData } from '../../../protocols/kerberos/messages.ts';
import { type Effect, type Event, type State, step } from '../../../protocols/rdpear/ap-client.ts';
import { CallId } from '../../../protocols/rdpear/constants.ts';
import { type Answer, asn1Data } from '../../../protocols/rdpear/messages.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { playbook } from '../../playbook.ts';
import { clientEnv, krbError, NOW } from '../kerberos/forged-kdc.ts';
import { credential, SESSION } from '../kerberos/service-ticket.ts';

const s = suite('a ticket without its key, shown');

const GUARDED = { ...credential(), key: { etype: 18, bytes: hex`00112233` } };
const SEALED = encode(EncryptedData, { etype: 18, cipher: hex`0102` });
const TICKS = BigInt(NOW + 11_644_473_600_000) * 10_000n;

function made(AuthenticatorTime = TICKS, sealed: Uint8Array | null = SEALED): Event {
  const value = { AuthenticatorTime, Authenticator: asn1Data(sealed), KerbProtocolError: 0 };
  const answer: Answer = { tag: CallId.RemoteCallKerbCreateApReqAuthenticator, value };
  return { kind: 'computed', answer };
}

function opened(part: Uint8Array | null): Event {
  const value = { ApReply: asn1Data(part) };
  return { kind: 'computed', answer: { tag: CallId.RemoteCallKerbDecryptApReply, value } };
}

function asked() {
  const request = { credential: GUARDED, gssFlags: GssFlags.mutual };
  return playbook(
    (state: State, event: Event, env: ReturnType<typeof clientEnv>) => step(state, event, env),
    { name: 'idle' },
    clientEnv,
  ).on({ kind: 'asked', request });
}

const REPLY = gssToken(
  'AP-REP',
  encode(ApRep, {
    pvno: 5,
    msgType: 15,
    encPart: {
      etype: 18,
      cipher: encrypt(SESSION, 12, hex`00`, new Uint8Array(confounderLength(18))),
    },
  }),
);

function failureOf(state: State): string {
  if (state.name !== 'failed') return state.name;
  const { failure } = state;
  return failure.kind === 'untrusted' ? failure.check : failure.kind;
}

function waiting() {
  return asked().on(made()).on({ kind: 'received', token: REPLY });
}

s('the client seals, the host sends; the client opens, the host compares', () => {
  const part = { ctime: NOW, cusec: 0, seqNumber: 8 };
  asked()
    .emits({ kind: 'asks' })
    .check(([effect]) => {
      const call = effect?.kind === 'asks' ? effect.call : undefined;
      if (call?.tag !== CallId.RemoteCallKerbCreateApReqAuthenticator) return assert.unreachable();
      assert.equal(call.value.EncryptionKey.reserved3.value, GUARDED.key.bytes);
      assert.is(call.value.KeyUsage, 11);
      assert.equal(call.value.AuthData, asn1Data(hex`3000`));
      assert.is(call.value.SubKey?.reserved3.value?.length, 32);
    })
    .on(made())
    .emits({ kind: 'send', message: 'AP-REQ' })
    .check(([effect]) => {
      const token = effect?.kind === 'send' ? openGssToken(effect.token) : undefined;
      const request = decode(ApReq, token?.ok ? token.bytes : hex``);
      assert.equal(request.ticket.raw, GUARDED.ticket);
      assert.equal(encode(EncryptedData, request.authenticator), SEALED);
    })
    .on({ kind: 'received', token: REPLY })
    .emits({ kind: 'asks' })
    .on(opened(encode(EncApRepPart, part)))
    .ends('established')
    .check((_: readonly Effect[], state) => {
      const context = state.name === 'established' ? state.context : undefined;
      assert.is(context?.peerSeqNumber, 8);
      assert.is(context?.acceptorSubkey, undefined);
    });
});

s('the service’s subkey is the context’s key, when there is one', () => {
  const subkey = { keytype: 18, keyvalue: new Uint8Array(32).fill(4) };
  const { state } = waiting().on(opened(encode(EncApRepPart, { ctime: NOW, cusec: 0, subkey })));
  assert.equal(state.name === 'established' && state.context.key.bytes, subkey.keyvalue);
  const odd = { keytype: 18, keyvalue: hex`00` };
  const part = encode(EncApRepPart, { ctime: NOW, cusec: 0, subkey: odd });
  assert.is(failureOf(waiting().on(opened(part)).state), 'malformed');
});

s('whoever repeats another time is not the service', () => {
  const part = encode(EncApRepPart, { ctime: NOW + 1_000, cusec: 0 });
  assert.is(failureOf(waiting().on(opened(part)).state), 'ctime');
});

s('nonsense from either side fails', () => {
  const cases: readonly (readonly [string, State])[] = [
    ['malformed', asked().on(made(TICKS, null)).state],
    ['malformed', asked().on(opened(null)).state],
    ['malformed', asked().on(made()).on({ kind: 'received', token: hex`00` }).state],
    ['malformed', waiting().on(opened(null)).state],
    ['malformed', waiting().on(made()).state],
    ['unanswered', asked().on({ kind: 'unanswered', reason: 'gone' }).state],
    ['unanswered', waiting().on({ kind: 'unanswered', reason: 'gone' }).state],
  ];
  for (const [kind, state] of cases) assert.is(failureOf(state), kind);
  const token = gssToken('KRB-ERROR', krbError(KRB_AP_ERR_MODIFIED));
  assert.is(failureOf(asked().on(made()).on({ kind: 'received', token }).state), 'refused');
  const again = gssToken('AP-REQ', hex`00`);
  assert.is(
    failureOf(asked().on(made()).on({ kind: 'received', token: again }).state),
    'malformed',
  );
});

s('what comes out of turn is rejected', () => {
  asked()
    .on({ kind: 'received', token: REPLY })
    .emits({ kind: 'rejected', state: 'expectAuthenticator' })
    .on(made())
    .on(made())
    .emits({ kind: 'rejected', state: 'expectApRep' });
});

s.run();
