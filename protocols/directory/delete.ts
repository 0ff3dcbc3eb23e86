/** Delete: MS-ADTS 3.1.1.5.5. Objects become tombstones; the Recycle Bin feature is off. */
import { type Directory, type Draft, draft } from './directory.ts';
import { formatGuid } from './dn.ts';
import { type Entry, number, octets, reference, referred, type Value } from './entry.ts';
import { isContextHead, isDeleted, SystemFlags } from './instance.ts';
import type { WriteContext, Written } from './modify.ts';
import { sidText, wellKnown } from './names.ts';
import { descriptorOf, selfSidOf, structuralClass } from './protection.ts';
import { accessDenied, type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { ATTRIBUTES, type AttributeSchema, attribute, classSchema } from './schema.ts';
import { granted } from './security/access.ts';
import { Right } from './security/descriptor.ts';
import { stamped } from './stamps.ts';
import { withValues } from './values.ts';

/** Objects deleted by one request at most (LDAP_SERVER_TREE_DELETE_OID, MS-ADTS 3.1.1.3.4.1.15). */
const TREE_LIMIT = 16_384;

/** `tree`: with everything below. */
export function remove(id: number, how: { readonly tree: boolean }, at: WriteContext): Written {
  const changes = draft(at.directory);
  const entry = changes.entry(id) as Entry;
  const children = changes.children(id);
  if (children.length > 0 && !how.tree) {
    return refuse(
      ResultCode.notAllowedOnNonLeaf,
      Win32.ERROR_DS_CANT_ON_NON_LEAF,
      `${children.length} objects are below`,
    );
  }
  const denied = mayDelete(entry, how.tree && children.length > 0, at);
  if (denied !== undefined) return denied;
  const doomed = subtree(changes, entry);
  if (doomed === undefined) {
    return refuse(
      ResultCode.adminLimitExceeded,
      Win32.ERROR_GEN_FAILURE,
      `more than ${TREE_LIMIT} objects are below`,
    );
  }
  const gone = new Set(doomed.map((each) => each.id));
  for (const each of doomed) {
    const refused = checkDeletable(each, at) ?? checkPrimaryMembers(changes, each, gone);
    if (refused !== undefined) return refused;
  }
  for (const each of doomed) entomb(changes, each.id, at);
  return { ok: true, draft: changes };
}

/** The object and what is below it, the lowest first; undefined when that is too much. */
function subtree(changes: Directory, top: Entry): readonly Entry[] | undefined {
  const all: Entry[] = [];
  const stack: Entry[] = [top];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    if (all.length === TREE_LIMIT) return undefined;
    all.push(entry);
    for (const child of changes.children(entry.id)) stack.push(changes.entry(child) as Entry);
  }
  return all.reverse();
}

/** MS-ADTS 3.1.1.5.5.2: DELETE on the object or DELETE_CHILD above it; for a tree DELETE_TREE. */
function mayDelete(entry: Entry, tree: boolean, at: WriteContext): Refusal | undefined {
  const own = descriptorOf(entry);
  const self = selfSidOf(entry);
  if (tree) {
    if (granted(own, at.context, { rights: Right.DELETE_TREE, ...self })) return undefined;
    return accessDenied('no right to delete the tree');
  }
  return mayLeave(entry, at) ? undefined : accessDenied('no right to delete the object');
}

/** Whether the requester may take the object from where it is. */
export function mayLeave(entry: Entry, at: WriteContext): boolean {
  const self = selfSidOf(entry);
  if (granted(descriptorOf(entry), at.context, { rights: Right.DELETE, ...self })) return true;
  const parent = at.directory.entry(entry.parent);
  if (parent === undefined) return false;
  const types = [classSchema(structuralClass(entry))?.guid ?? ''];
  const wanted = { rights: Right.DELETE_CHILD, types, ...selfSidOf(parent) };
  return granted(descriptorOf(parent), at.context, wanted);
}

/** Below are the accounts and groups that a domain is made with (MS-SAMR 3.1.5.7). */
const FIRST_DELETABLE_RID = 1000;

function checkDeletable(entry: Entry, at: WriteContext): Refusal | undefined {
  const unwilling = (win32: number, why: string): Refusal =>
    refuse(ResultCode.unwillingToPerform, win32, why);
  if (isContextHead(entry)) {
    return unwilling(Win32.ERROR_DS_CANT_DELETE, 'a naming context is not deleted like this');
  }
  if (isDeleted(entry)) {
    return unwilling(Win32.ERROR_DS_ILLEGAL_MOD_OPERATION, 'the object is deleted already');
  }
  const { ntdsSettings, server, controller } = at.domain.ids;
  if (entry.id === ntdsSettings || entry.id === server) {
    return unwilling(Win32.ERROR_DS_CANT_DELETE_DSA_OBJ, 'this is the controller itself');
  }
  if (
    entry.id === controller ||
    ((number(entry, 'systemFlags') >>> 0) & SystemFlags.DISALLOW_DELETE) !== 0
  ) {
    return unwilling(Win32.ERROR_DS_CANT_DELETE, 'systemFlags forbid deletion');
  }
  const sid = sidText(entry);
  const rid = sid === undefined ? undefined : Number(sid.slice(sid.lastIndexOf('-') + 1));
  if (rid !== undefined && rid < FIRST_DELETABLE_RID && entry.attributes.sAMAccountName) {
    return unwilling(Win32.ERROR_SPECIAL_ACCOUNT, 'a built-in account or group');
  }
  if (entry.attributes.isCriticalSystemObject?.[0] === 'TRUE' && !ofController(entry)) {
    return unwilling(Win32.ERROR_DS_CANT_DELETE, 'a critical system object');
  }
  return undefined;
}

