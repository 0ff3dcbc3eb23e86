import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  abandon,
  begin,
  concerns,
  type HttpCall,
  type State,
  step,
} from '../../../protocols/http/client.ts';
import {
  encodeRequest,
  encodeResponse,
  request,
  response,
} from '../../../protocols/http/messages.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import type { ActorEffect, ActorEvent } from '../../../src/machine/actor.ts';
import { playbook } from '../../playbook.ts';

const CALL: HttpCall = {
  id: 'crl-0',
  to: 'ca1',
  port: 80,
  request: request('GET', 'pki.corp.example', '/ca.crl'),
};

function begun(changes: Partial<HttpCall> = {}) {
  const { state, effects } = begin({ ...CALL, ...changes });
  const book = playbook<State, ActorEvent, ActorEffect, { now: number; random: () => Uint8Array }>(
    (before, event) => step(before, event),
    state,
    () => ({ now: 0, random: () => new Uint8Array(0) }),
  );
  return { book, effects };
}

const CONNECTED: ActorEvent = { kind: 'connected', connection: 'crl-0' };
const CLOSED: ActorEvent = { kind: 'closed', connection: 'crl-0', reason: 'refused' };
const EXPIRED: ActorEvent = { kind: 'expired', timer: 'crl-0' };
const received = (bytes: Uint8Array): ActorEvent => ({
  kind: 'received',
  transport: 'tcp',
  from: 'ca1',
  fromPort: 80,
  port: 50_001,
  connection: 'crl-0',
  bytes,
});
const UNDONE = [
  { kind: 'cancel', timer: 'crl-0' },
  { kind: 'close', connection: 'crl-0' },
] as const;

const failure = (state: State): readonly string[] =>
  state.name === 'failed' ? [state.error, state.reason] : [state.name];

const s = suite('http/client');

s('connects, sends, and ends with the response', () => {
  const { book, effects } = begun({ message: 'CRL request', timeout: 5_000 });
  assert.equal(effects, [
    { kind: 'timer', timer: 'crl-0', ms: 5_000 },
    { kind: 'connect', connection: 'crl-0', to: 'ca1', port: 80, framing: 'http' },
  ]);
  book
    .on(CONNECTED)
    .emits({
      kind: 'send',
      connection: 'crl-0',
      message: 'CRL request',
      bytes: encodeRequest(CALL.request),
    })
    .ends('expectResponse')
    .on(received(utf8('HTTP/1.1 100 Continue\r\n\r\n')))
    .emits()
    .on(received(encodeResponse(response(200, {}, utf8('crl')))))
    .emits(...UNDONE)
    .ends('answered')
    .on(CLOSED)
    .emits()
    .on(EXPIRED)
    .emits({ kind: 'rejected', state: 'answered' });
  assert.equal(book.state.name === 'answered' && book.state.response.body, utf8('crl'));
});

s('says in the words of WinHTTP why nothing came', () => {
  const cases: readonly (readonly [readonly ActorEvent[], string, string])[] = [
    [
      [CLOSED],
      'ERROR_WINHTTP_CANNOT_CONNECT',
      'ca1: the connection is refused (ERROR_WINHTTP_CANNOT_CONNECT, 12029)',
    ],
    [[EXPIRED], 'ERROR_WINHTTP_TIMEOUT', 'ca1: no connection (ERROR_WINHTTP_TIMEOUT, 12002)'],
    [
      [CONNECTED, EXPIRED],
      'ERROR_WINHTTP_TIMEOUT',
      'ca1: no response (ERROR_WINHTTP_TIMEOUT, 12002)',
    ],
    [
      [CONNECTED, CLOSED],
      'ERROR_WINHTTP_CONNECTION_ERROR',
      'ca1: closed before the response came (ERROR_WINHTTP_CONNECTION_ERROR, 12030)',
    ],
    [
      [CONNECTED, received(utf8('x'))],
      'ERROR_WINHTTP_INVALID_SERVER_RESPONSE',
      'ca1: the message is not whole (ERROR_WINHTTP_INVALID_SERVER_RESPONSE, 12152)',
    ],
    [
      [CONNECTED, { kind: 'malformed', connection: 'crl-0', reason: 'odd (400)' }],
      'ERROR_WINHTTP_INVALID_SERVER_RESPONSE',
      'ca1: odd (400) (ERROR_WINHTTP_INVALID_SERVER_RESPONSE, 12152)',
    ],
  ];
  for (const [events, error, reason] of cases) {
    const { book } = begun();
    for (const event of events) book.on(event);
    book.emits(...UNDONE).ends('failed');
    assert.equal(failure(book.state), [error, reason]);
  }
});

s('takes only what belongs to it, and leaves nothing behind', () => {
  assert.ok(concerns(CALL, CONNECTED) && concerns(CALL, EXPIRED) && concerns(CALL, CLOSED));
  assert.not(concerns(CALL, { kind: 'connected', connection: 'crl-1' }));
  assert.not(concerns(CALL, { kind: 'expired', timer: 'crl-1' }));
  assert.not(concerns(CALL, { kind: 'started' }));
  const { book } = begun();
  assert.equal(abandon(book.state), UNDONE);
  book.on(CONNECTED).on({ kind: 'started' }).emits({ kind: 'rejected', got: 'started' });
  assert.equal(abandon(book.state), UNDONE);
  book.on(EXPIRED);
  assert.equal(abandon(book.state), []);
});

s.run();
