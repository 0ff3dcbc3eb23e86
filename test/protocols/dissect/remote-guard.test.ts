import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import { wrap } from '../../../protocols/negotiate/protection.ts';
import { ntHash } from '../../../protocols/ntlm/response.ts';
import { chunks } from '../../../protocols/rdp/channels.ts';
import { indication } from '../../../protocols/rdp/mcs.ts';
import { CallId } from '../../../protocols/rdpear/constants.ts';
import { inputPacket, outer } from '../../../protocols/rdpear/packets.ts';
import { pdu } from '../../../protocols/rdpedyc/messages.ts';
import { concat, toHex } from '../../../src/bytes/bytes.ts';
import { conversation, NTLM_OFFER, PASSWORD } from '../negotiate/conversation.ts';

const s = suite('dissect/remote-guard');

const { client, tokens } = conversation({
  offers: [NTLM_OFFER],
  framing: 'spnego',
  sequenceAfterMic: 'on',
});

/** A call, as the context seals it: one side's words are as good as the other's here. */
function call(): Uint8Array {
  assert.is(client.name, 'established');
  const { protection } = client as Extract<typeof client, { readonly name: 'established' }>;
  const input = inputPacket({
    Call: { tag: CallId.RemoteCallKerbNegotiateVersion, value: { MaxSupportedVersion: 5 } },
  });
  return outer(wrap(protection, input, (size) => new Uint8Array(size)).token);
}

function keyring(): ReturnType<typeof dissector.keyring> {
  const keys = dissector.keyring();
  const key = toHex(ntHash(PASSWORD));
  keys.add([{ principal: 'alice@CORP.EXAMPLE', kvno: 1, etype: 23, key }]);
  for (const token of tokens) keys.learn(token);
  return keys;
}

const message = 'RemoteCallKerbNegotiateVersion';

function inChannel(octets: Uint8Array): Uint8Array {
  return indication(1005, chunks(octets)[0] as Uint8Array);
}

s('a call opens with the keys of the context, down to its arguments', () => {
  const sent = inChannel(pdu({ kind: 'data', channelId: 3, data: call() }));
  const value = dissector.value(sent, { message }, keyring()) as Record<string, unknown>;
  assert.is(value.packageName, 'Kerberos');
  assert.is(value.openedBy, 'NTLM session key of CORP\\alice');
  assert.is(value.CallId, message);
  assert.is(
    (value.Call as { readonly value: Record<string, unknown> }).value.MaxSupportedVersion,
    5,
  );
  const shut = dissector.value(sent, { message }) as Record<string, unknown>;
  assert.type(shut.payload, 'string');
});

s('a call in several PDUs stands in the last of them', () => {
  const whole = call();
  const parts = [whole.subarray(0, 100), whole.subarray(100)] as const;
  const sent = [
    pdu({ kind: 'dataFirst', channelId: 3, length: whole.length, data: parts[0] }),
    pdu({ kind: 'data', channelId: 3, data: parts[1] }),
  ].map(inChannel);
  const keys = keyring();
  for (const one of sent) keys.learn(one, { message });
  const values = sent.map((one) => dissector.value(one, { message }, keys) as object);
  assert.equal(
    values.map((value) => 'CallId' in value),
    [false, true],
  );
  assert.is(toHex(concat(...parts)), toHex(whole));
});

s.run();
