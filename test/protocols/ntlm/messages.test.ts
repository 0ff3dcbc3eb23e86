import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  authenticateMessage,
  challengeMessage,
  isNtlm,
  negotiateMessage,
  readMessage,
} from '../../../protocols/ntlm/messages.ts';
import { fromHex, hex, toHex } from '../../../src/bytes/bytes.ts';
import { AUTHENTICATE, CHALLENGE, FLAGS, SERVER_CHALLENGE, TARGET_INFO } from './vectors.ts';

const s = suite('ntlm messages');

s('the CHALLENGE_MESSAGE of MS-NLMP 4.2.4.3', () => {
  const read = readMessage(CHALLENGE);
  assert.ok(read.ok && read.message.type === 'CHALLENGE_MESSAGE');
  const { challenge } = read.message;
  assert.is(challenge.flags, 0xe28a8233);
  assert.is(challenge.targetName, 'Server');
  assert.equal(challenge.serverChallenge, SERVER_CHALLENGE);
  assert.equal(challenge.targetInfo, TARGET_INFO);
  assert.equal(challenge.version, { major: 6, minor: 0, build: 6000, revision: 15 });
  assert.is(toHex(challengeMessage(challenge)), toHex(CHALLENGE));
});

s('the AUTHENTICATE_MESSAGE of MS-NLMP 4.2.4.3', () => {
  const read = readMessage(AUTHENTICATE);
  assert.ok(read.ok && read.message.type === 'AUTHENTICATE_MESSAGE');
  const { authenticate } = read.message;
  assert.is(authenticate.flags, FLAGS);
  assert.is(authenticate.userName, 'User');
  assert.is(authenticate.domainName, 'Domain');
  assert.is(authenticate.workstation, 'COMPUTER');
  assert.is(toHex(authenticate.encryptedSessionKey), 'c5dad2544fc9799094ce1ce90bc9d03e');
  assert.is(authenticate.mic, undefined);
  assert.is(toHex(authenticateMessage(authenticate)), toHex(AUTHENTICATE));
});

s('a NEGOTIATE_MESSAGE with and without names and version', () => {
  const whole = {
    flags: 0xe20832b7,
    domainName: 'CORP',
    workstation: 'LAPTOP',
    version: { major: 10, minor: 0, build: 19_041, revision: 15 },
  };
  const read = readMessage(negotiateMessage(whole));
  assert.ok(read.ok && read.message.type === 'NEGOTIATE_MESSAGE');
  assert.equal(read.message.negotiate, whole);
  const short = readMessage(hex`4e544c4d53535000 01000000 07820000`);
  assert.ok(short.ok && short.message.type === 'NEGOTIATE_MESSAGE');
  assert.equal(short.message.negotiate, { flags: 0x8207 });
});

s('what a message has no room for is refused', () => {
  const refusal = (bytes: Uint8Array): string => {
    const read = readMessage(bytes);
    return read.ok ? 'taken' : read.reason;
  };
  assert.match(refusal(new Uint8Array(0)), /no message of NTLM/);
  assert.match(refusal(hex`4e544c4d53535000 04000000`), /MessageType 4/);
  assert.match(refusal(hex`4e544c4d53535000 0300`), /10 octets, at least 12/);
  assert.match(refusal(CHALLENGE.subarray(0, 30)), /CHALLENGE_MESSAGE has 30 octets/);
  assert.match(refusal(AUTHENTICATE.subarray(0, 200)), /ends at 216, the message at 200/);
  const wild = AUTHENTICATE.slice();
  wild.set(fromHex('ffffffff'), 32);
  assert.match(refusal(wild), /DomainName ends at/);
});

s('no octets throw', () => {
  for (const message of [CHALLENGE, AUTHENTICATE]) {
    for (let at = 8; at < message.length; at++) {
      for (const octet of [0, 1, 0x7f, 0xff]) {
        const altered = message.slice();
        altered[at] = octet;
        readMessage(altered);
      }
      assert.is(typeof readMessage(message.subarray(0, at)).ok, 'boolean');
    }
  }
});

s('NTLM is told by its signature', () => {
  assert.ok(isNtlm(CHALLENGE));
  assert.not.ok(isNtlm(CHALLENGE.subarray(0, 7)));
  assert.not.ok(isNtlm(hex`60 06 06 04 00`));
});

s.run();
