/**
 * The schema in use: MS-ADTS 3.1.1.2. The tables list what this domain's objects and its clients
 * need; ids and GUIDs are those that Microsoft publishes for AD DS.
 */
import { ATTRIBUTE_ROWS } from './schema-attributes.ts';
import { CLASS_ROWS } from './schema-classes.ts';
import { isReference, type Syntax } from './syntax.ts';

export interface AttributeSchema {
  /** lDAPDisplayName. */
  readonly name: string;
  /** Common name: the RDN of the attributeSchema object. */
  readonly cn: string;
  /** Place in the table: records are stored with it, so rows are only ever added at the end. */
  readonly code: number;
  /** attributeID. */
  readonly oid: string;
  readonly syntax: Syntax;
  /** isSingleValued. */
  readonly single: boolean;
  /** schemaIDGUID as text. */
  readonly guid: string;
  /** attributeSecurityGUID: the property set that an ACE may name instead. */
  readonly propertySet?: string;
  readonly rangeLower?: number;
  readonly rangeUpper?: number;
  /** searchFlags (MS-ADTS 2.2.10). */
  readonly searchFlags: number;
  /** Found by an index here: as searchFlags says (fATTINDEX), with few exceptions, or linked. */
  readonly indexed: boolean;
  /** systemFlags (MS-ADTS 2.2.11). */
  readonly systemFlags: number;
  /** systemOnly: nobody but the server changes it. */
  readonly systemOnly: boolean;
  /** Computed when it is asked for, never stored (FLAG_ATTR_IS_CONSTRUCTED). */
  readonly constructed: boolean;
  /** Even: forward link; odd: its back link. */
  readonly linkId?: number;
  readonly inGlobalCatalog: boolean;
}

export interface ClassSchema {
  /** lDAPDisplayName. */
  readonly name: string;
  /** Common name: the RDN of the classSchema object. */
  readonly cn: string;
  /** governsID. */
  readonly oid: string;
  readonly guid: string;
  readonly subClassOf: string;
  /** 1 structural, 2 abstract, 3 auxiliary, 0 88-class. */
  readonly category: 0 | 1 | 2 | 3;
  readonly rdnType: string;
  /** systemAuxiliaryClass and auxiliaryClass. */
  readonly auxiliary: readonly string[];
  readonly must: readonly string[];
  readonly may: readonly string[];
  readonly possSuperiors: readonly string[];
  /** SDDL, relative to the domain. */
  readonly defaultSecurityDescriptor: string;
  /** The class whose objects are this one's defaultObjectCategory. */
  readonly defaultObjectCategory: string;
  readonly systemOnly: boolean;
  /** showInAdvancedViewOnly of new objects. */
  readonly defaultHidingValue: boolean;
}

/** A row of the attribute table: what has a default may be left out. */
export interface AttributeRow {
  readonly name: string;
  readonly cn: string;
  readonly oid: string;
  readonly syntax: Syntax;
  readonly guid: string;
  readonly single?: boolean;
  readonly propertySet?: string;
  readonly rangeLower?: number;
  readonly rangeUpper?: number;
  readonly searchFlags?: number;
  readonly systemFlags?: number;
  readonly systemOnly?: boolean;
  readonly linkId?: number;
  readonly inGlobalCatalog?: boolean;
  /** Not found by an index here although searchFlags says so. */
  readonly scanned?: boolean;
}

/** FLAG_ATTR_IS_CONSTRUCTED (MS-ADTS 2.2.11). */
const CONSTRUCTED = 0x4;
/** fATTINDEX (MS-ADTS 2.2.10). */
const INDEX = 0x1;

export const ATTRIBUTES: readonly AttributeSchema[] = ATTRIBUTE_ROWS.map((row, code) => {
  const systemFlags = row.systemFlags ?? 0;
  const backLink = row.linkId !== undefined && row.linkId % 2 === 1;
  const forwardLink = row.linkId !== undefined && row.linkId % 2 === 0;
  const { single, scanned, ...rest } = row;
  return {
    ...rest,
    code,
    single: single ?? true,
    searchFlags: row.searchFlags ?? 0,
    systemFlags,
    systemOnly: row.systemOnly ?? false,
    constructed: (systemFlags & CONSTRUCTED) !== 0 || backLink,
    // Forward links are always indexed: their back links are answered from there.
    indexed: (((row.searchFlags ?? 0) & INDEX) !== 0 && scanned !== true) || forwardLink,
    inGlobalCatalog: row.inGlobalCatalog ?? false,
  };
});

