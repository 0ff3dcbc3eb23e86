import {
  type ConnectionOptions,
  createServer,
  type TLSSocket,
  connect as tlsConnect,
} from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCertificate } from '../../../protocols/x509/certificate.ts';
import { signedCertificate, tbsCertificate } from '../../../protocols/x509/issue.ts';
import { commonName, webServer } from '../../../protocols/x509/profiles.ts';
import { ecKeyPair } from '../../../src/crypto/key-pair.ts';
import { directory } from '../../../src/drivers/outside.ts';
import type { ActorEffect } from '../../../src/machine/actor.ts';
import { keyStore } from '../../../src/signing/key-store.ts';
import { signedNow } from '../../../src/signing/node-provider.ts';
import { answerTo, echo, toy, toyFraming } from '../sim/toys.ts';
import { client, driven, pause, until } from './driving.ts';

const s = suite('TLS driver');

const pair = ecKeyPair(1, 'tls', 'P-256');
const keys = keyStore();
keys.put('tls', pair.pkcs8);
const certificate = ((): Uint8Array => {
  const signatureAlgorithm = 'ecdsa-with-SHA256';
  const tbs = tbsCertificate(webServer({ dnsNames: ['localhost'] }), {
    issuer: commonName('A test authority'),
    publicKey: pair.spki,
    serialNumber: new Uint8Array([1]),
    notBefore: Date.UTC(2020, 0, 1),
    notAfter: Date.UTC(2049, 0, 1),
    signatureAlgorithm,
  });
  const signature = signedNow({ name: 'tls', pkcs8: pair.pkcs8 }, signatureAlgorithm, tbs);
  return signedCertificate(tbs, signatureAlgorithm, signature);
})();
const identity = { key: 'tls', certificate };
const tlsOf = (): typeof identity => identity;

interface Secure {
  readonly socket: TLSSocket;
  hears(octets: number): Promise<Uint8Array>;
}

/** A client that has agreed on TLS, on a port or over a socket that stands. */
async function secured(to: ConnectionOptions): Promise<Secure> {
  const socket = tlsConnect({ host: '127.0.0.1', rejectUnauthorized: false, ...to });
  let heard: Uint8Array = new Uint8Array(0);
  socket.on('data', (chunk: Uint8Array) => {
    heard = Buffer.concat([heard, chunk]);
  });
  socket.on('error', () => undefined);
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', () => resolve(undefined));
    socket.once('error', reject);
  });
  return { socket, hears: (octets) => until(() => (heard.length >= octets ? heard : undefined)) };
}

s('a port is TLS from the first octet; its actor hears messages as without', async () => {
  const { driver, trace, port } = await driven([echo()], { keys, tlsOf });
  const peer = await secured({ port });
  const shown = readCertificate(new Uint8Array(peer.socket.getPeerX509Certificate()?.raw ?? []));
  assert.ok(shown.ok && shown.value.subject.text.includes('localhost'));
  const message = Uint8Array.from({ length: 200 }, (_, i) => i);
  for (let i = 0; i < 50; i++) peer.socket.write(toyFraming.wrap(message));
  const heard = await peer.hears(50 * 201);
  assert.equal(new Uint8Array(heard.subarray(0, 201)), toyFraming.wrap(message));
  assert.is(trace.of('server', 'accepted').length, 1);
  assert.is(trace.of('server', 'secured').length, 0, 'it did not ask');
  peer.socket.end();
  await until(() => trace.of('server', 'closed')[0]);
  assert.is(driver.stateName('server'), 'on');
  await driver.stop();
});

s('what is no TLS, and who says nothing, is ended, counted, and no message', async () => {
  const { driver, trace, port, metrics, log } = await driven([echo()], {
    keys,
    tlsOf,
    limits: { firstMessageMs: 300 },
  });
  const clear = await client(port);
  clear.socket.write('GET / HTTP/1.1\r\n\r\n');
  await clear.ended();
  const silent = await client(port);
  await silent.ended();
  const half = await client(port);
  half.socket.write(new Uint8Array([0x16, 3, 1, 2, 0, 1]));
  await half.ended();
  await until(() => (trace.of('server', 'closed').length === 3 ? true : undefined));
  assert.is(metrics.counted('handshakes_failed'), 3);
  assert.is(trace.of('server', 'received').length, 0);
  assert.match(log.join('\n'), /server, TLS with 127\.0\.0\.1: /);
  // The process lives on.
  const peer = await secured({ port });
  peer.socket.write(toyFraming.wrap(new Uint8Array([7])));
  assert.equal(new Uint8Array(await peer.hears(2)), new Uint8Array([1, 7]));
  peer.socket.destroy();
  await driver.stop();
});

