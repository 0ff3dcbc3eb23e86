/** A computer's account: its names, its password, its keys. */
import { view } from '../../src/bytes/bytes.ts';
import type { Scene } from '../../src/scenario/role.ts';
import type { SecretSeed } from '../directory/domain-seed.ts';
import { KEY_ETYPES } from '../kdc/long-term-keys.ts';
import { stringToKey } from '../kerberos/etypes.ts';
import { computerSalt } from '../kerberos/salts.ts';
import type { ServiceKey } from '../kerberos/ticket.ts';
import type { ComputerConfig } from './fields.ts';

/** Every account's key version unless the file says otherwise: AD counts from 2 for most. */
export const KVNO = 2;

/** Names and account of a computer, as far as its file entry leaves them out. */
export interface ComputerNames {
  readonly dnsHostName: string;
  readonly sAMAccountName: string;
  /** Without the `$`, in capitals. */
  readonly netbiosName: string;
}

export function computerNames(
  name: string,
  config: Pick<ComputerConfig, 'realm' | 'dnsHostName' | 'sAMAccountName'>,
): ComputerNames {
  const sAMAccountName = config.sAMAccountName ?? `${name.toUpperCase()}$`;
  return {
    sAMAccountName,
    netbiosName: sAMAccountName.replace(/\$$/, '').toUpperCase(),
    dnsHostName: (config.dnsHostName ?? `${name}.${config.realm}`).toLowerCase(),
  };
}

/** The keys that a computer has of its own account. */
export function computerKeys(
  scene: Scene,
  name: string,
  config: Pick<ComputerConfig, 'realm' | 'dnsHostName' | 'sAMAccountName' | 'kvno'>,
): readonly ServiceKey[] {
  const { sAMAccountName } = computerNames(name, config);
  const password = randomPassword(scene, `${sAMAccountName}@${config.realm.toUpperCase()}`);
  const salt = computerSalt(config.realm, sAMAccountName);
  return KEY_ETYPES.map((etype) => ({
    kvno: config.kvno ?? KVNO,
    key: stringToKey(etype, password, salt),
  }));
}

/** 120 random UTF-16 units, as computers choose their passwords; most are no well-formed text. */
function randomPassword(scene: Scene, label: string): string {
  const units = view(scene.random(`password/${label}`)(240));
  let password = '';
  for (let at = 0; at < 240; at += 2) password += String.fromCharCode(units.getUint16(at, true));
  return password;
}

/** Nothing that looks like something else. */
const LETTERS = 'ABCDEFGHJKLMNPQRabcdefghijkmnpqr';

/** A password that people could type and that keeps to the domain's policy; it follows from the seed. */
export function typablePassword(scene: Scene, label: string, letters = 20): string {
  const drawn = scene.random(`password/${label}`)(letters);
  return `Kl-${Array.from(drawn, (octet) => LETTERS[octet & 31]).join('')}9`;
}

/** The password of an account that chooses its own. */
export function randomSecret(scene: Scene, label: string): SecretSeed {
  return { password: randomPassword(scene, label) };
}

/** The service principal names that a computer has by itself. */
export function hostNames({ dnsHostName, netbiosName }: ComputerNames): readonly string[] {
  return ['HOST', 'RestrictedKrbHost'].flatMap((serviceClass) => [
    `${serviceClass}/${netbiosName}`,
    `${serviceClass}/${dnsHostName}`,
  ]);
}
