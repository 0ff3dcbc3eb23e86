/** PDUs of the channel `drdynvc` (MS-RDPEDYC), and the messages that they carry. */
import { PACKET_NAMES } from '../rdpear/packets.ts';
import { explainPdu, PDU_NAMES, readPdu, type Side } from '../rdpedyc/messages.ts';
import type { Contents, Inner } from './contents.ts';
import type { KeyStore } from './keyring.ts';
import { innerAt, instead, ofRows, type Rows } from './laid-out.ts';
import { remoteGuard } from './remote-guard.ts';

const CHANNEL = 'drdynvc';
const NAMES: ReadonlySet<string> = new Set([...Object.values(PDU_NAMES), ...PACKET_NAMES]);

/**
 * Whether a chunk is of that channel: its octets say little, so the trace's own name has to, or what the
 * connection's beginning calls the channel.
 */
export function isDynamic(message: string | undefined, channel: string | undefined): boolean {
  return channel === CHANNEL || (message !== undefined && NAMES.has(message));
}

function pdus(from: Side): Contents {
  return ofRows(
    'DYNVC',
    (bytes, path) => explainPdu(bytes, from, path),
    (rows, keys) => inside(rows, keys, from),
  );
}

/** The message that a PDU is, or ends. */
function inside(rows: Rows, keys: KeyStore, from: Side): readonly Inner[] {
  const read = readPdu(rows.bytes, from);
  if (!read.ok || (read.value.kind !== 'dataFirst' && read.value.kind !== 'data')) return [];
  const { channelId, data } = read.value;
  const length = read.value.kind === 'dataFirst' ? read.value.length : undefined;
  const whole = keys.channels.gathered(`${from} ${channelId}`, rows.bytes, data, length);
  if (whole === undefined) return [];
  const contents = remoteGuard(whole, from);
  if (contents === undefined) return [];
  if (whole.length === data.length) return innerAt(rows, 'Data', contents, instead('Data'));
  const octets = { plaintext: whole, key: 'the PDUs before it' };
  return [{ path: 'Data', contents, octets, put: instead('Data') }];
}

/** What either side sends. */
export const DYNAMIC: Readonly<Record<Side, Contents>> = {
  client: pdus('client'),
  server: pdus('server'),
};
