/** `[string] char *`: what such a pointer points to; its NUL is not part of the value. */
import type { Codec } from './codec.ts';

export const asciiString: Codec<string> = {
  type: 'char[]',
  alignment: 4,
  size: 9,
  bodies: false,
  shape: { kind: 'leaf' },
  conformance: (value) => value.length + 1,
  write(w, value) {
    w.uint32(0);
    w.uint32(value.length + 1);
    for (let i = 0; i < value.length; i++) w.uint8(value.charCodeAt(i) & 0xff);
    w.uint8(0);
  },
  writeBodies() {},
  read(r, maxCount) {
    const offset = r.uint32();
    if (offset !== 0) r.fail(`expected string offset 0, got ${offset}`, r.at - 4);
    const actual = r.uint32();
    if (actual > maxCount) r.fail(`${actual} characters in an array of ${maxCount}`, r.at - 4);
    const octets = r.octets(r.room(actual, 1));
    if (octets.at(-1) !== 0) r.fail('string without NUL');
    return Array.from(octets.subarray(0, -1), (octet) => String.fromCharCode(octet)).join('');
  },
  readBodies: (_, partial) => partial as string,
};
