/** Search requests: RFC 4511 §4.5 with paging (RFC 2696), sorting (RFC 2891) and the rootDSE. */
import { uint32be } from '../../src/bytes/bytes.ts';
import { BASE_ONLY } from '../directory/constructed-groups.ts';
import { dnOf } from '../directory/directory.ts';
import type { Entry } from '../directory/entry.ts';
import { ResultCode, refuse, Win32 } from '../directory/refusals.ts';
import { attribute } from '../directory/schema.ts';
import { type SearchAnswer, search, selection } from '../directory/search.ts';
import { type Controls, pagedResponse, type SortKey, sortResponse } from './controls.ts';
import { cursorOf, fingerprint } from './cursors.ts';
import { directoryFilter } from './filter.ts';
import { type Located, locate } from './locate.ts';
import type { Control, LdapResult, SearchRequest, SearchResultEntry } from './messages.ts';
import type { Answer, Operation } from './operation.ts';
import { FrontError, frontRefusal, type Response, resultOf, SUCCESS } from './results.ts';
import { answerRootDse } from './root-dse.ts';
import { shownEntry, type Viewing } from './shown.ts';
import { inOrder } from './sorting.ts';
import type { Cursor } from './state.ts';

/**
 * Octets of one answer, about: a page ends early there. A client that does not read would have
 * to be cut off above what the sockets hold for it.
 */
const ANSWER_OCTETS = 1_500_000;

const SCOPES = ['base', 'one', 'subtree'] as const;

function done(result: LdapResult, note?: string, controls?: readonly Control[]): Answer {
  const response: Response = {
    operation: { searchResDone: result },
    ...(controls === undefined || controls.length === 0 ? {} : { controls }),
  };
  return { responses: [response], ...(note === undefined ? {} : { note }) };
}

function failed(code: number, error: number, comment: string, reason?: string): Answer {
  const refusal = frontRefusal(code, error, comment, reason);
  return done(resultOf(refusal), refusal.reason);
}

const badControl = (reason: string): Answer =>
  failed(
    ResultCode.unavailableCriticalExtension,
    FrontError.ERROR_INVALID_PARAMETER,
    'Error processing control',
    reason,
  );

export function answerSearch(request: SearchRequest, at: Operation): Answer {
  const filter = directoryFilter(request.filter);
  if (!filter.ok) {
    return failed(
      ResultCode.protocolError,
      FrontError.ERROR_INVALID_PARAMETER,
      'The server was unable to decode a search request filter',
      filter.reason,
    );
  }
  const scope = SCOPES[request.scope];
  if (scope === undefined) {
    return failed(
      ResultCode.protocolError,
      FrontError.ERROR_INVALID_PARAMETER,
      `scope ${request.scope}`,
    );
  }
  if (request.baseObject === '' && scope === 'base') return answerRootDse(request, at);
  const { controls, directory, env } = at;
  const base = baseOf(request, at);
  if (base.kind === 'referral') return done(base.result);
  if (base.kind === 'refused') return done(resultOf(base.refusal), base.refusal.reason);
  const cursor = cursorOf(request, at);
  if (cursor === 'unknown')
    return badControl('the cookie is not of this connection and this search');
  if (controls.paged?.size === 0 && cursor !== undefined) return abandoned(cursor, at);
  const { context } = at.connection.requester;
  const constructed = { now: env.now, domain: env.host.domain, context };
  const found = (limit: number, after?: number): ReturnType<typeof search> =>
    search(
      directory,
      {
        base: base.base,
        baseText: request.baseObject,
        scope,
        filter: filter.filter,
        limit,
        ...reachOf(controls),
        ...(after === undefined ? {} : { after }),
      },
      context,
      constructed,
    );
  const viewing: Viewing = {
    directory,
    context,
    constructed,
    controls,
    typesOnly: request.typesOnly,
    maxValues: env.host.options.policies.MaxValRange,
    names: new Map(),
  };
  const limit = limitOf(request, at);
  if (controls.sort !== undefined) {
    const { keys } = controls.sort;
    return sorted(request, at, { viewing, limit, cursor, keys, found });
  }
  const outcome = found(limit, cursor?.rest.kind === 'after' ? cursor.rest.after : undefined);
  if (!outcome.ok) return done(resultOf(outcome), outcome.reason);
  const shown = showAll(outcome.entries, request, viewing);
  const last = outcome.entries[shown.count - 1]?.id;
  const more = shown.count < outcome.entries.length ? last : outcome.more;
  const rest = more === undefined ? undefined : ({ kind: 'after', after: more } as const);
  const references = cursor === undefined ? continuations(base.id, scope, at) : [];
  return finished(request, at, {
    responses: [...shown.responses, ...references],
    rest,
    cursor,
    notes: visits(outcome),
  });
}

