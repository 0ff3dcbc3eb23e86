import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as client from '../../../protocols/rdpesc/client.ts';
import * as host from '../../../protocols/rdpesc/host.ts';
import type { Effect, Event, HostConfig, State } from '../../../protocols/rdpesc/host-state.ts';
import { NO_SERVICE } from '../../../protocols/rdpesc/reader-state.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { playbook } from '../../playbook.ts';

const s = suite('rdpesc/host');

const READER = 'Windows Hello for Business 1';
const OTHER = 'Microsoft Virtual Smart Card 0';
const ATR = hex`3B 8D 01 80 FB A0 00 00 03 97 42 54 46 59 04 01 CF`;
const env = { now: 0, random: (size: number) => new Uint8Array(size) };

/** A host and the service of a client, joined: every call is answered as soon as it can be. */
class Pair {
  readonly book;
  readonly calls: string[] = [];
  readonly told: Effect[] = [];
  #service: client.State = { ...NO_SERVICE, name: 'serving' };
  readonly #lines = new Map<number, 'calls' | 'watch'>();
  #count = 0;

  constructor(config: HostConfig, readers: readonly string[]) {
    this.book = playbook<State, Event, Effect, typeof env>(
      (state, event) => host.step(config, state, event),
      host.INITIAL,
      () => env,
    );
    for (const reader of readers) this.client({ kind: 'inserted', reader, atr: ATR });
  }

