import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatGuid } from '../../../../protocols/directory/dn.ts';
import { CLASSES } from '../../../../protocols/directory/schema.ts';
import {
  ACL_SIZE_MAX,
  type Ace,
  AceType,
  aclSize,
  Control,
  decodeDescriptor,
  encodeDescriptor,
  type SecurityDescriptor,
} from '../../../../protocols/directory/security/descriptor.ts';
import {
  formatSddl,
  parseSddl,
  type SddlDomain,
} from '../../../../protocols/directory/security/sddl.ts';
import * as wellKnown from '../../../../protocols/directory/well-known-descriptors.ts';
import { fromHex, toHex, view } from '../../../../src/bytes/bytes.ts';
import { root } from '../../../root.ts';

const s = suite('directory/security/descriptor');

const SAMPLE = 'S-1-5-21-397955417-626881126-188441444';
const DOMAIN: SddlDomain = { domainSid: SAMPLE, rootDomainSid: SAMPLE };

function read(text: string, domain = DOMAIN): SecurityDescriptor {
  const outcome = parseSddl(text, domain);
  if (!outcome.ok) throw new Error(`${outcome.reason} at ${outcome.offset}: ${text}`);
  return outcome.value;
}

function decoded(bytes: Uint8Array): SecurityDescriptor {
  const outcome = decodeDescriptor(bytes);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
}

// "Security Descriptor String Format", Win32 documentation: two strings and what they become.
const FIRST = 'O:AOG:DAD:(A;;RPWPCCDCLCSWRCWDWOGA;;;S-1-0-0)';
const SECOND = [
  'O:DAG:DAD:(A;;RPWPCCDCLCRCWOWDSDSW;;;SY)(A;;RPWPCCDCLCRCWOWDSDSW;;;DA)',
  '(OA;;CCDC;bf967aba-0de6-11d0-a285-00aa003049e2;;AO)',
  '(OA;;CCDC;bf967a9c-0de6-11d0-a285-00aa003049e2;;AO)',
  '(OA;;CCDC;6da8a4ff-0e52-11d0-a286-00aa003049e2;;AO)',
  '(OA;;CCDC;bf967aa8-0de6-11d0-a285-00aa003049e2;;PO)',
  '(A;;RPLCRC;;;AU)S:(AU;SAFA;WDWOSDWPCCDCSW;;;WD)',
].join('');

s("the first of Microsoft's examples", () => {
  const value = read(FIRST);
  assert.is(value.owner, 'S-1-5-32-548');
  assert.is(value.group, `${SAMPLE}-512`);
  assert.equal(value.dacl, [{ type: 0, flags: 0, mask: 0x100e003f, sid: 'S-1-0-0' }]);
  assert.is(value.sacl, undefined);
  const bytes = encodeDescriptor(value);
  const numbers = view(bytes);
  assert.is(numbers.getUint16(2, true), Control.SELF_RELATIVE | Control.DACL_PRESENT);
  const dacl = numbers.getUint32(16, true);
  assert.is(toHex(bytes.subarray(dacl, dacl + 12)), '02001c000100000000001400');
});

s("the second of Microsoft's examples", () => {
  const bytes = encodeDescriptor(read(SECOND));
  const numbers = view(bytes);
  assert.is(numbers.getUint16(2, true) & ~Control.SELF_RELATIVE, 0x14);
  const dacl = numbers.getUint32(16, true);
  assert.is(toHex(bytes.subarray(dacl, dacl + 8)), '0400040107000000'); // revision 4, size 0x104
  const sacl = numbers.getUint32(12, true);
  assert.is(toHex(bytes.subarray(sacl, sacl + 8)), '02001c0001000000');
  const aces = decoded(bytes).dacl as readonly Ace[];
  assert.equal(
    aces.map((ace) => [ace.type, ace.mask]),
    [
      [0, 0xf003f],
      [0, 0xf003f],
      [5, 3],
      [5, 3],
      [5, 3],
      [5, 3],
      [0, 0x20014],
    ],
  );
  assert.equal(decoded(bytes).sacl, [{ type: 2, flags: 0xc0, mask: 0xd002b, sid: 'S-1-1-0' }]);
});

