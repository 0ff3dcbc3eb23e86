/** What `serve --export` writes, so that other people's clients and Wireshark can take part. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { KeyRecord } from '../machine/actor.ts';
import type { Scene } from '../scenario/role.ts';
import type { KeyStore } from '../signing/key-store.ts';
import { keytabEntry, writeKeytab } from '../trace/keytab.ts';
import { principalParts } from '../trace/principal.ts';
import { InputError } from './exit.ts';
import type { KeyAndCertificates } from './pkcs12.ts';
import type { Administrator } from './serve-administrator.ts';
import { writeEntra } from './serve-entra-export.ts';
import { type PkinitFiles, writePkinit } from './serve-pkinit.ts';

/** A realm and where its KDC listens. */
export interface ServedRealm {
  readonly realm: string;
  /** The domain controller's DNS name. */
  readonly host: string;
  readonly kdc?: number;
  /** Where its directory listens. */
  readonly ldap?: number;
  readonly administrator?: Administrator;
}

export interface Exported {
  /** The first is the default realm. */
  readonly realms: readonly ServedRealm[];
  /** The address that the listeners are bound to. */
  readonly host: string;
  readonly keys: readonly KeyRecord[];
  /** Milliseconds since 1970-01-01T00:00:00Z: when the keys came to be, as keytabs say it. */
  readonly start: number;
  /** Root certificates that the realms' KDCs and users have in common, DER. */
  readonly anchors?: readonly Uint8Array[];
  /** What clients must trust to speak TLS with these listeners, DER. */
  readonly tlsRoot?: Uint8Array;
  /** Who can sign in with a certificate; `name` is that of the files. */
  readonly identities?: readonly KeyAndCertificates[];
  /** A tenant is on sockets: where, and what the cast was built from. */
  readonly entra?: { readonly url: string; readonly scene: Scene; readonly held: KeyStore };
  /** The control token; absent: there is no control interface. */
  readonly token?: string;
}

/** @throws InputError when the folder or a file cannot be written. */
export async function writeExports(folder: string, exported: Exported): Promise<void> {
  try {
    mkdirSync(folder, { recursive: true });
    await writeAll(folder, exported);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`--export ${folder}: ${reason}`, { cause: error });
  }
}

async function writeAll(folder: string, exported: Exported): Promise<void> {
  const {
    keys,
    start,
    token,
    realms,
    host,
    anchors = [],
    identities = [],
    tlsRoot,
    entra,
  } = exported;
  const entries = (of: readonly KeyRecord[]): Uint8Array =>
    writeKeytab(of.map((key) => keytabEntry(key, Math.floor(start / 1000))));
  const pkinit = await writePkinit(folder, anchors, identities, tlsRoot);
  writePrivate(join(folder, 'krb5.conf'), krb5Conf({ ...exported, ...(pkinit && { pkinit }) }));
  writePrivate(join(folder, 'all.keytab'), entries(keys));
  writePrivate(join(folder, 'services.keytab'), entries(keys.filter(isService)));
  if (realms.some(({ ldap }) => ldap !== undefined)) {
    writePrivate(join(folder, 'ldap-admin.txt'), ldapAdmin(realms, host));
  }
  if (entra !== undefined) writeEntra(folder, entra.url, entra.scene, entra.held);
  if (token !== undefined) writePrivate(join(folder, 'token'), `${token}\n`);
}

/** For people and for `ldapsearch -x -H URI -D DN -w PASSWORD`: a paragraph of `name: value` a realm. */
function ldapAdmin(realms: readonly ServedRealm[], host: string): string {
  const paragraphs = realms.flatMap(({ ldap, administrator }) => {
    if (ldap === undefined || administrator === undefined) return [];
    const { dn, password } = administrator;
    const lines = [`uri: ldap://${addressFor(host)}:${ldap}`, `dn: ${dn}`];
    return [
      [...lines, ...(password === undefined ? [] : [`password: ${password}`]), ''].join('\n'),
    ];
  });
  return paragraphs.join('\n');
}

/** There whole or not at all, and for nobody else: these files hold keys. */
function writePrivate(path: string, content: string | Uint8Array): void {
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, content, { mode: 0o600 });
  renameSync(partial, path);
}

/** Services are named `class/host`; the ticket-granting service keeps its keys to itself. */
function isService({ principal }: KeyRecord): boolean {
  const { components } = principalParts(principal);
  return components.length > 1 && components[0] !== 'krbtgt';
}

/**
 * krb5.conf(5) for MIT krb5 and Heimdal. The KDC's addresses stand in it, so nothing is asked of DNS;
 * names of services are taken as they are written (no reverse lookup, no canonical name).
 */
export function krb5Conf({
  realms,
  host,
  pkinit,
}: Pick<Exported, 'realms' | 'host'> & { readonly pkinit?: PkinitFiles }): string {
  const address = addressFor(host);
  const [first] = realms;
  const lines = ['[libdefaults]'];
  if (first !== undefined) lines.push(`  default_realm = ${first.realm}`);
  lines.push(
    '  dns_lookup_realm = false',
    '  dns_lookup_kdc = false',
    '  dns_canonicalize_hostname = false',
    '  rdns = false',
    // As Windows' clients do: a reply with a PAC is larger than MaxDatagramReplySize lets UDP carry.
    '  udp_preference_limit = 1',
  );
  if (pkinit !== undefined) {
    // For Heimdal, which takes the first group of more bits than that; MIT has its line below.
    lines.push(`  moduli = ${pkinit.moduli}`, '  pkinit_dh_min_bits = 2047');
  }
  lines.push('', '[realms]');
  for (const { realm, kdc } of realms) {
    const where = kdc === undefined ? [] : [`    kdc = ${address}:${kdc}`];
    const trust =
      pkinit === undefined
        ? []
        : [
            `    pkinit_anchors = FILE:${pkinit.anchors}`,
            ...(pkinit.pool === undefined ? [] : [`    pkinit_pool = FILE:${pkinit.pool}`]),
            '    pkinit_dh_min_bits = 2048',
          ];
    lines.push(`  ${realm} = {`, ...where, ...trust, '  }');
  }
  lines.push('', '[domain_realm]');
  for (const { realm, host: controller } of realms) {
    const domain = realm.toLowerCase();
    lines.push(`  .${domain} = ${realm}`, `  ${domain} = ${realm}`);
    if (!controller.toLowerCase().endsWith(`.${domain}`)) lines.push(`  ${controller} = ${realm}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Where clients on this machine reach what is bound to `host`. */
function addressFor(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}
