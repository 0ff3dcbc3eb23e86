/**
 * Who may ask the trace server: only who knows the token, and no page of another site. A browser on
 * this machine visits strangers' pages, and those may send requests to loopback too; the checks of
 * Host (DNS rebinding), Origin and Sec-Fetch-Site (cross-site requests) keep them out.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { equalSecret, utf8 } from '../bytes/bytes.ts';

/** Why a request is refused, as its answer says it. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
}

export interface Door {
  readonly token: string;
  /** The address that the server is bound to. */
  readonly host: string;
  readonly port: number;
}

/** The cookie that the page's first load sets. Cookies know no ports, so its name does. */
export function cookieName(door: Door): string {
  return `kerblab-${door.port}`;
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Undefined when the request may pass. */
export function refusal(
  door: Door,
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
): Refusal | undefined {
  const { host, origin } = headers;
  if (host === undefined || !isOwnHost(door, host)) {
    return { status: 421, error: `the Host header is ${shown(host)}, which is not this server` };
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return { status: 403, error: `pages of ${shown(origin)} may not ask this server` };
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return { status: 403, error: 'pages of other sites may not ask this server' };
  }
  if (!tokens(door, headers, query).some((token) => isToken(door, token))) {
    return {
      status: 401,
      error:
        'the token is missing or wrong: take the address that was printed at the start, or send "Authorization: Bearer TOKEN"',
    };
  }
  return undefined;
}

function shown(header: string | undefined): string {
  return header === undefined ? 'missing' : JSON.stringify(header.slice(0, 100));
}

function isOwnHost(door: Door, header: string): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d+))?$/i.exec(header);
  if (match === null) return false;
  const [, name = '', port = '80'] = match;
  if (Number(port) !== door.port) return false;
  const lower = name.toLowerCase();
  const bare = lower.replace(/^\[|\]$/g, '');
  if (LOOPBACK.has(lower) || bare === door.host.toLowerCase()) return true;
  // Bound to every address: any of them, but no name, because names can be made to point here.
  return WILDCARDS.has(door.host) && isIP(bare) !== 0;
}

function tokens(door: Door, headers: IncomingHttpHeaders, query: URLSearchParams): string[] {
  const found = query.getAll('token').slice(0, 1);
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) found.push(bearer);
  for (const pair of (headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === cookieName(door)) found.push(pair.slice(at + 1).trim());
  }
  return found;
}

function isToken(door: Door, token: string): boolean {
  return equalSecret(utf8(token), utf8(door.token));
}
