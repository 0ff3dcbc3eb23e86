/**
 * The network between actors: who reaches whom, how long a packet takes, and which packets are lost,
 * doubled or overtaken. It decides fates only; `src/sim/world.ts` carries datagrams and
 * `src/sim/streams.ts` the segments of TCP.
 */
import type { Transport } from '../machine/actor.ts';
import { type Chance, chance } from './chance.ts';

/** What a link does to packets; the same in both directions. */
export interface Quality {
  /** Milliseconds one way. */
  readonly latency: number;
  /** At most so many milliseconds are added, evenly distributed. */
  readonly jitter: number;
  /** Probabilities from 0 to 1. A lost TCP segment is sent again, so it comes late. */
  readonly loss: number;
  /** Datagrams only: TCP drops segments that it has seen. */
  readonly duplicate: number;
  /** Datagrams only: the packet is held back long enough for others to overtake it. */
  readonly reorder: number;
  /** Octets of one TCP segment at most: longer messages arrive in pieces. */
  readonly segment: number;
}

/** Two actors that are joined. What is not said is as in {@link DEFAULT_QUALITY}. */
export interface Link extends Partial<Quality> {
  readonly between: readonly [string, string];
}

/** Of links that nobody declared. 1460 octets: Ethernet's 1500 without the IPv4 and TCP headers. */
export const DEFAULT_QUALITY: Quality = {
  latency: 1,
  jitter: 0,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  segment: 1460,
};

/** RFC 768 and RFC 791: 65535 octets without the two headers. */
export const DATAGRAM_MAX = 65_507;

/** A packet that did not arrive, as the trace shows it: an event of the actor {@link NET}. */
export interface Lost {
  readonly kind: 'lost';
  readonly transport: Transport;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly message?: string;
  readonly bytes?: Uint8Array;
  /** Why, for people. */
  readonly reason: string;
}

/** Who steps in the trace when the network does something. */
export const NET = 'net';

/** What becomes of one packet: why it is lost, or after how many milliseconds each copy arrives. */
export type Fate =
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'carried'; readonly delays: readonly number[] };

export interface Network {
  /** The fate of a packet that leaves now. */
  fate(from: string, to: string, transport: Transport): Fate;
  quality(a: string, b: string): Quality;
  /** Lays `changes` over the link until the answer is called. */
  change(a: string, b: string, changes: Partial<Quality>): () => void;
  /** Cuts the link (no line of sight) until the answer is called; several cuts may overlap. */
  cut(a: string, b: string): () => void;
}

/** One pair of actors. */
interface Path {
  readonly declared: Quality;
  quality: Quality;
  readonly changes: Set<Partial<Quality>>;
  cuts: number;
}

const LOOPBACK: Fate = { kind: 'carried', delays: [0] };

/** @throws RangeError when a link is declared twice. */
export function network(seed: number, links: readonly Link[]): Network {
  const paths = new Map<string, Path>();
  const chances = new Map<string, Chance>();

  for (const { between, ...quality } of links) {
    const name = pathName(...between);
    if (paths.has(name)) throw new RangeError(`the link ${name} is declared twice`);
    paths.set(name, pathOf({ ...DEFAULT_QUALITY, ...quality }));
  }

  function path(a: string, b: string): Path {
    const name = pathName(a, b);
    let found = paths.get(name);
    if (found === undefined) {
      found = pathOf(DEFAULT_QUALITY);
      paths.set(name, found);
    }
    return found;
  }

  function draws(from: string, to: string): Chance {
    const label = `net/${from}>${to}`;
    let draw = chances.get(label);
    if (draw === undefined) {
      draw = chance(seed, label);
      chances.set(label, draw);
    }
    return draw;
  }

  return {
    quality: (a, b) => path(a, b).quality,
    fate(from, to, transport) {
      if (from === to) return LOOPBACK;
      const { quality, cuts } = path(from, to);
      if (cuts > 0) return { kind: 'lost', reason: `no line of sight from ${from} to ${to}` };
      return fateOn(quality, draws(from, to), transport);
    },
    change(a, b, changes) {
      const changed = path(a, b);
      changed.changes.add(changes);
      changed.quality = qualityOf(changed);
      return () => {
        changed.changes.delete(changes);
        changed.quality = qualityOf(changed);
      };
    },
    cut(a, b) {
      const severed = path(a, b);
      let standing = true;
      severed.cuts++;
      return () => {
        if (standing) severed.cuts--;
        standing = false;
      };
    },
  };
}

function pathName(a: string, b: string): string {
  return a < b ? `${a} - ${b}` : `${b} - ${a}`;
}

function pathOf(quality: Quality): Path {
  return { declared: quality, quality, changes: new Set(), cuts: 0 };
}

function qualityOf(path: Path): Quality {
  let quality = path.declared;
  for (const changes of path.changes) quality = { ...quality, ...changes };
  return quality;
}

/** Chance is asked only where the link leaves something to it, so that a plain link costs nothing. */
function fateOn(quality: Quality, draw: Chance, transport: Transport): Fate {
  const { latency, jitter, loss, duplicate, reorder } = quality;
  if (loss > 0 && draw() < loss) return { kind: 'lost', reason: 'lost on its way' };
  const delay = (): number => Math.round(latency + (jitter > 0 ? draw() * jitter : 0));
  let first = delay();
  if (transport === 'tcp') return { kind: 'carried', delays: [first] };
  // Held back for one to four times the way, so that an answer's or a retry's datagram overtakes.
  if (reorder > 0 && draw() < reorder) first += Math.round((1 + 3 * draw()) * Math.max(latency, 1));
  const delays = duplicate > 0 && draw() < duplicate ? [first, delay()] : [first];
  return { kind: 'carried', delays };
}
