import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  abandon,
  begin,
  concerns,
  type LdapSession,
  type State,
  step,
} from '../../../protocols/ldap/client.ts';
import { equality, type Operation, present } from '../../../protocols/ldap/client-operations.ts';
import { LdapMessage, type ProtocolOp } from '../../../protocols/ldap/messages.ts';
import { fromUtf8, hex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/der/codec.ts';
import type { ActorEffect, ActorEvent } from '../../../src/machine/actor.ts';
import { playbook } from '../../playbook.ts';
import { ldapClient, ldapDomain, PASSWORD } from './ldap-domain.ts';

const BASE = 'DC=corp,DC=example';
const ADMINISTRATOR = { name: 'CORP\\Administrator', password: PASSWORD };

const session = (operations: readonly Operation[], changes: Partial<LdapSession> = {}) => ({
  id: 'ldap-0',
  to: 'dc1',
  bind: ADMINISTRATOR,
  operations,
  ...changes,
});

function begun(wanted: LdapSession) {
  const { state, effects } = begin(wanted);
  const book = playbook<State, ActorEvent, ActorEffect, { now: number; random: () => Uint8Array }>(
    (before, event) => step(before, event),
    state,
    () => ({ now: 0, random: () => new Uint8Array(0) }),
  );
  return { book, effects };
}

const received = (bytes: Uint8Array): ActorEvent => ({
  kind: 'received',
  transport: 'tcp',
  from: 'dc1',
  fromPort: 389,
  port: 50_001,
  connection: 'ldap-0',
  bytes,
});
const answer = (messageID: number, protocolOp: ProtocolOp): ActorEvent =>
  received(encode(LdapMessage, { messageID, protocolOp }));
const CONNECTED: ActorEvent = { kind: 'connected', connection: 'ldap-0' };
const CLOSED: ActorEvent = { kind: 'closed', connection: 'ldap-0', reason: 'refused' };
const EXPIRED: ActorEvent = { kind: 'expired', timer: 'ldap-0' };
const UNDONE = [
  { kind: 'cancel', timer: 'ldap-0' },
  { kind: 'close', connection: 'ldap-0' },
] as const;
const BOUND = answer(1, {
  bindResponse: { resultCode: 0, matchedDN: '', diagnosticMessage: '' },
});

/** A conversation with the directory of the tests. */
function conversation(wanted: LdapSession): State {
  const server = ldapClient(ldapDomain());
  const { book } = begun(wanted);
  const waiting: ActorEvent[] = [CONNECTED];
  for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
    book.on(event);
    for (const effect of book.effects) {
      if (effect.kind !== 'send') continue;
      for (const reply of server.raw(effect.bytes)) {
        if (reply.kind === 'send') waiting.push(received(reply.bytes));
      }
    }
  }
  return book.state;
}

const reasonOf = (state: State): string | undefined =>
  state.name === 'failed' ? state.reason : undefined;

const s = suite('ldap/client');

s('binds, searches, adds, modifies, deletes and unbinds with a real directory', () => {
  const dn = `CN=Carol,CN=Users,${BASE}`;
  const search: Operation = {
    kind: 'search',
    base: BASE,
    filter: { and: [equality('objectClass', 'user'), equality('sAMAccountName', 'carol')] },
    attributes: ['displayName', 'objectSid'],
  };
  const state = conversation(
    session([
      {
        kind: 'add',
        dn,
        attributes: { objectClass: ['user'], sAMAccountName: ['carol'], displayName: ['Carol'] },
      },
      search,
      {
        kind: 'modify',
        dn,
        changes: [{ operation: 'replace', attribute: 'displayName', values: ['Carol Example'] }],
      },
      search,
      { kind: 'modify', dn, changes: [{ operation: 'delete', attribute: 'mail', values: [] }] },
      { kind: 'delete', dn },
      search,
    ]),
  );
  assert.is(reasonOf(state), undefined);
  if (state.name !== 'done') throw new Error(state.name);
  const results = state.results.map(({ result }) => result);
  assert.equal(results, [
    'success',
    'success',
    'success',
    'success',
    'noSuchAttribute',
    'success',
    'success',
  ]);
  const shown = state.results.map(({ entries }) =>
    entries.map(({ attributes }) => fromUtf8(attributes.displayName?.[0] ?? hex``)),
  );
  assert.equal(shown, [[], ['Carol'], [], ['Carol Example'], [], [], []]);
  assert.is(state.results[1]?.entries[0]?.dn, dn);
  assert.is(state.results[1]?.entries[0]?.attributes.objectSid?.[0]?.length, 28);
  assert.match(state.results[4]?.message ?? '', 'AtrErr');
});

