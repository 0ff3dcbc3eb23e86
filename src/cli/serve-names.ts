/**
 * The names by which clients of `serve` know a domain controller. In the story it is
 * `dc1.corp.example`, which no resolver here leads to this process: clients are told `localhost` or
 * an address, and ask the KDC for a ticket of `ldap/localhost`. A Windows controller has no such
 * name (its administrator would add one with `setspn -S`, as is done here); `run` has none either.
 */
import { hostname } from 'node:os';
import { directory, dnOf } from '../../protocols/directory/directory.ts';
import { domainInfo } from '../../protocols/directory/domain.ts';
import { texts } from '../../protocols/directory/entry.ts';
import type { ActorEvent } from '../machine/actor.ts';
import type { Store } from '../machine/store.ts';
import { administratorOf } from './serve-administrator.ts';

const LOOPBACK = ['localhost', '127.0.0.1'];
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Names of services on this machine, where the listeners are bound to `host`. */
export function localNames(host: string): readonly string[] {
  const bound = EVERYWHERE.has(host) ? hostname().toLowerCase() : host;
  const hosts = new Set([...LOOPBACK, bound]);
  return [...hosts].flatMap((name) => [`host/${name}`, `ldap/${name}`]);
}

/**
 * What the controller's administrator does for it to have the names as well: in the trace and in
 * the state like all that is done in the directory. Undefined where it has them, or has no domain.
 */
export function namesGiven(
  store: Store,
  host: string,
): Extract<ActorEvent, { readonly kind: 'commanded' }> | undefined {
  const base = directory(store);
  const domain = domainInfo(base);
  const controller = domain === undefined ? undefined : base.entry(domain.ids.controller);
  const administrator = administratorOf(store);
  if (controller === undefined || administrator === undefined) return undefined;
  const present = texts(controller, 'servicePrincipalName');
  const known = new Set(present.map((name) => name.toLowerCase()));
  const missing = localNames(host).filter((name) => !known.has(name));
  if (missing.length === 0) return undefined;
  return {
    kind: 'commanded',
    verb: 'sets',
    args: {
      sets: dnOf(base, controller),
      attributes: { servicePrincipalName: [...present, ...missing] },
      as: administrator.dn,
    },
  };
}
