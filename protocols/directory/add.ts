/** Add: MS-ADTS 3.1.1.5.2. */
import { fromUtf8, utf8 } from '../../src/bytes/bytes.ts';
import { parseSid } from '../pac/sid.ts';
import { accountChanged, isPrincipal, requesterSid } from './account.ts';
import { accountDefaults } from './account-defaults.ts';
import { controlRights } from './account-rights.ts';
import { initialDescriptor, ownerOf } from './descriptors.ts';
import { type Draft, dnOf, draft } from './directory.ts';
import type { Rdn } from './dn.ts';
import { type Entry, number, reference, texts, type Value } from './entry.ts';
import { isDeleted, isPhantom, SystemFlags } from './instance.ts';
import { mayJoin } from './machine-account-quota.ts';
import { checkClass, type WriteContext } from './modify.ts';
import { deepestExisting, resolveRdns } from './names.ts';
import { type Classes, classesOf } from './object-class.ts';
import { initialPassword, isPasswordChange, passwordMissing } from './password.ts';
import { descriptorOf, selfSidOf } from './protection.ts';
import {
  accessDenied,
  noSuchObject,
  type Refusal,
  ResultCode,
  refuse,
  undefinedAttribute,
  Win32,
} from './refusals.ts';
import { rodcAccount } from './rodc-promotion.ts';
import { type AttributeSchema, attribute, type ClassSchema, classRules } from './schema.ts';
import { granted } from './security/access.ts';
import { Right } from './security/descriptor.ts';
import { ldapTime, nextUsn, stamped } from './stamps.ts';
import { indexForm } from './syntax.ts';
import { sameValue, storedValue } from './values.ts';

export interface AddRequest {
  readonly rdns: readonly Rdn[];
  /** The name as it was written, for the refusal. */
  readonly dnText: string;
  readonly attributes: readonly {
    readonly name: string;
    /** LDAP octets. */
    readonly values: readonly Uint8Array[];
  }[];
}

export interface AddContext extends WriteContext {
  /** LDAP_SERVER_RODC_DCPROMO_OID: a user that is added becomes an RODC's krbtgt account. */
  readonly rodcPromotion?: boolean;
}

export type Added = { readonly ok: true; readonly draft: Draft; readonly id: number } | Refusal;

/** Checked and completed on every new account and group, whether the request names them or not. */
const ALWAYS_CHECKED = ['userAccountControl', 'groupType', 'sAMAccountName'];

export function add(request: AddRequest, at: AddContext): Added {
  const changes = draft(at.directory);
  const parent = parentOf(request, changes);
  if ('ok' in parent) return parent;
  const classes = classesOf(classNames(request));
  if ('ok' in classes) return classes;
  const { structural } = classes;
  const mayCreate = mayCreateChild(structural, parent, at);
  const refused =
    checkPlace(request, structural, parent, changes) ??
    (mayCreate ? undefined : mayAdd(request, structural, parent, at));
  if (refused !== undefined) return refused;
  const given = givenValues(request, structural, at);
  if ('ok' in given) return given;
  const id = changes.nextId();
  const rdn = { type: structural.rdnType, value: (request.rdns[0] as Rdn).value };
  const bare: Entry = {
    id,
    parent: parent.id,
    rdn,
    attributes: {
      ...given.attributes,
      ...serverMade(classes, rdn, changes, at),
      ...(mayCreate ? {} : { 'mS-DS-CreatorSID': [parseSid(requesterSid(at.context))] }),
    },
  };
  const made = isPrincipal(structural.name) ? accountDefaults(bare, changes, at) : bare;
  const promoted = at.rodcPromotion === true ? rodcAccount(made, changes, at) : made;
  if ('ok' in promoted) return promoted;
  const flags =
    given.attributes.userAccountControl === undefined ? 0 : number(promoted, 'userAccountControl');
  const denied = controlRights(flags, at);
  if (denied !== undefined) return denied;
  const touched = new Set([...Object.keys(given.attributes), ...ALWAYS_CHECKED]);
  const accounted = accountChanged(undefined, promoted, touched, at, changes);
  if (!accounted.ok) return accounted;
  const secured = withPasswordOf(accounted.entry, request, at);
  if ('ok' in secured) return secured;
  const unprotected = passwordMissing(undefined, secured, at);
  if (unprotected !== undefined) return unprotected;
  const requester = requesterSid(at.context);
  // Who joins by quota does not become the owner (MS-ADTS 3.1.1.5.2.1).
  const owner = mayCreate ? ownerOf(at.context, at.domain, requester) : `${at.domain.sid}-512`;
  const entry = initialDescriptor(secured, parent, owner, at.domain);
  const complete = checkClass(entry);
  if (complete !== undefined) return complete;
  const stamps = new Set([...Object.keys(entry.attributes), 'name']);
  if (entry.secrets !== undefined) stamps.add('unicodePwd');
  changes.put(stamped(changes, entry, stamps, at.now));
  return { ok: true, draft: changes, id };
}

