import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commanded } from '../../../protocols/actors/directory-commands.ts';
import { directory } from '../../../protocols/directory/directory.ts';
import { initialDomain } from '../../../protocols/directory/domain.ts';
import { texts } from '../../../protocols/directory/entry.ts';
import { localNames, namesGiven } from '../../../src/cli/serve-names.ts';
import { seededRandom } from '../../../src/crypto/random.ts';
import type { WriteBatch } from '../../../src/machine/store.ts';
import { memoryStore } from '../../../src/store/memory.ts';
import { CORP, CORP_NOW } from '../../protocols/directory/corp.ts';

const s = suite('serve names');

s('the loopback, and what the listeners are bound to', () => {
  const loopback = ['host/localhost', 'ldap/localhost', 'host/127.0.0.1', 'ldap/127.0.0.1'];
  assert.equal(localNames('127.0.0.1'), loopback);
  assert.equal(localNames('192.0.2.7'), [...loopback, 'host/192.0.2.7', 'ldap/192.0.2.7']);
  assert.not.ok(localNames('0.0.0.0').some((name) => name.includes('0.0.0.0')));
});

s(
  'the administrator adds them to those that are there; where there is no domain, nobody does',
  () => {
    const store = memoryStore();
    assert.is(namesGiven(store, '127.0.0.1'), undefined);
    const { batch, info } = initialDomain({ ...CORP, administrator: { password: 'Passw0rd!' } });
    store.write(batch);
    const base = directory(store);
    const entry = base.entry(info.ids.controller);
    const before = entry === undefined ? [] : texts(entry, 'servicePrincipalName');
    assert.ok(before.includes('ldap/dc1.corp.example'));
    const given = namesGiven(store, '127.0.0.1');
    assert.is(given?.args.sets, 'CN=DC1,OU=Domain Controllers,DC=corp,DC=example');
    assert.is(given?.args.as, 'CN=Administrator,CN=Users,DC=corp,DC=example');
    if (given === undefined) return;
    const random = seededRandom(1, 'serve names');
    const at = { directory: base, domain: info, now: CORP_NOW, random };
    const outcome = commanded(given.verb, given.args, at);
    assert.is(outcome?.result, 'success', outcome?.reason);
    store.write(outcome?.draft?.batch() as WriteBatch);
    const after = directory(store).entry(info.ids.controller);
    const names = after === undefined ? [] : texts(after, 'servicePrincipalName');
    assert.equal([...names].sort(), [...before, ...localNames('127.0.0.1')].sort());
    assert.is(namesGiven(store, '127.0.0.1'), undefined, 'they are there');
  },
);

s.run();
