import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex } from '../../../src/bytes/bytes.ts';
import { choice, oneOfTags, recursive } from '../../../src/der/choice.ts';
import { type Codec, encode } from '../../../src/der/codec.ts';
import { explain, type Field } from '../../../src/der/explain.ts';
import {
  bigInteger,
  bitString,
  boolean,
  flags32,
  int32,
  named,
  nullValue,
  octetString,
  oid,
} from '../../../src/der/primitives.ts';
import { any, raw } from '../../../src/der/raw.ts';
import {
  alias,
  application,
  bare,
  bareOptional,
  explicit,
  field,
  implicit,
  optional,
  sequence,
  sequenceOf,
  setOf,
} from '../../../src/der/structures.ts';
import { utf8String } from '../../../src/der/text.ts';
import { generalizedTime } from '../../../src/der/time.ts';

const s = suite('der/explain');

/** `path type start-end value name`, one line a row. */
function lines(rows: readonly Field[]): string[] {
  return rows.map(({ path, type, start, end, value, name }) => {
    const shown = value === undefined ? '' : ` ${JSON.stringify(value)}`;
    return `${path} <${type}> ${start}-${end}${shown}${name === undefined ? '' : ` ${name}`}`;
  });
}

const Name = sequence('Name', {
  type: field(
    0,
    named(int32, (n) => (n === 1 ? 'NT_ONE' : undefined)),
  ),
});
const Message = application(
  'Message',
  1,
  sequence('Message', {
    name: field(0, Name),
    body: optional(1, raw(sequence('Body', { list: field(0, sequenceOf(utf8String)) }))),
  }),
);

s(
  'rows come in the order of the octets, parents first, with the tags that stand around them',
  () => {
    const bytes = hex`61 1c 30 1a a0 07 30 05 a0 03 02 01 01 a1 0f 30 0d a0 0b 30 09 0c 02 68 69 0c 03 79 6f 75`;
    assert.equal(lines(explain(Message, bytes)), [
      'Message <Message> 0-30',
      'Message.name <Name> 4-13',
      'Message.name.type <Int32> 8-13 1 NT_ONE',
      'Message.body <Body> 13-30',
      'Message.body.list <SEQUENCE OF UTF8String> 17-30',
      'Message.body.list[0] <UTF8String> 21-25 "hi"',
      'Message.body.list[1] <UTF8String> 25-30 "you"',
    ]);
    assert.is(explain(Message, bytes, 'packet')[1]?.path, 'packet.name');
  },
);

s('values are plain JSON', () => {
  const Every = sequence('Every', {
    flags: bare(flags32('Flags', { first: 0x80000000, second: 0x40000000 })),
    bits: bare(implicit(0, bitString)),
    big: bare(bigInteger),
    yes: bare(boolean),
    nothing: bare(nullValue),
    octets: bare(octetString),
    oid: bare(oid),
    time: bare(alias('KerberosTime', generalizedTime)),
    rest: bareOptional(any),
  });
  const bytes = encode(Every, {
    flags: 0xc0000001,
    bits: { unused: 4, bytes: hex`f0` },
    big: 2n ** 70n,
    yes: true,
    nothing: null,
    octets: hex`aabb`,
    oid: '1.2.3',
    time: Date.UTC(2026, 2, 2, 8),
    rest: hex`0a 01 05`,
  });
  const rows = explain(Every, bytes).map(({ path, value, name }) => [path, value, name]);
  assert.equal(rows.slice(1), [
    ['Every.flags', 0xc0000001, 'first second 0x00000001'],
    ['Every.bits', { unused: 4, bytes: 'f0' }, undefined],
    ['Every.big', '1180591620717411303424', undefined],
    ['Every.yes', true, undefined],
    ['Every.nothing', null, undefined],
    ['Every.octets', 'aabb', undefined],
    ['Every.oid', '1.2.3', undefined],
    ['Every.time', '2026-03-02T08:00:00Z', undefined],
    ['Every.rest', '0a0105', undefined],
  ]);
  assert.equal(JSON.parse(JSON.stringify(explain(Every, bytes))), explain(Every, bytes));
});

