/** Two-state toy actors, a toy framing and a recorder for the tests of world and drivers. */

import { utf8 } from '../../../src/bytes/bytes.ts';
import type {
  Actor,
  ActorEffect,
  ActorEnv,
  ActorEvent,
  Framing,
} from '../../../src/machine/actor.ts';
import type { Step } from '../../../src/machine/machine.ts';
import { keyStore } from '../../../src/signing/key-store.ts';
import { type KeyOperations, keyOperations } from '../../../src/signing/operations.ts';
import type { Signer, SignRequest, SignStatistics } from '../../../src/signing/signer.ts';
import type { Recorder, WorldStep } from '../../../src/sim/world.ts';

/** One octet of length, then the message; the length 255 is refused. */
export const toyFraming: Framing = {
  name: 'toy',
  next(buffer) {
    const length = buffer[0];
    if (length === undefined) return { kind: 'more' };
    if (length === 255) return { kind: 'refused', reason: 'length 255' };
    if (buffer.length < 1 + length) return { kind: 'more' };
    return { kind: 'message', message: buffer.subarray(1, 1 + length), consumed: 1 + length };
  },
  wrap(message) {
    const out = new Uint8Array(1 + message.length);
    out[0] = message.length;
    out.set(message, 1);
    return out;
  },
};

export type Toy = Actor<string>;
type Answer = readonly [state: string, ...effects: ActorEffect[]];

/** An actor whose state is its name and whose behaviour is one function. */
export function toy(
  name: string,
  answer: (event: ActorEvent, state: string, env: ActorEnv) => Answer | undefined,
): Toy {
  return {
    name,
    role: 'toy',
    machine: 'test/toy',
    initial: 'off',
    step(state, event, env): Step<string, ActorEffect> {
      const [next, ...effects] = answer(event, state, env) ?? [state];
      return { state: next, effects };
    },
    stateName: (state) => state,
    view: (state) => state,
  };
}

/** Sends every message back, on UDP and TCP port 7 (RFC 862). */
export function echo(name = 'server', framing: string | undefined = 'toy'): Toy {
  return toy(name, (event) => {
    switch (event.kind) {
      case 'started': {
        const framed = framing === undefined ? {} : { framing };
        return [
          'on',
          { kind: 'listen', transport: 'udp', port: 7 },
          { kind: 'listen', transport: 'tcp', port: 7, ...framed },
        ];
      }
      case 'received':
        return ['on', answerTo(event, event.bytes)];
      default:
        return undefined;
    }
  });
}

/** The effect that answers what was received. */
export function answerTo(
  event: Extract<ActorEvent, { kind: 'received' }>,
  bytes: Uint8Array,
): ActorEffect {
  if (event.connection !== undefined) {
    const { connection } = event;
    return { kind: 'send', transport: 'tcp', connection, message: 'ECHO', bytes };
  }
  const { from: to, fromPort: toPort, port } = event;
  return { kind: 'send', transport: 'udp', to, toPort, port, message: 'ECHO', bytes };
}

/** Sends `count` datagrams of one octet at once when it starts. */
export function caller(count: number, to = 'server', name = 'client'): Toy {
  return toy(name, (event) => {
    if (event.kind === 'received') return [`heard ${event.bytes[0]}`];
    if (event.kind !== 'started') return undefined;
    const sent = Array.from({ length: count }, (_, i): ActorEffect => {
      const bytes = new Uint8Array([i]);
      return { kind: 'send', transport: 'udp', to, toPort: 7, port: 1000, message: 'CALL', bytes };
    });
    return ['calling', ...sent];
  });
}

/** Connects when it starts, sends these messages when it stands, and counts what comes back. */
export function dialler(messages: readonly Uint8Array[], to = 'server', name = 'client'): Toy {
  return toy(name, (event, state) => {
    const connection = 'c';
    switch (event.kind) {
      case 'started':
        return ['dialling', { kind: 'connect', connection, to, port: 7, framing: 'toy' }];
      case 'connected':
        return [
          'heard 0',
          ...messages.map(
            (bytes): ActorEffect => ({
              kind: 'send',
              transport: 'tcp',
              connection,
              message: 'CALL',
              bytes,
            }),
          ),
        ];
      case 'received':
        return [`heard ${Number(state.slice('heard '.length)) + 1}`];
      case 'closed':
        return [event.reason];
      default:
        return undefined;
    }
  });
}

export interface TestRecorder extends Recorder {
  readonly steps: WorldStep[];
  /** The steps of one actor, or of one kind of event. */
  of(actor: string, kind?: string): WorldStep[];
}

export function recorder(): TestRecorder {
  const steps: WorldStep[] = [];
  return {
    steps,
    record: (step) => steps.push(step) - 1,
    of: (actor, kind) =>
      steps.filter((s) => s.actor === actor && (kind === undefined || s.event.kind === kind)),
  };
}

/** Signs by adding an octet, or refuses; `hear` is told of each batch. */
/** A key's owner who signs with {@link toySigner} and makes keys whose public half is their name. */
export function toyOperations(
  hear: (batch: readonly SignRequest[]) => void,
  refusal?: string,
): KeyOperations {
  return keyOperations(keyStore(), toySigner(hear, refusal), (name) => ({
    pkcs8: utf8(`private ${name}`),
    spki: utf8(name),
  }));
}

export function toySigner(hear: (batch: readonly SignRequest[]) => void, refusal?: string): Signer {
  const statistics: SignStatistics = {
    provider: 'toy',
    batches: 0,
    signatures: 0,
    failures: 0,
    batchSizes: {},
    largestBatch: 0,
    algorithms: {},
    milliseconds: 0,
    longestMilliseconds: 0,
  };
  return {
    async sign(batch) {
      hear(batch);
      return batch.map(({ data }) => {
        if (refusal !== undefined) return { ok: false, reason: refusal };
        return { ok: true, signature: new Uint8Array([...data, 0xff]) };
      });
    },
    stats: () => statistics,
    close: async () => undefined,
  };
}

/** Writes down in record 1 how often it was started and asked, and answers with that record. */
export function clerk(name = 'server'): Toy {
  return toy(name, (event, state, { store }) => {
    if (event.kind !== 'started' && event.kind !== 'received') return undefined;
    const count = (store.read(1)?.[0] ?? 0) + 1;
    const bytes = Uint8Array.of(count);
    const key = (number: number): [string, string] => ['count', String(number)];
    const records = [
      { id: 1, bytes, added: [key(count)], removed: count > 1 ? [key(count - 1)] : [] },
    ];
    const write: ActorEffect = { kind: 'write', batch: { records, counters: { count } } };
    return event.kind === 'started'
      ? ['on', write, { kind: 'listen', transport: 'udp', port: 7 }]
      : [state, write, answerTo(event, bytes)];
  });
}
