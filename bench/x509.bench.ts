/** Certificates, chains and CMS, beside @peculiar/x509 reading the same certificate. */
import { createPrivateKey, sign } from 'node:crypto';
import 'reflect-metadata';
import * as library from '@peculiar/x509';
import { finishSignedData, prepareSignedData } from '../protocols/cms/sign.ts';
import {
  readSignedData,
  signerCertificate,
  verifySignedData,
} from '../protocols/cms/signed-data.ts';
import { type Certificate, readCertificate } from '../protocols/x509/certificate.ts';
import { buildChain } from '../protocols/x509/chain.ts';
import {
  type CertificateProfile,
  signedCertificate,
  tbsCertificate,
} from '../protocols/x509/issue.ts';
import { certificateAuthority, commonName, smartcardLogon } from '../protocols/x509/profiles.ts';
import type { TrustStore } from '../protocols/x509/trust.ts';
import { view } from '../src/bytes/bytes.ts';
import { type KeyPair, rsaKeyPair } from '../src/crypto/key-pair.ts';
import { seededRandom } from '../src/crypto/random.ts';
import type { Bench } from './suite.ts';

export const name = 'x509';

const NOW = Date.UTC(2026, 2, 1);
const ALGORITHM = 'sha256WithRSAEncryption';

function signed({ pkcs8 }: KeyPair, data: Uint8Array): Uint8Array {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  return new Uint8Array(sign('sha256', data, key));
}

function issued(profile: CertificateProfile, keys: KeyPair, by: KeyPair, issuer?: Certificate) {
  const tbs = tbsCertificate(profile, {
    issuer: issuer ?? profile.subject,
    publicKey: keys.spki,
    serialNumber: Uint8Array.of(0x11, 0x22),
    notBefore: NOW - 1000,
    notAfter: NOW + 1000,
    signatureAlgorithm: ALGORITHM,
  });
  const read = readCertificate(signedCertificate(tbs, ALGORITHM, signed(by, tbs)));
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

/** Octets that were never seen before: the signature's last four count up. */
function unseen(der: Uint8Array): () => Uint8Array {
  const octets = der.slice();
  let count = 0;
  return () => {
    view(octets).setUint32(octets.length - 4, ++count);
    return octets;
  };
}

export function suite(bench: Bench): void {
  const caKey = rsaKeyPair(1, 'bench/ca', 2048);
  const userKey = rsaKeyPair(1, 'bench/user', 2048);
  const root = issued(certificateAuthority({ subject: commonName('Root') }), caKey, caKey);
  const upn = 'alice@corp.example';
  const profile = smartcardLogon({ subject: commonName('Alice'), upn, sid: 'S-1-5-21-1-2-3-4' });
  const alice = issued(profile, userKey, caKey, root);

  const next = unseen(alice.der);
  bench.add('read a certificate', () => readCertificate(next()), { yardstick: true });
  bench.add('read one that was read before', () => readCertificate(alice.der));
  const other = unseen(alice.der);
  bench.add('@peculiar/x509: names and extensions', () => {
    const { subject, issuer, extensions } = new library.X509Certificate(Buffer.from(other()));
    return [subject, issuer, extensions];
  });

  const trust: TrustStore = {
    roots: [root],
    intermediates: [],
    revocationLists: [],
    revocation: 'off',
  };
  if (!buildChain(alice, [], trust, NOW).ok) throw new Error('the chain does not hold');
  bench.add('a chain of two', () => buildChain(alice, [], { ...trust }, NOW));
  bench.add('a chain that was asked for before', () => buildChain(alice, [], trust, NOW));

  const wanted = {
    contentType: '1.3.6.1.5.2.3.1',
    content: seededRandom(1, 'bench/x509')(300),
    certificates: [alice.der],
    signer: alice,
    algorithm: ALGORITHM,
    signedAttributes: true,
  };
  const { toBeSigned, draft } = prepareSignedData(wanted);
  const signature = signed(userKey, toBeSigned);
  const der = finishSignedData(draft, signature);
  const verify = () => {
    const read = readSignedData(der);
    if (!read.ok) throw new Error(read.reason);
    return verifySignedData(read.value, signerCertificate(read.value)?.publicKey ?? alice.tbs);
  };
  if (!verify().ok) throw new Error('the signature is wrong');
  bench.add('SignedData without the signature', () =>
    finishSignedData(prepareSignedData(wanted).draft, signature),
  );
  bench.add('SignedData read and verified', verify);
}
