/** A cast in the simulated world, without a scenario file: for tests of single actors. */
import { FRAMINGS, ROLES } from '../../../protocols/roles.ts';
import type { Json } from '../../../src/machine/actor.ts';
import { buildCast } from '../../../src/scenario/cast.ts';
import type { CastMember, RoleDefinition } from '../../../src/scenario/role.ts';
import { check } from '../../../src/schema/schema.ts';
import { nodeProvider } from '../../../src/signing/node-provider.ts';
import { keyOperations } from '../../../src/signing/operations.ts';
import { signer } from '../../../src/signing/signer.ts';
import type { Fault } from '../../../src/sim/faults.ts';
import type { Link } from '../../../src/sim/network.ts';
import { World, type WorldStep } from '../../../src/sim/world.ts';

type Entry = { readonly role: string } & Readonly<Record<string, unknown>>;

export interface SmallWorld {
  readonly world: World;
  readonly steps: readonly WorldStep[];
  /** Lets somebody do something, at virtual time `at` in milliseconds. */
  command(actor: string, verb: string, args: Readonly<Record<string, Json>>, at?: number): void;
  /** Names of the messages that were sent, with who sent them: `laptop AS-REQ`. */
  sent(): readonly string[];
  /** Notes of level `cause`. */
  causes(): readonly string[];
}

/** Fields of verbs that people type. */
const TYPED: ReadonlySet<string> = new Set(['value', 'newValue']);

export const START = Date.UTC(2026, 2, 2, 8);

export interface SmallWorldOptions {
  readonly seed?: number;
  readonly links?: readonly Link[];
  readonly faults?: readonly Fault[];
  readonly skews?: Readonly<Record<string, number>>;
  /** Roles of the test's own, besides the usual ones or in their place. */
  readonly roles?: readonly RoleDefinition[];
}

/** @throws Error when an entry is not what its role accepts. */
export function smallWorld(
  cast: Readonly<Record<string, Entry>>,
  { seed = 1, links = [], faults = [], skews = {}, roles: more = [] }: SmallWorldOptions = {},
): SmallWorld {
  const known = [...ROLES.filter(({ role }) => !more.some((own) => own.role === role)), ...more];
  const roles = new Map(known.map((role) => [role.role, role]));
  const actors = Object.fromEntries(
    Object.entries(cast).map(([name, { role, ...fields }]): [string, CastMember] => {
      const checked = check((roles.get(role) as RoleDefinition).fields, fields, cast);
      if (!checked.ok) throw new Error(`${name}: ${checked.problems.map((p) => p.message)}`);
      return [name, { role, config: checked.value }];
    }),
  );
  const built = buildCast({ actors, start: START, seed }, seed, known);
  const steps: WorldStep[] = [];
  const world = new World({
    seed,
    start: START,
    actors: [...built.actors.values()],
    operations: keyOperations(
      built.keys,
      signer(built.keys, nodeProvider({ deterministic: true })),
      built.makeKey,
    ),
    framings: FRAMINGS,
    links,
    faults,
    skews,
    onStep: (step) => steps.push(step),
  });
  return {
    world,
    steps,
    command(actor, verb, args, at = 0) {
      const typed = Object.fromEntries(
        Object.entries(args).map(([name, value]) => [
          name,
          TYPED.has(name) ? { secret: String(value), from: 'test' } : value,
        ]),
      );
      world.deliver(actor, { kind: 'commanded', verb, args: typed }, at);
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