export const CLASSES: readonly ClassSchema[] = CLASS_ROWS;

const bySpelling = new Map(ATTRIBUTES.map((row) => [row.name, row]));
const byName = new Map(ATTRIBUTES.map((row) => [row.name.toLowerCase(), row]));
const byOid = new Map(ATTRIBUTES.map((row) => [row.oid, row]));
const byGuid = new Map(ATTRIBUTES.map((row) => [row.guid, row]));
const byLink = new Map(
  ATTRIBUTES.flatMap((row) => (row.linkId === undefined ? [] : [[row.linkId, row] as const])),
);
const classesByName = new Map(CLASSES.map((row) => [row.name.toLowerCase(), row]));
const classesByOid = new Map(CLASSES.map((row) => [row.oid, row]));
const classesByGuid = new Map(CLASSES.map((row) => [row.guid, row]));

if (byName.size !== ATTRIBUTES.length || byOid.size !== ATTRIBUTES.length) {
  throw new Error('the attribute table names an attribute or an OID twice');
}
if (classesByName.size !== CLASSES.length || classesByOid.size !== CLASSES.length) {
  throw new Error('the class table names a class or an OID twice');
}

/** By lDAPDisplayName in any case, or by OID. */
export function attribute(name: string): AttributeSchema | undefined {
  return (
    bySpelling.get(name) ?? byName.get(name.toLowerCase()) ?? byOid.get(name.replace(/^OID\./i, ''))
  );
}

export function attributeByCode(code: number): AttributeSchema | undefined {
  return ATTRIBUTES[code];
}

export function attributeByGuid(guid: string): AttributeSchema | undefined {
  return byGuid.get(guid.toLowerCase());
}

/** The attribute that a back link is answered from, and the other way round. */
export function linkPartner(schema: AttributeSchema): AttributeSchema | undefined {
  return schema.linkId === undefined ? undefined : byLink.get(schema.linkId ^ 1);
}

export function classSchema(name: string): ClassSchema | undefined {
  return classesByName.get(name.toLowerCase()) ?? classesByOid.get(name.replace(/^OID\./i, ''));
}

export function classByGuid(guid: string): ClassSchema | undefined {
  return classesByGuid.get(guid.toLowerCase());
}

/** `top` first, the class itself last: the values of objectClass (MS-ADTS 3.1.1.2.4.3). */
export function superclasses(name: string): readonly string[] {
  const chain: string[] = [];
  for (let row = classSchema(name); row !== undefined; row = classSchema(row.subClassOf)) {
    chain.unshift(row.name);
    if (row.subClassOf === row.name || row.name === 'top') break;
  }
  return chain;
}

export interface ClassRules {
  readonly must: ReadonlySet<string>;
  readonly may: ReadonlySet<string>;
  readonly possSuperiors: ReadonlySet<string>;
}

const rules = new Map<string, ClassRules>();

/** What an object of the class must and may have, and what it may stand under; inherited included. */
export function classRules(name: string): ClassRules {
  const known = rules.get(name);
  if (known !== undefined) return known;
  const must = new Set<string>();
  const may = new Set<string>();
  const possSuperiors = new Set<string>();
  const visit = (className: string): void => {
    for (const each of superclasses(className)) {
      const row = classSchema(each) as ClassSchema;
      for (const item of row.must) must.add(item);
      for (const item of row.may) may.add(item);
      for (const item of row.possSuperiors) possSuperiors.add(item);
      for (const item of row.auxiliary) visit(item);
    }
  };
  visit(name);
  const made = { must, may, possSuperiors };
  rules.set(name, made);
  return made;
}

/** Whether values of the attribute name other objects. */
export function isLink(schema: AttributeSchema): boolean {
  return isReference(schema.syntax);
}
