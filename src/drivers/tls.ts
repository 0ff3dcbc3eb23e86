/**
 * TLS on real sockets: on a port from the first octet (HTTPS), or on a stream that an actor has spoken on
 * already (`secure`). Node's own TLS signs, so the private key leaves the signing core for it.
 */
import type { Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { toHex } from '../bytes/bytes.ts';
import { digest } from '../crypto/digest.ts';
import type { KeyStore } from '../signing/key-store.ts';
import { plainOctets } from './outside.ts';

/** Who a server says it is. */
export interface TlsIdentity {
  /** Name of a key in the store. */
  readonly key: string;
  /** The key's, DER. */
  readonly certificate: Uint8Array;
}

/** One side of TLS over a socket. */
export type SideOfTls = (socket: Socket) => TLSSocket;

export interface Tls {
  /** @throws RangeError when there is no such key, Error when the certificate is another key's. */
  server(identity: TlsIdentity): SideOfTls;
  /** The server's side, or the client's, which takes whatever certificate it is shown: the actor judges it. */
  side(asked: Partial<TlsIdentity>): SideOfTls;
}

/** Contexts by key and certificate: making one takes longer than a handshake's own signature. */
const CONTEXTS_MAX = 64;

export function tls(keys: Pick<KeyStore, 'find'> | undefined): Tls {
  const contexts = new Map<string, SecureContext>();

  function contextOf({ key, certificate }: TlsIdentity): SecureContext {
    const found = keys?.find(key);
    if (found === undefined) throw new RangeError(`there is no key ${key} for TLS`);
    const id = `${key} ${toHex(digest('sha256', found.pkcs8))} ${toHex(digest('sha256', certificate))}`;
    const known = contexts.get(id);
    if (known !== undefined) return known;
    const context = createSecureContext({
      key: block('PRIVATE KEY', found.pkcs8),
      cert: block('CERTIFICATE', certificate),
      minVersion: 'TLSv1.2',
    });
    if (contexts.size >= CONTEXTS_MAX) contexts.clear();
    contexts.set(id, context);
    return context;
  }

  const server = (identity: TlsIdentity): SideOfTls => {
    const secureContext = contextOf(identity);
    return (socket) => new TLSSocket(socket, { isServer: true, secureContext });
  };
  const client: SideOfTls = (socket) => connect({ socket, rejectUnauthorized: false });

  return {
    server,
    side: ({ key, certificate }) =>
      key === undefined || certificate === undefined ? client : server({ key, certificate }),
  };
}

/** The certificate that the peer of an agreed connection has shown, DER. */
export function shownBy(socket: TLSSocket): { readonly certificate?: Uint8Array } {
  const raw = socket.getPeerX509Certificate()?.raw;
  return raw === undefined ? {} : { certificate: plainOctets(raw).slice() };
}

/** Somebody else reads the socket from now on; errors still have to be heard by somebody. */
export function detach(socket: Socket): void {
  for (const event of ['data', 'drain', 'close']) socket.removeAllListeners(event);
  socket.pause();
}

/** Calls back when all that was written is on its way: what follows is TLS's. */
export function flushed(socket: Socket, then: () => void): void {
  if (socket.writableLength === 0) then();
  else socket.write(new Uint8Array(0), then);
}

/** RFC 7468: what OpenSSL reads. */
function block(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
