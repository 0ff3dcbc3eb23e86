/** What AD FS of the cast is and knows when it is switched on. */
import type { Scene } from '../../src/scenario/role.ts';
import { domainDn, formatDn } from '../directory/dn.ts';
import type { ServiceConfig } from '../enrollment/federation-service.ts';
import { agentOf } from './ad-fs-agent.ts';
import type { AdFsFields } from './ad-fs-fields.ts';
import type { DirectoryAccess } from './authority-config.ts';
import { members } from './cast-members.ts';
import type { DomainControllerFields } from './fields.ts';
import { authority } from './pki-cast.ts';
import { realmNames } from './realm-names.ts';
import { adFsAccount, adFsHost } from './service-accounts.ts';
import { tenantPublicKeys } from './tenant-cast.ts';

export interface AdFsConfig {
  readonly service: ServiceConfig;
  readonly access: DirectoryAccess;
  /** The authority that requests go to: the actor, and its name in HTTP's Host. */
  readonly authority: { readonly actor: string; readonly host: string };
}

/** @throws Error when its realm has no domain controller in the cast */
export function adFsConfig(scene: Scene, name: string, config: AdFsFields): AdFsConfig {
  const { realm } = config;
  const [first] = members<DomainControllerFields>(scene, realm, 'domain-controller');
  if (first === undefined) throw new Error(`${name}: ${realm} has no domain controller`);
  const [server, fields] = first;
  const { flatName } = realmNames(scene, server, fields);
  const { sAMAccountName, password } = adFsAccount(scene, name, config);
  const issuer = authority(scene, config.issuer);
  const host = adFsHost(name, config);
  return {
    service: {
      host,
      domainDn: formatDn(domainDn(realm.toLowerCase())),
      netbios: flatName,
      agent: agentOf(scene, name, config),
      template: config.template,
      receiptKeys: tenantPublicKeys(scene, realm),
      issuesCertificates: config.issuesCertificates,
    },
    access: { server, bind: { name: `${flatName}\\${sAMAccountName}`, password } },
    authority: { actor: issuer.actor, host: issuer.host },
  };
}
