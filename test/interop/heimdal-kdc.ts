/** Heimdal's kdc on loopback: a database with a user, and PKINIT where certificates are given. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Home, home, type Kdc, run, started } from './kdc-process.ts';
import { password, REALM, signIn, UDP } from './our-client.ts';

export const PASSWORD = 'Passw0rd!';

/** What such tests need. */
export const HEIMDAL_KDC = ['kdc', 'kadmin.heimdal', 'kstash'];

export interface HeimdalOptions {
  /** Lines of the section [libdefaults]. */
  readonly libdefaults?: readonly string[];
  /** Lines of the section [kdc]. */
  readonly kdc?: readonly string[];
}

/** Users `user18` and `alice`. */
export async function heimdalKdc(options: HeimdalOptions = {}): Promise<Kdc> {
  const place = database(options);
  return started(
    place,
    (port) => {
      const config = join(place.folder, 'krb5.conf');
      return ['kdc', `--config-file=${config}`, `--ports=${port}`, '--addresses=127.0.0.1'];
    },
    async (port) => {
      const exchange = { ...UDP, kdcWaitTime: 500, kdcSendRetries: 1 };
      const outcome = await signIn(port, 'user18', password(PASSWORD), [18], { exchange });
      return outcome.kind === 'as';
    },
  );
}

function database({ kdc = [], libdefaults = [] }: HeimdalOptions): Home {
  const place = home('heimdal', (folder) => ({ KRB5_CONFIG: join(folder, 'krb5.conf') }));
  const { folder } = place;
  writeFileSync(
    join(folder, 'krb5.conf'),
    `[libdefaults]
 default_realm = ${REALM}
 dns_lookup_kdc = false
 ${libdefaults.join('\n ')}
[kdc]
 database = {
  dbname = ${folder}/heimdal
  realm = ${REALM}
  mkey_file = ${folder}/mkey
  acl_file = ${folder}/acl
  log_file = ${folder}/hdb.log
 }
 enable-http = no
 ${kdc.join('\n ')}
[logging]
 kdc = 0-/FILE:${folder}/kdc.log
`,
  );
  run(place, 'kstash', ['--random-key', `--key-file=${join(folder, 'mkey')}`]);
  const admin = (...args: readonly string[]): void => run(place, 'kadmin.heimdal', ['-l', ...args]);
  admin('init', '--realm-max-ticket-life=1d', '--realm-max-renewable-life=7d', REALM);
  for (const name of ['user18', 'alice']) {
    admin('add', '--use-defaults', `--password=${PASSWORD}`, name);
  }
  return place;
}
