import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { descriptorOf } from '../../../../protocols/directory/protection.ts';
import { attribute, classSchema } from '../../../../protocols/directory/schema.ts';
import type { SecurityDescriptor } from '../../../../protocols/directory/security/descriptor.ts';
import { dsaclsText, typeName } from '../../../../protocols/directory/security/dsacls.ts';
import { parseDsacls } from '../../../../protocols/directory/security/dsacls-command.ts';
import { dsacls } from '../../../../protocols/directory/security/dsacls-tool.ts';
import { formatSddl, parseSddl } from '../../../../protocols/directory/security/sddl.ts';
import { trustees } from '../../../../protocols/directory/security/trustees.ts';
import { controlAccessRight } from '../../../../protocols/directory/well-known-rights.ts';
import { CORP_SID } from '../corp.ts';
import { type Corp, corp, full } from '../operating.ts';

const s = suite('directory/security/dsacls');

const SIDS = { domainSid: CORP_SID, rootDomainSid: CORP_SID };
const KEY = attribute('msDS-KeyCredentialLink')?.guid ?? '';
const HOLDER = full('CN=AdminSDHolder,CN=System');
const SALES = full('OU=Sales');

const { directory, domain } = corp();
const names = trustees(directory, domain);

function read(sddl: string): SecurityDescriptor {
  const outcome = parseSddl(sddl, SIDS);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
}

/** The list part, without the head and the tail. */
function listed(sddl: string): readonly string[] {
  const text = dsaclsText(read(`O:DAG:DAD:${sddl}`), names);
  const from = text.indexOf('Access list:\n') + 'Access list:\n'.length;
  return text.slice(from, text.indexOf('\n\nPermissions')).split('\n');
}

const at = ' '.repeat(38);

// Microsoft, "Non-administrators can view the deleted objects container": what dsacls prints of
// CN=Deleted Objects, whose descriptor MS-ADTS 6.1.1.4.2 gives; spaces are lost in the article.
s("Microsoft's example of CN=Deleted Objects", () => {
  const descriptor = read('O:DAG:SYD:P(A;;LCRP;;;BA)(A;;RPWPCCDCLCRCWOWDSDSW;;;SY)');
  const lines = dsaclsText(descriptor, names)
    .split('\n')
    .map((line) => line.replace(/ +/g, ' ').trim());
  assert.equal(lines.slice(0, 18), [
    'Owner: CORP\\Domain Admins',
    'Group: NT AUTHORITY\\SYSTEM',
    '',
    'Access list:',
    '{This object is protected from inheriting permissions from the parent}',
    'Allow BUILTIN\\Administrators SPECIAL ACCESS',
    'LIST CONTENTS',
    'READ PROPERTY',
    'Allow NT AUTHORITY\\SYSTEM SPECIAL ACCESS',
    'DELETE',
    'READ PERMISSONS',
    'WRITE PERMISSIONS',
    'CHANGE OWNERSHIP',
    'CREATE CHILD',
    'DELETE CHILD',
    'LIST CONTENTS',
    'WRITE SELF',
    'WRITE PROPERTY',
  ]);
  assert.is(lines.at(-2), 'The command completed successfully');
});

s('columns, and names that are too long for them', () => {
  assert.equal(listed('(A;;GA;;;DA)(A;ID;LC;;;RU)(D;;WP;;;WD)'), [
    'Allow CORP\\Domain Admins              FULL CONTROL',
    'Allow BUILTIN\\Pre-Windows 2000 Compatible Access',
    `${at}SPECIAL ACCESS   <Inherited from parent>`,
    `${at}LIST CONTENTS`,
    'Deny  Everyone                        SPECIAL ACCESS',
    `${at}WRITE PROPERTY`,
  ]);
});

s('properties, sets, classes, validated writes, extended rights by name', () => {
  const guid = (cn: string): string => controlAccessRight(cn)?.guid ?? '';
  const computer = classSchema('computer')?.guid ?? '';
  assert.equal(
    listed(
      [
        `(OA;;CR;${guid('User-Force-Change-Password')};;AO)`,
        `(OA;;CCDC;${computer};;AO)`,
        `(OA;;RPWP;${KEY};;KA)`,
        `(OA;;RP;${guid('User-Account-Restrictions')};;RU)`,
        `(OA;;SW;${guid('Validated-DNS-Host-Name')};;PS)`,
        `(OA;;WP;${guid('DNS-Host-Name-Attributes')};;PS)`,
        `(OA;;WP;${attribute('member')?.guid};;AO)`,
        '(A;;LO;;;AU)',
      ].join(''),
    ),
    [
      'Allow NT AUTHORITY\\Authenticated Users',
      `${at}SPECIAL ACCESS`,
      `${at}LIST OBJECT`,
      'Allow BUILTIN\\Account Operators       SPECIAL ACCESS for computer',
      `${at}CREATE CHILD`,
      `${at}DELETE CHILD`,
      'Allow CORP\\Key Admins                 SPECIAL ACCESS for msDS-KeyCredentialLink',
      `${at}WRITE PROPERTY`,
      `${at}READ PROPERTY`,
      'Allow BUILTIN\\Pre-Windows 2000 Compatible Access',
      `${at}SPECIAL ACCESS for Account Restrictions`,
      `${at}READ PROPERTY`,
      'Allow NT AUTHORITY\\SELF               SPECIAL ACCESS for Validated write to DNS host name',
      `${at}WRITE SELF`,
      'Allow NT AUTHORITY\\SELF               SPECIAL ACCESS for DNS Host Name Attributes',
      `${at}WRITE PROPERTY`,
      'Allow BUILTIN\\Account Operators       SPECIAL ACCESS for Add/Remove self as member',
      `${at}WRITE PROPERTY`,
      'Allow BUILTIN\\Account Operators       Reset Password',
    ],
  );
  assert.is(
    typeName('00000000-0000-0000-0000-000000000001'),
    '{00000000-0000-0000-0000-000000000001}',
  );
});

