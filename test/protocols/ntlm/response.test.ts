import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ntHash,
  ntlmv2Response,
  ntowfv2,
  provedKey,
  readNtlmv2Response,
} from '../../../protocols/ntlm/response.ts';
import { concat, toHex } from '../../../src/bytes/bytes.ts';
import { rc4 } from '../../../src/crypto/rc4.ts';
import {
  CLIENT_CHALLENGE,
  DOMAIN,
  PASSWORD,
  SERVER_CHALLENGE,
  SESSION_KEY,
  TARGET_INFO,
  USER,
} from './vectors.ts';

const s = suite('ntlm v2 responses');

const response = ntlmv2Response({
  key: ntowfv2(ntHash(PASSWORD), USER, DOMAIN),
  serverChallenge: SERVER_CHALLENGE,
  clientChallenge: CLIENT_CHALLENGE,
  time: 0n,
  targetInfo: TARGET_INFO,
});

s('the values of MS-NLMP 4.2.4', () => {
  assert.is(toHex(ntHash(PASSWORD)), 'a4f49c406510bdcab6824ee7c30fd852');
  assert.is(toHex(ntowfv2(ntHash(PASSWORD), USER, DOMAIN)), '0c868a403bfd7a93a3001ef22ef02e3f');
  assert.is(toHex(response.ntResponse.subarray(0, 16)), '68cd0ab851e51c96aabc927bebef6a1c');
  assert.is(toHex(response.lmResponse), '86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa');
  assert.is(toHex(response.sessionBaseKey), '8de40ccadbc14a82f15cb0ad0de95ca3');
  assert.is(toHex(rc4(response.sessionBaseKey, SESSION_KEY)), 'c5dad2544fc9799094ce1ce90bc9d03e');
});

s("the user's name counts in capitals, one letter for one, the domain's as it stands", () => {
  const hash = ntHash(PASSWORD);
  assert.equal(ntowfv2(hash, 'uSeR', DOMAIN), ntowfv2(hash, 'USER', DOMAIN));
  assert.not.equal(ntowfv2(hash, USER, 'DOMAIN'), ntowfv2(hash, USER, DOMAIN));
  assert.equal(ntowfv2(hash, 'straße', ''), ntowfv2(hash, 'STRAßE', ''));
  assert.not.equal(ntowfv2(hash, 'straße', ''), ntowfv2(hash, 'STRASSE', ''));
});

const proving = {
  userName: USER,
  domainName: DOMAIN,
  serverChallenge: SERVER_CHALLENGE,
  ntResponse: response.ntResponse,
};

s('who knows the hash proves it, and nobody else', () => {
  assert.equal(provedKey(ntHash(PASSWORD), proving), response.sessionBaseKey);
  assert.is(provedKey(ntHash('password'), proving), undefined);
  assert.is(provedKey(ntHash(PASSWORD), { ...proving, userName: 'Other' }), undefined);
  assert.is(
    provedKey(ntHash(PASSWORD), { ...proving, serverChallenge: CLIENT_CHALLENGE }),
    undefined,
  );
  for (let at = 0; at < response.ntResponse.length; at++) {
    const altered = response.ntResponse.slice();
    altered[at] = (altered[at] as number) ^ 1;
    assert.is(provedKey(ntHash(PASSWORD), { ...proving, ntResponse: altered }), undefined, `${at}`);
  }
});

s('a response of another version is none', () => {
  assert.is(readNtlmv2Response(new Uint8Array(24)), undefined);
  assert.is(readNtlmv2Response(new Uint8Array(0)), undefined);
  const cut = response.ntResponse.subarray(0, response.ntResponse.length - 8);
  assert.is(readNtlmv2Response(cut), undefined, 'without MsvAvEOL');
  const read = readNtlmv2Response(response.ntResponse);
  assert.equal(read?.clientChallenge, CLIENT_CHALLENGE);
  assert.equal(concat(read?.proof as Uint8Array, read?.temp as Uint8Array), response.ntResponse);
});

s.run();
