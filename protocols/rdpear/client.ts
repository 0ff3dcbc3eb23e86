/** The client's side of MS-RDPEAR (3.1.5): it answers a host's calls with keys that do not leave it. */
import {
  assertNever,
  type Rejected,
  type Step,
  to,
  unexpected,
} from '../../src/machine/machine.ts';
import type { ClientEnv } from '../kerberos/client.ts';
import type { Key } from '../kerberos/etypes.ts';
import { answer } from './answers.ts';
import { channelKey, type KnownKeys } from './opaque-keys.ts';
import { outputName, outputPacket, readInput } from './packets.ts';

export type State =
  | { readonly name: 'idle' }
  /** `channel`: the key under which others go to the host. It is forgotten with the channel. */
  | { readonly name: 'ready'; readonly channel: Key };

export type Event =
  /** The host has opened the channel. */
  | { readonly kind: 'opened' }
  /** A packet of the inner layer. */
  | { readonly kind: 'received'; readonly packet: Uint8Array }
  | { readonly kind: 'closed' };

export type Effect =
  | { readonly kind: 'send'; readonly name: string; readonly packet: Uint8Array }
  /** What the host said is no call of these: it would wait for an answer for ever, so the channel has to go. */
  | { readonly kind: 'refused'; readonly reason: string }
  | Rejected;

export const INITIAL: State = { name: 'idle' };

/** @param known the keys of the user who is signed in */
export function step(
  known: KnownKeys,
  state: State,
  event: Event,
  env: ClientEnv,
): Step<State, Effect> {
  switch (event.kind) {
    case 'opened':
      return to({ name: 'ready', channel: channelKey((size) => env.random(size)) });
    case 'closed':
      return to(INITIAL);
    case 'received': {
      if (state.name === 'idle') return unexpected(state, event, 'opened');
      const read = readInput(event.packet);
      if (!read.ok) return to(state, [{ kind: 'refused', reason: read.reason }]);
      const output = answer({ known, channel: state.channel, env }, read.value.Call);
      return to(state, [{ kind: 'send', name: outputName(output), packet: outputPacket(output) }]);
    }
    default:
      return assertNever(event);
  }
}
