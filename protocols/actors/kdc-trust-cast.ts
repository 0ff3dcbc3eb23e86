/** What a computer believes of domain controllers' certificates when the story begins. */
import type { Scene } from '../../src/scenario/role.ts';
import type { KdcTrust } from '../pkinit/kdc-trust.ts';
import { publicKeyServices } from './pki-cast.ts';

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
