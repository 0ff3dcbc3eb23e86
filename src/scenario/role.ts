/**
 * A role: the kind of actor that a scenario file can ask for. `protocols/roles.ts` lists them all;
 * the scenario language learns fields, verbs and states from there, and knows none itself.
 */
import type { Actor, KeyAlgorithm } from '../machine/actor.ts';
import type { Infer, ObjectSchema, Shape } from '../schema/schema.ts';

/** Something that a script can ask an actor to do. */
export interface VerbDefinition {
  /** One sentence for people. */
  readonly about: string;
  /**
   * Everything that may stand in the `do:` entry besides `actor`, the verb's own key included:
   * `object({ enters: oneOf(...), value: secret(...), on: actor(...) })`. The actor hears it as the
   * `args` of `commanded`.
   */
  readonly schema: ObjectSchema<Shape>;
}

/** An actor of the file: its role and what the role's fields gave. */
export interface CastMember {
  readonly role: string;
  /** As {@link RoleDefinition.fields} parsed it. */
  readonly config: unknown;
}

/** What a role may know when it builds an actor. */
export interface Scene {
  readonly seed: number;
  /** Milliseconds since 1970-01-01T00:00:00Z at virtual time 0. */
  readonly start: number;
  /** The whole cast, in the order of the file. */
  readonly actors: Readonly<Record<string, CastMember>>;
  /** The actor's IPv4 address, as captures show it. @throws RangeError when there is no such actor. */
  addressOf(name: string): string;
  /** Octets drawn from (seed, label): the same label gives the same octets. */
  random(label: string): (size: number) => Uint8Array;
  /**
   * The public half (SubjectPublicKeyInfo, DER) of a key pair that was there before the story. The
   * private half stands under that name with whoever performs `sign` and `decrypt`. It follows from the
   * file's seed, the name and the algorithm: a sweep over seeds does not look for new keys each time.
   */
  key(name: string, algorithm: KeyAlgorithm): Uint8Array;
  /**
   * A signature made before the story, for certificates that exist when it begins. The same octets give
   * the same signature. @param algorithm by its name in X.509: `sha256WithRSAEncryption`
   * @throws RangeError when {@link key} was not asked for that name, or the algorithm is another key's
   */
  sign(name: string, algorithm: string, data: Uint8Array): Uint8Array;
  /** Notes a root certificate, DER, that clients of the story's KDCs trust; `serve` exports it. */
  anchor(certificate: Uint8Array): void;
  /** Notes who has a certificate when the story begins; `serve` exports it with the key. */
  identity(identity: Identity): void;
}

/** A certificate that somebody can sign in with. */
export interface Identity {
  /** The user: `alice`. */
  readonly name: string;
  /** The key pair that {@link Scene.key} gave under this name. */
  readonly key: string;
  /** DER: the key's own first, then those between it and the root. */
  readonly certificates: readonly [Uint8Array, ...Uint8Array[]];
}

export interface RoleDefinition {
  readonly role: string;
  /** One sentence for people. */
  readonly about: string;
  /** The fields of the actor's entry besides `role` and `clock`. */
  readonly fields: ObjectSchema<Shape>;
  readonly verbs: Readonly<Record<string, VerbDefinition>>;
  /** Every name that the actor's `stateName` may give. */
  readonly states: readonly string[];
  /** `serve` puts it on sockets. */
  readonly servesIn?: boolean;
  /** Builds the actor; `config` is what `fields` gave. */
  build(name: string, config: unknown, scene: Scene): Actor;
}

/** A role whose `build` sees its configuration typed. */
export interface TypedRole<F extends ObjectSchema<Shape>>
  extends Omit<RoleDefinition, 'fields' | 'build'> {
  readonly fields: F;
  build(name: string, config: Infer<F>, scene: Scene): Actor;
}

/** Declares a role; its configuration has the type that its fields give. */
export function role<S extends Shape>(definition: TypedRole<ObjectSchema<S>>): RoleDefinition {
  return definition as unknown as RoleDefinition;
}
