/**
 * Chance, all of it from the seed: what one step draws depends on (seed, actor, step) only, so that a
 * step replays alone; what the network draws depends on (seed, direction of a link, packet).
 */
import { seededRandom } from '../crypto/random.ts';

/**
 * The octets that an actor's step may draw; the generator is made at the first draw.
 * @param step counts the steps of this actor from 0.
 */
export function stepRandom(
  seed: number,
  actor: string,
  step: number,
): (size: number) => Uint8Array {
  let random: ((size: number) => Uint8Array) | undefined;
  return (size) => {
    random ??= seededRandom(seed, `step/${actor}/${step}`);
    return random(size);
  };
}

/** Numbers in [0, 1), 32 bits each. */
export type Chance = () => number;

const DRAWN = 256;

export function chance(seed: number, label: string): Chance {
  const random = seededRandom(seed, label);
  let drawn: Uint8Array = new Uint8Array(0);
  let at = 0;
  return () => {
    if (at === drawn.length) {
      drawn = random(DRAWN);
      at = 0;
    }
    const [a = 0, b = 0, c = 0, d = 0] = drawn.subarray(at, at + 4);
    at += 4;
    return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) / 2 ** 32;
  };
}
