/**
 * Keys that open what is encrypted in a trace: long-term keys as actors tell them, session keys and
 * subkeys as they show in what was opened before. Indexed by type, name and version, and ciphertexts
 * that were opened once are remembered, so that opening is quick; bounded, so that `serve` may run on.
 */
import { fromHex, toHex } from '../../src/bytes/bytes.ts';
import type { KeyRecord } from '../../src/machine/actor.ts';
import { arrivalsFrom } from '../gss/arrivals.ts';
import { TokenFlags, unwrap } from '../gss/per-message.ts';
import { cf2, decrypt, type Key, key, keyLength, supported } from '../kerberos/etypes.ts';
import { ChannelMemory } from './channel-memory.ts';
import type { FoundKey, Sealed } from './contents.ts';
import { NtlmMemory } from './ntlm-memory.ts';

/** A ciphertext's plaintext, and the name of the key that it took. */
export interface Unsealed {
  readonly plaintext: Uint8Array;
  readonly key: string;
  readonly by: Key;
}

type Kind = 'longTerm' | FoundKey['kind'] | 'armor';
interface NamedKey {
  readonly key: Key;
  readonly kind: Kind;
  readonly name: string;
}
interface LongTermKey extends NamedKey {
  readonly principal: string;
  readonly kvno: number;
}
interface Candidate extends NamedKey {
  readonly usage: number;
}

/** Session keys kept of one client, one server, one type: enough for an exchange in flight. */
const RECENT_MAX = 64;
const REMEMBERED_MAX = 4096;
/** RFC 4757: the key of this type is the NT hash. */
const RC4_HMAC = 23;
/** Keys tried on one ciphertext: bounds what a hostile trace can cost. */
const TRIES_MAX = 512;
const ARMORS_MAX = 16;

/** Identity is the point: what was learnt stays in it. */
export class KeyStore {
  readonly channels = new ChannelMemory();
  readonly #ntlm = new NtlmMemory();
  readonly #longTerm = new Map<string, LongTermKey[]>();
  readonly #recent = new Map<string, NamedKey[]>();
  readonly #keys = new Map<string, Key>();
  /** Ciphertexts opened before, and with what. */
  readonly #opened = new Map<string, Candidate>();
  /** Ciphertexts that no key opened when there were so many keys. */
  readonly #missed = new Map<string, number>();
  /** Session keys with the subkeys of their authenticators: FAST's armor is made of the two. */
  readonly #pairs: { readonly subkey: Key; readonly session: Key; readonly name: string }[] = [];
  #count = 0;

