import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { classSchema } from '../../../../protocols/directory/schema.ts';
import {
  AceFlags,
  Control,
  decodeDescriptor,
  type SecurityDescriptor,
} from '../../../../protocols/directory/security/descriptor.ts';
import {
  canonicalOrder,
  newDescriptor,
  reinherit,
} from '../../../../protocols/directory/security/inherit.ts';
import { formatSddl, parseSddl } from '../../../../protocols/directory/security/sddl.ts';
import { fromHex } from '../../../../src/bytes/bytes.ts';
import { root } from '../../../root.ts';

const s = suite('directory/security/inherit');

const SID = 'S-1-5-21-4177067393-1453636373-93818738';
const DOMAIN = { domainSid: SID, rootDomainSid: SID };
const USER = classSchema('user')?.guid ?? '';
const COMPUTER = classSchema('computer')?.guid ?? '';

function read(sddl: string): SecurityDescriptor {
  const outcome = parseSddl(sddl, DOMAIN);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
}

function inherited(parent: string, className = 'user'): string {
  const heir = {
    classGuid: classSchema(className)?.guid ?? '',
    owner: `${SID}-1104`,
    group: `${SID}-513`,
  };
  return formatSddl(newDescriptor(read('D:'), read(parent), heir), DOMAIN).replace(/^.*D:/, '');
}

const ALICE = `${SID}-1104`;
const P = '5b47d60f-6090-40b2-9f37-2a4de88f3063';

// What stands above, and what a user below it has.
const TABLE: readonly (readonly [string, string, string])[] = [
  ['what is not for heirs', 'D:(A;;RP;;;AU)', 'AI'],
  ['for containers, and further', 'D:(A;CI;RP;;;AU)', 'AI(A;CIID;RP;;;AU)'],
  ['for heirs only', 'D:(A;CIIO;RP;;;AU)', 'AI(A;CIID;RP;;;AU)'],
  ['one level only', 'D:(A;CINP;RP;;;AU)', 'AI(A;ID;RP;;;AU)'],
  ['one level, heirs only', 'D:(A;CINPIO;RP;;;AU)', 'AI(A;ID;RP;;;AU)'],
  ['inherited itself', 'D:(A;CIID;RP;;;AU)', 'AI(A;CIID;RP;;;AU)'],
  ['a denial', 'D:(D;CI;RP;;;AU)', 'AI(D;CIID;RP;;;AU)'],
  ['a property', `D:(OA;CI;WP;${P};;KA)`, `AI(OA;CIID;WP;${P};;KA)`],
  ['for this class', `D:(OA;CIIO;WP;${P};${USER};KA)`, `AI(OA;CIID;WP;${P};${USER};KA)`],
  [
    'for another class: handed on only',
    `D:(OA;CIIO;WP;${P};${COMPUTER};KA)`,
    `AI(OA;CIIOID;WP;${P};${COMPUTER};KA)`,
  ],
  ['for another class, one level only', `D:(OA;CINP;WP;${P};${COMPUTER};KA)`, 'AI'],
  ['for this class, one level only', `D:(OA;CINP;WP;${P};${USER};KA)`, `AI(OA;ID;WP;${P};;KA)`],
  [
    'a class alone, one level only, is a plain ACE',
    `D:(OA;CINP;RP;;${USER};KA)`,
    'AI(A;ID;RP;;;KA)',
  ],
  [
    'CREATOR OWNER becomes the owner and is handed on',
    'D:(A;CIIO;RP;;;CO)',
    `AI(A;ID;RP;;;${ALICE})(A;CIIOID;RP;;;CO)`,
  ],
  ['CREATOR OWNER one level only', 'D:(A;CINPIO;RP;;;CO)', `AI(A;ID;RP;;;${ALICE})`],
  ['CREATOR GROUP', 'D:(A;CINPIO;RP;;;CG)', 'AI(A;ID;RP;;;DU)'],
  [
    'generic rights become specific here, and stay generic further down',
    'D:(A;CIIO;GR;;;AU)',
    'AI(A;ID;LCRPLORC;;;AU)(A;CIIOID;GR;;;AU)',
  ],
];

for (const [name, parent, expected] of TABLE) {
  s(name, () => assert.is(inherited(parent), expected));
}

s('what was inherited before goes, what stands on the object itself stays', () => {
  const own = read('O:DAD:AI(A;;RP;;;AU)(A;CIID;WP;;;AO)');
  const next = reinherit(own, read('D:(A;CI;WP;;;KA)'), { classGuid: USER });
  assert.is(formatSddl(next, DOMAIN), 'O:DAD:AI(A;;RP;;;AU)(A;CIID;WP;;;KA)');
  assert.equal(reinherit(next, read('D:(A;CI;WP;;;KA)'), { classGuid: USER }), next);
});

