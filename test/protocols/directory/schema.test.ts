import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ATTRIBUTES,
  attribute,
  attributeByCode,
  attributeByGuid,
  CLASSES,
  classByGuid,
  classRules,
  classSchema,
  linkPartner,
  superclasses,
} from '../../../protocols/directory/schema.ts';
import { parseSddl } from '../../../protocols/directory/security/sddl.ts';
import { isSubschemaAttribute, subschema } from '../../../protocols/directory/subschema.ts';
import {
  CONTROL_ACCESS_RIGHTS,
  controlAccessRight,
} from '../../../protocols/directory/well-known-rights.ts';
import { CORP_SID } from './corp.ts';

const s = suite('directory/schema');

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

s('names, OIDs, GUIDs and link numbers stand once', () => {
  for (const key of ['name', 'cn', 'oid', 'guid'] as const) {
    const attributes = ATTRIBUTES.map((row) => row[key].toLowerCase());
    const classes = CLASSES.map((row) => row[key].toLowerCase());
    assert.is(new Set(attributes).size, ATTRIBUTES.length, key);
    assert.is(new Set(classes).size, CLASSES.length, key);
    // The schema's naming context holds both: a class and an attribute may not share a name.
    if (key === 'cn')
      assert.is(new Set([...attributes, ...classes]).size, attributes.length + classes.length);
  }
  const links = ATTRIBUTES.flatMap(({ linkId }) => linkId ?? []);
  assert.is(new Set(links).size, links.length);
  for (const { guid, name } of [...ATTRIBUTES, ...CLASSES]) assert.match(guid, GUID, name);
});

s('every class names only what the schema has', () => {
  for (const row of CLASSES) {
    for (const name of [...row.must, ...row.may]) {
      assert.is(attribute(name)?.name, name, `${row.name}: ${name}`);
    }
    for (const name of [row.subClassOf, row.defaultObjectCategory, ...row.auxiliary]) {
      assert.is(classSchema(name)?.name, name, `${row.name}: ${name}`);
    }
    for (const name of row.possSuperiors) assert.ok(classSchema(name), `${row.name}: ${name}`);
    assert.ok(
      classRules(row.name).may.has(row.rdnType.toLowerCase()) ||
        classRules(row.name).must.has(row.rdnType.toLowerCase()),
      row.name,
    );
    assert.is(superclasses(row.name)[0], 'top');
    assert.is(superclasses(row.name).at(-1), row.name);
  }
});

s('every default descriptor can be read', () => {
  const domain = { domainSid: CORP_SID, rootDomainSid: CORP_SID };
  for (const { name, defaultSecurityDescriptor } of CLASSES) {
    const outcome = parseSddl(defaultSecurityDescriptor, domain);
    assert.ok(outcome.ok, `${name}: ${outcome.ok ? '' : outcome.reason}`);
  }
});

s('a link and its back link are of one pair', () => {
  for (const row of ATTRIBUTES) {
    if (row.linkId === undefined) continue;
    if (row.linkId % 2 === 1) {
      assert.ok(linkPartner(row), `${row.name} has no forward link`);
      assert.ok(row.constructed, row.name);
    } else {
      assert.ok(row.indexed, row.name);
    }
  }
  assert.is(linkPartner(attribute('memberOf') as never)?.name, 'member');
  assert.is(linkPartner(attribute('msDS-KrbTgtLink') as never)?.name, 'msDS-KrbTgtLinkBl');
});

s('published ids: MS-ADA1, MS-ADA2, MS-ADA3 and MS-ADSC', () => {
  for (const [name, oid, guid] of [
    ['sAMAccountName', '1.2.840.113556.1.4.221', '3e0abfd0-126a-11d0-a060-00aa006c33ed'],
    ['msDS-KeyCredentialLink', '1.2.840.113556.1.4.2328', '5b47d60f-6090-40b2-9f37-2a4de88f3063'],
    [
      'msDS-SecondaryKrbTgtNumber',
      '1.2.840.113556.1.4.1929',
      'aa156612-2396-467e-ad6a-28d23fdb1865',
    ],
    ['servicePrincipalName', '1.2.840.113556.1.4.771', 'f3a64788-5306-11d1-a9c5-0000f80367c1'],
    ['member', '2.5.4.31', 'bf9679c0-0de6-11d0-a285-00aa003049e2'],
    ['unicodePwd', '1.2.840.113556.1.4.90', 'bf9679e1-0de6-11d0-a285-00aa003049e2'],
  ] as const) {
    const row = attribute(name);
    assert.is(row?.oid, oid);
    assert.is(row?.guid, guid);
    assert.is(attribute(`OID.${oid}`), row);
    assert.is(attributeByGuid(guid.toUpperCase()), row);
    assert.is(attributeByCode(row?.code ?? -1), row);
    assert.is(attribute(name.toUpperCase()), row);
  }
  assert.is(classSchema('user')?.guid, 'bf967aba-0de6-11d0-a285-00aa003049e2');
  assert.is(classByGuid('bf967a86-0de6-11d0-a285-00aa003049e2')?.name, 'computer');
  assert.equal(superclasses('computer'), [
    'top',
    'person',
    'organizationalPerson',
    'user',
    'computer',
  ]);
});

