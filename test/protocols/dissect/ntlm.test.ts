import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { conversation, NTLM_OFFER } from '../negotiate/conversation.ts';
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

s('what is cut off is no message', () => {
  assert.is(dissector.value(AUTHENTICATE.subarray(0, 100)), undefined);
});

s.run();