s('what heirs get stands by the class that gets it', () => {
  const user = classSchema('user')?.guid ?? '';
  const text = dsaclsText(
    read(`O:DAG:DAD:(A;CI;GA;;;DA)(OA;CIIO;RP;;${user};AU)(A;;LC;;;WD)`),
    names,
  );
  assert.equal(text.slice(text.indexOf('Permissions inherited')).split('\n'), [
    'Permissions inherited to subobjects are:',
    'Inherited to all subobjects',
    'Allow CORP\\Domain Admins              FULL CONTROL',
    '',
    'Inherited to user',
    'Allow NT AUTHORITY\\Authenticated Users',
    `${at}SPECIAL ACCESS`,
    `${at}READ PROPERTY`,
    'The command completed successfully',
    '',
  ]);
});

function ran(line: string, before = corp()): { readonly domain: Corp; readonly text: string } {
  const outcome = dsacls(line, before.at());
  if (!outcome.ok) throw new Error(outcome.reason);
  before.write({ ok: true, draft: outcome.draft });
  return { domain: before, text: outcome.text };
}

/** Explicit ACEs that the command added, in SDDL. */
function added(line: string, dn = SALES): string {
  const before = corp();
  const old = descriptorOf(before.entry(dn)).dacl ?? [];
  const { domain: after } = ran(line, before);
  const now = descriptorOf(after.entry(dn)).dacl ?? [];
  const same = (a: object): string => JSON.stringify(a);
  const known = new Set(old.map(same));
  const dacl = now.filter((ace) => !known.has(same(ace)));
  return formatSddl({ control: 0, dacl }, SIDS).slice(2);
}

s('the command of the document gives Key Admins the key credentials', () => {
  const line = `dsacls "${HOLDER}" /g "CORP\\Key Admins":RPWP;msDS-KeyCredentialLink`;
  assert.is(added(line, HOLDER), `(OA;;RPWP;${KEY};;KA)`);
  const lines = ran(line).text.split('\n');
  const at = lines.indexOf(
    'Allow CORP\\Key Admins                 SPECIAL ACCESS for msDS-KeyCredentialLink',
  );
  assert.ok(at > 0);
  assert.equal(
    lines.slice(at + 1, at + 3).map((text) => text.trim()),
    ['WRITE PROPERTY', 'READ PROPERTY'],
  );
});

const ADDED: readonly (readonly [string, string])[] = [
  ['/G CORP\\alice:GA', `(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;${CORP_SID}-1104)`],
  ['/G alice@corp.example:GR', `(A;;LCRPLORC;;;${CORP_SID}-1104)`],
  ['/g Everyone:LCLO', '(A;;LCLO;;;WD)'],
  ['/G "NT AUTHORITY\\SELF":WP;mail', `(OA;;WP;${attribute('mail')?.guid};;PS)`],
  ['/D CORP\\alice:SDDT', `(D;;DTSD;;;${CORP_SID}-1104)`],
  ['/I:T /G "CORP\\Key Admins":RPWP', '(A;CI;RPWP;;;KA)'],
  [
    '/I:S /G "CORP\\Key Admins":CA;"Reset Password";user',
    '(OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;bf967aba-0de6-11d0-a285-00aa003049e2;KA)',
  ],
  [
    '/I:P /G "CORP\\Key Admins":CCDC;computer',
    '(OA;CINP;CCDC;bf967a86-0de6-11d0-a285-00aa003049e2;;KA)',
  ],
  [
    '/G "CORP\\Key Admins":RP;"Account Restrictions"',
    '(OA;;RP;4c164200-20c0-11d0-a768-00aa006e0529;;KA)',
  ],
  ['/G "CORP\\Key Admins":WS;Validated-SPN', '(OA;;SW;f3a64788-5306-11d1-a9c5-0000f80367c1;;KA)'],
  ['/G Everyone:RP Everyone:WP', '(A;;RPWP;;;WD)'],
  ['/G Everyone:RP /D Everyone:WP', '(D;;WP;;;WD)(A;;RP;;;WD)'],
];

for (const [options, sddl] of ADDED) {
  s(options, () => assert.is(added(`dsacls "${SALES}" ${options}`), sddl));
}

