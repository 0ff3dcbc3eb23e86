/** Security descriptors in their self-relative form: MS-DTYP 2.4.4 (ACE), 2.4.5 (ACL), 2.4.6. */
import { concat, uint32le, view } from '../../../src/bytes/bytes.ts';
import { formatSid, parseSid, SUB_AUTHORITIES_MAX } from '../../pac/sid.ts';
import { formatGuid, parseGuid } from '../dn.ts';

/** AceType, MS-DTYP 2.4.4.1. */
export const AceType = {
  ACCESS_ALLOWED: 0x00,
  ACCESS_DENIED: 0x01,
  SYSTEM_AUDIT: 0x02,
  ACCESS_ALLOWED_OBJECT: 0x05,
  ACCESS_DENIED_OBJECT: 0x06,
  SYSTEM_AUDIT_OBJECT: 0x07,
} as const;

/** AceFlags, MS-DTYP 2.4.4.1. */
export const AceFlags = {
  OBJECT_INHERIT: 0x01,
  CONTAINER_INHERIT: 0x02,
  NO_PROPAGATE_INHERIT: 0x04,
  INHERIT_ONLY: 0x08,
  INHERITED: 0x10,
  SUCCESSFUL_ACCESS: 0x40,
  FAILED_ACCESS: 0x80,
} as const;

/** Control, MS-DTYP 2.4.6. */
export const Control = {
  OWNER_DEFAULTED: 0x0001,
  GROUP_DEFAULTED: 0x0002,
  DACL_PRESENT: 0x0004,
  DACL_DEFAULTED: 0x0008,
  SACL_PRESENT: 0x0010,
  SACL_DEFAULTED: 0x0020,
  DACL_AUTO_INHERIT_REQ: 0x0100,
  SACL_AUTO_INHERIT_REQ: 0x0200,
  DACL_AUTO_INHERITED: 0x0400,
  SACL_AUTO_INHERITED: 0x0800,
  DACL_PROTECTED: 0x1000,
  SACL_PROTECTED: 0x2000,
  SELF_RELATIVE: 0x8000,
} as const;

/** Access rights on directory objects, MS-ADTS 5.1.3.2. */
export const Right = {
  CREATE_CHILD: 0x00000001,
  DELETE_CHILD: 0x00000002,
  LIST_CONTENTS: 0x00000004,
  WRITE_PROPERTY_EXTENDED: 0x00000008,
  READ_PROPERTY: 0x00000010,
  WRITE_PROPERTY: 0x00000020,
  DELETE_TREE: 0x00000040,
  LIST_OBJECT: 0x00000080,
  CONTROL_ACCESS: 0x00000100,
  DELETE: 0x00010000,
  READ_CONTROL: 0x00020000,
  WRITE_DAC: 0x00040000,
  WRITE_OWNER: 0x00080000,
  ACCESS_SYSTEM_SECURITY: 0x01000000,
  GENERIC_ALL: 0x10000000,
  GENERIC_EXECUTE: 0x20000000,
  GENERIC_WRITE: 0x40000000,
  GENERIC_READ: 0x80000000,
} as const;

export interface Ace {
  readonly type: number;
  readonly flags: number;
  readonly mask: number;
  /** A property, a property set, a validated write, an extended right, or a child's class. */
  readonly objectType?: string;
  /** The class of objects that inherit the ACE. */
  readonly inheritedObjectType?: string;
  readonly sid: string;
}

export interface SecurityDescriptor {
  readonly control: number;
  readonly owner?: string;
  readonly group?: string;
  /** Absent with DACL_PRESENT set: a NULL DACL, which grants everything. */
  readonly dacl?: readonly Ace[];
  readonly sacl?: readonly Ace[];
}

const HEADER = 20;
const OBJECT_TYPE_PRESENT = 1;
const INHERITED_OBJECT_TYPE_PRESENT = 2;

/** Whether the ACE has the object form, with its two GUIDs. */
export function isObjectAce(ace: Ace): boolean {
  return ace.type >= AceType.ACCESS_ALLOWED_OBJECT && ace.type <= AceType.SYSTEM_AUDIT_OBJECT;
}

/** AclSize is 16 bits (MS-DTYP 2.4.5): what inheritance adds may be too much. */
export const ACL_SIZE_MAX = 0xffff;

