/** NetrLogonSamLogonEx: the PDU's header, then the arguments. */
import type { Codec } from '../../src/ndr/codec.ts';
import { explainArguments } from '../../src/ndr/explain.ts';
import type { DissectedField } from '../../src/trace/dissector.ts';
import {
  HEADER_LENGTH,
  netlogonName,
  REQUEST_ARGUMENTS,
  REQUEST_NAME,
  RESPONSE_ARGUMENTS,
  RESPONSE_NAME,
  readSamLogonReply,
  readSamLogonRequest,
} from '../netlogon/messages.ts';
import type { Contents } from './contents.ts';
import { plainJson } from './pac.ts';

type Arguments = readonly (readonly [string, Codec<never>])[];

function contents(
  type: string,
  list: Arguments,
  value: (bytes: Uint8Array) => { readonly kind: string },
): Contents {
  return {
    type,
    read(bytes) {
      const read = value(bytes);
      return read.kind === 'malformed' ? undefined : { value: read };
    },
    rows: (bytes, path): readonly DissectedField[] => [
      { path, type, start: 0, end: bytes.length },
      { path: `${path}.header`, type: 'PDU header', start: 0, end: HEADER_LENGTH },
      ...explainArguments(list, bytes, HEADER_LENGTH, path),
    ],
    json: plainJson,
    inside: () => [],
    keys: () => [],
  };
}

const request = contents(REQUEST_NAME, REQUEST_ARGUMENTS as unknown as Arguments, (bytes) => {
  const read = readSamLogonRequest(bytes);
  return read.kind === 'request' ? { ...read.request, kind: read.kind } : read;
});
const response = contents(
  RESPONSE_NAME,
  RESPONSE_ARGUMENTS as unknown as Arguments,
  readSamLogonReply,
);

/** Undefined: the octets are no such PDU. */
export function netlogonContents(bytes: Uint8Array): Contents | undefined {
  const name = netlogonName(bytes);
  if (name === undefined) return undefined;
  return name === REQUEST_NAME ? request : response;
}
