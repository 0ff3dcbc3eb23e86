/**
 * FreeRDP 3.10's client at our remote desktop host: it speaks Kerberos in CredSSP with tickets of MIT's library,
 * and has an emulated GIDS card with which it signs in at both.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { coloursOn, DISPLAY, type Display, startDisplay, textOn } from './display.ts';
import { messagesOf, notesOf, recordsOf } from './live-trace.ts';
import { ended } from './rdp-servers.ts';
import { cacheOf, execute, type Outcome, type Served, serve } from './served.ts';

const s = suite('freerdp 3');

const PEERS = ['xfreerdp3', 'kinit'] as const;
let served: Served;

s.before(async () => {
  served = await serve('test/interop/freerdp3.yaml', ['--kdc', '0', '--rdp', '0', '--trace', '0']);
});
s.after(async () => {
  assert.is((await served.stop()).code, 0, served.log());
});

const exported = (...names: readonly string[]): string => join(served.folder, ...names);

/** Kerberos only, and whatever certificate TLS shows: Kerberos proves the host. */
const COMMON = ['/sec:nla', '/auth-pkg-list:!ntlm', '/cert:ignore', '/log-level:INFO'];
const BY_ADDRESS = '/server-name:rd1.corp.example';

/** FreeRDP keeps what it knows of hosts at home. */
function environment(cache: string): Record<string, string> {
  const home = exported('home');
  mkdirSync(home, { recursive: true });
  return { ...cacheOf(served, cache), HOME: home };
}

/** To the state ACTIVE and no further; success is `exit status 1` in the log. */
async function connected(cache: string, ...args: readonly string[]): Promise<Outcome> {
  const all = [`/v:${served.ready.rdp}`, BY_ADDRESS, ...args, ...COMMON, '+auth-only'];
  const done = await execute(peer('xfreerdp3') as string, all, environment(cache));
  return { ...done, stdout: done.stdout + done.stderr };
}

function reached({ stdout }: Outcome): void {
  assert.match(stdout, 'Authentication only, exit status 1', stdout);
}

function refused({ stdout }: Outcome, why: string): void {
  assert.match(stdout, 'Authentication only, exit status 0', stdout);
  assert.match(stdout, why);
}

async function kinit(cache: string, user: string, password: string): Promise<void> {
  const done = await execute(
    peer('kinit') as string,
    ['-f', user],
    cacheOf(served, cache),
    `${password}\n`,
  );
  assert.is(done.code, 0, done.stderr);
}

/** The last record of the trace. */
async function now(): Promise<number> {
  return (await recordsOf(served)).at(-1)?.seq ?? -1;
}

const ALICE = ['/u:alice@CORP.EXAMPLE', '/p:Correct horse 7'] as const;

peerTest(s, 'Kerberos by password reaches a session', PEERS, async () => {
  reached(await connected('password', ...ALICE));
});

peerTest(s, 'Kerberos by a ticket that is there already', PEERS, async () => {
  await kinit('ticket', 'alice', 'Correct horse 7');
  const before = await now();
  reached(await connected('ticket', ...ALICE));
  // Whoever has a ticket asks for none: what the KDC hears is user-to-user, and the host's own questions.
  const heard = await messagesOf(served, 'dc1', before);
  assert.is(heard[0], 'TGS-REQ', heard.join(', '));
});

peerTest(s, 'a wrong password', PEERS, async () => {
  const outcome = await connected('wrong', '/u:alice@CORP.EXAMPLE', '/p:wrong');
  refused(outcome, 'ERRCONNECT_AUTHENTICATION_FAILED');
});

peerTest(s, 'who is not in Remote Desktop Users', PEERS, async () => {
  // FreeRDP 3 does not ask for error codes (RNS_UD_CS_SUPPORT_ERRINFO_PDU): it sees that it is put out.
  const outcome = await connected('bob', '/u:bob@CORP.EXAMPLE', '/p:Battery staple 8');
  refused(outcome, 'ERRINFO_LOGOFF_BY_USER');
  const notes = await notesOf(served, 'rd1');
  const why = 'nobody gets in: CORP\\bob is in neither Remote Desktop Users nor Administrators';
  assert.ok(notes.includes(why), notes.join('\n'));
});

