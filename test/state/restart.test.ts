/** What `serve --state` keeps between starts, and which folders it refuses. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utf8 } from '../../src/bytes/bytes.ts';
import { execute } from '../interop/served.ts';
import { peerTest } from '../peers.ts';
import { root } from '../root.ts';
import { administrator, type Killable, killable } from './killable.ts';
import { type LdapConnection, ldapConnection } from './ldap-connection.ts';

const s = suite('state between starts');

const BASE = 'DC=corp,DC=example';
const USERS = `CN=Users,${BASE}`;
const FILE = root('scenarios/password-sign-in.yaml');

interface Place {
  readonly top: string;
  readonly state: string;
  readonly exported: string;
}

async function inPlace(body: (place: Place) => Promise<void>): Promise<void> {
  const top = mkdtempSync(join(tmpdir(), 'kerblab-state-'));
  try {
    await body({ top, state: join(top, 'state'), exported: join(top, 'export') });
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

/** Serves, connects as Administrator, and ends the process in the way that was asked for. */
async function served(
  { state, exported }: Place,
  end: 'SIGTERM' | 'SIGKILL',
  body: (connection: LdapConnection, server: Killable) => Promise<void>,
  file = FILE,
): Promise<void> {
  const server = killable([
    file,
    ...['--kdc', '0', '--ldap', '0', '--state', state, '--export', exported],
  ]);
  try {
    const { ldap } = await server.ready;
    const { dn, password } = administrator(exported);
    const connection = await ldapConnection(String(ldap), dn, password);
    await body(connection, server);
    connection.close();
    if (end === 'SIGTERM') assert.is(await server.stop(), 0);
  } finally {
    await server.kill();
  }
}

async function succeeds(
  connection: LdapConnection,
  operation: Parameters<LdapConnection['ask']>[0],
): Promise<void> {
  const answer = await connection.ask(operation);
  const [result] = Object.values(answer.at(-1) ?? {}) as readonly { resultCode?: number }[];
  assert.is(result?.resultCode, 0, JSON.stringify(answer));
}

const attribute = (type: string, value: string) => ({ type, vals: [utf8(value)] });

async function names(connection: LdapConnection): Promise<readonly string[]> {
  const found = await connection.found(USERS, 'user', ['sAMAccountName']);
  return found.map(({ values }) => String(values.sAMAccountName)).sort();
}

s('what was written is there again; the cast comes from the file once', () =>
  inPlace(async (place) => {
    let usn = 0;
    const highest = async (connection: LdapConnection): Promise<number> => {
      const changes = await connection.found(USERS, 'user', ['uSNChanged']);
      return Math.max(...changes.map(({ values }) => Number(values.uSNChanged)));
    };
    let sid: unknown;
    await served(place, 'SIGTERM', async (connection) => {
      assert.ok((await names(connection)).includes('alice'));
      await succeeds(connection, { delRequest: `CN=alice,${USERS}` });
      const attributes = [attribute('objectClass', 'user'), attribute('sAMAccountName', 'carol')];
      await succeeds(connection, { addRequest: { entry: `CN=carol,${USERS}`, attributes } });
      usn = await highest(connection);
      [sid] = await connection.found(`CN=carol,${USERS}`, 'user', ['objectSid', 'objectGUID']);
    });
    await served(place, 'SIGKILL', async (connection) => {
      const there = await names(connection);
      assert.not.ok(there.includes('alice'));
      assert.ok(there.includes('carol'));
      const [again] = await connection.found(`CN=carol,${USERS}`, 'user', [
        'objectSid',
        'objectGUID',
      ]);
      assert.equal(again, sid);
      const attributes = [attribute('objectClass', 'user'), attribute('sAMAccountName', 'dave')];
      await succeeds(connection, { addRequest: { entry: `CN=dave,${USERS}`, attributes } });
      assert.ok((await highest(connection)) > usn, 'USNs rise over starts');
      const sids = await connection.found(USERS, 'user', ['objectSid']);
      assert.is(new Set(sids.map(({ values }) => String(values.objectSid))).size, sids.length);
    });
    await served(place, 'SIGTERM', async (connection) => {
      assert.ok((await names(connection)).includes('dave'));
    });
  }),
);

s('the same chance is not drawn twice: a seeded realm gives new GUIDs after a start', () =>
  inPlace(async ({ state, exported }) => {
    const guids: string[] = [];
    for (const name of ['erin', 'frank']) {
      const options = ['--ldap', '0', '--seed', '7', '--state', state, '--export', exported];
      const server = killable([FILE, ...options]);
      try {
        const { ldap } = await server.ready;
        const { dn, password } = administrator(exported);
        const connection = await ldapConnection(String(ldap), dn, password);
        const entry = `CN=${name},${USERS}`;
        const attributes = [attribute('objectClass', 'user'), attribute('sAMAccountName', name)];
        await succeeds(connection, { addRequest: { entry, attributes } });
        const [found] = await connection.found(entry, 'user', ['objectGUID']);
        guids.push(String(found?.values.objectGUID));
        connection.close();
      } finally {
        await server.kill();
      }
    }
    assert.is.not(guids[0], guids[1]);
  }),
);

