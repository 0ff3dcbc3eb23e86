import { readFileSync } from 'node:fs';
import fc from 'fast-check';
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
import * as own from '../../../protocols/pkinit/messages.ts';
import { AuthPack, KdcDhKeyInfo, PaPkAsReq } from '../../../protocols/pkinit/messages.ts';
import { PaPkAsRep } from '../../../protocols/pkinit/replies.ts';
import { equal, fromHex, toHex } from '../../../src/bytes/bytes.ts';
import { digest } from '../../../src/crypto/digest.ts';
import { type Codec, decode, encode, tryDecode } from '../../../src/der/codec.ts';
import { arbitrary, mutations } from '../../arbitrary.ts';
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

/** What follows p and g has no tags: without one field the next is taken for it. */
function isInOrder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return 'q' in value && ('j' in value || !('validationParms' in value));
}

messages('every message means the same once it was written', () => {
  const codecs = [...Object.values(own), PaPkAsRep] as readonly Codec<unknown>[];
  assert.ok(codecs.length >= 20, `${codecs.length} messages`);
  for (const codec of codecs) {
    fc.assert(
      fc.property(arbitrary(codec), (value) => {
        fc.pre(codec !== own.DomainParameters || isInOrder(value));
        const bytes = encode(codec, value);
        assert.equal(decode(codec, bytes), value, codec.type);
      }),
      { seed: 1, numRuns: 60 },
    );
  }
});

messages(
  'what is taken of mutated messages of MIT’s can be written again, and means the same',
  () => {
    const captures = [
      [PaPkAsReq, padata(REQUEST.padata, PA_PK_AS_REQ)],
      [PaPkAsRep, padata(REPLY.padata, PA_PK_AS_REP)],
    ] as readonly (readonly [Codec<unknown>, Uint8Array])[];
    let taken = 0;
    for (const [codec, bytes] of captures) {
      fc.assert(
        fc.property(mutations(bytes), (mutant) => {
          const decoded = tryDecode(codec, mutant);
          if (!decoded.ok) return;
          taken++;
          assert.equal(decode(codec, encode(codec, decoded.value)), decoded.value);
        }),
        { seed: 1, numRuns: 400 },
      );
    }
    assert.ok(taken > 20, `${taken} mutants were taken`);
  },
);

messages.run();