s('attributes carry their property sets', () => {
  const set = (name: string): string | undefined => attribute(name)?.propertySet;
  assert.is(set('userAccountControl'), controlAccessRight('User-Account-Restrictions')?.guid);
  assert.is(set('member'), controlAccessRight('Membership')?.guid);
  assert.is(set('msDS-KeyCredentialLink'), controlAccessRight('DS-Validated-Write-Computer')?.guid);
  for (const row of ATTRIBUTES) {
    if (row.propertySet === undefined) continue;
    assert.ok(
      CONTROL_ACCESS_RIGHTS.some(({ guid }) => guid === row.propertySet),
      row.name,
    );
  }
});

s('rights are about classes of the schema, and named once', () => {
  for (const { cn, guid, appliesTo } of CONTROL_ACCESS_RIGHTS) {
    assert.match(guid, GUID, cn);
    for (const name of appliesTo) assert.ok(classSchema(name), `${cn}: ${name}`);
  }
  const names = CONTROL_ACCESS_RIGHTS.map(({ cn }) => cn);
  assert.is(new Set(names).size, names.length);
  assert.is(
    controlAccessRight('User-Force-Change-Password')?.guid,
    '00299570-246d-11d0-a768-00aa006e0529',
  );
  assert.is(
    controlAccessRight('Run-Protect-Admin-Groups-Task')?.guid,
    '7726b9d5-a4b4-4288-a6b2-dce952e80a7f',
  );
});

s('what the directory itself names is in the schema', () => {
  for (const name of `
    tokenGroups msDS-KeyVersionNumber msDS-KeyCredentialLink-BL msDS-KrbTgtLinkBl
    msDS-RevealOnDemandGroup msDS-NeverRevealGroup msDS-RevealedUsers msDS-RevealedList
    msDS-RevealedDSAs msDS-AuthenticatedToAccountlist msDS-AllowedToDelegateTo
    msDS-AllowedToActOnBehalfOfOtherIdentity altSecurityIdentities logonHours userWorkstations
    lockoutTime lockoutThreshold lockoutDuration lockOutObservationWindow maxPwdAge minPwdAge
    minPwdLength pwdHistoryLength pwdProperties wellKnownObjects otherWellKnownObjects dSHeuristics
    adminCount managedBy dNSHostName msDS-AdditionalDnsHostName supplementalCredentials unicodePwd
    ntPwdHistory rightsGuid appliesTo validAccesses sPNMappings msDS-Behavior-Version
    trustAuthIncoming trustAuthOutgoing trustDirection trustAttributes msDS-SupportedEncryptionTypes
  `
    .trim()
    .split(/\s+/)) {
    assert.ok(attribute(name), name);
  }
});

s('constructed attributes and back links are never stored', () => {
  for (const name of [
    'memberOf',
    'tokenGroups',
    'parentGUID',
    'canonicalName',
    'msDS-KeyVersionNumber',
  ]) {
    assert.is(attribute(name)?.constructed, true, name);
  }
  for (const name of ['member', 'sAMAccountName', 'nTSecurityDescriptor']) {
    assert.is(attribute(name)?.constructed, false, name);
  }
});

s('the subschema writes the tables as RFC 4512 §4.1 does', () => {
  assert.ok(isSubschemaAttribute('attributeTypes'));
  assert.not.ok(isSubschemaAttribute('cn'));
  assert.is(
    subschema('attributeTypes').find((text) => text.includes("'objectSid'")),
    "( 1.2.840.113556.1.4.146 NAME 'objectSid' SYNTAX '1.3.6.1.4.1.1466.115.121.1.40' SINGLE-VALUE NO-USER-MODIFICATION )",
  );
  assert.is(
    subschema('objectClasses').find((text) => text.includes("NAME 'secret'")),
    "( 1.2.840.113556.1.5.28 NAME 'secret' SUP leaf STRUCTURAL MAY (currentValue $ lastSetTime $ priorSetTime $ priorValue ) )",
  );
  assert.is(
    subschema('extendedClassInfo')[0],
    "( 2.5.6.0 NAME 'top' CLASS-GUID 'B77A96BFE60DD011A28500AA003049E2' )",
  );
  assert.is(subschema('extendedAttributeInfo').length, ATTRIBUTES.length);
  assert.ok(subschema('dITContentRules').some((text) => text.includes('AUX (')));
});

s.run();
