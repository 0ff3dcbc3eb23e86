/** The schema's naming context: MS-ADTS 3.1.1.2. An object for each class and attribute in use. */
import { fromHex } from '../../src/bytes/bytes.ts';
import { parseGuid } from './dn.ts';
import type { DomainBuilder } from './domain-builder.ts';
import type { SeedAttributes } from './domain-seed.ts';
import { reference } from './entry.ts';
import { InstanceType } from './instance.ts';
import { ATTRIBUTES, type AttributeSchema, CLASSES, type ClassSchema } from './schema.ts';
import { SYNTAXES, type Syntax } from './syntax.ts';
import { SCHEMA_DESCRIPTOR } from './well-known-descriptors.ts';

/** Windows Server 2016. */
export const SCHEMA_VERSION = 87;

/** oMObjectClass of the syntaxes that are objects, in BER (MS-ADTS 3.1.1.2.2.2). */
const OBJECT_CLASSES: Partial<Readonly<Record<Syntax, Uint8Array>>> = {
  dn: fromHex('2b0c0287731c00854a'),
  dnBinary: fromHex('2a864886f7140101010b'),
  dnString: fromHex('2a864886f7140101010c'),
};

/** A head whose superior naming context is here too (MS-ADTS 6.1.1.1.1). */
export const HEAD_BELOW_ANOTHER = InstanceType.NC_HEAD | InstanceType.WRITE | 8;

/** FLAG_SCHEMA_BASE_OBJECT. */
const BASE_OBJECT = 16;

export function addSchema(builder: DomainBuilder, configuration: number): number {
  const schema = builder.add({
    parent: configuration,
    name: 'Schema',
    objectClass: 'dMD',
    descriptor: SCHEMA_DESCRIPTOR,
    instanceType: HEAD_BELOW_ANOTHER,
    attributes: {
      objectVersion: SCHEMA_VERSION,
      'msDS-NcType': 0,
      showInAdvancedViewOnly: true,
    },
  });
  for (const row of CLASSES) {
    builder.add({
      parent: schema,
      id: builder.classId(row.name),
      name: row.cn,
      objectClass: 'classSchema',
      attributes: classAttributes(row, builder),
    });
  }
  for (const row of ATTRIBUTES) {
    builder.add({
      parent: schema,
      name: row.cn,
      objectClass: 'attributeSchema',
      attributes: attributeAttributes(row),
    });
  }
  builder.add({ parent: schema, name: 'Aggregate', objectClass: 'subSchema' });
  return schema;
}

function guidOctets(text: string): Uint8Array {
  return parseGuid(text) as Uint8Array;
}

function classAttributes(row: ClassSchema, builder: DomainBuilder): SeedAttributes {
  return {
    lDAPDisplayName: row.name,
    adminDisplayName: row.cn,
    adminDescription: row.cn,
    governsID: row.oid,
    schemaIDGUID: guidOctets(row.guid),
    subClassOf: row.subClassOf,
    objectClassCategory: row.category,
    rDNAttID: row.rdnType.toLowerCase(),
    systemAuxiliaryClass: row.auxiliary,
    systemMustContain: row.must,
    systemMayContain: row.may,
    systemPossSuperiors: row.possSuperiors,
    defaultObjectCategory: reference(builder.classId(row.defaultObjectCategory)),
    defaultHidingValue: row.defaultHidingValue,
    systemOnly: row.systemOnly,
    systemFlags: BASE_OBJECT,
    ...(row.defaultSecurityDescriptor === ''
      ? {}
      : { defaultSecurityDescriptor: row.defaultSecurityDescriptor }),
  };
}

function attributeAttributes(row: AttributeSchema): SeedAttributes {
  const { attributeSyntax, oMSyntax } = SYNTAXES[row.syntax];
  const objectClass = OBJECT_CLASSES[row.syntax];
  return {
    lDAPDisplayName: row.name,
    adminDisplayName: row.cn,
    adminDescription: row.cn,
    attributeID: row.oid,
    schemaIDGUID: guidOctets(row.guid),
    attributeSyntax,
    oMSyntax,
    isSingleValued: row.single,
    searchFlags: row.searchFlags,
    systemFlags: row.systemFlags,
    systemOnly: row.systemOnly,
    isMemberOfPartialAttributeSet: row.inGlobalCatalog,
    ...(objectClass === undefined ? {} : { oMObjectClass: objectClass }),
    ...(row.propertySet === undefined
      ? {}
      : { attributeSecurityGUID: guidOctets(row.propertySet) }),
    ...(row.rangeLower === undefined ? {} : { rangeLower: row.rangeLower | 0 }),
    ...(row.rangeUpper === undefined ? {} : { rangeUpper: row.rangeUpper | 0 }),
    ...(row.linkId === undefined ? {} : { linkID: row.linkId }),
  };
}
