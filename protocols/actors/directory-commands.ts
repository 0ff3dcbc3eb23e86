/**
 * What people do in the directory, as steps of a script: each goes through the operations that LDAP
 * requests go through, with somebody's rights, so that it is refused as Active Directory refuses it.
 */
import { fromUtf8, toHex, utf8, utf16le } from '../../src/bytes/bytes.ts';
import type { Args, Json } from '../../src/machine/actor.ts';
import { add } from '../directory/add.ts';
import { remove } from '../directory/delete.ts';
import { type Directory, type Draft, dnOf } from '../directory/directory.ts';
import { parseDn } from '../directory/dn.ts';
import type { DomainInfo } from '../directory/domain-info.ts';
import type { Entry } from '../directory/entry.ts';
import { isDeleted } from '../directory/instance.ts';
import { type Modification, modify, type WriteContext } from '../directory/modify.ts';
import { modifyDn } from '../directory/modify-dn.ts';
import { resolveRdns } from '../directory/names.ts';
import { type Refusal, resultName } from '../directory/refusals.ts';
import { modifyRoot } from '../directory/root-operations.ts';
import { attribute } from '../directory/schema.ts';
import { visibleValues } from '../directory/search.ts';
import { protectAdminGroupsTask } from '../directory/security/admin-sd-holder.ts';
import { dsacls } from '../directory/security/dsacls-tool.ts';
import { accountContext } from '../directory/security/token.ts';
import { ldapOctets as shownOctets } from '../directory/values.ts';
import { type AttributeValue, ldapOctets } from './attribute-values.ts';

/** What came of a command, for the actor's view and the note in the trace. */
export interface Outcome {
  /** `sets alice`. */
  readonly command: string;
  readonly as: string;
  /** The LDAP result code's name (RFC 4511 §4.1.9); `usage` where there was nothing to ask for. */
  readonly result: string;
  /** Values that were read, or what a tool printed. */
  readonly shown?: readonly string[];
  /** Why it was refused, with Active Directory's diagnostic message. */
  readonly reason?: string;
  readonly draft?: Draft;
}

export interface CommandContext {
  readonly directory: Directory;
  readonly domain: DomainInfo;
  readonly now: number;
  random(size: number): Uint8Array;
}

type Done =
  | { readonly ok: true; readonly draft?: Draft; readonly shown?: readonly string[] }
  | Refusal
  | { readonly ok: false; readonly usage: string };

type Command = (object: string, args: Args, at: WriteContext) => Done;

const COMMANDS: Readonly<Record<string, Command>> = {
  reads: (name, args, at) =>
    onObject(name, at, (entry) => reads(entry, String(args.attribute), at)),
  sets: (name, args, at) => onObject(name, at, (entry) => modify(entry.id, replaced(args), at)),
  adds: (name, args, at) => membership('add', name, String(args.to), at),
  removes: (name, args, at) => membership('delete', name, String(args.from), at),
  creates,
  renames: (name, args, at) =>
    onObject(name, at, (entry) => {
      const newRdn = { type: entry.rdn.type, value: String(args.to) };
      return modifyDn(entry.id, { newRdn, deleteOldRdn: true }, at);
    }),
  deletes: (name, _, at) => onObject(name, at, (entry) => remove(entry.id, { tree: false }, at)),
  unlocks: (name, _, at) =>
    onObject(name, at, (entry) => modify(entry.id, [one('replace', 'lockoutTime', '0')], at)),
  resets: (name, args, at) =>
    onObject(name, at, (entry) => modify(entry.id, [passwordOf(args.password)], at)),
  runs,
};

/** Undefined where the verb is none of the directory's. */
export function commanded(verb: string, args: Args, at: CommandContext): Outcome | undefined {
  const run = COMMANDS[verb];
  if (run === undefined) return undefined;
  const object = String(args[verb]);
  const as = String(args.as);
  const said = { command: `${verb} ${object}`, as };
  const context = writeContext(as, at);
  if (context === undefined) return { ...said, result: 'usage', reason: `there is no ${as}` };
  const done = run(object, args, context);
  if (done.ok) {
    const { draft, shown } = done as Extract<Done, { ok: true }>;
    return {
      ...said,
      result: 'success',
      ...(shown === undefined ? {} : { shown }),
      ...(draft === undefined ? {} : { draft }),
    };
  }
  if ('usage' in done) return { ...said, result: 'usage', reason: done.usage };
  const { code, reason, message } = done;
  return { ...said, result: resultName(code), reason: `${reason} (${message.trim()})` };
}

/** What somebody may do, sitting at the domain controller. Undefined: there is nobody of that name. */
export function writeContext(as: string, at: CommandContext): WriteContext | undefined {
  const requester = objectNamed(as, at);
  if (requester === undefined) return undefined;
  const { directory, domain, now } = at;
  const context = accountContext(directory, domain, requester);
  const random = (size: number): Uint8Array => at.random(size);
  return { directory, domain, now, random, context, confidential: true };
}

/** By sAMAccountName, or by a DN that may leave the domain out: `CN=AdminSDHolder,CN=System`. */
function objectNamed(
  name: string,
  { directory, domain }: Pick<WriteContext, 'directory' | 'domain'>,
): Entry | undefined {
  const ids = name.includes('=')
    ? byDn(name, directory, domain)
    : directory.find('sAMAccountName', name);
  return ids
    .map((id) => directory.entry(id))
    .find((entry) => entry !== undefined && !isDeleted(entry));
}

