/** The first line of a message: RFC 9112 §3 and §4. */
import { isFieldValue, isToken, type Refused, refused } from './head.ts';

export interface RequestLine {
  readonly kind: 'request';
  readonly method: string;
  /** As sent: `/path?query` (origin form), `http://host/path` (absolute form), `*`. */
  readonly target: string;
  /** Of HTTP/1. */
  readonly minor: 0 | 1;
}

export interface StatusLine {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly minor: 0 | 1;
}

export type StartLine = RequestLine | StatusLine;

const VISIBLE = /^[\x21-\x7e]+$/;

export function readStartLine(line: string): StartLine | Refused {
  return line.startsWith('HTTP/') ? readStatusLine(line) : readRequestLine(line);
}

function readRequestLine(line: string): RequestLine | Refused {
  const [method = '', target = '', version = '', more] = line.split(' ');
  if (more !== undefined || !isToken(method) || !VISIBLE.test(target)) {
    return refused(400, 'the first line is no request line');
  }
  const minor = minorOf(version);
  return typeof minor === 'number' ? { kind: 'request', method, target, minor } : minor;
}

function readStatusLine(line: string): StatusLine | Refused {
  const [, version = '', digits = '', reason = ''] =
    /^(\S+) ([1-5]\d\d)(?: (.*))?$/.exec(line) ?? [];
  if (digits === '' || !isFieldValue(reason))
    return refused(400, 'the first line is no status line');
  const minor = minorOf(version);
  if (typeof minor !== 'number') return minor;
  return { kind: 'response', status: Number(digits), reason, minor };
}

function minorOf(version: string): 0 | 1 | Refused {
  const digits = /^HTTP\/(\d)\.(\d)$/.exec(version);
  if (digits === null) return refused(400, 'the first line has no version');
  if (digits[1] !== '1') return refused(505, `${version}: only HTTP/1.1 is spoken`);
  return digits[2] === '0' ? 0 : 1;
}
