import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromUtf8, utf8, view } from '../../../src/bytes/bytes.ts';
import { captureOf } from '../../../src/trace/capture.ts';
import type { TraceRecord, Wire } from '../../../src/trace/record.ts';
import { linkOf } from '../../../src/trace/wire.ts';
import { certified } from './certified.ts';
import { counted, START } from './toy.ts';

const s = suite('capture');

interface Line {
  readonly at: number;
  readonly actor: string;
  readonly event: Wire;
  readonly effects?: readonly Wire[];
  readonly cause?: number;
}

const octets = new Map<string, Uint8Array>();

function kept(text: string): string {
  const bytes = utf8(text);
  octets.set(linkOf(bytes), bytes);
  return linkOf(bytes);
}

function shown(
  lines: readonly Line[],
  addresses?: Record<string, string>,
  tls?: { readonly seed: number },
) {
  const records = lines.map(
    (line, seq): TraceRecord => ({
      v: 1,
      seq,
      machine: 'm',
      from: 's',
      to: 's',
      effects: [],
      ...line,
    }),
  );
  const { packets, names, keyLog } = captureOf({
    ...(tls === undefined ? {} : { tls }),
    records,
    octets: (link) => octets.get(link),
    start: START,
    ...(addresses === undefined ? {} : { addresses }),
    framings: new Map([['counted', counted]]),
  });
  return {
    names,
    keyLog,
    packets: Array.from(packets, printed),
    comments: Array.from(packets, (p) => p.comment),
  };
}

const FLAGS = ['F', 'S', 'R', 'P', 'A'];

/** `2 10.88.0.1:50000 > 10.88.0.2:88 SA 0 1 hello`: milliseconds, ends, flags, seq, ack, payload. */
function printed({
  at,
  octets: packet,
}: {
  readonly at: number;
  readonly octets: Uint8Array;
}): string {
  const fields = view(packet);
  const address = (from: number): string => Array.from(packet.subarray(from, from + 4)).join('.');
  const isTcp = packet[9] === 6;
  const payload = packet.subarray(isTcp ? 40 : 28);
  const flags = FLAGS.filter((_, i) => ((packet[33] as number) >> i) & 1).join('');
  const tcp = isTcp ? ` ${flags} ${fields.getUint32(24)} ${fields.getUint32(28)}` : '';
  const text = payload.length > 40 ? `${payload.length} octets` : fromUtf8(payload);
  const ends = `${address(12)}:${fields.getUint16(20)} > ${address(16)}:${fields.getUint16(22)}`;
  return `${at / 1000 - START} ${ends}${tcp}${text === '' ? '' : ` ${text}`}`;
}

const addresses = { ann: '10.0.0.1', bob: '10.0.0.2' };

function datagram(text: string): Wire {
  return {
    kind: 'send',
    transport: 'udp',
    to: 'bob',
    toPort: 88,
    port: 50000,
    message: 'ASK',
    bytes: kept(text),
  };
}

s('datagrams leave their sender once; what was lost says why', () => {
  const { packets, comments, names } = shown(
    [
      {
        at: 1,
        actor: 'ann',
        event: { kind: 'started' },
        effects: [datagram('one'), datagram('two')],
      },
      {
        at: 1,
        actor: 'net',
        event: {
          kind: 'lost',
          from: 'ann',
          to: 'bob',
          bytes: kept('two'),
          reason: 'lost on its way',
        },
        cause: 0,
      },
      {
        at: 3,
        actor: 'bob',
        event: {
          kind: 'received',
          transport: 'udp',
          from: 'ann',
          fromPort: 50000,
          port: 88,
          message: 'ASK',
          bytes: kept('one'),
        },
        cause: 0,
      },
    ],
    addresses,
  );
  assert.equal(packets, [
    '1 10.0.0.1:50000 > 10.0.0.2:88 one',
    '1 10.0.0.1:50000 > 10.0.0.2:88 two',
  ]);
  assert.equal(comments, [
    'record 0: ann → bob: ASK',
    'record 0: ann → bob: ASK (lost on its way)',
  ]);
  assert.equal(
    names.map(({ name }) => name),
    ['ann', 'bob'],
  );
});

