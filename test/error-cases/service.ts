/** Causes of errors that a service answers with, by their id in the catalogue. */
import { type ApRequest, step as clientStep } from '../../protocols/kerberos/ap-client.ts';
import { type Acceptor, step } from '../../protocols/kerberos/ap-server.ts';
import { NT_SRV_INST } from '../../protocols/kerberos/constants.ts';
import { GssFlags, openGssToken } from '../../protocols/kerberos/gss.ts';
import { KrbError } from '../../protocols/kerberos/messages.ts';
import { principal } from '../../protocols/kerberos/names.ts';
import { remember } from '../../protocols/kerberos/replays.ts';
import { hex } from '../../src/bytes/bytes.ts';
import { seededRandom } from '../../src/crypto/random.ts';
import { decode } from '../../src/der/codec.ts';
import { clientEnv, freshKey, NOW, REALM } from '../protocols/kerberos/forged-kdc.ts';
import {
  CIFS,
  credential,
  SERVICE,
  type TicketChanges,
} from '../protocols/kerberos/service-ticket.ts';
import { type Cases, type Outcome, outcomeOf } from './outcome.ts';

const HOUR = 3_600_000;

const ACCEPTOR: Acceptor<string> = {
  realm: REALM,
  names: [CIFS],
  keys: [{ kvno: 2, key: SERVICE }],
  replays: [],
  clockSkew: 300_000,
  authorize: (part) => ({ kind: 'granted', identity: `${part.cname.nameString}` }),
};

function token(request: Partial<ApRequest> = {}, ms = NOW): Uint8Array {
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

function presented(bytes: Uint8Array, changes: Partial<Acceptor<string>> = {}) {
  const env = { now: NOW, random: seededRandom(2, 'server') };
  const event = { kind: 'received', token: bytes } as const;
  return step({ ...ACCEPTOR, ...changes }, { name: 'expectApReq' }, event, env).effects;
}

function refused(bytes: Uint8Array, changes: Partial<Acceptor<string>> = {}): Outcome {
  const sent = presented(bytes, changes).find((effect) => effect.kind === 'send');
  const opened = sent?.kind === 'send' ? openGssToken(sent.token) : undefined;
  if (opened?.ok !== true || opened.message !== 'KRB-ERROR') throw new Error('no KRB-ERROR');
  return outcomeOf(decode(KrbError, opened.bytes));
}

const ticket = (changes: TicketChanges): Outcome =>
  refused(token({ credential: credential(changes) }));

function replayed(): Outcome {
  const bytes = token();
  const [first] = presented(bytes);
  if (first?.kind !== 'remember') throw new Error('nothing to remember');
  return refused(bytes, { replays: remember([], first.authentication, NOW, 300_000) });
}

export const SERVICE_CASES: Cases = {
  'ap-authenticator-key': () =>
    refused(token({ credential: { ...credential(), key: freshKey(18) } })),
  'ap-ticket-expired': () => ticket({ part: { endtime: NOW - HOUR } }),
  'ap-ticket-starts-later': () => ticket({ part: { starttime: NOW + HOUR } }),
  'ap-authenticator-replayed': replayed,
  'ap-ticket-for-another': () =>
    ticket({ sname: principal(NT_SRV_INST, 'cifs', 'other.corp.example') }),
  'ap-client-differs': () =>
    refused(token({ credential: { ...credential(), cname: principal(1, 'mallory') } })),
  'ap-clock': () => refused(token({}, NOW + HOUR)),
  'ap-nonsense': () => refused(hex`60 03 06 01 00`),
  'ap-ticket-key': () => ticket({ key: freshKey(18) }),
  'ap-kvno': () => ticket({ kvno: 3 }),
  'ap-etype': () => ticket({ key: freshKey(17) }),
};
