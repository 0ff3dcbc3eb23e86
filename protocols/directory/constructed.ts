/** Attributes that are computed when they are read: MS-ADTS 3.1.1.4.5. */

import { fileTimeOf } from '../pac/file-time.ts';
import { parseSid } from '../pac/sid.ts';
import { groupNames, memberOfTransitive, memberTransitive } from './constructed-groups.ts';
import { backLinks, type Directory, rdnsOf } from './directory.ts';
import type { DomainInfo } from './domain-info.ts';
import { type Entry, number, octets, one, reference, texts, type Value } from './entry.ts';
import { isPhantom } from './instance.ts';
import { groupSids } from './membership.ts';
import { sidText } from './names.ts';
import { descriptorOf, objectTypes, selfSidOf, structuralClass } from './protection.ts';
import {
  type AttributeSchema,
  attribute,
  CLASSES,
  type ClassSchema,
  classRules,
  linkPartner,
  superclasses,
} from './schema.ts';
import { effectiveRights, granted, type SecurityContext } from './security/access.ts';
import { Right } from './security/descriptor.ts';
import { isSubschemaAttribute, subschema } from './subschema.ts';
import { lockedOut, passwordExpiry, UserAccountControl } from './user-account-control.ts';

export interface ConstructedContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly domain: DomainInfo;
  readonly context: SecurityContext;
}

type Compute = (directory: Directory, entry: Entry, at: ConstructedContext) => readonly Value[];

const TABLE: Readonly<Record<string, Compute>> = {
  distinguishedName: (_, entry) => [reference(entry.id)],
  name: (_, entry) => [entry.rdn.value],
  canonicalName: (directory, entry) => [canonicalName(directory, entry)],
  structuralObjectClass: (_, entry) => [structuralClass(entry)],
  createTimeStamp: (_, entry) => texts(entry, 'whenCreated'),
  modifyTimeStamp: (_, entry) => texts(entry, 'whenChanged'),
  subSchemaSubEntry: (directory, _, { domain }) => {
    const id = directory.child(domain.ids.schema, { type: 'CN', value: 'Aggregate' });
    return id === undefined ? [] : [reference(id)];
  },
  primaryGroupToken: (_, entry) => rid(structuralClass(entry) === 'group' ? entry : undefined),
  parentGUID: (directory, entry) => {
    const parent = directory.entry(entry.parent);
    const guid = parent === undefined ? undefined : octets(parent, 'objectGUID');
    return guid === undefined ? [] : [guid];
  },
  // The version of unicodePwd's attribute stamp (MS-ADTS 3.1.1.4.5.16), and the RODC number above it.
  'msDS-KeyVersionNumber': (_, entry) => {
    const version = entry.secrets?.[0]?.kvno;
    const secondary = number(entry, 'msDS-SecondaryKrbTgtNumber');
    if (version === undefined) return [];
    return [String(secondary === 0 ? version : (secondary << 16) | (version & 0xffff))];
  },
  'msDS-PrincipalName': (_, entry, { domain }) => {
    const account = one(entry, 'sAMAccountName');
    const sid = sidText(entry);
    if (account !== undefined) return [`${domain.netbios}\\${account}`];
    return sid === undefined ? [] : [sid];
  },
  tokenGroups: (directory, entry) => sids(groupSids(directory, entry, 'all')),
  tokenGroupsGlobalAndUniversal: (directory, entry) =>
    sids(groupSids(directory, entry, 'universal')),
  tokenGroupsNoGCAcceptable: (directory, entry) => sids(groupSids(directory, entry, 'all')),
  'msds-tokenGroupNames': (directory, entry) => groupNames(directory, entry, 'all'),
  'msds-tokenGroupNamesGlobalAndUniversal': (directory, entry) =>
    groupNames(directory, entry, 'universal'),
  'msds-tokenGroupNamesNoGCAcceptable': (directory, entry) => groupNames(directory, entry, 'all'),
  'msds-memberOfTransitive': memberOfTransitive,
  'msds-memberTransitive': memberTransitive,
  fromEntry: () => ['TRUE'],
  'msDS-Approx-Immed-Subordinates': (directory, entry) => [
    String(directory.children(entry.id).length),
  ],
  'msDS-parentdistname': (directory, entry) => {
    const above = directory.entry(entry.parent);
    return above === undefined || isPhantom(above) ? [] : [reference(above.id)];
  },
  'msDS-isRODC': (_, entry) => {
    const className = structuralClass(entry);
    if (className === 'nTDSDSA') return ['FALSE'];
    const control = number(entry, 'userAccountControl');
    const partial = (control & UserAccountControl.PARTIAL_SECRETS_ACCOUNT) !== 0;
    return className === 'computer' ? [partial ? 'TRUE' : 'FALSE'] : [];
  },
  possibleInferiors: (_, entry) => {
    const name = one(entry, 'lDAPDisplayName');
    const own = name !== undefined && structuralClass(entry) === 'classSchema' ? [name] : [];
    return own.flatMap((each) => inferiors(superclasses(each)).map((row) => row.name));
  },
  'msDS-User-Account-Control-Computed': (directory, entry, at) => [
    String(computedControl(directory, entry, at)),
  ],
  'msDS-UserPasswordExpiryTimeComputed': (directory, entry, at) => {
    const domain = directory.entry(at.domain.ids.domain);
    return [String(passwordExpiry(entry, domain))];
  },
  sDRightsEffective: (_, entry, { context }) => [String(descriptorRights(entry, context))],
  allowedAttributes: (_, entry) => [...attributesOf(entry)],
  allowedAttributesEffective: (_, entry, { context }) =>
    [...attributesOf(entry)].filter((name) => mayWrite(entry, name, context)),
  allowedChildClasses: (_, entry) => childClasses(entry).map(({ name }) => name),
  allowedChildClassesEffective: (_, entry, { context }) =>
    childClasses(entry)
      .filter(({ guid }) =>
        granted(descriptorOf(entry), context, { rights: Right.CREATE_CHILD, types: [guid] }),
      )
      .map(({ name }) => name),
};

