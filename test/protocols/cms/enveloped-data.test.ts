import { createPrivateKey } from 'node:crypto';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONTENT_TYPE, type ContentEncryption } from '../../../protocols/cms/constants.ts';
import {
  openEnvelopedData,
  type ReadEnvelopedData,
  readEnvelopedData,
  sealEnvelopedData,
} from '../../../protocols/cms/enveloped-data.ts';
import { identifies } from '../../../protocols/cms/identifiers.ts';
import { ContentInfo, EnvelopedData } from '../../../protocols/cms/messages.ts';
import { pem, readPem } from '../../../protocols/x509/pem.ts';
import { commonName, smartcardLogon } from '../../../protocols/x509/profiles.ts';
import { fromUtf8, hex, utf8 } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { rsaDecrypt } from '../../../src/crypto/rsa.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { mutations } from '../../arbitrary.ts';
import { withOpenssl } from '../../openssl.ts';
import { peerTest } from '../../peers.ts';
import { authority, certificateOf, issue, keyOf } from '../x509/pki.ts';

const s = suite('enveloped-data');

const CIPHERS: readonly ContentEncryption[] = ['des-ede3-cbc', 'aes128-cbc', 'aes256-cbc'];
const content = utf8('a ReplyKeyPack');
const root = authority('Root');
const profile = smartcardLogon({ subject: commonName('Alice') });
const alice = issue(profile, keyOf('rsa alice'), root);
const random = seededRandom(1, 'enveloped');

function sealed(contentEncryption: ContentEncryption, recipient = alice): Uint8Array {
  const contentType = CONTENT_TYPE.signedData;
  const der = sealEnvelopedData({ contentType, content, recipient, contentEncryption, random });
  if (der === undefined) throw new Error('the key is no RSA key');
  return der;
}

