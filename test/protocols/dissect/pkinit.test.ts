import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../../../protocols/dissect/dissector.ts';
import { encrypt, key } from '../../../protocols/kerberos/etypes.ts';
import { EncryptedData, PaEncTsEnc } from '../../../protocols/kerberos/messages.ts';
import { concat, fromHex, hex, toHex } from '../../../src/bytes/bytes.ts';
import { encode } from '../../../src/der/codec.ts';
import type { DissectedField } from '../../../src/trace/dissector.ts';
import { chanceOf, mutatedInside } from '../../mutations.ts';
import { root } from '../../root.ts';

const s = suite('dissect/pkinit');

/** MIT krb5 1.20.1 and Heimdal 7.8, client and KDC of their own, with certificates made by OpenSSL. */
const vector = (name: string): Uint8Array =>
  fromHex(
    readFileSync(root('test', 'vectors', 'pkinit-peers', `${name}.hex`), 'utf8').replace(/\s/g, ''),
  );

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((found, part) => (found as Record<string, unknown> | undefined)?.[part], value);
}

const ending = (rows: readonly DissectedField[], text: string): DissectedField | undefined =>
  rows.find(({ path }) => path.endsWith(text));

s('a request: what was signed, by whom, for which group', () => {
  const bytes = vector('mit-as-req-modp-14');
  const padata = at(dissector.value(bytes), 'padataValue');
  const signed = (padata as Record<string, unknown>)['PA-PK-AS-REQ'];
  const pack = (path: string): unknown => at(signed, `signedAuthPack.${path}`);
  assert.is(pack('eContentType'), 'id-pkinit-authData');
  assert.equal(pack('eContent.clientPublicValue'), {
    algorithm: 'dhpublicnumber',
    group: 'modp-14',
  });
  assert.is(pack('eContent.pkAuthenticator.nonce'), 1_120_115_158);
  assert.equal(pack('eContent.supportedKDFs'), [
    { kdfId: 'id-pkinit-kdf-ah-sha256' },
    { kdfId: 'id-pkinit-kdf-ah-sha1' },
    { kdfId: 'id-pkinit-kdf-ah-sha512' },
  ]);
  assert.is(pack('certificates.0.subject'), 'CN=user');
  assert.equal(pack('certificates.0.subjectAltName'), { kerberos: ['alice@KRB.EXAMPLE'] });
  assert.is(pack('signerInfos.0.signatureAlgorithm'), 'sha256WithRSAEncryption');
  assert.is(at(signed, 'trustedCertifiers.0.subjectName'), 'CN=CA');
  assert.is(at(signed, 'trustedCertifiers.0.issuerAndSerialNumber.issuer'), 'CN=CA');
});

s('rows of a request stand where the octets are, four structures deep', () => {
  const bytes = vector('mit-as-req-modp-14');
  const rows = dissector.fields(bytes);
  assert.not.ok(rows.some(({ type }) => type === 'error'));
  const token = ending(rows, 'AuthPack.pkAuthenticator.freshnessToken');
  const value = '6b0ad7ea0000000139435c03dd583ccc64c838f3';
  assert.is(token?.value, value);
  assert.is(toHex(bytes.subarray(token?.start, token?.end)).slice(-value.length), value);
  assert.is(ending(rows, '.DomainParameters')?.name, 'modp-14');
  assert.match(String(ending(rows, 'DomainParameters.p')?.value), /^00ffffffffffffffffc90fdaa2/);
  assert.is(ending(rows, 'signedAttrs[0].values[0]')?.name, 'id-pkinit-authData');
});

s('the groups that a KDC would take', () => {
  const value = dissector.value(vector('mit-krb-error-dh-parameters'));
  assert.is(at(value, 'errorCode'), 'KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED');
  assert.equal(at(value, 'eData.dataValue.TD-DH-PARAMETERS'), ['modp-16']);
});

s('replies with Diffie-Hellman of both implementations', () => {
  for (const [name, kdf] of [
    ['mit-as-rep-modp-16', 'id-pkinit-kdf-ah-sha256'],
    ['heimdal-as-rep-dh', undefined],
  ] as const) {
    const reply = at(dissector.value(vector(name)), 'padataValue.PA-PK-AS-REP');
    const signed = at(reply, 'dhInfo.dhSignedData');
    assert.is(at(reply, 'dhInfo.kdf.kdfId'), kdf, name);
    assert.is(at(signed, 'eContentType'), 'id-pkinit-DHKeyData', name);
    assert.type(at(signed, 'eContent.nonce'), 'number', name);
    assert.is(at(signed, 'certificates.0.subject'), 'CN=kdc', name);
  }
});

