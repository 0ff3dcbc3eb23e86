/**
 * KERB_RPC_ENCRYPTION_KEY as this client makes it (MS-RDPEAR 2.2.1.2.8): the key, sealed under a key of the
 * channel. The host keeps it and gives it back, so the client has to remember none of them, and when the
 * channel's key is forgotten nobody can use them any more. A ticket-granting ticket's key has a handle
 * that the client made when it signed in, before there was a channel.
 */
import { concat, view } from '../../src/bytes/bytes.ts';
import {
  confounderLength,
  decrypt,
  encrypt,
  type Key,
  keyLength,
  key as keyOf,
  keyOf as sentKey,
} from '../kerberos/etypes.ts';
import type { OpaqueKey } from './messages.ts';

/** RFC 4120 §7.5.1 leaves 512 to 1023 to implementations for what stays within them. */
const SEALED_KEY = 512;
/** Of the channel's key. */
const ETYPE = 18;

/** Keys that the user of the client has, by what the host was given for them. */
export interface KnownKeys {
  byHandle(handle: Uint8Array): Key | undefined;
}

/** The channel's key. */
export function channelKey(random: (size: number) => Uint8Array): Key {
  return keyOf(ETYPE, random(keyLength(ETYPE)));
}

/** What stands for a key at the host. */
export function sealedKey(
  channel: Key,
  secret: Key,
  random: (size: number) => Uint8Array,
): Uint8Array {
  const etype = new Uint8Array(4);
  view(etype).setInt32(0, secret.etype, true);
  const confounder = random(confounderLength(channel.etype));
  return encrypt(channel, SEALED_KEY, concat(etype, secret.bytes), confounder);
}

function unsealedKey(channel: Key, sealed: Uint8Array): Key | undefined {
  const plain = decrypt(channel, SEALED_KEY, sealed);
  if (plain === undefined || plain.length < 4) return undefined;
  const keytype = view(plain).getInt32(0, true);
  return sentKey({ keytype, keyvalue: plain.subarray(4) });
}

/** As hosts send a key that stands in a ticket's place: with its encryption type beside it. */
export function opaqueKey({ etype, bytes }: Key): OpaqueKey {
  return { reserved1: 0, reserved2: etype, reserved3: { value: bytes } };
}

/** The key that a host means; undefined: it is none of this channel. */
export function knownKey(known: KnownKeys, channel: Key, sent: OpaqueKey): Key | undefined {
  const { value } = sent.reserved3;
  if (value === null) return undefined;
  const found = known.byHandle(value) ?? unsealedKey(channel, value);
  return found?.etype === sent.reserved2 ? found : undefined;
}

/** A subkey of the host's own is no secret from it: it may send it as it is. */
export function subkeyOf(known: KnownKeys, channel: Key, sent: OpaqueKey): Key | undefined {
  const found = knownKey(known, channel, sent);
  if (found !== undefined) return found;
  const { reserved2: keytype, reserved3 } = sent;
  return sentKey({ keytype, keyvalue: reserved3.value ?? new Uint8Array(0) });
}