/** Answers the first message in clear and asks for TLS, as remote desktop does after X.224. */
function upgrading(as: Partial<typeof identity> = identity) {
  return toy('server', (event, state) => {
    switch (event.kind) {
      case 'started':
        return ['on', { kind: 'listen', transport: 'tcp', port: 7, framing: 'toy' }];
      case 'secured':
        return ['secured'];
      case 'received': {
        const { connection = '' } = event;
        const secure: ActorEffect = { kind: 'secure', connection, ...as };
        return [state, answerTo(event, event.bytes), ...(state === 'on' ? [secure] : [])];
      }
      default:
        return undefined;
    }
  });
}

s('a stream becomes TLS when its actor asks; the answer before it leaves in clear', async () => {
  const { driver, trace, port } = await driven([upgrading()], { keys });
  const peer = await client(port);
  peer.socket.write(toyFraming.wrap(new Uint8Array([1, 2])));
  assert.equal(new Uint8Array(await peer.hears(3)), new Uint8Array([2, 1, 2]));
  peer.socket.removeAllListeners('data');
  const inside = await secured({ socket: peer.socket });
  await until(() => trace.of('server', 'secured')[0]);
  inside.socket.write(toyFraming.wrap(new Uint8Array([9])));
  assert.equal(new Uint8Array(await inside.hears(2)), new Uint8Array([1, 9]));
  assert.is(trace.of('server', 'received').length, 2);
  inside.socket.end();
  await until(() => trace.of('server', 'closed')[0]);
  await driver.stop();
});

s('octets behind the message that led to TLS end the connection', async () => {
  const { driver, trace, port, metrics } = await driven([upgrading()], { keys });
  const peer = await client(port);
  peer.socket.write(new Uint8Array([1, 1, 1, 2]));
  await peer.ended();
  assert.is(metrics.counted('handshakes_failed'), 1);
  assert.is(trace.of('server', 'received').length, 1);
  assert.is(driver.stateName('server'), 'on');
  await driver.stop();
});

s('a key that is not there is our fault, and ends that connection only', async () => {
  const { driver, port, log } = await driven([upgrading({ ...identity, key: 'nobody' })], { keys });
  const peer = await client(port);
  peer.socket.write(toyFraming.wrap(new Uint8Array([1])));
  await peer.ended();
  assert.match(log.join('\n'), /there is no key nobody for TLS/);
  const other = await client(port);
  await pause(20);
  assert.not(other.socket.closed);
  other.socket.destroy();
  await driver.stop();
});

s('a port without a key does not open', async () => {
  try {
    await driven([echo()], { tlsOf });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /there is no key tls for TLS/);
  }
});

s('an actor is TLS’s client, and judges the certificate itself', async () => {
  const { pkcs8 } = pair;
  const pem = (label: string, der: Uint8Array): string =>
    `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`;
  const options = { key: pem('PRIVATE KEY', pkcs8), cert: pem('CERTIFICATE', certificate) };
  const server = createServer(options, (socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = (server.address() as { port: number }).port;
  const actor = toy('client', (event, state) => {
    const connection = 'c';
    switch (event.kind) {
      case 'started':
        return ['dialling', { kind: 'connect', connection, to: 'host', port: 443, framing: 'toy' }];
      case 'connected':
        return ['standing', { kind: 'secure', connection }];
      case 'secured': {
        const bytes = new Uint8Array([5]);
        const message = 'CALL';
        return ['secure', { kind: 'send', transport: 'tcp', connection, message, bytes }];
      }
      case 'received':
        return [`${state}, heard ${event.bytes[0]}`];
      default:
        return undefined;
    }
  });
  const peers = directory({ host: { 443: { host: '127.0.0.1', port } } });
  const { driver, trace } = await driven([actor], { directory: peers });
  await until(() => (driver.stateName('client') === 'secure, heard 5' ? true : undefined));
  const [event] = trace.of('client', 'secured').map((step) => step.event);
  assert.ok(event?.kind === 'secured');
  assert.equal(event.certificate, certificate);
  await driver.stop();
  server.close();
});

s.run();
