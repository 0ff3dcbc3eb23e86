/** What a host without keys asks the client of its session (MS-RDPEAR): two layers, and a call or its answer. */
import { fromUtf16le } from '../../src/bytes/bytes.ts';
import type { Codec } from '../../src/ndr/codec.ts';
import { explain } from '../../src/ndr/explain.ts';
import { nonNull } from '../../src/ndr/structures.ts';
import type { DissectedField } from '../../src/trace/dissector.ts';
import { KerbCredIsoRemoteInput, KerbCredIsoRemoteOutput } from '../rdpear/messages.ts';
import { OUTER_LAYER, readOuter, TSRemoteGuardInnerPacket } from '../rdpear/packets.ts';
import type { Side } from '../rdpedyc/messages.ts';
import { type Contents, der, generic, type Inner, plain, under } from './contents.ts';
import { instead, laidOut, octetsAt, ofRows, type Rows } from './laid-out.ts';

/** One, then zeros. */
const HEADER = 16;

const packageName: Contents = plain(
  'UTF-16LE',
  (bytes) => [['text', 'UTF-16LE', 0, bytes.length, fromUtf16le(bytes)]],
  (bytes) => fromUtf16le(bytes),
);

function call(codec: Codec<never>): Contents {
  const rows = (bytes: Uint8Array, path: string): readonly DissectedField[] => {
    const body = explain(nonNull(codec), bytes.subarray(HEADER), path);
    return [
      { path, type: codec.type, start: 0, end: bytes.length },
      { path: `${path}.header`, type: 'header', start: 0, end: HEADER },
      ...body
        .filter((row) => row.path !== path)
        .map((row) => ({ ...row, start: row.start + HEADER, end: row.end + HEADER })),
    ];
  };
  return ofRows(codec.type, rows, encodings);
}

/** KERB_ASN1_DATA does not say of what its octets are: their elements are shown, their value stays octets. */
function encodings({ rows, bytes, root }: Rows): readonly Inner[] {
  return rows
    .filter(({ path }) => path.endsWith('.Asn1Buffer.*'))
    .map(({ path, start, end }) => ({
      path: path.slice(root.length + 1),
      contents: generic,
      octets: bytes.subarray(start, end),
      put() {},
    }));
}

const CALL: Readonly<Record<Side, Contents>> = {
  server: call(KerbCredIsoRemoteInput as unknown as Codec<never>),
  client: call(KerbCredIsoRemoteOutput as unknown as Codec<never>),
};

function innerPacket(from: Side): Contents {
  return der(TSRemoteGuardInnerPacket, {
    inside: (value) => [
      {
        path: 'packageName',
        contents: packageName,
        octets: value.packageName,
        put: under('packageName'),
      },
      { path: 'buffer', contents: CALL[from], octets: value.buffer, put: instead('buffer') },
    ],
  });
}

function message(from: Side): Contents {
  const inner = innerPacket(from);
  return laidOut(
    'RDPEAR',
    (reader) => OUTER_LAYER.read(reader),
    (rows, keys) => {
      const token = octetsAt(rows, 'payload');
      const opened = token && keys.unwrap(token);
      if (opened === undefined) return [];
      const { plaintext, key } = opened;
      return [
        { path: 'payload', contents: inner, octets: { plaintext, key }, put: instead('payload') },
      ];
    },
  );
}

const MESSAGE: Readonly<Record<Side, Contents>> = {
  server: message('server'),
  client: message('client'),
};

/** Undefined: the octets of a dynamic channel are none. */
export function remoteGuard(bytes: Uint8Array, from: Side): Contents | undefined {
  return readOuter(bytes).ok ? MESSAGE[from] : undefined;
}
