/** A virtual reader with a device's Hello container in it, without sockets: what comes of every message. */
import { type State, virtualCard } from '../../../protocols/actors/virtual-card.ts';
import { fromHex, toHex } from '../../../src/bytes/bytes.ts';
import type { ActorEffect, ActorEvent } from '../../../src/machine/actor.ts';
import type { WritableStore } from '../../../src/machine/store.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { AUTHORITIES, DC1, sceneOf } from './pki-scene.ts';
import { START } from './small-world.ts';

export const CARD_CAST = {
  ...AUTHORITIES,
  dc1: DC1,
  alice: { role: 'user', realm: 'CORP.EXAMPLE', password: 'Passw0rd!' },
  bob: { role: 'user', realm: 'CORP.EXAMPLE', password: 'Secret2!' },
  laptop: {
    role: 'device',
    realm: 'CORP.EXAMPLE',
    hello: {
      alice: { pin: '482915', certificate: { issuer: 'issuing' } },
      bob: { pin: '739105', key: 'P-256' },
    },
  },
} as const;

const { scene } = sceneOf(CARD_CAST);

export interface CardReader {
  now: number;
  readonly store: WritableStore;
  readonly state: State;
  /** The effects, those of the signing core's answers among them. */
  hear(event: ActorEvent): readonly ActorEffect[];
  /** The last message that the reader was sent for it, hexadecimal; undefined: none. */
  message(octets: string | Uint8Array): string | undefined;
}

/** @param store what an earlier reader's card has written */
export function cardReader(user = 'alice', store: WritableStore = memoryStore()): CardReader {
  const actor = virtualCard(scene, 'laptop', user);
  let state = actor.initial;
  let steps = 0;
  const reader: CardReader = {
    now: START,
    store,
    get state() {
      return state as State;
    },
    hear(event) {
      const step = steps++;
      const env = {
        now: reader.now,
        random: (size: number) => new Uint8Array(size).fill(step),
        store,
      };
      const { state: next, effects } = actor.step(state, event, env);
      state = next;
      return effects.flatMap((effect) => {
        if (effect.kind === 'write') store.write(effect.batch);
        // Nobody encrypts to a key here.
        if (effect.kind === 'decrypt') {
          return [effect, ...reader.hear({ kind: 'decrypted', id: effect.id })];
        }
        if (effect.kind !== 'sign') return [effect];
        const { id, key, algorithm, data } = effect;
        const signature = scene.sign(key, algorithm, data);
        return [effect, ...reader.hear({ kind: 'signed', id, signature })];
      });
    },
    message(octets) {
      const bytes = typeof octets === 'string' ? fromHex(octets) : octets;
      const about = { transport: 'tcp', from: 'pcscd', fromPort: 35_963, port: 0 } as const;
      const effects = reader.hear({ kind: 'received', ...about, connection: 'reader', bytes });
      const sent = effects.filter((effect) => effect.kind === 'send').at(-1);
      return sent && toHex(sent.bytes);
    },
  };
  return reader;
}

/** In the reader, with power. */
export function pluggedReader(user?: string, store?: WritableStore): CardReader {
  const reader = cardReader(user, store);
  reader.hear({ kind: 'started' });
  reader.hear({ kind: 'connected', connection: 'reader' });
  reader.message('01');
  return reader;
}
