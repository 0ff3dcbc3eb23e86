/** Every type that can be looked into by its name: messages, their parts, and what stands in a PAC. */
import type { Codec } from '../../src/der/codec.ts';
import type { DissectedField } from '../../src/trace/dissector.ts';
import * as fast from '../kerberos/fast-messages.ts';
import * as kerberos from '../kerberos/messages.ts';
import * as s4u from '../kerberos/s4u-messages.ts';
import * as transport from '../kerberos/transport-messages.ts';
import { BUFFERS } from '../pac/buffers.ts';
import { authorizationData } from './authorization-data.ts';
import { type Contents, der, under } from './contents.ts';
import { MESSAGES, Ticket } from './messages.ts';
import { pacContents, plainJson } from './pac.ts';

/** Codecs of a module of messages, by the standard's name. */
function codecsOf(module: Readonly<Record<string, unknown>>): readonly Contents[] {
  return Object.values(module)
    .filter(
      (value): value is Codec<unknown> =>
        typeof value === 'object' && value !== null && 'shape' in value,
    )
    .map((codec) => der(codec));
}

/** A buffer of a PAC by itself. */
const buffers: readonly Contents[] = [...BUFFERS.values()].map((codec) => ({
  type: codec.type,
  read(bytes) {
    const read = codec.tryDecode(bytes);
    return read.ok ? { value: read.value } : undefined;
  },
  rows: (bytes, path): readonly DissectedField[] => codec.explain(bytes, path),
  json: plainJson,
  inside: () => [],
  keys: () => [],
}));

/** MS-KKDCP 2.2.2: the message inside begins with its length, as on TCP. */
const kdcProxyMessage: Contents = der(transport.KdcProxyMessage, {
  inside({ kerbMessage }) {
    const octets = kerbMessage.subarray(4);
    const contents = [...MESSAGES.values()].find((one) => one.read(octets) !== undefined);
    return contents === undefined
      ? []
      : [{ path: 'kerbMessage', contents, octets, put: under('kerbMessage') }];
  },
});

export const TYPES: ReadonlyMap<string, Contents> = new Map(
  [
    ...codecsOf(kerberos),
    ...codecsOf(fast),
    ...codecsOf(s4u),
    ...codecsOf(transport),
    ...buffers,
    pacContents,
    authorizationData,
    kdcProxyMessage,
    Ticket,
    ...MESSAGES.values(),
  ].map((contents) => [contents.type, contents]),
);
