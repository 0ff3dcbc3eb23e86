import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as client from '../../../protocols/rdpedyc/client.ts';
import {
  CHANNELS_MAX,
  FRAGMENTS_MAX,
  MESSAGE_MAX,
  PDU_MAX,
} from '../../../protocols/rdpedyc/constants.ts';
import { type Pdu, pdu, readPdu } from '../../../protocols/rdpedyc/messages.ts';
import * as server from '../../../protocols/rdpedyc/server.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { type Playbook, playbook } from '../../playbook.ts';

const s = suite('machines of MS-RDPEDYC');

const ENV = () => ({ now: 0, random: (size: number) => new Uint8Array(size) });
const CONFIG: client.ClientConfig = { listeners: ['ECHO'] };

type Sent = { readonly kind: 'send'; readonly message: Uint8Array; readonly name: string };

function hostBook(): Playbook<server.State, server.Event, server.Effect> {
  return playbook((state, event) => server.step(state, event), server.INITIAL, ENV);
}

function clientBook(): Playbook<client.State, client.Event, client.Effect> {
  return playbook((state, event) => client.step(CONFIG, state, event), client.INITIAL, ENV);
}

function received(value: Parameters<typeof pdu>[0]) {
  return { kind: 'received', message: pdu(value) } as const;
}

/** A host with an open channel 1. */
function openHost(): ReturnType<typeof hostBook> {
  return hostBook()
    .on({ kind: 'opened' })
    .on(received({ kind: 'capabilitiesResponse', version: 2 }))
    .on({ kind: 'creates', channelName: 'ECHO' })
    .on(received({ kind: 'createResponse', channelId: 1, creationStatus: 0 }));
}

function openClient(): ReturnType<typeof clientBook> {
  return clientBook()
    .on(received({ kind: 'capabilitiesRequest', version: 1 }))
    .on(received({ kind: 'createRequest', channelId: 3, priority: 0, channelName: 'ECHO' }));
}

s('a host greets, opens what was wanted, and hears', () => {
  hostBook()
    .on({ kind: 'creates', channelName: 'ECHO' })
    .emits({ kind: 'rejected', state: 'idle' })
    .on({ kind: 'opened' })
    .emits({
      kind: 'send',
      name: 'DYNVC_CAPS_VERSION2',
      message: hex`50 00 02 00 a8 03 cc 0c 92 24 55 55`,
    })
    .ends('expectCapabilities')
    .on({ kind: 'creates', channelName: 'ECHO' })
    .emits()
    .on(received({ kind: 'capabilitiesResponse', version: 3 }))
    .emits({ kind: 'send', name: 'DYNVC_CREATE_REQ', message: hex`10 01 45 43 48 4f 00` })
    .ends('ready')
    .check((_, state) => assert.is(state.name === 'ready' && state.version, 2))
    .on({ kind: 'writes', channelId: 1, message: hex`01`, name: 'Ping' })
    .emits({ kind: 'refused', reason: 'there is no channel 1' })
    .on(received({ kind: 'createResponse', channelId: 1, creationStatus: 0 }))
    .emits({ kind: 'created', channelId: 1, channelName: 'ECHO' })
    .on({ kind: 'writes', channelId: 1, message: hex`01 02`, name: 'Ping' })
    .emits({ kind: 'send', name: 'Ping', message: hex`30 01 01 02` })
    .on(received({ kind: 'data', channelId: 1, data: hex`03` }))
    .emits({ kind: 'data', channelId: 1, channelName: 'ECHO', message: hex`03` })
    .on({ kind: 'closes', channelId: 1 })
    .emits({ kind: 'send', message: hex`40 01` }, { kind: 'closed', channelName: 'ECHO' })
    .on(received({ kind: 'close', channelId: 1 }))
    .emits({ kind: 'refused', reason: 'there is no channel 1' });
});

s('a host hears that nobody listens', () => {
  hostBook()
    .on({ kind: 'opened' })
    .on(received({ kind: 'capabilitiesResponse', version: 1 }))
    .on({ kind: 'creates', channelName: 'NOBODY' })
    .on(received({ kind: 'createResponse', channelId: 1, creationStatus: 0xc0000001 }))
    .emits({ kind: 'notCreated', channelName: 'NOBODY', creationStatus: 0xc0000001 })
    .on({ kind: 'creates', channelName: 'ECHO' })
    .emits({ kind: 'send', message: hex`10 02 45 43 48 4f 00` });
});