s('a protected list takes nothing', () => {
  const own = read('O:DAD:PAI(A;;RP;;;AU)(A;CIID;WP;;;AO)');
  const next = reinherit(own, read('D:(A;CI;WP;;;KA)'), { classGuid: USER });
  assert.is(formatSddl(next, DOMAIN), 'O:DAD:PAI(A;;RP;;;AU)');
});

s('a NULL DACL takes nothing', () => {
  const own = read('O:DAD:NO_ACCESS_CONTROL');
  assert.is(reinherit(own, read('D:(A;CI;WP;;;KA)'), { classGuid: USER }).dacl, undefined);
});

s('audit entries are inherited with what they audit', () => {
  const parent = read(`D:S:(OU;CISA;WP;${P};${USER};WD)(AU;CISAFA;WP;;;WD)`);
  const next = reinherit(read('D:'), parent, { classGuid: COMPUTER });
  assert.is(
    formatSddl(next, DOMAIN),
    `D:AIS:AI(OU;CIIOIDSA;WP;${P};${USER};WD)(AU;CIIDSAFA;WP;;;WD)`,
  );
  const shut = { ...read('D:S:P'), control: Control.SACL_PROTECTED };
  assert.equal(reinherit(shut, parent, { classGuid: COMPUTER }).sacl, []);
});

s('a new object: owner and group of who makes it, rights made specific', () => {
  const heir = { classGuid: USER, owner: ALICE, group: ALICE };
  const made = newDescriptor(read('D:(A;;GA;;;CO)(D;;WP;;;AU)'), undefined, heir);
  assert.is(made.owner, ALICE);
  assert.is(
    formatSddl(made, DOMAIN),
    `O:${ALICE}G:${ALICE}D:AI(D;;WP;;;AU)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;${ALICE})`,
  );
});

s('what stands here and for heirs is split where the two differ', () => {
  const heir = { classGuid: USER, owner: ALICE, group: ALICE };
  const made = newDescriptor(read('D:(A;CI;GR;;;AU)(A;CI;RP;;;CO)(A;CI;RP;;;AU)'), undefined, heir);
  const aces = [
    '(A;;LCRPLORC;;;AU)(A;CIIO;GR;;;AU)',
    `(A;;RP;;;${ALICE})(A;CIIO;RP;;;CO)`,
    '(A;CI;RP;;;AU)',
  ];
  assert.is(formatSddl(made, DOMAIN), `O:${ALICE}G:${ALICE}D:AI${aces.join('')}`);
  assert.equal(reinherit(made, undefined, heir), made);
});

s('explicit before inherited, denials first, else the order stays', () => {
  const aces =
    read('D:(A;ID;RP;;;AU)(A;;RP;;;DA)(D;;WP;;;AU)(A;;RP;;;AU)(D;ID;RP;;;DA)').dacl ?? [];
  assert.is(
    formatSddl({ control: 0, dacl: canonicalOrder(aces) }, DOMAIN),
    'D:(D;;WP;;;AU)(A;;RP;;;DA)(A;;RP;;;AU)(A;ID;RP;;;AU)(D;ID;RP;;;DA)',
  );
});

// Samba testprogs/blackbox/dbcheck-oldrelease.sh: what its user fred has of the domain's defaults.
s("a user below Samba's domain has what a user there has", () => {
  const hex = readFileSync(root('test/vectors/samba/user-security-descriptor.hex'), 'utf8');
  const outcome = decodeDescriptor(fromHex(hex.replace(/\s/g, '')));
  if (!outcome.ok) throw new Error(outcome.reason);
  const fred = outcome.value;
  const isInherited = ({ flags }: { readonly flags: number }): boolean =>
    (flags & AceFlags.INHERITED) !== 0;
  // His inherited entries, for whomever they are meant, were these in the container above.
  const above = {
    control: 0,
    dacl: (fred.dacl ?? []).filter(isInherited),
    sacl: (fred.sacl ?? []).filter(isInherited),
  };
  const explicit = {
    ...fred,
    dacl: (fred.dacl ?? []).filter((ace) => !isInherited(ace)),
    sacl: [],
  };
  const again = reinherit(explicit, above, { classGuid: USER });
  assert.equal(again.dacl, fred.dacl);
  assert.equal(again.sacl, fred.sacl);
  // And those of the class are what its default says.
  const byClass = read(classSchema('user')?.defaultSecurityDescriptor ?? '');
  const text = ({ dacl }: SecurityDescriptor): readonly string[] =>
    (dacl ?? []).map((ace) => formatSddl({ control: 0, dacl: [ace] }, DOMAIN)).sort();
  assert.equal(text(explicit), text(byClass));
});

s.run();
