import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as client from '../../../protocols/rdpefs/client.ts';
import { packet, readPacket } from '../../../protocols/rdpefs/packets.ts';
import * as server from '../../../protocols/rdpefs/server.ts';
import { hex } from '../../../src/bytes/bytes.ts';

const s = suite('server');

const LAPTOP: client.ClientConfig = { computerName: 'LAPTOP', deviceId: 1, clientId: 7 };

/** Both sides, until nothing is left to say. */
function greet(): {
  readonly host: server.State;
  readonly laptop: client.State;
  readonly hostEffects: readonly server.Effect[];
} {
  let host: server.State = server.INITIAL;
  let laptop: client.State = client.INITIAL;
  const hostEffects: server.Effect[] = [];
  const queue: (() => void)[] = [];
  const toHost = (event: server.Event): void => {
    const next = server.step(host, event);
    host = next.state;
    hostEffects.push(...next.effects);
    for (const effect of next.effects) {
      if (effect.kind === 'send') {
        queue.push(() => toLaptop({ kind: 'received', message: effect.message }));
      }
    }
  };
  const toLaptop = (event: client.Event): void => {
    const next = client.step(LAPTOP, laptop, event);
    laptop = next.state;
    for (const effect of next.effects) {
      if (effect.kind === 'send') {
        queue.push(() => toHost({ kind: 'received', message: effect.message }));
      }
    }
  };
  toHost({ kind: 'opened', clientId: 3 });
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
  return { host, laptop, hostEffects };
}

s('packets are those of the standard and of FreeRDP’s kind', () => {
  const announce = { VersionMajor: 1, VersionMinor: 13, ClientId: 3 };
  assert.equal(
    packet({ kind: 'serverAnnounce', ...announce }),
    hex`72 44 6e 49 01 00 0d 00 03 00 00 00`,
  );
  assert.equal(packet({ kind: 'userLoggedOn' }), hex`72 44 4c 55`);
  const card = { DeviceType: 0x20, DeviceId: 1, PreferredDosName: 'SCARD' };
  assert.equal(
    packet({ kind: 'deviceList', devices: [{ ...card, DeviceData: new Uint8Array(0) }] }),
    hex`72 44 41 44 01 00 00 00 20 00 00 00 01 00 00 00 53 43 41 52 44 00 00 00 00 00 00 00`,
  );
  const input = hex`01 10 08 00 cc cc cc cc 08 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00`;
  const request = {
    kind: 'controlRequest',
    DeviceId: 1,
    FileId: 0,
    CompletionId: 0,
    MajorFunction: 14,
    MinorFunction: 0,
    OutputBufferLength: 2048,
    IoControlCode: 0x00090014,
    InputBuffer: input,
  } as const;
  const octets = packet(request);
  assert.is(octets.length, 80);
  assert.equal(
    octets.subarray(0, 36),
    hex`72 44 52 49 01 00 00 00 00 00 00 00 00 00 00 00 0e 00 00 00 00 00 00 00 00 08 00 00 18 00 00 00 14 00 09 00`,
  );
  assert.equal(readPacket(octets), { ok: true, value: request });
});

s('capabilities of MS-RDPEFS 4.8 are read', () => {
  const read = readPacket(
    hex`72 44 50 53 05 00 00 00
        01 00 2c 00 02 00 00 00 02 00 00 00 00 00 00 00 01 00 0c 00 ff ff 00 00 00 00 00 00 07 00 00 00 00 00 00 00 00 00 00 00 02 00 00 00
        02 00 08 00 01 00 00 00 03 00 08 00 01 00 00 00 04 00 08 00 02 00 00 00 05 00 08 00 01 00 00 00`,
  );
  assert.ok(read.ok);
  if (!read.ok || read.value.kind !== 'serverCapability') return assert.unreachable();
  assert.equal(
    read.value.capabilities.map(({ kind }) => kind),
    [
      'CAP_GENERAL_TYPE',
      'CAP_PRINTER_TYPE',
      'CAP_PORT_TYPE',
      'CAP_DRIVE_TYPE',
      'CAP_SMARTCARD_TYPE',
    ],
  );
});

s('a greeting ends with a smart card at the host', () => {
  const { host, laptop, hostEffects } = greet();
  assert.is(host.name, 'ready');
  assert.is(laptop.name, 'ready');
  assert.is((host as { readonly computerName?: string }).computerName, 'LAPTOP');
  assert.equal(
    hostEffects.filter(({ kind }) => kind === 'smartCard'),
    [{ kind: 'smartCard', deviceId: 1 }],
  );
});

