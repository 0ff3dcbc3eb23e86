/** Accounts that authorities and AD FS have in the directory, to look things up and to write their own. */
import type { Scene } from '../../src/scenario/role.ts';
import type { SeedAttributes } from '../directory/domain-seed.ts';
import { sameRealm } from '../kerberos/ticket-cache.ts';
import type { AdFsFields } from './ad-fs-fields.ts';
import { typablePassword } from './computer.ts';
import type { EntraConnectFields } from './entra-fields.ts';
import type { CertificateAuthorityFields } from './pki-fields.ts';

export interface ServiceIdentity {
  readonly sAMAccountName: string;
  /** Of letters and digits, for simple binds. */
  readonly password: string;
  readonly groups: readonly string[];
  readonly attributes: SeedAttributes;
}

/** Where an authority is asked over HTTP. */
export function authorityHost(actor: string, config: CertificateAuthorityFields): string {
  return config.host ?? `${actor}.${config.realm?.toLowerCase() ?? 'example'}`;
}

/** The computer of an enterprise authority: in Cert Publishers, as AD CS makes it. */
export function authorityAccount(
  scene: Scene,
  actor: string,
  config: CertificateAuthorityFields,
): ServiceIdentity {
  const dNSHostName = authorityHost(actor, config);
  const netbios = netbiosOf(dNSHostName);
  return {
    sAMAccountName: `${netbios}$`,
    password: typablePassword(scene, `${netbios}$@${config.realm?.toUpperCase()}`),
    groups: ['Cert Publishers'],
    attributes: { dNSHostName, servicePrincipalName: [`HOST/${netbios}`, `HOST/${dNSHostName}`] },
  };
}

/** The first label of a host's name, as long as NetBIOS allows. */
export function netbiosOf(host: string): string {
  return (host.split('.')[0] ?? host).slice(0, 15).toUpperCase();
}

export function adFsHost(actor: string, config: AdFsFields): string {
  return config.host ?? `${actor}.${config.realm.toLowerCase()}`;
}

export function adFsAccount(scene: Scene, actor: string, config: AdFsFields): ServiceIdentity {
  const { serviceAccount: sAMAccountName } = config;
  return {
    sAMAccountName,
    password: typablePassword(scene, `${sAMAccountName}@${config.realm.toUpperCase()}`),
    groups: [],
    attributes: { servicePrincipalName: [`http/${adFsHost(actor, config)}`] },
  };
}

/** The account that Entra Connect reads and writes the directory with. */
export function connectServiceAccount(scene: Scene, config: EntraConnectFields): ServiceIdentity {
  const { account: sAMAccountName, keyAdmins, realm } = config;
  return {
    sAMAccountName,
    password: typablePassword(scene, `${sAMAccountName}@${realm.toUpperCase()}`),
    groups: keyAdmins ? ['Key Admins'] : [],
    attributes: {},
  };
}

/** The accounts of a realm's authorities, federation and synchronisation services, in the order of the file. */
export function serviceIdentities(scene: Scene, realm: string): readonly ServiceIdentity[] {
  return Object.entries(scene.actors).flatMap(([actor, { role, config }]) => {
    if (role === 'certificate-authority') {
      const fields = config as CertificateAuthorityFields;
      const own = fields.realm;
      if (own === undefined || !sameRealm(own, realm)) return [];
      return [authorityAccount(scene, actor, fields)];
    }
    if (role === 'entra-connect') {
      const fields = config as EntraConnectFields;
      return sameRealm(fields.realm, realm) ? [connectServiceAccount(scene, fields)] : [];
    }
    if (role !== 'ad-fs') return [];
    const fields = config as AdFsFields;
    return sameRealm(fields.realm, realm) ? [adFsAccount(scene, actor, fields)] : [];
  });
}
