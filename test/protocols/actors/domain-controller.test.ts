import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { errorName } from '../../../protocols/kerberos/error-codes.ts';
import { KrbError } from '../../../protocols/kerberos/messages.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { decode } from '../../../src/der/codec.ts';
import type { ActorEffect, ActorEvent } from '../../../src/machine/actor.ts';
import { SMALLEST, smallWorld } from './small-world.ts';

async function answers(...events: readonly ActorEvent[]): Promise<readonly ActorEffect[]> {
  const small = smallWorld({ dc1: SMALLEST.dc1 });
  for (const event of events) small.world.deliver('dc1', event);
  await small.world.run();
  return small.steps.slice(1).flatMap((step) => step.effects);
}

const FROM = { from: 'dc1', fromPort: 50_000, port: 88 } as const;

const controller = suite('domain-controller');

controller('listens where Kerberos is expected, and tells its keys', async () => {
  const small = smallWorld({ dc1: SMALLEST.dc1 });
  await small.world.run();
  assert.equal(
    small.steps[0]?.effects.map((effect) =>
      effect.kind === 'listen' ? `${effect.transport} ${effect.port}` : effect.kind,
    ),
    ['write', 'keyed', 'udp 88', 'tcp 88', 'tcp 389', 'timer'],
  );
  assert.is((small.world.view('dc1') as { realm: string }).realm, 'CORP.EXAMPLE');
});

controller('answers a stream on that stream, and says why it is too long', async () => {
  const connection = 'dc1:50000';
  const effects = await answers(
    { kind: 'accepted', connection, ...FROM },
    { kind: 'malformed', connection, reason: 'length 4294967295 is over the limit' },
  );
  const sent = effects.find((effect) => effect.kind === 'send');
  if (sent?.kind !== 'send' || sent.transport !== 'tcp') throw new Error('no answer');
  assert.is(sent.connection, connection);
  assert.is(errorName(decode(KrbError, sent.bytes).errorCode), 'KRB_ERR_FIELD_TOOLONG');
  assert.ok(effects.some((effect) => effect.kind === 'close' && effect.connection === connection));
});

controller('is silent to datagrams that are no request', async () => {
  const noise: ActorEvent = { kind: 'received', transport: 'udp', ...FROM, bytes: hex`00 01 02` };
  const effects = await answers(noise);
  assert.not.ok(effects.some((effect) => effect.kind === 'send'));
});

controller('is not asked to do anything', async () => {
  const effects = await answers({ kind: 'commanded', verb: 'opens', args: {} });
  assert.is(effects[0]?.kind, 'rejected');
});

controller.run();
