/** Messages under the context of CredSSP, whose numbers go on from where the connection began (MS-RDPEAR 2.2). */
import type { Env } from '../../src/machine/machine.ts';
import type { SecurityContext, Unwrapped } from '../credssp/security-context.ts';
import { outer, readOuter } from './packets.ts';

type Wraps<S> = Pick<SecurityContext<S, never, never>, 'wrap' | 'unwrap'>;

/** @param plain a packet of the inner layer */
export function sealed<S>(
  context: Pick<Wraps<S>, 'wrap'>,
  state: S,
  plain: Uint8Array,
  env: Env,
): { readonly state: S; readonly message: Uint8Array } {
  const wrapped = context.wrap(state, plain, env);
  return { state: wrapped.state, message: outer(wrapped.token) };
}

/** The packet of the inner layer in a message of the channel. */
export function unsealed<S>(
  context: Pick<Wraps<S>, 'unwrap'>,
  state: S,
  message: Uint8Array,
): Unwrapped<S> {
  const read = readOuter(message);
  return read.ok ? context.unwrap(state, read.value) : read;
}
