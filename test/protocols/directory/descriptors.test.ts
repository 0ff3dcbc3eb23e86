import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AddContext } from '../../../protocols/directory/add.ts';
import { SdFlags } from '../../../protocols/directory/descriptors.ts';
import { descriptorOf } from '../../../protocols/directory/protection.ts';
import {
  encodeDescriptor,
  type SecurityDescriptor,
} from '../../../protocols/directory/security/descriptor.ts';
import { formatSddl, parseSddl } from '../../../protocols/directory/security/sddl.ts';
import { accountContext } from '../../../protocols/directory/security/token.ts';
import { CORP_SID } from './corp.ts';
import { type Corp, change, corp } from './operating.ts';

const s = suite('directory/security/descriptor-writes');

const SIDS = { domainSid: CORP_SID, rootDomainSid: CORP_SID };
const BOB = 'CN=bob,CN=Users';
const SALES = 'OU=Sales';
const ALICE = 'CN=Alice Example,OU=Sales';

function read(sddl: string): SecurityDescriptor {
  const outcome = parseSddl(sddl, SIDS);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
}

function write(domain: Corp, dn: string, sddl: string, more: Partial<AddContext> = {}) {
  const octets = encodeDescriptor(read(sddl));
  return domain.modify(dn, [change('replace', 'nTSecurityDescriptor', octets)], more);
}

function as(domain: Corp, account: string): Pick<AddContext, 'context'> {
  const [id] = domain.directory.find('sAMAccountName', account);
  const entry = id === undefined ? undefined : domain.directory.entry(id);
  if (entry === undefined) throw new Error(`no account ${account}`);
  return { context: accountContext(domain.directory, domain.domain, entry) };
}

function shown(domain: Corp, dn: string): string {
  return formatSddl(descriptorOf(domain.entry(dn)), SIDS);
}

s('only the parts that SD flags name are written', () => {
  const domain = corp();
  const before = descriptorOf(domain.entry(BOB));
  assert.is(
    write(domain, BOB, 'O:BAG:BAD:P(A;;GA;;;DA)S:(AU;SA;WP;;;WD)', { sdFlags: SdFlags.DACL }),
    undefined,
  );
  const after = descriptorOf(domain.entry(BOB));
  assert.is(after.owner, before.owner);
  assert.is(after.group, before.group);
  assert.equal(after.sacl, before.sacl);
  assert.is(
    formatSddl({ control: after.control, dacl: after.dacl ?? [] }, SIDS),
    'D:P(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;DA)',
  );
});

s('each part has a right of its own', () => {
  const domain = corp();
  const bob = as(domain, 'bob');
  const code = (sddl: string): number => write(domain, BOB, sddl, bob)?.code ?? 0;
  assert.is(code('D:(A;;GA;;;BO)'), 50);
  assert.is(code('S:(AU;SA;WP;;;WD)'), 50);
  assert.is(code(`O:${CORP_SID}-1105`), 50);
  // An owner may change the DACL, and the owner only with WRITE_OWNER.
  assert.is(write(domain, BOB, `O:${CORP_SID}-1105D:P(A;;RPWP;;;PS)`)?.code, 19);
  assert.is(write(domain, BOB, 'D:P(A;;RPWPWO;;;PS)(A;;GA;;;BA)'), undefined);
  assert.is(code(`O:${CORP_SID}-1105`), 0);
  assert.is(code('D:P(A;;RP;;;PS)'), 0);
  assert.is(code('S:(AU;SA;WP;;;WD)'), 50);
  // Administrators, by privilege: the SACL, and the owner.
  assert.is(write(domain, BOB, 'S:(AU;SA;WP;;;WD)'), undefined);
  assert.is(write(domain, BOB, 'O:BA'), undefined);
  assert.match(shown(domain, BOB), /^O:BA.*S:.*\(AU;SA;WP;;;WD\)/);
});

s('what stands below inherits at once, as far as it lets itself', () => {
  const domain = corp();
  assert.is(write(domain, SALES, 'D:(A;CI;GR;;;AN)', { sdFlags: SdFlags.DACL }), undefined);
  assert.match(shown(domain, ALICE), /\(A;ID;LCRPLORC;;;AN\)\(A;CIIOID;GR;;;AN\)/);
  assert.is(write(domain, SALES, 'D:(A;CI;RP;;;AN)', { sdFlags: SdFlags.DACL }), undefined);
  assert.match(shown(domain, ALICE), /\(A;CIID;RP;;;AN\)/);
  assert.not.match(shown(domain, ALICE), /LCRPLORC;;;AN/);
  assert.is(write(domain, ALICE, 'D:P(A;;GA;;;DA)', { sdFlags: SdFlags.DACL }), undefined);
  assert.not.match(shown(domain, ALICE), /;;;AN\)/);
});

s('a list that is too long with what it inherits is refused, and below it stays as it was', () => {
  const domain = corp();
  const aces = (count: number, flags: string): string =>
    Array.from({ length: count }, (_, i) => `(A;${flags};RP;;;S-1-5-21-1-2-3-${i})`).join('');
  assert.is(write(domain, ALICE, `D:${aces(1_700, '')}`, { sdFlags: SdFlags.DACL }), undefined);
  assert.is(write(domain, ALICE, `D:${aces(1_810, '')}`, { sdFlags: SdFlags.DACL })?.code, 19);
  const before = shown(domain, ALICE);
  assert.is(write(domain, SALES, `D:${aces(500, 'CI')}`, { sdFlags: SdFlags.DACL }), undefined);
  assert.is(shown(domain, ALICE), before);
});

s('octets that are no descriptor are refused', () => {
  const domain = corp();
  const value = change('replace', 'nTSecurityDescriptor', new Uint8Array([1, 0, 4, 128]));
  assert.is(domain.modify(BOB, [value])?.code, 21);
  assert.is(domain.modify(BOB, [change('delete', 'nTSecurityDescriptor')])?.code, 19);
});

s('who gives an owner only still gets the access list of the class', () => {
  const domain = corp();
  const octets = encodeDescriptor(read('O:DA'));
  const attributes = { objectClass: 'user', sAMAccountName: 'carol', nTSecurityDescriptor: octets };
  assert.is(domain.add('CN=carol,CN=Users', attributes), undefined);
  domain.add('CN=dave,CN=Users', { objectClass: 'user', sAMAccountName: 'dave' });
  const dacl = (dn: string) => descriptorOf(domain.entry(dn)).dacl;
  assert.equal(dacl('CN=carol,CN=Users'), dacl('CN=dave,CN=Users'));
});

s.run();
