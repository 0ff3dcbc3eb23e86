/**
 * One TCP connection as a capture shows it: what the two ends send, with sequence numbers that fit.
 * Acknowledgements ride on data, as they do between hosts that answer at once.
 */
import { type Endpoint, type Segment, TcpFlags, tcpPacket } from './ip.ts';

/** Ethernet's 1500 octets without the IPv4 and TCP headers. */
const SEGMENT_MAX = 1460;
/** A loopback interface's 65,535. */
const WIDE_SEGMENT_MAX = 65_495;

const NOTHING = new Uint8Array(0);

/** One of the two ends. */
export type End = 'client' | 'server';

export interface TcpFlow {
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** The server has answered the client's SYN. */
  readonly isAccepted: boolean;
  syn(): Uint8Array[];
  /** SYN, ACK of the server. */
  accept(): Uint8Array[];
  /** The third segment of the handshake. */
  establish(): Uint8Array[];
  /** RST of the server: nobody listens. */
  refuse(): Uint8Array[];
  /** Nothing when `from` has finished: its host throws such octets away. */
  send(from: End, payload: Uint8Array): Uint8Array[];
  /** From now on segments are as long as those of a loopback interface. */
  widen(): void;
  /** The oldest message on its way to `to` has arrived there whole. */
  deliver(to: End): void;
  /** `from` has nothing more to say. */
  finish(from: End): Uint8Array[];
  /** `at` hears that the other end has finished, finishes too, and that is acknowledged. */
  end(at: End): Uint8Array[];
}

interface Direction {
  /** Sequence number of the next octet. */
  next: number;
  /** Up to here the other end has it. */
  delivered: number;
  /** Where the messages on their way end. */
  readonly ends: number[];
  isFinished: boolean;
}

function direction(): Direction {
  return { next: 0, delivered: 0, ends: [], isFinished: false };
}

function other(end: End): End {
  return end === 'client' ? 'server' : 'client';
}

/** A connection that `client` is about to ask for. */
export function tcpFlow(client: Endpoint, server: Endpoint): TcpFlow {
  const points: Readonly<Record<End, Endpoint>> = { client, server };
  const sent: Readonly<Record<End, Direction>> = { client: direction(), server: direction() };
  let isAccepted = false;
  let segmentMax = SEGMENT_MAX;

  function packet(from: End, flags: number, payload: Uint8Array = NOTHING): Uint8Array {
    const to = other(from);
    const hasAck = (flags & TcpFlags.ack) !== 0;
    const ack = hasAck ? sent[to].delivered : 0;
    const segment: Segment = { seq: sent[from].next, ack, flags, payload };
    // SYN and FIN count as one octet each.
    const extra = (flags & (TcpFlags.syn | TcpFlags.fin)) !== 0 ? 1 : 0;
    sent[from].next = (sent[from].next + payload.length + extra) >>> 0;
    return tcpPacket(points[from], points[to], segment);
  }

  function finish(from: End): Uint8Array[] {
    if (sent[from].isFinished) return [];
    sent[from].isFinished = true;
    return [packet(from, TcpFlags.fin | TcpFlags.ack)];
  }

  return {
    client,
    server,
    get isAccepted() {
      return isAccepted;
    },
    syn: () => [packet('client', TcpFlags.syn)],
    accept() {
      isAccepted = true;
      sent.client.delivered = sent.client.next;
      return [packet('server', TcpFlags.syn | TcpFlags.ack)];
    },
    establish() {
      sent.server.delivered = 1; // the SYN; what the server said since is still on its way
      return [packet('client', TcpFlags.ack)];
    },
    refuse() {
      sent.client.delivered = sent.client.next;
      return [packet('server', TcpFlags.rst | TcpFlags.ack)];
    },
    send(from, payload) {
      if (sent[from].isFinished) return [];
      const packets: Uint8Array[] = [];
      for (let at = 0; at < payload.length; at += segmentMax) {
        const part = payload.subarray(at, at + segmentMax);
        const isLast = at + part.length === payload.length;
        packets.push(packet(from, TcpFlags.ack | (isLast ? TcpFlags.psh : 0), part));
      }
      sent[from].ends.push(sent[from].next);
      return packets;
    },
    widen() {
      segmentMax = WIDE_SEGMENT_MAX;
    },
    deliver(to) {
      const incoming = sent[other(to)];
      incoming.delivered = incoming.ends.shift() ?? incoming.next;
    },
    finish,
    end(at) {
      const peer = other(at);
      sent[peer].delivered = sent[peer].next;
      const packets = [...finish(peer)];
      sent[peer].delivered = sent[peer].next;
      if (sent[at].isFinished) return packets;
      packets.push(...finish(at));
      sent[at].delivered = sent[at].next;
      packets.push(packet(peer, TcpFlags.ack));
      return packets;
    },
  };
}
