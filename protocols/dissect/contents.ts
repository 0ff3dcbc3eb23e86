/**
 * How octets are looked into: what they are, their rows, their value as JSON, and what stands inside
 * them that has a structure of its own (an OCTET STRING) or has to be opened first (a ciphertext).
 */
import { toHex } from '../../src/bytes/bytes.ts';
import { type Codec, type Limits, tryDecode } from '../../src/der/codec.ts';
import { explain } from '../../src/der/explain.ts';
import { explainGeneric } from '../../src/der/generic.ts';
import type { DissectedField } from '../../src/trace/dissector.ts';
import type { EncryptedData, EncryptionKey } from '../kerberos/messages.ts';
import type { BufferCodec } from '../pac/layout.ts';
import type { KeyStore } from './keyring.ts';
import { named } from './naming.ts';
import { readable } from './readable.ts';

/** A JSON object while it is being filled. */
export type Fields = Record<string, unknown>;

/** A key that showed in something opened. */
export interface FoundKey {
  readonly key: EncryptionKey;
  /** `strengthen`: a part of a reply key only (RFC 6113 §5.4.3). `reply`: agreed on by PKINIT. */
  readonly kind: 'session' | 'subkey' | 'strengthen' | 'reply';
  /** `session key of alice@R for krbtgt/R@R` */
  readonly name: string;
  readonly client?: string;
  readonly server?: string;
}

/** A ciphertext and who may have the key to it. */
export interface Sealed {
  readonly data: EncryptedData;
  /** Key usage by kind of key; a kind that is not here is not tried. */
  readonly usages: {
    readonly longTerm?: number;
    readonly session?: number;
    readonly subkey?: number;
    /** The key of an AS-REP that no password makes (RFC 4556 §3.2.3). */
    readonly reply?: number;
    /** Of FAST (RFC 6113 §5.4.1.1), made of a ticket's session key and a subkey. */
    readonly armor?: number;
  };
  /** Whose long-term key; in whose tickets the session key is. `name@REALM`. */
  readonly principal?: string;
  readonly client?: string;
  readonly server?: string;
}

/** Octets that do not stand in the message as they are: opened already, or put together of several. */
export interface Apart {
  readonly plaintext: Uint8Array;
  /** The key's name, or what else they came of. */
  readonly key: string;
}

/** Something that stands inside, at the row `path` (from the contents' own root). */
export interface Inner {
  readonly path: string;
  readonly contents: Contents;
  /** The octets themselves, or how to get them. */
  readonly octets: Uint8Array | Sealed | Apart;
  /** Writes the inner value into the outer one. */
  put(outer: Fields, value: unknown): void;
}

export interface Contents {
  readonly type: string;
  /** The decoded value; undefined: the octets are something else. */
  read(bytes: Uint8Array): { readonly value: unknown } | undefined;
  rows(bytes: Uint8Array, path: string): readonly DissectedField[];
  json(value: unknown): unknown;
  /** In the order in which it is to be opened: keys found in one open the next. */
  inside(value: unknown, keys: KeyStore): readonly Inner[];
  keys(value: unknown): readonly FoundKey[];
}

interface DerOptions<T> {
  /** How octets are decoded; absent: as DER. */
  readonly limits?: Limits;
  readonly inside?: (value: T) => readonly Inner[];
  readonly keys?: (value: T) => readonly FoundKey[];
  readonly json?: (value: T) => unknown;
}

/** Contents with a DER codec. */
export function der<T>(codec: Codec<T>, options: DerOptions<T> = {}): Contents {
  const { inside = () => [], keys = () => [], limits } = options;
  const { json = (value) => readable(codec, value) } = options;
  return {
    type: codec.type,
    read(bytes) {
      const decoded = tryDecode(codec, bytes, limits);
      return decoded.ok ? { value: decoded.value } : undefined;
    },
    rows: (bytes, path) => named(explain(codec, bytes, path, limits), bytes),
    json: (value) => json(value as T),
    inside: (value) => inside(value as T),
    keys: (value) => keys(value as T),
  };
}

interface StructuredOptions<T> {
  readonly json: (value: T) => unknown;
  readonly inside?: (value: T) => readonly Inner[];
}

/** Contents with a codec of MS-PAC's structures. */
export function structured<T>(
  codec: BufferCodec<T>,
  { json, inside = () => [] }: StructuredOptions<T>,
): Contents {
  return {
    type: codec.type,
    read(bytes) {
      const read = codec.tryDecode(bytes);
      return read.ok ? { value: read.value } : undefined;
    },
    rows: (bytes, path): readonly DissectedField[] => codec.explain(bytes, path),
    json: (value) => json(value as T),
    inside: (value) => inside(value as T),
    keys: () => [],
  };
}

/** One row of a plain structure: name, type, octets, value, what it is called. */
export type PlainRow = readonly [string, string, number, number, unknown?, (string | undefined)?];

/** Contents that are no DER: `rows` gives what the octets say; undefined: they are something else. */
export function plain(
  type: string,
  rows: (bytes: Uint8Array) => readonly PlainRow[] | undefined,
  json: (bytes: Uint8Array) => unknown,
): Contents {
  return {
    type,
    read: (bytes) => (rows(bytes) === undefined ? undefined : { value: bytes }),
    rows: (bytes, path) => [
      { path, type, start: 0, end: bytes.length },
      ...(rows(bytes) ?? []).map(([name, rowType, start, end, value, called]) => ({
        path: `${path}.${name}`,
        type: rowType,
        start,
        end,
        ...(value === undefined ? {} : { value }),
        ...(called === undefined ? {} : { name: called }),
      })),
    ],
    json: (value) => json(value as Uint8Array),
    inside: () => [],
    keys: () => [],
  };
}

/** Octets that nobody declared but that are one whole ASN.1 element. */
export const generic: Contents = {
  type: 'ASN.1',
  read(bytes) {
    const [first] = explainGeneric(bytes);
    return first === undefined || first.type === 'octets' ? undefined : { value: bytes };
  },
  rows: (bytes, path) => named(explainGeneric(bytes, path), bytes),
  json: (value) => toHex(value as Uint8Array),
  inside: () => [],
  keys: () => [],
};

/** The object at a path of an outer value, to merge an inner one into. */
export function objectAt(outer: Fields, ...path: readonly (string | number)[]): Fields {
  let at: unknown = outer;
  for (const part of path) at = (at as Record<string | number, unknown>)[part];
  return at as Fields;
}

/** Puts the inner object's members beside those that are there: `encPart.kvno`, `encPart.flags`. */
export function merging(...path: readonly (string | number)[]): Inner['put'] {
  return (outer, value) => {
    Object.assign(objectAt(outer, ...path), value);
  };
}

/** Puts the inner value under a name of its own. */
export function under(...path: readonly [...(string | number)[], string]): Inner['put'] {
  const name = path.at(-1) as string;
  return (outer, value) => {
    objectAt(outer, ...path.slice(0, -1))[name] = value;
  };
}
