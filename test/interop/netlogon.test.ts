/** impacket's declarations of MS-NRPC read our messages, and we read what it writes. */
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  HEADER_LENGTH,
  readSamLogonRequest,
  samLogonReply,
  samLogonRequest,
} from '../../protocols/netlogon/messages.ts';
import { concat, fromHex, toHex } from '../../src/bytes/bytes.ts';
import { peer, peerTest } from '../peers.ts';
import { SAM_INFO } from '../protocols/netlogon/sam-info.ts';
import { root } from '../root.ts';

const s = suite('netlogon and impacket');

const REQUEST = samLogonRequest({
  logonServer: 'DC1',
  computerName: 'FILES',
  logon: {
    userName: 'alice',
    domainName: 'CORP',
    workstation: 'LAPTOP',
    serverChallenge: new Uint8Array(8).fill(0xc1),
    ntResponse: new Uint8Array(171).fill(0xa5),
    lmResponse: new Uint8Array(24),
  },
});

peerTest(s, 'each reads the other', ['impacket'], () => {
  const reply = samLogonReply({ kind: 'granted', info: SAM_INFO });
  const args = [root('test', 'interop', 'netlogon.py'), toHex(REQUEST), toHex(reply)];
  const said = execFileSync(peer('impacket') as string, args, { encoding: 'utf8' });
  const lines = said.trim().split('\n');
  assert.equal(lines.slice(0, -1), [
    'DC1 FILES',
    '6 6',
    'CORP alice LAPTOP',
    'c1c1c1c1c1c1c1c1 171',
    'alice 1105 CORP CORP.EXAMPLE',
    `[513, 1110] ${'ab'.repeat(16)}`,
    '0',
  ]);
  const stub = fromHex(lines.at(-1) ?? '');
  const header = REQUEST.slice(0, HEADER_LENGTH);
  new DataView(header.buffer).setUint16(8, HEADER_LENGTH + stub.length, true);
  const read = readSamLogonRequest(concat(header, stub));
  assert.ok(read.kind === 'request', JSON.stringify(read));
  if (read.kind !== 'request') return;
  assert.is(read.request.logonServer, '\\\\DC1');
  assert.is(read.request.logon.userName, 'bob');
  assert.is(toHex(read.request.logon.serverChallenge), '0001020304050607');
  assert.is(read.request.logon.ntResponse.length, 50);
});

s.run();
