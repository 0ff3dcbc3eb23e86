/** The directory in a store, and the objects that a command line names. */
import { type Directory, directory } from '../../protocols/directory/directory.ts';
import { domainDn, parseDn } from '../../protocols/directory/dn.ts';
import { domainInfo } from '../../protocols/directory/domain.ts';
import type { DomainInfo } from '../../protocols/directory/domain-info.ts';
import type { Entry } from '../../protocols/directory/entry.ts';
import { isPhantom } from '../../protocols/directory/instance.ts';
import { resolveRdns } from '../../protocols/directory/names.ts';
import { InputError } from './exit.ts';
import type { ShownStore } from './show.ts';

export interface ShownDomain {
  readonly directory: Directory;
  readonly domain: DomainInfo;
}

/** @throws InputError when there is no domain in the store. */
export function shownDomain({ actor, store }: Pick<ShownStore, 'actor' | 'store'>): ShownDomain {
  const base = directory(store);
  const domain = domainInfo(base);
  if (domain === undefined) throw new InputError(`${actor} has no directory`);
  return { directory: base, domain };
}

/** @throws InputError when there is none of that name. */
export function objectNamed(name: string, { directory: base, domain }: ShownDomain): Entry {
  const [id] = name.includes('=') ? byDn(name, base, domain) : base.find('sAMAccountName', name);
  const entry = id === undefined ? undefined : base.entry(id);
  if (entry !== undefined && !isPhantom(entry)) return entry;
  throw new InputError(`there is no object ${name} at that time`);
}

function byDn(name: string, base: Directory, domain: DomainInfo): readonly number[] {
  const rdns = parseDn(name);
  if (rdns === undefined) throw new InputError(`"${name}" is no distinguished name`);
  const whole = rdns.some(({ type }) => type.toUpperCase() === 'DC');
  const id = resolveRdns(base, whole ? rdns : [...rdns, ...domainDn(domain.dnsName)]);
  return id === undefined ? [] : [id];
}
