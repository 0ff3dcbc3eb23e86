/**
 * AdminSDHolder: MS-ADTS 3.1.1.6.1. Every hour the PDC gives the security descriptor of that object
 * to all accounts and groups that can administer the domain, so that what they inherit or are given
 * elsewhere does not last. Windows calls the task SDProp.
 */
import { equal } from '../../../src/bytes/bytes.ts';
import { isPrincipal } from '../account.ts';
import { fits, propagate } from '../descriptors.ts';
import { type Directory, type Draft, draft } from '../directory.ts';
import type { DomainInfo } from '../domain-info.ts';
import { type Entry, octets, one, reference, referred, texts } from '../entry.ts';
import { isDeleted, isPhantom } from '../instance.ts';
import { sidForm } from '../membership.ts';
import type { WriteContext, Written } from '../modify.ts';
import { descriptorOf, structuralClass } from '../protection.ts';
import { classSchema } from '../schema.ts';
import { stamped } from '../stamps.ts';
import { withValues } from '../values.ts';
import { encodeDescriptor } from './descriptor.ts';
import { reinherit } from './inherit.ts';

/** Seconds between two runs, and the bounds that Windows keeps (AdminSDProtectFrequency). */
export const AdminSdProtectFrequency = { default: 3_600, least: 60, most: 7_200 } as const;

interface ProtectedPrincipal {
  readonly name: string;
  /** Below the domain's SID, or below S-1-5-32. */
  readonly rid: number;
  readonly builtin?: true;
  /** Whether whoever is in the group, directly or not, is protected too. */
  readonly members: boolean;
  /** The bit of dwAdminSDExMask that leaves the group and its members out. */
  readonly excludedBy?: number;
}

/**
 * What is protected since Windows Server 2019: the set of Windows Server 2008 (MS-ADTS 3.1.1.6.1.2)
 * and the two groups that administer keys. Cert Publishers was in it up to Windows 2000 SP4 only.
 * Domain controllers are not protected by being in their group, only the group itself is.
 */
export const PROTECTED_PRINCIPALS: readonly ProtectedPrincipal[] = [
  { name: 'Administrator', rid: 500, members: false },
  { name: 'krbtgt', rid: 502, members: false },
  { name: 'Domain Admins', rid: 512, members: true },
  { name: 'Domain Controllers', rid: 516, members: false },
  { name: 'Schema Admins', rid: 518, members: true },
  { name: 'Enterprise Admins', rid: 519, members: true },
  { name: 'Read-only Domain Controllers', rid: 521, members: false },
  { name: 'Key Admins', rid: 526, members: true },
  { name: 'Enterprise Key Admins', rid: 527, members: true },
  { name: 'Administrators', rid: 544, builtin: true, members: true },
  { name: 'Account Operators', rid: 548, builtin: true, members: true, excludedBy: 0x1 },
  { name: 'Server Operators', rid: 549, builtin: true, members: true, excludedBy: 0x2 },
  { name: 'Print Operators', rid: 550, builtin: true, members: true, excludedBy: 0x4 },
  { name: 'Backup Operators', rid: 551, builtin: true, members: true, excludedBy: 0x8 },
  { name: 'Replicator', rid: 552, builtin: true, members: true },
];

export interface Protection {
  readonly draft: Draft;
  /** Records whose descriptor or adminCount changed, in the order in which they were visited. */
  readonly changed: readonly number[];
}

/**
 * One run of the task.
 * @param now milliseconds since 1970
 */
export function protectAdminGroups(
  directory: Directory,
  domain: DomainInfo,
  now: number,
): Protection {
  const changes = draft(directory);
  const changed: number[] = [];
  const holder = directory.entry(domain.ids.adminSdHolder);
  const template = holder === undefined ? undefined : octets(holder, 'nTSecurityDescriptor');
  // Without a template there is nothing to give: the domain is being repaired.
  if (holder === undefined || template === undefined) return { draft: changes, changed };
  for (const id of protectedObjects(directory, domain)) {
    const entry = changes.entry(id);
    if (entry === undefined) continue;
    const touched = new Set<string>();
    let next = entry;
    const descriptor = protectedDescriptor(entry, holder, changes);
    if (!equal(octets(entry, 'nTSecurityDescriptor') ?? new Uint8Array(), descriptor)) {
      next = withValues(next, 'nTSecurityDescriptor', [descriptor]);
      touched.add('nTSecurityDescriptor');
    }
    // It is never taken away again, not even when the account leaves the group.
    if (one(next, 'adminCount') !== '1') {
      next = withValues(next, 'adminCount', ['1']);
      touched.add('adminCount');
    }
    if (touched.size === 0) continue;
    changes.put(stamped(changes, next, touched, now));
    changed.push(id);
    if (touched.has('nTSecurityDescriptor')) propagate(changes, id);
  }
  return { draft: changes, changed };
}

