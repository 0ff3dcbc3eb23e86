import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  readSignedData,
  signerCertificate,
  verifySignedData,
} from '../../../protocols/cms/signed-data.ts';
import { PA_PK_AS_REP, PA_PK_AS_REQ } from '../../../protocols/kerberos/constants.ts';
import { AsRep, AsReq, type PaData } from '../../../protocols/kerberos/messages.ts';
import { OID } from '../../../protocols/pkinit/constants.ts';
import { publicKeyBits, readPublicValue } from '../../../protocols/pkinit/groups.ts';
import { AuthPack, KdcDhKeyInfo, PaPkAsReq } from '../../../protocols/pkinit/messages.ts';
import { PaPkAsRep } from '../../../protocols/pkinit/replies.ts';
import { equal, fromHex, toHex } from '../../../src/bytes/bytes.ts';
import { digest } from '../../../src/crypto/digest.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { root } from '../../root.ts';

const messages = suite('pkinit/messages');

function captured(file: string): Uint8Array {
  return fromHex(readFileSync(root('test/vectors/mit-clients', file), 'utf8'));
}

function padata(list: readonly PaData[] | undefined, type: number): Uint8Array {
  const found = list?.find(({ padataType }) => padataType === type);
  assert.ok(found, `padata ${type}`);
  return found?.padataValue ?? new Uint8Array(0);
}

/** The content of a SignedData whose signature is right. */
function contentOf(octets: Uint8Array, contentType: string): Uint8Array {
  const read = readSignedData(octets);
  if (!read.ok) throw new Error(read.reason);
  assert.is(read.value.contentType, contentType);
  const certificate = signerCertificate(read.value);
  assert.ok(certificate);
  assert.equal(verifySignedData(read.value, certificate?.publicKey ?? octets), { ok: true });
  return read.value.content ?? new Uint8Array(0);
}

const REQUEST = decode(AsReq, captured('as-req-pkinit.hex'));
const REPLY = decode(AsRep, captured('as-rep-pkinit.hex'));

messages('a request of MIT’s client: every octet accounted for, every checksum right', () => {
  const octets = padata(REQUEST.padata, PA_PK_AS_REQ);
  const request = decode(PaPkAsReq, octets);
  assert.ok(equal(encode(PaPkAsReq, request), octets));
  assert.is(request.trustedCertifiers?.length, 1);
  const content = contentOf(request.signedAuthPack, OID.authData);
  const pack = decode(AuthPack, content);
  assert.ok(equal(encode(AuthPack, pack), content));
  const { pkAuthenticator, clientPublicValue, supportedKDFs = [] } = pack;
  assert.is(pkAuthenticator.nonce, REQUEST.reqBody.value.nonce);
  assert.is(pkAuthenticator.freshnessToken?.length, 20);
  assert.equal(pkAuthenticator.paChecksum, digest('sha1', REQUEST.reqBody.raw));
  assert.equal(
    supportedKDFs.map(({ kdfId }) => kdfId),
    [OID.kdfSha256, OID.kdfSha1, OID.kdfSha512],
  );
  if (clientPublicValue === undefined) throw new Error('no clientPublicValue');
  const value = readPublicValue(clientPublicValue);
  if (!value.ok) throw new Error(value.text);
  assert.is(value.value.group, 'modp-14');
  assert.equal(publicKeyBits(value.value), clientPublicValue.subjectPublicKey);
});

messages('the reply of MIT’s KDC to it', () => {
  const octets = padata(REPLY.padata, PA_PK_AS_REP);
  const reply = decode(PaPkAsRep, octets);
  assert.ok(equal(encode(PaPkAsRep, reply), octets));
  if (!('dhInfo' in reply)) throw new Error('no dhInfo');
  assert.is(reply.dhInfo.kdf?.kdfId, OID.kdfSha256);
  const content = contentOf(reply.dhInfo.dhSignedData, OID.dhKeyData);
  const info = decode(KdcDhKeyInfo, content);
  assert.is(toHex(encode(KdcDhKeyInfo, info)), toHex(content));
  assert.is(info.nonce, REQUEST.reqBody.value.nonce);
});

messages.run();
