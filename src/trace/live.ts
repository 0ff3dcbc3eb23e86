/**
 * `WS /live?from=SEQ`: what is there, then what comes, one record a message. Each consumer has a
 * place in the trace and is sent as much as its socket takes, so a slow one costs the size of one
 * buffer. It misses nothing unless the trace's own memory has moved past its place: then it is closed
 * with a reason that says where it may go on.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { TraceRecord } from './record.ts';
import type { TraceSource } from './source.ts';
import { lineOf } from './wire.ts';

export interface Live {
  /** Takes over an upgraded request that was let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, from: number): void;
  readonly consumers: number;
  /** Closed because they were too slow. */
  readonly dropped: number;
  /** Sends each consumer what is left, as far as its socket takes it, and says goodbye. */
  close(reason: string): void;
  /** Cuts the connections of those who have not said goodbye. */
  terminate(): void;
}

/** Octets that may wait in one consumer's socket. */
const BUFFER_MAX = 1 << 20;
/** Records that are taken from the trace at a time. */
const BATCH = 64;
const PING_MS = 20_000;
/** RFC 6455 §7.4.1 */
const GOING_AWAY = 1001;
/** IANA WebSocket close codes: Try Again Later. */
const TRY_AGAIN_LATER = 1013;

interface Consumer {
  /** Sends what the socket takes now. */
  pump(): void;
  close(reason: string): void;
  /** Ends a consumer that has not answered the last ping, else pings it. */
  ping(): void;
  terminate(): void;
}

/** Consumers are sent the same record one after another: its line is made once. */
function lines(): (record: TraceRecord) => string {
  let last: TraceRecord | undefined;
  let line = '';
  return (record) => {
    if (record !== last) line = lineOf(record);
    last = record;
    return line;
  };
}

export function live(source: TraceSource): Live {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: 1024,
  });
  const consumers = new Set<Consumer>();
  const line = lines();
  let dropped = 0;
  const leave = source.subscribe(() => {
    for (const consumer of consumers) consumer.pump();
  });
  const pings = setInterval(() => {
    for (const consumer of consumers) consumer.ping();
  }, PING_MS);
  pings.unref();

  return {
    accept(request, socket, head, from) {
      server.handleUpgrade(request, socket, head, (client) => {
        const consumer = consumerOf(client, source, from, line, () => {
          dropped++;
        });
        consumers.add(consumer);
        client.on('close', () => consumers.delete(consumer));
        consumer.pump();
      });
    },
    get consumers() {
      return consumers.size;
    },
    get dropped() {
      return dropped;
    },
    close(reason) {
      leave();
      clearInterval(pings);
      for (const consumer of consumers) consumer.close(reason);
    },
    terminate() {
      for (const consumer of consumers) consumer.terminate();
    },
  };
}

function consumerOf(
  client: WebSocket,
  source: TraceSource,
  from: number,
  line: (record: TraceRecord) => string,
  onDropped: () => void,
): Consumer {
  let next = Math.max(from, 0);
  let answered = true;
  let begun = false;

  function pump(): void {
    while (client.readyState === client.OPEN && client.bufferedAmount < BUFFER_MAX) {
      if (begun && next < source.first) {
        onDropped();
        const left = `records ${next} to ${source.first - 1} are gone: read faster, or begin again`;
        client.close(TRY_AGAIN_LATER, `${left} with from=${source.first}`);
        return;
      }
      const records = source.records(next, BATCH);
      const last = records.at(-1);
      if (last === undefined) return;
      begun = true;
      for (const record of records) {
        next = record.seq + 1;
        client.send(line(record), () => {
          if (next < source.next) pump();
        });
        if (client.bufferedAmount >= BUFFER_MAX) break;
      }
    }
  }

  client.on('pong', () => {
    answered = true;
  });
  // A consumer has nothing to say; ws itself closes what breaks the protocol.
  client.on('error', () => client.terminate());
  return {
    pump,
    close(reason) {
      pump();
      client.close(GOING_AWAY, reason);
    },
    ping() {
      if (!answered) {
        client.terminate();
        return;
      }
      answered = false;
      client.ping();
    },
    terminate: () => client.terminate(),
  };
}
