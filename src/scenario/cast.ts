/** The actors of a scenario, built: for a run, for `serve`, and again for every replay. */
import { toHex } from '../bytes/bytes.ts';
import { seededRandom } from '../crypto/random.ts';
import type { Actor } from '../machine/actor.ts';
import { type KeyMaker, seededKeys } from '../signing/key-maker.ts';
import { type KeyStore, keyStore } from '../signing/key-store.ts';
import { signedNow } from '../signing/node-provider.ts';
import type { Identity, RoleDefinition, Scene } from './role.ts';
import type { Scenario } from './scenario.ts';

export interface BuiltCast {
  /** In the order of the file. */
  readonly actors: ReadonlyMap<string, Actor>;
  /** What they were built from. */
  readonly scene: Scene;
  /** IPv4 addresses, for captures. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Private keys that exist before the story, by name. */
  readonly keys: KeyStore;
  /** Makes those that come to be in it. */
  readonly makeKey: KeyMaker;
  /** Root certificates, DER, each once. */
  readonly anchors: readonly Uint8Array[];
  /** Who has a certificate when the story begins, each user's first one. */
  readonly identities: readonly Identity[];
}

/** The IPv4 addresses that captures show. */
export function addressesOf(scenario: Pick<Scenario, 'actors'>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(scenario.actors).map((name, i) => [name, addressOf(i)]));
}

/**
 * Builds every actor of `scenario` for `seed`, in the order of the file: the same scenario and seed
 * give the same actors.
 * @throws Error when a role is not among `roles` (the scenario was loaded with others).
 */
export function buildCast(
  scenario: Pick<Scenario, 'actors' | 'start' | 'seed'>,
  seed: number,
  roles: readonly RoleDefinition[],
): BuiltCast {
  const addresses = addressesOf(scenario);
  const keys = keyStore();
  const makeKey = seededKeys(scenario.seed);
  const anchors = new Map<string, Uint8Array>();
  const identities = new Map<string, Identity>();
  const scene: Scene = {
    seed,
    start: scenario.start,
    actors: scenario.actors,
    addressOf(name) {
      const address = Object.hasOwn(addresses, name) ? addresses[name] : undefined;
      if (address === undefined) throw new RangeError(`there is no actor ${name}`);
      return address;
    },
    random: (label) => seededRandom(seed, `scene/${label}`),
    key(name, algorithm) {
      const { pkcs8, spki } = makeKey(name, algorithm);
      keys.put(name, pkcs8);
      return spki;
    },
    sign(name, algorithm, data) {
      const key = keys.find(name);
      if (key === undefined) throw new RangeError(`there is no key ${name}`);
      return signedNow(key, algorithm, data);
    },
    anchor: (certificate) => void anchors.set(toHex(certificate), certificate),
    identity(identity) {
      if (!identities.has(identity.name)) identities.set(identity.name, identity);
    },
  };
  const actors = new Map<string, Actor>();
  for (const [name, { role: word, config }] of Object.entries(scenario.actors)) {
    const definition = roles.find((role) => role.role === word);
    if (definition === undefined) throw new Error(`there is no role ${word}`);
    actors.set(name, definition.build(name, config, scene));
  }
  return {
    actors,
    scene,
    addresses,
    keys,
    makeKey,
    anchors: [...anchors.values()],
    identities: [...identities.values()],
  };
}

/** 10.88.0.1 and on: RFC 1918 space, 88 for the port that all of this is about. */
function addressOf(index: number): string {
  const host = index + 1;
  return `10.88.${host >> 8}.${host & 255}`;
}