/** Octets of an ACL with these entries. */
export function aclSize(aces: readonly Ace[]): number {
  return aces.reduce((sum, ace) => sum + aceSize(ace), 8);
}

function aceSize(ace: Ace): number {
  const subAuthorities = ace.sid.split('-').length - 3;
  const guids =
    (ace.objectType === undefined ? 0 : 16) + (ace.inheritedObjectType === undefined ? 0 : 16);
  return 16 + 4 * subAuthorities + (isObjectAce(ace) ? 4 + guids : 0);
}

/**
 * Self-relative octets: header, SACL, DACL, owner, group, as Windows orders them.
 * @throws RangeError when an ACL is larger than {@link ACL_SIZE_MAX}, or a SID or a GUID is none
 */
export function encodeDescriptor(descriptor: SecurityDescriptor): Uint8Array {
  const sacl = descriptor.sacl === undefined ? undefined : encodeAcl(descriptor.sacl);
  const dacl = descriptor.dacl === undefined ? undefined : encodeAcl(descriptor.dacl);
  const owner = descriptor.owner === undefined ? undefined : parseSid(descriptor.owner);
  const group = descriptor.group === undefined ? undefined : parseSid(descriptor.group);
  const parts: Uint8Array[] = [];
  let at = HEADER;
  const place = (part: Uint8Array | undefined): number => {
    if (part === undefined) return 0;
    parts.push(part);
    at += part.length;
    return at - part.length;
  };
  const saclAt = place(sacl);
  const daclAt = place(dacl);
  const ownerAt = place(owner);
  const groupAt = place(group);
  const control =
    descriptor.control |
    Control.SELF_RELATIVE |
    (dacl === undefined ? 0 : Control.DACL_PRESENT) |
    (sacl === undefined ? 0 : Control.SACL_PRESENT);
  const header = new Uint8Array(HEADER);
  const numbers = view(header);
  header[0] = 1;
  numbers.setUint16(2, control, true);
  numbers.setUint32(4, ownerAt, true);
  numbers.setUint32(8, groupAt, true);
  numbers.setUint32(12, saclAt, true);
  numbers.setUint32(16, daclAt, true);
  return concat(header, ...parts);
}

function encodeAcl(aces: readonly Ace[]): Uint8Array {
  const body = aces.map(encodeAce);
  const size = body.reduce((sum, ace) => sum + ace.length, 8);
  if (size > ACL_SIZE_MAX)
    throw new RangeError(`an ACL of ${size} octets, at most ${ACL_SIZE_MAX}`);
  const header = new Uint8Array(8);
  const numbers = view(header);
  header[0] = aces.some(isObjectAce) ? 4 : 2; // ACL_REVISION_DS : ACL_REVISION
  numbers.setUint16(2, size, true);
  numbers.setUint16(4, aces.length, true);
  return concat(header, ...body);
}

function encodeAce(ace: Ace): Uint8Array {
  const parts = [uint32le(ace.mask)];
  if (isObjectAce(ace)) {
    const flags =
      (ace.objectType === undefined ? 0 : OBJECT_TYPE_PRESENT) |
      (ace.inheritedObjectType === undefined ? 0 : INHERITED_OBJECT_TYPE_PRESENT);
    parts.push(uint32le(flags));
    for (const guid of [ace.objectType, ace.inheritedObjectType]) {
      if (guid !== undefined) parts.push(guidOctets(guid));
    }
  }
  parts.push(parseSid(ace.sid));
  const body = concat(...parts);
  const size = 4 + body.length;
  return concat(new Uint8Array([ace.type, ace.flags, size & 0xff, size >> 8]), body);
}

function guidOctets(text: string): Uint8Array {
  const octets = parseGuid(text);
  if (octets === undefined) throw new RangeError(`"${text}" is no GUID`);
  return octets;
}

