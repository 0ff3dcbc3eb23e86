/**
 * The types of NDR that are made of others (C706 14.3). Counts (`size_is`) and tags (`switch_is`) are
 * no part of the values: they are written from what they count and checked against it.
 */
import { type Codec, type Infer, type Reader, readPointee, writePointee } from './codec.ts';
import { uint32 } from './primitives.ts';
import type { Alignment, Writer } from './writer.ts';

function writeElements<T>(w: Writer, of: Codec<T>, values: readonly T[]): void {
  for (const value of values) of.write(w, value);
}

function writeElementBodies<T>(w: Writer, of: Codec<T>, values: readonly T[]): void {
  if (of.bodies) for (const value of values) of.writeBodies(w, value);
}

function readElements<T>(r: Reader, of: Codec<T>, count: number): unknown[] {
  const partials: unknown[] = [];
  const depth = r.path.length;
  for (let i = 0; i < count; i++) {
    r.path[depth] = i;
    partials.push(of.read(r, 0));
  }
  r.path.length = depth;
  return partials;
}

function readElementBodies<T>(r: Reader, of: Codec<T>, partials: readonly unknown[]): T[] {
  const depth = r.path.length;
  const values = partials.map((partial, i) => {
    r.path[depth] = i;
    return of.readBodies(r, partial);
  });
  r.path.length = depth;
  return values;
}

/** `T[length]`, in place (C706 14.3.2). */
export function fixedArray<T>(of: Codec<T>, length: number): Codec<readonly T[]> {
  return {
    type: `${of.type}[${length}]`,
    alignment: of.alignment,
    size: of.size * length,
    bodies: of.bodies,
    shape: { kind: 'array', of, length },
    write(w, values) {
      if (values.length !== length) {
        throw new RangeError(`expected ${length} elements, got ${values.length}`);
      }
      writeElements(w, of, values);
    },
    writeBodies: (w, values) => writeElementBodies(w, of, values),
    read: (r) => readElements(r, of, length),
    readBodies: (r, partials) => readElementBodies(r, of, partials as unknown[]),
  };
}

/** `[size_is(n)] T *`: what such a pointer points to, or the last member of a structure. */
export function conformantArray<T>(of: Codec<T>): Codec<readonly T[]> {
  return {
    type: `${of.type}[]`,
    alignment: of.alignment,
    size: 0,
    bodies: of.bodies,
    shape: { kind: 'array', of },
    conformance: (values) => values.length,
    write: (w, values) => writeElements(w, of, values),
    writeBodies: (w, values) => writeElementBodies(w, of, values),
    read: (r, maxCount) => readElements(r, of, r.room(maxCount, Math.max(1, of.size))),
    readBodies: (r, partials) => readElementBodies(r, of, partials as unknown[]),
  };
}

/** `[unique] T *`: null, or a referent id in place and the pointee after (C706 14.3.10). */
export function pointer<T>(to: Codec<T>): Codec<T | null> {
  return {
    type: `${to.type} *`,
    alignment: 4,
    size: 4,
    bodies: true,
    shape: { kind: 'pointer', to },
    write(w, value) {
      if (value === null) w.uint32(0);
      else w.pointer();
    },
    writeBodies(w, value) {
      if (value === null) return;
      w.refer();
      writePointee(w, to, value);
    },
    read: (r) => r.uint32(),
    readBodies: (r, referent) => (referent === 0 ? null : readPointee(r, to)),
  };
}

/** A unique pointer that the structure's meaning forbids to be null. */
export function nonNull<T>(to: Codec<T>): Codec<T> {
  return {
    ...(pointer(to) as Codec<T>),
    readBodies: (r, referent) =>
      referent === 0 ? r.fail(`expected ${to.type}, got a null pointer`) : readPointee(r, to),
  };
}

/** A member that follows from another one: it is written from it and checked against it. */
interface Derived {
  readonly derived: true;
  readonly codec: Codec<number>;
  readonly of: string;
  from(value: unknown): number;
}

/** `size_is`'s count: how many elements (or octets) the member `of` has. */
export function count(of: string, codec: Codec<number> = uint32): Derived {
  const from = (value: unknown): number =>
    value === null ? 0 : (value as { readonly length: number }).length;
  return { derived: true, codec, of, from };
}

/** `switch_is`'s tag: which arm the union `of` has. */
export function tag(of: string, codec: Codec<number>): Derived {
  return { derived: true, codec, of, from: (value) => (value as { readonly tag: number }).tag };
}

type Members = Readonly<Record<string, Codec<unknown> | Derived>>;
type Struct<M> = {
  readonly [K in keyof M as M[K] extends Derived ? never : K]: Infer<M[K]>;
};

interface Member {
  readonly name: string;
  readonly codec: Codec<unknown>;
  readonly derived?: Derived;
}

/**
 * A structure (C706 14.3.6), members in the IDL's order. When the last one is a conformant array,
 * its count stands in front of the structure.
 */
