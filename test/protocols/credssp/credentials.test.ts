import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Credentials,
  KeySpec,
  RESTRICTED_ADMIN,
  readTicketLogon,
  readTsCredentials,
  ticketLogon,
  tsCredentials,
} from '../../../protocols/credssp/credentials.ts';
import { TSCredentials, TSRemoteGuardCreds } from '../../../protocols/credssp/messages.ts';
import { hex, utf16le } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import * as vectors from './vectors.ts';

const s = suite('credssp/credentials');

function same(bytes: Uint8Array, credentials: Credentials): void {
  assert.equal(tsCredentials(credentials), bytes);
  const read = readTsCredentials(bytes);
  assert.ok(read.ok, read.ok ? '' : read.reason);
  if (read.ok) assert.equal(read.credentials, credentials);
}

s('a password, and the empty one of Restricted Admin', () => {
  const one = { kind: 'password', domainName: '', userName: 'a', password: '1' } as const;
  same(vectors.ONE_LETTER_PASSWORD, one);
  same(vectors.EMPTY_PASSWORD, RESTRICTED_ADMIN);
});

s("the smart card of MS-CSSP's example", () => {
  assert.is(vectors.SMART_CARD.length, 275);
  same(vectors.SMART_CARD, {
    kind: 'smartCard',
    pin: 'bbbbbbbbbbbb',
    cspData: {
      keySpec: KeySpec.AT_KEYEXCHANGE,
      readerName: vectors.READER,
      containerName: vectors.CONTAINER,
      cspName: vectors.CSP,
    },
  });
});

s('hints to the account go along with a smart card', () => {
  const cspData = { keySpec: KeySpec.AT_SIGNATURE, cardName: 'Identity Device' };
  const hints = { userHint: 'alice', domainHint: 'corp.example' };
  const credentials: Credentials = { kind: 'smartCard', pin: '123456', cspData, ...hints };
  same(tsCredentials(credentials), credentials);
});

const LOGON = { flags: 0, serviceTicket: hex`610100`, ticketGrantingTicket: hex`76020102` };
const logonCred = { packageName: 'Kerberos', credBuffer: ticketLogon(LOGON) };

s('Remote Credential Guard with and without credentials for NTLM', () => {
  const alone: Credentials = { kind: 'remoteGuard', logonCred, supplementalCreds: [] };
  same(tsCredentials(alone), alone);
  const ntlm = { packageName: 'NTLM', credBuffer: hex`0200ffff` };
  const both: Credentials = { ...alone, supplementalCreds: [ntlm] };
  same(tsCredentials(both), both);
});

s('an empty list of supplemental credentials is none', () => {
  const credentials = encode(TSRemoteGuardCreds, {
    logonCred: { packageName: utf16le('Kerberos'), credBuffer: logonCred.credBuffer },
    supplementalCreds: [],
  });
  assert.equal(credentials.subarray(-4), hex`a1023000`);
  const read = readTsCredentials(encode(TSCredentials, { credType: 6, credentials }));
  assert.ok(read.ok && read.credentials.kind === 'remoteGuard');
  if (read.ok && read.credentials.kind === 'remoteGuard') {
    assert.equal(read.credentials.supplementalCreds, []);
  }
});

s('KERB_TICKET_LOGON lies in one piece, its tickets behind its fields', () => {
  assert.equal(
    logonCred.credBuffer,
    hex`0a000000 00000000 03000000 04000000 2000000000000000 2300000000000000 610100 76020102`,
  );
  assert.equal(readTicketLogon(logonCred.credBuffer), LOGON);
});

s('a KERB_TICKET_LOGON whose tickets lie elsewhere is none', () => {
  for (const [at, octet] of [
    [0, 11],
    [8, 9],
    [16, 31],
    [24, 0x24],
    [31, 1],
  ] as const) {
    const spoilt = logonCred.credBuffer.slice();
    spoilt[at] = octet;
    assert.is(readTicketLogon(spoilt), undefined, `octet ${at}`);
  }
  assert.is(readTicketLogon(logonCred.credBuffer.subarray(0, 31)), undefined);
});

s('other types of credentials are refused by their number', () => {
  const { credentials } = decode(TSCredentials, vectors.EMPTY_PASSWORD);
  const read = readTsCredentials(encode(TSCredentials, { credType: 3, credentials }));
  assert.equal(read, { ok: false, reason: 'credType 3 is none of 1, 2 and 6' });
  const crossed = readTsCredentials(encode(TSCredentials, { credType: 2, credentials }));
  assert.is(crossed.ok, false);
});

s.run();