s('a client opens what is listened to, answers others, and closes', () => {
  clientBook()
    .on(received({ kind: 'createRequest', channelId: 3, priority: 0, channelName: 'ECHO' }))
    .emits({ kind: 'refused', reason: 'createRequest in expectCapabilities' })
    .on(received({ kind: 'prioritiesRequest', version: 3, priorityCharges: [0, 0, 0, 0] }))
    .emits({ kind: 'send', name: 'DYNVC_CAPS_RSP', message: hex`50 00 02 00` })
    .on(received({ kind: 'createRequest', channelId: 3, priority: 0, channelName: 'OTHER' }))
    .emits({ kind: 'send', name: 'DYNVC_CREATE_RSP', message: hex`10 03 01 00 00 c0` })
    .on(received({ kind: 'createRequest', channelId: 3, priority: 0, channelName: 'ECHO' }))
    .emits(
      { kind: 'send', message: hex`10 03 00 00 00 00` },
      { kind: 'created', channelId: 3, channelName: 'ECHO' },
    )
    .on(received({ kind: 'createRequest', channelId: 3, priority: 0, channelName: 'ECHO' }))
    .emits({ kind: 'refused', reason: 'channel 3 is there already' })
    .on(received({ kind: 'data', channelId: 3, data: hex`05` }))
    .emits({ kind: 'data', channelName: 'ECHO', message: hex`05` })
    .on(received({ kind: 'close', channelId: 3 }))
    .emits({ kind: 'send', message: hex`40 03` }, { kind: 'closed', channelId: 3 })
    .on({ kind: 'writes', channelId: 3, message: hex`05`, name: 'Pong' })
    .emits({ kind: 'refused', reason: 'there is no channel 3' });
  openClient()
    .on({ kind: 'closes', channelId: 3 })
    .emits({ kind: 'send', message: hex`40 03` }, { kind: 'closed', channelId: 3 })
    .on({ kind: 'closes', channelId: 3 })
    .emits({ kind: 'refused', reason: 'there is no channel 3' });
});

s('messages are the same after being cut', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.nat(20), fc.integer({ min: 1580, max: 1600 }), fc.nat(9000)),
      (length) => {
        const message = Uint8Array.from({ length }, (_, at) => at & 0xff);
        const writes = { kind: 'writes', channelId: 1, message, name: 'Echo' } as const;
        const { effects } = server.step(openHost().state, writes);
        const sent = effects as readonly Sent[];
        assert.is(sent.at(-1)?.name, 'Echo');
        let state = openClient().state;
        const heard: client.Effect[] = [];
        for (const one of sent) {
          assert.ok(one.message.length <= PDU_MAX, `a PDU of ${one.message.length} octets`);
          const read = readPdu(one.message, 'server') as { readonly value: Pdu };
          const value = { ...read.value, channelId: 3 } as Parameters<typeof pdu>[0];
          const next = client.step(CONFIG, state, { kind: 'received', message: pdu(value) });
          state = next.state;
          heard.push(...next.effects);
        }
        assert.equal(heard, [{ kind: 'data', channelId: 3, channelName: 'ECHO', message }]);
      },
    ),
  );
});

s('a message that is longer than it said ends its channel, on both sides', () => {
  const first = { kind: 'dataFirst', length: 4, data: hex`01 02` } as const;
  const more = { kind: 'data', data: hex`03 04 05` } as const;
  const reason = '5 octets of a message of 4';
  openHost()
    .on(received({ ...first, channelId: 1 }))
    .emits()
    .on(received({ ...more, channelId: 1 }))
    .emits({ kind: 'refused', reason }, { kind: 'send', message: hex`40 01` }, { kind: 'closed' });
  openClient()
    .on(received({ ...first, channelId: 3 }))
    .on(received({ ...first, channelId: 3 }))
    .emits(
      { kind: 'refused', reason: 'a message begins after 2 octets of one of 4' },
      { kind: 'send', message: hex`40 03` },
      { kind: 'closed' },
    );
});

s('no number alone takes memory', () => {
  const length = MESSAGE_MAX + 1;
  openClient()
    .on(received({ kind: 'dataFirst', channelId: 3, length, data: hex`01` }))
    .emitsAmongOthers({
      kind: 'refused',
      reason: `a message of ${length} octets, at most ${MESSAGE_MAX}`,
    })
    .check((_, state) => assert.equal(state.name === 'ready' && state.channels, []));
  let { state } = openHost();
  const pieces = { kind: 'dataFirst', channelId: 1, length: MESSAGE_MAX, data: hex`` } as const;
  state = server.step(state, received(pieces)).state;
  let pdus = 1;
  while (state.name === 'ready' && state.channels.length > 0) {
    state = server.step(state, received({ kind: 'data', channelId: 1, data: hex`` })).state;
    pdus++;
  }
  assert.is(pdus, FRAGMENTS_MAX);
});

s('there are so many channels, and no more', () => {
  let { state } = openClient();
  const answers: number[] = [];
  for (let channelId = 100; channelId < 100 + CHANNELS_MAX; channelId++) {
    const request = { kind: 'createRequest', channelId, priority: 0, channelName: 'ECHO' } as const;
    const next = client.step(CONFIG, state, received(request));
    state = next.state;
    const [answer] = next.effects as readonly Sent[];
    answers.push(answer?.message.at(-1) ?? -1);
  }
  assert.equal(answers, [...new Array(CHANNELS_MAX - 1).fill(0), 0xc0]);
});

s('octets of any kind leave both machines standing', () => {
  const host = openHost().state;
  const device = openClient().state;
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 24 }), { maxLength: 8 }), (messages) => {
      let atHost: server.State = host;
      let atClient: client.State = device;
      for (const message of messages) {
        atHost = server.step(atHost, { kind: 'received', message }).state;
        atClient = client.step(CONFIG, atClient, { kind: 'received', message }).state;
      }
      assert.ok(atHost.name === 'ready' && atHost.channels.length <= CHANNELS_MAX);
      assert.ok(atClient.name === 'ready' && atClient.channels.length <= CHANNELS_MAX);
    }),
    { numRuns: 500 },
  );
});

s.run();
