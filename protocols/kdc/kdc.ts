/**
 * The KDC of an Active Directory domain, RFC 4120 §3.1 to §3.3 and MS-KILE 3.3: octets in, octets
 * out. It remembers nothing of its clients but what retransmissions and replays make necessary.
 */

import type { Transport } from '../../src/machine/actor.ts';
import type { Env, Rejected, Step } from '../../src/machine/machine.ts';
import type { Accounts } from './accounts.ts';
import type { Realm } from './realm.ts';

/** Time and chance, and the directory as it is at this step. */
export interface KdcEnv extends Env {
  readonly accounts: Accounts;
}

export type State = {
  readonly name: 'ready';
  readonly realm: Realm;
};

export type Event =
  /** One whole message, without a stream's length in front. */
  | {
      readonly kind: 'received';
      readonly transport: Transport;
      readonly from: string;
      readonly fromPort: number;
      readonly bytes: Uint8Array;
    }
  /** A stream's framing refused what came. */
  | { readonly kind: 'malformed'; readonly reason: string };

export type Effect =
  /** One message back to the sender, by the transport it came on. */
  | { readonly kind: 'reply'; readonly message: ReplyName; readonly bytes: Uint8Array }
  /** Nothing is sent back: the datagram was no request. */
  | { readonly kind: 'silence'; readonly reason: string }
  /** The stream is closed, after what was replied. */
  | { readonly kind: 'close'; readonly reason: string }
  | { readonly kind: 'note'; readonly level: 'info' | 'cause'; readonly text: string }
  | Rejected;

export type ReplyName = 'AS-REP' | 'TGS-REP' | 'KRB-ERROR';

export type KdcStep = Step<State, Effect>;

export function ready(realm: Realm): State {
  return { name: 'ready', realm };
}