function visits({ entries, visited }: SearchAnswer): string {
  return `${entries.length} entries of ${visited} looked at`;
}

function baseOf(request: SearchRequest, { directory, env, controls }: Operation): Located {
  const where = { directory, domain: env.host.domain, ...reachOf(controls) };
  const located = locate(request.baseObject, where);
  const costly = request.scope === 0 ? undefined : costlyAttribute(request.attributes);
  if (located.kind !== 'found' || costly === undefined) return located;
  const reason = `${costly} is computed in searches of one object only`;
  const error = Win32.ERROR_GEN_FAILURE;
  return { kind: 'refused', refusal: refuse(ResultCode.operationsError, error, reason) };
}

function costlyAttribute(names: readonly string[]): string | undefined {
  return selection(names).named.find(({ schema }) => BASE_ONLY.has(schema.name))?.schema.name;
}

/** What the controls add to what is seen. */
function reachOf({
  showDeleted,
  phantomRoot,
}: Controls): Pick<Controls, 'showDeleted' | 'phantomRoot'> {
  return {
    ...(showDeleted === undefined ? {} : { showDeleted }),
    ...(phantomRoot === undefined ? {} : { phantomRoot }),
  };
}

/** Entries of this answer at most: the client's limit, its page, ours. */
function limitOf({ sizeLimit }: SearchRequest, { controls, env }: Operation): number {
  const { MaxPageSize } = env.host.options.policies;
  const asked = [sizeLimit, controls.paged?.size ?? 0].filter((limit) => limit > 0);
  return Math.min(MaxPageSize, ...asked);
}

/** RFC 2696 §3: a size of 0 with a cookie gives the rest up. */
function abandoned(cursor: Cursor, { connection }: Operation): Answer {
  const cursors = connection.cursors.filter(({ id }) => id !== cursor.id);
  return {
    ...done(SUCCESS, undefined, [pagedResponse(0, new Uint8Array(0))]),
    connection: { ...connection, cursors },
  };
}

interface Shown {
  readonly responses: readonly Response[];
  /** Entries of them: fewer than there were when the answer grew too long. */
  readonly count: number;
}

function showAll(entries: readonly Entry[], request: SearchRequest, viewing: Viewing): Shown {
  const selected = selection(request.attributes);
  const responses: Response[] = [];
  let size = 0;
  for (const entry of entries) {
    const searchResEntry = shownEntry(entry, selected, viewing);
    size += sizeOf(searchResEntry);
    if (size > ANSWER_OCTETS && responses.length > 0) break;
    responses.push({ operation: { searchResEntry } });
  }
  return { responses, count: responses.length };
}

function sizeOf({ objectName, attributes }: SearchResultEntry): number {
  let size = 16 + objectName.length;
  for (const { type, vals } of attributes) {
    size += 8 + type.length;
    for (const value of vals) size += 4 + value.length;
  }
  return size;
}

interface Page {
  readonly responses: readonly Response[];
  readonly rest: Cursor['rest'] | undefined;
  readonly cursor: Cursor | undefined;
  readonly notes: string;
  readonly extra?: readonly Control[];
}