s('a card that is announced once more is the same card; other devices are refused', () => {
  const device = (DeviceType: number, DeviceId: number) => ({
    DeviceType,
    DeviceId,
    PreferredDosName: 'SCARD',
    DeviceData: new Uint8Array(0),
  });
  const devices = [device(0x20, 1), device(0x08, 2)];
  const again = server.step(greet().host, {
    kind: 'received',
    message: packet({ kind: 'deviceList', devices }),
  });
  const replies = again.effects.map((effect) => {
    assert.is(effect.kind, 'send', JSON.stringify(effect));
    return effect.kind === 'send' ? readPacket(effect.message) : undefined;
  });
  assert.equal(replies, [
    { ok: true, value: { kind: 'deviceReply', deviceId: 1, resultCode: 0 } },
    { ok: true, value: { kind: 'deviceReply', deviceId: 2, resultCode: 0xc00000bb } },
  ]);
});

s('a request comes to the card, and its completion back; each number once', () => {
  const { host, laptop } = greet();
  const asks = {
    kind: 'asks',
    deviceId: 1,
    ioControlCode: 0x00090014,
    input: hex`0102`,
    outputLength: 2048,
    name: 'EstablishContext_Call',
  } as const;
  const first = server.step(host, asks);
  const second = server.step(first.state, asks);
  assert.equal(second.effects[0], { kind: 'asked', completionId: 1 });
  const [, sent] = first.effects as readonly [
    server.Effect,
    { readonly message: Uint8Array; readonly name: string },
  ];
  assert.is(sent.name, 'EstablishContext_Call');
  const heard = client.step(LAPTOP, laptop, { kind: 'received', message: sent.message });
  assert.equal(heard.effects, [
    {
      kind: 'control',
      completionId: 0,
      ioControlCode: 0x00090014,
      input: hex`0102`,
      outputLength: 2048,
    },
  ]);
  const name = 'EstablishContext_Return';
  const done = {
    kind: 'completes',
    completionId: 0,
    ioStatus: 0,
    output: hex`0304`,
    name,
  } as const;
  const [answer] = client.step(LAPTOP, laptop, done).effects;
  const { message, name: named } = answer as Extract<client.Effect, { readonly kind: 'send' }>;
  assert.is(named, name);
  const completed = server.step(second.state, { kind: 'received', message });
  assert.equal(completed.effects, [
    { kind: 'completed', completionId: 0, ioStatus: 0, output: hex`0304` },
  ]);
  const again = server.step(completed.state, { kind: 'received', message });
  assert.is(again.effects[0]?.kind, 'refused');
  const third = server.step(completed.state, asks);
  assert.equal(third.effects[0], { kind: 'asked', completionId: 0 });
});

s('a host that greets anew starts over, and a card that goes is gone', () => {
  const { host, laptop } = greet();
  const announce = { VersionMajor: 1, VersionMinor: 13, ClientId: 2 };
  const message = packet({ kind: 'serverAnnounce', ...announce });
  const anew = client.step(LAPTOP, laptop, { kind: 'received', message });
  assert.is(anew.state.name, 'expectCapability');
  assert.is(anew.effects[0]?.kind, 'restarted');
  const [removal] = client.step(LAPTOP, laptop, { kind: 'removes' }).effects;
  const gone = server.step(host, {
    kind: 'received',
    message: (removal as { readonly message: Uint8Array }).message,
  });
  assert.equal(gone.effects, [{ kind: 'removed', deviceId: 1 }]);
});

s('no message makes either side throw', () => {
  const { host, laptop } = greet();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), fc.nat(10), (junk, at) => {
      const ids = [0x496e, 0x4343, 0x434e, 0x4441, 0x6472, 0x4952, 0x4943, 0x5350, 0x4350, 0x444d];
      const id = ids[at % ids.length] as number;
      const message = Uint8Array.of(0x72, 0x44, id & 0xff, id >> 8, ...junk);
      assert.ok(server.step(host, { kind: 'received', message }).state.name);
      assert.ok(client.step(LAPTOP, laptop, { kind: 'received', message }).state.name);
      server.step(host, { kind: 'received', message: junk });
    }),
  );
});

s.run();
