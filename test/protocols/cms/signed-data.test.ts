import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONTENT_TYPE } from '../../../protocols/cms/constants.ts';
import { ContentInfo, SignedAttributes, SignedData } from '../../../protocols/cms/messages.ts';
import {
  certificatesMessage,
  finishSignedData,
  prepareSignedData,
  type ToSign,
} from '../../../protocols/cms/sign.ts';
import {
  certificatesOnly,
  type ReadSignedData,
  readSignedData,
  signerCertificate,
  verifySignedData,
} from '../../../protocols/cms/signed-data.ts';
import { pem } from '../../../protocols/x509/pem.ts';
import { commonName, helloSelfSigned, smartcardLogon } from '../../../protocols/x509/profiles.ts';
import { fromUtf8, hex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import { digest } from '../../../src/crypto/digest.ts';
import { decode, encode, type Infer } from '../../../src/der/codec.ts';
import { octetString, oid } from '../../../src/der/primitives.ts';
import { arbitrary, mutations } from '../../arbitrary.ts';
import { withOpenssl } from '../../openssl.ts';
import { peerTest } from '../../peers.ts';
import { authority, certificateOf, issue, keyOf, NOW, signed } from '../x509/pki.ts';

const s = suite('signed-data');

const AUTH_DATA = '1.3.6.1.5.2.3.1';
const content = utf8('an AuthPack');
const root = authority('Root');
const cardOf = (name: string) =>
  issue(smartcardLogon({ subject: commonName(name) }), keyOf(name), root);
const alice = cardOf('alice');
const rsaAlice = cardOf('rsa alice');

function message(name = 'alice', change: Partial<ToSign> = {}): Uint8Array {
  const key = keyOf(name);
  const signer = name === 'alice' ? alice : rsaAlice;
  const { toBeSigned, draft } = prepareSignedData({
    contentType: AUTH_DATA,
    content,
    certificates: [signer.der],
    signer,
    algorithm: key.algorithm,
    signedAttributes: true,
    ...change,
  });
  // The draft is plain data: a machine's state survives being written down.
  const kept = structuredClone(draft);
  return finishSignedData(kept, signed(key, toBeSigned, change.algorithm));
}

function readOf(der: Uint8Array): ReadSignedData {
  const read = readSignedData(der);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  alice: ['ecdsa-with-SHA1', 'ecdsa-with-SHA256', 'ecdsa-with-SHA384', 'ecdsa-with-SHA512'],
  'rsa alice': [
    'sha1WithRSAEncryption',
    'sha256WithRSAEncryption',
    'sha384WithRSAEncryption',
    'sha512WithRSAEncryption',
  ],
};

s('what is signed here is read and verified, with every algorithm', () => {
  for (const [name, algorithms] of Object.entries(ALGORITHMS)) {
    for (const algorithm of algorithms) {
      for (const signedAttributes of [true, false]) {
        const read = readOf(message(name, { algorithm, signedAttributes }));
        assert.is(read.contentType, AUTH_DATA);
        assert.equal(read.content, content);
        assert.is(read.signer?.signatureAlgorithm, algorithm);
        assert.is(signerCertificate(read)?.subject.text, `CN=${name}`);
        assert.equal(verifySignedData(read, keyOf(name).publicKey), { ok: true });
        const other = verifySignedData(read, keyOf('bob').publicKey);
        assert.match(other.ok ? '' : other.reason, 'not that of the key');
      }
    }
  }
  assert.throws(() => message('alice', { algorithm: 'ES256' }), /CMS has no signature algorithm/);
});

s('versions of RFC 5652 sections 5.1 and 5.3', () => {
  const versions = (der: Uint8Array): readonly (number | undefined)[] => {
    const data = decode(SignedData, decode(ContentInfo, der).content);
    return [data.version, data.signerInfos[0]?.version];
  };
  assert.equal(versions(message()), [3, 1]);
  assert.equal(versions(message('alice', { contentType: CONTENT_TYPE.data })), [1, 1]);
  const signer = { subjectKeyIdentifier: alice.subjectKeyIdentifier as string };
  const byKey = message('alice', { signer });
  assert.equal(versions(byKey), [3, 3]);
  assert.is(signerCertificate(readOf(byKey)), alice);
});

s('a self-signed certificate without key identifiers is found by issuer and serial number', () => {
  const names = { sid: 'S-1-5-21-1-2-3-4', keyId: 'k', tenantId: 't', upn: 'a@b' };
  const hello = issue(helloSelfSigned(names), keyOf('rsa alice'));
  const read = readOf(
    message('rsa alice', { signer: hello, certificates: [root.certificate.der, hello.der] }),
  );
  assert.is(signerCertificate(read), hello);
  assert.is(signerCertificate({ ...read, certificates: [hex`30 00`] }), undefined);
});

type SignedDataValue = Infer<typeof SignedData>;

/** A message whose parts are changed after it was signed, or signed after they were changed. */
function changed(change: (data: SignedDataValue) => SignedDataValue): ReadSignedData {
  const info = decode(ContentInfo, message());
  const data = change(decode(SignedData, info.content));
  return readOf(encode(ContentInfo, { ...info, content: encode(SignedData, data) }));
}

const attributesOf = (...attributes: readonly (readonly [string, Uint8Array])[]): Uint8Array =>
  encode(
    SignedAttributes,
    attributes.map(([type, value]) => ({ type, values: [value] })),
  );
const CONTENT_TYPE_OID = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST_OID = '1.2.840.113549.1.9.4';
const rightDigest = encode(octetString, digest('sha256', content));

/** The message with these attributes, rightly signed. */
function withAttributes(set: Uint8Array): ReadSignedData {
  const raw = set.slice();
  raw[0] = 0xa0;
  return changed((data) => ({
    ...data,
    signerInfos: data.signerInfos.map((info) => ({
      ...info,
      signedAttrs: { value: decode(SignedAttributes, set), raw },
      signature: signed(keyOf('alice'), set),
    })),
  }));
}

const objection = (read: ReadSignedData): string => {
  const verified = verifySignedData(read, alice.publicKey);
  return verified.ok ? 'verified' : verified.reason;
};

s('signed attributes have to say content and type', () => {
  const type = encode(oid, AUTH_DATA);
  const right = [CONTENT_TYPE_OID, type] as const;
  const digested = [MESSAGE_DIGEST_OID, rightDigest] as const;
  assert.is(objection(withAttributes(attributesOf(right, digested))), 'verified');
  // Windows takes it without contentType (reference D.3).
  assert.is(objection(withAttributes(attributesOf([AUTH_DATA, type], digested))), 'verified');
  assert.match(objection(withAttributes(attributesOf(right))), 'messageDigest is missing');
  const wrong = [MESSAGE_DIGEST_OID, encode(octetString, digest('sha1', content))] as const;
  assert.match(objection(withAttributes(attributesOf(right, wrong))), 'not the digest');
  assert.match(objection(withAttributes(attributesOf(right, digested, wrong))), 'not the digest');
  const other = [CONTENT_TYPE_OID, encode(oid, CONTENT_TYPE.data)] as const;
  assert.match(
    objection(withAttributes(attributesOf(other, digested))),
    'contentType is not 1.3.6',
  );
  const noOid = [CONTENT_TYPE_OID, hex`05 00`] as const;
  assert.match(objection(withAttributes(attributesOf(noOid, digested))), 'contentType is not');
});

s('a changed content, attribute or signature', () => {
  const other = encode(octetString, utf8('another AuthPack'));
  const content2 = changed((data) => ({
    ...data,
    encapContentInfo: { ...data.encapContentInfo, eContent: other },
  }));
  assert.match(objection(content2), 'not the digest of the content');
  const read = readOf(message());
  assert.ok(read.signer?.signedAttributes);
  const signature = read.signer.signature.slice();
  signature[20] = (signature[20] as number) ^ 1;
  assert.match(
    objection({ ...read, signer: { ...read.signer, signature } }),
    'not that of the key',
  );
});

s('messages without content or signer', () => {
  const { digested: _, ...detached } = readOf(message());
  assert.is(objection(detached), 'the content is not in it');
  const der = certificatesMessage([alice.der, root.certificate.der]);
  assert.is(objection(readOf(der)), 'nobody signed it');
  assert.equal(certificatesOnly(der), [alice.der, root.certificate.der]);
  assert.is(certificatesOnly(hex`30 00`), undefined);
});

s('algorithms that the key alone does not say', () => {
  const withAlgorithms = (signature: string, digestName: string) => (): ReadSignedData =>
    changed((data) => ({
      ...data,
      signerInfos: data.signerInfos.map((info) => ({
        ...info,
        signatureAlgorithm: { algorithm: signature },
        digestAlgorithm: { algorithm: digestName, parameters: hex`05 00` },
      })),
    }));
  const sha256 = '2.16.840.1.101.3.4.2.1';
  assert.is(objection(withAlgorithms('1.2.840.10045.2.1', sha256)()), 'verified');
  const rsa = withAlgorithms('1.2.840.113549.1.1.1', sha256)();
  assert.is(rsa.signer?.signatureAlgorithm, 'sha256WithRSAEncryption');
  assert.match(objection(rsa), 'not that of the key');
  assert.throws(withAlgorithms('1.2.840.10045.4.3.3', sha256), /with the digest algorithm sha256/);
  assert.throws(withAlgorithms('1.2.3', sha256), /signature algorithm 1\.2\.3 is not known/);
  assert.throws(withAlgorithms('1.2.840.10045.4.3.2', '1.2.840.113549.2.5'), /digest algorithm/);
});

s('SignedData without ContentInfo, and content of RFC 2315', () => {
  const inner = decode(ContentInfo, message()).content;
  assert.is(objection(readOf(inner)), 'verified');
  // RFC 2315 section 9.3: of content that is no OCTET STRING, the octets behind the length count.
  const sequence = hex`30 03 02 01 07`;
  const set = attributesOf(
    [CONTENT_TYPE_OID, encode(oid, AUTH_DATA)],
    [MESSAGE_DIGEST_OID, encode(octetString, digest('sha256', sequence.subarray(2)))],
  );
  const raw = set.slice();
  raw[0] = 0xa0;
  const read = changed((data) => ({
    ...data,
    encapContentInfo: { ...data.encapContentInfo, eContent: sequence },
    signerInfos: data.signerInfos.map((info) => ({
      ...info,
      signedAttrs: { value: decode(SignedAttributes, set), raw },
      signature: signed(keyOf('alice'), set),
    })),
  }));
  assert.equal(read.content, sequence);
  assert.is(objection(read), 'verified');
});

s('no octets make reading or verifying throw', () => {
  const der = message();
  const attempt = (octets: Uint8Array): void => {
    const read = readSignedData(octets);
    if (!read.ok) return;
    signerCertificate(read.value);
    assert.type(verifySignedData(read.value, alice.publicKey).ok, 'boolean');
  };
  for (let length = 0; length < der.length; length++) {
    assert.not.ok(readSignedData(der.subarray(0, length)).ok);
  }
  for (let at = 0; at < der.length; at++) {
    const octets = der.slice();
    octets[at] = (octets[at] as number) ^ (1 << (at % 8));
    attempt(octets);
  }
  fc.assert(fc.property(mutations(der), attempt));
  assert.match(
    (
      readSignedData(
        encode(ContentInfo, { contentType: CONTENT_TYPE.data, content: hex`05 00` }),
      ) as { reason: string }
    ).reason,
    'not SignedData',
  );
});

s('attributes survive the round trip in DER order', () => {
  fc.assert(
    fc.property(arbitrary(SignedAttributes), (attributes) => {
      const octets = encode(SignedAttributes, attributes);
      assert.is(toHex(encode(SignedAttributes, decode(SignedAttributes, octets))), toHex(octets));
    }),
  );
});

peerTest(s, 'openssl cms -verify takes what is signed here', ['openssl'], () => {
  withOpenssl((openssl) => {
    openssl.file('root', pem('CERTIFICATE', root.certificate.der));
    const trust = ['-CAfile', 'root', '-purpose', 'any', '-attime', String(NOW / 1000)];
    for (const [name, algorithms] of Object.entries(ALGORITHMS)) {
      for (const algorithm of algorithms) {
        for (const signedAttributes of [true, false]) {
          openssl.file('cms', message(name, { algorithm, signedAttributes }));
          const out = openssl.run('cms', '-verify', '-inform', 'DER', '-in', 'cms', ...trust);
          assert.equal(out, content, algorithm);
        }
      }
    }
    const signer = { subjectKeyIdentifier: alice.subjectKeyIdentifier as string };
    openssl.file('cms', message('alice', { signer }));
    assert.equal(openssl.run('cms', '-verify', '-inform', 'DER', '-in', 'cms', ...trust), content);
    openssl.run('asn1parse', '-inform', 'DER', '-in', 'cms');
    openssl.file('p7b', certificatesMessage([alice.der]));
    const listed = openssl.says('pkcs7', '-inform', 'DER', '-in', 'p7b', '-print_certs');
    assert.match(listed, 'CN = alice');
  });
});

peerTest(s, 'what OpenSSL signs is read and verified', ['openssl'], () => {
  withOpenssl((openssl) => {
    openssl.file('content', 'an AuthPack');
    for (const key of [['rsa:2048'], ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384']]) {
      const args = ['-nodes', '-keyout', 'k', '-subj', '/CN=Bob', '-out', 'c'];
      openssl.run('req', '-x509', '-newkey', ...key, ...args);
      const bob = certificateOf(openssl.run('x509', '-in', 'c', '-outform', 'DER'));
      for (const options of [[], ['-noattr'], ['-keyid'], ['-md', 'sha1'], ['-md', 'sha512']]) {
        const what = ['-nodetach', '-binary', '-signer', 'c', '-inkey', 'k', '-in', 'content'];
        const type = ['-econtent_type', AUTH_DATA, '-outform', 'DER'];
        const read = readOf(openssl.run('cms', '-sign', ...what, ...type, ...options));
        assert.is(fromUtf8(read.content ?? hex``), 'an AuthPack');
        assert.is(read.contentType, AUTH_DATA);
        assert.is(signerCertificate(read), bob, String(options));
        assert.equal(verifySignedData(read, bob.publicKey), { ok: true }, String(options));
      }
    }
  });
});

s.run();