s('what comes from outside is shown when it arrives', () => {
  const event = {
    kind: 'received',
    transport: 'udp',
    from: '127.0.0.1',
    fromPort: 4444,
    port: 88,
    bytes: kept('in'),
  };
  const effects = [
    { kind: 'send', transport: 'udp', to: '127.0.0.1', toPort: 4444, port: 88, bytes: kept('out') },
  ];
  assert.equal(shown([{ at: 7, actor: 'bob', event, effects }], addresses).packets, [
    '7 127.0.0.1:4444 > 10.0.0.2:88 in',
    '7 10.0.0.2:88 > 127.0.0.1:4444 out',
  ]);
});

const connect: Wire = {
  kind: 'connect',
  connection: 'c1',
  to: 'bob',
  port: 88,
  framing: 'counted',
};
const listen: Wire = { kind: 'listen', transport: 'tcp', port: 88, framing: 'counted' };
const accepted: Wire = {
  kind: 'accepted',
  connection: 's9',
  from: 'ann',
  fromPort: 50001,
  port: 88,
};

function say(connection: string, text: string): Wire {
  return { kind: 'send', transport: 'tcp', connection, message: 'WORD', bytes: kept(text) };
}

function heard(connection: string, from: string, text: string): Wire {
  return {
    kind: 'received',
    transport: 'tcp',
    from,
    fromPort: 1,
    port: 88,
    connection,
    bytes: kept(text),
  };
}

s('a whole connection: handshake, framed messages, acknowledgements, both ends finish', () => {
  const long = 'x'.repeat(3000);
  const { packets } = shown(
    [
      { at: 0, actor: 'bob', event: { kind: 'started' }, effects: [listen] },
      { at: 1, actor: 'ann', event: { kind: 'started' }, effects: [connect] },
      { at: 2, actor: 'bob', event: accepted, cause: 1 },
      {
        at: 3,
        actor: 'ann',
        event: { kind: 'connected', connection: 'c1' },
        effects: [say('c1', 'hi')],
      },
      { at: 4, actor: 'bob', event: heard('s9', 'ann', 'hi'), effects: [say('s9', long)] },
      {
        at: 5,
        actor: 'ann',
        event: heard('c1', 'bob', long),
        effects: [{ kind: 'close', connection: 'c1' }],
      },
      { at: 6, actor: 'bob', event: { kind: 'closed', connection: 's9', reason: 'closed' } },
      { at: 7, actor: 'ann', event: { kind: 'closed', connection: 'c1', reason: 'closed' } },
    ],
    addresses,
  );
  assert.equal(packets, [
    '1 10.0.0.1:50001 > 10.0.0.2:88 S 0 0',
    '2 10.0.0.2:88 > 10.0.0.1:50001 SA 0 1',
    '3 10.0.0.1:50001 > 10.0.0.2:88 A 1 1',
    '3 10.0.0.1:50001 > 10.0.0.2:88 PA 1 1 \0\0\0\x02hi',
    '4 10.0.0.2:88 > 10.0.0.1:50001 A 1 7 1460 octets',
    '4 10.0.0.2:88 > 10.0.0.1:50001 A 1461 7 1460 octets',
    '4 10.0.0.2:88 > 10.0.0.1:50001 PA 2921 7 84 octets',
    '5 10.0.0.1:50001 > 10.0.0.2:88 FA 7 3005',
    '6 10.0.0.2:88 > 10.0.0.1:50001 FA 3005 8',
    '6 10.0.0.1:50001 > 10.0.0.2:88 A 8 3006',
  ]);
});

s('the client hears first that the connection stands: one handshake all the same', () => {
  const { packets } = shown(
    [
      { at: 0, actor: 'ann', event: { kind: 'started' }, effects: [connect] },
      { at: 4, actor: 'ann', event: { kind: 'connected', connection: 'c1' }, cause: 0 },
      { at: 6, actor: 'bob', event: accepted, cause: 0, effects: [say('s9', 'a')] },
    ],
    addresses,
  );
  assert.equal(packets, [
    '0 10.0.0.1:50001 > 10.0.0.2:88 S 0 0',
    '4 10.0.0.2:88 > 10.0.0.1:50001 SA 0 1',
    '4 10.0.0.1:50001 > 10.0.0.2:88 A 1 1',
    '6 10.0.0.2:88 > 10.0.0.1:50001 PA 1 1 a',
  ]);
});