function readOf(der: Uint8Array): ReadEnvelopedData {
  const read = readEnvelopedData(der);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

function keyIn(read: ReadEnvelopedData): Uint8Array {
  const encrypted = read.recipients[0]?.encryptedKey ?? hex``;
  const key = rsaDecrypt('RSAES-PKCS1-v1_5', keyOf('rsa alice').object, encrypted);
  if (key === undefined) throw new Error('it does not decrypt');
  return key;
}

s('what is sealed here is opened, with every cipher', () => {
  for (const cipher of CIPHERS) {
    const read = structuredClone(readOf(sealed(cipher)));
    assert.is(read.contentType, CONTENT_TYPE.signedData);
    assert.is(read.contentEncryption, cipher);
    assert.is(read.recipients.length, 1);
    const [recipient] = read.recipients;
    assert.ok(recipient && identifies(recipient.identifier, alice));
    assert.equal(openEnvelopedData(read, keyIn(read)), content);
    const wrong = keyIn(read).map((octet) => octet ^ 0xff);
    assert.not.equal(openEnvelopedData(read, wrong), content);
    assert.is(openEnvelopedData(read, hex`00`), undefined, 'a key of another length');
  }
});

s('versions and parameters as Windows writes them (reference D.5)', () => {
  const data = decode(EnvelopedData, decode(ContentInfo, sealed('des-ede3-cbc')).content);
  assert.is(data.version, 0);
  const [recipient] = data.recipientInfos;
  assert.ok(recipient && 'ktri' in recipient);
  assert.is(recipient.ktri.version, 0);
  assert.equal(recipient.ktri.keyEncryptionAlgorithm.parameters, hex`05 00`);
  const { contentEncryptionAlgorithm } = data.encryptedContentInfo;
  assert.is(contentEncryptionAlgorithm.parameters?.length, 10);
});

s('each octet of a DES key has odd parity', () => {
  for (const octet of keyIn(readOf(sealed('des-ede3-cbc')))) {
    assert.is(octet.toString(2).replaceAll('0', '').length % 2, 1);
  }
});

s('an EC key cannot be sealed to', () => {
  const ec = issue(profile, keyOf('alice'), root);
  const wanted = { contentType: CONTENT_TYPE.data, content, recipient: ec, random };
  assert.is(sealEnvelopedData({ ...wanted, contentEncryption: 'aes256-cbc' }), undefined);
});

s('messages that cannot be opened here say why', () => {
  const info = decode(ContentInfo, sealed('aes256-cbc'));
  const data = decode(EnvelopedData, info.content);
  const refusal = (change: Partial<typeof data>): string => {
    const octets = encode(EnvelopedData, { ...data, ...change });
    const read = readEnvelopedData(encode(ContentInfo, { ...info, content: octets }));
    return read.ok ? 'read' : read.reason;
  };
  const { encryptedContentInfo } = data;
  const rc2 = { algorithm: '1.2.840.113549.3.2', parameters: hex`05 00` };
  const aes = encryptedContentInfo.contentEncryptionAlgorithm;
  const withCipher = (contentEncryptionAlgorithm: typeof aes) => ({
    encryptedContentInfo: { ...encryptedContentInfo, contentEncryptionAlgorithm },
  });
  assert.match(refusal(withCipher(rc2)), '1.2.840.113549.3.2 is not known');
  assert.match(refusal(withCipher({ ...aes, parameters: hex`04 01 00` })), 'no IV');
  assert.match(refusal({ recipientInfos: [] }), 'no recipient');
  const { encryptedContent: _, ...without } = encryptedContentInfo;
  assert.match(refusal({ encryptedContentInfo: without }), 'not in it');
  const other = readEnvelopedData(encode(ContentInfo, { ...info, contentType: CONTENT_TYPE.data }));
  assert.match(other.ok ? '' : other.reason, 'not EnvelopedData');
});

s('padding that is none', () => {
  const read = readOf(sealed('aes256-cbc'));
  const key = keyIn(read);
  const opened = openEnvelopedData({ ...read, encryptedContent: hex`` }, key);
  assert.is(opened, undefined);
  const odd = { ...read, encryptedContent: read.encryptedContent.subarray(1) };
  assert.is(openEnvelopedData(odd, key), undefined);
});

s('no octets make reading or opening throw', () => {
  const der = sealed('aes128-cbc');
  const key = keyIn(readOf(der));
  const attempt = (octets: Uint8Array): void => {
    const read = readEnvelopedData(octets);
    if (read.ok) openEnvelopedData(read.value, key);
    else assert.ok(read.reason.length > 0);
  };
  for (let length = 0; length < der.length; length++) {
    assert.not.ok(readEnvelopedData(der.subarray(0, length)).ok);
  }
  fc.assert(fc.property(mutations(der), attempt));
});

peerTest(s, 'openssl cms -decrypt opens what is sealed here', ['openssl'], () => {
  withOpenssl((openssl) => {
    openssl.file('cert', pem('CERTIFICATE', alice.der));
    openssl.file('key', pem('PRIVATE KEY', keyOf('rsa alice').pkcs8));
    for (const cipher of CIPHERS) {
      openssl.file('cms', sealed(cipher));
      const args = ['-inform', 'DER', '-in', 'cms', '-recip', 'cert', '-inkey', 'key'];
      assert.equal(openssl.run('cms', '-decrypt', ...args), content, cipher);
      openssl.run('asn1parse', '-inform', 'DER', '-in', 'cms');
    }
  });
});

peerTest(s, 'what OpenSSL seals is opened', ['openssl'], () => {
  withOpenssl((openssl) => {
    openssl.file('content', 'a ReplyKeyPack');
    const args = ['-nodes', '-keyout', 'k', '-subj', '/CN=Bob', '-out', 'c'];
    openssl.run('req', '-x509', '-newkey', 'rsa:2048', ...args);
    const bob = certificateOf(openssl.run('x509', '-in', 'c', '-outform', 'DER'));
    const [pkcs8] = readPem(fromUtf8(openssl.run('pkcs8', '-topk8', '-nocrypt', '-in', 'k')));
    const der = Buffer.from(pkcs8?.der ?? []);
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    for (const cipher of ['-des3', '-aes128', '-aes256']) {
      for (const options of [[], ['-keyid']]) {
        const what = ['-encrypt', '-binary', cipher, '-in', 'content', '-outform', 'DER'];
        const read = readOf(openssl.run('cms', ...what, ...options, 'c'));
        const [recipient] = read.recipients;
        assert.ok(recipient && identifies(recipient.identifier, bob));
        const opened = rsaDecrypt('RSAES-PKCS1-v1_5', key, recipient.encryptedKey) ?? hex``;
        assert.is(fromUtf8(openEnvelopedData(read, opened) ?? hex``), 'a ReplyKeyPack', cipher);
      }
    }
  });
});

s.run();
