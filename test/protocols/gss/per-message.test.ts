import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { arrivalsFrom } from '../../../protocols/gss/arrivals.ts';
import {
  hasPerMessageTokens,
  mic,
  type SecurityLayer,
  unwrap,
  verifyMic,
  wrap,
  wrapOverhead,
} from '../../../protocols/gss/per-message.ts';
import { ETYPES, key, keyLength } from '../../../protocols/kerberos/etypes.ts';
import { fromUtf8, hex, toHex, utf8, view } from '../../../src/bytes/bytes.ts';
import { seededRandom } from '../../../src/crypto/random.ts';

const s = suite('gss/per-message');
const random = seededRandom(1, 'per-message');
const TYPES = ETYPES.map(({ etype }) => etype).filter((etype) => etype !== 23);

function pair(etype = 18): { initiator: SecurityLayer; acceptor: SecurityLayer } {
  const shared = key(etype, seededRandom(etype, 'gss key')(keyLength(etype)));
  const layer = (side: SecurityLayer['side'], own: number, peer: number): SecurityLayer => ({
    key: shared,
    side,
    acceptorSubkey: true,
    sendSeq: BigInt(own),
    arrivals: arrivalsFrom(peer),
  });
  return { initiator: layer('initiator', 10, 20), acceptor: layer('acceptor', 20, 10) };
}

/** Taken from a bind of OpenLDAP's client with MIT's library 1.20 (SASL GSSAPI). */
const MIT_KEY = key(18, hex`65890ff7db29154902549eb67f04e5b10f40eddc6a3127c38c17c3f0bd7b3743`);

function mitLayer(first: number): SecurityLayer {
  return {
    key: MIT_KEY,
    side: 'acceptor',
    acceptorSubkey: true,
    sendSeq: 392081131n,
    arrivals: arrivalsFrom(first),
  };
}

s("opens MIT's tokens: not sealed, and sealed", () => {
  const choice = unwrap(
    mitLayer(501886482),
    hex`05 04 04 ff 00 0c 00 00 00 00 00 00 1d ea 2e 12 04 ff ff ff c6 54 d4 11 35 03 0e c0 8e 11 59 4b`,
  );
  assert.ok(choice.ok && !choice.sealed);
  if (!choice.ok) return;
  assert.is(toHex(choice.message), '04ffffff');
  assert.is(choice.order, 'next');
  const request = unwrap(
    choice.layer,
    hex`050406ff00000000000000001dea2e13d28a56b523a78a9c3841315aeb0ecd9d0db4cc868bb3d440de6a0ccf88182e7617d9839a41cedd4787a3a8ca220523ee89042bd213e2fa5d22dccbe5ec3bebfc6fd53d77722b9aa9f963ae24`,
  );
  assert.ok(request.ok && request.sealed);
  if (!request.ok) return;
  assert.match(fromUtf8(request.message), '1.3.6.1.4.1.4203.1.11.3');
});

s('makes the token that MIT took: not sealed, rotated by 12', () => {
  const { token } = wrap(mitLayer(0), hex`07 a0 00 00`, {
    sealed: false,
    rotation: 'windows',
    random,
  });
  assert.is(toHex(token), '050405ff000c000c00000000175eaeeb4da2784d1192331c567885b407a00000');
});

