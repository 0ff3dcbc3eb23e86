/** The enrolment agent of AD FS: with its certificate it asks for others. */
import type { Scene } from '../../src/scenario/role.ts';
import type { ServiceConfig } from '../enrollment/federation-service.ts';
import { commonName, enrollmentAgent, smartcardLogon } from '../x509/profiles.ts';
import type { AdFsFields } from './ad-fs-fields.ts';
import { authority, chainOf, issued, serialNumber, signatureAlgorithmFor } from './pki-cast.ts';
import { templateOf } from './pki-templates.ts';
import { adFsHost } from './service-accounts.ts';

const DAY = 86_400_000;

/** Its agent's certificate, or one that allows nothing of the kind. */
export function agentOf(scene: Scene, name: string, config: AdFsFields): ServiceConfig['agent'] {
  const issuer = authority(scene, config.issuer);
  const key = `agent/${name}`;
  const publicKey = scene.key(key, 'RSA-2048');
  const subject = commonName(adFsHost(name, config));
  const template = templateOf(scene, config.realm, 'WHFBEnrollmentAgent');
  const profile =
    config.agentCertificate === 'enrollmentAgent'
      ? enrollmentAgent({ subject, template })
      : smartcardLogon({ subject });
  const notBefore = scene.start - 29 * DAY;
  const certificate = issued(scene, issuer, profile, {
    publicKey,
    serialNumber: serialNumber(scene, key),
    notBefore,
    notAfter: notBefore + 2 * 365 * DAY,
  });
  return {
    certificate,
    chain: chainOf(issuer),
    key,
    algorithm: signatureAlgorithmFor('RSA-2048'),
  };
}
