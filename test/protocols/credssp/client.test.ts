import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TSRequest } from '../../../protocols/credssp/messages.ts';
import { STATUS_LOGON_FAILURE } from '../../../protocols/kerberos/ntstatus.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import {
  type CLIENT,
  PUBLIC_KEY,
  playClient,
  playServer,
  sent,
  verdictFor,
} from './conversation.ts';
import { begun } from './ntlm-context.ts';

const s = suite('credssp/client');

const received = (bytes: Uint8Array) => ({ kind: 'received', bytes }) as const;

/** A client that has proved itself to the server, and the server's answer. */
function answered(config: Partial<typeof CLIENT> = {}) {
  const there = playServer();
  const here = playClient(config).on({ kind: 'context', event: begun() });
  there.on(received(sent(here.effects)));
  here.on(received(sent(there.effects)));
  there.on(received(sent(here.effects)));
  there.on({ kind: 'context', event: verdictFor(there.effects) });
  return { there, here };
}

s('the nonce goes along from the first request on', () => {
  const here = playClient().on({ kind: 'context', event: begun() }).ends('expectToken');
  const first = decode(TSRequest, sent(here.effects));
  assert.is(first.version, 6);
  assert.is(first.clientNonce?.length, 32);
  const old = playClient({ version: 4 }).on({ kind: 'context', event: begun() });
  assert.is(decode(TSRequest, sent(old.effects)).clientNonce, undefined);
});

s('the last token and the proof are one request', () => {
  const there = playServer();
  const here = playClient().on({ kind: 'context', event: begun() });
  there.on(received(sent(here.effects)));
  here.on(received(sent(there.effects))).ends('expectPubKeyAuth');
  const { negoTokens, pubKeyAuth, clientNonce } = decode(TSRequest, sent(here.effects));
  assert.is(negoTokens?.length, 1);
  assert.is(pubKeyAuth?.length, 48);
  assert.is(clientNonce?.length, 32);
});

s('no credentials leave when the server cannot prove the key', () => {
  const { there, here } = answered();
  const answer = decode(TSRequest, sent(there.effects));
  for (const at of [0, 4, 12, 16, 47]) {
    const pubKeyAuth = (answer.pubKeyAuth as Uint8Array).slice();
    pubKeyAuth[at] = (pubKeyAuth[at] as number) ^ 1;
    const fresh = answered().here.on(received(encode(TSRequest, { ...answer, pubKeyAuth })));
    fresh.ends('failed').emits({ kind: 'note' }, { kind: 'close' });
  }
  here.on(received(sent(there.effects))).ends('done');
  assert.ok(decode(TSRequest, sent(here.effects)).authInfo !== undefined);
});

s('no credentials leave where TLS ends at somebody else', () => {
  // Whoever is in between has a key of its own, and passes on what both ends say.
  const { there, here } = answered({ publicKey: hex`3003020105` });
  there.ends('failed');
  assert.not.equal(PUBLIC_KEY, hex`3003020105`);
  here.on(received(sent(there.effects))).ends('failed');
});

s('the code of a server that refuses is kept', () => {
  const here = playClient().on({ kind: 'context', event: begun() });
  here.on(received(encode(TSRequest, { version: 6, errorCode: STATUS_LOGON_FAILURE })));
  here.ends('failed').emits({ kind: 'note' }, { kind: 'close' });
  const { state } = here;
  assert.is(state.name === 'failed' ? state.status : undefined, STATUS_LOGON_FAILURE);
});

s('a server that leaves out what is due is left', () => {
  for (const bytes of [hex`3005a003020106`, hex`30`, hex`3005a003020101`]) {
    playClient().on({ kind: 'context', event: begun() }).on(received(bytes)).ends('failed');
    answered().here.on(received(bytes)).ends('failed');
  }
});

s.run();