s('what an actor says after it has closed is not shown', () => {
  const close = { kind: 'close', connection: 'c1' };
  const { packets } = shown(
    [
      { at: 0, actor: 'ann', event: { kind: 'started' }, effects: [connect] },
      {
        at: 4,
        actor: 'ann',
        event: { kind: 'connected', connection: 'c1' },
        effects: [close, say('c1', 'a')],
      },
    ],
    addresses,
  );
  assert.is(packets.length, 4);
  assert.match(packets[3] as string, ' FA ');
});

s('messages that cross are acknowledged when they have arrived, not before', () => {
  const { packets } = shown(
    [
      { at: 0, actor: 'bob', event: { kind: 'started' }, effects: [listen] },
      { at: 1, actor: 'ann', event: { kind: 'started' }, effects: [connect] },
      { at: 2, actor: 'bob', event: accepted, cause: 1, effects: [say('s9', 'a')] },
      {
        at: 3,
        actor: 'ann',
        event: { kind: 'connected', connection: 'c1' },
        effects: [say('c1', 'b')],
      },
      { at: 4, actor: 'ann', event: heard('c1', 'bob', 'a'), effects: [say('c1', 'c')] },
    ],
    addresses,
  );
  assert.equal(packets.slice(2), [
    '2 10.0.0.2:88 > 10.0.0.1:50001 PA 1 1 \0\0\0\x01a',
    '3 10.0.0.1:50001 > 10.0.0.2:88 A 1 1',
    '3 10.0.0.1:50001 > 10.0.0.2:88 PA 1 1 \0\0\0\x01b',
    '4 10.0.0.1:50001 > 10.0.0.2:88 PA 6 6 \0\0\0\x01c',
  ]);
});

s(
  'refused: SYN and RST; unreachable: SYN and silence; the next connection keeps its own port',
  () => {
    const { packets } = shown(
      [
        { at: 1, actor: 'ann', event: { kind: 'started' }, effects: [connect] },
        {
          at: 2,
          actor: 'ann',
          event: { kind: 'closed', connection: 'c1', reason: 'refused' },
          cause: 0,
          effects: [{ ...connect, connection: 'c2' }],
        },
        {
          at: 3,
          actor: 'ann',
          event: { kind: 'closed', connection: 'c2', reason: 'unreachable' },
          cause: 1,
          effects: [{ ...connect, connection: 'c3' }],
        },
        { at: 4, actor: 'bob', event: accepted, cause: 2 },
      ],
      addresses,
    );
    assert.equal(packets, [
      '1 10.0.0.1:50002 > 10.0.0.2:88 S 0 0',
      '2 10.0.0.2:88 > 10.0.0.1:50002 RA 0 1',
      '2 10.0.0.1:50003 > 10.0.0.2:88 S 0 0',
      '3 10.0.0.1:50001 > 10.0.0.2:88 S 0 0',
      '4 10.0.0.2:88 > 10.0.0.1:50001 SA 0 1',
    ]);
  },
);

