/**
 * Contexts of NTLM that the keys of a run open: a user's NT hash is the long-term key of RC4 (RFC 4757 §2), and
 * with the server's challenge it makes the session's key out of the client's response. Bounded.
 */
import { concat, equal, toHex, view } from '../../src/bytes/bytes.ts';
import { hmac } from '../../src/crypto/digest.ts';
import { rc4 } from '../../src/crypto/rc4.ts';
import { NegotiateFlags } from '../ntlm/constants.ts';
import { type Authenticate, readMessage } from '../ntlm/messages.ts';
import { provedKey } from '../ntlm/response.ts';
import { directionKeys, SIGNATURE_LENGTH } from '../ntlm/session-security.ts';

interface Direction {
  readonly signingKey: Uint8Array;
  /** The beginning of the key stream. */
  readonly stream: Uint8Array;
}

interface Context {
  readonly name: string;
  readonly keyExchange: boolean;
  readonly ways: readonly Direction[];
}

const CHALLENGES_MAX = 64;
const CONTEXTS_MAX = 4;
const REMEMBERED_MAX = 1024;
/**
 * Where in the key stream a message begins depends on all before it (MS-NLMP 3.4.4.2), so it is looked for; what
 * CredSSP seals comes first.
 */
const POSITIONS = 1024;
const MESSAGE_MAX = 1 << 14;
/** Octets that are looked at for one way of one context: bounds what a hostile trace can cost. */
const WORK_MAX = 1 << 20;
const CHECKSUM = 8;

/** Identity is the point: what was heard stays in it. */
export class NtlmMemory {
  readonly #challenges: Uint8Array[] = [];
  readonly #contexts: Context[] = [];
  readonly #known = new Set<string>();
  readonly #opened = new Map<string, Uint8Array | undefined>();

  /** @param hashesOf NT hashes of whoever has that name */
  heard(bytes: Uint8Array, hashesOf: (userName: string) => readonly Uint8Array[]): void {
    const read = readMessage(bytes);
    if (!read.ok) return;
    const { message } = read;
    if (message.type === 'CHALLENGE_MESSAGE') {
      this.#challenges.unshift(message.challenge.serverChallenge);
      this.#challenges.splice(CHALLENGES_MAX);
    }
    if (message.type !== 'AUTHENTICATE_MESSAGE') return;
    const { authenticate } = message;
    const name = toHex(authenticate.ntResponse);
    if (this.#known.has(name)) return;
    const key = this.#sessionKey(authenticate, hashesOf(authenticate.userName));
    if (key === undefined) return;
    this.#known.add(name);
    this.#contexts.unshift(contextOf(authenticate, key));
    this.#contexts.splice(CONTEXTS_MAX);
    this.#opened.clear();
  }

  #sessionKey(of: Authenticate, hashes: readonly Uint8Array[]): Uint8Array | undefined {
    for (const serverChallenge of this.#challenges) {
      for (const hash of hashes) {
        const base = provedKey(hash, { ...of, serverChallenge });
        if (base === undefined) continue;
        return hasKeyExchange(of) ? rc4(base, of.encryptedSessionKey) : base;
      }
    }
    return undefined;
  }

  /** A sealed message of one of the contexts. */
  unwrap(token: Uint8Array): { readonly message: Uint8Array; readonly name: string } | undefined {
    const { length } = token;
    if (length < SIGNATURE_LENGTH || length > MESSAGE_MAX) return undefined;
    if (view(token).getUint32(0, true) !== 1) return undefined;
    for (const context of this.#contexts) {
      const id = `${context.name} ${toHex(token)}`;
      const message = this.#opened.has(id) ? this.#opened.get(id) : opened(context, token);
      this.#opened.set(id, message);
      const [oldest] = this.#opened.keys();
      if (this.#opened.size > REMEMBERED_MAX && oldest !== undefined) this.#opened.delete(oldest);
      if (message !== undefined) return { message, name: context.name };
    }
    return undefined;
  }
}

function hasKeyExchange({ flags }: Authenticate): boolean {
  return (flags & NegotiateFlags.NTLMSSP_NEGOTIATE_KEY_EXCH) !== 0;
}

function contextOf(of: Authenticate, key: Uint8Array): Context {
  const ways = (['client', 'server'] as const).map((from) => {
    const { signingKey, sealingKey } = directionKeys(key, of.flags, from);
    return { signingKey, stream: rc4(sealingKey, new Uint8Array(POSITIONS + MESSAGE_MAX)) };
  });
  const name = `NTLM session key of ${of.domainName}\\${of.userName}`;
  return { name, keyExchange: hasKeyExchange(of), ways };
}

function opened({ ways, keyExchange }: Context, token: Uint8Array): Uint8Array | undefined {
  const sealed = token.subarray(SIGNATURE_LENGTH);
  const [sum, sequence] = [token.subarray(4, 4 + CHECKSUM), token.subarray(12, 16)];
  const positions = Math.min(POSITIONS, Math.ceil(WORK_MAX / (1 + sealed.length)));
  for (const { signingKey, stream } of ways) {
    for (let at = 0; at < positions; at++) {
      const message = sealed.map((octet, i) => octet ^ (stream[at + i] as number));
      const made = hmac('md5', signingKey, concat(sequence, message)).subarray(0, CHECKSUM);
      const behind = at + sealed.length;
      const wanted = keyExchange ? sum.map((one, i) => one ^ (stream[behind + i] as number)) : sum;
      if (equal(made, wanted)) return message;
    }
  }
  return undefined;
}
