import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nearest, quoted, unknownWord, withArticle } from '../../../src/schema/nearest.ts';

const near = suite('nearest');

near('finds the word that was meant, and none where none is near', () => {
  const roles = ['domain-controller', 'device', 'user', 'file-server'];
  assert.is(nearest('domain-controler', roles), 'domain-controller');
  assert.is(nearest('Device', roles), 'device');
  assert.is(nearest('uesr', roles), 'user');
  assert.is(nearest('usr', roles), 'user');
  assert.is(nearest('printer', roles), undefined);
  assert.is(nearest('x', ['y']), undefined);
  assert.is(nearest('', roles), undefined);
  assert.is(nearest('a'.repeat(10_000), ['a'.repeat(9_999)]), undefined);
});

near('of two near words takes the nearer one', () => {
  assert.is(nearest('AS-RE', ['AS-REQ', 'AS-REP']), 'AS-REQ');
  assert.is(nearest('as-rep', ['AS-REQ', 'AS-REP']), 'AS-REP');
});

near('says what there is where nothing is near', () => {
  assert.is(unknownWord('field', 'zzz', ['a', 'b']), 'unknown field "zzz", known: a, b');
  assert.is(unknownWord('field', 'zzz', []), 'unknown field "zzz", there is none');
  assert.is(quoted(`${'x'.repeat(70)}"`), `"${'x'.repeat(57)}..."`);
  assert.is(withArticle('asker'), 'an asker');
  assert.is(withArticle('device'), 'a device');
});

near('an article goes by the sound, not by the letter', () => {
  assert.is(withArticle('user'), 'a user');
  assert.is(withArticle('unit'), 'a unit');
  assert.is(withArticle('unknown'), 'an unknown');
  assert.is(withArticle('entra-tenant'), 'an entra-tenant');
});

near.run();
