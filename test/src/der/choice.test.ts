import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex } from '../../../src/bytes/bytes.ts';
import { choice, oneOfTags, recursive } from '../../../src/der/choice.ts';
import { type Codec, decode, encode } from '../../../src/der/codec.ts';
import { boolean, integer, octetString } from '../../../src/der/primitives.ts';
import { any } from '../../../src/der/raw.ts';
import {
  application,
  bare,
  explicit,
  implicit,
  sequence,
  sequenceOf,
} from '../../../src/der/structures.ts';
import { refusal, vectors } from '../../codec-vectors.ts';

const s = suite('der/choice');

const Value = choice('Value', {
  number: integer,
  octets: implicit(0, octetString),
  inner: explicit(1, choice('Inner', { flag: boolean, list: sequenceOf(integer) })),
});

s('CHOICE is told apart by tag', () => {
  vectors(Value, {
    correct: [
      [{ number: 5 }, hex`02 01 05`],
      [{ octets: hex`aa` }, hex`80 01 aa`],
      [{ inner: { flag: true } }, hex`a1 03 01 01 ff`],
      [{ inner: { list: [1] } }, hex`a1 05 30 03 02 01 01`],
    ],
    wrong: [
      ['expected INTEGER or [0] primitive or [1], got BOOLEAN', hex`01 01 ff`],
      ['expected INTEGER or [0] primitive or [1], but nothing is left', hex``],
      ['inner: expected BOOLEAN or SEQUENCE, got NULL', hex`a1 02 05 00`],
      ['inner.list[0]: expected INTEGER, got NULL', hex`a1 04 30 02 05 00`],
    ],
  });
  assert.throws(() => encode(Value, {} as never), /Value has none of number, octets, inner/);
});

s('alternatives must differ in their tags, and have some', () => {
  assert.throws(() => choice('Twice', { a: integer, b: integer }), /begin with INTEGER/);
  assert.throws(() => choice('Open', { a: any }), /Open\.a has no tag to be chosen by/);
});

s('a CHOICE of CHOICEs knows all its tags', () => {
  const outer = choice('Outer', { value: Value, flag: boolean });
  vectors(outer, {
    correct: [
      [{ value: { number: 1 } }, hex`02 01 01`],
      [{ flag: false }, hex`01 01 00`],
    ],
  });
});

s('one type under several tags is written under the first', () => {
  const either = oneOfTags('Either', [application('A', 1, integer), application('B', 2, integer)]);
  vectors(either, {
    correct: [[5, hex`61 03 02 01 05`]],
    wrong: [
      ['expected [APPLICATION 1] or [APPLICATION 2], got [APPLICATION 3]', hex`63 03 02 01 05`],
      ['expected [APPLICATION 1] or [APPLICATION 2], nothing is left', hex``],
    ],
  });
  assert.is(decode(either, hex`62 03 02 01 07`), 7);
});

interface Tree {
  readonly children: readonly Tree[];
}
const Tree: Codec<Tree> = sequence('Tree', {
  children: bare(sequenceOf(recursive('Tree', [0x30], (): Codec<Tree> => Tree))),
});

s('a type that contains itself is bounded by depth', () => {
  vectors(Tree, {
    correct: [
      [{ children: [] }, hex`30 02 30 00`],
      [
        { children: [{ children: [] }, { children: [] }] },
        hex`30 0a 30 08 30 02 30 00 30 02 30 00`,
      ],
    ],
    wrong: [['children[0]: expected SEQUENCE, got NULL', hex`30 04 30 02 05 00`]],
  });
  let tree: Tree = { children: [] };
  for (let i = 0; i < 40; i++) tree = { children: [tree] };
  assert.match(refusal(Tree, encode(Tree, tree)).message, 'Tree is nested too deeply');
  assert.equal(decode(Tree, encode(Tree, tree), { maxDepth: 40 }), tree);
});

s.run();