/**
 * Other controllers' computer objects are critical and still deleted, when they are retired; so are the
 * krbtgt accounts of read-only ones.
 */
function ofController(entry: Entry): boolean {
  return (
    structuralClass(entry) === 'computer' ||
    entry.attributes['msDS-SecondaryKrbTgtNumber'] !== undefined
  );
}

/** A group that is somebody's primary group stays (MS-SAMR 3.1.5.7.1). */
function checkPrimaryMembers(
  changes: Directory,
  entry: Entry,
  gone: ReadonlySet<number>,
): Refusal | undefined {
  if (structuralClass(entry) !== 'group') return undefined;
  const sid = sidText(entry) ?? '';
  const members = changes.find('primaryGroupID', sid.slice(sid.lastIndexOf('-') + 1));
  if (members.every((id) => gone.has(id))) return undefined;
  return refuse(
    ResultCode.unwillingToPerform,
    Win32.ERROR_DS_HAVE_PRIMARY_MEMBERS,
    'the group is the primary group of accounts',
  );
}

/** fPRESERVEONDELETE, MS-ADTS 2.2.10. */
const PRESERVE_ON_DELETE = 0x8;

/** Kept without that flag (MS-ADTS 3.1.1.5.5.1.1). */
const KEPT: ReadonlySet<string> = new Set([
  'nTSecurityDescriptor',
  'attributeID',
  'attributeSyntax',
  'dNReferenceUpdate',
  'dNSHostName',
  'flatName',
  'governsID',
  'groupType',
  'instanceType',
  'lDAPDisplayName',
  'legacyExchangeDN',
  'mS-DS-CreatorSID',
  'nCName',
  'objectClass',
  'objectGUID',
  'objectSid',
  'oMSyntax',
  'proxiedObjectName',
  'replPropertyMetaData',
  'sAMAccountName',
  'securityIdentifier',
  'sIDHistory',
  'subClassOf',
  'systemFlags',
  'trustPartner',
  'trustDirection',
  'trustType',
  'trustAttributes',
  'userAccountControl',
  'uSNChanged',
  'uSNCreated',
  'whenCreated',
  'whenChanged',
]);

/** Never kept, whatever its flags say. */
const STRIPPED: ReadonlySet<string> = new Set(['objectCategory', 'sAMAccountType']);

function survives(schema: AttributeSchema): boolean {
  if (STRIPPED.has(schema.name) || schema.linkId !== undefined) return false;
  return KEPT.has(schema.name) || (schema.searchFlags & PRESERVE_ON_DELETE) !== 0;
}

function entomb(changes: Draft, id: number, at: WriteContext): void {
  cutLinks(changes, id, at);
  const entry = changes.entry(id) as Entry;
  const { secrets: _, ...open } = entry;
  const attributes: Record<string, readonly Value[]> = {};
  for (const [name, values] of Object.entries(entry.attributes)) {
    const schema = attribute(name);
    if (schema !== undefined && survives(schema)) attributes[name] = values;
  }
  const guid = formatGuid(octets(entry, 'objectGUID') ?? new Uint8Array(16));
  // The line feed and the GUID keep the name from being in the way of a new object's.
  const value = `${entry.rdn.value.slice(0, 75)}\nDEL:${guid}`;
  attributes.isDeleted = ['TRUE'];
  attributes.lastKnownParent = [reference(entry.parent)];
  attributes['msDS-LastKnownRDN'] = [entry.rdn.value];
  const rdnAttribute = attribute(entry.rdn.type)?.name;
  if (rdnAttribute !== undefined) attributes[rdnAttribute] = [value];
  const stays = ((number(entry, 'systemFlags') >>> 0) & SystemFlags.DISALLOW_MOVE_ON_DELETE) !== 0;
  const tombstone: Entry = {
    ...open,
    parent: stays ? entry.parent : deletedObjects(changes, entry, at),
    rdn: { type: entry.rdn.type, value },
    attributes,
  };
  const lost = Object.keys(entry.attributes).filter((name) => attributes[name] === undefined);
  const touched = new Set([...lost, 'isDeleted', 'lastKnownParent', 'name']);
  changes.put(stamped(changes, tombstone, touched, at.now));
}

/** GUID_DELETED_OBJECTS_CONTAINER, MS-ADTS 6.1.1.4. */
const DELETED_OBJECTS = Uint8Array.of(
  ...[0x18, 0xe2, 0xea, 0x80, 0x68, 0x4f, 0x11, 0xd2, 0xb9, 0xaa, 0x00, 0xc0, 0x4f, 0x79, 0xf8],
  0x05,
);

/** The container for deleted objects of the object's naming context. */
function deletedObjects(changes: Directory, entry: Entry, at: WriteContext): number {
  for (let each = changes.entry(entry.parent); each; each = changes.entry(each.parent)) {
    if (isContextHead(each)) {
      return wellKnown(each, DELETED_OBJECTS) ?? at.domain.ids.deletedObjects;
    }
  }
  return at.domain.ids.deletedObjects;
}

/** All are indexed by what they name. */
const FORWARD_LINKS = ATTRIBUTES.filter(({ linkId }) => linkId !== undefined && linkId % 2 === 0);

/** Takes the object out of every `member` and the like. */
function cutLinks(changes: Draft, id: number, at: WriteContext): void {
  for (const schema of FORWARD_LINKS) {
    for (const holder of changes.find(schema.name, reference(id))) {
      const entry = changes.entry(holder);
      if (entry === undefined || holder === id) continue;
      const values = (entry.attributes[schema.name] ?? []).filter((v) => referred(v) !== id);
      const without = withValues(entry, schema.name, values);
      changes.put(stamped(changes, without, new Set([schema.name]), at.now));
    }
  }
}
