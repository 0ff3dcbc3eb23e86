import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  netlogonName,
  PDU_LIMIT,
  type ReplyRead,
  readSamLogonReply,
  readSamLogonRequest,
  type SamLogonRequest,
  samLogonReply,
  samLogonRequest,
} from '../../../protocols/netlogon/messages.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { SAM_INFO } from './sam-info.ts';

const s = suite('netlogon/messages');

const REQUEST: SamLogonRequest = {
  logonServer: 'DC1',
  computerName: 'FILES',
  logon: {
    userName: 'alice',
    domainName: 'CORP',
    workstation: 'LAPTOP',
    serverChallenge: seededRandom(1, 'challenge')(8),
    ntResponse: seededRandom(1, 'response')(171),
    lmResponse: new Uint8Array(24),
  },
};

s('a request comes back as it was', () => {
  assert.equal(readSamLogonRequest(samLogonRequest(REQUEST)), {
    kind: 'request',
    request: REQUEST,
  });
  const empty = {
    logonServer: '',
    computerName: '',
    logon: {
      ...REQUEST.logon,
      userName: '',
      domainName: '',
      workstation: '',
      ntResponse: new Uint8Array(0),
      lmResponse: new Uint8Array(0),
    },
  };
  assert.equal(readSamLogonRequest(samLogonRequest(empty)), { kind: 'request', request: empty });
});

s('replies: who it is, or why not', () => {
  assert.equal(readSamLogonReply(samLogonReply({ kind: 'granted', info: SAM_INFO })), {
    kind: 'granted',
    info: SAM_INFO,
  });
  const denied = { kind: 'denied', status: 0xc000006a } as const;
  assert.equal(readSamLogonReply(samLogonReply(denied)), denied);
  assert.equal(
    readSamLogonReply(samLogonReply({ kind: 'denied', status: 0xc000006a | 0 })),
    denied,
  );
});

s('names, and neither for the other', () => {
  const request = samLogonRequest(REQUEST);
  const reply = samLogonReply({ kind: 'granted', info: SAM_INFO });
  assert.is(netlogonName(request), 'NetrLogonSamLogonEx-request');
  assert.is(netlogonName(reply), 'NetrLogonSamLogonEx-response');
  assert.is(netlogonName(new Uint8Array(40)), undefined);
  assert.is(readSamLogonReply(request).kind, 'malformed');
  assert.is(readSamLogonRequest(reply).kind, 'malformed');
});

const reasonOf = (bytes: Uint8Array): string => {
  const read = readSamLogonRequest(bytes);
  return read.kind === 'malformed' ? read.reason : '';
};

s('what is no such PDU says what it is', () => {
  const request = samLogonRequest(REQUEST);
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = request.slice();
    bytes[at] = value;
    return bytes;
  };
  assert.match(reasonOf(request.subarray(0, 10)), /a PDU of 10 octets/);
  assert.match(reasonOf(changed(0, 4)), /version 4/);
  assert.match(reasonOf(changed(2, 11)), /type 11/);
  assert.match(reasonOf(changed(3, 1)), /more than one fragment/);
  assert.match(reasonOf(changed(4, 0)), /not little-endian/);
  assert.match(reasonOf(changed(10, 1)), /authentication verifier/);
  assert.match(reasonOf(changed(22, 2)), /opnum 2/);
  assert.match(reasonOf(request.subarray(0, request.length - 1)), /frag_length/);
});

s('whatever is changed, it is read or refused', () => {
  const messages = [
    samLogonRequest(REQUEST),
    samLogonReply({ kind: 'granted', info: SAM_INFO }),
    samLogonReply({ kind: 'denied', status: 1 }),
  ];
  const kinds = new Set(['granted', 'denied', 'malformed', 'request']);
  fc.assert(
    fc.property(
      fc.constantFrom(...messages),
      fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      (message, changes) => {
        const bytes = message.slice();
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        assert.ok(kinds.has(readSamLogonRequest(bytes).kind));
        const reply: ReplyRead = readSamLogonReply(bytes);
        assert.ok(kinds.has(reply.kind));
      },
    ),
    { numRuns: 2_000 },
  );
  assert.is(PDU_LIMIT, 65_535);
});

s.run();
