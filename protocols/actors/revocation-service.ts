/** What an authority has revoked, and the lists that say so: made by its key, one at a time. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import { type Revocation, signedCrl, tbsCertList } from '../x509/crl.ts';
import { type Authority, type Publication, publicationTimes } from './pki-cast.ts';

export const CRL_TIMER = 'crl';

export interface Lists {
  readonly current: Publication;
  readonly revoked: readonly Revocation[];
  /** The one whose signature is waited for. */
  readonly draft?: { readonly publication: Omit<Publication, 'der'>; readonly tbs: Uint8Array };
}

export interface Listed {
  readonly lists: Lists;
  readonly effects: readonly ActorEffect[];
}

/** Without anything that is due. */
export function firstLists(current: Publication): Lists {
  return { current, revoked: [] };
}

/** The next list in time, as long as nothing else keeps a story going. */
export function renewal(
  { config }: Authority,
  { current }: Lists,
  now: number,
): readonly ActorEffect[] {
  if (!config.revocationList.renews) return [];
  const ms = Math.max(current.due - now, 0);
  return [{ kind: 'timer', timer: CRL_TIMER, ms, background: true }];
}

function signatureId(number: number): string {
  return `crl/${number}`;
}

/** Begins a list; one that is not signed yet gives way to it. */
export function drafted(authority: Authority, lists: Lists, now: number): Listed {
  const { certificate, signatureAlgorithm: algorithm, key, config } = authority;
  const number = (lists.draft?.publication ?? lists.current).number + 1;
  const { thisUpdate, due, nextUpdate } = publicationTimes(now, config.revocationList.validity);
  const tbs = tbsCertList({
    issuer: certificate,
    signatureAlgorithm: algorithm,
    thisUpdate,
    nextUpdate,
    number,
    revoked: lists.revoked,
  });
  return {
    lists: { ...lists, draft: { publication: { number, due, nextUpdate }, tbs } },
    effects: [{ kind: 'sign', id: signatureId(number), key, algorithm, data: tbs }],
  };
}

/** The list of a signature; undefined: it is another's, or of a list that gave way. */
export function finished(
  authority: Authority,
  lists: Lists,
  id: string,
  signature: Uint8Array,
): Lists | undefined {
  const { draft, ...rest } = lists;
  if (draft === undefined || id !== signatureId(draft.publication.number)) return undefined;
  const der = signedCrl(draft.tbs, authority.signatureAlgorithm, signature);
  return { ...rest, current: { ...draft.publication, der } };
}

/** With these revoked from `now` on; those that were revoked before stay as they are. */
export function withRevoked(
  lists: Lists,
  serialNumbers: readonly string[],
  reason: number,
  now: number,
): Lists {
  const known = new Set(lists.revoked.map(({ serialNumber }) => serialNumber));
  const added = serialNumbers
    .filter((serialNumber) => !known.has(serialNumber))
    .map((serialNumber) => ({ serialNumber, date: now, reason }));
  return { ...lists, revoked: [...lists.revoked, ...added] };
}
