/** The ends of simulated streams, and what is under way between them. */
import type { ActorEffect, Framing } from '../machine/actor.ts';
import { type MessageStream, messageStream } from '../machine/stream.ts';

/** TLS is asked for. */
export type Secure = Extract<ActorEffect, { readonly kind: 'secure' }>;

/** One end of a connection. */
export interface End {
  readonly actor: string;
  readonly connection: string;
  readonly ownPort: number;
  /** The listener's, on both ends. */
  readonly servicePort: number;
  readonly input: MessageStream;
  readonly framing: Framing | undefined;
  /** Undefined until the handshake, and after the host crashed. */
  peer: End | undefined;
  /** From when the actor knows of the stream until it has closed it or heard that it ended. */
  open: boolean;
  /** TLS was asked for from this side. */
  secure: Secure | undefined;
  /** The framing refused what came: nothing more is read. */
  refused: boolean;
  /** Segments given to the network, and the next one expected from there. */
  sent: number;
  expected: number;
  /** What arrived before its turn. */
  readonly early: Map<number, Segment>;
  written: number;
  read: number;
  /** Messages sent and not yet read, for the trace of the other side. */
  readonly messages: Sent[];
}

export interface Sent {
  /** Where the message ends in all that was sent. */
  readonly end: number;
  readonly message: string;
  readonly cause: number;
}

export interface Segment {
  readonly kind: 'accepted' | 'octets' | 'end';
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly cause: number;
}

export function endOf(
  actor: string,
  connection: string,
  ownPort: number,
  servicePort: number,
  framing: Framing | undefined,
): End {
  return {
    actor,
    connection,
    ownPort,
    servicePort,
    input: messageStream(framing),
    framing,
    peer: undefined,
    open: false,
    secure: undefined,
    refused: false,
    sent: 0,
    expected: 0,
    early: new Map(),
    written: 0,
    read: 0,
    messages: [],
  };
}

export function segment(
  from: End,
  kind: Segment['kind'],
  bytes: Uint8Array,
  cause: number,
): Segment {
  return { kind, number: from.sent++, bytes, cause };
}

/** The message that ends at `offset` of what `from` has sent, if the two framings agree. */
export function messageAt(from: End, offset: number): Sent | undefined {
  let last: Sent | undefined;
  while (from.messages[0] !== undefined && from.messages[0].end <= offset) {
    last = from.messages.shift();
  }
  return last?.end === offset ? last : undefined;
}
