/** What waits, for whoever watches the process. */

import type { PendingOperations } from './key-operations.ts';
import type { Metrics } from './metrics.ts';
import type { Streams } from './tcp.ts';
import type { Datagrams } from './udp.ts';

export function gauges(
  metrics: Metrics,
  streams: Streams,
  datagrams: Datagrams,
  operations: PendingOperations,
): void {
  metrics.gauge('connections', 'TCP connections.', () => streams.size);
  const asked = 'Private-key operations asked for and not yet done.';
  metrics.gauge('key_operations_waiting', asked, () => operations.waiting);
  const octets = 'Octets that wait';
  metrics.gauge('input_waiting_octets', `${octets} for the rest of their message.`, () => {
    return streams.waiting().input;
  });
  metrics.gauge('output_waiting_octets', `${octets} to be taken by peers.`, () => {
    return streams.waiting().output + datagrams.waiting();
  });
}
