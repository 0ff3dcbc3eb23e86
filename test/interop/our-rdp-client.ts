/**
 * Our remote desktop client on real sockets: the machines of RDP and CredSSP, TLS by Node. It may stop on
 * its way, as clients do that hang.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { boundKeyOf } from '../../protocols/credssp/binding.ts';
import * as credssp from '../../protocols/credssp/client.ts';
import { type InitiatorContext, initiatorContext } from '../../protocols/credssp/contexts.ts';
import type { Credentials } from '../../protocols/credssp/credentials.ts';
import { VERSION_MAX } from '../../protocols/credssp/messages.ts';
import type { PrincipalName } from '../../protocols/kerberos/messages.ts';
import { statusName } from '../../protocols/kerberos/ntstatus.ts';
import type { Credential } from '../../protocols/kerberos/ticket-cache.ts';
import type * as initiating from '../../protocols/negotiate/initiator-state.ts';
import * as rdp from '../../protocols/rdp/client.ts';
import type * as client from '../../protocols/rdp/client-state.ts';
import { rdpServerFraming } from '../../protocols/rdp/framing.ts';
import type { SessionInfo } from '../../protocols/rdp/session-info.ts';
import type { Message } from '../../protocols/rdpefs/packets.ts';
import { pooledRandom } from '../../src/crypto/random.ts';
import { assertNever, type Env } from '../../src/machine/machine.ts';
import { type MessageStream, messageStream } from '../../src/machine/stream.ts';

/** How it says who it is before the session. */
export interface Nla {
  readonly request: initiating.Request;
  /** What the server gets in the end. */
  readonly credentials: Credentials;
  /** Got on the way, where the offer is user-to-user. */
  readonly ticket?: (sname: PrincipalName, additionalTicket: Uint8Array) => Promise<Credential>;
}

/** Where it falls silent: before that message, or in the middle of it. */
export interface Stop {
  /** As traces name it; `TLS` is the handshake, `TSRequest` one of CredSSP. */
  readonly message: string;
  /** How many of them leave before; default none. */
  readonly after?: number;
  readonly half?: true;
}

export interface Wishes {
  /** `host:port` */
  readonly address: string;
  readonly rdp: client.ClientConfig;
  readonly nla?: Nla;
  readonly stop?: Stop;
  /** Hears what comes on a channel, and answers by it. */
  channel?(name: string, message: Uint8Array, say: (message: Message) => void): void;
}

type CredSspState = credssp.State<InitiatorContext['initial']>;
type CredSspEvent = Parameters<
  typeof credssp.step<
    InitiatorContext['initial'],
    Exclude<initiating.Event, { readonly kind: 'received' }>,
    Exclude<initiating.Effect, { readonly kind: 'send' }>
  >
>[2];

const random = pooledRandom();
const LIMIT_MS = 60_000;
/** A record of TLS that says it has 512 octets, and the beginning of a ClientHello. */
const HALF_HELLO = Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1);

