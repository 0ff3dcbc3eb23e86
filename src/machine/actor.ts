/**
 * What an actor (a composition of machines: a device, a domain controller) says to and hears from
 * the outside. The simulated world (`src/sim`) and real sockets (`src/drivers`) speak just this, so
 * the machines cannot tell which of the two drives them.
 */
import type { Env, Rejected, Step } from './machine.ts';
import type { Store, WriteBatch } from './store.ts';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * A value that people type (password, PIN). It reaches the machine, but the trace prints only `from`,
 * the place in the scenario where it stands (`script[0].value`), and replay reads it there again.
 */
export interface Secret {
  readonly secret: string;
  readonly from: string;
}

export type Transport = 'udp' | 'tcp';

/** How a stream is cut into messages; a name from the composition root's table of framings. */
export type FramingName = string;

export type ActorEvent =
  /** The first event of every actor. */
  | { readonly kind: 'started' }
  /** The script asks the actor to do something; `args` are the verb's own fields. */
  | { readonly kind: 'commanded'; readonly verb: string; readonly args: Args }
  /** Another actor in the same place says something: no network between them. */
  | { readonly kind: 'told'; readonly from: string; readonly what: string; readonly args: Args }
  /** One whole message: a datagram, or what the stream's framing cut out (without its length). */
  | {
      readonly kind: 'received';
      readonly transport: Transport;
      /** The sender: an actor's name in the world, an address in `serve`. */
      readonly from: string;
      readonly fromPort: number;
      readonly port: number;
      /** On streams only. */
      readonly connection?: string;
      /** The standard's name of the message, for the trace; a machine must not rely on it. */
      readonly message?: string;
      readonly bytes: Uint8Array;
    }
  /** A stream's framing refused what came (`reason`); the actor may answer before it closes. */
  | { readonly kind: 'malformed'; readonly connection: string; readonly reason: string }
  /** A stream that this actor asked for stands. */
  | { readonly kind: 'connected'; readonly connection: string }
  /** A stream that a peer asked for stands. */
  | {
      readonly kind: 'accepted';
      readonly connection: string;
      readonly from: string;
      readonly fromPort: number;
      readonly port: number;
    }
  /**
   * TLS was agreed on, as `secure` asked. `certificate`: the peer's own, DER, for the actor to judge;
   * absent: it showed none, as clients do.
   */
  | { readonly kind: 'secured'; readonly connection: string; readonly certificate?: Uint8Array }
  /** A stream ended: `refused` (nobody listens), `unreachable` (no line of sight), `closed`. */
  | {
      readonly kind: 'closed';
      readonly connection: string;
      readonly reason: 'refused' | 'unreachable' | 'closed' | 'limit';
    }
  | { readonly kind: 'expired'; readonly timer: string }
  | { readonly kind: 'signed'; readonly id: string; readonly signature: Uint8Array }
  /** Absent `data`: the octets were not encrypted to that key. */
  | { readonly kind: 'decrypted'; readonly id: string; readonly data?: Uint8Array }
  /** A key pair came to be. `publicKey`: SubjectPublicKeyInfo (RFC 5280 §4.1), DER. */
  | { readonly kind: 'generated'; readonly id: string; readonly publicKey: Uint8Array };

/** The kinds of key pairs, by the names of RFC 7518 §6.2.1.1 for curves. */
export type KeyAlgorithm =
  | 'RSA-1024'
  | 'RSA-2048'
  | 'RSA-3072'
  | 'RSA-4096'
  | 'P-256'
  | 'P-384'
  | 'P-521';

/** How a secret goes to the owner of an RSA key: RFC 8017 §7.2, and §7.1 with SHA-1. */
export type KeyTransport = 'RSAES-PKCS1-v1_5' | 'RSAES-OAEP';

/** Fields of a `commanded` or `told` event; octets and secrets may stand at the top level only. */
export interface Args {
  readonly [name: string]: Json | Secret | Uint8Array;
}