// Samba testprogs/blackbox/dbcheck-oldrelease.sh: nTSecurityDescriptor of the user fred, AD DC.
const FRED = fromHex(
  readFileSync(root('test/vectors/samba/user-security-descriptor.hex'), 'utf8').replace(/\s/g, ''),
);
const FREDS = 'S-1-5-21-4177067393-1453636373-93818738';

s('a user of a domain that Samba made', () => {
  const value = decoded(FRED);
  assert.is(value.owner, `${FREDS}-512`);
  assert.is(value.dacl?.length, 44);
  assert.is(value.sacl?.length, 2);
  const domain = { domainSid: FREDS, rootDomainSid: FREDS };
  const text = formatSddl(value, domain);
  assert.ok(text.startsWith('O:DAG:DAD:AI(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;DA)'), text);
  assert.equal(read(text, domain).dacl, value.dacl);
  assert.equal(read(text, domain).sacl, value.sacl);
  // RAS and IAS Servers are a group of the domain, not a built-in one.
  assert.ok(value.dacl?.some(({ sid }) => sid === `${FREDS}-553`));
  // Owner, group, SACL, DACL stand in another order there: the parts are the same octets.
  const again = encodeDescriptor(value);
  assert.is(again.length, FRED.length);
  const part = (bytes: Uint8Array, at: number, size: number): string => {
    const start = view(bytes).getUint32(at, true);
    return toHex(bytes.subarray(start, start + size));
  };
  const sizes = [
    [4, 28],
    [8, 28],
    [12, aclSize(value.sacl ?? [])],
    [16, aclSize(value.dacl ?? [])],
  ] as const;
  for (const [at, size] of sizes) assert.is(part(again, at, size), part(FRED, at, size));
});

s("every class's default and every well-known descriptor come back from octets and text", () => {
  const texts = [
    ...CLASSES.map(({ defaultSecurityDescriptor }) => defaultSecurityDescriptor),
    ...Object.values(wellKnown).filter((each) => typeof each === 'string'),
  ].filter((text) => text !== '');
  assert.ok(texts.length > 20);
  for (const text of texts) {
    const value = read(text);
    const { control: _, ...parts } = value;
    const { control: again, ...partsAgain } = decoded(encodeDescriptor(value));
    assert.equal(partsAgain, parts, text);
    assert.is(again, value.control | Control.DACL_PRESENT, text);
    assert.equal(read(formatSddl(value, DOMAIN)), value, text);
  }
});

s('a NULL DACL is not an empty one', () => {
  const none = read('O:BAD:NO_ACCESS_CONTROL');
  assert.is(none.dacl, undefined);
  assert.is(none.control & Control.DACL_PRESENT, Control.DACL_PRESENT);
  assert.is(decoded(encodeDescriptor(none)).dacl, undefined);
  assert.is(formatSddl(decoded(encodeDescriptor(none)), DOMAIN), 'O:BAD:NO_ACCESS_CONTROL');
  assert.equal(decoded(encodeDescriptor(read('O:BAD:'))).dacl, []);
});

const sid = fc
  .array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 1, maxLength: 15 })
  .map((parts) => `S-1-5-${parts.join('-')}`);
const guid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(formatGuid);
const ace: fc.Arbitrary<Ace> = fc
  .record(
    {
      type: fc.constantFrom(...Object.values(AceType)),
      flags: fc.constantFrom(0, 0x02, 0x0b, 0x12, 0x1a, 0xc2),
      mask: fc.integer({ min: 0, max: 0xffffffff }),
      objectType: guid,
      inheritedObjectType: guid,
      sid,
    },
    { requiredKeys: ['type', 'flags', 'mask', 'sid'], noNullPrototype: true },
  )
  .map((one) => {
    const { objectType: _, inheritedObjectType: __, ...plain } = one;
    return one.type >= AceType.ACCESS_ALLOWED_OBJECT ? one : plain;
  });
const descriptor: fc.Arbitrary<SecurityDescriptor> = fc.record(
  {
    control: fc.constantFrom(0, Control.DACL_PROTECTED, Control.DACL_AUTO_INHERITED),
    owner: sid,
    group: sid,
    dacl: fc.array(ace, { maxLength: 6 }),
    sacl: fc.array(ace, { maxLength: 3 }),
  },
  { requiredKeys: ['control', 'dacl'], noNullPrototype: true },
);

