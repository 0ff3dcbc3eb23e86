/** The requests of the trace server and their answers: `src/trace/README.md`. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { fromUtf8 } from '../bytes/bytes.ts';
import type { Transport } from '../machine/actor.ts';
import { cookieName, type Door, refusal } from './access.ts';
import type { Hints } from './dissector.ts';
import { keytabEntry, writeKeytab } from './keytab.ts';
import type { Live } from './live.ts';
import type { PageFile } from './page.ts';
import type { TraceSource } from './source.ts';
import type { Trees } from './tree.ts';
import { isLink, lineOf } from './wire.ts';

/** What a control answers: the request's result, or why not, and what was expected. */
export type Controlled =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status?: number; readonly error: string };

/** What can be steered while clients run. What is absent cannot: 501. */
export interface Controls {
  /** `POST /clock`: one of the two, as the request gives it. */
  clock?(request: { readonly advance: string } | { readonly set: string }): Controlled;
  /** `POST /faults`: switches a fault on; the value names it: `{ "id": "3" }`. */
  addFault?(fault: unknown): Controlled;
  /** `DELETE /faults/ID`: switches it off. */
  removeFault?(id: string): Controlled;
  /** Lines in Prometheus' text format, to follow the trace server's own. */
  metrics?(): string;
}

/** Everything that an answer is made of. */
export interface Served {
  readonly source: TraceSource;
  readonly trees: Trees;
  readonly live: Live;
  readonly about: {
    readonly title: string;
    /** Milliseconds since 1970-01-01T00:00:00Z at the trace's time 0. */
    readonly start: number;
    /** Records may still come. */
    readonly live: boolean;
    readonly [field: string]: unknown;
  };
  readonly controls: Controls;
}

export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  /** In place of `body`, taken as fast as the client reads. */
  readonly chunks?: Iterable<string>;
}

const BODY_MAX = 65_536;
/** Records in one chunk of `/trace`. */
const BATCH = 256;

/** For every answer: nothing here is for caches, other sites, or guesses at its type. */
const SAFE: OutgoingHttpHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};
const PAGE: OutgoingHttpHeaders = {
  ...SAFE,
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
};

export function errorAnswer(status: number, error: string): Answer {
  return jsonAnswer(status, { error });
}

function jsonAnswer(status: number, value: unknown): Answer {
  const headers = { ...SAFE, 'content-type': 'application/json; charset=utf-8' };
  return { status, headers, body: `${JSON.stringify(value)}\n` };
}

function octetAnswer(bytes: Uint8Array, file: string): Answer {
  const disposition = `attachment; filename="${file}"`;
  const type = 'application/octet-stream';
  return {
    status: 200,
    headers: { ...SAFE, 'content-type': type, 'content-disposition': disposition },
    body: bytes,
  };
}

/** @param asked the request's path and query */
export async function answerTo(
  served: Served,
  door: Door,
  files: ReadonlyMap<string, PageFile>,
  request: IncomingMessage,
  asked: URL,
): Promise<Answer> {
  const refused = refusal(door, request.headers, asked.searchParams);
  if (refused !== undefined) return errorAnswer(refused.status, refused.error);
  const file = files.get(asked.pathname);
  if (file !== undefined) return request.method === 'GET' ? page(file, door) : wrongMethod('GET');
  const [, route = '', argument, ...rest] = asked.pathname.split('/');
  if (rest.length > 0) return noSuch(asked.pathname);
  const name = argument === undefined ? route : `${route}/`;
  const known = ROUTES[name];
  if (known === undefined) return noSuch(asked.pathname);
  const [method, answer] = known;
  if (request.method !== method) return wrongMethod(method);
  return answer({ served, request, asked, argument: argument ?? '' });
}

function noSuch(path: string): Answer {
  const known = Object.entries(ROUTES).map(([name, [method]]) => `${method} /${name}`);
  return errorAnswer(404, `there is nothing at ${path}: known are ${known.join(', ')}, WS /live`);
}

function wrongMethod(method: string): Answer {
  const answer = errorAnswer(405, `this address answers ${method} only`);
  return { ...answer, headers: { ...answer.headers, allow: method } };
}

function page({ type, content }: PageFile, door: Door): Answer {
  // The page's own requests carry the token as a cookie, so it does not stand in their addresses.
  const cookie = `${cookieName(door)}=${door.token}; HttpOnly; SameSite=Strict; Path=/`;
  return {
    status: 200,
    headers: { ...PAGE, 'content-type': type, 'set-cookie': cookie },
    body: content,
  };
}

interface Asked {
  readonly served: Served;
  readonly request: IncomingMessage;
  readonly asked: URL;
  /** The path's second part. */
  readonly argument: string;
}

type Route = readonly [method: string, answer: (asked: Asked) => Answer | Promise<Answer>];

const ROUTES: Readonly<Record<string, Route>> = {
  run: ['GET', run],
  trace: ['GET', trace],
  'bytes/': ['GET', bytes],
  'tree/': ['GET', tree],
  keytab: ['GET', keytab],
  health: ['GET', health],
  metrics: ['GET', metrics],
  clock: ['POST', clock],
  faults: ['POST', addFault],
  'faults/': ['DELETE', removeFault],
};

function run({ served: { about, source } }: Asked): Answer {
  return jsonAnswer(200, { ...about, first: source.first, next: source.next });
}

function trace({ served: { source }, asked }: Asked): Answer {
  const from = asked.searchParams.get('from') ?? '0';
  if (!/^\d{1,15}$/.test(from)) {
    return errorAnswer(400, 'from: expected the seq of a record, a whole number from 0');
  }
  const headers = { ...SAFE, 'content-type': 'application/x-ndjson; charset=utf-8' };
  return { status: 200, headers, chunks: lines(source, Number(from), source.next) };
}

