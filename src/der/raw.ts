/** Elements kept as they came: any type at all, and values beside their octets. */
import { type Codec, encode, tagsOf } from './codec.ts';
import { slice } from './primitives.ts';
import { SELF } from './tags.ts';

/** Any element as its octets, tag and length included. */
export const any: Codec<Uint8Array> = {
  type: 'ANY',
  tag: SELF,
  shape: { kind: 'any' },
  write(writer, value) {
    writer.octets(value);
  },
  read(reader, end) {
    const start = reader.pos;
    reader.skip(end);
    return slice(reader.bytes, start, reader.pos);
  },
};

/** A value with the octets it came in: what checksums and signatures are computed over. */
export interface Raw<T> {
  readonly value: T;
  /** The whole element. Written as it stands; must be the encoding of `value`. */
  readonly raw: Uint8Array;
}

/** The element's value beside its octets. */
export function raw<T>(codec: Codec<T>): Codec<Raw<T>> {
  const tags = tagsOf(codec);
  return {
    type: codec.type,
    tag: SELF,
    ...(tags === undefined ? {} : { tags }),
    shape: { kind: 'wrapped', of: codec, raw: true },
    write(writer, value) {
      writer.octets(value.raw);
    },
    read(reader, end) {
      const start = reader.pos;
      const value = reader.element(codec, end);
      return { value, raw: slice(reader.bytes, start, reader.pos) };
    },
  };
}

/** `value` with its octets, for messages that carry {@link raw} parts. */
export function withRaw<T>(codec: Codec<T>, value: T): Raw<T> {
  return { value, raw: encode(codec, value) };
}