function parentOf(request: AddRequest, changes: Draft): Entry | Refusal {
  if (request.rdns.length === 0) {
    return refuse(
      ResultCode.namingViolation,
      Win32.ERROR_DS_NAMING_VIOLATION,
      'the root of the directory cannot be added',
    );
  }
  const above = request.rdns.slice(1);
  const id = resolveRdns(changes, above);
  const parent = id === undefined ? undefined : changes.entry(id);
  if (parent !== undefined && !isPhantom(parent) && !isDeleted(parent)) return parent;
  const best = deepestExisting(changes, above);
  const matched = best === undefined ? '' : dnOf(changes, best);
  return noSuchObject(`above ${request.dnText}`, matched);
}

function classNames(request: AddRequest): readonly Uint8Array[] {
  const given = request.attributes.filter(({ name }) => attribute(name)?.name === 'objectClass');
  return given.flatMap(({ values }) => values);
}

/** Name, place and uniqueness (MS-ADTS 3.1.1.5.2.2). */
function checkPlace(
  request: AddRequest,
  structural: ClassSchema,
  parent: Entry,
  changes: Draft,
): Refusal | undefined {
  const rdn = request.rdns[0] as Rdn;
  const naming = (win32: number, why: string): Refusal =>
    refuse(ResultCode.namingViolation, win32, why);
  const namedBy = attribute(structural.rdnType);
  if (attribute(rdn.type)?.name !== namedBy?.name) {
    return naming(
      Win32.ERROR_DS_RDN_DOESNT_MATCH_SCHEMA,
      `${structural.name} is named by ${structural.rdnType}, not ${rdn.type}`,
    );
  }
  const stored = namedBy === undefined ? undefined : storedValue(namedBy, utf8(rdn.value), changes);
  if (stored?.ok === false) return stored;
  const possible = classRules(structural.name).possSuperiors;
  const above = texts(parent, 'objectClass');
  if (!above.some((name) => possible.has(name))) {
    return naming(
      Win32.ERROR_DS_ILLEGAL_SUPERIOR,
      `${structural.name} does not stand below ${above.at(-1)}`,
    );
  }
  if (changes.child(parent.id, rdn) === undefined) return undefined;
  return refuse(
    ResultCode.entryAlreadyExists,
    Win32.ERROR_DS_OBJ_STRING_NAME_EXISTS,
    `${request.dnText} is there already`,
  );
}

/** MS-ADTS 3.1.1.5.2.1: CREATE_CHILD for the class. */
function mayCreateChild(structural: ClassSchema, parent: Entry, at: AddContext): boolean {
  const wanted = { rights: Right.CREATE_CHILD, types: [structural.guid], ...selfSidOf(parent) };
  return granted(descriptorOf(parent), at.context, wanted);
}

/** Without that right: computers by the machine account quota. */
function mayAdd(
  request: AddRequest,
  structural: ClassSchema,
  parent: Entry,
  at: AddContext,
): Refusal | undefined {
  if (structural.name === 'computer') return mayJoin(request, parent, at);
  return accessDenied(`no right to make a ${structural.name} there`);
}

interface Given {
  readonly attributes: Record<string, readonly Value[]>;
}

/** Attributes of the request that are looked at elsewhere. */
const ELSEWHERE: ReadonlySet<string> = new Set(['objectClass', 'unicodePwd']);

/** System-only attributes that a request may carry, if they say what the server says. */
const REPEATED: ReadonlySet<string> = new Set(['instanceType', 'distinguishedName', 'name']);

function givenValues(
  request: AddRequest,
  structural: ClassSchema,
  at: AddContext,
): Given | Refusal {
  const attributes: Record<string, readonly Value[]> = {};
  for (const { name, values } of request.attributes) {
    const schema = attribute(name);
    if (schema === undefined) return undefinedAttribute(name);
    if (ELSEWHERE.has(schema.name)) continue;
    const refused = checkGiven(schema, values, request, structural, at);
    if (refused !== undefined) return refused;
    if (REPEATED.has(schema.name) || schema.name === attribute(structural.rdnType)?.name) continue;
    const stored = new Map<string, Value>();
    for (const bytes of values) {
      const outcome = storedValue(schema, bytes, at.directory);
      if (!outcome.ok) return outcome;
      const form = indexForm(schema.syntax, outcome.value);
      if (stored.has(form)) {
        return refuse(
          ResultCode.attributeOrValueExists,
          Win32.ERROR_DS_ATT_VAL_ALREADY_EXISTS,
          `${schema.name}: the same value twice`,
          { attribute: schema.name },
        );
      }
      stored.set(form, outcome.value);
    }
    if (attributes[schema.name] !== undefined) {
      return refuse(
        ResultCode.attributeOrValueExists,
        Win32.ERROR_DS_ATTRIBUTE_OR_VALUE_EXISTS,
        `${schema.name} is given twice`,
        { attribute: schema.name },
      );
    }
    attributes[schema.name] = [...stored.values()];
  }
  return { attributes };
}

