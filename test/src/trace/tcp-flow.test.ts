import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, view } from '../../../src/bytes/bytes.ts';
import { type TcpFlow, tcpFlow } from '../../../src/trace/tcp-flow.ts';

const s = suite('tcp flow');

function flow(): TcpFlow {
  return tcpFlow({ address: hex`0a000001`, port: 50000 }, { address: hex`0a000002`, port: 88 });
}

/** `seq ack flags length` of each segment. */
function shown(packets: readonly Uint8Array[]): string[] {
  return packets.map((packet) => {
    const fields = view(packet);
    const flags = (packet[33] as number).toString(16);
    return `${fields.getUint32(24)} ${fields.getUint32(28)} ${flags} ${packet.length - 40}`;
  });
}

s('messages are cut at 1460 octets, the last segment is pushed', () => {
  const tcp = flow();
  tcp.syn();
  tcp.accept();
  tcp.establish();
  const sent = tcp.send('client', new Uint8Array(2920));
  assert.equal(shown(sent), ['1 1 10 1460', '1461 1 18 1460']);
  tcp.deliver('server');
  assert.equal(shown(tcp.send('server', new Uint8Array(1))), ['1 2921 18 1']);
});

s('several messages on their way are delivered one by one', () => {
  const tcp = flow();
  tcp.syn();
  tcp.accept();
  tcp.establish();
  tcp.send('client', new Uint8Array(10));
  tcp.send('client', new Uint8Array(20));
  tcp.deliver('server');
  assert.equal(shown(tcp.send('server', new Uint8Array(1))), ['1 11 18 1']);
  tcp.deliver('server');
  assert.equal(shown(tcp.send('server', new Uint8Array(1))), ['2 31 18 1']);
});

s('each end finishes once, and the end is acknowledged', () => {
  const tcp = flow();
  tcp.syn();
  tcp.accept();
  tcp.establish();
  assert.equal(shown(tcp.finish('server')), ['1 1 11 0']);
  assert.equal(shown(tcp.finish('server')), []);
  assert.equal(shown(tcp.send('server', new Uint8Array(5))), []);
  assert.equal(shown(tcp.end('client')), ['1 2 11 0', '2 2 10 0']);
  assert.equal(shown(tcp.end('server')), []);
});

s('an end that nobody began is begun by the other side', () => {
  const tcp = flow();
  tcp.syn();
  tcp.accept();
  tcp.establish();
  assert.equal(shown(tcp.end('server')), ['1 1 11 0', '1 2 11 0', '2 2 10 0']);
});

s.run();
