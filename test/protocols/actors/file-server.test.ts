import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gssToken, openGssToken } from '../../../protocols/kerberos/gss.ts';
import { KrbError } from '../../../protocols/kerberos/messages.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { decode } from '../../../src/der/codec.ts';
import type { ActorEffect, ActorEvent } from '../../../src/machine/actor.ts';
import { SMALLEST, type SmallWorld, smallWorld } from './small-world.ts';

const server = suite('file-server');

const QUIET = { ...SMALLEST, laptop: { ...SMALLEST.laptop, signsInAtStart: false } } as const;
const CIFS = 'cifs/files.corp.example';

async function opened(options = {}): Promise<SmallWorld> {
  const small = smallWorld(QUIET, options);
  small.command('alice', 'enters', { enters: 'password', value: 'Passw0rd!', on: 'laptop' });
  small.command('laptop', 'opens', { opens: CIFS }, 1_000);
  await small.world.run();
  return small;
}

/** What the file server did last. */
function lastEffects(small: SmallWorld): readonly ActorEffect[] {
  return small.steps.findLast((step) => step.actor === 'files')?.effects ?? [];
}

/** Says something on a new connection, as anybody could. */
async function said(small: SmallWorld, token: Uint8Array): Promise<readonly ActorEffect[]> {
  const connection = 'stranger:50000';
  const common = { connection, from: 'alice', fromPort: 50_000, port: 445 };
  small.world.deliver('files', { kind: 'accepted', ...common });
  await small.world.run();
  const received: ActorEvent = { kind: 'received', transport: 'tcp', ...common, bytes: token };
  small.world.deliver('files', received);
  await small.world.run();
  return lastEffects(small);
}

server('knows who is in, until they go', async () => {
  const small = await opened();
  const { sessions } = small.world.view('files') as {
    sessions: readonly Readonly<Record<string, unknown>>[];
  };
  assert.is(sessions.length, 1);
  assert.is(sessions[0]?.client, 'alice@CORP.EXAMPLE');
  assert.is(sessions[0]?.name, 'CORP\\alice');
  assert.is(small.world.stateName('files'), 'sessionOpen');
  small.command('laptop', 'signsOut', { signsOut: 'user' }, 60_000);
  await small.world.run();
  assert.is(small.world.stateName('files'), 'ready');
  assert.equal((small.world.view('files') as { sessions: unknown }).sessions, []);
});

server('refuses an AP-REQ that it has seen before', async () => {
  const small = await opened();
  const sent = small.steps
    .flatMap((step) => step.effects)
    .find((effect) => effect.kind === 'send' && effect.message === 'AP-REQ');
  if (sent?.kind !== 'send') throw new Error('no AP-REQ');
  const [note, answer] = await said(small, sent.bytes);
  assert.is(
    note?.kind === 'note' && note.text,
    'KRB_AP_ERR_REPEAT: the authenticator was used before',
  );
  assert.is(answer?.kind === 'send' && answer.message, 'KRB-ERROR');
});

server('answers nonsense with KRB_AP_ERR_MSG_TYPE and goes on', async () => {
  const small = await opened();
  for (const token of [hex`00`, hex`60 00`, gssToken('AP-REQ', hex`6e 82 ff ff`)]) {
    const answer = (await said(small, token)).find((effect) => effect.kind === 'send');
    if (answer?.kind !== 'send') throw new Error('no answer');
    const error = openGssToken(answer.bytes);
    assert.is(error.ok && decode(KrbError, error.bytes).errorCode, 40);
  }
  assert.is(small.world.stateName('files'), 'sessionOpen', 'alice is still in');
});

server('lets a client with a wrong clock try again, when it learns from the error', async () => {
  // The file server's clock is the wrong one: the KDC did not teach the laptop anything.
  const small = await opened({ skews: { files: 600_000 } });
  assert.is(small.world.stateName('files'), 'sessionOpen');
  const tokens = small.sent().filter((line) => line.startsWith('files') || line.endsWith('AP-REQ'));
  assert.equal(tokens, ['laptop AP-REQ', 'files KRB-ERROR', 'laptop AP-REQ', 'files AP-REP']);
  const view = small.world.view('laptop') as { clockOffset: number };
  assert.is(view.clockOffset, 0, 'a service’s clock is not the KDC’s');
});

server('closes a stream that its framing refused', async () => {
  const small = await opened();
  const connection = 'stranger:50000';
  const event: ActorEvent = { kind: 'malformed', connection, reason: 'too long' };
  small.world.deliver('files', event);
  await small.world.run();
  assert.equal(lastEffects(small), [{ kind: 'close', connection }]);
});

server.run();
