/** Writing nTSecurityDescriptor, and what stands below inheriting it: MS-ADTS 5.1.3, 3.1.1.5.3.1. */
import type { Draft } from './directory.ts';
import type { DomainInfo } from './domain-info.ts';
import { type Entry, octets } from './entry.ts';
import { isPhantom } from './instance.ts';
import { descriptorOf, selfSidOf, structuralClass } from './protection.ts';
import { type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { classSchema } from './schema.ts';
import { granted, type SecurityContext } from './security/access.ts';
import {
  ACL_SIZE_MAX,
  AceFlags,
  aclSize,
  decodeDescriptor,
  encodeDescriptor,
  Right,
  type SecurityDescriptor,
} from './security/descriptor.ts';
import { newDescriptor, reinherit } from './security/inherit.ts';
import { parseSddl } from './security/sddl.ts';
import { withValues } from './values.ts';

/** SECURITY_INFORMATION, MS-DTYP 2.4.7; the value of LDAP_SERVER_SD_FLAGS_OID. */
export const SdFlags = { OWNER: 1, GROUP: 2, DACL: 4, SACL: 8, ALL: 15 } as const;

export interface DescriptorContext {
  readonly context: SecurityContext;
  readonly domain: DomainInfo;
  readonly sdFlags?: number;
}

type Described = { readonly ok: true; readonly entry: Entry } | Refusal;

/** Merges the parts that the client meant into what is there, if it may write them. */
export function descriptorChanged(
  before: Entry,
  entry: Entry,
  touched: ReadonlySet<string>,
  parent: Entry | undefined,
  at: DescriptorContext,
): Described {
  if (!touched.has('nTSecurityDescriptor')) return { ok: true, entry };
  const bytes = octets(entry, 'nTSecurityDescriptor');
  const outcome = bytes === undefined ? undefined : decodeDescriptor(bytes);
  if (outcome === undefined || !outcome.ok) {
    return refuse(
      ResultCode.constraintViolation,
      Win32.ERROR_DS_CONSTRAINT_VIOLATION,
      'nTSecurityDescriptor: an object cannot be without one',
    );
  }
  const given = outcome.value;
  const old = descriptorOf(before);
  const flags = (at.sdFlags ?? SdFlags.ALL) & SdFlags.ALL;
  const meant =
    (flags & SdFlags.OWNER && given.owner !== undefined ? SdFlags.OWNER : 0) |
    (flags & SdFlags.GROUP && given.group !== undefined ? SdFlags.GROUP : 0) |
    (flags & SdFlags.DACL && given.dacl !== undefined ? SdFlags.DACL : 0) |
    (flags & SdFlags.SACL && given.sacl !== undefined ? SdFlags.SACL : 0);
  const denied = mayWriteParts(before, old, given, meant, at.context);
  if (denied !== undefined) return denied;
  const daclControl = 0x1508; // PROTECTED, AUTO_INHERITED, AUTO_INHERIT_REQ, DEFAULTED of the DACL
  const merged: SecurityDescriptor = {
    control:
      meant & SdFlags.DACL
        ? (old.control & ~daclControl) | (given.control & daclControl)
        : old.control,
    ...pick('owner', meant & SdFlags.OWNER ? given : old),
    ...pick('group', meant & SdFlags.GROUP ? given : old),
    ...pick('dacl', meant & SdFlags.DACL ? given : old),
    ...pick('sacl', meant & SdFlags.SACL ? given : old),
  };
  const inherited = reinherit(merged, parentDescriptor(parent), heirOf(entry));
  if (!fits(inherited)) {
    return refuse(
      ResultCode.constraintViolation,
      Win32.ERROR_DS_CONSTRAINT_VIOLATION,
      `nTSecurityDescriptor: an access list of more than ${ACL_SIZE_MAX} octets with what it inherits`,
    );
  }
  return { ok: true, entry: withDescriptor(entry, inherited) };
}

function pick<K extends 'owner' | 'group' | 'dacl' | 'sacl'>(
  name: K,
  from: SecurityDescriptor,
): Partial<Pick<SecurityDescriptor, K>> {
  const value = from[name];
  return value === undefined ? {} : ({ [name]: value } as Pick<SecurityDescriptor, K>);
}

function mayWriteParts(
  entry: Entry,
  old: SecurityDescriptor,
  given: SecurityDescriptor,
  meant: number,
  context: SecurityContext,
): Refusal | undefined {
  const self = selfSidOf(entry);
  const has = (rights: number): boolean => granted(old, context, { rights, ...self });
  const denied = (part: string): Refusal =>
    refuse(
      ResultCode.insufficientAccessRights,
      Win32.ERROR_DS_INSUFF_ACCESS_RIGHTS,
      `nTSecurityDescriptor: no right to write the ${part}`,
    );
  if ((meant & SdFlags.DACL) !== 0 && !has(Right.WRITE_DAC)) return denied('DACL');
  if ((meant & SdFlags.SACL) !== 0 && !has(Right.ACCESS_SYSTEM_SECURITY)) return denied('SACL');
  if ((meant & (SdFlags.OWNER | SdFlags.GROUP)) !== 0) {
    if (given.owner === old.owner && given.group === old.group) return undefined;
    if (!has(Right.WRITE_OWNER)) return denied('owner');
    // Nobody makes somebody else the owner without SeRestorePrivilege (MS-ADTS 3.1.1.5.3.1.1).
    const owner = given.owner;
    if (context.system !== true && owner !== undefined && !context.sids.has(owner)) {
      return refuse(
        ResultCode.constraintViolation,
        Win32.ERROR_INVALID_OWNER,
        `${owner} cannot be made the owner`,
      );
    }
  }
  return undefined;
}

/** A new object's descriptor: given or by its class, owned by who makes it, with what it inherits. */
export function initialDescriptor(
  entry: Entry,
  parent: Entry | undefined,
  owner: string,
  domain: DomainInfo,
): Entry {
  const bytes = octets(entry, 'nTSecurityDescriptor');
  const given = bytes === undefined ? undefined : decodeDescriptor(bytes);
  const byClass = defaultDescriptor(structuralClass(entry), domain);
  const above = parentDescriptor(parent);
  const heir = { ...heirOf(entry), owner, group: owner };
  if (given?.ok === true) {
    // Whoever gives an owner only still gets the class's access list (MS-DTYP 2.5.3.4.2).
    const dacl = given.value.dacl ?? byClass.dacl;
    const own = { ...given.value, ...(dacl === undefined ? {} : { dacl }) };
    const descriptor = newDescriptor(own, above, heir);
    if (fits(descriptor)) return withDescriptor(entry, descriptor);
  }
  return withDescriptor(entry, newDescriptor(byClass, above, heir));
}

/** Whoever belongs to the administrators makes objects in their name (MS-ADTS 5.1.3, default owner). */
export function ownerOf(context: SecurityContext, domain: DomainInfo, requester: string): string {
  const administrators = [`${domain.sid}-512`, `${domain.sid}-519`];
  if (context.system === true) return administrators[0] as string;
  return administrators.find((sid) => context.sids.has(sid)) ?? requester;
}

const defaults = new Map<string, SecurityDescriptor>();

/** A class's defaultSecurityDescriptor, read for this domain. */
export function defaultDescriptor(className: string, domain: DomainInfo): SecurityDescriptor {
  const key = `${domain.sid} ${className}`;
  const known = defaults.get(key);
  if (known !== undefined) return known;
  const text = classSchema(className)?.defaultSecurityDescriptor ?? '';
  const outcome = parseSddl(text, { domainSid: domain.sid, rootDomainSid: domain.sid });
  if (!outcome.ok) {
    throw new Error(`default descriptor of ${className}: ${outcome.reason} at ${outcome.offset}`);
  }
  defaults.set(key, outcome.value);
  return outcome.value;
}

/** The entry with the ACEs that it inherits where it now stands. */
export function reinherited(entry: Entry, parent: Entry): Entry {
  const next = reinherit(descriptorOf(entry), parentDescriptor(parent), heirOf(entry));
  return fits(next) ? withDescriptor(entry, next) : entry;
}

/** Makes inherited ACEs anew on everything below, and says which objects changed. */
export function propagate(changes: Draft, id: number): readonly number[] {
  const changed: number[] = [];
  const queue: number[] = [id];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const parent = changes.entry(at);
    if (parent === undefined) continue;
    for (const child of changes.children(at)) {
      const entry = changes.entry(child);
      if (entry === undefined || isPhantom(entry)) continue;
      const old = descriptorOf(entry);
      const next = reinherit(old, parentDescriptor(parent), heirOf(entry));
      // A list that cannot take what comes from above keeps what it has.
      if (sameDacl(old, next) || !fits(next)) continue;
      changes.put(withDescriptor(entry, next));
      changed.push(child);
      queue.push(child);
    }
  }
  return changed;
}