async function refused(args: readonly string[]): Promise<string> {
  const server = killable(args);
  const said = await server.ready.then(
    () => 'it was served',
    (error: Error) => error.message,
  );
  const code = await server.ended;
  assert.is(code, 2, said);
  return said;
}

s('a folder is one process’s; killed, it leaves no lock', () =>
  inPlace(async (place) => {
    const again = [FILE, '--ldap', '0', '--state', place.state];
    await served(place, 'SIGKILL', async () => {
      assert.match(await refused(again), /another process serves this folder: stop it/);
    });
    await served(place, 'SIGTERM', async (connection) => {
      assert.ok((await names(connection)).includes('alice'));
    });
  }),
);

s('a folder of another realm or another format is refused with what to do', () =>
  inPlace(async (place) => {
    await served(place, 'SIGTERM', async () => undefined);
    const file = join(place.top, 'other.yaml');
    writeFileSync(file, readFileSync(FILE, 'utf8').replaceAll('CORP.EXAMPLE', 'OTHER.EXAMPLE'));
    const args = ['--ldap', '0', '--state', place.state];
    assert.match(
      await refused([file, ...args]),
      /holds the realm CORP\.EXAMPLE for dc1, and the file says OTHER\.EXAMPLE: give /,
    );
    const description = join(place.state, 'state.json');
    const said = JSON.parse(readFileSync(description, 'utf8')) as { format: number };
    writeFileSync(description, JSON.stringify({ ...said, format: 99 }));
    assert.match(await refused([FILE, ...args]), /says format 99, and this version reads format 1/);
    writeFileSync(description, 'anything');
    assert.match(await refused([FILE, ...args]), /does not describe a state: give another folder/);
    const occupied = join(place.top, 'a-file');
    writeFileSync(occupied, '');
    assert.match(await refused([FILE, '--ldap', '0', '--state', occupied]), /EEXIST/);
  }),
);

peerTest(s, 'keys and bad passwords outlast the process', ['kinit'], () =>
  inPlace(async (place) => {
    const env = {
      KRB5_CONFIG: join(place.exported, 'krb5.conf'),
      KRB5CCNAME: `FILE:${join(place.top, 'cc')}`,
    };
    const bad = async (connection: LdapConnection): Promise<unknown> => {
      const [alice] = await connection.found(`CN=alice,${USERS}`, 'user', ['badPwdCount']);
      return alice?.values.badPwdCount;
    };
    await served(place, 'SIGKILL', async (connection) => {
      assert.is((await execute('kinit', ['alice'], env, 'Passw0rd!\n')).code, 0);
      for (const wrong of ['one', 'two']) {
        assert.is((await execute('kinit', ['alice'], env, `${wrong}\n`)).code, 1);
      }
      assert.equal(await bad(connection), ['2']);
    });
    await served(place, 'SIGTERM', async (connection) => {
      assert.equal(await bad(connection), ['2']);
      // The ticket of the first process is good for the second: krbtgt has its keys still.
      const ticket = await execute('kvno', ['cifs/files.corp.example'], env);
      assert.is(ticket.code, 0, ticket.stderr);
      assert.is((await execute('kinit', ['alice'], env, 'Passw0rd!\n')).code, 0);
      assert.equal(await bad(connection), ['0']);
    });
  }),
);

const quoted = (password: string): string =>
  Buffer.from(`"${password}"`, 'utf16le').toString('base64');

peerTest(s, 'a password set over LDAP is the password', ['kinit', 'ldapmodify'], () =>
  inPlace(async (place) => {
    const env = {
      KRB5_CONFIG: join(place.exported, 'krb5.conf'),
      KRB5CCNAME: `FILE:${join(place.top, 'cc')}`,
    };
    const signIn = async (name: string, password: string): Promise<number | null> =>
      (await execute('kinit', [name], env, `${password}\n`)).code;
    await served(place, 'SIGKILL', async (_connection, server) => {
      const { ldap } = await server.ready;
      assert.is(await signIn('Administrator', administrator(place.exported).password), 0);
      const port = String(ldap).split(':').at(-1);
      const dn = `CN=alice,${USERS}`;
      const reset = `dn: ${dn}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: ${quoted('0therPassw0rd!')}\n`;
      const who = ['-N', '-Y', 'GSSAPI', '-H', `ldap://localhost:${port}`];
      const modified = await execute('ldapmodify', who, env, reset);
      assert.is(modified.code, 0, modified.stderr);
    });
    await served(place, 'SIGTERM', async () => {
      assert.is(await signIn('alice', 'Passw0rd!'), 1);
      assert.is(await signIn('alice', '0therPassw0rd!'), 0);
    });
  }),
);

s.run();
