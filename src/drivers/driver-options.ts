/** What a driver is made of. */
import type { RandomSource } from '../crypto/random.ts';
import type { Actor, Framing, KeyRecord } from '../machine/actor.ts';
import type { WritableStore } from '../machine/store.ts';
import type { KeyStore } from '../signing/key-store.ts';
import type { KeyOperations } from '../signing/operations.ts';
import type { Clock } from './clock.ts';
import type { Limits, Patience } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { Directory } from './outside.ts';
import type { Recorder } from './recording.ts';
import type { TlsIdentity } from './tls.ts';

export interface DriverOptions {
  /** In the order in which they hear `started`. */
  readonly actors: readonly Actor[];
  readonly framings: readonly Framing[];
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** One line for people. */
  log(text: string): void;
  /** The real port for a port that an actor listens on; 0: any; undefined: it is not opened. */
  realPort(actor: string, port: number): number | undefined;
  /** The address to bind to; default 127.0.0.1. */
  readonly host?: string;
  /** Real peers by the names that the actors know. */
  readonly directory?: Directory;
  /** Milliseconds by which actors' clocks are ahead. */
  readonly skews?: Readonly<Record<string, number>>;
  /** What a step draws; default: the system's generator. */
  random?(actor: string, step: number): RandomSource;
  readonly operations?: Pick<KeyOperations, 'perform'>;
  /** Where TLS finds its private keys. */
  readonly keys?: Pick<KeyStore, 'find'>;
  /** The ports whose connections are TLS from their first octet. */
  tlsOf?(actor: string, port: number): TlsIdentity | undefined;
  /** Absent: nothing is recorded, and no record is made. */
  readonly recorder?: Recorder;
  readonly limits?: Partial<Limits>;
  /** What differs for the connections to a port that actors listen on. */
  readonly patience?: Readonly<Record<number, Partial<Patience>>>;
  /** Names a message, for the metrics. */
  messageName?(bytes: Uint8Array): string | undefined;
  /** Names the error that a sent message says, if it is one. */
  errorName?(message: string, bytes: Uint8Array): string | undefined;
  /** What an actor finds and leaves; default: a store that ends with the process. Closed by the driver’s `stop`. */
  store?(actor: string): WritableStore;
  /** Hears of long-term keys. */
  keyed?(keys: readonly KeyRecord[]): void;
}
