/** Modify: MS-ADTS 3.1.1.5.3. */
import type { RandomSource } from './account.ts';
import { accountChanged, isPrincipal } from './account.ts';
import type { Changed } from './account-forms.ts';
import { descriptorChanged, propagate } from './descriptors.ts';
import type { Directory, Draft } from './directory.ts';
import { draft } from './directory.ts';
import type { DomainInfo } from './domain-info.ts';
import { type Entry, texts, type Value } from './entry.ts';
import { isDeleted } from './instance.ts';
import { changePassword, isPasswordChange, passwordMissing } from './password.ts';
import { descriptorOf, objectTypes, selfSidOf, structuralClass } from './protection.ts';
import { type Refusal, ResultCode, refuse, undefinedAttribute, Win32 } from './refusals.ts';
import { type AttributeSchema, attribute, classRules, classSchema } from './schema.ts';
import { granted, type SecurityContext } from './security/access.ts';
import { Right } from './security/descriptor.ts';
import { stamped } from './stamps.ts';
import { indexForm } from './syntax.ts';
import { validatedWrite } from './validated-writes.ts';
import { storedValue, withValues } from './values.ts';

export interface Modification {
  readonly operation: 'add' | 'delete' | 'replace';
  readonly attribute: string;
  /** LDAP octets. */
  readonly values: readonly Uint8Array[];
}

/** What every writing operation is given. */
export interface WriteContext {
  readonly directory: Directory;
  readonly domain: DomainInfo;
  readonly context: SecurityContext;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: RandomSource;
  /** LDAP_SERVER_PERMISSIVE_MODIFY_OID: what is there already is no error. */
  readonly permissive?: boolean;
  /** LDAP_SERVER_SD_FLAGS_OID: the parts of a descriptor that are meant (MS-ADTS 3.1.1.3.4.1.11). */
  readonly sdFlags?: number;
  /** The connection is encrypted: passwords may be set. */
  readonly confidential: boolean;
}

export type Written = { readonly ok: true; readonly draft: Draft } | Refusal;

/** All modifications happen, or none. */
export function modify(
  id: number,
  modifications: readonly Modification[],
  at: WriteContext,
): Written {
  const changes = draft(at.directory);
  const before = changes.entry(id) as Entry;
  const buried = checkDeleted(before, modifications, at);
  if (buried !== undefined) return buried;
  let entry = before;
  const touched = new Set<string>();
  const passwords = modifications.filter(({ attribute: name }) => isPasswordChange(name));
  for (const modification of modifications) {
    if (isPasswordChange(modification.attribute)) continue;
    const schema = attribute(modification.attribute);
    if (schema === undefined) return undefinedAttribute(modification.attribute);
    const allowed = mayModify(entry, schema, modification, at);
    if (allowed !== undefined) return allowed;
    const values = modifiedValues(entry, schema, modification, at);
    if ('ok' in values) return values;
    entry = withValues(entry, schema.name, values.values);
    touched.add(schema.name);
  }
  const parent = changes.entry(before.parent);
  const described = descriptorChanged(before, entry, touched, parent, at);
  if (!described.ok) return described;
  const accounted = accountChanged(before, described.entry, touched, at, changes);
  if (!accounted.ok) return accounted;
  const secured = withPasswords(accounted.entry, passwords, touched, at);
  if (!secured.ok) return secured;
  const unprotected = passwordMissing(before, secured.entry, at);
  if (unprotected !== undefined) return unprotected;
  const complete = checkClass(secured.entry);
  if (complete !== undefined) return complete;
  changes.put(stamped(changes, secured.entry, touched, at.now));
  if (touched.has('nTSecurityDescriptor')) propagate(changes, id);
  return { ok: true, draft: changes };
}

/** Of a deleted object only the descriptor may change; it is not reanimated here. */
function checkDeleted(
  entry: Entry,
  modifications: readonly Modification[],
  at: WriteContext,
): Refusal | undefined {
  if (!isDeleted(entry) || at.context.system === true) return undefined;
  const other = modifications.find(({ attribute: name }) => {
    return attribute(name)?.name !== 'nTSecurityDescriptor';
  });
  if (other === undefined) return undefined;
  return refuse(
    ResultCode.unwillingToPerform,
    Win32.ERROR_DS_ILLEGAL_MOD_OPERATION,
    `${other.attribute}: the object is deleted`,
  );
}