s('any descriptor comes back from octets and from text', () => {
  fc.assert(
    fc.property(descriptor, (value) => {
      const bytes = encodeDescriptor(value);
      const control = value.control | Control.DACL_PRESENT;
      assert.equal(decoded(bytes), { ...value, control });
      assert.equal(read(formatSddl(value, DOMAIN)), value);
      assert.is(toHex(encodeDescriptor(decoded(bytes))), toHex(bytes));
    }),
    { seed: 1, numRuns: 300 },
  );
});

s('octets that somebody tampered with are refused or read, never more', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(FRED.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.nat(FRED.length),
      (changes, length) => {
        const bytes = FRED.slice();
        for (const [at, value] of changes) bytes[at] = value;
        for (const each of [bytes, bytes.subarray(0, length)]) {
          const outcome = decodeDescriptor(each);
          // What is read can be written: nothing passes that would fail later.
          if (outcome.ok) encodeDescriptor(outcome.value);
          else assert.ok(outcome.reason.length > 0);
        }
      },
    ),
    { seed: 1, numRuns: 2_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeDescriptor(bytes);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

s('what is wrong with octets is said, and where', () => {
  const good = encodeDescriptor(read(SECOND));
  const broken = (at: number, ...values: readonly number[]): string => {
    const bytes = good.slice();
    bytes.set(values, at);
    const outcome = decodeDescriptor(bytes);
    return outcome.ok ? 'read' : outcome.reason;
  };
  assert.is(broken(0, 2), 'revision 2, expected 1');
  assert.is(broken(3, 0), 'not self-relative');
  assert.match(broken(4, 0xff, 0xff), /no SID at 65535, where the owner should be/);
  assert.match(broken(16, 0xff, 0xff), /dacl: no ACL at 65535/);
  const dacl = view(good).getUint32(16, true);
  assert.match(broken(dacl, 3), /dacl: revision 3, expected 2 or 4/);
  assert.match(broken(dacl + 4, 8), /dacl: ACE 7 at \d+ does not fit/);
  assert.match(broken(dacl + 8, 0x11), /dacl: ACE 0 at \d+ is malformed/);
  // A SID without subauthorities has no text.
  assert.match(broken(dacl + 17, 0), /dacl: ACE 0 at \d+ is malformed/);
});

s('an access list has 65,535 octets at most', () => {
  const many = (count: number): readonly Ace[] =>
    Array.from({ length: count }, () => ({ type: 0, flags: 0, mask: 1, sid: 'S-1-1-0' }));
  const most = Math.floor((ACL_SIZE_MAX - 8) / 20);
  assert.is(aclSize(many(most)), 8 + 20 * most);
  assert.is(decoded(encodeDescriptor({ control: 0, dacl: many(most) })).dacl?.length, most);
  assert.throws(() => encodeDescriptor({ control: 0, dacl: many(most + 1) }), /at most 65535/);
});

s('text that is no descriptor is refused, with the reason', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['X:BA', /expected O:, G:, D: or S:/],
    ['O:ZZ', /expected a SID, got "ZZ"/],
    ['O:S-1-5-4294967296', /expected a SID/],
    ['D:(A;;RP;;;AU', /not closed/],
    ['D:(A;;RP;;AU)', /six fields, got 5/],
    ['D:(Q;;RP;;;AU)', /ACE type "Q"/],
    ['D:(A;ZZ;RP;;;AU)', /ACE flags "ZZ"/],
    ['D:(A;;QQ;;;AU)', /ACE rights "QQ"/],
    ['D:(A;;0x123456789;;;AU)', /ACE rights/],
    ['D:(OA;;RP;user;;AU)', /"user" is no GUID/],
    ['D:(A;;RP;bf967aba-0de6-11d0-a285-00aa003049e2;;AU)', /type A has no GUID/],
    ['D:(A;;RP;;;S-1-5)', /"S-1-5" is no SID/],
  ];
  for (const [text, reason] of refusals) {
    const outcome = parseSddl(text, DOMAIN);
    assert.is(outcome.ok, false, text);
    if (!outcome.ok) assert.match(outcome.reason, reason);
  }
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'OGDS:(;)ARPWCIO-15x'), maxLength: 60 }),
      (text) => {
        const outcome = parseSddl(text, DOMAIN);
        if (outcome.ok) encodeDescriptor(outcome.value);
      },
    ),
    { seed: 1, numRuns: 3_000 },
  );
});

s.run();