s('what one side wraps the other unwraps, for every type of key', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...TYPES),
      fc.uint8Array({ maxLength: 200 }),
      fc.boolean(),
      fc.constantFrom('none' as const, 'windows' as const),
      fc.boolean(),
      (etype, message, sealed, rotation, fromAcceptor) => {
        const { initiator, acceptor } = pair(etype);
        const [from, to] = fromAcceptor ? [acceptor, initiator] : [initiator, acceptor];
        const { token, layer } = wrap(from, message, { sealed, rotation, random });
        assert.is(layer.sendSeq, from.sendSeq + 1n);
        assert.is(token.length, message.length + wrapOverhead(from.key, sealed));
        const opened = unwrap(to, token);
        assert.ok(opened.ok, opened.ok ? '' : opened.reason);
        if (!opened.ok) return;
        assert.equal(opened.message, message);
        assert.is(opened.sealed, sealed);
        assert.is(unwrap(opened.layer, token).ok, false, 'not a second time');
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

s('Windows rotates by 28 when it seals with AES and SHA-1, by 12 when it signs', () => {
  const { acceptor } = pair();
  const rrc = (sealed: boolean): number =>
    view(wrap(acceptor, utf8('x'), { sealed, rotation: 'windows', random }).token).getUint16(6);
  assert.is(rrc(true), 28);
  assert.is(rrc(false), 12);
});

s('any rotation is undone, as RFC 4121 §4.2.5 asks', () => {
  const { initiator, acceptor } = pair();
  const { token } = wrap(initiator, utf8('some octets'), { sealed: true, random });
  const body = token.subarray(16);
  for (const count of [1, 7, body.length - 1, body.length, body.length + 3, 3 * body.length + 1]) {
    const turned = token.slice();
    view(turned).setUint16(6, count);
    body.forEach((octet, i) => {
      turned[16 + ((i + count) % body.length)] = octet;
    });
    const opened = unwrap(acceptor, turned);
    assert.ok(opened.ok, `rotated by ${count}`);
  }
});

s('every altered octet is noticed', () => {
  const { initiator, acceptor } = pair();
  for (const sealed of [true, false]) {
    const { token } = wrap(initiator, utf8('message'), { sealed, random });
    for (let i = 0; i < token.length; i++) {
      const altered = token.slice();
      altered[i] = (altered[i] as number) ^ 0x40;
      // RRC is not protected; another rotation is another order of the octets.
      assert.is(unwrap(acceptor, altered).ok, false, `octet ${i}, sealed ${sealed}`);
    }
    for (let length = 0; length < token.length; length++) {
      assert.is(unwrap(acceptor, token.subarray(0, length)).ok, false, `${length} octets`);
    }
  }
});

s("one's own token is not taken back, nor one under the wrong key", () => {
  const { initiator, acceptor } = pair();
  const { token } = wrap(initiator, utf8('message'), { sealed: true, random });
  assert.match(reasonOf(unwrap(initiator, token)), /one of our own/);
  const subkeyless = { ...acceptor, acceptorSubkey: false };
  assert.match(reasonOf(unwrap(subkeyless, token)), /there is none/);
  const other = { ...acceptor, key: pair(17).acceptor.key };
  assert.match(reasonOf(unwrap(other, token)), /does not open/);
});

function reasonOf(outcome: ReturnType<typeof unwrap>): string {
  return outcome.ok ? 'taken' : outcome.reason;
}

s('a MIC is of one message, one direction and one number', () => {
  const { initiator, acceptor } = pair();
  const { token, layer } = mic(initiator, utf8('list'));
  assert.is(token.length, 28);
  assert.is(toHex(token.subarray(0, 16)), '040404ffffffffff000000000000000a');
  const checked = verifyMic(acceptor, utf8('list'), token);
  assert.ok(checked.ok);
  assert.not(verifyMic(acceptor, utf8('lisp'), token).ok);
  assert.not(verifyMic(initiator, utf8('list'), token).ok);
  if (checked.ok) assert.not(verifyMic(checked.layer, utf8('list'), token).ok);
  assert.not(verifyMic(acceptor, utf8('list'), mic(layer, utf8('liszt')).token).ok);
});

s('keys of RC4 have no such tokens', () => {
  assert.is(hasPerMessageTokens(key(23, new Uint8Array(16))), false);
  assert.is(hasPerMessageTokens(MIT_KEY), true);
});

/** Made with the formulae of RFC 4121 §4.2.4 in another language, and opened by MIT's library. */
const CREDSSP_KEY = key(
  18,
  Uint8Array.from({ length: 32 }, (_, i) => i),
);
const ROTATED = {
  initiator: hex`050406ff0000001c0000000000000000698297ec20f4352d29f45af4ad3f85383bc5eda0e21b219a134314e44aa9233d328dd79771e1f253cd5879fd31a596c52067cd40be5900f9342ba7c6cf`,
  acceptor: hex`050407ff0000001c0000000000000000e8d2d73d468fee6ec5d07289f703744e5e0f108460b6567cc8d5c872588a19542ad19ecd3dfb74a8e15151b278cefd4957677f72d6968b6cbd35e46ee5`,
};

function credSspLayer(side: SecurityLayer['side']): SecurityLayer {
  const arrivals = arrivalsFrom(0);
  return { key: CREDSSP_KEY, side, acceptorSubkey: true, sendSeq: 0n, arrivals };
}

for (const side of ['initiator', 'acceptor'] as const) {
  s(`the ${side}'s token for CredSSP has 60 octets before its data`, () => {
    const made = wrap(credSspLayer(side), utf8('CredSSP-test-data'), {
      sealed: true,
      rotation: 'windows',
      random: (size) => new Uint8Array(size).fill(0xaa),
    });
    assert.is(toHex(made.token), toHex(ROTATED[side]));
    const peer = credSspLayer(side === 'initiator' ? 'acceptor' : 'initiator');
    const opened = unwrap(peer, ROTATED[side]);
    assert.ok(opened.ok && opened.sealed);
    if (opened.ok) assert.is(fromUtf8(opened.message), 'CredSSP-test-data');
  });
}

s('a MIC of the initiator with the acceptor’s subkey', () => {
  const made = mic(credSspLayer('initiator'), utf8('CredSSP-test-data'));
  assert.is(toHex(made.token), '040404ffffffffff00000000000000002c3df448db8396b409c1636d');
});

s('where neither replays nor order are looked at, any number will do', () => {
  const { initiator, acceptor } = pair();
  const { token } = wrap({ ...initiator, sendSeq: 0n }, utf8('from 0'), { sealed: true, random });
  assert.is(unwrap(acceptor, token).ok, false);
  const opened = unwrap({ ...acceptor, unordered: true }, token);
  assert.ok(opened.ok);
  if (opened.ok) assert.ok(unwrap(opened.layer, token).ok);
});

s.run();
