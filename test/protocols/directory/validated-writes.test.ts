import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { texts } from '../../../protocols/directory/entry.ts';
import type { Refusal } from '../../../protocols/directory/refusals.ts';
import type { SecurityContext } from '../../../protocols/directory/security/access.ts';
import { encodeDescriptor } from '../../../protocols/directory/security/descriptor.ts';
import { parseSddl } from '../../../protocols/directory/security/sddl.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { computerKey, field } from './computer-key.ts';
import { CORP_SID } from './corp.ts';
import { type Corp, change, corp, full } from './operating.ts';

const s = suite('directory/validated-writes');

const LAPTOP = 'CN=LAPTOP,CN=Computers';
const BOB = 'CN=bob,CN=Users';

const dnBinary = (blob: Uint8Array, dn = LAPTOP): string =>
  `B:${2 * blob.length}:${toHex(blob).toUpperCase()}:${full(dn)}`;
const KEY = dnBinary(computerKey());

/** Gives the object a DACL by SDDL, with all rights for the administrators. */
function guarded(domain: Corp, dn: string, aces: string): void {
  const read = parseSddl(`O:DAG:DAD:P(A;;GA;;;DA)${aces}`, {
    domainSid: CORP_SID,
    rootDomainSid: CORP_SID,
  });
  if (!read.ok) throw new Error(read.reason);
  const bytes = encodeDescriptor(read.value);
  const refused = domain.modify(dn, [change('replace', 'nTSecurityDescriptor', bytes)], {
    context: { sids: new Set([`${CORP_SID}-512`, 'S-1-5-32-544']), system: true },
  });
  if (refused !== undefined) throw new Error(refused.reason);
}

const denied = (refused: Refusal | undefined): void => {
  assert.is(refused?.code, 50, refused?.reason);
  assert.match(refused?.message ?? '', /^00002098: SecErr: .*problem 4003/);
};

s('key credentials: the matrix of the right to self-write', () => {
  const domain = corp();
  guarded(domain, LAPTOP, '(OA;;SW;9b026da6-0d3c-465c-8bee-5199d7165cba;;PS)');
  const as = { context: domain.token('LAPTOP$') };
  const link = (operation: 'add' | 'replace' | 'delete', ...values: string[]) =>
    domain.modify(LAPTOP, [change(operation, 'msDS-KeyCredentialLink', ...values)], as);
  denied(link('add', dnBinary(new Uint8Array([1, 2, 3]))));
  denied(link('add', KEY, dnBinary(computerKey([field(7, '0102')]))));
  denied(link('add', dnBinary(computerKey([field(8, '417bd66e6603d401')]))));
  denied(link('add', dnBinary(computerKey(), BOB)));
  assert.is(link('add', KEY), undefined);
  denied(link('add', dnBinary(computerKey([field(7, '0102')]))));
  denied(link('replace', KEY));
  assert.is(link('replace'), undefined);
  assert.is(link('replace', KEY), undefined);
  assert.is(link('delete', KEY), undefined);
  assert.is(link('add', KEY), undefined);
  assert.is(link('delete'), undefined);
});

s('key credentials: only the computer itself, and only computers', () => {
  const domain = corp();
  guarded(domain, LAPTOP, '(OA;;SW;9b026da6-0d3c-465c-8bee-5199d7165cba;;AU)');
  guarded(domain, BOB, '(OA;;SW;9b026da6-0d3c-465c-8bee-5199d7165cba;;PS)');
  const add = change('add', 'msDS-KeyCredentialLink', KEY);
  denied(domain.modify(LAPTOP, [add], { context: domain.token('bob') }));
  const own = change('add', 'msDS-KeyCredentialLink', dnBinary(computerKey(), BOB));
  denied(domain.modify(BOB, [own], { context: domain.token('bob') }));
});

s('key credentials: the right to write the property takes anything but nothing', () => {
  const domain = corp();
  const junk = dnBinary(new Uint8Array([1, 2, 3]), BOB);
  assert.is(domain.modify(BOB, [change('add', 'msDS-KeyCredentialLink', junk)]), undefined);
  assert.is(domain.modify(BOB, [change('add', 'msDS-KeyCredentialLink')])?.code, 19);
  assert.equal(texts(domain.entry(BOB), 'msDS-KeyCredentialLink').length, 1);
});

