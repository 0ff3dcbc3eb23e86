/** Modify DN: MS-ADTS 3.1.1.5.4. Renames and moves within one naming context. */

import { utf8 } from '../../src/bytes/bytes.ts';
import { mayLeave } from './delete.ts';
import { propagate, reinherited } from './descriptors.ts';
import { type Directory, draft } from './directory.ts';
import type { BaseName, Rdn } from './dn.ts';
import { type Entry, number, texts } from './entry.ts';
import { isContextHead, isDeleted, isPhantom, SystemFlags } from './instance.ts';
import type { WriteContext, Written } from './modify.ts';
import { resolveBase } from './names.ts';
import { descriptorOf, objectTypes, selfSidOf, structuralClass } from './protection.ts';
import {
  accessDenied,
  noSuchObject,
  type Refusal,
  ResultCode,
  refuse,
  rightsMissing,
  Win32,
} from './refusals.ts';
import { attribute, classRules, classSchema, superclasses } from './schema.ts';
import { granted } from './security/access.ts';
import { Right } from './security/descriptor.ts';
import { stamped } from './stamps.ts';
import { storedValue, withValues } from './values.ts';

export interface ModifyDnRequest {
  readonly newRdn: Rdn;
  readonly deleteOldRdn: boolean;
  readonly newSuperior?: BaseName;
}

export function modifyDn(id: number, request: ModifyDnRequest, at: WriteContext): Written {
  const changes = draft(at.directory);
  const entry = changes.entry(id) as Entry;
  if (!request.deleteOldRdn) {
    return unwilling('deleteoldrdn must be TRUE (MS-ADTS 3.1.1.3.1)');
  }
  const parent = newParent(entry, request, at);
  if ('ok' in parent) return parent;
  const moves = parent.id !== entry.parent;
  const type = classSchema(structuralClass(entry))?.rdnType ?? entry.rdn.type;
  const named = checkName(entry, request.newRdn, type, at);
  if (named !== undefined) return named;
  const renames = request.newRdn.value !== entry.rdn.value;
  const refused =
    checkFlags(entry, { moves, renames }, at) ??
    (renames ? mayRename(entry, at) : undefined) ??
    (moves ? checkMove(entry, parent, at) : undefined);
  if (refused !== undefined) return refused;
  const rdn = { type, value: request.newRdn.value };
  const taken = changes.child(parent.id, rdn);
  if (taken !== undefined && taken !== id) {
    return refuse(
      ResultCode.entryAlreadyExists,
      Win32.ERROR_DS_OBJ_STRING_NAME_EXISTS,
      `${type}=${rdn.value} is there already`,
    );
  }
  const attributeName = attribute(type)?.name ?? 'cn';
  const placed = { ...withValues(entry, attributeName, [rdn.value]), rdn, parent: parent.id };
  const next = moves ? reinherited(placed, parent) : placed;
  changes.put(stamped(changes, next, new Set(['name', attributeName]), at.now));
  if (moves) propagate(changes, id);
  return { ok: true, draft: changes };
}

function unwilling(why: string, win32: number = Win32.ERROR_DS_ILLEGAL_MOD_OPERATION): Refusal {
  return refuse(ResultCode.unwillingToPerform, win32, why);
}

function newParent(entry: Entry, { newSuperior }: ModifyDnRequest, at: WriteContext) {
  const id = newSuperior === undefined ? entry.parent : resolveBase(at.directory, newSuperior);
  const parent = id === undefined ? undefined : at.directory.entry(id);
  if (parent === undefined || isPhantom(parent) || isDeleted(parent)) {
    if (newSuperior === undefined) return unwilling('the head of a naming context keeps its name');
    return noSuchObject('newSuperior', '');
  }
  return parent;
}

