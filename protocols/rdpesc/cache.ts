/** Items that a host keeps with a card's reader (MS-RDPESC 3.1.4.42 on): by card, name and freshness. */
import { toHex } from '../../src/bytes/bytes.ts';
import type { CallOf } from './calls.ts';
import { ReturnCode } from './constants.ts';
import { contextOf } from './handles.ts';
import type { CacheItem, ServiceState } from './reader-state.ts';
import { answered, type Turn } from './turn.ts';

const ITEMS_MAX = 256;
/** MS-RDPESC 2.2.2.32: so much data at most. */
const DATA_MAX = 65_536;

const NONE = { cb: 0, pb: new Uint8Array(0) };
const { SCARD_S_SUCCESS, SCARD_E_INVALID_HANDLE, SCARD_E_INVALID_PARAMETER } = ReturnCode;
const { SCARD_W_CACHE_ITEM_NOT_FOUND, SCARD_W_CACHE_ITEM_STALE, SCARD_W_CACHE_ITEM_TOO_BIG } =
  ReturnCode;

function placeOf(call: CallOf<'ReadCacheW'> | CallOf<'WriteCacheW'>) {
  const { CardIdentifier, szLookupName } = call;
  if (CardIdentifier === null || szLookupName === null) return undefined;
  return { card: toHex(CardIdentifier), name: szLookupName };
}

function isAt(item: CacheItem, place: { readonly card: string; readonly name: string }): boolean {
  return item.card === place.card && item.name === place.name;
}

export function cacheRead(
  service: ServiceState,
  id: number,
  name: 'ReadCacheA' | 'ReadCacheW',
  call: CallOf<'ReadCacheW'>,
): Turn {
  const refused = (code: number): Turn =>
    answered(service, id, name, { ReturnCode: code, ...NONE });
  if (contextOf(service, call.Context) === undefined) return refused(SCARD_E_INVALID_HANDLE);
  const place = placeOf(call);
  if (place === undefined) return refused(SCARD_E_INVALID_PARAMETER);
  const item = service.cache.find((one) => isAt(one, place));
  if (item === undefined) return refused(SCARD_W_CACHE_ITEM_NOT_FOUND);
  if (item.freshness < call.FreshnessCounter) return refused(SCARD_W_CACHE_ITEM_STALE);
  const cb = item.data.length;
  return answered(service, id, name, { ReturnCode: SCARD_S_SUCCESS, cb, pb: item.data });
}

export function cacheWritten(
  service: ServiceState,
  id: number,
  name: 'WriteCacheA' | 'WriteCacheW',
  call: CallOf<'WriteCacheW'>,
): Turn {
  const done = (code: number, next = service): Turn =>
    answered(next, id, name, { ReturnCode: code });
  if (contextOf(service, call.Context) === undefined) return done(SCARD_E_INVALID_HANDLE);
  const place = placeOf(call);
  if (place === undefined || call.pbData === null) return done(SCARD_E_INVALID_PARAMETER);
  if (call.pbData.length > DATA_MAX) return done(SCARD_W_CACHE_ITEM_TOO_BIG);
  const item: CacheItem = { ...place, freshness: call.FreshnessCounter, data: call.pbData };
  const others = service.cache.filter((one) => !isAt(one, place));
  // The oldest goes where there are too many: whoever misses it reads the card again.
  const cache = [...others, item].slice(-ITEMS_MAX);
  return done(SCARD_S_SUCCESS, { ...service, cache });
}