s('key credentials: Key Admins write those of users, by the domain head', () => {
  const domain = corp();
  domain.modify('CN=Key Admins,CN=Users', [change('add', 'member', full(BOB))]);
  const context = domain.token('bob');
  domain.add('CN=Carol,OU=Sales', { objectClass: 'user' });
  const link = change(
    'add',
    'msDS-KeyCredentialLink',
    dnBinary(computerKey(), 'CN=Carol,OU=Sales'),
  );
  assert.is(domain.modify('CN=Carol,OU=Sales', [link], { context }), undefined);
  denied(domain.modify('CN=Carol,OU=Sales', [change('add', 'description', 'x')], { context }));
});

s("service principal names: the computer's own", () => {
  const domain = corp();
  guarded(domain, LAPTOP, '(OA;;SW;f3a64788-5306-11d1-a9c5-0000f80367c1;;PS)');
  const as: { context: SecurityContext } = { context: domain.token('LAPTOP$') };
  const spn = (...values: string[]) =>
    domain.modify(LAPTOP, [change('add', 'servicePrincipalName', ...values)], as);
  assert.is(spn('TERMSRV/laptop', 'TERMSRV/LAPTOP.corp.example', 'http/laptop:8080'), undefined);
  for (const foreign of [
    'cifs/files',
    'cifs/laptop.other.example',
    'noslash',
    'a/laptop/corp.example',
    'a/b/c/d',
    '/laptop',
    'a/',
  ]) {
    denied(spn(foreign));
  }
  const removed = change('delete', 'servicePrincipalName', 'TERMSRV/laptop');
  assert.is(domain.modify(LAPTOP, [removed], as), undefined);
});

s("service principal names: a controller's third part is the domain", () => {
  const domain = corp();
  const dc = 'CN=DC1,OU=Domain Controllers';
  guarded(domain, dc, '(OA;;SW;f3a64788-5306-11d1-a9c5-0000f80367c1;;PS)');
  const context = domain.token('DC1$');
  const spn = (value: string) =>
    domain.modify(dc, [change('add', 'servicePrincipalName', value)], { context });
  assert.is(spn('test/dc1.corp.example/corp.example'), undefined);
  assert.is(spn('test/dc1.corp.example/CORP'), undefined);
  assert.is(
    spn('E3514235-4B06-11D1-AB04-00C04FC2DCD2/11111111-2222-3333-4444-555555555555/corp.example'),
    undefined,
  );
  denied(spn('test/dc1.corp.example/other.example'));
});

s('host names: the account, below a suffix of the domain', () => {
  const domain = corp();
  guarded(domain, LAPTOP, '(OA;;SW;72e39547-7b18-11d1-adef-00c04fd8d5cd;;PS)');
  const as = { context: domain.token('LAPTOP$') };
  const host = (name: string) =>
    domain.modify(LAPTOP, [change('replace', 'dNSHostName', name)], as);
  assert.is(host('LAPTOP.corp.example'), undefined);
  denied(host('other.corp.example'));
  denied(host('laptop.lab.example'));
  domain.modify('', [change('add', 'msDS-AllowedDNSSuffixes', 'lab.example')]);
  assert.is(host('laptop.lab.example'), undefined);
});

s('additional host names: any host below a suffix', () => {
  const domain = corp();
  guarded(domain, LAPTOP, '(OA;;SW;80863791-dbe9-4eb8-837e-7f0ab55d9ac7;;PS)');
  const as = { context: domain.token('LAPTOP$') };
  const host = (name: string) =>
    domain.modify(LAPTOP, [change('add', 'msDS-AdditionalDnsHostName', name)], as);
  assert.is(host('alias.corp.example'), undefined);
  denied(host('corp.example'));
  denied(host('alias.lab.example'));
});

s('self-membership: the requester, in or out', () => {
  const domain = corp();
  const group = 'CN=Finance,CN=Users';
  guarded(domain, group, '(OA;;SW;bf9679c0-0de6-11d0-a285-00aa003049e2;;AU)');
  const as = { context: domain.token('bob') };
  const member = (operation: 'add' | 'replace' | 'delete', dn: string) =>
    domain.modify(group, [change(operation, 'member', full(dn))], as);
  denied(member('add', LAPTOP));
  denied(member('replace', BOB));
  denied(member('delete', 'CN=Alice Example,OU=Sales'));
  assert.is(member('add', BOB), undefined);
  assert.is(member('delete', BOB), undefined);
});

s('without the validated write nothing is validated', () => {
  const domain = corp();
  guarded(domain, LAPTOP, '');
  const as = { context: domain.token('LAPTOP$') };
  denied(domain.modify(LAPTOP, [change('add', 'servicePrincipalName', 'a/laptop')], as));
  denied(domain.modify(LAPTOP, [change('add', 'msDS-KeyCredentialLink', KEY)], as));
});

s.run();