s('a client from outside, and a server outside', () => {
  const outside = { ...accepted, from: '127.0.0.1', fromPort: 4000 };
  const inward = shown(
    [
      { at: 0, actor: 'bob', event: { kind: 'started' }, effects: [listen] },
      { at: 1, actor: 'bob', event: outside },
      { at: 2, actor: 'bob', event: heard('s9', '127.0.0.1', 'q'), effects: [say('s9', 'r')] },
      { at: 3, actor: 'bob', event: { kind: 'closed', connection: 's9', reason: 'closed' } },
    ],
    addresses,
  ).packets;
  assert.equal(inward, [
    '1 127.0.0.1:4000 > 10.0.0.2:88 S 0 0',
    '1 10.0.0.2:88 > 127.0.0.1:4000 SA 0 1',
    '1 127.0.0.1:4000 > 10.0.0.2:88 A 1 1',
    '2 127.0.0.1:4000 > 10.0.0.2:88 PA 1 1 \0\0\0\x01q',
    '2 10.0.0.2:88 > 127.0.0.1:4000 PA 1 6 \0\0\0\x01r',
    '3 127.0.0.1:4000 > 10.0.0.2:88 FA 6 6',
    '3 10.0.0.2:88 > 127.0.0.1:4000 FA 6 7',
    '3 127.0.0.1:4000 > 10.0.0.2:88 A 7 7',
  ]);
  const outward = shown(
    [
      {
        at: 1,
        actor: 'ann',
        event: { kind: 'started' },
        effects: [{ ...connect, to: '127.0.0.1' }],
      },
      {
        at: 2,
        actor: 'ann',
        event: { kind: 'connected', connection: 'c1' },
        effects: [say('c1', 'q')],
      },
      {
        at: 3,
        actor: 'ann',
        event: heard('c1', '127.0.0.1', 'r'),
        effects: [{ kind: 'close', connection: 'c1' }],
      },
    ],
    addresses,
  ).packets;
  assert.equal(outward, [
    '1 10.0.0.1:49152 > 127.0.0.1:88 S 0 0',
    '2 127.0.0.1:88 > 10.0.0.1:49152 SA 0 1',
    '2 10.0.0.1:49152 > 127.0.0.1:88 A 1 1',
    '2 10.0.0.1:49152 > 127.0.0.1:88 PA 1 1 \0\0\0\x01q',
    '3 127.0.0.1:88 > 10.0.0.1:49152 PA 1 6 \0\0\0\x01r',
    '3 10.0.0.1:49152 > 127.0.0.1:88 FA 6 6',
  ]);
});

s('actors without an address get one', () => {
  const { packets } = shown([
    { at: 0, actor: 'ann', event: { kind: 'started' }, effects: [datagram('x')] },
  ]);
  assert.equal(packets, ['0 10.88.0.1:50000 > 10.88.0.2:88 x']);
});

/** A server that turns to TLS behind its first word, and a long word behind that. */
function securedLines(): readonly Line[] {
  const { der } = certified('ec');
  const certificate = linkOf(der);
  octets.set(certificate, der);
  const ask = { kind: 'secure', connection: 's9', key: 'own', certificate };
  return [
    { at: 0, actor: 'bob', event: { kind: 'started' }, effects: [listen] },
    { at: 1, actor: 'ann', event: { kind: 'started' }, effects: [connect] },
    { at: 2, actor: 'bob', event: accepted, cause: 1, effects: [say('s9', 'turn'), ask] },
    { at: 3, actor: 'ann', event: { kind: 'connected', connection: 'c1' } },
    { at: 4, actor: 'ann', event: heard('c1', 'bob', 'turn') },
    { at: 5, actor: 'ann', event: { kind: 'secured', connection: 'c1', certificate } },
    { at: 6, actor: 'bob', event: { kind: 'secured', connection: 's9' } },
    {
      at: 7,
      actor: 'bob',
      event: { kind: 'expired', timer: 't' },
      effects: [say('s9', 'y'.repeat(3000)), { kind: 'close', connection: 's9' }],
    },
  ];
}

s('what TLS would carry is shown in clear, each message whole', () => {
  const { packets, keyLog } = shown(securedLines(), addresses);
  assert.is(keyLog, undefined);
  assert.match(packets.find((line) => line.startsWith('7 ')) ?? '', / 3004 octets$/);
});

s('as TLS: a handshake where it was agreed on, records, and their secrets', () => {
  const lines = securedLines();
  const { packets, keyLog, comments } = shown(lines, addresses, { seed: 1 });
  assert.match(keyLog ?? '', /^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n$/);
  const handshake = comments.filter((comment) => comment === 'record 5: bob and ann agree on TLS');
  assert.is(handshake.length, 4, 'once, though both sides hear of it');
  const sent = packets.filter((line) => line.startsWith('7 '));
  // 3000 octets with their framing in a record, in segments as long as Ethernet's; close_notify; FIN.
  assert.is(sent.length, 5);
  assert.equal(shown(lines, addresses, { seed: 1 }).packets, packets);
  assert.is.not(shown(lines, addresses, { seed: 2 }).keyLog, keyLog);
});

s.run();
