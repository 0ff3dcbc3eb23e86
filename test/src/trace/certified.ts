/** Certificates for sessions of TLS. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { signedCertificate, tbsCertificate } from '../../../protocols/x509/issue.ts';
import { commonName, webServer } from '../../../protocols/x509/profiles.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { signedNow } from '../../../src/signing/node-provider.ts';

/** A certificate that its own key has signed, in one of the two algorithms that servers here use. */
export function certified(kind: 'rsa' | 'ec'): {
  readonly key: KeyObject;
  readonly der: Uint8Array;
} {
  const pair =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pkcs8 = new Uint8Array(pair.privateKey.export({ format: 'der', type: 'pkcs8' }));
  const algorithm = kind === 'rsa' ? 'sha256WithRSAEncryption' : 'ecdsa-with-SHA256';
  const tbs = tbsCertificate(webServer({ dnsNames: ['rd1.corp.example'], ip: [] }), {
    issuer: commonName('rd1.corp.example'),
    notBefore: 0,
    notAfter: 86_400_000,
    serialNumber: hex`01`,
    publicKey: new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' })),
    signatureAlgorithm: algorithm,
  });
  const signature = signedNow({ name: 'own', pkcs8 }, algorithm, tbs);
  return { key: pair.privateKey, der: signedCertificate(tbs, algorithm, signature) };
}
