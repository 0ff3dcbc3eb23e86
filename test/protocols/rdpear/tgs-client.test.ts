import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as acceptor from '../../../protocols/kerberos/ap-server.ts';
import { KdcOptions, TicketFlags } from '../../../protocols/kerberos/constants.ts';
import { errorName, KDC_ERR_S_PRINCIPAL_UNKNOWN } from '../../../protocols/kerberos/error-codes.ts';
import { GssFlags } from '../../../protocols/kerberos/gss.ts';
import { principal } from '../../../protocols/kerberos/names.ts';
import { type Credential, credentialOf } from '../../../protocols/kerberos/ticket-cache.ts';
import * as showing from '../../../protocols/rdpear/ap-client.ts';
import type { Answer, Call } from '../../../protocols/rdpear/messages.ts';
import { type State, step } from '../../../protocols/rdpear/tgs-client.ts';
import { hex, toHex } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import type { Step } from '../../../src/machine/machine.ts';
import {
  answer,
  contoso,
  FILES_KEYS,
  FILES_NAME,
  NOW,
  replyOf,
  signIn,
  type World,
} from '../kdc/contoso.ts';
import { keysOf, Loopback } from './loopback.ts';

const s = suite('a host without keys');

const HANDLE = hex`00112233445566778899aabbccddeeff`;
const FLAGS = GssFlags.mutual | GssFlags.integ;

/** What the host has of alice: her ticket-granting ticket, and a handle in its key's place. */
interface Guarded {
  readonly world: World;
  readonly session: Uint8Array;
  readonly tgt: Credential;
  readonly loop: Loopback;
}

function guarded(): Guarded {
  const world = contoso();
  const held = signIn(world);
  const key = { etype: held.session.etype, bytes: HANDLE };
  const tgt = credentialOf(held.reply, held.part, key);
  const loop = new Loopback(keysOf([[HANDLE, held.session]]), NOW);
  return { world, session: held.session.bytes, tgt, loop };
}

function env() {
  return { now: NOW, random: seededRandom(9, 'host'), stamp: NOW * 1_000, offset: 0 };
}

/** The host's TGS exchange with the KDC itself. @param through whoever computes */
function ticketOf(
  { world, tgt }: Guarded,
  through: (call: Call) => Answer | string,
  sname = FILES_NAME,
): State {
  const request = {
    credential: tgt,
    sname,
    realm: 'CONTOSO.COM',
    kdcOptions: KdcOptions.forwardable | KdcOptions.canonicalize,
    till: NOW + 36_000_000,
    etypes: [18, 17],
  };
  let next = step({ name: 'idle' }, { kind: 'asked', request }, env());
  while (next.effects.length > 0) {
    const [effect] = next.effects;
    if (effect?.kind === 'asks') {
      const computed = through(effect.call);
      next =
        typeof computed === 'string'
          ? step(next.state, { kind: 'unanswered', reason: computed }, env())
          : step(next.state, { kind: 'computed', answer: computed }, env());
    } else if (effect?.kind === 'request') {
      const { bytes } = replyOf(answer(world, effect.bytes));
      next = step(next.state, { kind: 'answered', bytes }, env());
    } else throw new Error(`unexpected: ${effect?.kind}`);
  }
  return next.state;
}

function doneWith(state: State): Credential {
  if (state.name !== 'done') throw new Error(JSON.stringify(state));
  return state.credential;
}

/** Shows the ticket to the file server itself. */
function shown({ loop }: Guarded, credential: Credential) {
  const files: acceptor.Acceptor<string> = {
    realm: 'CONTOSO.COM',
    names: [FILES_NAME],
    keys: FILES_KEYS.map((key) => ({ kvno: 2, key })),
    replays: [],
    clockSkew: 300_000,
    authorize: (part) => ({ kind: 'granted', identity: part.cname.nameString.join('/') }),
  };
  let session: acceptor.State<string> = { name: 'expectApReq' };
  const request = { credential, gssFlags: FLAGS };
  let next = showing.step({ name: 'idle' }, { kind: 'asked', request }, env());
  while (next.effects.length > 0) {
    const [effect] = next.effects;
    if (effect?.kind === 'asks') {
      const computed = loop.ask(effect.call);
      next =
        typeof computed === 'string'
          ? showing.step(next.state, { kind: 'unanswered', reason: computed }, env())
          : showing.step(next.state, { kind: 'computed', answer: computed }, env());
    } else if (effect?.kind === 'send') {
      const heard: Step<acceptor.State<string>, acceptor.Effect> = acceptor.step(
        files,
        session,
        { kind: 'received', token: effect.token },
        { now: NOW, random: seededRandom(4, 'files') },
      );
      session = heard.state;
      const reply = heard.effects.find(({ kind }) => kind === 'send');
      if (reply?.kind !== 'send') throw new Error('no answer of the file server');
      next = showing.step(next.state, { kind: 'received', token: reply.token }, env());
    } else throw new Error(`unexpected: ${effect?.kind}`);
  }
  return { host: next.state, files: session };
}