export function struct<const M extends Members>(type: string, members: M): Codec<Struct<M>> {
  type Value = Readonly<Record<string, unknown>>;
  const list: readonly Member[] = Object.entries(members).map(([name, member]) =>
    'derived' in member ? { name, codec: member.codec, derived: member } : { name, codec: member },
  );
  const alignment = Math.max(...list.map((member) => member.codec.alignment)) as Alignment;
  const last = list.at(-1) as Member;
  const memberOf = (value: Value, { name, derived }: Member): unknown =>
    derived === undefined ? value[name] : derived.from(value[derived.of]);

  const codec: Codec<Value> = {
    type,
    alignment,
    size: list.reduce((sum, member) => sum + member.codec.size, 0),
    bodies: list.some((member) => member.codec.bodies),
    shape: { kind: 'struct', fields: list.map((member) => [member.name, member.codec] as const) },
    write(w, value) {
      w.align(alignment);
      for (const member of list) member.codec.write(w, memberOf(value, member));
    },
    writeBodies(w, value) {
      for (const member of list) {
        if (member.codec.bodies) member.codec.writeBodies(w, memberOf(value, member));
      }
    },
    read(r, maxCount) {
      r.align(alignment);
      const depth = r.path.length;
      const partials: unknown[] = [];
      for (const member of list) {
        r.path[depth] = member.name;
        partials.push(member.codec.read(r, maxCount));
      }
      r.path.length = depth;
      return partials;
    },
    readBodies: (r, partials) => readMembers(r, list, partials as readonly unknown[]),
  };
  if (last.codec.conformance !== undefined) {
    codec.conformance = (value) => last.codec.conformance?.(memberOf(value, last)) as number;
  }
  return codec as unknown as Codec<Struct<M>>;
}

function readMembers(
  r: Reader,
  list: readonly Member[],
  partials: readonly unknown[],
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  const depth = r.path.length;
  let derivations = false;
  for (let i = 0; i < list.length; i++) {
    const member = list[i] as Member;
    r.path[depth] = member.name;
    if (member.derived !== undefined) derivations = true;
    else value[member.name] = member.codec.readBodies(r, partials[i]);
  }
  for (let i = 0; derivations && i < list.length; i++) {
    const { name, derived } = list[i] as Member;
    if (derived === undefined) continue;
    const expected = derived.from(value[derived.of]);
    r.path[depth] = name;
    if (partials[i] !== expected) r.fail(`is ${partials[i]}, ${derived.of} makes it ${expected}`);
  }
  r.path.length = depth;
  return value;
}

type Arms = Readonly<Record<number, Codec<unknown>>>;
type Union<A> = {
  readonly [K in keyof A & number]: { readonly tag: K; readonly value: Infer<A[K]> };
}[keyof A & number];

/** A union (C706 14.3.8): the tag, then the arm that it chooses. */
export function union<const A extends Arms>(
  type: string,
  tagCodec: Codec<number>,
  arms: A,
): Codec<Union<A>> {
  interface Value {
    readonly tag: number;
    readonly value: unknown;
  }
  const all = new Map(Object.entries(arms).map(([key, arm]) => [Number(key), arm]));
  const alignment = Math.max(
    tagCodec.alignment,
    ...[...all.values()].map((arm) => arm.alignment),
  ) as Alignment;
  const armOf = (key: number): Codec<unknown> => {
    const arm = all.get(key);
    if (arm === undefined) throw new RangeError(`${type} has no arm ${key}`);
    return arm;
  };
  const codec: Codec<Value> = {
    type,
    // Only the arm's own boundary counts in the 32-bit syntax, so the tag may share a word.
    alignment: tagCodec.alignment,
    size: tagCodec.size,
    bodies: true,
    shape: { kind: 'union', tag: tagCodec, arm: armOf },
    write(w, value) {
      tagCodec.write(w, value.tag);
      w.align(alignment);
      armOf(value.tag).write(w, value.value);
    },
    writeBodies: (w, value) => armOf(value.tag).writeBodies(w, value.value),
    read(r) {
      const key = tagCodec.read(r, 0) as number;
      if (!all.has(key)) {
        r.fail(`expected a tag of ${type} (${[...all.keys()].join(', ')}), got ${key}`);
      }
      r.align(alignment);
      return { tag: key, value: armOf(key).read(r, 0) };
    },
    readBodies(r, partial) {
      const { tag: key, value } = partial as Value;
      return { tag: key, value: armOf(key).readBodies(r, value) };
    },
  };
  return codec as unknown as Codec<Union<A>>;
}

/** The same octets with another value: `from` makes the value (or fails the reader), `to` undoes it. */
export function mapped<T, U>(
  type: string,
  of: Codec<T>,
  from: (value: T, reader: Reader) => U,
  to: (value: U) => T,
): Codec<U> {
  const codec: Codec<U> = {
    type,
    alignment: of.alignment,
    size: of.size,
    bodies: of.bodies,
    shape: { kind: 'mapped', of },
    write: (w, value) => of.write(w, to(value)),
    writeBodies: (w, value) => of.writeBodies(w, to(value)),
    read: (r, maxCount) => of.read(r, maxCount),
    readBodies: (r, partial) => from(of.readBodies(r, partial), r),
  };
  if (of.conformance !== undefined) {
    codec.conformance = (value) => of.conformance?.(to(value)) as number;
  }
  return codec;
}
