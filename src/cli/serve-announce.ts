/** What `serve` says when everything is ready: the export folder for clients, and one line of JSON. */

import type { Clock } from '../drivers/clock.ts';
import type { Driver } from '../drivers/driver.ts';
import type { Actor, KeyRecord } from '../machine/actor.ts';
import type { BuiltCast } from '../scenario/cast.ts';
import type { TraceServer } from '../trace/server.ts';
import type { KeyAndCertificates } from './pkcs12.ts';
import type { ServeOptions } from './serve.ts';
import { administratorOf } from './serve-administrator.ts';
import { type ServedRealm, writeExports } from './serve-export.ts';
import { log } from './serve-log.ts';
import type { Stores } from './serve-stores.ts';
import type { ServedTls } from './serve-tls.ts';

export interface Announced {
  readonly options: ServeOptions;
  readonly actors: readonly Actor[];
  readonly cast: BuiltCast;
  readonly clock: Clock;
  readonly keys: readonly KeyRecord[];
  readonly stores: Stores;
  readonly driver: Driver;
  readonly trace: TraceServer | undefined;
  readonly tls: ServedTls | undefined;
}

/** Writes the exports, then the line that says that everything is ready. */
export async function announce(announced: Announced): Promise<void> {
  const { options, actors, cast, clock, keys, stores, driver, trace, tls } = announced;
  const { host, export: folder } = options;
  const realms = realmsOf(driver, actors, stores);
  const entra = entraOf(announced);
  if (folder !== undefined) {
    const { anchors } = cast;
    await writeExports(folder, {
      realms,
      host,
      keys,
      start: clock.start,
      anchors,
      identities: identitiesOf(cast),
      ...(entra === null
        ? {}
        : { entra: { url: `https://${entra}`, scene: cast.scene, held: cast.keys } }),
      ...(tls === undefined ? {} : { tlsRoot: tls.root }),
      ...(trace === undefined ? {} : { token: trace.token }),
    });
  }
  warnIfOpen(host);
  process.stdout.write(`${JSON.stringify(readyLine(announced, realms))}\n`);
}

/** Certificates of before the story with their private keys. */
function identitiesOf({ identities, keys }: BuiltCast): readonly KeyAndCertificates[] {
  return identities.flatMap(({ name, key, certificates }) => {
    const found = keys.find(key);
    return found === undefined ? [] : [{ name, pkcs8: found.pkcs8, certificates }];
  });
}

/** The realms that are on sockets, in the order of the file. */
function realmsOf(
  driver: Driver,
  actors: readonly Actor[],
  stores: Stores,
): readonly ServedRealm[] {
  return actors.flatMap(({ name }) => {
    const kdc = driver.portOf(name, 88);
    const ldap = driver.portOf(name, 389);
    const { realm, host } = realmOf(driver, name);
    if (kdc === undefined && ldap === undefined) return [];
    const ports = {
      ...(kdc === undefined ? {} : { kdc }),
      ...(ldap === undefined ? {} : { ldap }),
    };
    const administrator = administratorOf(stores.of(name));
    return [{ realm, host, ...ports, ...(administrator === undefined ? {} : { administrator }) }];
  });
}

/** What a domain controller says of itself. */
function realmOf(driver: Driver, name: string): { readonly realm: string; readonly host: string } {
  const view = driver.view(name) as { readonly realm?: unknown; readonly host?: unknown } | null;
  return { realm: String(view?.realm), host: String(view?.host) };
}

/** Where the first tenant listens; null: none does. */
function entraOf({ options, actors, driver }: Announced): string | null {
  const [port] = actors.flatMap(({ name }) => driver.portOf(name, 443) ?? []);
  return addressOf(options.host, port);
}

function addressOf(host: string, port: number | undefined): string | null {
  if (port === undefined) return null;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function readyLine(announced: Announced, realms: readonly ServedRealm[]): object {
  const { options, actors, driver, trace } = announced;
  const { host, export: folder } = options;
  const [first] = realms;
  const [actor] = actors;
  const at = (port: number | undefined) => addressOf(host, port);
  const hosts = actors.flatMap(({ name }) => driver.portOf(name, 3389) ?? []);
  return {
    ready: true,
    pid: process.pid,
    realm: first?.realm ?? (actor === undefined ? null : realmOf(driver, actor.name).realm),
    kdc: at(first?.kdc),
    kpasswd: null,
    kkdcp: null,
    ldap: at(first?.ldap),
    entra: entraOf(announced),
    rdp: at(hosts[0]),
    trace: trace?.url ?? null,
    export: folder ?? null,
  };
}

function warnIfOpen(host: string): void {
  if (host.startsWith('127.') || host === '::1') return;
  log(`${host} can be reached from other machines: anybody there can ask this KDC`);
}
