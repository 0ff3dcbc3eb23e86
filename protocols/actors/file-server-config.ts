/** A file server's entry in the file, as what its machine needs. */
import type { Scene } from '../../src/scenario/role.ts';
import type * as ap from '../kerberos/ap-server.ts';
import { NT_SRV_INST } from '../kerberos/constants.ts';
import { principal } from '../kerberos/names.ts';
import type { Target } from '../ntlm/acceptor.ts';
import { computerKeys, computerNames, hostNames } from './computer.ts';
import type { FileServerFields } from './fields.ts';
import { authorize, type Identity } from './logon.ts';
import { memberNtlm } from './member-ntlm.ts';
import type { PassThroughOptions } from './pass-through.ts';

export interface FileServerConfig {
  readonly kerberos: Omit<ap.Acceptor<Identity>, 'replays'>;
  /** Absent: NTLM is not taken. */
  readonly ntlm?: Target;
  readonly passThrough: PassThroughOptions;
}

export function fileServerConfig(
  name: string,
  config: FileServerFields,
  scene: Scene,
): FileServerConfig {
  const computer = computerNames(name, config);
  const names = [config.spn, ...hostNames(computer)];
  const realm = config.realm.toUpperCase();
  const { target, passThrough } = memberNtlm(scene, computer, realm);
  return {
    kerberos: {
      realm,
      names: names.map((text) => principal(NT_SRV_INST, ...text.split('/'))),
      keys: computerKeys(scene, name, config),
      clockSkew: config.maxClockSkew,
      authorize,
    },
    ...(config.ntlm ? { ntlm: target } : {}),
    passThrough,
  };
}
