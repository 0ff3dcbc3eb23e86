/** PDUs of the channel `drdynvc` (MS-RDPEDYC). */
import { explainPdu, PDU_NAMES, type Side } from '../rdpedyc/messages.ts';
import type { Contents } from './contents.ts';
import { ofRows } from './laid-out.ts';

const CHANNEL = 'drdynvc';
const NAMES: ReadonlySet<string> = new Set(Object.values(PDU_NAMES));

/**
 * Whether a chunk is of that channel: its octets say little, so the trace's own name has to, or what the
 * connection's beginning calls the channel.
 */
export function isDynamic(message: string | undefined, channel: string | undefined): boolean {
  return channel === CHANNEL || (message !== undefined && NAMES.has(message));
}

/** What either side sends. */
export const DYNAMIC: Readonly<Record<Side, Contents>> = {
  client: ofRows('DYNVC', (bytes, path) => explainPdu(bytes, 'client', path)),
  server: ofRows('DYNVC', (bytes, path) => explainPdu(bytes, 'server', path)),
};
