/** What the trace knows about a message besides its octets, for those who look inside. */
import type { KeyRecord } from '../machine/actor.ts';
import type { Dissector, Hints, Keyring } from './dissector.ts';
import type { TraceRecord, Wire } from './record.ts';
import { isLink } from './wire.ts';

/** The message's name, transport and port; of the two ports the lower one is the listener's. */
export function hintsOf(wire: Wire): Hints {
  const { message, transport } = wire;
  const ports = [wire.port, wire.toPort, wire.fromPort].filter((port) => typeof port === 'number');
  return {
    ...(message === undefined ? {} : { message }),
    ...(transport === 'udp' || transport === 'tcp' ? { transport } : {}),
    ...(ports.length === 0 ? {} : { port: Math.min(...ports) }),
  };
}

/** The long-term keys that a step told of. */
export function keysOf({ effects }: TraceRecord): readonly KeyRecord[] {
  return effects.flatMap((effect) =>
    effect.kind === 'keyed' ? (effect.keys as readonly KeyRecord[]) : [],
  );
}

/** The octets of an event or effect that carries a message. */
export function messageOf(
  wire: Wire,
  octets: (link: string) => Uint8Array | undefined,
): Uint8Array | undefined {
  return isLink(wire.bytes) ? octets(wire.bytes) : undefined;
}

/**
 * A keyring with every key that shows in a finished trace: first all that actors told of, then, in
 * order, what the messages hold.
 */
export function keyringOf(
  records: readonly TraceRecord[],
  octets: (link: string) => Uint8Array | undefined,
  dissector: Dissector,
): Keyring {
  const keyring = dissector.keyring();
  for (const record of records) keyring.add(keysOf(record));
  const seen = new Set<unknown>();
  for (const { event, effects } of records) {
    for (const wire of [event, ...effects]) {
      if (seen.has(wire.bytes)) continue;
      seen.add(wire.bytes);
      const bytes = messageOf(wire, octets);
      if (bytes !== undefined) keyring.learn(bytes, hintsOf(wire));
    }
  }
  return keyring;
}
