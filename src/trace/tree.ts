/**
 * `GET /tree/LINK`: the fields of octets with their offsets. What is encrypted appears opened where the
 * trace so far holds the key; the plaintext has a link of its own.
 */
import type { KeyRecord } from '../machine/actor.ts';
import type { DissectedField, Dissector, Hints, Keyring } from './dissector.ts';
import { hintsOf, keysOf, messageOf } from './hints.ts';
import { OCTET_FIELDS, type TraceRecord, type Wire } from './record.ts';
import { RunError } from './run-error.ts';
import type { TraceSource } from './source.ts';
import type { TreeField } from './tree-field.ts';
import { linkOf } from './wire.ts';

export interface Trees {
  /** The octets behind a link: of the trace, or plaintext that a tree showed lately. */
  octets(link: string): Uint8Array | undefined;
  /** Undefined when there are no such octets. What `hints` leaves out is looked up in the trace. */
  tree(link: string, hints?: Hints): Promise<readonly TreeField[] | undefined>;
  /** Every long-term key that an actor has told of, the latest of each kvno and etype. */
  keys(): readonly KeyRecord[];
  /** Stops listening to the trace. */
  close(): void;
}

/** Records that one turn of the event loop learns from, so that others are served in between. */
const LEARNT_PER_TURN = 64;
const PLAINTEXTS_MAX = 256;
/** Links remembered as learnt; learning twice costs time only. */
const LEARNT_MAX = 100_000;

export function trees(source: TraceSource, dissector: Dissector): Trees {
  const keyring = dissector.keyring();
  const keys = new Map<string, KeyRecord>();
  const plaintexts = new Map<string, Uint8Array>();
  const learner = learnerOf(source, keyring);

  // Keys are told of once, early, and must not be missed when their records are dropped.
  const keepKeys = (record: TraceRecord): void => {
    const told = keysOf(record);
    keyring.add(told);
    for (const key of told) keys.set(`${key.principal} ${key.kvno} ${key.etype}`, key);
  };
  for (const record of source.records()) keepKeys(record);
  const leave = source.subscribe(keepKeys);

  const keepPlaintext = (bytes: Uint8Array): string => {
    const link = linkOf(bytes);
    plaintexts.delete(link);
    plaintexts.set(link, bytes);
    const [oldest] = plaintexts.keys();
    if (plaintexts.size > PLAINTEXTS_MAX && oldest !== undefined) plaintexts.delete(oldest);
    return link;
  };
  const linked = (field: DissectedField): TreeField => {
    const { opened, ...rest } = field;
    if (opened === undefined) return rest;
    const { key, bytes, fields } = opened;
    return { ...rest, opened: { key, bytes: keepPlaintext(bytes), fields: fields.map(linked) } };
  };
  const octets = (link: string): Uint8Array | undefined =>
    source.octets(link) ?? plaintexts.get(link);

  return {
    octets,
    async tree(link, hints = {}) {
      const bytes = octets(link);
      if (bytes === undefined) return undefined;
      await learner.learn();
      const known = { ...hintsOfLink(source, link), ...hints };
      return dissector.fields(bytes, known, keyring).map(linked);
    },
    keys: () => [...keys.values()],
    close: leave,
  };
}

/** Feeds the keyring with the messages of the trace, in order, when somebody wants to see inside. */
function learnerOf(source: TraceSource, keyring: Keyring): { learn(): Promise<void> } {
  const learnt = new Set<string>();
  let next = 0;
  let under: Promise<void> | undefined;

  /** Octets that were changed teach nothing; asked for themselves, they say what is wrong. */
  function intact(link: string): Uint8Array | undefined {
    try {
      return source.octets(link);
    } catch (error) {
      if (error instanceof RunError) return undefined;
      throw error;
    }
  }

  function learnFrom(wire: Wire): void {
    const link = String(wire.bytes);
    const bytes = learnt.has(link) ? undefined : messageOf(wire, intact);
    if (bytes === undefined) return;
    if (learnt.size >= LEARNT_MAX) learnt.clear();
    learnt.add(link);
    keyring.learn(bytes, hintsOf(wire));
  }

  async function learnAll(): Promise<void> {
    for (;;) {
      const records = source.records(next, LEARNT_PER_TURN);
      const last = records.at(-1);
      if (last === undefined) return;
      for (const { event, effects } of records) {
        learnFrom(event);
        for (const effect of effects) learnFrom(effect);
      }
      next = last.seq + 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    learn() {
      under ??= learnAll().finally(() => {
        under = undefined;
      });
      return under;
    },
  };
}

/** What the first record that names these octets says about them. */
function hintsOfLink(source: TraceSource, link: string): Hints {
  for (const { event, effects } of source.records()) {
    for (const wire of [event, ...effects]) {
      for (const name of OCTET_FIELDS) if (wire[name] === link) return hintsOf(wire);
    }
  }
  return {};
}
