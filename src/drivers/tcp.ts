/**
 * Real streams: listeners and connections, with a limit on everything that a peer could make grow.
 * Reading stops while answers wait to be taken, so a peer that does not read gets no more work done.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Framing, FramingName } from '../machine/actor.ts';
import {
  boundTo,
  type Connect,
  type Connection,
  connectionOf,
  nameOf,
  type Of,
  peerCounts,
  type Reason,
  receivedOn,
  type Secure,
  type SendOnStream,
} from './connection.ts';
import type { Counted } from './metrics.ts';
import { isAddress, type Listener, type Outside, plainOctets } from './outside.ts';
import { detach, flushed, type SideOfTls, shownBy } from './tls.ts';

const SWEEP_MS = 250;

export class Streams {
  readonly #outside: Outside;
  readonly #servers = new Set<Server>();
  /** In the order of their last message, so that the first is the one silent for longest. */
  readonly #connections = new Set<Connection>();
  readonly #byName = new Map<string, Connection>();
  readonly #peers = peerCounts();
  #unfinished = 0;
  #sweep: NodeJS.Timeout | undefined;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /** @throws the system's error when `real` cannot be bound, and what {@link Tls.server} throws. */
  async listen(
    actor: string,
    port: number,
    framing: FramingName | undefined,
    real: number,
  ): Promise<Listener> {
    const { host, tls, tlsOf, log } = this.#outside;
    const framed = this.#outside.framing(framing);
    const identity = tlsOf(actor, port);
    const secure = identity && tls.server(identity);
    const server = createServer({ noDelay: true }, (socket) =>
      this.#accept(actor, port, framed, socket, secure),
    );
    const bound = await boundTo(server, { port: real, host });
    server.on('error', (error) => log(`${actor}, TCP port ${port}: ${error}`));
    this.#servers.add(server);
    const close = (): void => {
      this.#servers.delete(server);
      server.close();
    };
    return { port: bound, close };
  }

  connect(actor: string, { connection: id, to, port, framing }: Connect): void {
    const { limits, directory, emit } = this.#outside;
    const known = directory.addressOf(to, port);
    const address = known ?? (isAddress(to) ? { host: to, port } : undefined);
    if (address === undefined) {
      emit(actor, { kind: 'closed', connection: id, reason: 'unreachable' });
      return;
    }
    const socket = connect({ ...address, noDelay: true });
    const framed = this.#outside.framing(framing);
    const of = { actor, id, framing: framed, peer: '', from: to, fromPort: port, port: 0 };
    const connection = this.#add(socket, of);
    connection.state = 'connecting';
    connection.reason = 'unreachable';
    connection.deadline = performance.now() + limits.connectMs;
    socket.once('connect', () => {
      if (connection.state !== 'connecting') return;
      connection.state = 'open';
      connection.reason = 'closed';
      connection.deadline = performance.now() + connection.patience.idleMs;
      emit(actor, { kind: 'connected', connection: id });
    });
  }

  /** Sends one message, or does nothing where the connection has ended meanwhile. */
  send(actor: string, { connection: id, bytes }: SendOnStream): void {
    const connection = this.#byName.get(nameOf(actor, id));
    if (connection === undefined) return;
    const { socket, framing, state } = connection;
    if (state === 'securing') throw new Error(`${actor} sends on ${id} before TLS stands`);
    socket.write(framing === undefined ? bytes : framing.wrap(bytes));
    if (socket.writableLength > this.#outside.limits.outputOctets) {
      this.#end(connection, 'limit', 'connections_overfull');
    }
  }

  /** TLS from here on; what was sent before is on its way first. Nothing where the connection ended. */
  secure(actor: string, { connection: id, ...asked }: Secure): void {
    const { tls, emit } = this.#outside;
    const connection = this.#byName.get(nameOf(actor, id));
    if (connection?.state !== 'open') return;
    // Octets that overtook the answer would be taken for TLS by one side and for clear by the other.
    if (connection.input.waiting > 0) {
      this.#end(connection, 'closed', 'handshakes_failed');
      return;
    }
    const { messageMs, idleMs } = connection.patience;
    this.#secure(connection, tls.side(asked), (secured) => {
      connection.deadline = performance.now() + idleMs;
      emit(actor, { kind: 'secured', connection: id, ...shownBy(secured) });
    });
    connection.deadline = performance.now() + messageMs;
  }

  /** Ends the connection when what was sent is taken. The actor hears no more of it. */
  close(actor: string, id: string): void {
    const connection = this.#byName.get(nameOf(actor, id));
    if (connection !== undefined) this.#finish(connection);
  }

  /** Ends the connection at once, because its actor failed. */
  drop(actor: string, id: string): void {
    const connection = this.#byName.get(nameOf(actor, id));
    if (connection !== undefined) this.#end(connection, 'closed');
  }

  /** Reads on where the actor's sleep had stopped it. */
  wake(actor: string): void {
    for (const connection of [...this.#connections]) {
      if (connection.actor === actor) this.#resume(connection);
    }
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Octets of unfinished messages, and of answers that wait to be taken. */
  waiting(): { readonly input: number; readonly output: number } {
    let output = 0;
    for (const { socket } of this.#connections) output += socket.writableLength;
    return { input: this.#unfinished, output };
  }

  /** Takes no more, lets what was answered be taken for `ms`, then ends everything. */
  async stop(ms: number): Promise<void> {
    clearInterval(this.#sweep);
    const closed = [...this.#servers].map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const { socket } of this.#connections) socket.end();
    const late = setTimeout(() => {
      for (const { socket } of this.#connections) socket.destroy();
    }, ms);
    await Promise.all(closed);
    clearTimeout(late);
    for (const { socket } of this.#connections) socket.destroy();
  }

  #accept(
    actor: string,
    port: number,
    framing: Framing | undefined,
    socket: Socket,
    secure: SideOfTls | undefined,
  ): void {
    const { limits, metrics, emit } = this.#outside;
    const { remoteAddress: peer, remotePort: fromPort } = socket;
    if (peer === undefined || fromPort === undefined) {
      socket.destroy(); // reset before it was taken
      return;
    }
    if (this.#peers.of(peer) >= limits.connectionsPerPeer) {
      metrics.count('connections_refused');
      socket.destroy();
      return;
    }
    const [oldest] = this.#connections;
    if (this.#connections.size >= limits.connections && oldest !== undefined) {
      this.#end(oldest, 'limit', 'connections_evicted');
    }
    metrics.count('connections_accepted');
    const id = `${peer}:${fromPort}`;
    const of = { actor, id, framing, peer, from: peer, fromPort, port };
    this.#peers.add(peer);
    const connection = this.#add(socket, of);
    emit(actor, { kind: 'accepted', connection: id, from: peer, fromPort, port });
    if (secure !== undefined && connection.state === 'open') this.#secure(connection, secure);
  }

  #add(socket: Socket, of: Of): Connection {
    const connection = connectionOf(of, socket, this.#outside.patience(of.port));
    this.#connections.add(connection);
    this.#byName.set(nameOf(of.actor, of.id), connection);
    this.#attach(connection, socket);
    this.#sweep ??= setInterval(() => this.#expire(), SWEEP_MS).unref();
    return connection;
  }

  #attach(connection: Connection, socket: Socket): void {
    socket.on('data', (chunk: Uint8Array) => {
      if (connection.state !== 'open') return;
      connection.input.push(plainOctets(chunk));
      this.#read(connection);
    });
    socket.on('drain', () => this.#resume(connection));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') connection.reason = 'refused';
      if (connection.state !== 'securing') return;
      this.#outside.metrics.count('handshakes_failed');
      this.#outside.log(`${connection.actor}, TLS with ${connection.from}: ${error.message}`);
    });
    socket.on('close', () => {
      const { state, actor, id, reason } = connection;
      this.#forget(connection);
      this.#peers.remove(connection.peer);
      this.#connections.delete(connection);
      if (state !== 'closing')
        this.#outside.emit(actor, { kind: 'closed', connection: id, reason });
    });
  }

  /** TLS takes the place of the socket below it; `stands` is called when both sides have agreed. */
  #secure(connection: Connection, side: SideOfTls, stands?: (secured: TLSSocket) => void): void {
    const { socket } = connection;
    connection.state = 'securing';
    detach(socket);
    flushed(socket, () => {
      if (connection.state !== 'securing') return;
      const secured = side(socket);
      connection.socket = secured;
      this.#attach(connection, secured);
      secured.once('secure', () => {
        if (connection.state !== 'securing') return;
        connection.state = 'open';
        stands?.(secured);
      });
    });
  }

  /** Cuts and delivers messages until no whole one is left, or answers have to be taken first. */
  #read(connection: Connection): void {
    const { actor, id, socket, input, patience } = connection;
    const { emit, metrics, troubles } = this.#outside;
    while (connection.state === 'open') {
      if (socket.writableNeedDrain || troubles.asleep(actor)) {
        connection.stalled = true;
        connection.deadline = performance.now() + patience.messageMs;
        socket.pause();
        break;
      }
      const cut = input.next();
      if (cut.kind === 'more') break;
      if (cut.kind === 'refused') {
        metrics.count('messages_malformed');
        emit(actor, { kind: 'malformed', connection: id, reason: cut.reason });
        if (connection.state !== 'open') break;
        this.#finish(connection);
        emit(actor, { kind: 'closed', connection: id, reason: 'closed' });
        break;
      }
      this.#touch(connection);
      emit(actor, receivedOn(connection, cut.message));
    }
    this.#budget(connection);
  }

  #resume(connection: Connection): void {
    if (!connection.stalled) return;
    connection.stalled = false;
    // What it had to take is taken: it may be silent again, unless a message has begun.
    connection.unfinished = this.#counted(connection, 0);
    connection.deadline = performance.now() + connection.patience.idleMs;
    connection.socket.resume();
    this.#read(connection);
  }

  /** It is the last to be evicted now, and may be silent for a while. */
  #touch(connection: Connection): void {
    this.#connections.delete(connection);
    this.#connections.add(connection);
    connection.unfinished = this.#counted(connection, 0);
    connection.deadline = performance.now() + connection.patience.idleMs;
  }

  #budget(connection: Connection): void {
    const { limits } = this.#outside;
    const { messageMs } = connection.patience;
    const waiting = connection.state === 'open' ? connection.input.waiting : 0;
    if (connection.unfinished === 0 && waiting > 0) {
      connection.deadline = Math.min(connection.deadline, performance.now() + messageMs);
    }
    connection.unfinished = this.#counted(connection, waiting);
    if (this.#unfinished > limits.inputOctets) {
      this.#end(connection, 'limit', 'connections_overfull');
    }
  }

  #counted(connection: Connection, unfinished: number): number {
    this.#unfinished += unfinished - connection.unfinished;
    return unfinished;
  }

  #expire(): void {
    const now = performance.now();
    for (const connection of this.#connections) {
      if (now <= connection.deadline) continue;
      const { state } = connection;
      if (state === 'closing' || state === 'connecting') connection.socket.destroy();
      else if (state === 'securing') this.#end(connection, 'limit', 'handshakes_failed');
      else this.#end(connection, 'limit', 'connections_expired');
    }
  }

  /** Ends a connection over the peer's head, and says so to the actor. */
  #end(connection: Connection, reason: Reason, counted?: Counted): void {
    const { actor, id, state } = connection;
    this.#forget(connection);
    this.#connections.delete(connection);
    connection.socket.destroy();
    if (counted !== undefined) this.#outside.metrics.count(counted);
    if (state !== 'closing') this.#outside.emit(actor, { kind: 'closed', connection: id, reason });
  }

  #finish(connection: Connection): void {
    const { socket } = connection;
    this.#forget(connection);
    connection.deadline = performance.now() + this.#outside.limits.lingerMs;
    socket.resume(); // what still comes is read and thrown away, so that the end can arrive
    socket.end();
  }

  /** The actor is done with it; the socket may have something to say yet. */
  #forget(connection: Connection): void {
    const name = nameOf(connection.actor, connection.id);
    if (this.#byName.get(name) === connection) this.#byName.delete(name);
    connection.unfinished = this.#counted(connection, 0);
    connection.state = 'closing';
  }
}
