/** What a new domain's directory says of certification authorities: the containers of Public Key Services. */
import type { Scene } from '../../src/scenario/role.ts';
import type { PublicKeyServicesSeed } from '../directory/domain-seed.ts';
import { templateAttributes } from '../enrollment/certificate-template.ts';
import { accountSid } from './account-identity.ts';
import { type Authority, authoritiesOf, firstPublication, withParents } from './pki-cast.ts';
import { certificateTemplates } from './pki-templates.ts';
import { authorityAccount, netbiosOf } from './service-accounts.ts';

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
      host: netbiosOf(one.host),
      crl: firstPublication(scene, one).der,
      ...publisher(scene, one),
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

/** Only who is in a directory can write to it: the list of a root elsewhere, an administrator brings. */
function publisher(scene: Scene, { actor, config }: Authority): { readonly publisherSid?: string } {
  if (config.realm === undefined) return {};
  const { sAMAccountName } = authorityAccount(scene, actor, config);
  const publisherSid = accountSid(scene, config.realm, sAMAccountName);
  return publisherSid === undefined ? {} : { publisherSid };
}