/** As the rootDSE operation runProtectAdminGroupsTask runs it (MS-ADTS 3.1.1.3.3.26). */
export function protectAdminGroupsTask(at: WriteContext): Written {
  if (!ownsPdcRole(at.directory, at.domain)) return { ok: true, draft: draft(at.directory) };
  return { ok: true, draft: protectAdminGroups(at.directory, at.domain, at.now).draft };
}

/** Whether this controller is the one that runs the task: elsewhere nothing happens. */
export function ownsPdcRole(directory: Directory, { ids }: DomainInfo): boolean {
  const head = directory.entry(ids.domain);
  return head !== undefined && one(head, 'fSMORoleOwner') === reference(ids.ntdsSettings);
}

/** AdminSDHolder's descriptor; where it lets inheritance in, what the object itself inherits. */
function protectedDescriptor(entry: Entry, holder: Entry, changes: Draft): Uint8Array {
  const parent = changes.entry(entry.parent);
  const above = parent === undefined || isPhantom(parent) ? undefined : descriptorOf(parent);
  const classGuid = classSchema(structuralClass(entry))?.guid ?? '';
  const own = descriptorOf(holder);
  const inherited = reinherit(own, above, { classGuid });
  return encodeDescriptor(fits(inherited) ? inherited : own);
}

/** The protected set: principals of the domain by their SIDs, and members of groups, transitively. */
export function protectedObjects(directory: Directory, domain: DomainInfo): readonly number[] {
  const excluded = adminSdExMask(directory, domain);
  const found = new Set<number>();
  const visited = new Set<number>();
  const queue: number[] = [];
  for (const principal of PROTECTED_PRINCIPALS) {
    if (((principal.excludedBy ?? 0) & excluded) !== 0) continue;
    const authority = principal.builtin === true ? 'S-1-5-32' : domain.sid;
    const [id] = directory.findForm('objectSid', sidForm(`${authority}-${principal.rid}`));
    if (id === undefined) continue;
    found.add(id);
    if (principal.members) queue.push(id);
  }
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const group = directory.entry(id);
    if (group === undefined || visited.has(id)) continue;
    visited.add(id);
    for (const member of membersOf(directory, group)) {
      const entry = directory.entry(member);
      // Contacts and principals of other domains have no account here that could be protected.
      if (entry === undefined || isDeleted(entry) || !isPrincipal(structuralClass(entry))) continue;
      found.add(member);
      queue.push(member);
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** Members by link, of distribution groups too; and those whose primary group it is. */
function membersOf(directory: Directory, group: Entry): readonly number[] {
  const linked = texts(group, 'member')
    .map(referred)
    .filter((id) => id !== undefined);
  const sid = group.attributes.objectSid?.[0];
  if (!(sid instanceof Uint8Array)) return linked;
  const rid = new DataView(sid.buffer, sid.byteOffset + sid.length - 4, 4).getUint32(0, true);
  return [...linked, ...directory.find('primaryGroupID', String(rid))];
}

/** dwAdminSDExMask: the 16th character of dSHeuristics, a hexadecimal digit (MS-ADTS 3.1.1.6.1.4). */
function adminSdExMask(directory: Directory, domain: DomainInfo): number {
  let id: number | undefined = domain.ids.configuration;
  for (const value of ['Services', 'Windows NT', 'Directory Service']) {
    id = id === undefined ? undefined : directory.child(id, { type: 'CN', value });
  }
  const entry = id === undefined ? undefined : directory.entry(id);
  const digit = entry === undefined ? undefined : one(entry, 'dSHeuristics')?.[15];
  return digit !== undefined && /^[0-9a-f]$/i.test(digit) ? Number.parseInt(digit, 16) : 0;
}