function* lines(source: TraceSource, from: number, end: number): Iterable<string> {
  for (let next = from; next < end; ) {
    const records = source.records(next, Math.min(BATCH, end - next));
    const last = records.at(-1);
    if (last === undefined) return;
    yield records.map((record) => `${lineOf(record)}\n`).join('');
    next = last.seq + 1;
  }
}

function bytes({ served: { trees }, argument }: Asked): Answer {
  const found = isLink(argument) ? trees.octets(argument) : undefined;
  return found === undefined ? noOctets(argument) : octetAnswer(found, `${argument}.bin`);
}

function noOctets(link: string): Answer {
  const why = isLink(link)
    ? 'no record in memory names it'
    : 'a link is 16 hexadecimal digits in lower case';
  return errorAnswer(404, `there are no octets at ${JSON.stringify(link)}: ${why}`);
}

async function tree({ served: { trees }, argument, asked }: Asked): Promise<Answer> {
  const message = asked.searchParams.get('message');
  const port = Number(asked.searchParams.get('port') ?? Number.NaN);
  const transport = asked.searchParams.get('transport');
  const hints: Hints = {
    ...(message === null ? {} : { message }),
    ...(Number.isInteger(port) ? { port } : {}),
    ...(transport === 'udp' || transport === 'tcp' ? { transport: transport as Transport } : {}),
  };
  const fields = isLink(argument) ? await trees.tree(argument, hints) : undefined;
  return fields === undefined ? noOctets(argument) : jsonAnswer(200, fields);
}

function keytab({ served: { trees, about }, asked }: Asked): Answer {
  const principal = asked.searchParams.get('principal');
  if (principal === null) {
    return errorAnswer(400, 'principal: expected one, as in /keytab?principal=alice@CORP.EXAMPLE');
  }
  const keys = trees.keys();
  const own = keys.filter((key) => key.principal === principal);
  if (own.length === 0) {
    const known = [...new Set(keys.map((key) => key.principal))].sort();
    return errorAnswer(
      404,
      `there are no keys of ${JSON.stringify(principal)}: known are ${known.join(', ') || 'none'}`,
    );
  }
  const at = Math.floor(about.start / 1000);
  const name = principal.replace(/[^\w.@-]/g, '_');
  return octetAnswer(writeKeytab(own.map((key) => keytabEntry(key, at))), `${name}.keytab`);
}

function health({ served: { source, live } }: Asked): Answer {
  const { next, first } = source;
  return jsonAnswer(200, { ok: true, records: next, dropped: first, consumers: live.consumers });
}

function metrics({ served: { source, live, controls } }: Asked): Answer {
  const own = [
    ['kerblab_trace_records_total', 'counter', 'Records written.', source.next],
    ['kerblab_trace_dropped_total', 'counter', 'Records no longer in memory.', source.first],
    ['kerblab_trace_consumers', 'gauge', 'WebSocket clients.', live.consumers],
    ['kerblab_trace_slow_total', 'counter', 'Clients closed for being slow.', live.dropped],
  ].map(
    ([name, type, help, value]) =>
      `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`,
  );
  return {
    status: 200,
    headers: { ...SAFE, 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    body: own.join('') + (controls.metrics?.() ?? ''),
  };
}

async function clock({ served: { controls }, request }: Asked): Promise<Answer> {
  if (controls.clock === undefined) return notSteered('the clock');
  const body = await jsonBody(request);
  if (!body.ok) return errorAnswer(body.status, body.error);
  const { advance, set, ...rest } = (body.value ?? {}) as Record<string, unknown>;
  const isOne = (typeof advance === 'string') !== (typeof set === 'string');
  if (!isOne || Object.keys(rest).length > 0) {
    return errorAnswer(400, 'expected {"advance":"30m"} or {"set":"2026-03-02T08:00:00Z"}');
  }
  const asked = typeof advance === 'string' ? { advance } : { set: set as string };
  return controlAnswer(controls.clock(asked));
}

async function addFault({ served: { controls }, request }: Asked): Promise<Answer> {
  if (controls.addFault === undefined) return notSteered('faults');
  const body = await jsonBody(request);
  if (!body.ok) return errorAnswer(body.status, body.error);
  return controlAnswer(controls.addFault(body.value), 201);
}

function removeFault({ served: { controls }, argument }: Asked): Answer {
  if (controls.removeFault === undefined) return notSteered('faults');
  return controlAnswer(controls.removeFault(decoded(argument)));
}

function notSteered(what: string): Answer {
  return errorAnswer(501, `${what} cannot be steered here: this is no "kerblab serve"`);
}

function controlAnswer(outcome: Controlled, status = 200): Answer {
  if (outcome.ok) return jsonAnswer(status, outcome.value);
  return errorAnswer(outcome.status ?? 400, outcome.error);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a percent sign that stands for itself
  }
}

type Body =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: number; readonly error: string };

/** Octets past the limit are read and thrown away, so that the answer reaches who still sends. */
function jsonBody(request: IncomingMessage): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return new Promise((resolve) => {
    request.on('data', (chunk: Uint8Array) => {
      size += chunk.length;
      if (size <= BODY_MAX) chunks.push(chunk);
      else resolve({ ok: false, status: 413, error: `the body has more than ${BODY_MAX} octets` });
    });
    request.on('end', () => resolve(parsed(Buffer.concat(chunks))));
    request.on('close', () => resolve({ ok: false, status: 400, error: 'the body is cut off' }));
  });
}

function parsed(body: Uint8Array): Body {
  try {
    return { ok: true, value: JSON.parse(fromUtf8(body)) };
  } catch (error) {
    return { ok: false, status: 400, error: `the body is not JSON: ${(error as Error).message}` };
  }
}
