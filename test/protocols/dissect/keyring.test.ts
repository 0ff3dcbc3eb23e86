import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FoundKey, Sealed } from '../../../protocols/dissect/contents.ts';
import { KeyStore } from '../../../protocols/dissect/keyring.ts';
import { cf2, encrypt, type Key, key } from '../../../protocols/kerberos/etypes.ts';
import { toHex, utf8 } from '../../../src/bytes/bytes.ts';

const s = suite('keyring');

const keyOf = (number: number): Key => {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, number);
  return key(18, bytes);
};
const record = (principal: string, kvno: number, { bytes }: Key) => ({
  principal,
  kvno,
  etype: 18,
  key: toHex(bytes),
});
const found = (k: Key, more: Partial<FoundKey> = {}): FoundKey => ({
  key: { keytype: 18, keyvalue: k.bytes },
  kind: 'session',
  name: 'a session key',
  ...more,
});
/** Another confounder each time: a ciphertext that was searched once is not searched again. */
let sealings = 0;
const sealed = (k: Key, usage: number, more: Partial<Sealed>): Sealed => ({
  data: {
    etype: 18,
    cipher: encrypt(k, usage, utf8('secret'), new Uint8Array(16).fill(sealings++)),
  },
  usages: {},
  ...more,
});

s('a long-term key by principal and version, else by type alone', () => {
  const keys = new KeyStore();
  keys.add([
    record('bob@R', 1, keyOf(1)),
    record('alice@R', 1, keyOf(2)),
    record('alice@R', 2, keyOf(3)),
  ]);
  const usages = { longTerm: 2 };
  assert.is(
    keys.open(sealed(keyOf(3), 2, { usages, principal: 'ALICE@r' }))?.key,
    'alice@R kvno 2',
  );
  assert.is(keys.open(sealed(keyOf(1), 2, { usages, principal: 'cifs/x@R' }))?.key, 'bob@R kvno 1');
  assert.is(keys.open(sealed(keyOf(9), 2, { usages, principal: 'alice@R' })), undefined);
  assert.is(keys.open(sealed(keyOf(3), 2, { usages: { session: 2 } })), undefined, 'another kind');
});

s('the reply key of an exchange, which is nobody’s long-term key', () => {
  const keys = new KeyStore();
  keys.add([{ ...record('alice@R', 0, keyOf(1)), exchange: 'PKINIT' }]);
  const usages = { longTerm: 3, reply: 3 };
  const reply = sealed(keyOf(1), 3, { usages, client: 'alice@R' });
  assert.is(keys.open(reply)?.key, 'reply key of alice@R (PKINIT)');
  const ticket = sealed(keyOf(1), 2, { usages: { longTerm: 2 }, principal: 'alice@R' });
  assert.is(keys.open(ticket), undefined);
});

s('session keys by the client and server of their exchange', () => {
  const keys = new KeyStore();
  keys.learn(found(keyOf(1), { client: 'alice@R', server: 'krbtgt/R@R', name: 'one' }));
  keys.learn(found(keyOf(2), { kind: 'subkey', client: 'alice@R', name: 'two' }));
  const usages = { session: 8, subkey: 9 };
  assert.is(keys.open(sealed(keyOf(1), 8, { usages, client: 'alice@R' }))?.key, 'one');
  assert.is(keys.open(sealed(keyOf(2), 9, { usages, client: 'alice@R' }))?.key, 'two');
  assert.is(keys.open(sealed(keyOf(1), 9, { usages, client: 'alice@R' })), undefined, 'usage');
  assert.is(keys.open(sealed(keyOf(2), 9, { usages }))?.key, 'two', 'without names');
});

s('a key that comes later opens what was missed', () => {
  const keys = new KeyStore();
  const one = sealed(keyOf(1), 2, { usages: { longTerm: 2 } });
  assert.is(keys.open(one), undefined);
  assert.is(keys.open(one), undefined);
  keys.add([record('alice@R', 1, keyOf(1))]);
  assert.equal(keys.open(one)?.plaintext, utf8('secret'));
});

s('armor and strengthened reply keys are made of what was found', () => {
  const keys = new KeyStore();
  const [session, subkey, strengthen] = [keyOf(1), keyOf(2), keyOf(3)] as const;
  const client = 'alice@R';
  keys.learn(found(subkey, { kind: 'subkey', client, name: 'subkey of alice' }));
  keys.pair(session, found(subkey, { kind: 'subkey', name: 'subkey of alice' }));
  const armor = cf2(subkey, session, 'subkeyarmor', 'ticketarmor');
  assert.is(
    keys.open(sealed(armor, 51, { usages: { armor: 51 } }))?.key,
    'armor key of the subkey of alice',
  );
  keys.learn(found(strengthen, { kind: 'strengthen', client, name: 'strengthen-key' }));
  const reply = cf2(strengthen, subkey, 'strengthenkey', 'replykey');
  assert.is(
    keys.open(sealed(reply, 9, { usages: { subkey: 9 }, client }))?.key,
    'subkey of alice, strengthened',
  );
});

s('keys of types that are not spoken here, or of a wrong length, are passed over', () => {
  const keys = new KeyStore();
  keys.add([{ principal: 'old@R', kvno: 1, etype: 3, key: '0011223344556677' }]);
  keys.add([{ principal: 'cut@R', kvno: 1, etype: 18, key: '0011' }]);
  const data = { etype: 3, cipher: new Uint8Array(40) };
  assert.is(keys.open({ data, usages: { longTerm: 2 } }), undefined);
  keys.learn(found(keyOf(1), { key: { keytype: 18, keyvalue: new Uint8Array(3) } }));
  assert.is(keys.open(sealed(keyOf(1), 8, { usages: { session: 8 } })), undefined);
});

s('the latest session keys stay, the oldest go', () => {
  const keys = new KeyStore();
  for (let i = 0; i < 300; i++) {
    keys.learn(found(keyOf(i), { client: `user${i}@R`, name: `key ${i}` }));
  }
  const usages = { session: 8 };
  assert.is(keys.open(sealed(keyOf(299), 8, { usages }))?.key, 'key 299');
  assert.is(keys.open(sealed(keyOf(0), 8, { usages })), undefined, 'too old without a name');
  assert.is(keys.open(sealed(keyOf(0), 8, { usages, client: 'user0@R' }))?.key, 'key 0');
});

s.run();
