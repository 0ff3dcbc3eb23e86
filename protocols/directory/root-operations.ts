/** Modifying the rootDSE: operations that the controller carries out. MS-ADTS 3.1.1.3.3. */
import { fromUtf8 } from '../../src/bytes/bytes.ts';
import { propagate } from './descriptors.ts';
import { draft } from './directory.ts';
import { parseBase } from './dn.ts';
import type { Entry } from './entry.ts';
import { isPhantom } from './instance.ts';
import type { Modification, WriteContext, Written } from './modify.ts';
import { resolveBase } from './names.ts';
import { descriptorOf, selfSidOf, structuralClass } from './protection.ts';
import { accessDenied, type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { classSchema } from './schema.ts';
import { granted } from './security/access.ts';
import { Right } from './security/descriptor.ts';
import { controlAccessRight } from './well-known-rights.ts';

/** One object that a read-only controller takes over, with its secrets or with them alone. */
export interface Replication {
  /** The NTDS settings object of the controller to take it from. */
  readonly source: number;
  readonly object: number;
  readonly secretsOnly: boolean;
}

/** What the operations set going; whoever composes the controller says how. */
export interface RootTasks {
  /** SDProp at once. Absent on a controller that does not own the PDC role: nothing happens. */
  readonly protectAdminGroups?: (at: WriteContext) => Written;
  /** Absent on a writable controller that has no partner. */
  readonly replicateSingleObject?: (replication: Replication, at: WriteContext) => Written;
}

interface Operation {
  /** The control access right, and the object on which it is asked for. */
  readonly right: string;
  readonly on: (at: WriteContext) => number;
  readonly run: (value: string, at: WriteContext, tasks: RootTasks) => Written;
}

const onDomain = ({ domain }: WriteContext): number => domain.ids.domain;
const onSchema = ({ domain }: WriteContext): number => domain.ids.schema;
const onSettings = ({ domain }: WriteContext): number => domain.ids.ntdsSettings;
const onPartitions = ({ domain }: WriteContext): number => domain.ids.partitions;

/** What is up to date already, or done by us at every write: nothing is left to do. */
const nothing = (_: string, at: WriteContext): Written => ({
  ok: true,
  draft: draft(at.directory),
});

const OPERATIONS: Readonly<Record<string, Operation>> = {
  runProtectAdminGroupsTask: {
    right: 'Run-Protect-Admin-Groups-Task',
    on: onDomain,
    run: (value, at, tasks) => (tasks.protectAdminGroups ?? ((all) => nothing(value, all)))(at),
  },
  replicateSingleObject: {
    right: 'DS-Replication-Synchronize',
    on: onDomain,
    run: replicateSingleObject,
  },
  fixupInheritance: { right: 'Recalculate-Security-Inheritance', on: onSettings, run: fixup },
  schemaUpdateNow: { right: 'Update-Schema-Cache', on: onSchema, run: nothing },
  invalidateRidPool: { right: 'Change-Rid-Master', on: ridManager, run: nothing },
  becomePdc: { right: 'Change-PDC', on: onDomain, run: nothing },
  becomeRidMaster: { right: 'Change-Rid-Master', on: ridManager, run: nothing },
  becomeSchemaMaster: { right: 'Change-Schema-Master', on: onSchema, run: nothing },
  becomeDomainMaster: { right: 'Change-Domain-Master', on: onPartitions, run: nothing },
  doGarbageCollection: { right: 'Do-Garbage-Collection', on: onSettings, run: nothing },
  recalcHierarchy: { right: 'Recalculate-Hierarchy', on: onSettings, run: nothing },
  checkPhantoms: { right: 'DS-Check-Stale-Phantoms', on: onSettings, run: nothing },
  updateCachedMemberships: { right: 'Refresh-Group-Cache', on: onSettings, run: nothing },
};

const byName = new Map(
  Object.entries(OPERATIONS).map(([name, operation]) => [name.toLowerCase(), operation]),
);

/** One operation a request. Unknown ones are unwillingToPerform (MS-ADTS 3.1.1.3.3). */
export function modifyRoot(
  modifications: readonly Modification[],
  at: WriteContext,
  tasks: RootTasks,
): Written {
  const [modification] = modifications;
  const operation =
    modification === undefined ? undefined : byName.get(modification.attribute.toLowerCase());
  if (modification === undefined || operation === undefined || modifications.length > 1) {
    return unwilling(`the rootDSE has no operation ${modification?.attribute ?? ''}`);
  }
  if (modification.operation === 'delete' || modification.values.length !== 1) {
    return unwilling(`${modification.attribute}: add or replace with one value`);
  }
  const target = at.directory.entry(operation.on(at));
  if (target === undefined || !hasRight(target, operation.right, at)) {
    return accessDenied(`no ${operation.right}`);
  }
  return operation.run(fromUtf8(modification.values[0] as Uint8Array), at, tasks);
}

function unwilling(why: string): Refusal {
  return refuse(ResultCode.unwillingToPerform, Win32.ERROR_DS_UNWILLING_TO_PERFORM, why);
}

function hasRight(target: Entry, name: string, at: WriteContext): boolean {
  const right = controlAccessRight(name);
  if (right === undefined) return at.context.system === true;
  return granted(descriptorOf(target), at.context, {
    rights: Right.CONTROL_ACCESS,
    types: [right.guid, classSchema(structuralClass(target))?.guid ?? ''],
    ...selfSidOf(target),
  });
}

function ridManager(at: WriteContext): number {
  const rdn = { type: 'CN', value: 'RID Manager$' };
  return at.directory.child(at.domain.ids.system, rdn) ?? at.domain.ids.domain;
}

/** MS-ADTS 3.1.1.3.3.10: inherited ACEs are made anew in every naming context. */
function fixup(_: string, at: WriteContext): Written {
  const changes = draft(at.directory);
  const { domain, configuration, schema } = at.domain.ids;
  for (const id of [domain, configuration, schema]) propagate(changes, id);
  return { ok: true, draft: changes };
}

/**
 * MS-ADTS 3.1.1.3.3.18: `<DN of the source's NTDS settings>:<DN of the object>`, and `:SECRETS_ONLY`
 * where only its secrets are wanted. Names may hold colons: every place of one is tried.
 */
function replicateSingleObject(value: string, at: WriteContext, tasks: RootTasks): Written {
  const secretsOnly = /:SECRETS_ONLY$/i.test(value);
  const names = secretsOnly ? value.slice(0, value.lastIndexOf(':')) : value;
  for (let i = names.indexOf(':'); i >= 0; i = names.indexOf(':', i + 1)) {
    const source = objectOf(names.slice(0, i), at);
    const object = objectOf(names.slice(i + 1), at);
    if (source === undefined || object === undefined) continue;
    if (structuralClass(source) !== 'nTDSDSA') continue;
    if (tasks.replicateSingleObject === undefined) {
      return unwilling('this controller takes over objects from nobody');
    }
    return tasks.replicateSingleObject({ source: source.id, object: object.id, secretsOnly }, at);
  }
  return refuse(
    ResultCode.operationsError,
    Win32.ERROR_DS_OBJ_NOT_FOUND,
    'expected <DN of NTDS settings>:<DN of an object>[:SECRETS_ONLY]',
  );
}

function objectOf(text: string, at: WriteContext): Entry | undefined {
  const base = parseBase(text.trim());
  const id = base === undefined ? undefined : resolveBase(at.directory, base);
  const entry = id === undefined ? undefined : at.directory.entry(id);
  return entry === undefined || isPhantom(entry) ? undefined : entry;
}
