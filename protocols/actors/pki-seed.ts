/** What a new domain's directory says of certification authorities: the containers of Public Key Services. */
import type { Scene } from '../../src/scenario/role.ts';
import type { PublicKeyServicesSeed } from '../directory/domain-seed.ts';
import { templateAttributes } from '../enrollment/certificate-template.ts';
import { type Authority, authoritiesOf, firstPublication, withParents } from './pki-cast.ts';
import { certificateTemplates } from './pki-templates.ts';

/** Undefined: no authority of the cast is in the realm's directory. */
export function publicKeyServicesSeed(
  scene: Scene,
  realm: string,
): PublicKeyServicesSeed | undefined {
  const own = authoritiesOf(scene, realm);
  if (own.length === 0) return undefined;
  const all = withParents(own);
  const named = ({ name, certificate }: Authority) => ({ name, certificate: certificate.der });
  const templates = certificateTemplates(scene, realm);
  // Roots that are switched off issue to nobody.
  const issuing = own.filter(({ parent }) => parent !== undefined);
  return {
    roots: all.filter(({ parent }) => parent === undefined).map(named),
    ntAuth: own.filter(({ config }) => config.inNtAuth).map(({ certificate }) => certificate.der),
    intermediates: all.filter(({ parent }) => parent !== undefined).map(named),
    revocationLists: all.map((one) => ({
      name: one.name,
      host: hostName(one),
      crl: firstPublication(scene, one).der,
    })),
    enrollmentServices: issuing.map((one) => ({
      ...named(one),
      attributes: {
        dNSHostName: one.host,
        certificateTemplates: templates.map(({ cn }) => cn),
      },
    })),
    templates: templates.map((template) => ({
      name: template.cn,
      attributes: templateAttributes(template),
    })),
  };
}

/** The container of a list is named for the host: its NetBIOS name. */
function hostName({ host }: Authority): string {
  return (host.split('.')[0] ?? host).toUpperCase();
}
