import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Entry } from '../../../../protocols/directory/entry.ts';
import {
  ANONYMOUS_CONTEXT,
  accountContext,
  ticketContext,
} from '../../../../protocols/directory/security/token.ts';
import { CORP_SID } from '../corp.ts';
import { corp } from '../operating.ts';

const s = suite('directory/security/token');

const { directory, domain } = corp();

function sids(account: string): ReadonlySet<string> {
  const [id] = directory.find('sAMAccountName', account);
  return accountContext(directory, domain, directory.entry(id as number) as Entry).sids;
}

const NETWORK = ['S-1-1-0', 'S-1-5-2', 'S-1-5-11', 'S-1-5-15', 'S-1-18-1'];
// Authenticated Users belongs to Users and to Pre-Windows 2000 Compatible Access.
const LOCAL = ['S-1-5-32-545', 'S-1-5-32-554'];
const own = (...rids: readonly number[]): readonly string[] =>
  rids.map((rid) => `${CORP_SID}-${rid}`);

s('a user: itself, its groups and theirs, and what everybody is', () => {
  // Domain Users, Protected Users, Finance, and through it Everyone in Finance.
  const expected = [...own(1104, 513, 525, 1103, 1200), ...NETWORK, ...LOCAL];
  assert.equal([...sids('alice')].sort(), expected.sort());
});

s('the administrator is in Administrators, itself and by three groups', () => {
  const administrator = sids('Administrator');
  for (const sid of ['S-1-5-32-544', ...own(500, 512, 513, 518, 519, 520, 572)]) {
    assert.ok(administrator.has(sid), sid);
  }
});

s('a domain controller, a read-only one, a workstation, a guest', () => {
  assert.ok(sids('DC1$').has('S-1-5-9'));
  assert.ok(sids('DC1$').has('S-1-5-32-560')); // of which S-1-5-9 is a member
  assert.ok(sids('AzureADKerberos$').has(`${CORP_SID}-498`));
  assert.not(sids('AzureADKerberos$').has('S-1-5-9'));
  assert.not(sids('LAPTOP$').has('S-1-5-9'));
  assert.not(sids('Guest').has('S-1-5-11'));
});

s("a ticket's client: what the PAC says, and this domain's local groups", () => {
  const context = ticketContext(directory, domain, {
    sid: `${CORP_SID}-1104`,
    groups: own(513, 512),
  });
  // Domain Admins, whom the PAC names, are Administrators here; Finance was not in the ticket.
  assert.ok(context.sids.has('S-1-5-32-544'));
  assert.not(context.sids.has(`${CORP_SID}-1103`));
  const foreign = ticketContext(directory, domain, { sid: 'S-1-5-21-9-9-9-1104', groups: [] });
  assert.equal(
    [...foreign.sids].sort(),
    ['S-1-5-21-9-9-9-1104', ...NETWORK.slice(0, 4), ...LOCAL].sort(),
  );
});

s('nobody is not even Everyone', () => {
  assert.equal([...ANONYMOUS_CONTEXT.sids].sort(), ['S-1-5-2', 'S-1-5-7']);
});

s.run();
