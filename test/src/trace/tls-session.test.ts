import {
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, fromUtf8, hex, toHex, utf8, view } from '../../../src/bytes/bytes.ts';
import { ecSpki } from '../../../src/crypto/public-key.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import { rsaDecrypt } from '../../../src/crypto/rsa.ts';
import { type TlsSession, tlsSession } from '../../../src/trace/tls-session.ts';
import { certified } from './certified.ts';

const s = suite('tls-session');

interface Record {
  readonly type: number;
  readonly fragment: Uint8Array;
}

function recordsOf(octets: Uint8Array): readonly Record[] {
  const records: Record[] = [];
  for (let at = 0; at < octets.length; ) {
    const length = view(octets).getUint16(at + 3);
    assert.is(toHex(octets.subarray(at + 1, at + 3)), '0303');
    const fragment = octets.subarray(at + 5, at + 5 + length);
    assert.is(fragment.length, length);
    records.push({ type: octets[at] as number, fragment });
    at += 5 + length;
  }
  return records;
}

/** RFC 5246 §5, of node's own primitives. */
function prf(secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array {
  const hmac = (...parts: readonly Uint8Array[]): Uint8Array => {
    const made = createHmac('sha256', secret);
    for (const part of parts) made.update(part);
    return made.digest();
  };
  let out: Uint8Array = new Uint8Array(0);
  for (let a = hmac(utf8(label), seed); out.length < length; a = hmac(a)) {
    out = concat(out, hmac(a, utf8(label), seed));
  }
  return out.slice(0, length);
}

/** The master secret, as the server would find it with its private key. */
function masterOf(session: TlsSession, key: KeyObject): Uint8Array {
  const [hello, answer, third] = session.handshake.map(({ octets }) => recordsOf(octets));
  const clientRandom = hello?.[0]?.fragment.subarray(6, 38) as Uint8Array;
  const serverRandom = answer?.[0]?.fragment.subarray(6, 38) as Uint8Array;
  const exchange = third?.[0]?.fragment.subarray(4) as Uint8Array;
  const premaster =
    key.asymmetricKeyType === 'rsa'
      ? (rsaDecrypt('RSAES-PKCS1-v1_5', key, exchange.subarray(2)) as Uint8Array)
      : agreedWith(key, exchange.subarray(1));
  return prf(premaster, 'master secret', concat(clientRandom, serverRandom), 48);
}

function agreedWith(privateKey: KeyObject, point: Uint8Array): Uint8Array {
  const spki = Buffer.from(ecSpki('P-256', point));
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return diffieHellman({
    privateKey: privateKey,
    publicKey,
  });
}

/** What records of one side hold. */
function opened(session: TlsSession, master: Uint8Array, from: 'client' | 'server') {
  const [hello, answer] = session.handshake.map(({ octets }) => recordsOf(octets));
  const random = (records: readonly Record[] | undefined): Uint8Array =>
    records?.[0]?.fragment.subarray(6, 38) as Uint8Array;
  const block = prf(master, 'key expansion', concat(random(answer), random(hello)), 40);
  const n = from === 'client' ? 0 : 1;
  const key = block.subarray(16 * n, 16 * (n + 1));
  const iv = block.subarray(32 + 4 * n, 36 + 4 * n);
  let sequence = 0n;
  return ({ type, fragment }: Record): Uint8Array => {
    const data = fragment.subarray(8, -16);
    const additional = new Uint8Array(13);
    view(additional).setBigUint64(0, sequence++);
    additional.set([type, 3, 3, data.length >> 8, data.length & 0xff], 8);
    const decipher = createDecipheriv('aes-128-gcm', key, concat(iv, fragment.subarray(0, 8)));
    decipher.setAAD(additional);
    decipher.setAuthTag(fragment.subarray(-16));
    return concat(decipher.update(data), decipher.final());
  };
}

for (const kind of ['rsa', 'ec'] as const) {
  s(`who has the server's private key opens the session: ${kind}`, () => {
    const { key, der } = certified(kind);
    const session = tlsSession(der, seededRandom(1, 'test')) as TlsSession;
    const master = masterOf(session, key);
    assert.match(session.keyLog, new RegExp(`^CLIENT_RANDOM [0-9a-f]{64} ${toHex(master)}\n$`));
    const certificate = recordsOf(session.handshake[1]?.octets as Uint8Array)[1];
    assert.is(toHex(certificate?.fragment.subarray(10) as Uint8Array), toHex(der));

    const long = utf8('octets of a remote desktop '.repeat(1000));
    const sent = session.seal('client', long);
    const openedByServer = opened(session, master, 'client');
    const [, change, finished] = recordsOf(session.handshake[2]?.octets as Uint8Array);
    assert.is(change?.type, 20);
    const transcript = session.handshake
      .flatMap(({ octets }) => recordsOf(octets))
      .filter(({ type }) => type === 22)
      .slice(0, 5)
      .map(({ fragment }) => fragment);
    const digest = createHash('sha256')
      .update(concat(...transcript))
      .digest();
    assert.is(
      toHex(openedByServer(finished as Record)),
      `1400000c${toHex(prf(master, 'client finished', digest, 12))}`,
    );
    const records = recordsOf(sent);
    assert.is(records.length, 2);
    assert.is(fromUtf8(concat(...records.map(openedByServer))), fromUtf8(long));
    const [close] = recordsOf(session.close('client'));
    assert.is(toHex(openedByServer(close as Record)), '0100');
  });
}

s('the same chance makes the same session', () => {
  const { der } = certified('ec');
  const [one, other] = [1, 1].map((seed) => tlsSession(der, seededRandom(seed, 'x')));
  assert.equal(one?.handshake, other?.handshake);
  assert.is(one?.keyLog, other?.keyLog);
});

s('without a certificate there is no session', () => {
  assert.is(tlsSession(hex`30 03 02 01 00`, seededRandom(1, 'x')), undefined);
  assert.is(tlsSession(new Uint8Array(0), seededRandom(1, 'x')), undefined);
});

s.run();
