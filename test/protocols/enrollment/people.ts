/** Keys, certificates and objects of the directory for tests of enrolment, without a world around them. */

import { createPrivateKey } from 'node:crypto';
import { KeyUsage, newKeyCredential } from '../../../protocols/directory/key-credential.ts';
import { dnBinaryText } from '../../../protocols/directory/key-credential-value.ts';
import { bcryptPublicBlob } from '../../../protocols/directory/key-material.ts';
import { deviceSecurityIdentity } from '../../../protocols/enrollment/directory-objects.ts';
import type { Found, ServiceConfig } from '../../../protocols/enrollment/federation-service.ts';
import { parseSid } from '../../../protocols/pac/sid.ts';
import { type Certificate, readCertificate } from '../../../protocols/x509/certificate.ts';
import {
  type CertificateProfile,
  signedCertificate,
  tbsCertificate,
} from '../../../protocols/x509/issue.ts';
import {
  certificateAuthority,
  commonName,
  device,
  enrollmentAgent,
} from '../../../protocols/x509/profiles.ts';
import { utf8 } from '../../../src/bytes/bytes.ts';
import { digest } from '../../../src/crypto/digest.ts';
import { type KeyPair, rsaKeyPair } from '../../../src/crypto/key-pair.ts';
import { rsaDecrypt } from '../../../src/crypto/rsa.ts';
import { signedNow } from '../../../src/signing/node-provider.ts';

export const NOW = Date.UTC(2026, 2, 2, 8);
const DAY = 86_400_000;
const RSA_SHA256 = 'sha256WithRSAEncryption';

const pairs = new Map<string, KeyPair>();

/** An RSA-2048 key, the same for the same name. */
export function pair(name: string): KeyPair {
  const known = pairs.get(name) ?? rsaKeyPair('enrollment tests', name);
  pairs.set(name, known);
  return known;
}

/** What the effect `sign` is answered with. */
export function sign(name: string, data: Uint8Array, algorithm = RSA_SHA256): Uint8Array {
  return signedNow({ name, pkcs8: pair(name).pkcs8 }, algorithm, data);
}

/** What the effect `decrypt` is answered with. */
export function decrypt(name: string, data: Uint8Array): Uint8Array | undefined {
  const key = createPrivateKey({
    key: Buffer.from(pair(name).pkcs8),
    format: 'der',
    type: 'pkcs8',
  });
  return rsaDecrypt('RSAES-OAEP', key, data);
}

let serial = 1;

/** @param issuer absent: signs itself */
export function certificate(
  profile: CertificateProfile,
  key: string,
  issuer?: { readonly certificate: Certificate; readonly key: string },
): Certificate {
  const tbs = tbsCertificate(profile, {
    issuer: issuer?.certificate ?? profile.subject,
    publicKey: pair(key).spki,
    serialNumber: Uint8Array.of(0x40, serial++),
    notBefore: NOW - DAY,
    notAfter: NOW + 365 * DAY,
    signatureAlgorithm: RSA_SHA256,
  });
  const signature = sign(issuer?.key ?? key, tbs);
  const read = readCertificate(signedCertificate(tbs, RSA_SHA256, signature));
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

export const ca = {
  certificate: certificate(certificateAuthority({ subject: commonName('Test CA') }), 'ca'),
  key: 'ca',
};
export const agent = certificate(
  enrollmentAgent({ subject: commonName('sts.corp.example') }),
  'agent',
  ca,
);
export const laptop = certificate(
  device({ deviceId: '47f577e3-d2d0-4a0a-8aca-e0501098bde4' }),
  'device',
  ca,
);

export const CONFIG: ServiceConfig = {
  host: 'sts.corp.example',
  domainDn: 'DC=corp,DC=example',
  netbios: 'CORP',
  agent: { certificate: agent, chain: [], key: 'agent', algorithm: RSA_SHA256 },
  template: 'WHFBAuthentication',
  receiptKeys: [pair('tenant').spki],
  issuesCertificates: true,
};

/** KeyID as requests name it. */
export function keyId(name: string): Uint8Array {
  return digest('sha256', bcryptPublicBlob(pair(name).spki));
}

/** A value of msDS-KeyCredentialLink. */
export function keyCredential(name: string, usage: number): Uint8Array {
  const keyMaterial = bcryptPublicBlob(pair(name).spki);
  return utf8(dnBinaryText(newKeyCredential({ keyMaterial, usage }), 'DC=corp,DC=example'));
}

export const SID = 'S-1-5-21-1-2-3-1105';
export const UPN = 'alice@corp.example';

export function aliceObject(...keys: readonly string[]): Found {
  return {
    dn: 'CN=alice,CN=Users,DC=corp,DC=example',
    attributes: {
      userPrincipalName: [utf8(UPN)],
      sAMAccountName: [utf8('alice')],
      objectSid: [parseSid(SID)],
      'msDS-KeyCredentialLink': keys.map((name) => keyCredential(name, KeyUsage.NGC)),
    },
  };
}

export function deviceObject(...more: readonly (readonly [string, string])[]): Found {
  return {
    dn: 'CN=laptop,CN=RegisteredDevices,DC=corp,DC=example',
    attributes: {
      altSecurityIdentities: [utf8(deviceSecurityIdentity(laptop))],
      'msDS-KeyCredentialLink': [keyCredential('transport', KeyUsage.STK)],
      ...Object.fromEntries(more.map(([name, value]) => [name, [utf8(value)]])),
    },
  };
}
