/**
 * Decoding and encoding messages of a real client and KDC. Beside them, as a fixed yardstick, what
 * asn1js takes to parse the same octets into its generic tree, which is where it stops.
 */
import * as asn1js from 'asn1js';
import { AsRep, AsReq, KdcReqBody, TgsReq } from '../protocols/kerberos/messages.ts';
import { equal } from '../src/bytes/bytes.ts';
import { type Codec, decode, encode } from '../src/der/codec.ts';
import { explain } from '../src/der/explain.ts';
import { withRaw } from '../src/der/raw.ts';
import { AS_REP, AS_REQ, AS_REQ_TIMESTAMP, TGS_REQ } from './messages.ts';
import type { Bench } from './suite.ts';

export const name = 'der';

const MESSAGES = [
  ['AS-REQ', AsReq, AS_REQ],
  ['AS-REQ with timestamp', AsReq, AS_REQ_TIMESTAMP],
  ['AS-REP', AsRep, AS_REP],
  ['TGS-REQ', TgsReq, TGS_REQ],
] as const;

export function suite(bench: Bench): void {
  bench.add('asn1js.fromBER AS-REQ', () => asn1js.fromBER(AS_REQ), { yardstick: true });
  for (const [title, codec, bytes] of MESSAGES) {
    const value = decode<unknown>(codec, bytes);
    const write = encoder(codec, value);
    if (!equal(write(), bytes)) throw new Error(`${title} is not encoded as it came`);
    if (asn1js.fromBER(bytes).offset !== bytes.length) throw new Error(`asn1js refuses ${title}`);
    if (codec.type !== 'AS-REQ' || bytes !== AS_REQ) {
      bench.add(`asn1js.fromBER ${title}`, () => asn1js.fromBER(bytes));
    }
    bench.add(`decode ${title}`, () => decode<unknown>(codec, bytes));
    bench.add(`encode ${title}`, write);
  }
  bench.add('explain AS-REQ', () => explain(AsReq, AS_REQ));
}

/** Encodes as who makes the message does: a request's body first, because checksums cover it. */
function encoder<T>(codec: Codec<T>, value: T): () => Uint8Array {
  if (!isRequest(value)) return () => encode(codec, value);
  const { pvno, msgType, padata, reqBody } = value;
  const body = reqBody.value;
  const request = codec as Codec<unknown>;
  return padata === undefined
    ? () => encode(request, { pvno, msgType, reqBody: withRaw(KdcReqBody, body) })
    : () => encode(request, { pvno, msgType, padata, reqBody: withRaw(KdcReqBody, body) });
}

function isRequest(value: unknown): value is AsReq {
  return typeof value === 'object' && value !== null && 'reqBody' in value;
}