  /** Keys as actors tell them; those of a type that is not spoken here are passed over. */
  add(records: readonly KeyRecord[]): void {
    for (const { principal, kvno, etype, key: digits, exchange } of records) {
      if (exchange !== undefined) {
        const known = { keytype: etype, keyvalue: fromHex(digits) };
        const name = `reply key of ${principal} (${exchange})`;
        this.learn({ key: known, kind: 'reply', name, client: principal });
        continue;
      }
      const known = this.#key(etype, digits);
      if (known === undefined) continue;
      const name = `${principal} kvno ${kvno}`;
      const own = { key: known, kind: 'longTerm' as const, name, principal: fold(principal), kvno };
      for (const place of [`${etype}`, `${etype} ${own.principal}`]) {
        const list = listOf(this.#longTerm, place);
        if (list.some((one) => one.name === name && one.key === known)) continue;
        list.push(own);
        this.#count++;
      }
    }
  }

  /** Keys that showed in something opened. */
  learn(found: FoundKey): void {
    const { keytype, keyvalue } = found.key;
    const digits = toHex(keyvalue);
    const isNew = !this.#keys.has(`${keytype} ${digits}`);
    const known = this.#key(keytype, digits);
    if (known === undefined || !isNew) return;
    const named = { key: known, kind: found.kind, name: found.name };
    const places = [`${keytype}`];
    if (found.client !== undefined) places.push(`${keytype} client ${fold(found.client)}`);
    if (found.server !== undefined) places.push(`${keytype} server ${fold(found.server)}`);
    for (const place of places) {
      const list = listOf(this.#recent, place);
      list.unshift(named);
      if (list.length > RECENT_MAX * 4) list.length = RECENT_MAX * 4;
    }
    forget(this.#recent);
    this.#count++;
  }

  /** A session key and the subkey that its authenticator chose. */
  pair(session: Key, { key: { keytype, keyvalue }, name }: FoundKey): void {
    const subkey = this.#key(keytype, toHex(keyvalue));
    if (subkey === undefined || this.#pairs.some((pair) => pair.subkey === subkey)) return;
    this.#pairs.unshift({ session, subkey, name: `armor key of the ${name}` });
    if (this.#pairs.length > ARMORS_MAX) this.#pairs.length = ARMORS_MAX;
    this.#count++;
  }

  /** The plaintext, if one of the keys opens it. */
  open(sealed: Sealed): Unsealed | undefined {
    const { etype, cipher } = sealed.data;
    if (!supported(etype)) return undefined;
    const id = `${etype} ${cipher.length} ${toHex(cipher.subarray(0, 16))}`;
    const before = this.#opened.get(id);
    if (before !== undefined) {
      const plaintext = decrypt(before.key, before.usage, cipher);
      if (plaintext !== undefined) return { plaintext, key: before.name, by: before.key };
    }
    if (this.#missed.get(id) === this.#count) return undefined;
    const tried = new Set<string>();
    for (const candidate of this.#candidates(sealed)) {
      if (tried.size >= TRIES_MAX) break;
      const what = `${candidate.usage} ${toHex(candidate.key.bytes)}`;
      if (tried.has(what)) continue;
      tried.add(what);
      const plaintext = decrypt(candidate.key, candidate.usage, cipher);
      if (plaintext === undefined) continue;
      this.#opened.set(id, candidate);
      forget(this.#opened);
      return { plaintext, key: candidate.name, by: candidate.key };
    }
    this.#missed.set(id, this.#count);
    forget(this.#missed);
    return undefined;
  }

  /** A message of NTLM: with the user's hash it may give the key of a session. */
  heardNtlm(bytes: Uint8Array): void {
    this.#ntlm.heard(bytes, (userName) => {
      const hashes = this.#longTerm.get(String(RC4_HMAC)) ?? [];
      const own = hashes.filter(({ principal }) => principal.startsWith(`${fold(userName)}@`));
      return own.map(({ key: hash }) => hash.bytes);
    });
  }

  /** The message of a sealed token (RFC 4121 §4.2.6.2, MS-NLMP 3.4.3), if one of the keys opens it. */
  unwrap(token: Uint8Array): Omit<Unsealed, 'by'> | undefined {
    const ntlm = this.#ntlm.unwrap(token);
    return ntlm === undefined
      ? this.#unwrapGss(token)
      : { plaintext: ntlm.message, key: ntlm.name };
  }

  #unwrapGss(token: Uint8Array): Unsealed | undefined {
    const id = `wrap ${toHex(token.subarray(0, 64))}`;
    if (this.#missed.get(id) === this.#count) return undefined;
    const before = this.#opened.get(id);
    const candidates = before === undefined ? this.#sessionKeys() : [before];
    for (const { key: by, name } of candidates) {
      const plaintext = opened(by, token);
      if (plaintext === undefined) continue;
      this.#opened.set(id, { key: by, name, kind: 'session', usage: 0 });
      forget(this.#opened);
      return { plaintext, key: name, by };
    }
    this.#missed.set(id, this.#count);
    forget(this.#missed);
    return undefined;
  }

  /** Keys of exchanges, whatever their type. */
  *#sessionKeys(): Generator<NamedKey> {
    for (const [place, list] of this.#recent) {
      if (/^\d+$/.test(place)) yield* list;
    }
  }

  /** Most likely first: the named principal's, its exchanges', then whatever is of the type. */
  *#candidates(sealed: Sealed): Generator<Candidate> {
    const { data, usages, principal, client, server } = sealed;
    const { etype, kvno } = data;
    const own = principal === undefined ? [] : this.#long(`${etype} ${fold(principal)}`, kvno);
    yield* withUsage(own, usages);
    if (server !== undefined) yield* this.#known(`${etype} server ${fold(server)}`, usages);
    if (client !== undefined) {
      const place = `${etype} client ${fold(client)}`;
      yield* this.#known(place, usages);
      yield* this.#strengthened(place, [...withUsage(own, usages), ...this.#known(place, usages)]);
    }
    if (usages.armor !== undefined) yield* this.#armors(etype, usages.armor);
    yield* this.#known(`${etype}`, usages);
    if (usages.longTerm !== undefined) yield* withUsage(this.#long(`${etype}`, kvno), usages);
  }

  /** Long-term keys, those of the version first. */
  #long(place: string, kvno: number | undefined): readonly LongTermKey[] {
    const list = this.#longTerm.get(place) ?? [];
    const exact = list.filter((one) => one.kvno === kvno);
    return [...exact, ...list.filter((one) => one.kvno !== kvno)];
  }

  #known(place: string, usages: Sealed['usages']): Generator<Candidate> {
    return withUsage(this.#recent.get(place) ?? [], usages);
  }

  /** RFC 6113 §5.4.1.1; made when asked for, because few requests are armored. */
  *#armors(etype: number, usage: number): Generator<Candidate> {
    for (const { subkey, session, name } of this.#pairs) {
      if (subkey.etype !== etype) continue;
      const armor = cf2(subkey, session, 'subkeyarmor', 'ticketarmor');
      yield { key: armor, kind: 'armor', name, usage };
    }
  }

  /** RFC 6113 §5.4.3: the reply key of an armored exchange, where the KDC strengthened it. */
  *#strengthened(place: string, replyKeys: readonly Candidate[]): Generator<Candidate> {
    const strengthen = this.#recent.get(place)?.filter((one) => one.kind === 'strengthen') ?? [];
    for (const { key: first } of strengthen.slice(0, ARMORS_MAX)) {
      for (const { key: second, name, usage, kind } of replyKeys.slice(0, ARMORS_MAX)) {
        const made = cf2(first, second, 'strengthenkey', 'replykey');
        yield { key: made, kind, name: `${name}, strengthened`, usage };
      }
    }
  }

  /** One Key object for the same octets, because derived keys hang on it. */
  #key(etype: number, digits: string): Key | undefined {
    const id = `${etype} ${digits}`;
    const known = this.#keys.get(id);
    if (known !== undefined) return known;
    if (!supported(etype) || digits.length !== 2 * keyLength(etype)) return undefined;
    const made = key(etype, fromHex(digits));
    this.#keys.set(id, made);
    forget(this.#keys);
    return made;
  }
}

/** What a key makes of a token, whoever sent it. */
function opened(key: Key, token: Uint8Array): Uint8Array | undefined {
  const flags = token[2] ?? 0;
  const opens = unwrap(
    {
      key,
      side: (flags & TokenFlags.SentByAcceptor) === 0 ? 'acceptor' : 'initiator',
      acceptorSubkey: (flags & TokenFlags.AcceptorSubkey) !== 0,
      sendSeq: 0n,
      arrivals: arrivalsFrom(0),
      unordered: true,
    },
    token,
  );
  return opens.ok && opens.sealed ? opens.message : undefined;
}

/** Names of principals and realms compare without case (MS-KILE 3.1.5.7). */
const fold = (name: string): string => name.toLowerCase();

function* withUsage(keys: readonly NamedKey[], usages: Sealed['usages']): Generator<Candidate> {
  for (const one of keys) {
    const usage = one.kind === 'strengthen' ? undefined : usages[one.kind];
    if (usage !== undefined) yield { ...one, usage };
  }
}

/** The list at a place, which becomes the youngest. */
function listOf<T>(map: Map<string, T[]>, place: string): T[] {
  const list = map.get(place) ?? [];
  map.delete(place);
  map.set(place, list);
  return list;
}

/** Drops the oldest entry of a map that has grown too large. */
function forget(map: Map<string, unknown>): void {
  if (map.size <= REMEMBERED_MAX) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
