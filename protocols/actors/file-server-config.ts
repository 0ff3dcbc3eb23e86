/** A file server's entry in the file, as what its machine needs. */
import type { Scene } from '../../src/scenario/role.ts';
import type * as ap from '../kerberos/ap-server.ts';
import { NT_SRV_INST } from '../kerberos/constants.ts';
import { principal } from '../kerberos/names.ts';
import type { Target } from '../ntlm/acceptor.ts';
import { members } from './cast-members.ts';
import { computerKeys, computerNames, hostNames } from './computer.ts';
import type { DomainControllerFields, FileServerFields } from './fields.ts';
import { authorize, type Identity } from './logon.ts';
import type { PassThroughOptions } from './pass-through.ts';
import { realmNames } from './realm-names.ts';

export interface FileServerConfig {
  readonly kerberos: Omit<ap.Acceptor<Identity>, 'replays'>;
  /** Absent: NTLM is not taken. */
  readonly ntlm?: Target;
  readonly passThrough: PassThroughOptions;
}

/** Milliseconds that a domain controller may take to say who somebody is. */
const WAIT_TIME = 10_000;

export function fileServerConfig(
  name: string,
  config: FileServerFields,
  scene: Scene,
): FileServerConfig {
  const computer = computerNames(name, config);
  const names = [config.spn, ...hostNames(computer)];
  const realm = config.realm.toUpperCase();
  // Read-only domain controllers do not answer here: see netlogon/README.md.
  const controllers = members<DomainControllerFields>(scene, realm, 'domain-controller');
  const [first] = controllers;
  return {
    kerberos: {
      realm,
      names: names.map((text) => principal(NT_SRV_INST, ...text.split('/'))),
      keys: computerKeys(scene, name, config),
      clockSkew: config.maxClockSkew,
      authorize,
    },
    ...(config.ntlm
      ? {
          ntlm: {
            netbiosComputerName: computer.netbiosName,
            netbiosDomainName:
              first === undefined
                ? (realm.split('.')[0] ?? realm)
                : realmNames(scene, ...first).flatName,
            dnsComputerName: computer.dnsHostName,
            dnsDomainName: realm.toLowerCase(),
          },
        }
      : {}),
    passThrough: {
      computerName: computer.netbiosName,
      controllers: controllers.map(([actor]) => actor),
      waitTime: WAIT_TIME,
    },
  };
}
