import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { arrivalsFrom, arrived, type Order } from '../../../protocols/gss/arrivals.ts';

const s = suite('gss/arrivals');

function ordersOf(first: number, ...seqs: readonly (number | bigint)[]): readonly Order[] {
  let arrivals = arrivalsFrom(first);
  return seqs.map((seq) => {
    const next = arrived(arrivals, BigInt(seq));
    arrivals = next.arrivals;
    return next.order;
  });
}

s('numbers in order are next', () => {
  assert.equal(ordersOf(5, 5, 6, 7), ['next', 'next', 'next']);
});

s('what fills a gap is late, and late only once', () => {
  assert.equal(ordersOf(5, 5, 8, 6, 7, 6, 7), [
    'next',
    'early',
    'late',
    'late',
    'duplicate',
    'duplicate',
  ]);
});

s('nothing counts twice, and nothing below the first number counts', () => {
  assert.equal(ordersOf(5, 5, 5, 4, 0), ['next', 'duplicate', 'duplicate', 'duplicate']);
  assert.equal(ordersOf(100, 100, 2), ['next', 'old']);
});

s('behind the window everything is old', () => {
  assert.equal(ordersOf(0, 0, 200, 136, 137, 135, 0), [
    'next',
    'early',
    'old',
    'late',
    'old',
    'old',
  ]);
});

s('numbers go round at 2^64', () => {
  const top = 2n ** 64n - 1n;
  assert.equal(ordersOf(0, 0, top), ['next', 'duplicate']);
  let arrivals = { next: top, seen: 0n };
  ({ arrivals } = arrived(arrivals, top));
  assert.is(arrivals.next, 0n);
  assert.is(arrived(arrivals, 0n).order, 'next');
});

s.run();
