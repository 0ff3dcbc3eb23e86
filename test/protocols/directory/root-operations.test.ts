import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { draft } from '../../../protocols/directory/directory.ts';
import {
  modifyRoot,
  type Replication,
  type RootTasks,
} from '../../../protocols/directory/root-operations.ts';
import { type Corp, change, corp, full } from './operating.ts';

const s = suite('directory/root-operations');

const SETTINGS =
  'CN=NTDS Settings,CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,DC=corp,DC=example';

const operate = (
  domain: Corp,
  name: string,
  value: string,
  tasks: RootTasks = {},
  as = 'Administrator',
) => modifyRoot([change('replace', name, value)], domain.at({ context: domain.token(as) }), tasks);

s('runProtectAdminGroupsTask starts SDProp', () => {
  const domain = corp();
  let runs = 0;
  const tasks: RootTasks = {
    protectAdminGroups: (at) => {
      runs++;
      return { ok: true, draft: draft(at.directory) };
    },
  };
  assert.ok(operate(domain, 'runProtectAdminGroupsTask', '1', tasks).ok);
  assert.is(runs, 1);
  const refused = operate(domain, 'RUNPROTECTADMINGROUPSTASK', '1', tasks, 'bob');
  assert.is(refused.ok ? 0 : refused.code, 50);
  assert.is(runs, 1);
});

s('runProtectAdminGroupsTask changes nothing where the PDC role is not', () => {
  const outcome = operate(corp(), 'runProtectAdminGroupsTask', '1');
  assert.ok(outcome.ok && outcome.draft.batch() === undefined);
});

s('replicateSingleObject names a source and an object', () => {
  const domain = corp();
  const seen: Replication[] = [];
  const tasks: RootTasks = {
    replicateSingleObject: (replication, at) => {
      seen.push(replication);
      return { ok: true, draft: draft(at.directory) };
    },
  };
  const bob = full('CN=bob,CN=Users');
  assert.ok(operate(domain, 'replicateSingleObject', `${SETTINGS}:${bob}:SECRETS_ONLY`, tasks).ok);
  assert.ok(operate(domain, 'replicateSingleObject', `${SETTINGS}:${bob}`, tasks).ok);
  domain.add('CN=a:b,CN=Users', { objectClass: 'user' });
  assert.ok(
    operate(domain, 'replicateSingleObject', `${SETTINGS}:${full('CN=a:b,CN=Users')}`, tasks).ok,
  );
  const source = domain.id(SETTINGS);
  assert.equal(seen, [
    { source, object: domain.id(bob), secretsOnly: true },
    { source, object: domain.id(bob), secretsOnly: false },
    { source, object: domain.id('CN=a:b,CN=Users'), secretsOnly: false },
  ]);
  for (const wrong of ['', ':', bob, `${bob}:${bob}`, `${SETTINGS}:CN=no`]) {
    const refused = operate(domain, 'replicateSingleObject', wrong, tasks);
    assert.is(refused.ok ? 0 : refused.code, 1, wrong);
  }
  const alone = operate(domain, 'replicateSingleObject', `${SETTINGS}:${bob}`);
  assert.is(alone.ok ? 0 : alone.code, 53);
});

for (const name of [
  'schemaUpdateNow',
  'invalidateRidPool',
  'becomePdc',
  'doGarbageCollection',
  'fixupInheritance',
]) {
  s(`${name}: for administrators only`, () => {
    const domain = corp();
    const refused = operate(domain, name, '1', {}, 'bob');
    assert.is(refused.ok ? 0 : refused.code, 50);
    const context = { sids: new Set<string>(), system: true };
    assert.ok(modifyRoot([change('add', name, '1')], domain.at({ context }), {}).ok);
  });
}

s('unknown operations, and two at once', () => {
  const domain = corp();
  const unknown = operate(domain, 'makeCoffee', '1');
  assert.is(unknown.ok ? 0 : unknown.code, 53);
  const one = change('replace', 'schemaUpdateNow', '1');
  const two = modifyRoot([one, one], domain.at(), {});
  assert.is(two.ok ? 0 : two.code, 53);
  const removed = modifyRoot([change('delete', 'schemaUpdateNow')], domain.at(), {});
  assert.is(removed.ok ? 0 : removed.code, 53);
});

s.run();
