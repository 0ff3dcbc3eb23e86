import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MESSAGES, messageCodec, messageName } from '../../../protocols/kerberos/recognise.ts';
import { fromHex, hex } from '../../../src/bytes/bytes.ts';
import { root } from '../../root.ts';

const s = suite('kerberos/recognise');

s('by the first octet', () => {
  for (const [bytes, name] of [
    [hex`6a`, 'AS-REQ'],
    [hex`6b`, 'AS-REP'],
    [hex`6c`, 'TGS-REQ'],
    [hex`6d`, 'TGS-REP'],
    [hex`6e`, 'AP-REQ'],
    [hex`6f`, 'AP-REP'],
    [hex`74`, 'KRB-SAFE'],
    [hex`75`, 'KRB-PRIV'],
    [hex`76`, 'KRB-CRED'],
    [hex`7e`, 'KRB-ERROR'],
  ] as const) {
    assert.is(messageName(bytes), name);
    assert.is(messageCodec(bytes)?.type, name);
  }
  for (const other of [hex``, hex`30`, hex`61`, hex`00`, hex`ff`]) {
    assert.is(messageName(other), undefined);
  }
  assert.is(MESSAGES.length, 10);
});

s('messages of real software', () => {
  const folder = root('test/vectors/mit-clients');
  for (const file of readdirSync(folder)) {
    const name = messageName(fromHex(readFileSync(`${folder}/${file}`, 'utf8')));
    assert.ok(name !== undefined && file.startsWith(name.toLowerCase()), file);
  }
});

s.run();
