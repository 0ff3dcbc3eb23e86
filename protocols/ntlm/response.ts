/** NTLM v2 authentication: MS-NLMP 3.3.2. All keys and hashes have 16 octets. */
import { concat, equalSecret, utf16le, view } from '../../src/bytes/bytes.ts';
import { hmac } from '../../src/crypto/digest.ts';
import { md4 } from '../../src/crypto/md4.ts';
import { type AvPair, readAvPairs } from './av-pairs.ts';
import { CHALLENGE_LENGTH, KEY_LENGTH } from './constants.ts';

/** NTOWFv1 (3.3.1): what a domain controller keeps of a password. */
export function ntHash(password: string): Uint8Array {
  return md4(utf16le(password));
}

/** NTOWFv2. The user's name counts in capitals, the domain's as it stands in the message. */
export function ntowfv2(hash: Uint8Array, userName: string, domainName: string): Uint8Array {
  return hmac('md5', hash, utf16le(upcased(userName) + domainName));
}

/** Windows' capitals are one UTF-16 unit for one: no `SS` for `ß`. */
function upcased(text: string): string {
  return Array.from({ length: text.length }, (_, i) => {
    const unit = text[i] as string;
    const capital = unit.toUpperCase();
    return capital.length === 1 ? capital : unit;
  }).join('');
}

export interface ResponseInput {
  /** {@link ntowfv2} */
  readonly key: Uint8Array;
  readonly serverChallenge: Uint8Array;
  readonly clientChallenge: Uint8Array;
  /** FILETIME. */
  readonly time: bigint;
  /** AV_PAIRs with their end. */
  readonly targetInfo: Uint8Array;
}

export interface Response {
  readonly ntResponse: Uint8Array;
  readonly lmResponse: Uint8Array;
  readonly sessionBaseKey: Uint8Array;
}

/** ComputeResponse. */
export function ntlmv2Response(input: ResponseInput): Response {
  const { key, serverChallenge, clientChallenge, time, targetInfo } = input;
  const head = new Uint8Array(28);
  head.set([1, 1]);
  view(head).setBigUint64(8, time, true);
  head.set(clientChallenge, 16);
  const temp = concat(head, targetInfo, new Uint8Array(4));
  const proof = hmac('md5', key, concat(serverChallenge, temp));
  return {
    ntResponse: concat(proof, temp),
    lmResponse: concat(hmac('md5', key, concat(serverChallenge, clientChallenge)), clientChallenge),
    sessionBaseKey: hmac('md5', key, proof),
  };
}

/** NTLMv2_RESPONSE, 2.2.2.8. */
export interface ReadResponse {
  readonly proof: Uint8Array;
  /** All behind the proof: what it is over. */
  readonly temp: Uint8Array;
  readonly time: bigint;
  readonly clientChallenge: Uint8Array;
  readonly pairs: readonly AvPair[];
}

/** A response of version 1 has 24 octets: undefined, as for anything else that is none of version 2. */
export function readNtlmv2Response(bytes: Uint8Array): ReadResponse | undefined {
  const temp = bytes.slice(KEY_LENGTH);
  if (temp.length < 28 || temp[0] !== 1 || temp[1] !== 1) return undefined;
  const read = readAvPairs(temp.subarray(28));
  if (!read.ok) return undefined;
  return {
    proof: bytes.slice(0, KEY_LENGTH),
    temp,
    time: view(temp).getBigUint64(8, true),
    clientChallenge: temp.slice(16, 16 + CHALLENGE_LENGTH),
    pairs: read.pairs,
  };
}

/** What is proved, and by whom. */
export interface Proving {
  readonly userName: string;
  readonly domainName: string;
  readonly serverChallenge: Uint8Array;
  readonly ntResponse: Uint8Array;
}

/** SessionBaseKey, where the response was made with this hash; undefined: it was not. */
export function provedKey(hash: Uint8Array, proving: Proving): Uint8Array | undefined {
  const read = readNtlmv2Response(proving.ntResponse);
  if (read === undefined) return undefined;
  const key = ntowfv2(hash, proving.userName, proving.domainName);
  const proof = hmac('md5', key, concat(proving.serverChallenge, read.temp));
  return equalSecret(proof, read.proof) ? hmac('md5', key, proof) : undefined;
}
