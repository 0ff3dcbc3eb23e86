import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tsCredentials } from '../../../protocols/credssp/credentials.ts';
import { TSRequest } from '../../../protocols/credssp/messages.ts';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import { wrap } from '../../../protocols/negotiate/protection.ts';
import { ntHash } from '../../../protocols/ntlm/response.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/der/codec.ts';
import { conversation, NTLM_OFFER, PASSWORD } from '../negotiate/conversation.ts';
import { AUTHENTICATE, CHALLENGE } from '../ntlm/vectors.ts';

const s = suite('dissect/ntlm');

s('messages have their names, bare or in SPNEGO', () => {
  assert.is(dissector.name(CHALLENGE), 'CHALLENGE_MESSAGE');
  const { tokens } = conversation({
    offers: [NTLM_OFFER],
    framing: 'spnego',
    sequenceAfterMic: 'on',
  });
  assert.equal(
    tokens.map((token) => dissector.name(token)),
    ['NEGOTIATE_MESSAGE', 'CHALLENGE_MESSAGE', 'AUTHENTICATE_MESSAGE', 'NegTokenResp'],
  );
  const third = dissector.value(tokens[2] as Uint8Array) as {
    readonly negTokenResp: { readonly responseToken: Record<string, unknown> };
  };
  const { responseToken } = third.negTokenResp;
  assert.is(responseToken.UserName, 'alice');
  const response = responseToken.NtChallengeResponse as Record<string, unknown>;
  assert.is(response.MsvAvTargetName, 'cifs/10.0.0.7');
  assert.is(response.MsvAvFlags, 2);
  assert.match(String(response.TimeStamp), /^20\d\d-/);
});

s('rows stand where the octets are', () => {
  for (const message of [CHALLENGE, AUTHENTICATE]) {
    for (const { start, end, path } of dissector.fields(message)) {
      assert.ok(start <= end && end <= message.length, path);
    }
  }
  const rows = dissector.fields(AUTHENTICATE);
  const row = (name: string) => rows.find(({ path }) => path.endsWith(`.${name}`));
  assert.is(row('UserName')?.value, 'User');
  assert.is(row('MessageType')?.name, 'AUTHENTICATE_MESSAGE');
  assert.is(row('Response')?.value, '68cd0ab851e51c96aabc927bebef6a1c');
  const domain = row('NtChallengeResponse.MsvAvNbDomainName');
  assert.is(domain?.value, 'Domain');
  assert.is(
    toHex(AUTHENTICATE.subarray(domain?.start, domain?.end)),
    '02000c0044006f006d00610069006e00',
  );
  assert.is(row('MIC'), undefined);
});

/** A TSRequest with one sealed member. */
function tsRequest(authInfo: Uint8Array): Uint8Array {
  return encode(TSRequest, { version: 6, authInfo });
}

s('what a context seals opens with the hash of its user', () => {
  const { client, tokens } = conversation({
    offers: [NTLM_OFFER],
    framing: 'spnego',
    sequenceAfterMic: 'on',
  });
  assert.is(client.name, 'established');
  let { protection } = client as Extract<typeof client, { readonly name: 'established' }>;
  const random = (size: number): Uint8Array => new Uint8Array(size);
  const sealed = (message: Uint8Array): Uint8Array => {
    const made = wrap(protection, message, random);
    protection = made.protection;
    return made.token;
  };
  sealed(new Uint8Array(32)); // the binding, which goes before
  const credentials = { kind: 'password', domainName: 'CORP', userName: 'alice' } as const;
  const message = tsRequest(sealed(tsCredentials({ ...credentials, password: 'Geheim 1' })));

  const opened = (key: string): unknown => {
    const keys = dissector.keyring();
    keys.add([{ principal: 'alice@CORP.EXAMPLE', kvno: 1, etype: 23, key }]);
    for (const token of tokens) keys.learn(token);
    const { authInfo } = dissector.value(message, {}, keys) as { readonly authInfo: unknown };
    return authInfo;
  };
  assert.equal(opened(toHex(ntHash(PASSWORD))), {
    openedBy: 'NTLM session key of CORP\\alice',
    credType: 1,
    credentials: { domainName: 'CORP', userName: 'alice', password: 'Geheim 1' },
  });
  assert.type(opened(toHex(ntHash('another'))), 'string');
});

s('what is cut off is no message', () => {
  assert.is(dissector.value(AUTHENTICATE.subarray(0, 100)), undefined);
});

s.run();