/** The last message of an answer, and the cursor for the next page. */
function finished(request: SearchRequest, at: Operation, page: Page): Answer {
  const { connection, controls, env } = at;
  const { rest, cursor, extra = [] } = page;
  const others = connection.cursors.filter(({ id }) => id !== cursor?.id);
  if (controls.paged === undefined) {
    const resultCode = rest === undefined ? ResultCode.success : ResultCode.sizeLimitExceeded;
    const end = done({ ...SUCCESS, resultCode }, page.notes, extra);
    return { ...end, responses: [...page.responses, ...end.responses] };
  }
  if (rest === undefined) {
    const end = done(SUCCESS, page.notes, [...extra, pagedResponse(0, new Uint8Array(0))]);
    return {
      ...end,
      responses: [...page.responses, ...end.responses],
      connection: { ...connection, cursors: others },
    };
  }
  const id = connection.nextCursor;
  const next: Cursor = { id, fingerprint: fingerprint(request), rest };
  const end = done(SUCCESS, page.notes, [...extra, pagedResponse(0, uint32be(id))]);
  const kept = env.host.options.policies.MaxResultSetsPerConn;
  return {
    ...end,
    responses: [...page.responses, ...end.responses],
    connection: { ...connection, cursors: [...others, next].slice(-kept), nextCursor: id + 1 },
  };
}

interface Sorting {
  readonly viewing: Viewing;
  readonly limit: number;
  readonly cursor: Cursor | undefined;
  readonly keys: readonly SortKey[];
  readonly found: (limit: number) => ReturnType<typeof search>;
}

/** Sorted by values in the form in which they compare; entries without one come last. */
function sorted(request: SearchRequest, at: Operation, sorting: Sorting): Answer {
  const { viewing, limit, cursor, keys } = sorting;
  const unknown = keys.find((key) => attribute(key.attribute) === undefined);
  if (unknown !== undefined) {
    const control = sortResponse(ResultCode.noSuchAttribute, unknown.attribute);
    if (at.controls.sort?.critical === true) {
      const resultCode = ResultCode.unavailableCriticalExtension;
      return done({ ...SUCCESS, resultCode }, `no attribute ${unknown.attribute} to sort by`, [
        control,
      ]);
    }
  }
  let ids: readonly number[];
  let notes = '';
  if (cursor?.rest.kind === 'sorted') {
    ids = cursor.rest.ids;
  } else {
    const { MaxTempTableSize } = at.env.host.options.policies;
    const outcome = sorting.found(MaxTempTableSize);
    if (!outcome.ok) return done(resultOf(outcome), outcome.reason);
    if (outcome.more !== undefined) {
      const control = sortResponse(ResultCode.adminLimitExceeded);
      const resultCode = ResultCode.adminLimitExceeded;
      return done({ ...SUCCESS, resultCode }, `more than ${MaxTempTableSize} entries to sort`, [
        control,
      ]);
    }
    ids =
      unknown === undefined
        ? inOrder(outcome.entries, keys, viewing)
        : outcome.entries.map(({ id }) => id);
    notes = visits(outcome);
  }
  const page = ids.slice(0, limit).flatMap((id) => viewing.directory.entry(id) ?? []);
  const shown = showAll(page, request, viewing);
  const left = ids.slice(shown.count < page.length ? shown.count : limit);
  const code = unknown === undefined ? ResultCode.success : ResultCode.noSuchAttribute;
  return finished(request, at, {
    responses: shown.responses,
    rest: left.length === 0 ? undefined : { kind: 'sorted', ids: left },
    cursor,
    notes,
    extra: [sortResponse(code, unknown?.attribute)],
  });
}

/** Naming contexts right below the base, for the client to search too (MS-ADTS 3.1.1.3.1.3.4). */
function continuations(
  base: number,
  scope: (typeof SCOPES)[number],
  at: Operation,
): readonly Response[] {
  const { controls, directory, env } = at;
  if (scope === 'base' || controls.domainScope === true || controls.phantomRoot === true) return [];
  const { ids, dnsName } = env.host.domain;
  const below: readonly (readonly [number, number])[] = [
    [ids.domain, ids.configuration],
    [ids.configuration, ids.schema],
  ];
  return below.flatMap(([above, head]) => {
    const entry = directory.entry(head);
    if (base !== above || entry === undefined) return [];
    const suffix = scope === 'one' ? '??base' : '';
    return [
      { operation: { searchResRef: [`ldap://${dnsName}/${dnOf(directory, entry)}${suffix}`] } },
    ];
  });
}