s('a reply with the key under the client’s RSA key', () => {
  const value = dissector.value(vector('heimdal-as-rep-rsa'));
  assert.equal(at(value, 'padataValue.PA-PK-AS-REP.encKeyPack'), {
    contentType: 'id-signedData',
    contentEncryptionAlgorithm: 'id-aes256-CBC',
    recipientInfos: [
      {
        subjectKeyIdentifier: 'c9119dcb53aa4c43ebf2b8213cfa96dd4af66fc7',
        keyEncryptionAlgorithm: 'rsaEncryption',
      },
    ],
  });
});

s('Windows’ freshness token opens with krbtgt’s key', () => {
  const krbtgt = key(18, new Uint8Array(32).fill(9));
  const time = encode(PaEncTsEnc, { patimestamp: Date.UTC(2026, 2, 2, 8), pausec: 5 });
  const cipher = encrypt(krbtgt, 60, time, new Uint8Array(16));
  const token = concat(hex`00 00`, encode(EncryptedData, { etype: 18, kvno: 2, cipher }));
  const keyring = dissector.keyring();
  const principal = 'krbtgt/R@R';
  keyring.add([{ principal, kvno: 2, etype: 18, key: toHex(krbtgt.bytes) }]);
  assert.equal(dissector.value(token, { message: 'freshness token' }, keyring), {
    etype: 'aes256-cts-hmac-sha1-96',
    kvno: 2,
    openedBy: 'krbtgt/R@R kvno 2',
    patimestamp: '2026-03-02T08:00:00Z',
    pausec: 5,
  });
  const rows = dissector.fields(token, { message: 'freshness token' }, keyring);
  const sealed = rows.find(({ opened }) => opened !== undefined);
  assert.is(sealed?.opened?.key, 'krbtgt/R@R kvno 2');
  assert.is(ending(sealed?.opened?.fields ?? [], 'patimestamp')?.value, '2026-03-02T08:00:00Z');
});

s('a SignedData by itself says what it is', () => {
  const bytes = vector('heimdal-as-req-dh');
  const rows = dissector.fields(bytes);
  const info = ending(rows, 'signedAuthPack.ContentInfo');
  const alone = bytes.subarray(info?.start, info?.end);
  assert.is(dissector.name(alone), 'ContentInfo');
  assert.is(at(dissector.value(alone), 'eContent.clientPublicValue.group'), 'modp-2');
});

/** The vectors, and what stands in their OCTET STRINGs by itself. */
function pieces(): readonly (readonly [string, Uint8Array])[] {
  const names = ['mit-as-req-modp-14', 'mit-as-rep-modp-16', 'heimdal-as-rep-rsa'];
  return [...names, 'heimdal-as-req-dh', 'mit-krb-error-dh-parameters'].flatMap((name) => {
    const bytes = vector(name);
    const inner = dissector.fields(bytes).flatMap(({ path, start, end }) => {
      const type = /\.(PA-PK-AS-REQ|ContentInfo|AuthPack|KDCDHKeyInfo|Certificate)$/.exec(
        path,
      )?.[1];
      return type === undefined ? [] : [[type, bytes.subarray(start, end)] as const];
    });
    return [[name, bytes] as const, ...inner];
  });
}

s('whatever is spoiled is shown as far as it goes, and nothing throws', () => {
  const seeds = pieces();
  const all = seeds.map(([, bytes]) => bytes);
  const chance = chanceOf(1, 'dissect/pkinit');
  for (let i = 0; i < 100; i++) {
    for (const [message, seed] of seeds) {
      const bytes = mutatedInside(seed, chance, all);
      const hints = { message };
      const rows = dissector.fields(bytes, hints);
      assert.ok(rows.length > 0);
      for (const { start, end } of rows) {
        assert.ok(start <= end && end <= bytes.length, `${message} ${toHex(bytes)}`);
      }
      dissector.value(bytes, hints);
      dissector.name(bytes, hints);
    }
  }
});

s.run();
