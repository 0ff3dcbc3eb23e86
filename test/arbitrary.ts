/** Arbitrary values of a codec, made from its shape: one declaration, no second list of fields. */
import fc from 'fast-check';
import { compare, fromHex } from '../src/bytes/bytes.ts';
import { type Codec, encode, type FieldShape, type Shape } from '../src/der/codec.ts';

const octets = fc.uint8Array({ maxLength: 40 });
const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Numbers at both ends and around the widths of octets, where mistakes are. */
function integers(min: number, max: number): fc.Arbitrary<number> {
  const edges = [0, 127, 128, 255, 256, 32767, 32768, 0x7fffffff, 0x80000000, 0xffffffff];
  const around = edges.flatMap((edge) => [edge, edge - 1, -edge, -edge - 1]);
  const inside = [...around, min, max].filter((value) => value >= min && value <= max);
  const bounded = { min: Math.max(min, -(2 ** 52)), max: Math.min(max, 2 ** 52) };
  return fc.oneof(fc.constantFrom(...inside), fc.maxSafeInteger().map(clamp(bounded)));
}

function clamp({ min, max }: { readonly min: number; readonly max: number }) {
  return (value: number): number => min + (Math.abs(value) % (max - min + 1));
}

function characters(alphabet: RegExp): string[] {
  const whole = new RegExp(`^(?:${alphabet.source})$`);
  return Array.from({ length: 0x3000 }, (_, unit) => String.fromCharCode(unit)).filter((one) =>
    whole.test(one),
  );
}

function text(alphabet: RegExp | undefined): fc.Arbitrary<string> {
  if (alphabet === undefined) return fc.oneof(fc.string(), fc.string({ unit: 'binary' }));
  return fc.string({ unit: fc.constantFrom(...characters(alphabet)) });
}

const arcs = fc
  .tuple(fc.constantFrom('0', '1', '2'), fc.nat(39), fc.array(fc.maxSafeNat(), { maxLength: 6 }))
  .map(([first, second, rest]) => [first, second, ...rest].join('.'));

const bits = fc.tuple(octets, fc.nat(7)).map(([bytes, wanted]) => {
  const unused = bytes.length === 0 ? 0 : wanted;
  const last = bytes.length - 1;
  if (last >= 0) bytes[last] = (bytes[last] as number) & (0xff << unused);
  return { unused, bytes };
});

/** A few whole elements: primitive, empty, nested, with a long length. */
const elements = fc.oneof(
  fc.constantFrom('0500', '02017f', '3000', 'a003020105').map(fromHex),
  fc.uint8Array({ minLength: 128, maxLength: 200 }).map((content) => {
    return Uint8Array.of(0x04, 0x81, content.length, ...content);
  }),
);

function fieldsOf(fields: readonly FieldShape[]): fc.Arbitrary<unknown> {
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of fields) {
    const value = arbitrary(field.codec);
    const { fallback } = field;
    model[field.name] = fallback === undefined ? value : fc.oneof(fc.constant(fallback), value);
  }
  const requiredKeys = fields.filter((field) => !field.optional).map((field) => field.name);
  return fc.record(model, { requiredKeys, noNullPrototype: true });
}

function listOf(shape: Shape & { readonly kind: 'list' }): fc.Arbitrary<unknown> {
  const maxLength = Math.min(4, shape.max);
  const list = fc.array(arbitrary(shape.of), { maxLength });
  if (!shape.sorted) return list;
  const encoded = (value: unknown): Uint8Array => encode(shape.of, value);
  return list.map((values) => values.sort((a, b) => compare(encoded(a), encoded(b))));
}

/** Values that `decode(codec, encode(codec, value))` gives back. Recursive types are not made. */
export function arbitrary<T>(codec: Codec<T>): fc.Arbitrary<T> {
  return arbitraryOf(codec as Codec<unknown>) as fc.Arbitrary<T>;
}

function arbitraryOf(codec: Codec<unknown>): fc.Arbitrary<unknown> {
  const { shape } = codec;
  switch (shape.kind) {
    case 'integer':
      return integers(shape.min, shape.max);
    case 'bigInteger':
      return fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'octets':
      return octets;
    case 'bits':
      return bits;
    case 'flags':
      return fc.integer({ min: 0, max: 0xffffffff });
    case 'text':
      return text(shape.alphabet);
    case 'time':
      return fc
        .integer({ min: seconds(shape.min), max: seconds(shape.max) })
        .map((second) => second * 1000);
    case 'oid':
      return arcs;
    case 'any':
      return elements;
    case 'fields':
      return fieldsOf(shape.fields);
    case 'list':
      return listOf(shape);
    case 'choice':
      return fc.oneof(
        ...Object.entries(shape.alternatives).map(([name, one]) =>
          arbitraryOf(one).map((value) => ({ [name]: value })),
        ),
      );
    case 'wrapped': {
      const { of, raw } = shape;
      return arbitraryOf(of).map((value) => (raw ? { value, raw: encode(of, value) } : value));
    }
    case 'tags':
      return arbitraryOf(shape.of[0] as Codec<unknown>);
    case 'recursive':
      throw new TypeError(`${codec.type} contains itself`);
  }
}

/** Octets near `bytes`: one to four changes of a kind that parsers stumble over. */
export function mutations(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const change = fc.record({
    kind: fc.constantFrom('set', 'flip', 'cut', 'insert', 'repeat', 'length'),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    octet: fc.nat(255),
    size: fc.nat(16),
  });
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    let out = Array.from(bytes);
    for (const { kind, at, octet, size } of changes) {
      const index = Math.floor(at * out.length);
      if (kind === 'set') out[index] = octet;
      else if (kind === 'flip') out[index] = (out[index] ?? 0) ^ (1 << (octet & 7));
      else if (kind === 'cut') out.splice(index, size);
      else if (kind === 'insert') out.splice(index, 0, octet);
      else if (kind === 'repeat') out.splice(index, 0, ...out.slice(index, index + size));
      else out = out.with(index, (out[index] ?? 0) + (octet & 1 ? 1 : -1));
      if (out.length === 0) out.push(octet);
    }
    return Uint8Array.from(out);
  });
}
