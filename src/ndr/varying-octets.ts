/** `[size_is(n), length_is(m)] unsigned char *`: what such a pointer points to, all of it in use. */
import type { Codec } from './codec.ts';

export const varyingOctets: Codec<Uint8Array> = {
  type: 'unsigned char[]',
  alignment: 4,
  size: 8,
  bodies: false,
  shape: { kind: 'leaf' },
  conformance: (value) => value.length,
  write(w, value) {
    w.uint32(0);
    w.uint32(value.length);
    w.octets(value);
  },
  writeBodies() {},
  read(r, maxCount) {
    const offset = r.uint32();
    if (offset !== 0) r.fail(`expected offset 0, got ${offset}`, r.at - 4);
    const actual = r.uint32();
    if (actual > maxCount) r.fail(`${actual} octets in an array of ${maxCount}`, r.at - 4);
    return r.octets(r.room(actual, 1));
  },
  readBodies: (_, partial) => partial as Uint8Array,
};
