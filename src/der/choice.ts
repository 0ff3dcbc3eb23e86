/** Types told apart by their tags (X.690 §8.13): CHOICE, one type under several tags, and recursion. */
import { type Codec, DecodeError, type Infer, type Shape, tagsOf } from './codec.ts';
import { SELF, tagName } from './tags.ts';

type Alternatives = Readonly<Record<string, Codec<unknown>>>;

/** One key, the alternative's: `{ armoredData: … }`. */
export type Choice<A> = { [K in keyof A]: { readonly [P in K]: Infer<A[K]> } }[keyof A];

/** CHOICE, told apart by tag. */
export function choice<const A extends Alternatives>(
  type: string,
  alternatives: A,
): Codec<Choice<A>> {
  const entries = Object.entries(alternatives);
  const byTag = new Map<number, readonly [string, Codec<unknown>]>();
  for (const entry of entries) {
    const tags = tagsOf(entry[1]);
    if (tags === undefined) throw new TypeError(`${type}.${entry[0]} has no tag to be chosen by`);
    for (const tag of tags) {
      if (byTag.has(tag))
        throw new TypeError(`${type}: two alternatives begin with ${tagName(tag)}`);
      byTag.set(tag, entry);
    }
  }
  const expected = [...byTag.keys()].map(tagName).join(' or ');
  return {
    type,
    tag: SELF,
    tags: [...byTag.keys()],
    shape: { kind: 'choice', alternatives },
    write(writer, value) {
      for (const [name, codec] of entries) {
        const item = (value as Record<string, unknown>)[name];
        if (item !== undefined) return writer.element(codec, item);
      }
      throw new TypeError(`${type} has none of ${entries.map(([name]) => name).join(', ')}`);
    },
    read(reader, end) {
      if (reader.pos >= end) reader.fail(`expected ${expected}, but nothing is left`);
      const tag = reader.bytes[reader.pos] as number;
      const entry = byTag.get(tag);
      if (entry === undefined) return reader.fail(`expected ${expected}, got ${tagName(tag)}`);
      try {
        return { [entry[0]]: reader.element(entry[1], end) } as Choice<A>;
      } catch (error) {
        throw error instanceof DecodeError ? error.within(entry[0]) : error;
      }
    },
  };
}

/** The same type under one of several tags; written under the first. */
export function oneOfTags<T>(type: string, codecs: readonly [Codec<T>, ...Codec<T>[]]): Codec<T> {
  const expected = codecs.map((codec) => tagName(codec.tag)).join(' or ');
  return {
    type,
    tag: SELF,
    tags: codecs.map((codec) => codec.tag),
    shape: { kind: 'tags', of: codecs },
    write(writer, value) {
      writer.element(codecs[0], value);
    },
    read(reader, end) {
      const tag = reader.pos < end ? reader.bytes[reader.pos] : undefined;
      for (const codec of codecs) if (codec.tag === tag) return reader.element(codec, end);
      const found = tag === undefined ? 'nothing is left' : `got ${tagName(tag)}`;
      return reader.fail(`expected ${expected}, ${found}`);
    },
  };
}

/** A type that contains itself; the reader's depth bounds it. */
export function recursive<T>(
  type: string,
  tags: readonly number[],
  codec: () => Codec<T>,
): Codec<T> {
  let made: Codec<T> | undefined;
  const self: Codec<T> = {
    type,
    tag: SELF,
    tags,
    get shape(): Shape {
      made ??= codec();
      return { kind: 'recursive', of: made };
    },
    write(writer, value) {
      made ??= codec();
      writer.element(made, value);
    },
    read(reader, end) {
      made ??= codec();
      reader.enter(`${type} is nested too deeply`);
      const value = reader.element(made, end);
      reader.depth++;
      return value;
    },
  };
  return self;
}
