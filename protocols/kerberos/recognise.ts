/** What a message is, from its first octet: every message of Kerberos is an APPLICATION type of its own. */
import type { Codec } from '../../src/der/codec.ts';
import {
  ApRep,
  ApReq,
  AsRep,
  AsReq,
  KrbCred,
  KrbError,
  KrbPriv,
  KrbSafe,
  TgsRep,
  TgsReq,
} from './messages.ts';

/** The messages that travel by themselves: RFC 4120 §5.10. */
export const MESSAGES: readonly Codec<unknown>[] = [
  AsReq,
  AsRep,
  TgsReq,
  TgsRep,
  ApReq,
  ApRep,
  KrbSafe,
  KrbPriv,
  KrbCred,
  KrbError,
];

const BY_TAG = new Map(MESSAGES.map((codec) => [codec.tag, codec]));

/** The codec of the message that these octets begin. */
export function messageCodec(bytes: Uint8Array): Codec<unknown> | undefined {
  const [tag] = bytes;
  return tag === undefined ? undefined : BY_TAG.get(tag);
}

/** The standard's name of the message that these octets begin: `AS-REQ`. */
export function messageName(bytes: Uint8Array): string | undefined {
  return messageCodec(bytes)?.type;
}
