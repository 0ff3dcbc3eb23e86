import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TSRequest } from '../../../protocols/credssp/messages.ts';
import {
  STATUS_LOGON_FAILURE,
  STATUS_NOT_SUPPORTED,
} from '../../../protocols/kerberos/ntstatus.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { CLIENT, playClient, playServer, sent, verdictFor } from './conversation.ts';
import { begun } from './ntlm-context.ts';

const s = suite('credssp/server');

const received = (bytes: Uint8Array) => ({ kind: 'received', bytes }) as const;
const requestIn = (effects: readonly { readonly kind: string }[]): TSRequest =>
  decode(TSRequest, sent(effects));

/** Up to the client's AUTHENTICATE_MESSAGE, which the server has judged. */
function authenticated(
  { server = 6, client = 6, password = 'Pa55word!' } = {},
  spoil: (request: TSRequest) => TSRequest = (request) => request,
) {
  const there = playServer({ version: server });
  const here = playClient({ version: client }).on({ kind: 'context', event: begun(password) });
  there.on(received(sent(here.effects))).ends('expectToken');
  here.on(received(sent(there.effects))).ends('expectPubKeyAuth');
  const last = spoil(requestIn(here.effects));
  there.on(received(encode(TSRequest, last))).ends('expectContext');
  there.on({ kind: 'context', event: verdictFor(there.effects) });
  return { there, here };
}

for (const server of [2, 3, 4, 5, 6]) {
  for (const client of [2, 3, 4, 5, 6]) {
    s(`a server of version ${server} and a client of version ${client}`, () => {
      const { there, here } = authenticated({ server, client });
      there.ends('expectAuthInfo').emits({ kind: 'send' });
      const answer = requestIn(there.effects);
      assert.is(answer.version, server);
      assert.is(answer.negoTokens, undefined);
      here.on(received(sent(there.effects))).ends('done');
      there
        .on(received(sent(here.effects)))
        .emits()
        .ends('done');
      const { state } = there;
      assert.ok(state.name === 'done');
      if (state.name === 'done') assert.equal(state.credentials, CLIENT.credentials);
    });
  }
}

for (const [version, told] of [
  [2, false],
  [3, true],
  [4, true],
  [5, false],
  [6, true],
] as const) {
  s(`a wrong password is told to a client of version ${version}: ${told}`, () => {
    const { there } = authenticated({ client: version, password: 'wrong' });
    there.ends('failed');
    if (told) {
      there.emits({ kind: 'note' }, { kind: 'send' }, { kind: 'close' });
      assert.equal(requestIn(there.effects), { version: 6, errorCode: STATUS_LOGON_FAILURE });
    } else there.emits({ kind: 'note' }, { kind: 'close' });
  });
}

s('a client that sees another TLS server gets no further', () => {
  const there = playServer({ publicKey: hex`3003020103` });
  const here = playClient().on({ kind: 'context', event: begun() });
  there.on(received(sent(here.effects)));
  here.on(received(sent(there.effects)));
  there.on(received(sent(here.effects)));
  there.on({ kind: 'context', event: verdictFor(there.effects) }).ends('failed');
  there.emitsAmongOthers({ kind: 'note', text: (text) => text.includes('another TLS server') });
});

s('the proof may come after the token, in a TSRequest of its own', () => {
  let proof: Uint8Array | undefined;
  const { there, here } = authenticated({}, ({ pubKeyAuth, ...request }) => {
    proof = pubKeyAuth;
    return request;
  });
  there.ends('expectPubKeyAuth').emits();
  const request = { version: 6, ...(proof === undefined ? {} : { pubKeyAuth: proof }) };
  there.on(received(encode(TSRequest, request))).ends('expectAuthInfo');
  here.on(received(sent(there.effects))).ends('done');
});

s('the first nonce counts, and without one version 6 does not bind', () => {
  const { there } = authenticated({}, (request) => ({
    ...request,
    clientNonce: new Uint8Array(32),
  }));
  there.ends('expectAuthInfo');
  const bare = playServer();
  const here = playClient().on({ kind: 'context', event: begun() });
  const without = (bytes: Uint8Array): Uint8Array => {
    const { clientNonce: _, ...request } = decode(TSRequest, bytes);
    return encode(TSRequest, request);
  };
  bare.on(received(without(sent(here.effects))));
  here.on(received(sent(bare.effects)));
  bare.on(received(without(sent(here.effects))));
  bare.on({ kind: 'context', event: verdictFor(bare.effects) }).ends('failed');
  bare.emitsAmongOthers({ kind: 'note', text: (text) => text.includes('nonce') });
});

s('a version that nobody speaks is refused with a code', () => {
  const there = playServer().on(received(hex`3005a003020101`)).ends('failed');
  assert.is(requestIn(there.effects).errorCode, STATUS_NOT_SUPPORTED);
});

s('a version of the future is taken for ours', () => {
  const here = playClient().on({ kind: 'context', event: begun() });
  const first = { ...requestIn(here.effects), version: 9 };
  const there = playServer()
    .on(received(encode(TSRequest, first)))
    .ends('expectToken');
  assert.is(requestIn(there.effects).version, 6);
});

s('nothing is taken while the last token is still judged', () => {
  const there = playServer();
  const here = playClient().on({ kind: 'context', event: begun() });
  there.on(received(sent(here.effects)));
  here.on(received(sent(there.effects)));
  there.on(received(sent(here.effects))).ends('expectContext');
  there.on(received(sent(here.effects))).ends('failed');
});

s('octets that are altered anywhere end in an error, and never in credentials', () => {
  const { there, here } = authenticated();
  here.on(received(sent(there.effects)));
  const last = sent(here.effects);
  const authInfo = (decode(TSRequest, last).authInfo as Uint8Array).length;
  // Behind authInfo is the nonce, which the server no longer looks at.
  const end = last.length - (decode(TSRequest, last).clientNonce as Uint8Array).length;
  assert.ok(authInfo > 16);
  for (let at = 0; at < end; at++) {
    const spoilt = last.slice();
    spoilt[at] = (spoilt[at] as number) ^ 0x01;
    const again = authenticated().there.on(received(spoilt));
    const version = at === 6;
    again.ends(version ? 'done' : 'failed');
  }
});

s('what is no TSRequest ends the connection', () => {
  for (const bytes of [hex``, hex`30`, hex`0300000b`, hex`3003020106`, hex`3005a003020106`]) {
    playServer().on(received(bytes)).ends('failed').emitsAmongOthers({ kind: 'close' });
  }
});

s.run();