/** The class says which attribute names its objects (rDNAttID). */
function checkName(entry: Entry, rdn: Rdn, type: string, at: WriteContext): Refusal | undefined {
  const given = attribute(rdn.type);
  const wanted = attribute(type);
  if (given === undefined || wanted === undefined || given.name !== wanted.name) {
    return refuse(
      ResultCode.namingViolation,
      Win32.ERROR_DS_RDN_DOESNT_MATCH_SCHEMA,
      `${structuralClass(entry)} is named by ${type}, not ${rdn.type}`,
    );
  }
  const stored = storedValue(wanted, utf8(rdn.value), at.directory);
  return stored.ok ? undefined : stored;
}

/** systemFlags of what a domain consists of (MS-ADTS 3.1.1.5.4.1.1, 3.1.1.5.4.1.2). */
function checkFlags(
  entry: Entry,
  change: { readonly moves: boolean; readonly renames: boolean },
  at: WriteContext,
): Refusal | undefined {
  if (isContextHead(entry)) return unwilling('the head of a naming context keeps its name');
  if (isDeleted(entry)) return unwilling('deleted objects are not renamed');
  const flags = number(entry, 'systemFlags') >>> 0;
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const inDomain = headOf(at.directory, entry) === at.domain.ids.domain;
  const F = SystemFlags;
  const allowed = inDomain
    ? { renames: !has(F.DOMAIN_DISALLOW_RENAME), moves: !has(F.DOMAIN_DISALLOW_MOVE) }
    : {
        renames: has(F.CONFIG_ALLOW_RENAME),
        moves: has(F.CONFIG_ALLOW_MOVE) || has(F.CONFIG_ALLOW_LIMITED_MOVE),
      };
  if (change.renames && !allowed.renames) return unwilling('systemFlags forbid renaming');
  if (change.moves && !allowed.moves) return unwilling('systemFlags forbid moving');
  return undefined;
}

/** MS-ADTS 3.1.1.5.4.1.1: the name, and the attribute that holds it. */
function mayRename(entry: Entry, at: WriteContext): Refusal | undefined {
  const type = classSchema(structuralClass(entry))?.rdnType ?? entry.rdn.type;
  for (const name of ['name', type]) {
    const schema = attribute(name);
    if (schema === undefined) continue;
    const types = objectTypes(entry, schema);
    const wanted = { rights: Right.WRITE_PROPERTY, types, ...selfSidOf(entry) };
    if (!granted(descriptorOf(entry), at.context, wanted)) {
      return rightsMissing(`no right to write ${schema.name}`);
    }
  }
  return undefined;
}

/** MS-ADTS 3.1.1.5.4.1.2: leaving the one place, being made at the other, no circle. */
function checkMove(entry: Entry, parent: Entry, at: WriteContext): Refusal | undefined {
  if (headOf(at.directory, entry) !== headOf(at.directory, parent)) {
    return refuse(
      ResultCode.affectsMultipleDSAs,
      Win32.ERROR_DS_CROSS_NC_DN_RENAME,
      'newSuperior stands in another naming context',
    );
  }
  for (let up: Entry | undefined = parent; up !== undefined; up = at.directory.entry(up.parent)) {
    if (up.id === entry.id) return unwilling('newSuperior stands below the object itself');
  }
  const className = structuralClass(entry);
  const superior = superclasses(structuralClass(parent));
  const possible = classRules(className).possSuperiors;
  if (!superior.some((name) => possible.has(name))) {
    return refuse(
      ResultCode.namingViolation,
      Win32.ERROR_DS_ILLEGAL_SUPERIOR,
      `${className} does not stand below ${texts(parent, 'objectClass').at(-1)}`,
    );
  }
  if (!mayLeave(entry, at)) return accessDenied('no right to take the object from its place');
  const types = [classSchema(className)?.guid ?? ''];
  const wanted = { rights: Right.CREATE_CHILD, types, ...selfSidOf(parent) };
  if (granted(descriptorOf(parent), at.context, wanted)) return undefined;
  return accessDenied(`no right to make a ${className} there`);
}

/** The record of the naming context's head that the entry belongs to. */
export function headOf(directory: Directory, entry: Entry): number | undefined {
  for (let up: Entry | undefined = entry; up !== undefined; up = directory.entry(up.parent)) {
    if (isContextHead(up)) return up.id;
  }
  return undefined;
}
