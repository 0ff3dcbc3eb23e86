/** FreeRDP 2.11's client at our remote desktop host, over TLS alone. */
import { spawn } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { coloursOn, DISPLAY, type Screenshot, startDisplay, textOn } from './display.ts';
import { ended } from './rdp-servers.ts';
import { execute, type Outcome, type Served, serve } from './served.ts';

const s = suite('freerdp 2');

const PEERS = ['xfreerdp', 'xvfb-run', 'xauth'] as const;
let served: Served | undefined;

async function host(): Promise<Served> {
  served ??= await serve('test/interop/remote-desktop.yaml', ['--kdc', '0', '--rdp', '0']);
  return served;
}

s.after(async () => {
  await served?.stop();
});

/** To the state ACTIVE and no further: +auth-only goes through the whole connection (and then hangs up). */
async function connected(user: string, password: string): Promise<Outcome> {
  const { ready } = await host();
  const args = [`/v:${ready.rdp}`, `/u:${user}`, `/p:${password}`, '/sec:tls'];
  const all = ['-a', 'xfreerdp', ...args, '/cert:ignore', '+auth-only'];
  const outcome = await execute('xvfb-run', all, {});
  return { ...outcome, stdout: outcome.stdout + outcome.stderr };
}

for (const [user, password] of [
  ['CORP\\alice', 'Correct horse 7'],
  ['alice@corp.example', 'Correct horse 7'],
  ['CORP\\dana', 'Keys to all 9'],
] as const) {
  peerTest(s, `${user} reaches a session by TLS and password`, PEERS, async () => {
    const { code, stdout } = await connected(user, password);
    assert.match(stdout, 'Authentication only, exit status 0');
    assert.is(code, 0, stdout);
  });
}

for (const [why, user, password, error] of [
  ['a wrong password', 'CORP\\alice', 'wrong', 'ERRINFO_SERVER_DENIED_CONNECTION'],
  ['nobody of that name', 'CORP\\mallory', 'x', 'ERRINFO_SERVER_DENIED_CONNECTION'],
  ['another domain', 'OTHER\\alice', 'Correct horse 7', 'ERRINFO_SERVER_DENIED_CONNECTION'],
  [
    'who is not in Remote Desktop Users',
    'CORP\\bob',
    'Battery staple 8',
    'ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES',
  ],
] as const) {
  peerTest(s, `${why} is told ${error}`, PEERS, async () => {
    const { code, stdout } = await connected(user, password);
    assert.is.not(code, 0, stdout);
    assert.match(stdout, error);
    assert.match(stdout, 'Authentication only, exit status 1');
  });
}

/** Looks at the display until the session's text is there. @throws with what is there instead */
async function shown(screenshot: () => Promise<Screenshot>): Promise<Screenshot> {
  let seen: Screenshot;
  const end = Date.now() + 60_000;
  do {
    seen = await screenshot();
    if (textOn(seen).length > 1) return seen;
    await new Promise((resolve) => void setTimeout(resolve, 200));
  } while (Date.now() < end);
  throw new Error(`no text on the screen, ${[...coloursOn(seen, seen)].join(' ')}`);
}

peerTest(s, 'the screen of a session is drawn', [...PEERS, ...DISPLAY], async () => {
  const { ready } = await host();
  const display = await startDisplay(1_024, 768);
  const login = ['/u:CORP\\alice', '/p:Correct horse 7', '/sec:tls', '/cert:ignore'];
  const client = spawn(
    peer('xfreerdp') as string,
    [`/v:${ready.rdp}`, ...login, '/size:800x600', '-decorations'],
    { env: { ...process.env, DISPLAY: display.name }, stdio: 'ignore' },
  );
  try {
    const screenshot = await shown(() => display.screenshot());
    const [title, user] = textOn(screenshot);
    assert.is(title, 'rd1.corp.example, a remote desktop host of kerblab');
    assert.is(user, 'Signed in: CORP\\alice (alice@corp.example)');
    // Nothing but the background and the text on all of the session's 800 x 600.
    const colours = coloursOn(screenshot, { width: 800, height: 600 });
    assert.is(colours.size, 2, [...colours].join(' '));
  } finally {
    await ended(client);
    await display.stop();
  }
});

s.run();
