/**
 * A session of TLS 1.2 (RFC 5246) as a capture would show it, around octets that the trace has in clear. The
 * certificate is the server's own, and key exchange is of the kinds that need no signature of it: the secret
 * goes to its RSA key, or is agreed on with its key on a curve (RFC 5289). So all of it is as in life: who has
 * the server's private key can open it, and so can who has the line of the key log.
 */
import { concat, toHex, utf8, view } from '../bytes/bytes.ts';
import { aesGcmSeal } from '../crypto/block-modes.ts';
import type { CurveName } from '../crypto/curves.ts';
import { digest, hmac } from '../crypto/digest.ts';
import { ecdhPublic, ecdhSecret, ecdhShared } from '../crypto/ecdh.ts';
import { certificateKey, publicKeyKind } from '../crypto/public-key.ts';
import type { RandomSource } from '../crypto/random.ts';
import { rsaEncrypt } from '../crypto/rsa.ts';
import type { End } from './tcp-flow.ts';

/** What one side sends before it waits for the other. */
export interface Flight {
  readonly from: End;
  readonly octets: Uint8Array;
}

export interface TlsSession {
  readonly handshake: readonly Flight[];
  /** A line in NSS key log format. */
  readonly keyLog: string;
  /** Application data in as many records as they need. Records are numbered: the order of calls counts. */
  seal(from: End, octets: Uint8Array): Uint8Array;
  /** close_notify. */
  close(from: End): Uint8Array;
}

const VERSION = [0x03, 0x03];
const Content = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;
const Handshake = {
  clientHello: 1,
  serverHello: 2,
  certificate: 11,
  serverHelloDone: 14,
  clientKeyExchange: 16,
  finished: 20,
} as const;

const TLS_RSA_WITH_AES_128_GCM_SHA256 = 0x009c;
const TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256 = 0xc02d;
const CLOSE_NOTIFY = [1, 0];
const FRAGMENT_MAX = 1 << 14;
const KEY = 16;
const IV = 4;
/** RFC 8422 §5.1.1. */
const NAMED_CURVE: Readonly<Record<CurveName, number>> = { 'P-256': 23, 'P-384': 24, 'P-521': 25 };

/** Octets behind their length in so many octets. */
function vector(size: 1 | 2 | 3, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const length = new Uint8Array(4);
  view(length).setUint32(0, content.length);
  return concat(length.subarray(4 - size), content);
}

function u16(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}

function message(type: number, ...body: readonly Uint8Array[]): Uint8Array {
  return concat(Uint8Array.of(type), vector(3, ...body));
}

function record(type: number, fragment: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(type, ...VERSION), vector(2, fragment));
}

