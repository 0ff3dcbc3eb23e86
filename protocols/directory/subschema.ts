/**
 * The values of CN=Aggregate: the schema as RFC 4512 §4.1 writes it, in the form of MS-ADTS 3.1.1.3.1.1.1.
 * They are computed from the tables, and only when a client asks.
 */
import { toHex } from '../../src/bytes/bytes.ts';
import { parseGuid } from './dn.ts';
import { ATTRIBUTES, type AttributeSchema, CLASSES, type ClassSchema } from './schema.ts';
import { SYNTAXES } from './syntax.ts';

/** The attributes that the subschema object computes. */
export type SubschemaAttribute =
  | 'attributeTypes'
  | 'objectClasses'
  | 'dITContentRules'
  | 'extendedAttributeInfo'
  | 'extendedClassInfo';

const KINDS = { 0: 'STRUCTURAL', 1: 'STRUCTURAL', 2: 'ABSTRACT', 3: 'AUXILIARY' } as const;
const INDEX = 0x1;

const BUILDERS: Readonly<Record<SubschemaAttribute, () => readonly string[]>> = {
  attributeTypes: () => ATTRIBUTES.map(attributeType),
  objectClasses: () => CLASSES.map(objectClass),
  dITContentRules: () =>
    CLASSES.filter((row) => row.category === 1 && row.auxiliary.length > 0).map(contentRule),
  extendedAttributeInfo: () => ATTRIBUTES.map(extendedAttribute),
  extendedClassInfo: () =>
    CLASSES.map((row) => `( ${row.oid} NAME '${row.name}' CLASS-GUID '${guidHex(row.guid)}' )`),
};

const made = new Map<SubschemaAttribute, readonly string[]>();

export function isSubschemaAttribute(name: string): name is SubschemaAttribute {
  return Object.hasOwn(BUILDERS, name);
}

/** Values of one attribute of the subschema object. */
export function subschema(name: SubschemaAttribute): readonly string[] {
  const known = made.get(name);
  if (known !== undefined) return known;
  const values = BUILDERS[name]();
  made.set(name, values);
  return values;
}

function attributeType(row: AttributeSchema): string {
  return [
    `( ${row.oid} NAME '${row.name}' SYNTAX '${SYNTAXES[row.syntax].ldap}'`,
    ...(row.single ? ['SINGLE-VALUE'] : []),
    ...(row.systemOnly ? ['NO-USER-MODIFICATION'] : []),
    ')',
  ].join(' ');
}

function objectClass(row: ClassSchema): string {
  const superior = row.name === row.subClassOf ? [] : [`SUP ${row.subClassOf}`];
  return [
    `( ${row.oid} NAME '${row.name}'`,
    ...superior,
    KINDS[row.category],
    ...list('MUST', row.must),
    ...list('MAY', row.may),
    ')',
  ].join(' ');
}

function contentRule(row: ClassSchema): string {
  return `( ${row.oid} NAME '${row.name}' ${list('AUX', row.auxiliary).join(' ')} )`;
}

function extendedAttribute(row: AttributeSchema): string {
  return [
    `( ${row.oid} NAME '${row.name}'`,
    ...(row.rangeLower === undefined ? [] : [`RANGE-LOWER '${row.rangeLower}'`]),
    ...(row.rangeUpper === undefined ? [] : [`RANGE-UPPER '${row.rangeUpper}'`]),
    `PROPERTY-GUID '${guidHex(row.guid)}'`,
    ...(row.propertySet === undefined ? [] : [`PROPERTY-SET-GUID '${guidHex(row.propertySet)}'`]),
    ...((row.searchFlags & INDEX) === 0 ? [] : ['INDEXED']),
    ...(row.systemOnly ? ['SYSTEM-ONLY'] : []),
    ')',
  ].join(' ');
}

function list(word: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${word} (${names.join(' $ ')} )`];
}

function guidHex(text: string): string {
  return toHex(parseGuid(text) ?? new Uint8Array()).toUpperCase();
}