/** A new password means pwdLastSet is now, unless the request says what it is to be. */
function withPasswords(
  entry: Entry,
  passwords: readonly Modification[],
  touched: Set<string>,
  at: WriteContext,
): Changed {
  if (passwords.length === 0) return { ok: true, entry };
  const outcome = changePassword(entry, passwords, at);
  if (!outcome.ok) return outcome;
  const asked = touched.has('pwdLastSet') ? entry.attributes.pwdLastSet : undefined;
  for (const name of outcome.touched) touched.add(name);
  if (asked === undefined) return outcome;
  return { ok: true, entry: withValues(outcome.entry, 'pwdLastSet', asked) };
}

/** MS-ADTS 3.1.1.5.3.1: rights, and attributes that only the server writes. */
function mayModify(
  entry: Entry,
  schema: AttributeSchema,
  modification: Modification,
  at: WriteContext,
): Refusal | undefined {
  if (at.context.system === true) return undefined;
  const reserved = checkReserved(entry, schema);
  if (reserved !== undefined) return reserved;
  if (schema.name === 'nTSecurityDescriptor') return undefined; // its parts have rights of their own
  const types = objectTypes(entry, schema);
  const node = { types, ...selfSidOf(entry) };
  const descriptor = descriptorOf(entry);
  if (granted(descriptor, at.context, { ...node, rights: Right.WRITE_PROPERTY })) return undefined;
  return validatedWrite(entry, schema, modification, at);
}

/** Of the security accounts database: changed by signing in, or with other attributes (MS-SAMR 3.1.1.6). */
const OWNED_BY_SAM: ReadonlySet<string> = new Set([
  'badPasswordTime',
  'badPwdCount',
  'dBCSPwd',
  'isCriticalSystemObject',
  'lastLogoff',
  'lastLogon',
  'lmPwdHistory',
  'logonCount',
  'ntPwdHistory',
  'sAMAccountType',
  'supplementalCredentials',
]);

/** Attributes that no client writes, whatever its rights. */
function checkReserved(entry: Entry, schema: AttributeSchema): Refusal | undefined {
  const about = { attribute: schema.name };
  if (schema.name === attribute(entry.rdn.type)?.name || schema.name === 'name') {
    return refuse(
      ResultCode.notAllowedOnRDN,
      Win32.ERROR_DS_CANT_ON_RDN,
      `${schema.name} names the object: it is changed by Modify DN`,
    );
  }
  if (schema.name === 'objectClass') return objectClassFixed();
  // The one system-only attribute that a validated write exists for (MS-ADTS 3.1.1.5.3.1.1.3).
  const systemOnly = schema.systemOnly && schema.name !== 'msDS-AdditionalDnsHostName';
  if (schema.constructed || systemOnly) {
    return refuse(
      ResultCode.constraintViolation,
      Win32.ERROR_DS_CANT_MOD_SYSTEM_ONLY,
      `${schema.name} is written by the server only`,
      about,
    );
  }
  if (!OWNED_BY_SAM.has(schema.name) || !isPrincipal(structuralClass(entry))) return undefined;
  return refuse(
    ResultCode.unwillingToPerform,
    Win32.ERROR_DS_ATTRIBUTE_OWNED_BY_SAM,
    `${schema.name} is kept by the server`,
  );
}

/** Auxiliary classes are given when an object is made; its structural class never changes. */
function objectClassFixed(): Refusal {
  return refuse(
    ResultCode.objectClassModsProhibited,
    Win32.ERROR_DS_CANT_MOD_OBJ_CLASS,
    'objectClass stays as the object was made',
  );
}

type Values = { readonly values: readonly Value[] } | Refusal;

