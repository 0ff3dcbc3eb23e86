/**
 * Real streams: listeners and connections, with a limit on everything that a peer could make grow.
 * Reading stops while answers wait to be taken, so a peer that does not read gets no more work done.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { ActorEffect, ActorEvent, Framing, FramingName } from '../machine/actor.ts';
import { type MessageStream, messageStream } from '../machine/stream.ts';
import type { Patience } from './limits.ts';
import type { Counted } from './metrics.ts';
import { isAddress, type Listener, type Outside, plainOctets } from './outside.ts';

type Effect<K extends ActorEffect['kind']> = Extract<ActorEffect, { readonly kind: K }>;
export type Connect = Effect<'connect'>;
export type SendOnStream = Extract<Effect<'send'>, { readonly transport: 'tcp' }>;
type Reason = Extract<ActorEvent, { readonly kind: 'closed' }>['reason'];

interface Connection {
  readonly actor: string;
  readonly id: string;
  readonly socket: Socket;
  readonly framing: Framing | undefined;
  readonly input: MessageStream;
  /** The peer's address, for the limit per peer; empty on connections of ours. */
  readonly peer: string;
  /** As events show the peer. */
  readonly from: string;
  readonly fromPort: number;
  readonly port: number;
  readonly patience: Patience;
  /** `closing`: the actor is done with it, its last octets are under way. */
  state: 'connecting' | 'open' | 'closing';
  /** When it is ended unless something happens; milliseconds of `performance.now`. */
  deadline: number;
  /** Octets of an unfinished message, as counted in the budget of all. */
  unfinished: number;
  /** It is not read while answers wait, or while the actor sleeps. */
  stalled: boolean;
  /** Why it ended, if the system said so. */
  reason: Reason;
}

const SWEEP_MS = 250;

export class Streams {
  readonly #outside: Outside;
  readonly #servers = new Set<Server>();
  /** In the order of their last message, so that the first is the one silent for longest. */
  readonly #connections = new Set<Connection>();
  readonly #byName = new Map<string, Connection>();
  readonly #perPeer = new Map<string, number>();
  #unfinished = 0;
  #sweep: NodeJS.Timeout | undefined;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /** @throws the system's error when `real` cannot be bound. */
  listen(
    actor: string,
    port: number,
    framing: FramingName | undefined,
    real: number,
  ): Promise<Listener> {
    const framed = this.#outside.framing(framing);
    const server = createServer({ noDelay: true }, (socket) =>
      this.#accept(actor, port, framed, socket),
    );
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: real, host: this.#outside.host }, () => {
        server.off('error', reject);
        server.on('error', (error) => this.#outside.log(`${actor}, TCP port ${port}: ${error}`));
        this.#servers.add(server);
        resolve({
          port: (server.address() as AddressInfo).port,
          close: () => {
            this.#servers.delete(server);
            server.close();
          },
        });
      });
    });
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
    const connection = this.#add(socket, {
      actor,
      id,
      framing: this.#outside.framing(framing),
      peer: '',
      from: to,
      fromPort: port,
      port: 0,
    });
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
    const { socket, framing } = connection;
    socket.write(framing === undefined ? bytes : framing.wrap(bytes));
    if (socket.writableLength > this.#outside.limits.outputOctets) {
      this.#end(connection, 'limit', 'connections_overfull');
    }
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

  #accept(actor: string, port: number, framing: Framing | undefined, socket: Socket): void {
    const { limits, metrics, emit } = this.#outside;
    const { remoteAddress: peer, remotePort: fromPort } = socket;
    if (peer === undefined || fromPort === undefined) {
      socket.destroy(); // reset before it was taken
      return;
    }
    if ((this.#perPeer.get(peer) ?? 0) >= limits.connectionsPerPeer) {
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
    this.#perPeer.set(peer, (this.#perPeer.get(peer) ?? 0) + 1);
    this.#add(socket, of);
    emit(actor, { kind: 'accepted', connection: id, from: peer, fromPort, port });
  }

  #add(
    socket: Socket,
    of: Pick<Connection, 'actor' | 'id' | 'framing' | 'peer' | 'from' | 'fromPort' | 'port'>,
  ): Connection {
    const patience = this.#outside.patience(of.port);
    const connection: Connection = {
      ...of,
      patience,
      socket,
      input: messageStream(of.framing),
      state: 'open',
      deadline: performance.now() + patience.firstMessageMs,
      unfinished: 0,
      stalled: false,
      reason: 'closed',
    };
    this.#connections.add(connection);
    this.#byName.set(nameOf(of.actor, of.id), connection);
    socket.on('data', (chunk: Uint8Array) => {
      if (connection.state !== 'open') return;
      connection.input.push(plainOctets(chunk));
      this.#read(connection);
    });
    socket.on('drain', () => this.#resume(connection));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') connection.reason = 'refused';
    });
    socket.on('close', () => {
      const { state, actor, id, reason } = connection;
      this.#forget(connection);
      if (connection.peer !== '') this.#lessOf(connection.peer);
      this.#connections.delete(connection);
      if (state !== 'closing')
        this.#outside.emit(actor, { kind: 'closed', connection: id, reason });
    });
    this.#sweep ??= setInterval(() => this.#expire(), SWEEP_MS).unref();
    return connection;
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
      const { from, fromPort, port } = connection;
      const bytes = cut.message;
      emit(actor, {
        kind: 'received',
        transport: 'tcp',
        from,
        fromPort,
        port,
        connection: id,
        bytes,
      });
    }
    this.#budget(connection);
  }

  #resume(connection: Connection): void {
    if (!connection.stalled) return;
    connection.stalled = false;
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
      if (connection.state === 'closing') connection.socket.destroy();
      else if (connection.state === 'connecting') connection.socket.destroy();
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

  #lessOf(peer: string): void {
    const count = (this.#perPeer.get(peer) ?? 1) - 1;
    if (count > 0) this.#perPeer.set(peer, count);
    else this.#perPeer.delete(peer);
  }
}

function nameOf(actor: string, id: string): string {
  return `${actor} ${id}`;
}
