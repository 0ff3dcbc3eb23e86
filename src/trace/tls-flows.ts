/** Which connections of a capture are TLS, from when on, and how that is shown. */
import { seededRandom } from '../crypto/random.ts';
import type { End, TcpFlow } from './tcp-flow.ts';
import { type TlsSession, tlsSession } from './tls-session.ts';

export interface TlsFlows {
  /** The server's certificate, before anything is agreed on. */
  shows(flow: TcpFlow, certificate: Uint8Array): void;
  /**
   * The handshake's packets; none when it has been shown already, or nobody has a certificate: then the
   * connection stays in clear.
   * @param certificate what the client was shown, where the server is none of the run's actors
   */
  begun(flow: TcpFlow, certificate: Uint8Array | undefined): Uint8Array[];
  /** Octets as they go over the connection. */
  sent(flow: TcpFlow, from: End, octets: Uint8Array): Uint8Array;
  /** Packets with which one end says that no more will come. */
  ended(flow: TcpFlow, from: End): Uint8Array[];
  /** Secrets of all connections, in NSS key log format; empty: there is no TLS. */
  keyLog(): string;
}

const NOTHING = new Uint8Array(0);

/**
 * What TLS protects, in clear: Wireshark looks into a remote desktop's connection without being told how. It
 * takes a TSRequest that is cut into segments for none, and TLS would hand it over whole.
 */
export const CLEAR: TlsFlows = {
  shows() {},
  begun(flow) {
    flow.widen();
    return [];
  },
  sent: (_flow, _from, octets) => octets,
  ended: () => [],
  keyLog: () => '',
};

/** As on a real network. @param seed of the run: the same run gives the same capture */
export function tlsFlows(seed: number | string): TlsFlows {
  const certificates = new Map<TcpFlow, Uint8Array>();
  const sessions = new Map<TcpFlow, TlsSession>();
  const other = (end: End): End => (end === 'client' ? 'server' : 'client');
  return {
    shows: (flow, certificate) => {
      certificates.set(flow, certificate);
    },
    begun(flow, certificate) {
      if (sessions.has(flow)) return [];
      const random = seededRandom(seed, `capture/tls/${sessions.size}`);
      const session = tlsSession(certificates.get(flow) ?? certificate ?? NOTHING, random);
      if (session === undefined) return [];
      sessions.set(flow, session);
      return session.handshake.flatMap(({ from, octets }) => {
        const packets = flow.send(from, octets);
        flow.deliver(other(from));
        return packets;
      });
    },
    sent: (flow, from, octets) => sessions.get(flow)?.seal(from, octets) ?? octets,
    ended(flow, from) {
      const session = sessions.get(flow);
      return session === undefined ? [] : flow.send(from, session.close(from));
    },
    keyLog: () => Array.from(sessions.values(), ({ keyLog }) => keyLog).join(''),
  };
}
