/** What a computer believes of domain controllers' certificates when the story begins. */
import { toHex } from '../../src/bytes/bytes.ts';
import type { Scene } from '../../src/scenario/role.ts';
import type { KdcTrust } from '../pkinit/kdc-trust.ts';
import { authoritiesOf, crlPath, publicKeyServices, withParents } from './pki-cast.ts';
import type { ListSource } from './revocation-lists.ts';

/**
 * Group policy brings the roots and NTAuth's authorities of the domain to every member; a device that is
 * joined to Entra alone has the roots by a profile, and no NTAuth.
 */
export function kdcTrustOf(
  scene: Scene,
  fields: {
    readonly realm: string;
    readonly revocationCheck: KdcTrust['revocation'];
    readonly kdcValidation: KdcTrust['validation'];
  },
  isMember: boolean,
): KdcTrust {
  const { roots, ntAuth, intermediates, revocationLists } = publicKeyServices(scene, fields.realm);
  return {
    roots,
    intermediates,
    ...(isMember ? { ntAuth } : {}),
    // Fetched before, from where the certificates say.
    revocationLists,
    revocation: fields.revocationCheck,
    validation: fields.kdcValidation,
  };
}

/** Where the realm's revocation lists are fetched. */
export function listSourcesOf(scene: Scene, realm: string): readonly ListSource[] {
  return withParents(authoritiesOf(scene, realm)).map((one) => ({
    issuer: toHex(one.certificate.subject.der),
    actor: one.actor,
    host: one.host,
    path: crlPath(one),
  }));
}
