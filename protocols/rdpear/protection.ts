/** Messages under the context of CredSSP, whose numbers go on from where the connection began (MS-RDPEAR 2.2). */
import { type Opened, type Protection, unwrap, wrap } from '../negotiate/protection.ts';
import { outer, readOuter } from './packets.ts';

/** @param packet of the inner layer */
export function sealed(
  protection: Protection,
  packet: Uint8Array,
  random: (size: number) => Uint8Array,
): { readonly protection: Protection; readonly message: Uint8Array } {
  const wrapped = wrap(protection, packet, random);
  return { protection: wrapped.protection, message: outer(wrapped.token) };
}

/** The packet of the inner layer in a message of the channel. */
export function unsealed(protection: Protection, message: Uint8Array): Opened {
  const read = readOuter(message);
  return read.ok ? unwrap(protection, read.value) : read;
}
