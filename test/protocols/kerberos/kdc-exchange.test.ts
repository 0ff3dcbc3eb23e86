import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  KDC_ERR_PREAUTH_REQUIRED,
  KDC_ERR_SVC_UNAVAILABLE,
  KRB_ERR_RESPONSE_TOO_BIG,
} from '../../../protocols/kerberos/error-codes.ts';
import {
  abandon,
  begin,
  concerns,
  type KdcRequest,
  type State,
  step,
  WINDOWS_KDC_EXCHANGE,
} from '../../../protocols/kerberos/kdc-exchange.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import type { ActorEffect, ActorEvent } from '../../../src/machine/actor.ts';
import { playbook } from '../../playbook.ts';
import { krbError } from './forged-kdc.ts';

const REQUEST: KdcRequest = {
  id: 'krb-0.0',
  realm: 'CORP.EXAMPLE',
  kdcs: ['dc1', 'dc2'],
  port: 88,
  localPort: 50_000,
  message: 'AS-REQ',
  bytes: new Uint8Array(200),
  options: WINDOWS_KDC_EXCHANGE,
};
const UDP = { ...WINDOWS_KDC_EXCHANGE, udpPreferenceLimit: 1_465 };
const REPLY = hex`6b 03 02 01 05`;

function begun(changes: Partial<KdcRequest> = {}) {
  const { state, effects } = begin({ ...REQUEST, ...changes });
  const book = playbook<State, ActorEvent, ActorEffect, { now: number; random: () => Uint8Array }>(
    (before, event) => step(before, event),
    state,
    () => ({ now: 0, random: () => hex`` }),
  );
  return { book, effects };
}

const datagram = (bytes: Uint8Array, from = 'dc1'): ActorEvent => ({
  kind: 'received',
  transport: 'udp',
  from,
  fromPort: 88,
  port: REQUEST.localPort,
  bytes,
});
const message = (connection: string, bytes: Uint8Array): ActorEvent => ({
  ...(datagram(bytes) as Extract<ActorEvent, { kind: 'received' }>),
  transport: 'tcp',
  connection,
});
const closed = (
  connection: string,
  reason: 'refused' | 'unreachable' | 'closed' = 'refused',
): ActorEvent => ({ kind: 'closed', connection, reason });
const EXPIRED: ActorEvent = { kind: 'expired', timer: REQUEST.id };
const FIRST = 'krb-0.0/0.0';

const exchange = suite('kdc-exchange');

exchange('goes by TCP at once, as Windows does', () => {
  const { book, effects } = begun();
  assert.equal(effects, [
    { kind: 'timer', timer: 'krb-0.0', ms: 5_000 },
    { kind: 'connect', connection: FIRST, to: 'dc1', port: 88, framing: 'kerberos-tcp' },
  ]);
  book
    .on({ kind: 'connected', connection: FIRST })
    .emits({ kind: 'send', transport: 'tcp', connection: FIRST, message: 'AS-REQ' })
    .ends('expectReply')
    .on(message(FIRST, REPLY))
    .emits({ kind: 'cancel', timer: 'krb-0.0' }, { kind: 'close', connection: FIRST })
    .ends('answered');
  assert.equal(book.state, { name: 'answered', bytes: REPLY, kdc: 'dc1' });
});

exchange('goes by UDP first where it may, and believes only the KDC it asked', () => {
  const { book, effects } = begun({ options: UDP });
  assert.is(effects[1]?.kind === 'send' && effects[1].transport, 'udp');
  book
    .on(datagram(REPLY, 'mallory'))
    .emits()
    .ends('expectDatagram')
    .on(datagram(hex`00 01`))
    .emits()
    .ends('expectDatagram')
    .on(datagram(krbError(KDC_ERR_PREAUTH_REQUIRED)))
    .emits({ kind: 'cancel' })
    .ends('answered');
  const long = begun({ options: UDP, bytes: new Uint8Array(1_466) });
  assert.is(long.effects[1]?.kind, 'connect');
});

exchange('repeats by TCP what does not fit a datagram', () => {
  begun({ options: UDP })
    .book.on(datagram(krbError(KRB_ERR_RESPONSE_TOO_BIG)))
    .emits({ kind: 'connect', to: 'dc1' })
    .ends('expectConnection');
});

