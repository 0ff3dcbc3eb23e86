import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { finishedRun, kerblab } from './finished-run.ts';

const s = suite('show-kerberos-server');
const run = finishedRun('entra-kerberos-key-rotation');
s.after(() => run.remove());

const shown = (at: string): string => {
  const called = kerblab('show', run.folder, 'azure-ad-kerberos-server', '--on', 'dc1', '--at', at);
  assert.is(called.status, 0, called.stderr);
  return called.stdout;
};

/** The values by name, and that the names are those of the real cmdlet, in its order. */
function fields(text: string): Readonly<Record<string, string>> {
  const pairs = text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, name = '', value = ''] = /^(\S+) +: ?(.*)$/.exec(line) ?? [];
      return [name, value] as const;
    });
  return Object.fromEntries(pairs);
}

s('both sides before, after, and when another tool has parted them', () => {
  const before = fields(shown('30s'));
  assert.equal(Object.values(before).join(''), '');
  const made = fields(shown('5m'));
  assert.is(made.KeyVersion, '2');
  assert.is(made.CloudKeyVersion, '2');
  assert.is(made.CloudId, made.Id);
  assert.is(made.KeyUpdatedOn, '3/2/2026 8:01:00 AM');
  const apart = fields(shown('20m'));
  assert.is(apart.KeyVersion, '4');
  assert.is(apart.CloudKeyVersion, '3');
  const outage = fields(shown('40m'));
  assert.is(outage.KeyVersion, '6');
  assert.is(outage.CloudKeyVersion, '5');
  assert.equal(Object.values(fields(shown('55m'))).join(''), '');
});

s('as Format-List prints them', () => {
  assert.match(
    shown('5m'),
    /^Id {17}: \d+\nUserAccount {8}: CN=krbtgt_AzureAD,CN=Users,DC=corp,DC=example\nComputerAccount {4}: CN=AzureADKerberos,OU=Domain Controllers,DC=corp,DC=example\nDisplayName {8}: krbtgt_\d+\nDomainDnsName {6}: corp\.example\nKeyVersion {9}: 2\n/,
  );
});

s('what is no directory, and too much, is told', () => {
  const tenant = kerblab('show', run.folder, 'azure-ad-kerberos-server', '--on', 'entra');
  assert.is(tenant.status, 2, tenant.stderr);
  const more = kerblab('show', run.folder, 'azure-ad-kerberos-server', 'corp', '--on', 'dc1');
  assert.is(more.status, 2);
  assert.match(more.stderr, /nothing may stand behind it/);
});

s.run();
