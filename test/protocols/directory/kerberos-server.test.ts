import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { remove } from '../../../protocols/directory/delete.ts';
import { type Entry, number, one, referred, texts } from '../../../protocols/directory/entry.ts';
import {
  type Changed,
  kerberosServer,
  removeKerberosServer,
  setKerberosServer,
} from '../../../protocols/directory/kerberos-server.ts';
import { sidText } from '../../../protocols/directory/names.ts';
import { ResultCode } from '../../../protocols/directory/refusals.ts';
import { utf16le } from '../../../src/bytes/bytes.ts';
import { CORP_SID } from './corp.ts';
import { type Corp, corp } from './operating.ts';

const s = suite('directory/kerberos-server');

const bare = () => corp({ readOnlyControllers: [] });

/** Writes all of it, in order. */
function done(made: Corp, changed: Changed): void {
  if (!changed.ok) throw new Error(changed.reason);
  for (const draft of changed.drafts) {
    const batch = draft.batch();
    if (batch !== undefined) made.store.write(batch);
  }
}

function set(made: Corp, rotate = false): NonNullable<ReturnType<typeof kerberosServer>> {
  done(made, setKerberosServer(made.at(), { rotate }));
  const server = kerberosServer(made.directory);
  if (server === undefined) throw new Error('nothing was made');
  return server;
}

const sids = (made: Corp, entry: Entry | undefined, name: string) =>
  texts(entry as Entry, name).map((value) => {
    const target = made.directory.entry(referred(value) ?? 0);
    return target === undefined ? '' : (sidText(target) ?? '');
  });

s('makes a read-only controller without a host and its krbtgt account', () => {
  const made = bare();
  assert.is(kerberosServer(made.directory), undefined);
  const { krbtgt, computer, id, keyVersion } = set(made);
  assert.is(krbtgt, made.directory.entry(made.id('CN=krbtgt_AzureAD,CN=Users')));
  assert.is(one(krbtgt, 'sAMAccountName'), 'krbtgt_AzureAD');
  assert.ok(id >= 1 && id <= 65_535);
  assert.is(one(krbtgt, 'displayName'), `krbtgt_${id}`);
  assert.is(number(krbtgt, 'userAccountControl'), 0x10202); // disabled, never expires
  assert.is(keyVersion, 2);
  assert.is(krbtgt.secrets?.[0]?.salt, 'CORP.EXAMPLEkrbtgt_AzureAD');
  const dn = 'CN=AzureADKerberos,OU=Domain Controllers';
  assert.equal(computer, made.directory.entry(made.id(dn)));
  const own = computer as Entry;
  assert.is(number(own, 'userAccountControl'), 0x0400_1000);
  assert.is(number(own, 'primaryGroupID'), 521);
  assert.is(one(own, 'dNSHostName'), undefined);
  assert.is(referred(one(own, 'msDS-KrbTgtLink') ?? ''), krbtgt.id);
  assert.equal(sids(made, own, 'msDS-RevealOnDemandGroup'), [`${CORP_SID}-513`]);
  assert.equal(sids(made, own, 'msDS-NeverRevealGroup').sort(), [
    `${CORP_SID}-572`,
    'S-1-5-32-544',
    'S-1-5-32-548',
    'S-1-5-32-549',
    'S-1-5-32-551',
  ]);
});

s('run again, it changes nothing; with rotate it makes another key', () => {
  const made = bare();
  const first = set(made);
  const again = setKerberosServer(made.at(), { rotate: false });
  assert.ok(again.ok && again.drafts.length === 0);
  const rotated = set(made, true);
  assert.is(rotated.id, first.id);
  assert.is(rotated.keyVersion, 3);
  assert.is.not(rotated.krbtgt.secrets?.[0]?.password, first.krbtgt.secrets?.[0]?.password);
  assert.is(rotated.krbtgt.secrets?.[1]?.password, first.krbtgt.secrets?.[0]?.password);
});

s('a computer that somebody deleted is made again, for the same account', () => {
  const made = bare();
  const first = set(made);
  const computer = (first.computer as Entry).id;
  assert.is(made.write(remove(computer, { tree: false }, made.at())), undefined);
  assert.is(kerberosServer(made.directory)?.computer, undefined);
  const again = set(made);
  assert.is(again.keyVersion, first.keyVersion);
  assert.ok(again.computer !== undefined && again.computer.id !== computer);
  assert.is(referred(one(again.computer as Entry, 'msDS-KrbTgtLink') ?? ''), first.krbtgt.id);
});

s('what any other tool does to the password counts as another version', () => {
  const made = bare();
  set(made);
  const refused = made.modify('CN=krbtgt_AzureAD,CN=Users', [
    { operation: 'replace', attribute: 'unicodePwd', values: [utf16le('"Known-Passw0rd"')] },
  ]);
  assert.is(refused, undefined);
  const server = kerberosServer(made.directory);
  assert.is(server?.keyVersion, 3);
  // The keys of krbtgt accounts are random, whatever is sent.
  assert.is.not(server?.krbtgt.secrets?.[0]?.password, 'Known-Passw0rd');
});

s('removes both objects, and does not mind that they are gone', () => {
  const made = bare();
  set(made);
  done(made, removeKerberosServer(made.at()));
  assert.is(kerberosServer(made.directory), undefined);
  assert.throws(() => made.id('CN=AzureADKerberos,OU=Domain Controllers'));
  const again = removeKerberosServer(made.at());
  assert.ok(again.ok && again.drafts.length === 0);
  // And it can be set up anew.
  assert.is(set(made).keyVersion, 2);
});

s('who has not the rights changes nothing', () => {
  const made = bare();
  const bob = made.at({ context: made.token('bob') });
  for (const changed of [
    setKerberosServer(bob, { rotate: false }),
    setKerberosServer(bob, { rotate: true }),
  ]) {
    assert.ok(!changed.ok && changed.code === ResultCode.insufficientAccessRights);
  }
  set(made);
  const removed = removeKerberosServer(bob);
  assert.ok(!removed.ok && removed.code === ResultCode.insufficientAccessRights);
});

s.run();