peerTest(s, 'by the name of the host', [...PEERS, 'nss-wrapper'], async () => {
  const hosts = exported('hosts');
  writeFileSync(hosts, '127.0.0.1 rd1.corp.example\n');
  const [, port] = (served.ready.rdp as string).split(':');
  const done = await execute(
    peer('xfreerdp3') as string,
    [`/v:rd1.corp.example:${port}`, ...ALICE, ...COMMON, '+auth-only'],
    {
      ...environment('name'),
      LD_PRELOAD: peer('nss-wrapper') as string,
      NSS_WRAPPER_HOSTS: hosts,
    },
  );
  reached({ ...done, stdout: done.stdout + done.stderr });
});

peerTest(s, 'Remote Credential Guard hands over tickets, and no password', PEERS, async () => {
  await kinit('guard', 'alice', 'Correct horse 7');
  reached(await connected('guard', '/u:alice@CORP.EXAMPLE', '/p:not looked at', '/remoteGuard'));
});

/** FreeRDP's emulated card wants certificate and key in two files. */
function card(user: string, pin: string): readonly string[] {
  const pem = readFileSync(exported('users', `${user}.pem`), 'utf8');
  const files = (['CERTIFICATE', 'PRIVATE KEY'] as const).map((label) => {
    const [block = ''] =
      new RegExp(`-----BEGIN ${label}-----[^-]*-----END ${label}-----`).exec(pem) ?? [];
    const file = exported(`${user}-${label.replace(' ', '-')}.pem`);
    writeFileSync(file, `${block}\n`);
    return file;
  });
  const [certificate, key] = files;
  return [
    '/d:CORP.EXAMPLE',
    `/u:${user}`,
    `/smartcard-logon:cert:${certificate},key:${key},pin:${pin}`,
    '/smartcard',
    `/kerberos:pkinit-anchors:FILE:${exported('ca.pem')}`,
    `/p:${pin}`,
  ];
}

peerTest(s, 'a smart card’s PIN goes to the host by CredSSP', PEERS, async () => {
  const before = await now();
  reached(await connected('card', ...card('alice', '123456')));
  const heard = await messagesOf(served, 'rd1', before);
  assert.ok(heard.includes('Client Info PDU'), heard.join(', '));
});

/** A client that has heard something that it does not like is gone by then. */
const GRACE_MS = 1_500;

/** A session on a display of its own, until its screen says that somebody is signed in or `limit` passes. */
async function signedIn(display: Display, args: readonly string[]): Promise<readonly string[]> {
  const all = [`/v:${served.ready.rdp}`, BY_ADDRESS, ...args, ...COMMON, '/size:1000x700'];
  const client = spawn(peer('xfreerdp3') as string, [...all, '-decorations'], {
    env: { PATH: process.env.PATH, ...environment('session'), DISPLAY: display.name },
    stdio: 'ignore',
  });
  try {
    for (const end = Date.now() + 60_000; ; ) {
      const seen = await display.screenshot();
      const text = textOn(seen);
      if (text.some((line) => line.startsWith('Container: '))) {
        await new Promise((resolve) => void setTimeout(resolve, GRACE_MS));
        assert.is(client.exitCode, null, 'it hangs up by itself');
        return text;
      }
      if (Date.now() < end && client.exitCode === null) continue;
      const notes = await notesOf(served, 'rd1');
      throw new Error(`${text.join('\n')} ${coloursOn(seen, seen).size} ${notes.join('\n')}`);
    }
  } finally {
    await ended(client);
  }
}

peerTest(s, 'the host signs in with the redirected card', [...PEERS, ...DISPLAY], async () => {
  const before = await now();
  const display = await startDisplay(1_024, 768);
  try {
    assert.equal(await signedIn(display, card('alice', '123456')), [
      'rd1.corp.example, a remote desktop host of kerblab',
      'Signed in: CORP\\alice (alice@corp.example)',
      'Before the session: CredSSP with kerberos',
      'In the session: PKINIT with the certificate on the redirected smart card',
      'Reader: FreeRDP Emulator (GIDS)',
      'Container: Private Key 00',
    ]);
  } finally {
    await display.stop();
  }
  const heard = await messagesOf(served, 'rd1', before);
  for (const name of ['Client Device List Announce Request', 'Transmit_Call', 'AS-REP']) {
    assert.ok(heard.includes(name), `${name} of ${heard.join(', ')}`);
  }
});

s.run();
