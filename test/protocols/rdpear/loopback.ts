/** A host and the client of a session, with everything between them: calls, wrapping, a dynamic channel. */
import { securityLayer } from '../../../protocols/gss/context.ts';
import { type Key, key } from '../../../protocols/kerberos/etypes.ts';
import type { Protection } from '../../../protocols/negotiate/protection.ts';
import * as answering from '../../../protocols/rdpear/client.ts';
import { CHANNEL_NAME } from '../../../protocols/rdpear/constants.ts';
import type { Answer, Call } from '../../../protocols/rdpear/messages.ts';
import type { KnownKeys } from '../../../protocols/rdpear/opaque-keys.ts';
import { sealed, unsealed } from '../../../protocols/rdpear/protection.ts';
import * as asking from '../../../protocols/rdpear/server.ts';
import * as client from '../../../protocols/rdpedyc/client.ts';
import * as server from '../../../protocols/rdpedyc/server.ts';
import { equal } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';

function protectionOf(side: 'acceptor' | 'initiator'): Protection {
  const context = { key: key(18, new Uint8Array(32).fill(5)), seqNumber: 7, peerSeqNumber: 7 };
  return { mechanism: 'kerberos', layer: securityLayer(context, side) };
}

/** The user's keys. */
export function keysOf(pairs: readonly (readonly [Uint8Array, Key])[]): KnownKeys {
  return { byHandle: (handle) => pairs.find(([name]) => equal(name, handle))?.[1] };
}

export class Loopback {
  /** Every octet that went over the static channel, either way. */
  readonly wire: Uint8Array[] = [];
  /** What the host and the client said over the dynamic channel. */
  readonly names: string[] = [];
  readonly #known: KnownKeys;
  readonly #random = seededRandom(5, 'loopback');
  #stamp: number;
  #host: asking.State = asking.INITIAL;
  #user: answering.State = answering.INITIAL;
  #atHost: server.State = server.INITIAL;
  #atClient: client.State = client.INITIAL;
  #hostProtection = protectionOf('acceptor');
  #clientProtection = protectionOf('initiator');
  readonly #outcomes = new Map<string, Answer | string>();
  /** What is under way: each part has done what it does before the next one hears of it. */
  readonly #queue: (() => void)[] = [];
  #asked = 0;

  constructor(known: KnownKeys, now: number) {
    this.#known = known;
    this.#stamp = now * 1_000;
    this.#later(() => this.#hostChannel({ kind: 'opened' }));
    this.#later(() => this.#hostChannel({ kind: 'creates', channelName: CHANNEL_NAME }));
    this.#settle();
  }

  /** The answer, or why there is none. */
  ask(call: Call): Answer | string {
    const id = `${this.#asked++}`;
    this.#later(() => this.#toHost({ kind: 'asks', id, call }));
    this.#settle();
    return this.#outcomes.get(id) ?? 'no answer';
  }

  /** The user disconnects: the channel closes. */
  disconnect(): void {
    this.#later(() => this.#hostChannel({ kind: 'closes', channelId: 1 }));
    this.#settle();
  }

  #later(work: () => void): void {
    this.#queue.push(work);
  }

  #settle(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next();
  }

  #env() {
    return {
      now: this.#stamp / 1_000,
      random: this.#random,
      stamp: this.#stamp++,
      offset: 0,
    };
  }

  #toHost(event: asking.Event): void {
    const next = asking.step(this.#host, event);
    this.#host = next.state;
    for (const effect of next.effects) {
      if (effect.kind === 'answered') this.#outcomes.set(effect.id, effect.answer);
      if (effect.kind === 'unanswered') this.#outcomes.set(effect.id, effect.reason);
      if (effect.kind === 'close')
        this.#later(() => this.#hostChannel({ kind: 'closes', channelId: 1 }));
      if (effect.kind !== 'send') continue;
      const { name, packet } = effect;
      const { protection, message } = sealed(this.#hostProtection, packet, this.#random);
      this.#hostProtection = protection;
      this.names.push(name);
      this.#later(() => this.#hostChannel({ kind: 'writes', channelId: 1, message, name }));
    }
  }

  #toUser(event: answering.Event): void {
    const next = answering.step(this.#known, this.#user, event, this.#env());
    this.#user = next.state;
    for (const effect of next.effects) {
      if (effect.kind !== 'send') continue;
      const { name, packet } = effect;
      const { protection, message } = sealed(this.#clientProtection, packet, this.#random);
      this.#clientProtection = protection;
      this.names.push(name);
      this.#later(() => this.#clientChannel({ kind: 'writes', channelId: 1, message, name }));
    }
  }

  #hostChannel(event: server.Event): void {
    const next = server.step(this.#atHost, event);
    this.#atHost = next.state;
    for (const effect of next.effects) {
      if (effect.kind === 'send') {
        this.wire.push(effect.message);
        this.#later(() => this.#clientChannel({ kind: 'received', message: effect.message }));
      }
      if (effect.kind === 'created') this.#later(() => this.#toHost({ kind: 'opened' }));
      if (effect.kind === 'closed')
        this.#later(() => this.#toHost({ kind: 'closed', reason: 'the channel is closed' }));
      if (effect.kind !== 'data') continue;
      const opened = unsealed(this.#hostProtection, effect.message);
      if (!opened.ok) throw new Error(opened.reason);
      this.#hostProtection = opened.protection;
      this.#later(() => this.#toHost({ kind: 'received', packet: opened.message }));
    }
  }

  #clientChannel(event: client.Event): void {
    const next = client.step({ listeners: [CHANNEL_NAME] }, this.#atClient, event);
    this.#atClient = next.state;
    for (const effect of next.effects) {
      if (effect.kind === 'send') {
        this.wire.push(effect.message);
        this.#later(() => this.#hostChannel({ kind: 'received', message: effect.message }));
      }
      if (effect.kind === 'created') this.#later(() => this.#toUser({ kind: 'opened' }));
      if (effect.kind === 'closed') this.#later(() => this.#toUser({ kind: 'closed' }));
      if (effect.kind !== 'data') continue;
      const opened = unsealed(this.#clientProtection, effect.message);
      if (!opened.ok) throw new Error(opened.reason);
      this.#clientProtection = opened.protection;
      this.#later(() => this.#toUser({ kind: 'received', packet: opened.message }));
    }
  }
}
