import { createPublicKey, verify } from 'node:crypto';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gids } from '../../../protocols/gids/application.ts';
import type { Application, CardContents } from '../../../protocols/iso7816/application.ts';
import { STATUS_SMARTCARD_CARD_BLOCKED } from '../../../protocols/kerberos/ntstatus.ts';
import * as minidriver from '../../../protocols/minidriver/card.ts';
import type { CardConfig, Effect, Event, State } from '../../../protocols/minidriver/card-state.ts';
import { piv } from '../../../protocols/piv/application.ts';
import { signedCertificate, tbsCertificate } from '../../../protocols/x509/issue.ts';
import { commonName, webServer } from '../../../protocols/x509/profiles.ts';
import { fromHex, toHex, utf8 } from '../../../src/bytes/bytes.ts';
import type { KeyPair } from '../../../src/crypto/key-pair.ts';
import { signedNow } from '../../../src/signing/node-provider.ts';
import { playbook } from '../../playbook.ts';
import { contentsOf, type HeldCard, heldCard, P256, PIN, RSA } from '../iso7816/held-card.ts';

const s = suite('minidriver/card');

function certificateOf(pair: KeyPair): Uint8Array {
  const algorithm = pair === RSA ? 'sha256WithRSAEncryption' : 'ecdsa-with-SHA256';
  const tbs = tbsCertificate(webServer({ dnsNames: ['card.example'] }), {
    issuer: commonName('card.example'),
    publicKey: pair.spki,
    serialNumber: Uint8Array.of(1),
    notBefore: 0,
    notAfter: 86_400_000,
    signatureAlgorithm: algorithm,
  });
  return signedCertificate(tbs, algorithm, signedNow({ name: 'k', ...pair }, algorithm, tbs));
}

const CERTIFICATES = new Map([RSA, P256].map((pair) => [pair, certificateOf(pair)]));
const env = { now: 0, random: (size: number) => new Uint8Array(size) };

function cardOf(
  pair: KeyPair,
  applications: readonly Application[] = [gids, piv],
  changes: Partial<CardContents> = {},
): HeldCard {
  const certificate = CERTIFICATES.get(pair) as Uint8Array;
  return heldCard(pair, 'gids', { certificate, ...changes }, applications);
}

type Cache = Map<string, { readonly freshness: number; readonly data: Uint8Array }>;

/** A host that drives a card until neither has anything to say. */
function host(held: HeldCard, config: CardConfig = {}, cache: Cache = new Map()) {
  const commands: string[] = [];
  const book = playbook<State, Event, Effect, typeof env>(
    (state, event) => minidriver.step(config, state, event),
    minidriver.INITIAL,
    () => env,
  );
  const tell = (event: Event): readonly Effect[] => {
    book.on(event);
    const all: Effect[] = [];
    for (;;) {
      const [wants] = book.effects;
      switch (wants?.kind) {
        case 'transmit':
          commands.push(toHex(wants.command));
          book.on({ kind: 'response', bytes: fromHex(held.transmit(toHex(wants.command))) });
          break;
        case 'readCache': {
          const item = cache.get(wants.item.name);
          const fresh = item !== undefined && item.freshness >= wants.item.freshness;
          book.on(fresh ? { kind: 'cached', data: item.data } : { kind: 'cached' });
          break;
        }
        case 'writeCache':
          cache.set(wants.item.name, { ...wants.item, data: wants.data });
          book.on({ kind: 'written' });
          break;
        default:
          all.push(...book.effects);
          return all;
      }
    }
  };
  return { tell, book, commands };
}

const MESSAGE = utf8('an AuthPack');

for (const [name, pair, algorithm] of [
  ['RSA-2048', RSA, 'sha256WithRSAEncryption'],
  ['P-256', P256, 'ecdsa-with-SHA256'],
] as const) {
  for (const [profile, applications] of [
    ['GIDS', [gids, piv]],
    ['PIV', [piv]],
  ] as const) {
    s(`${name} on a card with ${profile}: found, opened by the PIN, signs`, () => {
      const { tell } = host(cardOf(pair, applications));
      const [wanted] = tell({ kind: 'begun' });
      assert.is(wanted?.kind, 'pinWanted');
      const [ready] = tell({ kind: 'pin', pin: utf8(PIN) });
      if (ready?.kind !== 'ready') return assert.unreachable(`${ready?.kind}`);
      assert.is(ready.key.profile, profile);
      assert.equal(ready.key.certificate, CERTIFICATES.get(pair));
      const [signed] = tell({ kind: 'signs', algorithm, data: MESSAGE });
      if (signed?.kind !== 'signed') return assert.unreachable(`${signed?.kind}`);
      const key = createPublicKey({ key: Buffer.from(pair.spki), format: 'der', type: 'spki' });
      assert.ok(verify('sha256', MESSAGE, key, signed.signature));
      const [again] = tell({ kind: 'signs', algorithm, data: utf8('another') });
      assert.is(again?.kind, 'signed');
    });
  }
}

s('the container is found by its name, whatever the case, and said to be missing', () => {
  const { container } = contentsOf(RSA);
  const named = host(cardOf(RSA), { container: container.toUpperCase() });
  const [wanted] = named.tell({ kind: 'begun' });
  assert.is(wanted?.kind === 'pinWanted' && wanted.key.container, container);
  const [failed] = host(cardOf(RSA), { container: 'Private Key 00' }).tell({ kind: 'begun' });
  if (failed?.kind !== 'failed') return assert.unreachable(`${failed?.kind}`);
  assert.is(failed.status, 0xc0000384);
  assert.match(failed.reason, container);
});

