/** What waits, for whoever watches the process. */
import type { Metrics } from './metrics.ts';
import type { Signatures } from './signatures.ts';
import type { Streams } from './tcp.ts';
import type { Datagrams } from './udp.ts';

export function gauges(
  metrics: Metrics,
  streams: Streams,
  datagrams: Datagrams,
  signatures: Signatures,
): void {
  metrics.gauge('connections', 'TCP connections.', () => streams.size);
  const asked = 'Signatures asked for and not yet made.';
  metrics.gauge('signatures_waiting', asked, () => signatures.waiting);
  const octets = 'Octets that wait';
  metrics.gauge('input_waiting_octets', `${octets} for the rest of their message.`, () => {
    return streams.waiting().input;
  });
  metrics.gauge('output_waiting_octets', `${octets} to be taken by peers.`, () => {
    return streams.waiting().output + datagrams.waiting();
  });
}
