/** Dynamic channels that FreeRDP 3's shadow server opens, at our client. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Protocol } from '../../protocols/rdp/constants.ts';
import * as rdpedyc from '../../protocols/rdpedyc/client.ts';
import { STATIC_CHANNEL } from '../../protocols/rdpedyc/constants.ts';
import { type Message, type Pdu, readPdu } from '../../protocols/rdpedyc/messages.ts';
import { peerTest } from '../peers.ts';
import { DISPLAY, startDisplay } from './display.ts';
import { OurRdpClient, until } from './our-rdp-client.ts';
import { rdpConfig } from './our-rdp-logon.ts';
import { startServer } from './rdp-servers.ts';

const s = suite('dynamic channels');

const folder = mkdtempSync(join(tmpdir(), 'kerblab-rdp-'));
s.after(() => rmSync(folder, { recursive: true, force: true }));

const ALICE = { domain: '', userName: 'alice', password: 'Correct horse 7' };
/** Sound from the client (MS-RDPEAI): what the shadow server opens of its own accord. */
const AUDIO_INPUT = 'AUDIO_INPUT';

interface Heard {
  readonly pdus: readonly Pdu[];
  /** Messages of the channel. */
  readonly messages: readonly Uint8Array[];
}

/** What the server says to a client that sends every first message back, until `enough`. */
async function heardBy(
  listeners: readonly string[],
  enough: (heard: Heard) => boolean,
): Promise<Heard> {
  const pdus: Pdu[] = [];
  const messages: Uint8Array[] = [];
  let state: rdpedyc.State = rdpedyc.INITIAL;
  const display = await startDisplay(800, 600);
  const server = await startServer(
    'freerdp-shadow-cli3',
    (port) => [`/port:${port}`, '/bind-address:127.0.0.1', '/sec:tls', '-auth'],
    { DISPLAY: display.name, HOME: folder },
  );
  const channels = [
    { name: 'rdpdr', options: 0x80800000 },
    { name: STATIC_CHANNEL, options: 0xc0800000 },
  ];
  const hears = (event: rdpedyc.Event, say: (message: Message) => void): void => {
    const next = rdpedyc.step({ listeners }, state, event);
    state = next.state;
    for (const effect of next.effects) {
      if (effect.kind === 'refused') throw new Error(effect.reason);
      if (effect.kind === 'send') say(effect);
      if (effect.kind !== 'data') continue;
      const { channelId, message } = effect;
      messages.push(message);
      if (messages.length > 1) continue;
      hears({ kind: 'writes', channelId, message, name: 'Version PDU' }, say);
    }
  };
  const client = new OurRdpClient({
    address: server.address,
    rdp: rdpConfig(ALICE, Protocol.PROTOCOL_SSL, { channels }),
    channel(name, message, say) {
      if (name !== STATIC_CHANNEL) return;
      const read = readPdu(message, 'server');
      if (!read.ok) throw read.error;
      pdus.push(read.value);
      hears({ kind: 'received', message }, say);
    },
  });
  try {
    await client.active();
    await until(() => enough({ pdus, messages }));
    return { pdus, messages };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${JSON.stringify(pdus)}\n${server.log()}`);
  } finally {
    client.close();
    await server.stop();
    await display.stop();
  }
}

const SHADOW3 = ['freerdp-shadow-cli3', ...DISPLAY];

peerTest(
  s,
  'FreeRDP 3’s shadow opens a channel, and hears what we say on it',
  SHADOW3,
  async () => {
    const { pdus, messages } = await heardBy([AUDIO_INPUT], ({ messages: so }) => so.length > 1);
    assert.equal(pdus.slice(0, 2), [
      { kind: 'capabilitiesRequest', version: 1 },
      { kind: 'createRequest', channelId: 1, priority: 0, channelName: AUDIO_INPUT },
    ]);
    // MS-RDPEAI 2.2.2.1, a version; and only who has heard ours goes on to formats (2.2.2.2).
    assert.equal(
      messages.slice(0, 2).map(([messageId]) => messageId),
      [1, 2],
    );
  },
);

peerTest(s, 'and says nothing on one that nobody listens to', SHADOW3, async () => {
  const { pdus, messages } = await heardBy([], ({ pdus: so }) => so.length > 1);
  assert.is(pdus[1]?.kind, 'createRequest');
  assert.equal(messages, []);
});

s.run();