function byDn(name: string, directory: Directory, { ids }: DomainInfo): readonly number[] {
  const rdns = parseDn(name);
  const head = directory.entry(ids.domain);
  if (rdns === undefined || head === undefined) return [];
  const whole = rdns.some(({ type }) => type.toUpperCase() === 'DC');
  const id = whole ? resolveRdns(directory, rdns) : belowDomain(directory, ids.domain, rdns);
  return id === undefined ? [] : [id];
}

function belowDomain(
  directory: Directory,
  domain: number,
  rdns: NonNullable<ReturnType<typeof parseDn>>,
): number | undefined {
  return rdns.reduceRight<number | undefined>(
    (parent, rdn) => (parent === undefined ? undefined : directory.child(parent, rdn)),
    domain,
  );
}

function onObject(name: string, at: WriteContext, act: (entry: Entry) => Done): Done {
  const entry = objectNamed(name, at);
  return entry === undefined ? { ok: false, usage: `there is no ${name}` } : act(entry);
}

function one(operation: Modification['operation'], name: string, value: string): Modification {
  return { operation, attribute: name, values: [utf8(value)] };
}

function replaced({ attributes }: Args): readonly Modification[] {
  const given = attributes as Readonly<Record<string, AttributeValue>>;
  return Object.entries(given).map(([name, value]) => ({
    operation: 'replace',
    attribute: name,
    values: ldapOctets(name, value),
  }));
}

function membership(
  operation: 'add' | 'delete',
  member: string,
  group: string,
  at: WriteContext,
): Done {
  return onObject(member, at, (entry) =>
    onObject(group, at, ({ id }) =>
      modify(id, [one(operation, 'member', dnOf(at.directory, entry))], at),
    ),
  );
}

function passwordOf(password: Args[string] | undefined): Modification {
  const text = isSecret(password) ? password.secret : '';
  return { operation: 'replace', attribute: 'unicodePwd', values: [utf16le(`"${text}"`)] };
}

function isSecret(
  value: Args[string] | undefined,
): value is Extract<Args[string], { secret: string }> {
  return typeof value === 'object' && value !== null && 'secret' in value;
}

const CONTAINERS: Readonly<Record<string, string>> = { computer: 'CN=Computers' };

function creates(name: string, args: Args, at: WriteContext): Done {
  const objectClass = String(args.objectClass);
  const container = String(args.in ?? CONTAINERS[objectClass] ?? 'CN=Users');
  const given = (args.attributes ?? {}) as Readonly<Record<string, AttributeValue>>;
  const head = at.directory.entry(at.domain.ids.domain);
  const parent = parseDn(container);
  if (parent === undefined || head === undefined) {
    return { ok: false, usage: `${container} is no distinguished name` };
  }
  const dnText = `CN=${name.replace(/\$$/, '')},${container},${dnOf(at.directory, head)}`;
  const rdns = parseDn(dnText);
  if (rdns === undefined) return { ok: false, usage: `${dnText} is no distinguished name` };
  const named: Readonly<Record<string, AttributeValue>> = {
    objectClass,
    sAMAccountName: name,
    ...given,
  };
  const attributes = Object.entries(named).map(([type, value]) => ({
    name: type,
    values: ldapOctets(type, value),
  }));
  const password = isSecret(args.password) ? [passwordOf(args.password)] : [];
  const request = {
    rdns,
    dnText,
    attributes: [
      ...attributes,
      ...password.map(({ attribute: type, values }) => ({ name: type, values })),
    ],
  };
  return add(request, at);
}

/** A command line of dsacls, or an operation of the rootDSE. */
function runs(line: string, _: Args, at: WriteContext): Done {
  if (/^dsacls(\.exe)?\s/i.test(line)) {
    const run = dsacls(line, at);
    if (run.ok) return { ok: true, draft: run.draft, shown: run.text.split('\n') };
    return run.refusal ?? { ok: false, usage: run.reason };
  }
  const tasks = { protectAdminGroups: protectAdminGroupsTask };
  return modifyRoot([one('add', line, '1')], at, tasks);
}

function reads(entry: Entry, name: string, at: WriteContext): Done {
  const schema = attribute(name);
  if (schema === undefined) return { ok: false, usage: `the schema has no attribute ${name}` };
  const { directory, domain, now, context } = at;
  const values = visibleValues(directory, entry, schema, context, { now, domain, context });
  const show = (id: number): string | undefined => {
    const target = directory.entry(id);
    return target === undefined ? undefined : dnOf(directory, target);
  };
  const shown = values.flatMap((value) => {
    const octets = shownOctets(value, show);
    if (octets === undefined) return [];
    return typeof value === 'string' ? fromUtf8(octets) : toHex(octets);
  });
  return { ok: true, shown };
}

/** The outcome as the actor's view shows it. */
export function outcomeView({ command, as, result, shown, reason }: Omit<Outcome, 'draft'>): Json {
  return {
    command,
    as,
    result,
    ...(shown === undefined ? {} : { shown }),
    ...(reason === undefined ? {} : { reason }),
  };
}
