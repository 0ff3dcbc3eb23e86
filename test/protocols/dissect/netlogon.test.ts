import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import { samLogonReply, samLogonRequest } from '../../../protocols/netlogon/messages.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { SAM_INFO } from '../netlogon/sam-info.ts';

const s = suite('dissect/netlogon');

const request = samLogonRequest({
  logonServer: 'DC1',
  computerName: 'FILES',
  logon: {
    userName: 'alice',
    domainName: 'CORP',
    workstation: 'LAPTOP',
    serverChallenge: new Uint8Array(8).fill(0xc1),
    ntResponse: new Uint8Array(40).fill(0xa5),
    lmResponse: new Uint8Array(24),
  },
});
const reply = samLogonReply({ kind: 'granted', info: SAM_INFO });

s('names both, and shows arguments with the octets that they stand in', () => {
  assert.is(dissector.name(request), 'NetrLogonSamLogonEx-request');
  assert.is(dissector.name(reply), 'NetrLogonSamLogonEx-response');
  const rows = dissector.fields(request);
  const row = (end: string) => rows.find(({ path }) => path.endsWith(end));
  const user = row('Identity.UserName.Buffer.*');
  assert.is(user?.value, 'alice');
  assert.ok(toHex(request.subarray(user?.start, user?.end)).endsWith('61006c00690063006500'));
  const challenge = row('LmChallenge');
  assert.is(toHex(request.subarray(challenge?.start, challenge?.end)), 'c1'.repeat(8));
  const key = dissector.fields(reply).find(({ path }) => path.endsWith('UserSessionKey'));
  assert.is(toHex(reply.subarray(key?.start, key?.end)), 'ab'.repeat(16));
  assert.not.ok([...rows, ...dissector.fields(reply)].some(({ type }) => type === 'error'));
});

s('has values for `with:`', () => {
  const asked = dissector.value(request) as { logon: { userName: string } };
  assert.is(asked.logon.userName, 'alice');
  const told = dissector.value(reply) as { kind: string; info: { UserId: number } };
  assert.is(told.kind, 'granted');
  assert.is(told.info.UserId, 1105);
});

s('what is cut short is shown as far as it goes', () => {
  const cut = request.slice(0, 80);
  new DataView(cut.buffer).setUint16(8, cut.length, true);
  const rows = dissector.fields(cut);
  assert.ok(rows.some(({ path, value }) => path.includes('LogonServer') && value === 'DC1'));
  assert.is(rows.at(-1)?.type, 'error');
});

s.run();
