/** NTLM at a member of the domain: what it says of itself, and whom it asks who somebody is. */
import type { Scene } from '../../src/scenario/role.ts';
import type { Target } from '../ntlm/acceptor.ts';
import { members } from './cast-members.ts';
import type { ComputerNames } from './computer.ts';
import type { DomainControllerFields } from './fields.ts';
import type { PassThroughOptions } from './pass-through.ts';
import { realmNames } from './realm-names.ts';

export interface MemberNtlm {
  readonly target: Target;
  readonly passThrough: PassThroughOptions;
}

/** Milliseconds that a domain controller may take to say who somebody is. */
const WAIT_TIME = 10_000;

/** @param realm in capitals */
export function memberNtlm(
  scene: Scene,
  { netbiosName, dnsHostName }: ComputerNames,
  realm: string,
): MemberNtlm {
  // Read-only domain controllers do not answer here: see netlogon/README.md.
  const controllers = members<DomainControllerFields>(scene, realm, 'domain-controller');
  const [first] = controllers;
  const netbiosDomainName =
    first === undefined ? (realm.split('.')[0] ?? realm) : realmNames(scene, ...first).flatName;
  return {
    target: {
      netbiosComputerName: netbiosName,
      netbiosDomainName,
      dnsComputerName: dnsHostName,
      dnsDomainName: realm.toLowerCase(),
    },
    passThrough: {
      computerName: netbiosName,
      controllers: controllers.map(([actor]) => actor),
      waitTime: WAIT_TIME,
    },
  };
}