function modifiedValues(
  entry: Entry,
  schema: AttributeSchema,
  modification: Modification,
  at: WriteContext,
): Values {
  const now = entry.attributes[schema.name] ?? [];
  const form = (value: Value): string => indexForm(schema.syntax, value);
  // By the form in which they compare: a group may have very many members.
  const given = new Map<string, Value>();
  for (const bytes of modification.values) {
    const stored = storedValue(schema, bytes, at.directory);
    if (!stored.ok) return stored;
    if (given.has(form(stored.value))) return exists(schema, 'the same value twice');
    given.set(form(stored.value), stored.value);
  }
  switch (modification.operation) {
    case 'add': {
      if (given.size === 0) {
        return refuse(
          ResultCode.constraintViolation,
          Win32.ERROR_DS_CONSTRAINT_VIOLATION,
          `${schema.name}: add without a value`,
        );
      }
      const there = new Set(now.map(form));
      const fresh = [...given].flatMap(([key, value]) => (there.has(key) ? [] : [value]));
      if (fresh.length < given.size && at.permissive !== true) {
        return exists(schema, 'a value that is there already');
      }
      return single(schema, [...now, ...fresh]);
    }
    case 'delete': {
      if (given.size === 0) {
        return now.length > 0 || at.permissive === true ? { values: [] } : missing(schema);
      }
      const kept = now.filter((old) => !given.has(form(old)));
      if (kept.length !== now.length - given.size && at.permissive !== true) {
        return missing(schema);
      }
      return { values: kept };
    }
    case 'replace':
      return single(schema, [...given.values()]);
  }
}

function single(schema: AttributeSchema, values: readonly Value[]): Values {
  if (schema.single && values.length > 1) {
    return refuse(
      ResultCode.constraintViolation,
      Win32.ERROR_DS_SINGLE_VALUE_CONSTRAINT,
      `${schema.name} has one value at most, got ${values.length}`,
    );
  }
  return { values };
}

function exists(schema: AttributeSchema, why: string): Refusal {
  // Linked attributes say that the member exists (MS-ADTS 3.1.1.5.3.2).
  const member = schema.name === 'member';
  return refuse(
    member ? ResultCode.entryAlreadyExists : ResultCode.attributeOrValueExists,
    member ? Win32.ERROR_MEMBER_IN_ALIAS : Win32.ERROR_DS_ATT_VAL_ALREADY_EXISTS,
    `${schema.name}: ${why}`,
  );
}

function missing(schema: AttributeSchema): Refusal {
  if (schema.name === 'member') {
    return refuse(
      ResultCode.unwillingToPerform,
      Win32.ERROR_MEMBER_NOT_IN_ALIAS,
      'member: the object is no member',
    );
  }
  return refuse(
    ResultCode.noSuchAttribute,
    Win32.ERROR_DS_CANT_REM_MISSING_ATT_VAL,
    `${schema.name}: the value to delete is not there`,
  );
}

/** Must and may of the object's classes (MS-ADTS 3.1.1.5.3.1.2). */
export function checkClass(entry: Entry): Refusal | undefined {
  const auxiliary = texts(entry, 'objectClass').filter((name) => classSchema(name)?.category === 3);
  const rules = [structuralClass(entry), ...auxiliary].map(classRules);
  for (const name of rules.flatMap(({ must }) => [...must])) {
    if (entry.attributes[name] === undefined && SERVER_MADE.has(name) === false) {
      return refuse(
        ResultCode.objectClassViolation,
        Win32.ERROR_DS_MISSING_REQUIRED_ATT,
        `${structuralClass(entry)} must have ${name}`,
      );
    }
  }
  for (const name of Object.keys(entry.attributes)) {
    if (rules.some(({ must, may }) => must.has(name) || may.has(name))) continue;
    return refuse(
      ResultCode.objectClassViolation,
      Win32.ERROR_DS_ATT_NOT_DEF_FOR_CLASS,
      `${structuralClass(entry)} may not have ${name}`,
    );
  }
  return undefined;
}

/** Attributes that `top` demands and that are computed here. */
const SERVER_MADE: ReadonlySet<string> = new Set([
  'objectCategory',
  'instanceType',
  'nTSecurityDescriptor',
]);
