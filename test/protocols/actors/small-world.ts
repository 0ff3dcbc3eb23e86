/** A cast in the simulated world, without a scenario file: for tests of single actors. */
import { deviceRole } from '../../../protocols/actors/device-role.ts';
import { directTcpFraming } from '../../../protocols/actors/direct-tcp.ts';
import { domainController } from '../../../protocols/actors/domain-controller.ts';
import { fileServer } from '../../../protocols/actors/file-server.ts';
import { readOnlyDomainController } from '../../../protocols/actors/read-only-role.ts';
import { user } from '../../../protocols/actors/user.ts';
import { kerberosTcpFraming } from '../../../protocols/kerberos/framing.ts';
import { ldapFraming } from '../../../protocols/ldap/framing.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import type { CastMember, RoleDefinition, Scene } from '../../../src/scenario/role.ts';
import { check } from '../../../src/schema/schema.ts';
import type { Fault } from '../../../src/sim/faults.ts';
import type { Link } from '../../../src/sim/network.ts';
import { World, type WorldStep } from '../../../src/sim/world.ts';

const ROLES: readonly RoleDefinition[] = [
  domainController,
  readOnlyDomainController,
  deviceRole,
  fileServer,
  user,
];

type Entry = { readonly role: string } & Readonly<Record<string, unknown>>;

export interface SmallWorld {
  readonly world: World;
  readonly steps: readonly WorldStep[];
  /** Lets somebody do something, at virtual time `at` in milliseconds. */
  command(actor: string, verb: string, args: Readonly<Record<string, string>>, at?: number): void;
  /** Names of the messages that were sent, with who sent them: `laptop AS-REQ`. */
  sent(): readonly string[];
  /** Notes of level `cause`. */
  causes(): readonly string[];
}

export const START = Date.UTC(2026, 2, 2, 8);

export interface SmallWorldOptions {
  readonly seed?: number;
  readonly links?: readonly Link[];
  readonly faults?: readonly Fault[];
  readonly skews?: Readonly<Record<string, number>>;
}

/** @throws Error when an entry is not what its role accepts. */
export function smallWorld(
  cast: Readonly<Record<string, Entry>>,
  { seed = 1, links = [], faults = [], skews = {} }: SmallWorldOptions = {},
): SmallWorld {
  const roles = new Map(ROLES.map((role) => [role.role, role]));
  const actors = Object.fromEntries(
    Object.entries(cast).map(([name, { role, ...fields }]): [string, CastMember] => {
      const checked = check((roles.get(role) as RoleDefinition).fields, fields, cast);
      if (!checked.ok) throw new Error(`${name}: ${checked.problems.map((p) => p.message)}`);
      return [name, { role, config: checked.value }];
    }),
  );
  const names = Object.keys(cast);
  const scene: Scene = {
    seed,
    start: START,
    actors,
    addressOf: (name) => `10.0.0.${names.indexOf(name) + 1}`,
    random: (label) => seededRandom(seed, label),
  };
  const steps: WorldStep[] = [];
  const world = new World({
    seed,
    start: START,
    actors: names.map((name) => {
      const member = actors[name] as CastMember;
      return (roles.get(member.role) as RoleDefinition).build(name, member.config, scene);
    }),
    framings: [kerberosTcpFraming, directTcpFraming, ldapFraming],
    links,
    faults,
    skews,
    onStep: (step) => steps.push(step),
  });
  return {
    world,
    steps,
    command(actor, verb, args, at = 0) {
      const { value, ...rest } = args;
      const secret = value === undefined ? {} : { value: { secret: value, from: 'test' } };
      world.deliver(actor, { kind: 'commanded', verb, args: { ...rest, ...secret } }, at);
    },
    sent: () =>
      steps.flatMap(({ actor, effects }) =>
        effects.flatMap((effect) => (effect.kind === 'send' ? [`${actor} ${effect.message}`] : [])),
      ),
    causes: () =>
      steps.flatMap(({ effects }) =>
        effects.flatMap((effect) =>
          effect.kind === 'note' && effect.level === 'cause' ? [effect.text] : [],
        ),
      ),
  };
}

/** The smallest realm: a domain controller, a user, a device, a file server. */
export const SMALLEST = {
  dc1: { role: 'domain-controller', realm: 'CORP.EXAMPLE', netbios: 'CORP' },
  alice: { role: 'user', realm: 'CORP.EXAMPLE', password: 'Passw0rd!', groups: ['Finance'] },
  laptop: { role: 'device', realm: 'CORP.EXAMPLE' },
  files: { role: 'file-server', realm: 'CORP.EXAMPLE', spn: 'cifs/files.corp.example' },
} as const;