/** RFC 5246 §5, with SHA-256. */
function prf(secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array {
  const start = concat(utf8(label), seed);
  const parts: Uint8Array[] = [];
  let a = start;
  for (let had = 0; had < length; had += 32) {
    a = hmac('sha256', secret, a);
    parts.push(hmac('sha256', secret, concat(a, start)));
  }
  return concat(...parts).slice(0, length);
}

/** What client and server agree on, and what the client sends for it. */
interface Agreed {
  readonly suite: number;
  readonly extensions: Uint8Array;
  readonly exchange: Uint8Array;
  readonly premaster: Uint8Array;
}

function agreed(certificate: Uint8Array, random: RandomSource): Agreed | undefined {
  const spki = certificateKey(certificate);
  const kind = spki && publicKeyKind(spki);
  if (spki === undefined || kind === undefined) return undefined;
  if (kind.type === 'rsa') {
    const premaster = concat(Uint8Array.from(VERSION), random(46));
    const encrypted = rsaEncrypt('RSAES-PKCS1-v1_5', spki, premaster, random);
    if (encrypted === undefined) return undefined;
    const exchange = vector(2, encrypted);
    const suite = TLS_RSA_WITH_AES_128_GCM_SHA256;
    return { suite, extensions: SIGNATURES, exchange, premaster };
  }
  const { curve, point } = kind;
  const secret = ecdhSecret(curve, random);
  const premaster = ecdhShared(curve, secret, point);
  if (premaster === undefined) return undefined;
  const groups = extension(10, vector(2, u16(NAMED_CURVE[curve])));
  const formats = extension(11, vector(1, Uint8Array.of(0)));
  return {
    suite: TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256,
    extensions: concat(groups, formats, SIGNATURES),
    exchange: vector(1, ecdhPublic(curve, secret)),
    premaster,
  };
}

function extension(type: number, content: Uint8Array): Uint8Array {
  return concat(u16(type), vector(2, content));
}

/** RSA and ECDSA with SHA-256: which signatures of certificates the client takes. */
const SIGNATURES = extension(13, vector(2, u16(0x0401, 0x0403)));

/** Undefined: the octets are no certificate with a key that could be agreed with. */
export function tlsSession(certificate: Uint8Array, random: RandomSource): TlsSession | undefined {
  const by = agreed(certificate, random);
  if (by === undefined) return undefined;
  const clientRandom = random(32);
  const serverRandom = random(32);
  const version = Uint8Array.from(VERSION);
  const none = vector(1);
  const hello = message(
    Handshake.clientHello,
    ...[version, clientRandom, none, vector(2, u16(by.suite)), vector(1, Uint8Array.of(0))],
    vector(2, by.extensions),
  );
  const answer = [
    message(Handshake.serverHello, version, serverRandom, none, u16(by.suite), Uint8Array.of(0)),
    message(Handshake.certificate, vector(3, vector(3, certificate))),
    message(Handshake.serverHelloDone),
  ];
  const exchange = message(Handshake.clientKeyExchange, by.exchange);
  const both = concat(clientRandom, serverRandom);
  const master = prf(by.premaster, 'master secret', both, 48);
  const protection = protectionOf(master, concat(serverRandom, clientRandom));
  const finished = (who: End, before: readonly Uint8Array[]): Uint8Array => {
    const seed = digest('sha256', concat(...before));
    return message(Handshake.finished, prf(master, `${who} finished`, seed, 12));
  };
  const before = [hello, ...answer, exchange];
  const own = finished('client', before);
  const last = finished('server', [...before, own]);
  const change = record(Content.changeCipherSpec, Uint8Array.of(1));
  const clear = (one: Uint8Array): Uint8Array => record(Content.handshake, one);
  const sealed = (from: End, one: Uint8Array): Uint8Array =>
    protection.seal(from, Content.handshake, one);
  return {
    handshake: [
      { from: 'client', octets: clear(hello) },
      { from: 'server', octets: concat(...answer.map(clear)) },
      { from: 'client', octets: concat(clear(exchange), change, sealed('client', own)) },
      { from: 'server', octets: concat(change, sealed('server', last)) },
    ],
    keyLog: `CLIENT_RANDOM ${toHex(clientRandom)} ${toHex(master)}\n`,
    seal(from, octets) {
      const records: Uint8Array[] = [];
      for (let at = 0; at < octets.length; at += FRAGMENT_MAX) {
        const fragment = octets.subarray(at, at + FRAGMENT_MAX);
        records.push(protection.seal(from, Content.applicationData, fragment));
      }
      return concat(...records);
    },
    close: (from) => protection.seal(from, Content.alert, Uint8Array.from(CLOSE_NOTIFY)),
  };
}

interface Protection {
  seal(from: End, type: number, fragment: Uint8Array): Uint8Array;
}

/** Keys of both ways (RFC 5246 §6.3) and how a record is sealed with them (RFC 5288 §3). */
function protectionOf(master: Uint8Array, seed: Uint8Array): Protection {
  const block = prf(master, 'key expansion', seed, 2 * (KEY + IV));
  const way = (n: number) => ({
    key: block.slice(n * KEY, (n + 1) * KEY),
    iv: block.slice(2 * KEY + n * IV, 2 * KEY + (n + 1) * IV),
    sequence: 0n,
  });
  const ways = { client: way(0), server: way(1) };
  return {
    seal(from, type, fragment) {
      const own = ways[from];
      const sequence = new Uint8Array(8);
      view(sequence).setBigUint64(0, own.sequence++);
      const additional = concat(sequence, Uint8Array.of(type, ...VERSION), u16(fragment.length));
      const nonce = concat(own.iv, sequence);
      const { ciphertext, tag } = aesGcmSeal(own.key, nonce, additional, fragment);
      return record(type, concat(sequence, ciphertext, tag));
    },
  };
}
