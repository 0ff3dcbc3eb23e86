/** `long` and `unsigned long` whose values have names; the value stays an unsigned number. */
import type { Codec } from '../../src/ndr/codec.ts';
import { uint32 } from '../../src/ndr/primitives.ts';

export function named(type: string, names: Readonly<Record<string, number>>): Codec<number> {
  const byValue = new Map(Object.entries(names).map(([name, value]) => [value, name]));
  return {
    ...uint32,
    type,
    shape: { kind: 'leaf', name: (value) => byValue.get(value as number) },
  };
}