/** CN=Aggregate alone has the schema in a few attributes. */
function ofSubschema(entry: Entry, name: string): readonly Value[] {
  if (!isSubschemaAttribute(name) || structuralClass(entry) !== 'subSchema') return [];
  return subschema(name);
}

/** Values in stored form; empty where the object has none, or where nothing computes them. */
export function constructedValues(
  directory: Directory,
  entry: Entry,
  schema: AttributeSchema,
  at: ConstructedContext,
): readonly Value[] {
  const compute = TABLE[schema.name];
  if (compute !== undefined) return compute(directory, entry, at);
  const partner = linkPartner(schema);
  if (partner === undefined || (schema.linkId ?? 0) % 2 === 0) {
    return ofSubschema(entry, schema.name);
  }
  return backLinks(directory, schema.name, entry.id).map(reference);
}

/** Whether the value exists only when it is asked for by name (MS-ADTS 3.1.1.3.1.3.5.3). */
export function isConstructed(schema: AttributeSchema): boolean {
  return schema.constructed || TABLE[schema.name] !== undefined;
}

/** `corp.example/Users/alice`. */
export function canonicalName(directory: Directory, entry: Entry): string {
  const rdns = rdnsOf(directory, entry);
  const domain = rdns.filter(({ type }) => type.toUpperCase() === 'DC').map(({ value }) => value);
  const path = rdns
    .filter(({ type }) => type.toUpperCase() !== 'DC')
    .map(({ value }) => value.replace(/[\\/]/g, '\\$&'))
    .reverse();
  return `${domain.join('.')}/${path.join('/')}`;
}

function rid(entry: Entry | undefined): readonly Value[] {
  const sid = entry === undefined ? undefined : sidText(entry);
  return sid === undefined ? [] : [sid.slice(sid.lastIndexOf('-') + 1)];
}

function sids(all: readonly string[]): readonly Value[] {
  return all.map((sid) => parseSid(sid));
}

/** UF_LOCKOUT and UF_PASSWORD_EXPIRED as they are now (MS-ADTS 3.1.1.4.5.17). */
function computedControl(directory: Directory, entry: Entry, at: ConstructedContext): number {
  const domain = directory.entry(at.domain.ids.domain);
  const now = fileTimeOf(at.now);
  const expired = passwordExpiry(entry, domain) < now; // 0: it must be changed at once
  return (
    (lockedOut(entry, domain, now) ? UserAccountControl.LOCKOUT : 0) |
    (expired ? UserAccountControl.PASSWORD_EXPIRED : 0)
  );
}

/** Which parts of the descriptor the requester may write: OWNER 1, GROUP 2, DACL 4, SACL 8. */
function descriptorRights(entry: Entry, context: SecurityContext): number {
  const rights = effectiveRights(descriptorOf(entry), context, selfSidOf(entry));
  return ((rights & Right.WRITE_OWNER) !== 0 ? 3 : 0) | ((rights & Right.WRITE_DAC) !== 0 ? 4 : 0);
}

function attributesOf(entry: Entry): ReadonlySet<string> {
  const rules = classRules(structuralClass(entry));
  return new Set([...rules.must, ...rules.may]);
}

function mayWrite(entry: Entry, name: string, context: SecurityContext): boolean {
  const schema = attribute(name);
  if (schema === undefined || schema.systemOnly || schema.constructed) return false;
  const types = objectTypes(entry, schema);
  const wanted = { rights: Right.WRITE_PROPERTY, types, ...selfSidOf(entry) };
  return granted(descriptorOf(entry), context, wanted);
}

function childClasses(entry: Entry): readonly { readonly name: string; readonly guid: string }[] {
  return inferiors(texts(entry, 'objectClass'));
}

/** Classes whose objects may stand below one of these classes. */
function inferiors(above: readonly string[]): readonly ClassSchema[] {
  const own = new Set(above);
  return CLASSES.filter(
    (row) =>
      row.category === 1 &&
      !row.systemOnly &&
      [...classRules(row.name).possSuperiors].some((superior) => own.has(superior)),
  );
}
