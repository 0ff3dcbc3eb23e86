/** Which search a cookie continues: RFC 2696. */
import { toHex, view } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import { encode } from '../../src/der/codec.ts';
import { SearchRequest } from './messages.ts';
import type { Operation } from './operation.ts';
import type { Cursor } from './state.ts';

/** All that must stay the same from page to page. */
export function fingerprint(request: SearchRequest): string {
  const asked = { ...request, sizeLimit: 0, timeLimit: 0 };
  return toHex(digest('sha256', encode(SearchRequest, asked)));
}

export function cursorOf(
  request: SearchRequest,
  { controls, connection }: Operation,
): Cursor | undefined | 'unknown' {
  const cookie = controls.paged?.cookie;
  if (cookie === undefined || cookie.length === 0) return undefined;
  const id = cookie.length === 4 ? view(cookie).getUint32(0) : 0;
  const cursor = connection.cursors.find((known) => known.id === id);
  return cursor === undefined || cursor.fingerprint !== fingerprint(request) ? 'unknown' : cursor;
}
