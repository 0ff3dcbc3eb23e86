/**
 * What the command dsacls shows of a security descriptor, in its words and columns, and what its
 * arguments make of one. Rights are those of MS-ADTS 5.1.3.2; the misspelt PERMISSONS is Windows'.
 */
import { attributeByGuid, classByGuid } from '../schema.ts';
import { CONTROL_ACCESS_RIGHTS } from '../well-known-rights.ts';
import {
  type Ace,
  AceFlags,
  AceType,
  Control,
  isObjectAce,
  Right,
  type SecurityDescriptor,
} from './descriptor.ts';
import type { Trustees } from './trustees.ts';

interface NamedRight {
  readonly code: string;
  readonly mask: number;
  readonly text: string;
}

/** In the order in which dsacls lists them. */
export const RIGHTS: readonly NamedRight[] = [
  { code: 'SD', mask: Right.DELETE, text: 'DELETE' },
  { code: 'RC', mask: Right.READ_CONTROL, text: 'READ PERMISSONS' },
  { code: 'WD', mask: Right.WRITE_DAC, text: 'WRITE PERMISSIONS' },
  { code: 'WO', mask: Right.WRITE_OWNER, text: 'CHANGE OWNERSHIP' },
  { code: 'CC', mask: Right.CREATE_CHILD, text: 'CREATE CHILD' },
  { code: 'DC', mask: Right.DELETE_CHILD, text: 'DELETE CHILD' },
  { code: 'LC', mask: Right.LIST_CONTENTS, text: 'LIST CONTENTS' },
  { code: 'WS', mask: Right.WRITE_PROPERTY_EXTENDED, text: 'WRITE SELF' },
  { code: 'WP', mask: Right.WRITE_PROPERTY, text: 'WRITE PROPERTY' },
  { code: 'RP', mask: Right.READ_PROPERTY, text: 'READ PROPERTY' },
  { code: 'DT', mask: Right.DELETE_TREE, text: 'DELETE TREE' },
  { code: 'LO', mask: Right.LIST_OBJECT, text: 'LIST OBJECT' },
  { code: 'CA', mask: Right.CONTROL_ACCESS, text: 'CONTROL ACCESS' },
];

/** Every right on an object: what GENERIC_ALL stands for. */
export const FULL_CONTROL = 0x000f01ff;

/** Rights begin in this column; a trustee's name that leaves no room for two spaces has a line alone. */
const COLUMN = 38;
const PREFIX = 6;

/** The lines that `dsacls DN` prints. */
export function dsaclsText(descriptor: SecurityDescriptor, names: Trustees): string {
  const dacl = descriptor.dacl ?? [];
  const effective = dacl.filter((ace) => (ace.flags & AceFlags.INHERIT_ONLY) === 0);
  const heirs = dacl.filter((ace) => (ace.flags & AceFlags.CONTAINER_INHERIT) !== 0);
  const everybody = heirs.filter((ace) => ace.inheritedObjectType === undefined);
  const classes = new Set(
    heirs.map((ace) => ace.inheritedObjectType).filter((guid) => guid !== undefined),
  );
  const isProtected = (descriptor.control & Control.DACL_PROTECTED) !== 0;
  const nobody = '<no owner>';
  return [
    `Owner: ${descriptor.owner === undefined ? nobody : names.nameOf(descriptor.owner)}`,
    `Group: ${descriptor.group === undefined ? nobody : names.nameOf(descriptor.group)}`,
    '',
    'Access list:',
    ...(isProtected
      ? ['{This object is protected from inheriting permissions from the parent}']
      : []),
    ...(descriptor.dacl === undefined ? ['No access control list: everybody has every right'] : []),
    ...listed(effective, names),
    '',
    'Permissions inherited to subobjects are:',
    'Inherited to all subobjects',
    ...listed(everybody, names),
    '',
    ...[...classes].flatMap((guid) => [
      `Inherited to ${typeName(guid)}`,
      ...listed(
        heirs.filter((ace) => ace.inheritedObjectType === guid),
        names,
      ),
    ]),
    'The command completed successfully',
    '',
  ].join('\n');
}

/** ACEs about the object, about its properties and children, then about extended rights. */
function listed(aces: readonly Ace[], names: Trustees): readonly string[] {
  const rank = (ace: Ace): number => {
    if (!isObjectAce(ace)) return 0;
    return isControlRight(ace) ? 2 : 1;
  };
  return [0, 1, 2].flatMap((wanted) =>
    aces.filter((ace) => rank(ace) === wanted).flatMap((ace) => aceLines(ace, names)),
  );
}

function isControlRight(ace: Ace): boolean {
  return ace.objectType !== undefined && ace.mask === Right.CONTROL_ACCESS;
}

function aceLines(ace: Ace, names: Trustees): readonly string[] {
  const denies = ace.type === AceType.ACCESS_DENIED || ace.type === AceType.ACCESS_DENIED_OBJECT;
  const trustee = names.nameOf(ace.sid);
  const head = `${(denies ? 'Deny' : 'Allow').padEnd(PREFIX)}${trustee}`;
  const origin = (ace.flags & AceFlags.INHERITED) === 0 ? '' : '   <Inherited from parent>';
  const indent = ' '.repeat(COLUMN);
  const what = `${accessOf(ace)}${origin}`;
  const first = head.length + 2 <= COLUMN ? [head.padEnd(COLUMN) + what] : [head, indent + what];
  if (isControlRight(ace) || isFullControl(ace.mask)) return first;
  const rights = RIGHTS.filter(({ mask }) => (ace.mask & mask) !== 0);
  return [...first, ...rights.map(({ text }) => indent + text)];
}

function accessOf(ace: Ace): string {
  if (isControlRight(ace)) return typeName(ace.objectType as string, ace.mask);
  const access = isFullControl(ace.mask) ? 'FULL CONTROL' : 'SPECIAL ACCESS';
  return ace.objectType === undefined
    ? access
    : `${access} for ${typeName(ace.objectType, ace.mask)}`;
}

function isFullControl(mask: number): boolean {
  return (mask & FULL_CONTROL) === FULL_CONTROL || (mask & Right.GENERIC_ALL) !== 0;
}

/**
 * An attribute or a class by lDAPDisplayName, a right or a property set by displayName. Where a
 * right and an attribute share a GUID (member and Self-Membership) it is the right that is named;
 * where a validated write and a property set do, what the mask speaks of.
 */
export function typeName(guid: string, mask = 0): string {
  const rights = CONTROL_ACCESS_RIGHTS.filter((each) => each.guid === guid);
  const validated = (mask & Right.WRITE_PROPERTY_EXTENDED) !== 0;
  const right = rights.find(({ kind }) => (kind === 'validatedWrite') === validated) ?? rights[0];
  return (
    right?.displayName ?? attributeByGuid(guid)?.name ?? classByGuid(guid)?.name ?? `{${guid}}`
  );
}