s('a service’s ticket comes through the client, is shown through it, and no key is seen', () => {
  const session = guarded();
  const { loop } = session;
  const credential = doneWith(ticketOf(session, (call) => loop.ask(call)));
  assert.equal(credential.sname, FILES_NAME);
  assert.equal(credential.cname, principal(1, 'alice'));
  assert.is(credential.flags & TicketFlags.forwardable, TicketFlags.forwardable);
  assert.equal(loop.names, [
    'RemoteCallKerbNegotiateVersion',
    'RemoteCallKerbNegotiateVersion reply',
    'RemoteCallKerbComputeTgsChecksum',
    'RemoteCallKerbComputeTgsChecksum reply',
    'RemoteCallKerbCreateApReqAuthenticator',
    'RemoteCallKerbCreateApReqAuthenticator reply',
    'RemoteCallKerbUnpackKdcReplyBody',
    'RemoteCallKerbUnpackKdcReplyBody reply',
  ]);
  const { host, files } = shown(session, credential);
  if (files.name !== 'established' || host.name !== 'established') {
    throw new Error(JSON.stringify(host));
  }
  assert.is(files.session.identity, 'alice');
  assert.equal(host.context.key, files.session.context.key);
  const wire = loop.wire.map(toHex).join(' ');
  assert.not.match(wire, toHex(session.session));
  assert.not.match(JSON.stringify(credential.key.bytes), JSON.stringify(session.session));
});

s('the ticket’s own key does not come to the host either', () => {
  const session = guarded();
  const credential = doneWith(ticketOf(session, (call) => session.loop.ask(call)));
  // Sealed: confounder, encryption type, key and checksum.
  assert.is(credential.key.bytes.length, 16 + 4 + 32 + 12);
  const twin = guarded();
  const other = doneWith(ticketOf(twin, (call) => twin.loop.ask(call)));
  assert.is(shown(twin, other).host.name, 'established');
});

s('after the user has disconnected nothing can be asked, and no ticket be shown', () => {
  const session = guarded();
  const { loop } = session;
  const credential = doneWith(ticketOf(session, (call) => loop.ask(call)));
  loop.disconnect();
  const state = ticketOf(session, (call) => loop.ask(call));
  assert.equal(state, {
    name: 'failed',
    failure: { kind: 'unanswered', reason: 'the channel is closed' },
  });
  const { host, files } = shown(session, credential);
  assert.is(host.name, 'failed');
  assert.is(files.name, 'expectApReq');
});

s('a handle of somebody else’s is refused by the client', () => {
  const session = guarded();
  const tgt = { ...session.tgt, key: { etype: 18, bytes: hex`ff` } };
  const state = ticketOf({ ...session, tgt }, (call) => session.loop.ask(call));
  assert.equal(state, {
    name: 'failed',
    failure: { kind: 'unanswered', reason: 'the client answers STATUS_INVALID_HANDLE' },
  });
});

s('what the KDC refuses fails with its code', () => {
  const session = guarded();
  const nobody = principal(2, 'cifs', 'nobody.contoso.com');
  const state = ticketOf(session, (call) => session.loop.ask(call), nobody);
  if (state.name !== 'failed' || state.failure.kind !== 'refused') {
    throw new Error(JSON.stringify(state));
  }
  assert.is(errorName(state.failure.errorCode), errorName(KDC_ERR_S_PRINCIPAL_UNKNOWN));
});

s('a client that answers nonsense is not believed', () => {
  const session = guarded();
  const empty = { Pdu: 0, Asn1Buffer: null };
  const made = (call: Call): Answer => {
    if (call.tag === 0x0106) return { tag: call.tag, value: { Checksum: empty } };
    const value = { AuthenticatorTime: 0n, Authenticator: empty, KerbProtocolError: 0 };
    return { tag: 0x0103, value };
  };
  const state = ticketOf(session, made);
  assert.is(state.name === 'failed' && state.failure.kind, 'malformed');
  const other = ticketOf(session, () => ({ tag: 0x0100, value: { VersionToUse: 0 } }));
  assert.is(other.name === 'failed' && other.failure.kind, 'malformed');
});

s.run();
