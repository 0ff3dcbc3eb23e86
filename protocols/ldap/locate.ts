/** From the name in a request to the record, or to whom the client should ask instead. */
import type { Directory } from '../directory/directory.ts';
import { dnOf } from '../directory/directory.ts';
import { type BaseName, parseBase, type Rdn } from '../directory/dn.ts';
import type { DomainInfo } from '../directory/domain-info.ts';
import { isDeleted, isPhantom } from '../directory/instance.ts';
import { deepestExisting, resolveBase } from '../directory/names.ts';
import { noSuchObject, type Refusal, ResultCode, refuse, Win32 } from '../directory/refusals.ts';
import type { LdapResult } from './messages.ts';
import { referralTo } from './results.ts';

export type Located =
  | { readonly kind: 'found'; readonly id: number; readonly base: BaseName }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'referral'; readonly result: LdapResult };

export interface Where {
  readonly directory: Directory;
  readonly domain: DomainInfo;
  readonly showDeleted?: boolean;
  /** The root and the names above naming contexts count too (SERVER_SEARCH_FLAG_PHANTOM_ROOT). */
  readonly phantomRoot?: boolean;
}

export function locate(text: string, where: Where): Located {
  const { directory } = where;
  const base = parseBase(text);
  if (base === undefined) return { kind: 'refused', refusal: badName(text) };
  const id = resolveBase(directory, base);
  if (id !== undefined && where.phantomRoot === true) return { kind: 'found', id, base };
  const entry = id === undefined ? undefined : directory.entry(id);
  const seen = entry !== undefined && !isPhantom(entry);
  if (seen && (where.showDeleted === true || !isDeleted(entry))) {
    return { kind: 'found', id: entry.id, base };
  }
  const rdns = base.kind === 'dn' || base.kind === 'wellKnown' ? base.rdns : [];
  const elsewhere = foreignDomain(rdns, where.domain);
  if (elsewhere !== undefined) {
    return {
      kind: 'referral',
      result: referralTo(`ldap://${elsewhere}/${encodeURI(text)}`, elsewhere),
    };
  }
  const best = deepestExisting(directory, rdns);
  const refusal = noSuchObject(text, best === undefined ? '' : dnOf(directory, best));
  return { kind: 'refused', refusal };
}

export function badName(text: string): Refusal {
  return refuse(
    ResultCode.invalidDNSyntax,
    Win32.ERROR_DS_BAD_NAME_SYNTAX,
    `"${text}" is no distinguished name`,
    { matchedDn: text },
  );
}

/** The DNS name that a name's domain components make, when it is neither ours nor below ours. */
export function foreignDomain(rdns: readonly Rdn[], domain: DomainInfo): string | undefined {
  const labels: string[] = [];
  for (const { type, value } of [...rdns].reverse()) {
    if (type.toUpperCase() !== 'DC') break;
    labels.unshift(value.toLowerCase());
  }
  const name = labels.join('.');
  if (name === '' || name === domain.dnsName || name.endsWith(`.${domain.dnsName}`))
    return undefined;
  return name;
}
