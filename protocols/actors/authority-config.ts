/** What a certification authority of the cast is and knows when it is switched on. */
import type { Scene } from '../../src/scenario/role.ts';
import { domainDn, formatDn } from '../directory/dn.ts';
import type { IssuingAuthority } from '../enrollment/certificate-issuing.ts';
import type { Certificate } from '../x509/certificate.ts';
import { accountIdentity } from './account-identity.ts';
import { agentOf } from './ad-fs-agent.ts';
import type { AdFsFields } from './ad-fs-fields.ts';
import { members } from './cast-members.ts';
import type { DomainControllerFields } from './fields.ts';
import {
  type Authority,
  authority,
  certificateUri,
  chainOf,
  crlUri,
  firstPublication,
  type Publication,
  rootOf,
} from './pki-cast.ts';
import { certifiedBy } from './pki-certificates.ts';
import { TEMPLATE_NAMES } from './pki-templates.ts';
import { realmNames } from './realm-names.ts';
import { authorityAccount } from './service-accounts.ts';

/** How it is bound to a directory. */
export interface DirectoryAccess {
  /** The domain controller. */
  readonly server: string;
  readonly bind: { readonly name: string; readonly password: string };
}

export interface AuthorityConfig {
  readonly authority: Authority;
  readonly first: Publication;
  /** Certificates of before the story, with who has them. */
  readonly certified: readonly { readonly holder: string; readonly certificate: Certificate }[];
  /** Actors by their accounts, in lower case: `corp\alice`. */
  readonly holders: Readonly<Record<string, string>>;
  /** Enterprise authorities only: where they look things up, and what they issue by. */
  readonly enterprise?: { readonly access: DirectoryAccess; readonly issuing: IssuingAuthority };
  /** The authorities that an agent's certificate may come from: itself and those above. */
  readonly trusted: { readonly root: Certificate; readonly between: readonly Certificate[] };
}

export function authorityConfig(scene: Scene, name: string): AuthorityConfig {
  const own = authority(scene, name);
  const enterprise = enterpriseOf(scene, own);
  return {
    authority: own,
    first: firstPublication(scene, own),
    certified: [...certifiedBy(scene, name), ...agentsOf(scene, name)],
    holders: enterprise === undefined ? {} : holdersOf(scene, enterprise.issuing.netbios),
    ...(enterprise === undefined ? {} : { enterprise }),
    trusted: { root: rootOf(own), between: between(own) },
  };
}

/** The enrolment agents of federation services. */
function agentsOf(scene: Scene, issuer: string): AuthorityConfig['certified'] {
  return Object.entries(scene.actors).flatMap(([holder, { role, config }]) => {
    if (role !== 'ad-fs' || (config as AdFsFields).issuer !== issuer) return [];
    return [{ holder, certificate: agentOf(scene, holder, config as AdFsFields).certificate }];
  });
}

function between({ parent, certificate }: Authority): readonly Certificate[] {
  return parent === undefined ? [] : [certificate, ...between(parent)];
}

function enterpriseOf(
  scene: Scene,
  own: Authority,
): NonNullable<AuthorityConfig['enterprise']> | undefined {
  const { realm } = own.config;
  if (realm === undefined) return undefined;
  const controllers = members<DomainControllerFields>(scene, realm, 'domain-controller');
  const [first] = controllers;
  if (first === undefined) return undefined;
  const [server, fields] = first;
  const { flatName } = realmNames(scene, server, fields);
  const { sAMAccountName, password } = authorityAccount(scene, own.actor, own.config);
  const root = rootOf(own);
  const above = chainOf(own).slice(1);
  return {
    access: { server, bind: { name: `${flatName}\\${sAMAccountName}`, password } },
    issuing: {
      certificate: own.certificate,
      chain: own.parent === undefined ? [] : [...above, root.der],
      key: own.key,
      signatureAlgorithm: own.signatureAlgorithm,
      crlDistributionPoints: [crlUri(own)],
      caIssuers: [certificateUri(own)],
      domainDn: formatDn(domainDn(realm.toLowerCase())),
      netbios: flatName,
      templates: TEMPLATE_NAMES,
    },
  };
}

function holdersOf(scene: Scene, netbios: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(scene.actors).flatMap(([actor, { role }]) => {
      const account = role === 'user' ? accountIdentity(scene, actor) : undefined;
      if (account === undefined) return [];
      return [[`${netbios}\\${account.sAMAccountName}`.toLowerCase(), actor]];
    }),
  );
}
