import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, utf8 } from '../../../src/bytes/bytes.ts';
import { fromJsonOctets, toJsonOctets } from '../../../src/bytes/json-octets.ts';

const s = suite('bytes/json-octets');

s('plain data comes back with its octets', () => {
  const value = { a: hex`00ff`, list: [new Uint8Array(0), 'x', 1, null, { b: hex`01` }] };
  assert.equal(fromJsonOctets(toJsonOctets(value)), value);
  assert.equal(toJsonOctets({ a: hex`00ff` }), utf8('{"a":{"hex":"00ff"}}'));
});

s('what is no JSON is thrown at whoever reads it', () => {
  assert.throws(() => fromJsonOctets(utf8('{')), /JSON/);
});

s.run();