s('the container of a PIV card is called as Windows calls it', () => {
  const { tell } = host(cardOf(RSA, [piv]));
  const [wanted] = tell({ kind: 'begun' });
  assert.is(
    wanted?.kind === 'pinWanted' && wanted.key.container,
    'a0a1a2a3-a4a5-a6a7-a8a9-aaabac5fc105',
  );
});

s('files are read once, and again when the card says that they are others', () => {
  const cache: Cache = new Map();
  const files = (commands: readonly string[]) =>
    commands.filter((one) => one.startsWith('00cba010'));
  const first = host(cardOf(RSA), {}, cache);
  first.tell({ kind: 'begun' });
  assert.equal(
    [...cache.keys()],
    ['Cached_GeneralFile/mscp/cmapfile', 'Cached_GeneralFile/mscp/kxc00'],
  );
  const second = host(cardOf(RSA), {}, cache);
  const [again] = second.tell({ kind: 'begun' });
  assert.is(again?.kind, 'pinWanted');
  // What is left of the file system's directory is the file that says how fresh all others are.
  assert.is(files(second.commands).length, 1);
  assert.ok(files(first.commands).length > 2);
  const older = new Map([...cache].map(([name, item]) => [name, { ...item, freshness: 0 }]));
  const third = host(cardOf(RSA), {}, older);
  assert.is(third.tell({ kind: 'begun' })[0]?.kind, 'pinWanted');
  assert.equal(third.commands, first.commands);
});

s('what a cache has of nonsense is no certificate', () => {
  const cache: Cache = new Map();
  host(cardOf(RSA), {}, cache).tell({ kind: 'begun' });
  const spoilt = new Map(cache).set('Cached_GeneralFile/mscp/kxc00', {
    freshness: 9,
    data: utf8('nonsense'),
  });
  const [failed] = host(cardOf(RSA), {}, spoilt).tell({ kind: 'begun' });
  assert.is(failed?.kind === 'failed' && failed.status, 0xc0000385);
});

s('wrong PINs: how many tries are left, and then the card is blocked', () => {
  for (const applications of [[gids], [piv]] as const) {
    const { tell } = host(cardOf(RSA, applications, { tries: { left: 2, most: 2 } }));
    tell({ kind: 'begun' });
    const [wrong] = tell({ kind: 'pin', pin: utf8('000000') });
    if (wrong?.kind !== 'pinWrong') return assert.unreachable(`${wrong?.kind}`);
    assert.is(wrong.tries, 1);
    assert.is(wrong.status, 0xc0000380);
    const [blocked] = tell({ kind: 'pin', pin: utf8('111111') });
    if (blocked?.kind !== 'failed') return assert.unreachable(`${blocked?.kind}`);
    assert.is(blocked.status, STATUS_SMARTCARD_CARD_BLOCKED);
  }
});

s('a PIN that the card cannot have is asked for again without a command', () => {
  const { tell } = host(cardOf(RSA, [piv]));
  tell({ kind: 'begun' });
  assert.is(tell({ kind: 'pin', pin: utf8('123') })[0]?.kind, 'pinWrong');
  assert.is(tell({ kind: 'pin', pin: utf8(PIN) })[0]?.kind, 'ready');
});

s('a card without an application, without a certificate, with a certificate that is none', () => {
  const statusOf = (held: HeldCard): number | undefined => {
    const [failed] = host(held).tell({ kind: 'begun' });
    return failed?.kind === 'failed' ? failed.status : undefined;
  };
  assert.is(statusOf(cardOf(RSA, [])), 0xc0000386);
  assert.is(statusOf(cardOf(RSA, [gids], { certificate: utf8('none') })), 0xc0000385);
  assert.is(statusOf(cardOf(RSA, [piv], { certificate: utf8('none') })), 0xc0000385);
});

s('an algorithm of another kind of key is refused', () => {
  const { tell } = host(cardOf(RSA));
  tell({ kind: 'begun' });
  tell({ kind: 'pin', pin: utf8(PIN) });
  const [failed] = tell({ kind: 'signs', algorithm: 'ES256', data: MESSAGE });
  assert.is(failed?.kind, 'failed');
});

s('whatever a card answers, the host comes to an end or asks on', () => {
  const octets = fc.uint8Array({ maxLength: 300 });
  const responses = fc.array(
    fc.oneof(
      octets,
      octets.map((data) => ok(data)),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(responses, (all) => {
      let { state } = minidriver.step({}, minidriver.INITIAL, { kind: 'begun' });
      for (const bytes of all) {
        if (state.name === 'expectPin') {
          ({ state } = minidriver.step({}, state, { kind: 'pin', pin: utf8(PIN) }));
        }
        if (state.name === 'expectCached') {
          ({ state } = minidriver.step({}, state, { kind: 'cached', data: bytes }));
        }
        if (state.name === 'expectWritten') {
          ({ state } = minidriver.step({}, state, { kind: 'written' }));
        }
        if (state.name !== 'expectResponse') break;
        ({ state } = minidriver.step({}, state, { kind: 'response', bytes }));
      }
    }),
  );
});

function ok(data: Uint8Array): Uint8Array {
  return Uint8Array.of(...data, 0x90, 0x00);
}

s.run();
