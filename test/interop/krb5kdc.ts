/** MIT's krb5kdc on loopback: a database with users and services, and PKINIT where certificates are given. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Home, home, type Kdc, run, started } from './kdc-process.ts';
import { password, REALM, signIn, UDP } from './our-client.ts';

export const PASSWORD = 'Passw0rd!';

/** Encryption types by number and by MIT's name. */
export const ETYPES = [
  [18, 'aes256-cts'],
  [17, 'aes128-cts'],
  [20, 'aes256-sha2'],
  [19, 'aes128-sha2'],
] as const;

export interface Krb5kdcOptions {
  /** Lines of the section [kdcdefaults]. */
  readonly defaults?: readonly string[];
  /** Lines of the realm's section. */
  readonly realm?: readonly string[];
}

/** A user and a service for each encryption type, a user without pre-authentication, and alice. */
export async function krb5kdc(options: Krb5kdcOptions = {}): Promise<Kdc> {
  const place = database();
  return started(
    place,
    (port) => {
      configure(place, port, options);
      return ['krb5kdc', '-n'];
    },
    async (port) => {
      const exchange = { ...UDP, kdcWaitTime: 500, kdcSendRetries: 1 };
      const outcome = await signIn(port, 'user18', password(PASSWORD), [18], { exchange });
      return outcome.kind === 'as';
    },
  );
}

function database(): Home {
  const place = home('krb5kdc', (folder) => ({
    KRB5_CONFIG: join(folder, 'krb5.conf'),
    KRB5_KDC_PROFILE: join(folder, 'kdc.conf'),
  }));
  configure(place, 88, {});
  run(place, 'kdb5_util', ['create', '-s', '-P', 'master', '-r', REALM]);
  const admin = [
    `modprinc -maxrenewlife 7d krbtgt/${REALM}`,
    ...ETYPES.flatMap(([etype, name]) => [
      `addprinc -maxrenewlife 7d -pw ${PASSWORD} -e ${name}:normal +requires_preauth user${etype}`,
      `addprinc -randkey -e ${name}:normal host/s${etype}.krb.example`,
    ]),
    `addprinc -pw ${PASSWORD} -requires_preauth open`,
    `addprinc -pw ${PASSWORD} +requires_preauth alice`,
  ];
  run(place, 'kadmin.local', [], `${admin.join('\n')}\n`);
  return place;
}

function configure({ folder }: Home, port: number, { defaults = [], realm = [] }: Krb5kdcOptions) {
  const address = `127.0.0.1:${port}`;
  writeFileSync(
    join(folder, 'krb5.conf'),
    `[libdefaults]\n default_realm = ${REALM}\n[realms]\n ${REALM} = {\n  kdc = ${address}\n }\n`,
  );
  writeFileSync(
    join(folder, 'kdc.conf'),
    `[kdcdefaults]
 kdc_listen = ${address}
 kdc_tcp_listen = ${address}
 ${defaults.join('\n ')}
[realms]
 ${REALM} = {
  database_name = ${folder}/principal
  key_stash_file = ${folder}/stash
  supported_enctypes = ${ETYPES.map(([, name]) => `${name}:normal`).join(' ')}
  max_renewable_life = 7d
  ${realm.join('\n  ')}
 }
[logging]
 kdc = FILE:${folder}/kdc.log
`,
  );
}