function checkGiven(
  schema: AttributeSchema,
  values: readonly Uint8Array[],
  request: AddRequest,
  structural: ClassSchema,
  at: AddContext,
): Refusal | undefined {
  const about = { attribute: schema.name };
  if (values.length === 0) {
    const win32 = Win32.ERROR_DS_CONSTRAINT_VIOLATION;
    return refuse(ResultCode.constraintViolation, win32, `${schema.name} without a value`, about);
  }
  const text = fromUtf8(values[0] as Uint8Array);
  if (schema.name === 'instanceType') {
    if (text === '4' || text === '0') return undefined;
    const win32 = Win32.ERROR_DS_BAD_INSTANCE_TYPE;
    return refuse(ResultCode.unwillingToPerform, win32, `instanceType ${text}`);
  }
  if (REPEATED.has(schema.name)) return undefined;
  if (schema.name === attribute(structural.rdnType)?.name) {
    const stored = storedValue(schema, values[0] as Uint8Array, at.directory);
    if (!stored.ok) return stored;
    const own = (request.rdns[0] as Rdn).value;
    if (values.length === 1 && sameValue(schema, stored.value, own)) return undefined;
    return refuse(
      ResultCode.namingViolation,
      Win32.ERROR_DS_RDN_DOESNT_MATCH_SCHEMA,
      `${schema.name} is "${text}", but the name says "${own}"`,
    );
  }
  if (at.context.system !== true && (schema.systemOnly || schema.constructed)) {
    return refuse(
      ResultCode.constraintViolation,
      Win32.ERROR_DS_CANT_ADD_SYSTEM_ONLY,
      `${schema.name} is written by the server only`,
      about,
    );
  }
  if (!schema.single || values.length === 1) return undefined;
  return refuse(
    ResultCode.constraintViolation,
    Win32.ERROR_DS_SINGLE_VALUE_CONSTRAINT,
    `${schema.name} has one value at most, got ${values.length}`,
    about,
  );
}

function serverMade(
  { structural, values }: Classes,
  rdn: Rdn,
  changes: Draft,
  at: AddContext,
): Record<string, readonly Value[]> {
  const category = changes.find('lDAPDisplayName', structural.defaultObjectCategory)[0];
  const name = attribute(structural.rdnType)?.name ?? 'cn';
  const flags = CLASS_FLAGS[structural.name];
  return {
    ...(flags === undefined ? {} : { systemFlags: [String(flags)] }),
    objectClass: values,
    [name]: [rdn.value],
    instanceType: ['4'],
    objectGUID: [randomGuid(at.random)],
    whenCreated: [ldapTime(at.now)],
    uSNCreated: [String(nextUsn(changes))],
    ...(category === undefined ? {} : { objectCategory: [reference(category)] }),
    ...(structural.defaultHidingValue ? { showInAdvancedViewOnly: ['TRUE'] } : {}),
  };
}

const { CONFIG_ALLOW_LIMITED_MOVE, CONFIG_ALLOW_RENAME, DISALLOW_MOVE_ON_DELETE } = SystemFlags;

/** systemFlags that objects of a class get besides those that were asked for (MS-ADTS 3.1.1.5.2.4). */
const CLASS_FLAGS: Readonly<Record<string, number>> = {
  server: DISALLOW_MOVE_ON_DELETE | CONFIG_ALLOW_RENAME | CONFIG_ALLOW_LIMITED_MOVE,
  serversContainer: DISALLOW_MOVE_ON_DELETE,
  nTDSDSA: DISALLOW_MOVE_ON_DELETE,
  site: DISALLOW_MOVE_ON_DELETE | CONFIG_ALLOW_RENAME,
  siteLink: CONFIG_ALLOW_RENAME,
  siteLinkBridge: CONFIG_ALLOW_RENAME,
  subnet: CONFIG_ALLOW_RENAME,
  nTDSConnection: CONFIG_ALLOW_RENAME,
};

/** RFC 4122 §4.4 in Microsoft's octet order. */
export function randomGuid(random: AddContext['random']): Uint8Array {
  const guid = random(16).slice();
  guid[7] = ((guid[7] as number) & 0x0f) | 0x40;
  guid[8] = ((guid[8] as number) & 0x3f) | 0x80;
  return guid;
}

function withPasswordOf(entry: Entry, request: AddRequest, at: AddContext): Entry | Refusal {
  const given = request.attributes.find(({ name }) => isPasswordChange(name));
  if (given === undefined) return entry;
  const outcome = initialPassword(entry, given.values, at);
  return outcome.ok ? outcome.entry : outcome;
}
