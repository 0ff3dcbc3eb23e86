import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  begun,
  heard,
  NOTHING_ASKED,
  type PassThrough,
  type PassThroughOptions,
} from '../../../protocols/actors/pass-through.ts';
import {
  STATUS_NO_LOGON_SERVERS,
  STATUS_WRONG_PASSWORD,
} from '../../../protocols/kerberos/ntstatus.ts';
import { readSamLogonRequest, samLogonReply } from '../../../protocols/netlogon/messages.ts';
import { hex, utf8 } from '../../../src/bytes/bytes.ts';
import type { ActorEvent } from '../../../src/machine/actor.ts';

const s = suite('pass-through');

const OPTIONS: PassThroughOptions = {
  computerName: 'FILES',
  controllers: ['dc1', 'dc2'],
  waitTime: 10_000,
};

const LOGON = {
  userName: 'alice',
  domainName: 'CORP',
  workstation: 'LAPTOP',
  serverChallenge: hex`0123456789abcdef`,
  ntResponse: utf8('response'),
  lmResponse: new Uint8Array(24),
};

function received(connection: string, bytes: Uint8Array): ActorEvent {
  const where = { transport: 'tcp', from: 'dc1', fromPort: 1, port: 2 } as const;
  return { kind: 'received', ...where, connection, bytes };
}

function next(state: PassThrough, event: ActorEvent) {
  const asking = heard(state, OPTIONS, event);
  if (asking === undefined) throw new Error(`${event.kind} is about none of the questions`);
  return asking;
}

s('asks the first domain controller with what the client sent', () => {
  const first = begun(NOTHING_ASKED, OPTIONS, 'client', LOGON);
  const [timer, connect] = first.effects;
  assert.ok(timer?.kind === 'timer' && timer.ms === 10_000);
  assert.ok(connect?.kind === 'connect' && connect.to === 'dc1');
  const { connection } = connect;
  const asked = next(first.passThrough, { kind: 'connected', connection });
  const [sent] = asked.effects;
  assert.ok(sent?.kind === 'send');
  const read = readSamLogonRequest(sent.bytes);
  assert.ok(read.kind === 'request');
  assert.equal(read.request, { logonServer: 'DC1', computerName: 'FILES', logon: LOGON });
  const denied = samLogonReply({ kind: 'denied', status: STATUS_WRONG_PASSWORD });
  const answered = next(asked.passThrough, received(connection, denied));
  assert.is(answered.judged?.asker, 'client');
  const { verdict } = answered.judged as NonNullable<typeof answered.judged>;
  assert.ok(verdict.kind === 'denied' && verdict.status === STATUS_WRONG_PASSWORD);
  assert.equal(answered.passThrough.questions, []);
  assert.equal(
    answered.effects.map(({ kind }) => kind),
    ['cancel', 'close'],
  );
});

s('asks the next one where the first cannot be reached, and says so where none can', () => {
  const first = begun(NOTHING_ASKED, OPTIONS, 'client', LOGON);
  const closed = { kind: 'closed', connection: 'netlogon/0', reason: 'unreachable' } as const;
  const second = next(first.passThrough, closed);
  const connect = second.effects.find(({ kind }) => kind === 'connect');
  assert.ok(connect?.kind === 'connect' && connect.to === 'dc2');
  assert.is(second.judged, undefined);
  const last = next(second.passThrough, { kind: 'expired', timer: connect.connection });
  const { verdict } = last.judged as NonNullable<typeof last.judged>;
  assert.ok(verdict.kind === 'denied' && verdict.status === STATUS_NO_LOGON_SERVERS);
  assert.ok(last.effects.some((effect) => effect.kind === 'close'));
});

s('an answer that is none lets nobody in', () => {
  const first = begun(NOTHING_ASKED, OPTIONS, 'client', LOGON);
  const answered = next(first.passThrough, received('netlogon/0', utf8('nonsense')));
  const { verdict } = answered.judged as NonNullable<typeof answered.judged>;
  assert.ok(verdict.kind === 'denied');
  assert.match(verdict.reason, /malformed/);
});

s('what is about others is passed over', () => {
  const { passThrough } = begun(NOTHING_ASKED, OPTIONS, 'client', LOGON);
  const closed = { kind: 'closed', connection: 'netlogon/7', reason: 'closed' } as const;
  assert.is(heard(passThrough, OPTIONS, closed), undefined);
  assert.is(heard(passThrough, OPTIONS, { kind: 'started' }), undefined);
});

s.run();
