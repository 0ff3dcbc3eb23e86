import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  effectiveRights,
  granted,
  type SecurityContext,
  specificRights,
  type Wanted,
} from '../../../../protocols/directory/security/access.ts';
import {
  type Ace,
  AceFlags,
  AceType,
  Right,
  type SecurityDescriptor,
} from '../../../../protocols/directory/security/descriptor.ts';
import { parseSddl } from '../../../../protocols/directory/security/sddl.ts';

const s = suite('directory/security/access');

const DOMAIN = 'S-1-5-21-1-2-3';
const ALICE = `${DOMAIN}-1104`;
const alice: SecurityContext = { sids: new Set([ALICE, `${DOMAIN}-513`, 'S-1-5-11', 'S-1-1-0']) };

function read(sddl: string): SecurityDescriptor {
  const outcome = parseSddl(sddl, { domainSid: DOMAIN, rootDomainSid: DOMAIN });
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
}

const PROPERTY = '5b47d60f-6090-40b2-9f37-2a4de88f3063';
const SET = '77b5b886-944a-11d1-aebd-0000f80367c1';
const CLASS = 'bf967aba-0de6-11d0-a285-00aa003049e2';
const OTHER = 'bf967a86-0de6-11d0-a285-00aa003049e2';
const TREE = [PROPERTY, SET, CLASS];

type Case = readonly [string, string, Wanted, boolean];

const CASES: readonly Case[] = [
  ['nothing is granted by an empty DACL', 'O:SYD:', { rights: Right.READ_PROPERTY }, false],
  ['everything by a NULL DACL', 'O:SYD:NO_ACCESS_CONTROL', { rights: Right.DELETE }, true],
  ['a group grants', 'O:SYD:(A;;RP;;;AU)', { rights: Right.READ_PROPERTY }, true],
  [
    'no right more',
    'O:SYD:(A;;RP;;;AU)',
    { rights: Right.READ_PROPERTY | Right.WRITE_PROPERTY },
    false,
  ],
  ['two ACEs add up', 'O:SYD:(A;;RP;;;AU)(A;;WP;;;DU)', { rights: 0x30 }, true],
  ['a denial before counts', 'O:SYD:(D;;WP;;;DU)(A;;RPWP;;;AU)', { rights: 0x30 }, false],
  ['a denial behind comes too late', 'O:SYD:(A;;RPWP;;;AU)(D;;WP;;;DU)', { rights: 0x30 }, true],
  ['a denial of something else', 'O:SYD:(D;;WP;;;DU)(A;;RPWP;;;AU)', { rights: 0x10 }, true],
  ['a denial to somebody else', 'O:SYD:(D;;WP;;;DA)(A;;RPWP;;;AU)', { rights: 0x30 }, true],
  ['what heirs get only', 'O:SYD:(A;CIIO;RP;;;AU)', { rights: 0x10 }, false],
  ['generic rights in an ACE', 'O:SYD:(A;;GR;;;AU)', { rights: 0x20094 }, true],
  ['generic rights asked for', 'O:SYD:(A;;LCRPLORC;;;AU)', { rights: Right.GENERIC_READ }, true],
  ['generic write is not all', 'O:SYD:(A;;GW;;;AU)', { rights: Right.DELETE }, false],
  ['a property by its GUID', `O:SYD:(OA;;WP;${PROPERTY};;AU)`, { rights: 0x20, types: TREE }, true],
  ['a property by its set', `O:SYD:(OA;;WP;${SET};;AU)`, { rights: 0x20, types: TREE }, true],
  ['a property by its class', `O:SYD:(OA;;WP;${CLASS};;AU)`, { rights: 0x20, types: TREE }, true],
  ['not by another class', `O:SYD:(OA;;WP;${OTHER};;AU)`, { rights: 0x20, types: TREE }, false],
  ['not the object as a whole', `O:SYD:(OA;;WP;${PROPERTY};;AU)`, { rights: 0x20 }, false],
  ['an object ACE without a type', 'O:SYD:(OA;;WP;;;AU)', { rights: 0x20, types: TREE }, true],
  [
    'a property is denied within its set',
    `O:SYD:(OD;;WP;${PROPERTY};;AU)(OA;;WP;${SET};;AU)`,
    { rights: 0x20, types: TREE },
    false,
  ],
  [
    'another one of the set is not',
    `O:SYD:(OD;;WP;${PROPERTY};;AU)(OA;;WP;${SET};;AU)`,
    { rights: 0x20, types: [OTHER, SET, CLASS] },
    true,
  ],
  ['SELF is the object', 'O:SYD:(A;;WP;;;PS)', { rights: 0x20, selfSid: ALICE }, true],
  ['SELF is nobody else', 'O:SYD:(A;;WP;;;PS)', { rights: 0x20, selfSid: `${DOMAIN}-1` }, false],
  ['SELF of an object without a SID', 'O:SYD:(A;;WP;;;PS)', { rights: 0x20 }, false],
  ['SELF may be a group', 'O:SYD:(A;;WP;;;PS)', { rights: 0x20, selfSid: `${DOMAIN}-513` }, true],
  ['an owner may read and change the DACL', `O:${ALICE}D:`, { rights: 0x60000 }, true],
  ['but nothing else', `O:${ALICE}D:`, { rights: Right.READ_PROPERTY }, false],
  ['even when it is denied', `O:${ALICE}D:(D;;WD;;;AU)`, { rights: Right.WRITE_DAC }, true],
  ['OWNER RIGHTS limit an owner', `O:${ALICE}D:(A;;RC;;;OW)`, { rights: Right.WRITE_DAC }, false],
  ['to what they say', `O:${ALICE}D:(A;;RC;;;OW)`, { rights: Right.READ_CONTROL }, true],
  ['not those for heirs', `O:${ALICE}D:(A;CIIO;RC;;;OW)`, { rights: Right.WRITE_DAC }, true],
  ['OWNER RIGHTS of others', 'O:SYD:(A;;WP;;;OW)', { rights: 0x20 }, false],
  ['an auditing ACE denies nothing', 'O:SYD:(AU;SA;RP;;;AU)(A;;RP;;;AU)', { rights: 0x10 }, true],
  [
    'nor does one about a property',
    `O:SYD:(OU;SA;RP;${PROPERTY};;AU)(A;;RP;;;AU)`,
    { rights: 0x10, types: TREE },
    true,
  ],
  ["the SACL is nobody's", 'O:SYD:(A;;GA;;;AU)', { rights: Right.ACCESS_SYSTEM_SECURITY }, false],
];

