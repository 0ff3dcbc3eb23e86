/** Search: MS-ADTS 3.1.1.3.1.3. Which objects, which of their values, in pages. */

import { expanded } from './anr.ts';
import { candidates } from './candidates.ts';
import { type ConstructedContext, constructedValues } from './constructed.ts';
import type { Directory } from './directory.ts';
import { dnOf } from './directory.ts';
import type { BaseName } from './dn.ts';
import { parseDn } from './dn.ts';
import type { Entry, Value } from './entry.ts';
import { compileFilter, type Filter } from './filter.ts';
import { isContextHead, isDeleted, isPhantom } from './instance.ts';
import { deepestExisting, ROOT, resolveBase } from './names.ts';
import { descriptorOf, objectTypes, selfSidOf, structuralClass } from './protection.ts';
import { noSuchObject, type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { type AttributeSchema, attribute } from './schema.ts';
import { granted, type SecurityContext } from './security/access.ts';
import { Right, type SecurityDescriptor } from './security/descriptor.ts';

export type Scope = 'base' | 'one' | 'subtree';

export interface SearchRequest {
  readonly base: BaseName;
  /** The base as it was written, for the refusal. */
  readonly baseText: string;
  readonly scope: Scope;
  readonly filter: Filter;
  /** Deleted objects are seen too (LDAP_SERVER_SHOW_DELETED_OID). */
  readonly showDeleted?: boolean;
  /**
   * All naming contexts below the base are searched as one (SERVER_SEARCH_FLAG_PHANTOM_ROOT); the
   * base may then be the root, or a name above the naming contexts.
   */
  readonly phantomRoot?: boolean;
  /** Continue behind this record (paged results). */
  readonly after?: number;
  /** At most so many entries are answered. */
  readonly limit: number;
}

export interface SearchAnswer {
  readonly ok: true;
  readonly entries: readonly Entry[];
  /** More are there: the record to continue behind. */
  readonly more?: number;
  /** Records that were looked at, for the statistics and the explanation. */
  readonly visited: number;
}

/** Records walked through for one request at most, so that no filter holds the server up. */
const VISIT_LIMIT = 1_000_000;
const SCAN = 1_000;

export function search(
  directory: Directory,
  asked: SearchRequest,
  context: SecurityContext,
  constructed: ConstructedContext,
): SearchAnswer | Refusal {
  const request = { ...asked, filter: expanded(asked.filter) };
  const baseId = resolveBase(directory, request.base);
  const base = baseId === undefined ? undefined : directory.entry(baseId);
  if (baseId === ROOT && request.phantomRoot === true) {
    return walk(directory, ROOT, request, context, constructed);
  }
  if (
    base === undefined ||
    hidden(base, request) ||
    phantomBase(base, request) ||
    !mayList(directory, base, context)
  ) {
    const rdns = request.base.kind === 'dn' ? request.base.rdns : [];
    const best = deepestExisting(directory, rdns);
    return noSuchObject(request.baseText, best === undefined ? '' : dnOf(directory, best));
  }
  return walk(directory, base.id, request, context, constructed);
}

function phantomBase(base: Entry, request: SearchRequest): boolean {
  return isPhantom(base) && (request.phantomRoot !== true || request.scope === 'base');
}

function walk(
  directory: Directory,
  base: number,
  request: SearchRequest,
  context: SecurityContext,
  constructed: ConstructedContext,
): SearchAnswer | Refusal {
  const may = reader(context);
  const asserted = (entry: Entry, schema: AttributeSchema): readonly Value[] | undefined => {
    if (!isAssertable(schema) || !may(entry, schema)) return undefined;
    return storedValues(directory, entry, schema, constructed);
  };
  const matches = compileFilter(request.filter, directory, asserted);
  const found: Entry[] = [];
  let visited = 0;
  let last: number | undefined;
  for (const id of reach(directory, base, request)) {
    if (++visited > VISIT_LIMIT) {
      return refuse(
        ResultCode.adminLimitExceeded,
        Win32.ERROR_GEN_FAILURE,
        'the search is too wide',
      );
    }
    const entry = directory.entry(id);
    if (entry === undefined || isPhantom(entry) || hidden(entry, request)) continue;
    if (!within(directory, entry, base, request)) continue;
    if (matches(entry) !== true || !mayList(directory, entry, context)) continue;
    if (found.length === request.limit) {
      return { ok: true, entries: found, visited, ...(last === undefined ? {} : { more: last }) };
    }
    found.push(entry);
    last = id;
  }
  return { ok: true, entries: found, visited };
}

/** Records to test: by the indexes where they answer, else by walking. */
function* reach(directory: Directory, base: number, request: SearchRequest): Generator<number> {
  const after = request.after ?? 0;
  if (request.scope === 'base') {
    if (base > after) yield base;
    return;
  }
  const ids = candidates(request.filter, directory);
  const listed = ids ?? (request.scope === 'one' ? directory.children(base) : undefined);
  if (listed !== undefined) {
    for (const id of listed) if (id > after) yield id;
    return;
  }
  let from = after;
  for (;;) {
    const page = directory.scan(from, SCAN);
    for (const id of page) yield id;
    if (page.length < SCAN) return;
    from = page[page.length - 1] as number;
  }
}

/** In scope, and in the base's naming context: a subtree ends where another one begins. */
function within(
  directory: Directory,
  entry: Entry,
  base: number,
  { scope, phantomRoot }: SearchRequest,
): boolean {
  if (scope === 'base') return entry.id === base;
  if (scope === 'one') {
    return entry.parent === base && (phantomRoot === true || !isContextHead(entry));
  }
  for (let at: Entry | undefined = entry; at !== undefined; at = directory.entry(at.parent)) {
    if (at.id === base || (at.parent === base && base === ROOT && phantomRoot === true))
      return true;
    if (isContextHead(at) && phantomRoot !== true) return false;
  }
  return false;
}

function hidden(entry: Entry, request: SearchRequest): boolean {
  return isDeleted(entry) && request.showDeleted !== true;
}

/** MS-ADTS 5.1.3.2: listing needs LIST_CONTENTS on the container above. */
function mayList(directory: Directory, entry: Entry, context: SecurityContext): boolean {
  const parent = directory.entry(entry.parent);
  if (parent === undefined || isPhantom(parent)) return true;
  const descriptor = descriptorOf(parent);
  return granted(descriptor, context, { rights: Right.LIST_CONTENTS, ...selfSidOf(parent) });
}

/** fCONFIDENTIAL, MS-ADTS 2.2.10: reading needs CONTROL_ACCESS as well. */
const CONFIDENTIAL = 0x80;

/** Attributes that nobody reads (MS-ADTS 3.1.1.4.4). */
const SECRET: ReadonlySet<string> = new Set([
  'unicodePwd',
  'dBCSPwd',
  'ntPwdHistory',
  'lmPwdHistory',
  'supplementalCredentials',
  'currentValue',
  'priorValue',
  'trustAuthIncoming',
  'trustAuthOutgoing',
  'initialAuthIncoming',
  'initialAuthOutgoing',
]);

/** Values of an attribute as this requester sees them; in stored form. */
export function visibleValues(
  directory: Directory,
  entry: Entry,
  schema: AttributeSchema,
  context: SecurityContext,
  constructed: ConstructedContext,
): readonly Value[] {
  if (SECRET.has(schema.name)) return [];
  if (schema.name !== 'objectClass' && !mayRead(entry, schema, context)) return [];
  return storedValues(directory, entry, schema, constructed);
}

/** What a filter may say something about: not what is secret, nor what is computed but back links. */
function isAssertable(schema: AttributeSchema): boolean {
  return !SECRET.has(schema.name) && (!schema.constructed || schema.linkId !== undefined);
}

/**
 * {@link mayRead} for one search: asked once for each descriptor, class and attribute, but for the
 * requester's own object, where PRINCIPAL_SELF counts.
 */
function reader(context: SecurityContext): (entry: Entry, schema: AttributeSchema) => boolean {
  const known = new Map<SecurityDescriptor, Map<string, boolean>>();
  return (entry, schema) => {
    if (schema.name === 'objectClass') return true;
    const self = selfSidOf(entry).selfSid;
    if (self !== undefined && context.sids.has(self)) return mayRead(entry, schema, context);
    const descriptor = descriptorOf(entry);
    const answers = known.get(descriptor) ?? new Map<string, boolean>();
    known.set(descriptor, answers);
    const question = `${schema.name} ${structuralClass(entry)}`;
    const answer = answers.get(question) ?? mayRead(entry, schema, context);
    answers.set(question, answer);
    return answer;
  };
}

function storedValues(
  directory: Directory,
  entry: Entry,
  schema: AttributeSchema,
  constructed: ConstructedContext,
): readonly Value[] {
  const stored = entry.attributes[schema.name];
  if (stored !== undefined && !schema.constructed) return stored;
  return constructedValues(directory, entry, schema, constructed);
}

function mayRead(entry: Entry, schema: AttributeSchema, context: SecurityContext): boolean {
  const descriptor: SecurityDescriptor = descriptorOf(entry);
  const node = { types: objectTypes(entry, schema), ...selfSidOf(entry) };
  if (schema.name === 'nTSecurityDescriptor') {
    return granted(descriptor, context, { ...node, rights: Right.READ_CONTROL });
  }
  if (!granted(descriptor, context, { ...node, rights: Right.READ_PROPERTY })) return false;
  if ((schema.searchFlags & CONFIDENTIAL) === 0) return true;
  return granted(descriptor, context, { ...node, rights: Right.CONTROL_ACCESS });
}

/** How names of other objects are shown (LDAP_SERVER_EXTENDED_DN_OID). */
export type ExtendedDn = 'none' | 'hex' | 'string';

/** The attributes that a request names: `*`, `+`, `1.1`, names, OIDs, `name;range=0-9`. */
export interface Selection {
  readonly all: boolean;
  readonly operational: boolean;
  readonly named: readonly {
    readonly schema: AttributeSchema;
    readonly asWritten: string;
    readonly range?: readonly [number, number];
  }[];
}

export function selection(names: readonly string[]): Selection {
  const named: Selection['named'][number][] = [];
  for (const name of names) {
    const match = /^([^;]+)(?:;range=(\d+)-(\d+|\*))?/i.exec(name);
    const schema = match === null ? undefined : attribute(match[1] as string);
    if (schema === undefined || match === null) continue;
    const range: readonly [number, number] | undefined =
      match[2] === undefined
        ? undefined
        : [Number(match[2]), match[3] === '*' ? Number.POSITIVE_INFINITY : Number(match[3])];
    named.push({
      schema,
      asWritten: match[1] as string,
      ...(range === undefined ? {} : { range }),
    });
  }
  return {
    all: names.length === 0 || names.includes('*'),
    operational: names.includes('+'),
    named,
  };
}

/** Whether a text could be a base at all, for the refusal's result code. */
export function isDnText(text: string): boolean {
  return text.startsWith('<') || parseDn(text) !== undefined;
}