s("/R takes all of somebody's own permissions away, /N all of everybody", () => {
  const given = ran(`"${SALES}" /G CORP\\alice:GR /D CORP\\alice:WP;mail`).domain;
  const { domain: taken } = ran(`"${SALES}" /R CORP\\alice`, given);
  assert.equal(descriptorOf(taken.entry(SALES)), descriptorOf(corp().entry(SALES)));
  const { domain: replaced } = ran(`"${SALES}" /N /G CORP\\alice:GR`);
  const own = (descriptorOf(replaced.entry(SALES)).dacl ?? []).filter(
    ({ flags }) => (flags & 0x10) === 0,
  );
  assert.is(own.length, 1);
});

s('/P shuts inheritance out, and lets it in again', () => {
  const { domain: shut, text } = ran(`"${SALES}" /P:Y`);
  assert.match(text, /\{This object is protected from inheriting/);
  assert.not(
    (descriptorOf(shut.entry(SALES)).dacl ?? []).some(({ flags }) => (flags & 0x10) !== 0),
  );
  const { domain: open } = ran(`"${SALES}" /P:N`, shut);
  assert.equal(descriptorOf(open.entry(SALES)).dacl, descriptorOf(corp().entry(SALES)).dacl);
});

const WRONG: readonly (readonly [string, RegExp])[] = [
  ['', /expected an object's name/],
  ['/G CORP\\alice:GA', /expected an object's name/],
  [`"${SALES}`, /quotation mark is not closed/],
  [`"${SALES}" CORP\\alice:GA`, /stands behind no \/G, \/D or \/R/],
  [`"${SALES}" /X`, /no option \/X/],
  [`"${SALES}" /I:Q /G CORP\\alice:GA`, /no option \/I:Q/],
  [`"${SALES}" /G alice`, /expected trustee:rights/],
  [`"${SALES}" /G CORP\\alice:QQ`, /"QQ" is none of the rights SD RC/],
  [`"${SALES}" /G CORP\\alice:`, /no right is named/],
  [`"${SALES}" /G CORP\\alice:RP;horn`, /horn is nothing that these rights are about/],
  [`"${SALES}" /G CORP\\alice:CC;mail`, /mail is nothing/],
  [`"${SALES}" /I:S /G CORP\\alice:RP;mail;horn`, /no class horn/],
  [`"${SALES}" /G CORP\\alice:RP;mail;user`, /needs \/I:T, \/I:S or \/I:P/],
  [`"${SALES}" /G CORP\\alice:RP;mail;user;x`, /more than rights/],
  [`"${SALES}" /G CORP\\nobody:GA`, /no account and no group is called CORP\\nobody/],
  [`"${SALES}" /G FABRIKAM\\alice:GA`, /no account and no group/],
  [`"${SALES}" /R CORP\\alice`, /has no permission here$/],
  [`"${SALES}" /R "CORP\\Key Admins"`, /has no permission here that is not inherited/],
  ['nonsense /G CORP\\alice:GA', /no distinguished name/],
  [`"${full('OU=Nowhere')}"`, /.+/],
];

for (const [line, reason] of WRONG) {
  s(`refused: ${line}`, () => {
    const outcome = dsacls(line, corp().at());
    assert.is(outcome.ok, false);
    if (!outcome.ok) assert.match(outcome.reason, reason);
  });
}

s('a list that grows too long is refused', () => {
  const many = Array.from({ length: 2_000 }, (_, i) => `S-1-5-21-1-2-3-${i}:RP`).join(' ');
  const outcome = dsacls(`"${SALES}" /G ${many}`, corp().at());
  assert.match(outcome.ok ? 'done' : outcome.reason, /longer than 65535 octets/);
});

s('who may not change permissions is refused by the directory', () => {
  const before = corp();
  const at = before.at({ context: before.token('bob') });
  const outcome = dsacls(`"${HOLDER}" /G CORP\\bob:GA`, at);
  assert.is(outcome.ok ? 0 : outcome.refusal?.code, 50);
});

s('a server may stand before the name', () => {
  const parsed = parseDsacls(`dsacls "\\\\dc1:389\\${SALES}"`);
  assert.is(parsed.ok && parsed.value.dn, SALES);
});

s('names of trustees go both ways', () => {
  const sids = ['S-1-1-0', 'S-1-5-11', 'S-1-5-10', 'S-1-5-32-544', `${CORP_SID}-526`, 'S-1-3-0'];
  for (const sid of sids) assert.is(names.sidOf(names.nameOf(sid)), sid);
  assert.is(names.nameOf('S-1-5-21-9-9-9-500'), 'S-1-5-21-9-9-9-500');
  assert.is(names.sidOf('SELF'), 'S-1-5-10');
  assert.is(names.sidOf('S-1-5-4294967296'), undefined);
  assert.is(names.sidOf('Key Admins'), `${CORP_SID}-526`);
  assert.is(names.sidOf('BUILTIN\\Key Admins'), undefined);
  assert.is(names.sidOf('S-1-5-21-9-9-9-500'), 'S-1-5-21-9-9-9-500');
});

s.run();
