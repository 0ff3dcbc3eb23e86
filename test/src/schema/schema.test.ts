import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  actor,
  check,
  defaulted,
  duration,
  either,
  flag,
  type Infer,
  integer,
  listOf,
  object,
  oneOf,
  optional,
  percentage,
  record,
  type Schema,
  secret,
  skew,
  text,
  time,
} from '../../../src/schema/schema.ts';

const schema = suite('schema');

/** `path: message` of everything that is wrong. */
function complaints(of: Schema, value: unknown, cast = {}): string[] {
  const result = check(of, value, cast);
  return result.ok ? [] : result.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

const fields = object({
  realm: text('realm'),
  lifetime: defaulted(duration('lifetime'), '10h'),
  dc: optional(actor('its KDC', 'domain-controller')),
  join: defaulted(oneOf('how', ['domain', 'entra', 'none']), 'none'),
});
const cast = { dc1: { role: 'domain-controller' }, laptop: { role: 'device' } };

schema('reads values, fills defaults in, and leaves absent fields out', () => {
  const result = check(fields, { realm: 'CORP.EXAMPLE' }, cast);
  assert.ok(result.ok);
  const config: Infer<typeof fields> = result.value;
  assert.equal(config, { realm: 'CORP.EXAMPLE', lifetime: 36_000_000, join: 'none' });
  assert.not.ok('dc' in config);
});

schema('says what was expected, what came and what is near, all at once', () => {
  const value = { relm: 'X', lifetime: '40mss', dc: 'dc2', join: 'domian' };
  assert.equal(complaints(fields, value, cast), [
    'realm: realm: expected a text, but it is missing',
    'lifetime: lifetime: expected a duration such as 40ms, 3s, 30m, 10h or 7d, got "40mss": unknown unit "mss", nearest is "ms"',
    'dc: dc: unknown domain-controller "dc2", nearest is "dc1"',
    'join: join: unknown word "domian", nearest is "domain"',
    'relm: unknown field "relm", nearest is "realm"',
  ]);
  assert.equal(complaints(fields, { realm: 'X', dc: 'laptop' }, cast), [
    'dc: dc: "laptop" is a device, expected a domain-controller',
  ]);
  assert.equal(complaints(fields, { realm: 7, lifetime: 5 }), [
    'realm: realm: expected a text, got the number 7 (put it in quotes)',
    'lifetime: lifetime: expected a duration such as 40ms, 3s, 30m, 10h or 7d, got the number 5 (the unit is missing)',
  ]);
  assert.equal(complaints(fields, []), [
    ': expected a map with the fields realm, lifetime, dc, join, got a list',
  ]);
});

schema('unknown fields are found at every depth, and say that the name is wrong', () => {
  const deep = object({ a: record('a', listOf('b', object({ c: flag('c') }))) });
  const result = check(deep, { a: { x: [{ c: true, d: 1 }] } });
  assert.not(result.ok);
  if (result.ok) return;
  assert.equal(result.problems, [
    { path: ['a', 'x', 0, 'd'], atKey: true, message: 'unknown field "d", known: c' },
  ]);
});

schema('units give milliseconds and shares', () => {
  const units = object({ d: duration('d'), s: skew('s'), p: percentage('p'), t: time('t') });
  const result = check(units, { d: '1.5s', s: '-10m', p: '12.5%', t: '2026-03-02T08:00:00Z' });
  assert.ok(result.ok);
  assert.equal(result.value, { d: 1500, s: -600_000, p: 0.125, t: Date.UTC(2026, 2, 2, 8) });
});

schema('secrets are wrapped, numbers bounded, unions named', () => {
  const of = object({
    pin: secret('pin'),
    n: integer('n', { min: 1, max: 3 }),
    e: either('e', 'a word or a number', [integer('i'), text('t')]),
  });
  const result = check(of, { pin: '1', n: 0x2, e: 'x' });
  assert.ok(result.ok);
  assert.equal(result.value, { pin: { secret: '1', from: '' }, n: 2, e: 'x' });
  assert.equal(complaints(of, { pin: 135790, n: 4, e: true }), [
    'pin: pin: expected a text, got the number 135790 (put it in quotes)',
    'n: n: expected a whole number from 1 to 3, got the number 4',
    'e: e: expected a word or a number, got the truth value true',
  ]);
});

schema.run();