/** Whether the lists have room for what was inherited. */
export function fits({ dacl = [], sacl = [] }: SecurityDescriptor): boolean {
  return aclSize(dacl) <= ACL_SIZE_MAX && aclSize(sacl) <= ACL_SIZE_MAX;
}

function sameDacl(a: SecurityDescriptor, b: SecurityDescriptor): boolean {
  return JSON.stringify(a.dacl) === JSON.stringify(b.dacl) && a.control === b.control;
}

function parentDescriptor(parent: Entry | undefined): SecurityDescriptor | undefined {
  return parent === undefined || isPhantom(parent) ? undefined : descriptorOf(parent);
}

/** Who inherits: the object's class says which ACEs are meant for it. */
export function heirOf(entry: Entry): { readonly classGuid: string } {
  return { classGuid: classSchema(structuralClass(entry))?.guid ?? '' };
}

export function withDescriptor(entry: Entry, descriptor: SecurityDescriptor): Entry {
  return withValues(entry, 'nTSecurityDescriptor', [encodeDescriptor(descriptor)]);
}

/** Only the parts that were asked for (LDAP_SERVER_SD_FLAGS_OID). */
export function descriptorParts(descriptor: SecurityDescriptor, flags: number): Uint8Array {
  return encodeDescriptor({
    control: descriptor.control,
    ...(flags & SdFlags.OWNER ? pick('owner', descriptor) : {}),
    ...(flags & SdFlags.GROUP ? pick('group', descriptor) : {}),
    ...(flags & SdFlags.DACL ? pick('dacl', descriptor) : {}),
    ...(flags & SdFlags.SACL ? pick('sacl', descriptor) : {}),
  });
}

/** Whether an ACE was inherited, for views. */
export function isInherited(flags: number): boolean {
  return (flags & AceFlags.INHERITED) !== 0;
}