export type ActorEffect =
  | {
      readonly kind: 'listen';
      readonly transport: Transport;
      readonly port: number;
      /** Streams only; absent: octets as they come. */
      readonly framing?: FramingName;
    }
  | {
      readonly kind: 'connect';
      readonly connection: string;
      readonly to: string;
      readonly port: number;
      readonly framing?: FramingName;
    }
  /** A datagram. An answer goes `to: event.from, toPort: event.fromPort, port: event.port`. */
  | {
      readonly kind: 'send';
      readonly transport: 'udp';
      readonly to: string;
      readonly toPort: number;
      readonly port: number;
      readonly message: string;
      readonly bytes: Uint8Array;
    }
  /** One message on a stream; its framing adds what belongs around it. */
  | {
      readonly kind: 'send';
      readonly transport: 'tcp';
      readonly connection: string;
      readonly message: string;
      readonly bytes: Uint8Array;
    }
  /**
   * From here on the stream is TLS, and nothing is sent before `secured`. With `key` (of the signing core)
   * and its `certificate` (DER) this side is TLS's server, without them its client. The simulated world
   * shows the certificate, and carries octets in clear.
   */
  | {
      readonly kind: 'secure';
      readonly connection: string;
      readonly key?: string;
      readonly certificate?: Uint8Array;
    }
  | { readonly kind: 'close'; readonly connection: string }
  /**
   * Fires once after `ms`; the same `timer` set again replaces the first. A `background` one is for
   * chores that come again and again: a simulated run is over when nothing else is left.
   */
  | {
      readonly kind: 'timer';
      readonly timer: string;
      readonly ms: number;
      readonly background?: true;
    }
  | { readonly kind: 'cancel'; readonly timer: string }
  /** A private-key operation: hardware, batching and PINs stand behind it. Answered by `signed`. */
  | {
      readonly kind: 'sign';
      readonly id: string;
      readonly key: string;
      readonly algorithm: string;
      readonly data: Uint8Array;
      /** What released the key (`PIN`, `fingerprint`), where something has to. */
      readonly gesture?: string;
    }
  /** The same for what was encrypted to the key. Answered by `decrypted`. */
  | {
      readonly kind: 'decrypt';
      readonly id: string;
      readonly key: string;
      readonly algorithm: KeyTransport;
      readonly data: Uint8Array;
    }
  /** A new key pair under a name, in the place of one that had it. Answered by `generated`. */
  | {
      readonly kind: 'generate';
      readonly id: string;
      readonly key: string;
      readonly algorithm: KeyAlgorithm;
    }
  /** A private key is forgotten. */
  | { readonly kind: 'destroy'; readonly key: string }
  | { readonly kind: 'tell'; readonly to: string; readonly what: string; readonly args: Args }
  /** A sentence for people: why this happened. `level: 'cause'` marks what a failed run is about. */
  | { readonly kind: 'note'; readonly level: 'info' | 'cause'; readonly text: string }
  /** What is to last: done before the effects that follow it, so that an answer tells the truth. */
  | { readonly kind: 'write'; readonly batch: WriteBatch }
  /** Keys that came to be, for the exports and the viewer's decryption. */
  | { readonly kind: 'keyed'; readonly keys: readonly KeyRecord[] }
  | Rejected;

/** What an actor's step may ask of the world. */
export interface ActorEnv extends Env {
  /** What the actor has written, as it stood when the step began. Survives a loss of power. */
  readonly store: Store;
}

/** One key of a principal, as `all.keytab` and the viewer need it. */
export interface KeyRecord {
  /** `alice@CORP.EXAMPLE`, `krbtgt/CORP.EXAMPLE@CORP.EXAMPLE`. */
  readonly principal: string;
  readonly kvno: number;
  readonly etype: number;
  /** Hexadecimal. */
  readonly key: string;
  readonly salt?: string;
  /**
   * No long-term key, but that of one reply: agreed on by PKINIT (RFC 4556), or brought with a primary
   * refresh token.
   */
  readonly exchange?: 'PKINIT' | 'PRT';
}

/** A running actor as the world and the drivers see it. `S` never leaves the actor's own module. */
export interface Actor<S = unknown> {
  readonly name: string;
  readonly role: string;
  /** Folder and file of the outer machine: `actors/device`. */
  readonly machine: string;
  readonly initial: S;
  step(state: S, event: ActorEvent, env: ActorEnv): Step<S, ActorEffect>;
  /** The state's name, for `from`, `to` and the `state:` matcher. */
  stateName(state: S): string;
  /** What `expect.end` and `show` may look at. */
  view(state: S): Json;
}

/** Cuts a stream into messages and puts them back. Pure; shared by world, drivers and exports. */
export interface Framing {
  readonly name: FramingName;
  /** Looks at all octets not yet consumed. `reason` in refusals is for people. */
  next(
    buffer: Uint8Array,
  ):
    | { readonly kind: 'message'; readonly message: Uint8Array; readonly consumed: number }
    | { readonly kind: 'more' }
    | { readonly kind: 'refused'; readonly reason: string };
  wrap(message: Uint8Array): Uint8Array;
}
