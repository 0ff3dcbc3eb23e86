/** A scene with authorities, for tests of what they make before a story begins. */
import { ROLES } from '../../../protocols/roles.ts';
import { buildCast } from '../../../src/scenario/cast.ts';
import type { CastMember, RoleDefinition, Scene } from '../../../src/scenario/role.ts';
import { check } from '../../../src/schema/schema.ts';
import { START } from './small-world.ts';

type Entry = { readonly role: string } & Readonly<Record<string, unknown>>;

export const AUTHORITIES = {
  root: { role: 'certificate-authority', commonName: 'Corp Root CA', host: 'pki.corp.example' },
  issuing: {
    role: 'certificate-authority',
    commonName: 'Corp Issuing CA',
    parent: 'root',
    realm: 'CORP.EXAMPLE',
    host: 'ca1.corp.example',
    pathLength: 0,
  },
} as const;

export const DC1 = {
  role: 'domain-controller',
  realm: 'CORP.EXAMPLE',
  netbios: 'CORP',
  certificate: { issuer: 'issuing' },
} as const;

export const ALICE = {
  role: 'user',
  realm: 'CORP.EXAMPLE',
  password: 'Passw0rd!',
  certificate: { issuer: 'issuing' },
} as const;

export interface BuiltScene {
  readonly scene: Scene;
  config<T>(name: string): T;
}

/** The scene that the actors of a cast were built in. @throws Error when an entry is not accepted */
export function sceneOf(cast: Readonly<Record<string, Entry>>): BuiltScene {
  const roles = new Map(ROLES.map((role) => [role.role, role]));
  const actors = Object.fromEntries(
    Object.entries(cast).map(([name, { role, ...fields }]): [string, CastMember] => {
      const checked = check((roles.get(role) as RoleDefinition).fields, fields, cast);
      if (!checked.ok) throw new Error(`${name}: ${checked.problems.map((p) => p.message)}`);
      return [name, { role, config: checked.value }];
    }),
  );
  let seen: Scene | undefined;
  const watched = ROLES.map(
    (role): RoleDefinition => ({
      ...role,
      build(name, config, scene) {
        seen = scene;
        return role.build(name, config, scene);
      },
    }),
  );
  buildCast({ actors, start: START, seed: 1 }, 1, watched);
  if (seen === undefined) throw new Error('a cast of nobody');
  return { scene: seen, config: <T>(name: string) => actors[name]?.config as T };
}
