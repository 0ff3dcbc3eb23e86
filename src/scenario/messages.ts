/** The messages of a trace, decoded and decrypted with every key that shows in it. */
import type { KeyRecord, Transport } from '../machine/actor.ts';
import type { Dissector, Hints, Keyring } from '../trace/dissector.ts';
import type { TraceRecord, Wire } from '../trace/record.ts';
import { isLink } from '../trace/wire.ts';
import type { Point } from './points.ts';

/** The value of a point's message; undefined when there is none, or nobody knows it. */
export type MessageReader = (point: Point) => unknown;

/**
 * Reads messages when asked: the keyring is fed with the whole trace first, so that a ticket opens
 * whichever of its keys came later.
 */
export function messageReader(
  records: readonly TraceRecord[],
  octets: (link: string) => Uint8Array | undefined,
  dissector: Dissector,
): MessageReader {
  const values = new Map<string, unknown>();
  let keyring: Keyring | undefined;
  const octetsOf = ({ bytes }: Wire): Uint8Array | undefined =>
    isLink(bytes) ? octets(bytes) : undefined;

  return ({ wire }) => {
    const bytes = wire === undefined ? undefined : octetsOf(wire);
    if (wire === undefined || bytes === undefined) return undefined;
    const key = `${String(wire.message)} ${String(wire.bytes)}`;
    if (!values.has(key)) {
      keyring ??= keyringOf(records, octetsOf, dissector);
      values.set(key, dissector.value(bytes, hintsOf(wire), keyring));
    }
    return values.get(key);
  };
}

function keyringOf(
  records: readonly TraceRecord[],
  octetsOf: (wire: Wire) => Uint8Array | undefined,
  dissector: Dissector,
): Keyring {
  const keyring = dissector.keyring();
  const wires = records.flatMap(({ effects }) => effects);
  for (const wire of wires) {
    if (wire.kind === 'keyed') keyring.add(wire.keys as readonly KeyRecord[]);
  }
  for (const wire of wires) {
    const bytes = wire.kind === 'send' ? octetsOf(wire) : undefined;
    if (bytes !== undefined) keyring.learn(bytes, hintsOf(wire));
  }
  return keyring;
}

function hintsOf({ message, transport, port, toPort }: Wire): Hints {
  const known = [toPort, port].filter((number) => typeof number === 'number');
  return {
    ...(message === undefined ? {} : { message }),
    ...(transport === 'udp' || transport === 'tcp' ? { transport: transport as Transport } : {}),
    // The lower of the two is the listener's.
    ...(known.length === 0 ? {} : { port: Math.min(...known) }),
  };
}
