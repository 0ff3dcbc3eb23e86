/** With what a host proves to a KDC who somebody is: mechanisms by name, their states as plain data. */
import {
  encryptedTimestamp,
  type LongTermSecret,
  type PreAuth,
  type TimestampState,
} from '../kerberos/preauth.ts';
import { pkinit } from '../pkinit/client.ts';
import type { PkinitState } from '../pkinit/client-state.ts';

interface States {
  readonly timestamp: TimestampState;
  readonly publicKey: PkinitState;
}

export type Mechanism = keyof States;

/** A mechanism and what it knows: before an exchange to begin it, after it to do it once more. */
export type Proof = {
  readonly [M in Mechanism]: { readonly mechanism: M; readonly state: States[M] };
}[Mechanism];

const MECHANISMS: { readonly [M in Mechanism]: PreAuth<States[M]> } = {
  timestamp: encryptedTimestamp,
  publicKey: pkinit,
};

/** To the AS client the state is opaque; only the mechanism that made it looks into it. */
export function mechanismOf(mechanism: Mechanism): PreAuth<unknown> {
  return MECHANISMS[mechanism] as PreAuth<unknown>;
}

/** Puts a mechanism and the state that its exchange ended with together again. */
export function proofOf(mechanism: Mechanism, state: unknown): Proof {
  return { mechanism, state } as Proof;
}

export function secretProof(secret: LongTermSecret): Proof {
  return { mechanism: 'timestamp', state: { secret } };
}
