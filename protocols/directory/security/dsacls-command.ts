/**
 * The arguments of dsacls and the access list that they make, as an administrator types them:
 * `dsacls "CN=AdminSDHolder,CN=System,DC=corp,DC=example" /G "CORP\Key Admins":RPWP;mail`.
 */
import { attribute, classSchema } from '../schema.ts';
import { CONTROL_ACCESS_RIGHTS, type ControlAccessRight } from '../well-known-rights.ts';
import { specificRights } from './access.ts';
import {
  type Ace,
  AceFlags,
  AceType,
  Control,
  Right,
  type SecurityDescriptor,
} from './descriptor.ts';
import { RIGHTS } from './dsacls.ts';
import { canonicalOrder } from './inherit.ts';
import type { Trustees } from './trustees.ts';

/** `CORP\Key Admins:RPWP;msDS-KeyCredentialLink;user` */
export interface Permission {
  readonly kind: 'grant' | 'deny';
  readonly trustee: string;
  /** Generic rights as the specific ones that they stand for. */
  readonly mask: number;
  /** A property, a property set, a child's class, an extended right or a validated write. */
  readonly objectType?: string;
  readonly inheritedObjectType?: string;
}

export interface DsaclsCommand {
  readonly dn: string;
  readonly permissions: readonly Permission[];
  /** /R: trustees that lose all their permissions. */
  readonly removed: readonly string[];
  /** /I */
  readonly inheritance?: 'T' | 'S' | 'P';
  /** /P: whether inheritance from above is shut out. */
  readonly isProtected?: boolean;
  /** /N: what is granted and denied replaces the permissions there are. */
  readonly replaces: boolean;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

const USAGE =
  'dsacls "DN" [/I:T|S|P] [/N] [/P:Y|N] [/G trustee:rights[;object[;class]] ...] [/D ...] [/R trustee ...]';

/** Reads a command line; the word `dsacls` may stand before it. */
export function parseDsacls(line: string): Outcome<DsaclsCommand> {
  const words = splitWords(line);
  if (words === undefined) return refused(`a quotation mark is not closed in: ${line}`);
  const [first, ...more] = words;
  const [dn, ...rest] = /^dsacls(\.exe)?$/i.test(first ?? '') ? more : words;
  if (dn === undefined || dn.startsWith('/')) return refused(`expected an object's name: ${USAGE}`);
  const permissions: Permission[] = [];
  const removed: string[] = [];
  let switches: Pick<DsaclsCommand, 'inheritance' | 'isProtected'> = {};
  let replaces = false;
  let list = '';
  for (const word of rest) {
    if (word.startsWith('/')) {
      const option = word.slice(1).toUpperCase();
      list = /^[GDR]$/.test(option) ? option : '';
      if (option === 'N') replaces = true;
      else if (/^I:[TSP]$/.test(option)) {
        switches = { ...switches, inheritance: option[2] as 'T' | 'S' | 'P' };
      } else if (/^P:[YN]$/.test(option))
        switches = { ...switches, isProtected: option[2] === 'Y' };
      else if (list === '') return refused(`dsacls has no option ${word} here: ${USAGE}`);
    } else if (list === 'R') {
      removed.push(word);
    } else if (list === '') {
      return refused(`"${word}" stands behind no /G, /D or /R: ${USAGE}`);
    } else {
      const permission = parsePermission(word, list === 'G' ? 'grant' : 'deny');
      if (!permission.ok) return permission;
      permissions.push(permission.value);
    }
  }
  const typed = permissions.find((each) => each.inheritedObjectType !== undefined);
  if (typed !== undefined && switches.inheritance === undefined) {
    return refused(`${typed.trustee}: a class that inherits needs /I:T, /I:S or /I:P before /G`);
  }
  return {
    ok: true,
    value: { dn: dn.replace(/^\\\\[^\\]+\\/, ''), permissions, removed, replaces, ...switches },
  };
}

function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** Spaces separate words, but not between quotation marks, which are dropped. */
function splitWords(line: string): readonly string[] | undefined {
  const words = line.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  const marks = line.match(/"/g)?.length ?? 0;
  return marks % 2 === 0 ? words.map((word) => word.replaceAll('"', '')) : undefined;
}

function parsePermission(text: string, kind: Permission['kind']): Outcome<Permission> {
  const colon = text.lastIndexOf(':');
  if (colon <= 0) return refused(`"${text}": expected trustee:rights[;object[;class]]`);
  const trustee = text.slice(0, colon);
  const [codes, object = '', heirs = '', ...more] = text.slice(colon + 1).split(';') as [
    string,
    ...string[],
  ];
  if (more.length > 0) return refused(`"${text}": more than rights, object and class`);
  const rights = parseRights(codes);
  if (!rights.ok) return refused(`"${text}": ${rights.reason}`);
  const mask = rights.value;
  const objectType = object === '' ? undefined : objectGuid(object, mask);
  if (objectType?.ok === false) return refused(`"${text}": ${objectType.reason}`);
  const heir = heirs === '' ? undefined : classSchema(heirs);
  if (heirs !== '' && heir === undefined) {
    return refused(`"${text}": the schema has no class ${heirs}`);
  }
  return {
    ok: true,
    value: {
      kind,
      trustee,
      mask,
      ...(objectType === undefined ? {} : { objectType: objectType.value }),
      ...(heir === undefined ? {} : { inheritedObjectType: heir.guid }),
    },
  };
}

const GENERIC: Readonly<Record<string, number>> = {
  GR: specificRights(Right.GENERIC_READ),
  GE: specificRights(Right.GENERIC_EXECUTE),
  GW: specificRights(Right.GENERIC_WRITE),
  GA: specificRights(Right.GENERIC_ALL),
};

const CODES: Readonly<Record<string, number>> = {
  ...Object.fromEntries(RIGHTS.map(({ code, mask }) => [code, mask])),
  ...GENERIC,
};

function parseRights(text: string): Outcome<number> {
  let mask = 0;
  for (const code of text.toUpperCase().match(/.{1,2}/g) ?? []) {
    const bits = CODES[code];
    if (bits === undefined) {
      return refused(`"${code}" is none of the rights ${Object.keys(CODES).join(' ')}`);
    }
    mask |= bits;
  }
  return mask === 0 ? refused('no right is named') : { ok: true, value: mask >>> 0 };
}

const OF_CHILDREN = Right.CREATE_CHILD | Right.DELETE_CHILD;
const OF_PROPERTIES = Right.READ_PROPERTY | Right.WRITE_PROPERTY;

/** What a name means follows from the right: `user` with CC is a class, with RP an attribute. */
function objectGuid(name: string, mask: number): Outcome<string> {
  const named = (kind: ControlAccessRight['kind']): string | undefined =>
    CONTROL_ACCESS_RIGHTS.find(
      (each) =>
        each.kind === kind &&
        (each.displayName.toLowerCase() === name.toLowerCase() ||
          each.cn.toLowerCase() === name.toLowerCase()),
    )?.guid;
  const found =
    ((mask & OF_PROPERTIES) !== 0 ? (attribute(name)?.guid ?? named('propertySet')) : undefined) ??
    ((mask & OF_CHILDREN) !== 0 ? classSchema(name)?.guid : undefined) ??
    ((mask & Right.CONTROL_ACCESS) !== 0 ? named('extended') : undefined) ??
    ((mask & Right.WRITE_PROPERTY_EXTENDED) !== 0 ? named('validatedWrite') : undefined);
  if (found !== undefined) return { ok: true, value: found };
  return refused(
    `${name} is nothing that these rights are about: RP and WP take an attribute or a property set, ` +
      'CC and DC a class, CA an extended right, WS a validated write',
  );
}

const INHERITANCE = {
  T: AceFlags.CONTAINER_INHERIT,
  S: AceFlags.CONTAINER_INHERIT | AceFlags.INHERIT_ONLY,
  P: AceFlags.CONTAINER_INHERIT | AceFlags.NO_PROPAGATE_INHERIT,
} as const;

/** The descriptor as the command leaves it; owner, group and SACL stay. */
export function dsaclsApplied(
  command: DsaclsCommand,
  before: SecurityDescriptor,
  names: Trustees,
): Outcome<SecurityDescriptor> {
  const all = before.dacl ?? [];
  const inherited = all.filter((ace) => (ace.flags & AceFlags.INHERITED) !== 0);
  let explicit: readonly Ace[] = all.filter((ace) => (ace.flags & AceFlags.INHERITED) === 0);
  if (command.replaces) explicit = [];
  for (const name of command.removed) {
    const sid = names.sidOf(name);
    if (sid === undefined) return unknownTrustee(name);
    const kept = explicit.filter((ace) => ace.sid !== sid);
    if (kept.length === explicit.length) {
      const above = inherited.some((ace) => ace.sid === sid);
      return refused(`${name} has no permission here${above ? ' that is not inherited' : ''}`);
    }
    explicit = kept;
  }
  const flags = command.inheritance === undefined ? 0 : INHERITANCE[command.inheritance];
  for (const permission of command.permissions) {
    const sid = names.sidOf(permission.trustee);
    if (sid === undefined) return unknownTrustee(permission.trustee);
    explicit = merged(explicit, aceOf(permission, sid, flags));
  }
  const shut = command.isProtected;
  const bit = Control.DACL_PROTECTED;
  const control =
    shut === undefined ? before.control : shut ? before.control | bit : before.control & ~bit;
  return {
    ok: true,
    value: { ...before, control, dacl: [...canonicalOrder(explicit), ...inherited] },
  };
}

function unknownTrustee(name: string): { readonly ok: false; readonly reason: string } {
  return refused(`no account and no group is called ${name}: expected DOMAIN\\name or name@domain`);
}

function aceOf(permission: Permission, sid: string, flags: number): Ace {
  const { objectType, inheritedObjectType, mask, kind } = permission;
  const plain = objectType === undefined && inheritedObjectType === undefined;
  const [simple, object] =
    kind === 'grant'
      ? [AceType.ACCESS_ALLOWED, AceType.ACCESS_ALLOWED_OBJECT]
      : [AceType.ACCESS_DENIED, AceType.ACCESS_DENIED_OBJECT];
  return {
    type: plain ? simple : object,
    flags,
    mask,
    ...(objectType === undefined ? {} : { objectType }),
    ...(inheritedObjectType === undefined ? {} : { inheritedObjectType }),
    sid,
  };
}

/** An ACE that differs in its rights only takes the new ones on. */
function merged(aces: readonly Ace[], added: Ace): readonly Ace[] {
  const at = aces.findIndex(
    (ace) =>
      ace.type === added.type &&
      ace.flags === added.flags &&
      ace.sid === added.sid &&
      ace.objectType === added.objectType &&
      ace.inheritedObjectType === added.inheritedObjectType,
  );
  if (at < 0) return [...aces, added];
  return aces.map((ace, i) => (i === at ? { ...ace, mask: (ace.mask | added.mask) >>> 0 } : ace));
}
