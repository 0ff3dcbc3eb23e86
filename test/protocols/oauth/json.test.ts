import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type JsonObject,
  jsonObject,
  jsonObjectOf,
  listField,
  numberField,
  objectField,
  textField,
} from '../../../protocols/oauth/json.ts';
import { hex, utf8 } from '../../../src/bytes/bytes.ts';

const s = suite('json');

s('reads objects and nothing else', () => {
  assert.equal(jsonObject('{"a":1}'), { a: 1 });
  for (const text of ['', '[]', 'null', '1', '"a"', '{"a":1', '{} {}']) {
    assert.is(jsonObject(text), undefined, text);
  }
  assert.equal(jsonObjectOf(utf8('{"a":"ä"}')), { a: 'ä' });
  assert.is(jsonObjectOf(hex`7b 22 ff 22 3a 31 7d`), undefined, 'ill-formed UTF-8');
});

s('gives a field only when it is of the kind', () => {
  const object = jsonObject('{"t":"x","n":1,"l":[1],"o":{"a":null}}') as JsonObject;
  assert.is(textField(object, 't'), 'x');
  assert.is(numberField(object, 'n'), 1);
  assert.equal(listField(object, 'l'), [1]);
  assert.equal(objectField(object, 'o'), { a: null });
  for (const name of ['n', 'l', 'o', 'absent', 'toString', '__proto__']) {
    assert.is(textField(object, name), undefined, name);
  }
  assert.is(objectField(object, 'l'), undefined);
  assert.is(objectField(object, 'constructor'), undefined);
});

s.run();