for (const [name, sddl, wanted, expected] of CASES) {
  s(name, () => assert.is(granted(read(sddl), alice, wanted), expected));
}

s('administrators take ownership and read the SACL by privilege', () => {
  const administrator = { sids: new Set(['S-1-5-32-544']) };
  const closed = read('O:SYD:(D;;GA;;;WD)');
  assert.ok(granted(closed, administrator, { rights: Right.WRITE_OWNER }));
  assert.ok(granted(closed, administrator, { rights: Right.ACCESS_SYSTEM_SECURITY }));
  assert.not(granted(closed, administrator, { rights: Right.WRITE_DAC }));
});

s('the server itself is not asked', () => {
  assert.ok(granted(read('O:SYD:'), { sids: new Set(), system: true }, { rights: 0xf01ff }));
});

s('all rights of somebody', () => {
  const descriptor = read(`O:${ALICE}D:(A;;RPLC;;;AU)(OA;;WP;${SET};;AU)`);
  assert.is(effectiveRights(descriptor, alice, {}), 0x60014);
  assert.is(effectiveRights(descriptor, alice, { types: TREE }), 0x60034);
});

// The oracle asks for each right alone and takes the first ACE that speaks of it, which is what
// MS-DTYP 2.5.3.2 comes to: rights are granted together if and only if each of them is.
const SIDS = [ALICE, `${DOMAIN}-513`, `${DOMAIN}-999`, 'S-1-5-10', 'S-1-3-4'] as const;

function oracle(descriptor: SecurityDescriptor, wanted: Wanted): boolean {
  const mine = (sid: string): boolean => {
    if (sid === 'S-1-5-10') return wanted.selfSid === ALICE;
    if (sid === 'S-1-3-4') return descriptor.owner === ALICE;
    return sid === ALICE || sid === `${DOMAIN}-513`;
  };
  const aces = (descriptor.dacl ?? []).filter((ace) => (ace.flags & AceFlags.INHERIT_ONLY) === 0);
  const limited = aces.some(({ sid }) => sid === 'S-1-3-4');
  for (let bit = 0; bit < 20; bit++) {
    const right = 1 << bit;
    if ((specificRights(wanted.rights) & right) === 0) continue;
    if (descriptor.owner === ALICE && !limited && (right & 0x60000) !== 0) continue;
    const speaking = aces.find(
      (ace) =>
        [0, 1, 5, 6].includes(ace.type) &&
        mine(ace.sid) &&
        (specificRights(ace.mask) & right) !== 0 &&
        (ace.objectType === undefined || (wanted.types ?? []).includes(ace.objectType)),
    );
    if (speaking === undefined || speaking.type === 1 || speaking.type === 6) return false;
  }
  return true;
}

const mask = fc.oneof(
  fc.integer({ min: 0, max: 0x1ff }),
  fc.constantFrom(0x20000, 0x40000, 0x60030, 0x10000000, 0x80000000),
);
const ace: fc.Arbitrary<Ace> = fc
  .record(
    {
      type: fc.constantFrom(...Object.values(AceType)),
      flags: fc.constantFrom(0, 0, 0x12, AceFlags.INHERIT_ONLY | AceFlags.CONTAINER_INHERIT),
      mask,
      objectType: fc.constantFrom(PROPERTY, SET, CLASS, OTHER),
      sid: fc.constantFrom(...SIDS),
    },
    { requiredKeys: ['type', 'flags', 'mask', 'sid'] },
  )
  .map(({ objectType, ...plain }) =>
    plain.type < 5 || objectType === undefined ? plain : { ...plain, objectType },
  );

s('what is granted is what the first ACE about each right says', () => {
  const counts = { granted: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.array(ace, { maxLength: 6 }),
      fc.constantFrom(ALICE, 'S-1-5-18'),
      mask,
      fc.constantFrom(undefined, TREE, [OTHER]),
      fc.constantFrom(undefined, ALICE, `${DOMAIN}-999`),
      (dacl, owner, rights, types, selfSid) => {
        const wanted: Wanted = {
          rights,
          ...(types === undefined ? {} : { types }),
          ...(selfSid === undefined ? {} : { selfSid }),
        };
        const descriptor = { control: 0, owner, dacl };
        const expected = oracle(descriptor, wanted);
        counts[expected ? 'granted' : 'refused']++;
        assert.is(granted(descriptor, alice, wanted), expected);
      },
    ),
    { seed: 1, numRuns: 5_000 },
  );
  assert.ok(counts.granted > 200 && counts.refused > 200, JSON.stringify(counts));
});

s.run();
