import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Exchange,
  type Given,
  give,
  NO_EXCHANGE,
  type Taken,
  take,
} from '../../../protocols/iso7816/exchange.ts';
import { concat, fromHex, hex } from '../../../src/bytes/bytes.ts';

const s = suite('iso7816/exchange');

function all(...apdus: readonly string[]): readonly Taken[] {
  let exchange: Exchange = NO_EXCHANGE;
  return apdus.map((apdu) => {
    const taken = take(exchange, fromHex(apdu));
    exchange = taken.exchange;
    return taken;
  });
}

const statusOf = (taken: Taken | undefined): string | undefined =>
  taken?.kind === 'answered' ? taken.response.status.toString(16) : taken?.kind;

s('the parts of a chain are one command', () => {
  const [first, second, last] = all('1087079a021122', '1087079a0133', '0087079a014400');
  assert.equal([statusOf(first), statusOf(second)], ['9000', '9000']);
  assert.ok(last?.kind === 'command');
  const { data, cla, ne } = last.command;
  assert.equal([data, cla, ne], [hex`11223344`, 0, 256]);
  assert.equal(last.exchange, NO_EXCHANGE);
});

s('a chain that another command breaks is forgotten', () => {
  const [, broken, again] = all('1087079a021122', '00cb3fff035c017e00', '0087079a014400');
  assert.ok(broken?.kind === 'command' && again?.kind === 'command');
  assert.equal(broken.command.data, hex`5c017e`);
  assert.equal(again.command.data, hex`44`);
});

s('no chain grows without end', () => {
  const part = `1087079aff${'00'.repeat(255)}`;
  const answers = all(...Array.from({ length: 18 }, () => part)).map(statusOf);
  assert.equal(answers.slice(0, 16), Array(16).fill('9000'));
  assert.is(answers[16], '6700');
});

s('classes that there are not, lengths that do not agree', () => {
  assert.equal(all('80cb3fff', '0ccb3fff', '01cb3fff', '00cb', '00200080053132').map(statusOf), [
    '6e00',
    '6e00',
    '6881',
    '6700',
    '6700',
  ]);
});

s('GET RESPONSE without anything that waits, or with the wrong parameters', () => {
  assert.equal(all('00c0000000').map(statusOf), ['6985']);
  const { exchange } = give(new Uint8Array(300), 0x9000, 256);
  assert.is(statusOf(take(exchange, hex`00c0010000`)), '6a86');
  assert.is(statusOf(take(exchange, hex`00c000000101`)), '6700');
});

s('answers are cut as they are asked for, and nothing of them is lost', () => {
  const answers = fc.uint8Array({ maxLength: 2_000 });
  const sizes = fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      answers,
      fc.option(fc.integer({ min: 1, max: 256 }), { nil: undefined }),
      sizes,
      (data, ne, les) => {
        let given: Given = give(data, 0x9000, ne);
        const parts = [given.response.data];
        for (let i = 0; given.response.status !== 0x9000; i++) {
          assert.is(given.response.status >> 8, 0x61);
          const left = data.length - parts.reduce((sum, part) => sum + part.length, 0);
          assert.is(given.response.status & 0xff, left >= 256 ? 0 : left);
          const le = les[i % les.length] as number;
          const taken = take(given.exchange, Uint8Array.of(0, 0xc0, 0, 0, le & 0xff));
          assert.ok(taken.kind === 'answered');
          given = taken;
          assert.ok(given.response.data.length <= le);
          parts.push(given.response.data);
        }
        assert.equal(concat(...parts), data);
      },
    ),
    { numRuns: 50 },
  );
});

s('a refusal has no data', () => {
  assert.equal(give(hex`0102`, 0x6a82, 256).response, { data: hex``, status: 0x6a82 });
});

s.run();