s('pages of a search are one list', () => {
  const wanted = (pageSize?: number): Operation => ({
    kind: 'search',
    base: BASE,
    filter: present('objectClass'),
    attributes: ['cn'],
    ...(pageSize === undefined ? {} : { pageSize }),
  });
  const state = conversation(session([wanted(7), wanted()]));
  if (state.name !== 'done') throw new Error(reasonOf(state));
  const [paged, whole] = state.results.map(({ entries }) => entries.map(({ dn }) => dn));
  assert.equal(paged, whole);
  assert.ok((whole?.length ?? 0) > 50);
});

s('a refused bind ends it, with the result code’s name', () => {
  const state = conversation(session([], { bind: { name: 'CORP\\x', password: 'y' } }));
  if (state.name !== 'failed') throw new Error(state.name);
  assert.is(state.result, 'invalidCredentials');
  assert.match(state.reason, /^dc1: the bind as CORP\\x is refused: invalidCredentials \(80090308/);
});

s('each answer has its own time, and the end undoes everything', () => {
  const { book, effects } = begun(session([], { timeout: 5_000 }));
  assert.equal(effects, [
    { kind: 'timer', timer: 'ldap-0', ms: 5_000 },
    { kind: 'connect', connection: 'ldap-0', to: 'dc1', port: 389, framing: 'ldap' },
  ]);
  book
    .on(CONNECTED)
    .emits({ kind: 'send', message: 'LDAP BindRequest' }, { kind: 'timer', ms: 5_000 })
    .ends('expectBind');
  assert.equal(abandon(book.state), UNDONE);
  book
    .on(BOUND)
    .emits({ kind: 'send', message: 'LDAP UnbindRequest' }, ...UNDONE)
    .ends('done')
    .on(CLOSED)
    .emits();
  assert.equal(abandon(book.state), []);
  const anonymous = begin({ id: 'ldap-0', to: 'dc1', operations: [] });
  assert.is(step(anonymous.state, CONNECTED).state.name, 'done');
});

s('says why there was no conversation', () => {
  const done = { resultCode: 0, matchedDN: '', diagnosticMessage: '' };
  const cases: readonly (readonly [readonly ActorEvent[], string])[] = [
    [[CLOSED], 'dc1: the connection is refused'],
    [[EXPIRED], 'dc1: no connection'],
    [[CONNECTED, EXPIRED], 'dc1: no answer'],
    [[CONNECTED, CLOSED], 'dc1: closed before the answer came'],
    [[CONNECTED, { kind: 'malformed', connection: 'ldap-0', reason: 'odd' }], 'dc1: odd'],
    [[CONNECTED, answer(2, { bindResponse: done })], 'dc1: an answer to message 2, asked was 1'],
    [[CONNECTED, answer(1, { addResponse: done })], 'dc1: unexpected AddResponse'],
    [[CONNECTED, BOUND, answer(2, { addResponse: done })], 'dc1: unexpected AddResponse'],
    [
      [CONNECTED, answer(0, { extendedResp: { ...done, resultCode: 52 } })],
      'dc1: notice of disconnection: unavailable',
    ],
  ];
  const search: Operation = {
    kind: 'search',
    base: '',
    scope: 'baseObject',
    filter: present('objectClass'),
    attributes: [],
  };
  for (const [events, reason] of cases) {
    const { book } = begun(session([search]));
    for (const event of events) book.on(event);
    book.emits(...UNDONE).ends('failed');
    assert.is(reasonOf(book.state), reason);
  }
  const { book } = begun(session([search]));
  book.on(CONNECTED).on(received(hex`30 03 02 01 05`));
  assert.match(reasonOf(book.state) ?? '', /^dc1: no LDAPMessage/);
});

s('takes only what belongs to it', () => {
  const own = session([]);
  assert.ok(concerns(own, CONNECTED) && concerns(own, EXPIRED) && concerns(own, CLOSED));
  assert.not(concerns(own, { kind: 'connected', connection: 'ldap-1' }));
  assert.not(concerns(own, { kind: 'started' }));
});

s.run();
