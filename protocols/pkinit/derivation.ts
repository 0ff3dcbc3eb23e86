/**
 * The reply key from what both sides agreed on: octetstring2key of RFC 4556 §3.2.3.1, and the key
 * derivation functions of RFC 8636 §3, which bind it to who speaks with whom and what was said.
 */
import { concat, uint32be } from '../../src/bytes/bytes.ts';
import { type DigestName, digest } from '../../src/crypto/digest.ts';
import { encode } from '../../src/der/codec.ts';
import { type Key, keyLength, randomToKey } from '../kerberos/etypes.ts';
import type { PrincipalName } from '../kerberos/messages.ts';
import { OID } from './constants.ts';
import { Krb5PrincipalName, OtherInfo, PkinitSuppPubInfo } from './messages.ts';

/** What the secret is mixed with, when both sides sent one. */
export interface DhNonces {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/**
 * RFC 4556 §3.2.3.1. @param secret Z, as long as the prime or the field
 * @param nonces both or none: a server's alone does not count
 */
export function octetString2Key(etype: number, secret: Uint8Array, nonces?: DhNonces): Key {
  const x = nonces === undefined ? secret : concat(secret, nonces.client, nonces.server);
  return randomToKey(etype, kTruncate(x, keyLength(etype)));
}

/** SHA1(00 x) SHA1(01 x) ..., its first octets. */
function kTruncate(x: Uint8Array, size: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let counter = 0; 20 * counter < size; counter++) {
    parts.push(digest('sha1', concat(new Uint8Array([counter]), x)));
  }
  return concat(...parts).subarray(0, size);
}

/** The functions of RFC 8636 §3, best first. */
export const KDFS: readonly { readonly oid: string; readonly digest: DigestName }[] = [
  { oid: OID.kdfSha512, digest: 'sha512' },
  { oid: OID.kdfSha256, digest: 'sha256' },
  { oid: OID.kdfSha384, digest: 'sha384' },
  { oid: OID.kdfSha1, digest: 'sha1' },
];

/** What the key is bound to. */
export interface Binding {
  readonly client: { readonly realm: string; readonly name: PrincipalName };
  readonly server: { readonly realm: string; readonly name: PrincipalName };
  readonly etype: number;
  /** The whole AS-REQ, DER. */
  readonly asReq: Uint8Array;
  /** The value of PA-PK-AS-REP, DER. */
  readonly pkAsRep: Uint8Array;
}

/** OtherInfo of RFC 8636 §3.1, DER. */
export function otherInfo(kdf: string, { client, server, ...message }: Binding): Uint8Array {
  const party = ({ realm, name }: Binding['client']): Uint8Array =>
    encode(Krb5PrincipalName, { realm, principalName: name });
  return encode(OtherInfo, {
    algorithmID: { algorithm: kdf },
    partyUInfo: party(client),
    partyVInfo: party(server),
    suppPubInfo: encode(PkinitSuppPubInfo, {
      enctype: message.etype,
      asREQ: message.asReq,
      pkAsRep: message.pkAsRep,
    }),
  });
}

/** H(00000001 Z info) H(00000002 Z info) ..., its first octets (RFC 8636 §3.1). */
export function derivedOctets(
  name: DigestName,
  secret: Uint8Array,
  info: Uint8Array,
  size: number,
): Uint8Array {
  let out: Uint8Array = new Uint8Array(0);
  for (let counter = 1; out.length < size; counter++) {
    out = concat(out, digest(name, concat(uint32be(counter), secret, info)));
  }
  return out.subarray(0, size);
}

/** The reply key by one of {@link KDFS}; undefined: no such function. */
export function kdfKey(kdf: string, secret: Uint8Array, binding: Binding): Key | undefined {
  const known = KDFS.find(({ oid }) => oid === kdf);
  if (known === undefined) return undefined;
  const size = keyLength(binding.etype);
  const octets = derivedOctets(known.digest, secret, otherInfo(kdf, binding), size);
  return randomToKey(binding.etype, octets);
}