s('choices, several tags, sets and recursion', () => {
  interface Tree {
    readonly children: readonly Tree[];
  }
  const Tree: Codec<Tree> = sequence('Tree', {
    children: bare(setOf(recursive('Tree', [0x30], (): Codec<Tree> => Tree))),
  });
  const Top = sequence('Top', {
    either: field(0, choice('Either', { number: int32, text: explicit(1, utf8String) })),
    part: bare(oneOfTags('Part', [application('A', 1, int32), application('B', 2, int32)])),
    tree: bare(Tree),
  });
  const bytes = hex`30 17 a0 06 a1 04 0c 02 68 69 62 03 02 01 07 30 08 31 06 30 04 31 02 30 00`;
  const rows = lines(explain(Top, bytes));
  assert.equal(rows.slice(0, 8), [
    'Top <Top> 0-25',
    'Top.either.text <UTF8String> 4-10 "hi"',
    'Top.part <B> 10-15 7',
    'Top.tree <Tree> 15-25',
    'Top.tree.children <SET OF Tree> 17-25',
    'Top.tree.children[0] <Tree> 19-25',
    'Top.tree.children[0].children <SET OF Tree> 21-25',
    'Top.tree.children[0].children[0] <Tree> 23-25',
  ]);
  assert.match(rows[8] ?? '', 'expected SET');
  assert.is(rows.length, 9);
});

s('bounds and order of lists are checked when their elements have been shown', () => {
  const rows = explain(setOf(int32), hex`31 06 02 01 02 02 01 01`);
  assert.equal(
    rows.map((row) => row.type),
    ['SET OF Int32', 'Int32', 'Int32', 'error'],
  );
  assert.match(String(rows.at(-1)?.value), 'SET OF is not in ascending order');
  const bounded = explain(sequenceOf(int32, { max: 1 }), hex`30 06 02 01 02 02 01 01`);
  assert.match(String(bounded.at(-1)?.value), 'more than 1 elements');
});

s('elements that a type does not know yet are shown', () => {
  const Growing = sequence('Growing', { a: field(0, int32) }, { extensible: true });
  assert.equal(lines(explain(Growing, hex`30 0a a0 03 02 01 05 a7 03 02 01 05`)), [
    'Growing <Growing> 0-12',
    'Growing.a <Int32> 2-7 5',
    'Growing.… <unknown> 7-12 "a703020105"',
  ]);
});

s('what cannot be read ends the list with its reason', () => {
  for (const [bytes, reason] of [
    [hex`61 0b 30 09 a0 07 30 05 a0 03 02 01`, 'the length says 11 octets, 10 are left'],
    [hex`61 0b 30 09 a0 07 30 05 a0 03 0a 01 01`, 'expected INTEGER, got ENUMERATED'],
    [hex`61 0b 30 09 a0 07 30 05 a0 03 02 01 01 00`, 'octets follow the Message'],
    [hex`61 0d 30 0b a0 07 30 05 a0 03 02 01 01 a2 00`, 'an element is not expected here'],
    [hex`61 0d 30 0b a0 09 30 05 a0 03 02 01 01 05 00`, 'octets follow inside the tag'],
    [hex``, 'expected [APPLICATION 1], but nothing is left'],
  ] as const) {
    const rows = explain(Message, bytes);
    const last = rows.at(-1);
    assert.is(last?.type, 'error');
    assert.match(String(last?.value), reason);
  }
  const partial = explain(Message, hex`61 0b 30 09 a0 07 30 05 a0 03 0a 01 01`);
  assert.equal(
    partial.map((row) => row.path),
    ['Message', 'Message.name', 'Message.name'],
  );
});

s.run();
