/** Which of a server's services a request is for: RFC 9110 §7.4, §15.5.5 and §15.5.6. */
import type { HttpRequest } from './messages.ts';

/** A service at a path. What answers is the owner's: a field of its own in `R extends Route`. */
export interface Route {
  readonly method: string;
  /** `/EnrollmentServer/key/{kid}`: `{name}` stands for one segment; `*` at the end for all the rest. */
  readonly path: string;
}

export type Routed<R extends Route> =
  | {
      readonly ok: true;
      readonly route: R;
      /** What stood for `{name}`, and for `*`; percent-decoded. */
      readonly parameters: Readonly<Record<string, string>>;
      readonly query: Readonly<Record<string, string>>;
    }
  | {
      readonly ok: false;
      readonly status: 400 | 404 | 405;
      readonly reason: string;
      /** Methods that the path knows, on 405. */
      readonly allow?: readonly string[];
    };

/** Literal segments compare without case and an end in `/` does not matter, as in IIS. */
export function routed<R extends Route>(routes: readonly R[], request: HttpRequest): Routed<R> {
  const target = readTarget(request.target);
  if (target === undefined) return { ok: false, status: 400, reason: 'the target is malformed' };
  const found = routes.flatMap((route) => {
    const parameters = matched(segments(route.path), target.segments);
    return parameters === undefined ? [] : [{ route, parameters }];
  });
  const hit = found.find(({ route }) => route.method === request.method);
  if (hit !== undefined) return { ok: true, ...hit, query: target.query };
  if (found.length === 0) {
    return { ok: false, status: 404, reason: `nothing is at ${target.path}` };
  }
  const allow = found.map(({ route }) => route.method);
  return {
    ok: false,
    status: 405,
    reason: `${target.path} knows ${allow.join(', ')} only`,
    allow,
  };
}

export interface Target {
  /** As it came, without the query. */
  readonly path: string;
  /** Percent-decoded. */
  readonly segments: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** Undefined when it is malformed, or names something in the query twice. */
export function readTarget(target: string): Target | undefined {
  // The absolute form has to be understood (RFC 9112 §3.2.2).
  const origin = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const [path = '', ...behind] = origin.split('?');
  if (!path.startsWith('/') || origin.includes('#')) return undefined;
  const decoded = segments(path).map(percentDecoded);
  if (decoded.some((segment) => segment === undefined)) return undefined;
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(behind.join('?'))) {
    if (name in query) return undefined;
    query[name] = value;
  }
  return { path, segments: decoded as readonly string[], query };
}

function segments(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function percentDecoded(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // the sender's mistake, which the caller answers
  }
}

function matched(
  pattern: readonly string[],
  path: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const parameters: Record<string, string> = Object.create(null);
  for (const [i, wanted] of pattern.entries()) {
    if (wanted === '*') {
      parameters['*'] = path.slice(i).join('/');
      return parameters;
    }
    const got = path[i];
    if (got === undefined) return undefined;
    const name = /^\{(.+)\}$/.exec(wanted)?.[1];
    if (name !== undefined) parameters[name] = got;
    else if (got.toLowerCase() !== wanted.toLowerCase()) return undefined;
  }
  return pattern.length === path.length ? parameters : undefined;
}