exchange('waits longer each time, changes to TCP and to the next KDC, and gives up', () => {
  const { book } = begun({ options: UDP });
  book
    .on(EXPIRED)
    .emits({ kind: 'timer', ms: 15_000 }, { kind: 'connect', to: 'dc2' })
    .on(EXPIRED)
    .emits({ kind: 'close' }, { kind: 'timer', ms: 25_000 }, { kind: 'connect', to: 'dc1' })
    .on(EXPIRED)
    .emits({ kind: 'close' }, { kind: 'cancel' })
    .ends('failed');
  assert.equal(book.state, {
    name: 'failed',
    reason:
      'no KDC of CORP.EXAMPLE answered (dc1: no answer by UDP; dc2: no connection; dc1: no connection)',
  });
});

exchange('asks the next KDC at once when one refuses, and waits when all have', () => {
  begun()
    .book.on(closed(FIRST))
    .emits({ kind: 'connect', connection: 'krb-0.0/0.1', to: 'dc2' })
    .on({ kind: 'connected', connection: 'krb-0.0/0.1' })
    .on(closed('krb-0.0/0.1', 'closed'))
    .emits()
    .ends('expectRetry')
    .on(closed('krb-0.0/0.1'))
    .emits()
    .on(EXPIRED)
    .emits({ kind: 'timer', ms: 15_000 }, { kind: 'connect', to: 'dc2' });
});

exchange('passes over a KDC that is unavailable or no KDC at all', () => {
  const unavailable = krbError(KDC_ERR_SVC_UNAVAILABLE);
  for (const bytes of [unavailable, hex`16 03 01`]) {
    begun()
      .book.on({ kind: 'connected', connection: FIRST })
      .on(message(FIRST, bytes))
      .emits({ kind: 'close', connection: FIRST }, { kind: 'connect', to: 'dc2' });
  }
  begun({ options: UDP })
    .book.on(datagram(unavailable))
    .emits({ kind: 'send', transport: 'udp', to: 'dc2' });
  begun()
    .book.on({ kind: 'connected', connection: FIRST })
    .on({ kind: 'malformed', connection: FIRST, reason: 'too long' })
    .emits({ kind: 'close', connection: FIRST }, { kind: 'connect', to: 'dc2' });
});

exchange('does not wait for another attempt after the last', () => {
  const once = { ...WINDOWS_KDC_EXCHANGE, kdcSendRetries: 1 };
  const { book } = begun({ kdcs: ['dc1'], options: once });
  book.on(closed(FIRST, 'unreachable')).emits({ kind: 'cancel' }).ends('failed');
  assert.equal(begin({ ...REQUEST, kdcs: [] }), {
    state: { name: 'failed', reason: 'no KDC of CORP.EXAMPLE is known' },
    effects: [],
  });
});

exchange('knows its events, and undoes what it began', () => {
  assert.ok(concerns(REQUEST, EXPIRED));
  assert.ok(concerns(REQUEST, datagram(REPLY)));
  assert.ok(concerns(REQUEST, closed(FIRST)));
  assert.not.ok(concerns(REQUEST, closed('krb-0.01/0.0')));
  assert.not.ok(concerns(REQUEST, { kind: 'expired', timer: 'krb-1.0' }));
  assert.not.ok(concerns(REQUEST, { kind: 'started' }));
  assert.equal(abandon(begun().book.state), [
    { kind: 'cancel', timer: 'krb-0.0' },
    { kind: 'close', connection: FIRST },
  ]);
  assert.equal(abandon(begun({ options: UDP }).book.state), [{ kind: 'cancel', timer: 'krb-0.0' }]);
});

exchange('is not disturbed by what comes too late', () => {
  begun({ options: UDP })
    .book.on(EXPIRED)
    .ends('expectConnection')
    .on(datagram(REPLY))
    .emits()
    .ends('expectConnection')
    .on({ kind: 'connected', connection: 'krb-0.0/1.0' })
    .on(datagram(REPLY))
    .emits()
    .ends('expectReply');
});

exchange('rejects events out of turn', () => {
  begun()
    .book.on(message(FIRST, REPLY))
    .emits({ kind: 'rejected', state: 'expectConnection', got: 'received' })
    .ends('expectConnection');
});

exchange.run();
