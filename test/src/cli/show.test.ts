import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { finishedRun, kerblab } from './finished-run.ts';

const show = suite('show');
const run = finishedRun();
show.after(() => run.remove());

const shown = (...args: readonly string[]): string => {
  const called = kerblab('show', run.folder, ...args);
  assert.is(called.status, 0, called.stderr);
  return called.stdout;
};

show('the directory at its end, and before anybody signed in', () => {
  const end = shown('directory', 'alice');
  assert.match(end, /^dn: CN=alice,CN=Users,DC=corp,DC=example$/m);
  assert.match(end, /^objectSid: S-1-5-21-\d+-\d+-\d+-\d+$/m);
  assert.match(end, /^memberOf: CN=Finance,CN=Users,DC=corp,DC=example$/m);
  assert.match(end, /^nTSecurityDescriptor: O:/m);
  assert.match(end, /^logonCount: [1-9]/m);
  const start = shown('directory', '--on', 'dc1', '--at', '0s', 'alice');
  assert.match(start, /^logonCount: 0$/m);
});

show('objects by DN, by filter, or all of the domain', () => {
  const files = shown('directory', 'CN=FILES,CN=Computers');
  assert.match(files, /^servicePrincipalName: cifs\/files\.corp\.example$/m);
  const filtered = shown('directory', '--filter', '(&(objectClass=computer)(dNSHostName=*))');
  const names = Array.from(filtered.matchAll(/^dn: CN=([^,]+)/gm), ([, name]) => name);
  assert.equal(names.sort(), ['DC1', 'FILES', 'LAPTOP']);
  assert.match(shown('directory'), /^dn: CN=AdminSDHolder,CN=System,DC=corp,DC=example$/m);
});

show('permissions as dsacls prints them, of the domain where nothing is named', () => {
  assert.match(shown('dsacls', 'alice'), /^Owner: CORP\\Domain Admins$/m);
  assert.match(shown('dsacls'), /CORP\\Key Admins/);
  assert.match(shown('dsacls', 'CN=AdminSDHolder,CN=System'), /Access list:/);
});

show('says what is wrong with what it is asked', () => {
  for (const [args, message] of [
    [['tickets'], /expected one of directory, dsacls/],
    [['directory', '--at', 'noon'], /--at noon: expected a duration/],
    [['directory', '--on', 'mars'], /the run has no such actor, but /],
    [['directory', '--on', 'laptop'], /laptop had written nothing by then/],
    [['directory', 'mallory'], /there is no object mallory at that time/],
    [['directory', '--filter', '(cn=a'], /--filter: expected "\)" at character 5/],
    [['dsacls', 'CN=Nowhere'], /there is no object CN=Nowhere/],
  ] as const) {
    const called = kerblab('show', run.folder, ...args);
    assert.match(called.stderr, message);
    assert.equal([called.status, called.stdout], [2, ''], args.join(' '));
  }
});

show.run();