  client(event: client.Event): void {
    const next = client.step(this.#service, event);
    this.#service = next.state;
    for (const effect of next.effects) {
      if (effect.kind === 'transmit') {
        const { completionId, command } = effect;
        this.client({ kind: 'transmitted', completionId, response: Uint8Array.of(...command, 1) });
      } else if (effect.kind === 'completes') {
        const { completionId, ioStatus, output } = effect;
        const line = this.#lines.get(completionId) as 'calls' | 'watch';
        this.host({ kind: 'returned', line, ioStatus, output });
      }
    }
  }

  host(event: Event): void {
    this.book.on(event);
    for (const effect of this.book.effects) {
      if (effect.kind !== 'asks') {
        this.told.push(effect);
        continue;
      }
      const { line, call, ioControlCode, input, outputLength } = effect;
      this.calls.push(line === 'watch' ? `${call} (stays open)` : call);
      const completionId = this.#count++;
      this.#lines.set(completionId, line);
      this.client({ kind: 'asked', completionId, ioControlCode, input, outputLength });
    }
  }

  kinds(): readonly string[] {
    return this.told.map(({ kind }) => kind);
  }
}

s('the calls of a Windows host, in their order', () => {
  const pair = new Pair({ reader: READER }, [READER]);
  pair.host({ kind: 'begun' });
  assert.equal(pair.kinds(), ['connected']);
  pair.host({ kind: 'transmits', command: hex`00a40400` });
  const response = pair.told.at(-1);
  assert.equal(response, { kind: 'response', bytes: hex`00a4040001` });
  pair.host({ kind: 'releases' });
  assert.equal(pair.calls, [
    'AccessStartedEvent',
    'EstablishContext',
    'ListReadersW',
    'GetDeviceTypeId',
    'EstablishContext',
    'GetStatusChangeW',
    'GetStatusChangeW (stays open)',
    // How many readers there are is new to the host: the next one waits.
    'GetStatusChangeW (stays open)',
    'ConnectW',
    'BeginTransaction',
    'StatusW',
    'Transmit',
    'EndTransaction',
    'Disconnect',
    'ReleaseContext',
  ]);
  assert.is(pair.book.state.name, 'released');
});

s('a card that is taken out is noticed, before and after it was used', () => {
  const used = new Pair({}, [READER]);
  used.host({ kind: 'begun' });
  used.host({ kind: 'releases' });
  used.client({ kind: 'removed', reader: READER });
  assert.equal(used.kinds(), ['connected', 'released', 'removed']);
  const busy = new Pair({}, [READER]);
  busy.host({ kind: 'begun' });
  busy.client({ kind: 'removed', reader: READER });
  assert.equal(busy.kinds(), ['connected', 'removed']);
  busy.host({ kind: 'transmits', command: hex`00a40400` });
  const failed = busy.told.at(-1);
  assert.match(failed?.kind === 'failed' ? failed.reason : '', /SCARD_W_REMOVED_CARD/);
});

s('items of the cache: none, kept, older', () => {
  const pair = new Pair({}, [READER]);
  pair.host({ kind: 'begun' });
  const item = { cardId: new Uint8Array(16).fill(7), name: 'Cached_GeneralFile/mscp/kxc00' };
  pair.host({ kind: 'readsCache', ...item, freshness: 1 });
  assert.equal(pair.told.at(-1), { kind: 'cached' });
  pair.host({ kind: 'writesCache', ...item, freshness: 1, data: hex`0102` });
  assert.equal(pair.told.at(-1), { kind: 'written' });
  pair.host({ kind: 'readsCache', ...item, freshness: 1 });
  assert.equal(pair.told.at(-1), { kind: 'cached', data: hex`0102` });
  pair.host({ kind: 'readsCache', ...item, freshness: 2 });
  assert.equal(pair.told.at(-1), { kind: 'cached' });
});

s('another reader that comes is no news of the card', () => {
  const pair = new Pair({}, [READER]);
  pair.host({ kind: 'begun' });
  pair.client({ kind: 'inserted', reader: OTHER, atr: ATR });
  assert.equal(pair.kinds(), ['connected']);
  pair.client({ kind: 'removed', reader: READER });
  assert.equal(pair.kinds(), ['connected', 'removed']);
});

s('the reader by its name, or the first with a card', () => {
  const named = new Pair({ reader: OTHER }, [READER, OTHER]);
  named.host({ kind: 'begun' });
  assert.is((named.told[0] as { reader?: string }).reader, OTHER);
  const any = new Pair({}, [READER, OTHER]);
  any.client({ kind: 'removed', reader: READER });
  any.host({ kind: 'begun' });
  assert.is((any.told[0] as { reader?: string }).reader, OTHER);
});

s('no reader, no card, another reader: STATUS_SMARTCARD_NO_CARD', () => {
  const empty = new Pair({}, [READER]);
  empty.client({ kind: 'removed', reader: READER });
  for (const pair of [new Pair({}, []), empty, new Pair({ reader: OTHER }, [READER])]) {
    pair.host({ kind: 'begun' });
    const [failed] = pair.told;
    if (failed?.kind !== 'failed') return assert.unreachable(`${failed?.kind}`);
    assert.is(failed.status, 0xc0000383);
  }
});

s('a client that fails a request, or answers with octets that are none', () => {
  for (const [ioStatus, output] of [
    [0xc0000001, hex``],
    [0, hex`0102`],
  ] as const) {
    let { state } = host.step({}, host.INITIAL, { kind: 'begun' });
    const returned = { kind: 'returned', line: 'calls' } as const;
    ({ state } = host.step({}, state, { ...returned, ioStatus: 0, output: hex`` }));
    const next = host.step({}, state, { ...returned, ioStatus, output });
    assert.is(next.state.name, 'failed');
    const [failed] = next.effects;
    assert.is(failed?.kind === 'failed' && failed.status, 0xc0000321);
  }
});

s('whatever comes back, the host asks on or comes to an end', () => {
  const output = fc.uint8Array({ maxLength: 200 });
  const line = fc.constantFrom('calls' as const, 'watch' as const);
  fc.assert(
    fc.property(fc.array(fc.tuple(line, output), { maxLength: 10 }), (returns) => {
      const pair = new Pair({}, [READER]);
      pair.host({ kind: 'begun' });
      let { state } = pair.book;
      for (const [on, octets] of returns) {
        const event = { kind: 'returned', line: on, ioStatus: 0, output: octets } as const;
        const next = host.step({}, state, event);
        state = next.state;
        assert.ok(next.effects.length < 3);
      }
    }),
  );
});

s.run();