export class OurRdpClient {
  readonly #wishes: Wishes;
  readonly #sent: string[] = [];
  readonly #told: SessionInfo[] = [];
  #socket: Socket;
  #input: MessageStream = messageStream(rdpServerFraming);
  #state: client.State = rdp.INITIAL;
  #nla: CredSspState = { name: 'idle' };
  #publicKey: Uint8Array = new Uint8Array(0);
  #stamp = 0;
  #isStopped = false;
  #isClosed = false;
  #wasActive = false;
  #failure: string | undefined;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
    const [host = '', port] = wishes.address.split(':');
    this.#socket = connectTcp({ host, port: Number(port), noDelay: true });
    this.#attach(this.#socket);
    this.#socket.once('connect', () => this.#hear({ kind: 'asked' }));
  }

  /** Names of the messages that left. */
  get sent(): readonly string[] {
    return this.#sent;
  }

  get told(): readonly SessionInfo[] {
    return this.#told;
  }

  /** The server, or we, have ended it. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** It has come to where it was to stop. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Why it is over; undefined: it is not, or nobody said. */
  get reason(): string | undefined {
    return this.#failure ?? (this.#state.name === 'closed' ? this.#state.reason : undefined);
  }

  /** Waits for the session, which may be over by then. @throws with the reason when it is not to be */
  async active(): Promise<void> {
    await until(() => this.#wasActive || this.reason !== undefined || this.#isClosed);
    if (!this.#wasActive) throw new Error(this.reason ?? `closed: ${this.#state.name}`);
  }

  /** Waits for its end. @returns why */
  async over(): Promise<string> {
    await until(() => this.#isClosed);
    return this.reason ?? 'closed';
  }

  close(): void {
    this.#socket.destroy();
  }

  #attach(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#input.push(new Uint8Array(chunk));
      this.#read();
    });
    socket.on('error', (error) => {
      this.#failure ??= error.message;
    });
    socket.on('close', () => {
      this.#isClosed = true;
      if (!this.#isStopped) this.#hear({ kind: 'closed' });
    });
  }

  #read(): void {
    for (;;) {
      const cut = this.#input.next();
      if (cut.kind === 'more') return;
      if (cut.kind === 'refused') {
        this.#fail(cut.reason);
        return;
      }
      this.#hear({ kind: 'received', bytes: cut.message });
    }
  }

  #fail(reason: string): void {
    this.#failure ??= reason;
    this.#socket.destroy();
  }

  #hear(event: client.Event): void {
    if (this.#isStopped) return;
    const next = rdp.step(this.#wishes.rdp, this.#state, event, this.#env());
    this.#state = next.state;
    for (const effect of next.effects) this.#perform(effect);
  }

  #perform(effect: client.Effect): void {
    switch (effect.kind) {
      case 'send':
        this.#send(effect.message, effect.bytes);
        return;
      case 'secure':
        this.#secure();
        return;
      case 'authenticate': {
        const { nla } = this.#wishes;
        if (nla === undefined) {
          this.#fail('CredSSP, for which there is nothing to show');
          return;
        }
        const { request } = nla;
        this.#authenticate({ kind: 'context', event: { kind: 'begun', request } });
        return;
      }
      case 'credssp':
        this.#authenticate({ kind: 'received', bytes: effect.bytes });
        return;
      case 'activated':
        this.#wasActive = true;
        return;
      case 'channel':
        this.#wishes.channel?.(effect.channel, effect.message, ({ name, message }) =>
          this.#hear({ kind: 'sends', channel: effect.channel, name, message }),
        );
        return;
      case 'told':
        this.#told.push(effect.info);
        return;
      case 'ended':
        this.#failure ??= effect.reason;
        return;
      case 'close':
        this.#socket.end();
        return;
      case 'rejected':
        this.#fail(`out of turn: ${JSON.stringify(effect)}`);
        return;
      default:
        assertNever(effect);
    }
  }

  #send(message: string, bytes: Uint8Array): void {
    if (this.#isStopped) return;
    const half = this.#stops(message);
    if (half !== undefined) {
      if (half) this.#socket.write(bytes.subarray(0, bytes.length >> 1));
      return;
    }
    this.#sent.push(message);
    this.#socket.write(bytes);
  }

  /** Undefined: go on; else whether half of it leaves before the silence. */
  #stops(message: string): boolean | undefined {
    const { stop } = this.#wishes;
    if (stop?.message !== message) return undefined;
    if (this.#sent.filter((one) => one === message).length < (stop.after ?? 0)) return undefined;
    this.#isStopped = true;
    return stop.half ?? false;
  }

  #secure(): void {
    const half = this.#stops('TLS');
    if (half !== undefined) {
      if (half) this.#socket.write(HALF_HELLO);
      return;
    }
    const plain = this.#socket;
    plain.removeAllListeners('data');
    plain.removeAllListeners('close');
    const secured: TLSSocket = connectTls({ socket: plain, rejectUnauthorized: false });
    this.#socket = secured;
    this.#attach(secured);
    secured.once('secureConnect', () => {
      const shown = secured.getPeerX509Certificate();
      if (shown === undefined) {
        this.#fail('TLS without a certificate');
        return;
      }
      const publicKey = boundKeyOf(new Uint8Array(shown.raw));
      if (publicKey === undefined) throw new Error('the server shows no certificate that reads');
      this.#publicKey = publicKey;
      this.#hear({ kind: 'secured' });
    });
  }

  #authenticate(event: CredSspEvent): void {
    const { nla } = this.#wishes;
    if (nla === undefined || this.#isStopped) return;
    const env = this.#env();
    const speaker = {
      context: initiatorContext(() => ({ ...env, stamp: ++this.#stamp, offset: 0 })),
      publicKey: this.#publicKey,
      version: VERSION_MAX,
      credentials: nla.credentials,
    };
    const next = credssp.step(speaker, this.#nla, event, env);
    this.#nla = next.state;
    for (const effect of next.effects) {
      if (effect.kind === 'send') this.#send('TSRequest', effect.bytes);
      else if (effect.kind === 'context' && effect.effect.kind === 'ask') {
        this.#ask(nla, effect.effect);
      }
    }
    if (next.state.name === 'done') this.#hear({ kind: 'authenticated' });
    if (next.state.name !== 'failed') return;
    const { reason, status } = next.state;
    this.#fail(status === undefined ? reason : `${reason} (${statusName(status)})`);
  }

  #ask(
    { ticket }: Nla,
    { sname, additionalTicket }: Extract<initiating.Effect, { readonly kind: 'ask' }>,
  ): void {
    if (ticket === undefined) {
      this.#fail('there is nobody to ask for a ticket');
      return;
    }
    ticket(sname, additionalTicket).then(
      (credential) =>
        this.#authenticate({ kind: 'context', event: { kind: 'ticket', credential } }),
      (error: Error) => this.#fail(error.message),
    );
  }

  #env(): Env {
    const now = Date.now();
    this.#stamp = Math.max(this.#stamp, now * 1_000);
    return { now, random };
  }
}

/** Asks again and again. @throws when it does not come about */
export async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + LIMIT_MS; !holds(); ) {
    if (Date.now() > end) throw new Error(`waited ${LIMIT_MS} ms for ${holds}`);
    await new Promise((resolve) => void setTimeout(resolve, 10));
  }
}