/** Reads self-relative octets; `reason` says what is wrong with them, and where. */
export function decodeDescriptor(
  bytes: Uint8Array,
): { readonly ok: true; readonly value: SecurityDescriptor } | { ok: false; reason: string } {
  if (bytes.length < HEADER) return refused(`${bytes.length} octets, expected at least ${HEADER}`);
  if (bytes[0] !== 1) return refused(`revision ${bytes[0]}, expected 1`);
  const numbers = view(bytes);
  const control = numbers.getUint16(2, true);
  if ((control & Control.SELF_RELATIVE) === 0) return refused('not self-relative');
  const [owner, group, sacl, dacl] = [4, 8, 12, 16].map((at) => numbers.getUint32(at, true));
  const value: { -readonly [K in keyof SecurityDescriptor]: SecurityDescriptor[K] } = {
    control: control & ~(Control.SELF_RELATIVE | Control.SACL_PRESENT),
  };
  for (const [name, at] of [
    ['owner', owner],
    ['group', group],
  ] as const) {
    if (at === undefined || at === 0) continue;
    const sid = readSid(bytes, at, bytes.length);
    if (sid === undefined) return refused(`no SID at ${at}, where the ${name} should be`);
    value[name] = sid.text;
  }
  for (const [name, at, present] of [
    ['sacl', sacl, Control.SACL_PRESENT],
    ['dacl', dacl, Control.DACL_PRESENT],
  ] as const) {
    if (at === undefined || at === 0 || (control & present) === 0) continue;
    const acl = decodeAcl(bytes, at);
    if (typeof acl === 'string') return refused(`${name}: ${acl}`);
    value[name] = acl;
  }
  return { ok: true, value };
}

function refused(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}

function decodeAcl(bytes: Uint8Array, at: number): readonly Ace[] | string {
  if (at + 8 > bytes.length) return `no ACL at ${at}`;
  const numbers = view(bytes);
  const revision = bytes[at] as number;
  if (revision !== 2 && revision !== 4) return `revision ${revision}, expected 2 or 4`;
  const end = at + numbers.getUint16(at + 2, true);
  if (end > bytes.length) return `ends at ${end}, but there are ${bytes.length} octets`;
  const count = numbers.getUint16(at + 4, true);
  const aces: Ace[] = [];
  let next = at + 8;
  for (let i = 0; i < count; i++) {
    const size = next + 4 <= end ? numbers.getUint16(next + 2, true) : 0;
    if (size < 16 || next + size > end) return `ACE ${i} at ${next} does not fit`;
    const ace = decodeAce(bytes, next, next + size);
    if (ace === undefined) return `ACE ${i} at ${next} is malformed`;
    aces.push(ace);
    next += size;
  }
  return aces;
}

function decodeAce(bytes: Uint8Array, at: number, end: number): Ace | undefined {
  const numbers = view(bytes);
  const type = bytes[at] as number;
  const ace = { type, flags: bytes[at + 1] as number, mask: numbers.getUint32(at + 4, true) };
  let next = at + 8;
  const guids: { objectType?: string; inheritedObjectType?: string } = {};
  if (type >= AceType.ACCESS_ALLOWED_OBJECT && type <= AceType.SYSTEM_AUDIT_OBJECT) {
    if (next + 4 > end) return undefined;
    const present = numbers.getUint32(next, true);
    next += 4;
    for (const [name, bit] of [
      ['objectType', OBJECT_TYPE_PRESENT],
      ['inheritedObjectType', INHERITED_OBJECT_TYPE_PRESENT],
    ] as const) {
      if ((present & bit) === 0) continue;
      if (next + 16 > end) return undefined;
      guids[name] = formatGuid(bytes.subarray(next, next + 16));
      next += 16;
    }
  } else if (type > AceType.SYSTEM_AUDIT) {
    return undefined; // callback and mandatory-label ACEs have no use in a directory of today
  }
  const sid = readSid(bytes, next, end);
  return sid === undefined ? undefined : { ...ace, ...guids, sid: sid.text };
}

function readSid(bytes: Uint8Array, at: number, end: number): { text: string } | undefined {
  if (at + 8 > end || bytes[at] !== 1) return undefined;
  const count = bytes[at + 1] as number;
  const length = 8 + 4 * count;
  // A SID without subauthorities is allowed by MS-DTYP 2.4.2.2 and names nobody.
  if (count === 0 || count > SUB_AUTHORITIES_MAX || at + length > end) return undefined;
  return { text: formatSid(bytes.subarray(at, at + length)) };
}
