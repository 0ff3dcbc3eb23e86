import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, utf8 } from '../../../src/bytes/bytes.ts';
import type { ActorEvent } from '../../../src/machine/actor.ts';
import { RunError } from '../../../src/trace/run-error.ts';
import { eventOf, isLink, linkOf, type Recordable, wireOf } from '../../../src/trace/wire.ts';

const s = suite('trace wire');

s('a link is the first 16 digits of the SHA-256 (FIPS 180-4, "abc")', () => {
  assert.is(linkOf(utf8('abc')), 'ba7816bf8f01cfea');
  assert.ok(isLink('ba7816bf8f01cfea'));
  assert.not.ok(isLink('ba7816bf8f01cfe'));
  assert.not.ok(isLink('../../etc/passwd'));
});

s('writes fields in one order, whatever order they were built in', () => {
  const one = wireOf(
    {
      kind: 'send',
      transport: 'udp',
      to: 'b',
      toPort: 88,
      port: 4,
      message: 'AS-REQ',
      bytes: hex`6a`,
    } as Recordable,
    linkOf,
  );
  const other = wireOf(
    {
      bytes: hex`6a`,
      message: 'AS-REQ',
      port: 4,
      toPort: 88,
      to: 'b',
      transport: 'udp',
      kind: 'send',
    } as Recordable,
    linkOf,
  );
  const rest = '"transport":"udp","to":"b","toPort":88,"port":4,"message":"AS-REQ"';
  assert.is(JSON.stringify(one), `{"kind":"send",${rest},"bytes":"${linkOf(hex`6a`)}"}`);
  assert.is(JSON.stringify(other), JSON.stringify(one));
});

s('orders nested values too', () => {
  const args = { zeta: [{ b: 1, a: 2 }], alpha: null };
  const wire = wireOf({ kind: 'commanded', verb: 'go', args } as Recordable, linkOf);
  assert.is(
    JSON.stringify(wire),
    '{"kind":"commanded","verb":"go","args":{"alpha":null,"zeta":[{"a":2,"b":1}]}}',
  );
});

s('events come back as they were: octets by link, secrets by place', () => {
  const event: ActorEvent = {
    kind: 'told',
    from: 'alice',
    what: 'password',
    args: {
      password: { secret: 'Passw0rd!', from: 'script[0].value' },
      blob: hex`0102`,
      nested: { list: [1, 'two', { three: true }] },
    },
  };
  const kept = new Map<string, Uint8Array>();
  const wire = wireOf(event, (bytes) => {
    kept.set(linkOf(bytes), bytes);
    return linkOf(bytes);
  });
  const line = JSON.stringify(wire);
  assert.not.match(line, 'Passw0rd!');
  const back = eventOf(JSON.parse(line), {
    octets: (link) => kept.get(link),
    secret: (place) => (place === 'script[0].value' ? 'Passw0rd!' : undefined),
  });
  assert.equal(back, event);
});

s(
  'results of private-key operations come back as they were, one that did not decrypt included',
  () => {
    const kept = new Map<string, Uint8Array>();
    const keep = (bytes: Uint8Array): string => {
      kept.set(linkOf(bytes), bytes);
      return linkOf(bytes);
    };
    const events: readonly ActorEvent[] = [
      { kind: 'signed', id: '1', signature: hex`01` },
      { kind: 'decrypted', id: '2', data: hex`02` },
      { kind: 'decrypted', id: '3' },
      { kind: 'generated', id: '4', publicKey: hex`3059` },
    ];
    for (const event of events) {
      const line = JSON.stringify(wireOf(event, keep));
      const from = { octets: (link: string) => kept.get(link), secret: () => undefined };
      assert.equal(eventOf(JSON.parse(line), from), event);
    }
  },
);

s('what private keys are asked for is written with key and gesture', () => {
  const sign = {
    kind: 'sign',
    id: '1',
    key: 'k',
    algorithm: 'RS256',
    data: hex`01`,
    gesture: 'PIN',
  };
  assert.equal(wireOf(sign, linkOf), { ...sign, data: linkOf(hex`01`) });
  const destroy = { kind: 'destroy', key: 'k' };
  assert.equal(wireOf(destroy, linkOf), destroy);
});

s('says which octets or secret are missing', () => {
  const wire = { kind: 'received', bytes: '0123456789abcdef' };
  const nothing = { octets: () => undefined, secret: () => undefined };
  const missing = (error: Error): boolean =>
    error instanceof RunError && /bytes: no octets for link 0123456789abcdef/.test(error.message);
  assert.throws(() => eventOf(wire, nothing), missing);
  const secret = {
    kind: 'commanded',
    verb: 'v',
    args: { value: { secretFrom: 'script[4].value' } },
  };
  assert.throws(() => eventOf(secret, nothing), /value: no secret at script\[4\]\.value/);
});

s("octets below the top level are the writer's mistake", () => {
  const deep = { kind: 'commanded', verb: 'v', args: { a: { b: hex`00` } } };
  assert.throws(() => wireOf(deep, linkOf), /a\.b holds octets/);
  assert.throws(
    () => wireOf({ kind: 'x', ticket: hex`00` } as Recordable, linkOf),
    /x\.ticket holds octets/,
  );
});

s.run();
