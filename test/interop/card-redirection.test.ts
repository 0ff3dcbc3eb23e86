/**
 * Our card behind pcscd, redirected by FreeRDP 2.11 and 3.10 to our host: the card's commands go through FreeRDP's
 * and PC/SC's own code, and the host signs in with what the card signs.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peer, peerTest } from '../peers.ts';
import { DISPLAY, startDisplay, textOn } from './display.ts';
import { messagesOf, notesOf } from './live-trace.ts';
import { PCSC, type Pcscd, startPcscd } from './pcscd.ts';
import { ended } from './rdp-servers.ts';
import { type Served, serve } from './served.ts';

const s = suite('redirected card');

const LIMIT_MS = 60_000;
/** A client that has heard something that it does not like is gone by then. */
const GRACE_MS = 1_500;

/** How each is told to sign in with the card that PC/SC has. */
const CLIENTS = {
  xfreerdp: () => '/smartcard-logon',
  xfreerdp3: (pin: string) => `/smartcard-logon:pin:${pin}`,
} as const;
type Client = keyof typeof CLIENTS;

/** A session of FreeRDP's with the card in PC/SC's reader, until `over` says so. @returns its screen's text */
async function session(
  command: Client,
  served: Served,
  pin: string,
  over: (text: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> {
  const display = await startDisplay(1_024, 768);
  const home = join(served.folder, 'home');
  mkdirSync(home, { recursive: true });
  const logOn = ['/u:alice', '/d:CORP', `/p:${pin}`, CLIENTS[command](pin), '/smartcard'];
  const client = spawn(
    peer(command) as string,
    [`/v:${served.ready.rdp}`, '/sec:tls', '/cert:ignore', ...logOn, '/size:1000x700'],
    {
      env: { PATH: process.env.PATH, HOME: home, DISPLAY: display.name },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  for (const stream of [client.stdout, client.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4_000);
    });
  }
  try {
    for (const end = Date.now() + LIMIT_MS; ; ) {
      const text = textOn(await display.screenshot());
      if (await over(text)) {
        await new Promise((resolve) => void setTimeout(resolve, GRACE_MS));
        assert.is(client.exitCode, null, 'it hangs up by itself');
        return text;
      }
      if (Date.now() < end && client.exitCode === null) continue;
      const notes = await notesOf(served, 'rd1');
      throw new Error(
        `${command} ended with ${client.exitCode}: ${[...text, ...notes].join('\n')}`,
      );
    }
  } finally {
    await ended(client);
    await display.stop();
  }
}

async function withCard(body: (served: Served) => Promise<void>): Promise<void> {
  const pcscd: Pcscd = await startPcscd();
  try {
    const options = ['--kdc', '0', '--rdp', '0', '--trace', '0', '--vpcd', pcscd.reader];
    const file = 'test/interop/card-redirection.yaml';
    const served = await serve(file, [...options, '--card', 'alice']);
    try {
      await pcscd.card(true);
      await body(served);
    } finally {
      assert.is((await served.stop()).code, 0, served.log());
    }
  } finally {
    await pcscd.stop();
  }
}

/** The last line of the screen is there. */
const isSignedIn = (text: readonly string[]): boolean =>
  text.some((line) => line.startsWith('Container: '));

for (const command of ['xfreerdp', 'xfreerdp3'] as const) {
  const title = `${command}: TLS and a PIN sign in by PKINIT at the host; a wrong PIN does not`;
  peerTest(s, title, [command, ...DISPLAY, ...PCSC], () =>
    withCard(async (served) => {
      const waiting = await session(command, served, '111111', async () =>
        (await notesOf(served, 'rd1')).some((note) => note.startsWith('STATUS_SMARTCARD')),
      );
      assert.not(isSignedIn(waiting), waiting.join('\n'));
      assert.equal(await notesOf(served, 'rd1'), [
        'STATUS_SMARTCARD_WRONG_PIN: the PIN is wrong, 4 tries are left',
      ]);

      const text = await session(command, served, '482915', async (shown) => isSignedIn(shown));
      assert.equal(text.slice(0, -1), [
        'rd1.corp.example, a remote desktop host of kerblab',
        'Signed in: CORP\\alice (alice@corp.example)',
        'Before the session: TLS only',
        'In the session: PKINIT with the certificate on the redirected smart card',
        'Reader: Virtual PCD 00 00 (GIDS)',
      ]);
      assert.match(text.at(-1) as string, /^Container: [0-9a-f-]{36}$/);
      const messages = await messagesOf(served, 'rd1');
      for (const name of ['EstablishContext_Call', 'Transmit_Call', 'AS-REP', 'TGS-REP']) {
        assert.ok(messages.includes(name), `${name} of ${messages.join(', ')}`);
      }
    }),
  );
}

s.run();
