import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TD_DH_PARAMETERS } from '../../../protocols/kerberos/constants.ts';
import { AsRep, AsReq, type PaData, TypedData } from '../../../protocols/kerberos/messages.ts';
import { DEFAULT_PKINIT_OPTIONS } from '../../../protocols/pkinit/client-state.ts';
import { OID } from '../../../protocols/pkinit/constants.ts';
import { GROUP_NAMES, type GroupName } from '../../../protocols/pkinit/groups.ts';
import { PaPkAsRep } from '../../../protocols/pkinit/replies.ts';
import { decode } from '../../../src/der/codec.ts';
import {
  aliceWithKeys,
  certified,
  hello,
  identityOf,
  pkinitWorld,
  resultOf,
  signsIn,
  smartcard,
} from '../kdc/pkinit-world.ts';

const client = suite('pkinit/client');

const RSA = identityOf(certified(smartcard(), 'rsa alice'), 'rsa alice');
const EC = identityOf(certified(smartcard(), 'alice'), 'alice');
const HELLO = identityOf(hello('rsa hello'), 'rsa hello');

function padataTypes(request: Uint8Array): readonly number[] {
  return (decode(AsReq, request).padata ?? []).map(({ padataType }: PaData) => padataType);
}

function serverNonce(reply: Uint8Array): Uint8Array | undefined {
  const { padata = [] } = decode(AsRep, reply);
  const pkAsRep = decode(PaPkAsRep, padata[0]?.padataValue ?? new Uint8Array(0));
  return 'dhInfo' in pkAsRep ? pkAsRep.dhInfo.serverDHNonce : undefined;
}

const legacy = { policy: { legacy: true } } as const;

for (const group of GROUP_NAMES) {
  client(`agrees in ${group}, with RSA and EC keys`, () => {
    for (const identity of [RSA, EC]) {
      const outcome = signsIn(pkinitWorld(legacy), identity, { options: { groups: [group] } });
      assert.is(resultOf(outcome), 'done', outcome.causes);
      assert.equal(outcome.codes, []);
      assert.is(outcome.signatures, 1);
    }
  });
}

for (const variant of ['rfc4556', 'win2k'] as const) {
  for (const rsaKeyTransport of ['windows', 'cms'] as const) {
    for (const supportedCmsTypes of [[], [OID.desEde3Cbc]]) {
      const what = `${variant}, ${rsaKeyTransport}, ${supportedCmsTypes.length} CMS types`;
      client(`has the reply's key encrypted to its own: ${what}`, () => {
        const world = pkinitWorld({ policy: { rsaKeyTransport } });
        const options = { variant, groups: [], supportedCmsTypes };
        assert.is(resultOf(signsIn(world, RSA, { options })), 'done');
      });
    }
  }
}

client('agrees as Windows 2000 does', () => {
  const outcome = signsIn(pkinitWorld(), RSA, { options: { variant: 'win2k' } });
  assert.is(resultOf(outcome), 'done', outcome.causes);
  assert.equal(padataTypes(outcome.requests[0] as Uint8Array).slice(0, 1), [15]);
});

client('has no key transport with a key on a curve', () => {
  const outcome = signsIn(pkinitWorld(), EC, { options: { groups: [] } });
  assert.is.not(resultOf(outcome), 'done');
});

for (const kdf of ['kdfSha1', 'kdfSha256', 'kdfSha384', 'kdfSha512'] as const) {
  client(`derives by ${kdf}, with a nonce and without`, () => {
    for (const nonce of [true, false]) {
      const options = { kdfs: [OID[kdf]], nonce };
      assert.is(resultOf(signsIn(pkinitWorld(), RSA, { options })), 'done');
    }
  });
}

client('derives as RFC 4556 has it where the KDC takes no function', () => {
  const world = pkinitWorld({ policy: { kdfs: false } });
  assert.is(resultOf(signsIn(world, RSA, { options: { kdfs: [OID.kdfSha256] } })), 'done');
});

client('takes another group when the KDC names it, each once', () => {
  const world = pkinitWorld({ policy: { groups: ['modp-16', 'P-384'] } });
  const outcome = signsIn(world, RSA);
  assert.is(resultOf(outcome), 'done', outcome.causes);
  assert.equal(outcome.codes, [65]);
  assert.match(outcome.causes, /modp-14; policy takes modp-16, P-384/);
  const eData = outcome.errors[0]?.eData ?? new Uint8Array(0);
  assert.equal(
    decode(TypedData, eData).map(({ dataType }) => dataType),
    [TD_DH_PARAMETERS],
  );
  const only: readonly GroupName[] = ['modp-14', 'P-256'];
  assert.is(resultOf(signsIn(world, RSA, { options: { groups: only } })), '65');
});

client('lets the KDC use one key pair for several when it sends a nonce', () => {
  const world = pkinitWorld({ policy: { dhKeyLifetime: 60_000 } });
  const first = signsIn(world, RSA);
  const half = world.state.halves['modp-14'];
  assert.ok(half);
  const second = signsIn(world, EC, { chance: 'other' });
  assert.is(world.state.halves['modp-14'], half);
  assert.equal([resultOf(first), resultOf(second)], ['done', 'done']);
  assert.is(resultOf(signsIn(world, RSA, { options: { nonce: false } })), 'done');
  signsIn(world, RSA, { now: Date.UTC(2024, 0, 1) + 61_000 });
  assert.is.not(world.state.halves['modp-14'], half);
});

client('reads a key that goes together with a server nonce: the legacy profile', () => {
  for (const group of ['modp-2', 'modp-14'] as const) {
    const outcome = signsIn(pkinitWorld(legacy), RSA, { options: { groups: [group], q: 'zero' } });
    assert.is(resultOf(outcome), 'done', outcome.causes);
    assert.ok(serverNonce(outcome.replies[0] as Uint8Array), 'a server nonce');
  }
  const outcome = signsIn(pkinitWorld(), RSA);
  assert.is(
    serverNonce(outcome.replies[0] as Uint8Array),
    undefined,
    'its pair serves nobody else',
  );
});

client('sends whatever checksums are wanted', () => {
  for (const paChecksum2 of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
    for (const paChecksum of [true, false]) {
      const outcome = signsIn(pkinitWorld(), RSA, { options: { paChecksum2, paChecksum } });
      assert.is(resultOf(outcome), 'done', outcome.causes);
    }
  }
});

client('asks for a freshness token first, and shows it', () => {
  const outcome = signsIn(pkinitWorld({ policy: { freshness: 'required' } }), RSA, {
    options: { freshness: true },
  });
  assert.is(resultOf(outcome), 'done', outcome.causes);
  assert.equal(outcome.codes, [25]);
  const [asking, proving] = outcome.requests;
  assert.equal(padataTypes(asking as Uint8Array), [150, 128, 149]);
  assert.equal(padataTypes(proving as Uint8Array), [16, 132, 150, 128, 149]);
});

client('signs with a Hello key that is in the directory', () => {
  const world = pkinitWorld({ seeds: [aliceWithKeys(['rsa hello'])] });
  const outcome = signsIn(world, HELLO);
  assert.is(resultOf(outcome), 'done', outcome.causes);
});

client('signs without signed attributes', () => {
  const outcome = signsIn(pkinitWorld(), RSA, { options: { signedAttributes: false } });
  assert.is(resultOf(outcome), 'done', outcome.causes);
});

client('keeps nothing of an agreement that is over', () => {
  const { client: state } = signsIn(pkinitWorld(), RSA);
  if (state.name !== 'done') throw new Error(state.name);
  assert.is(state.preAuth.half, undefined);
  assert.is(state.preAuth.clientNonce, undefined);
  assert.ok(state.preAuth.kdcCertificate);
  assert.equal(state.preAuth.options, DEFAULT_PKINIT_OPTIONS);
});

client('says what is wrong with a certificate of its own', () => {
  const outcome = signsIn(pkinitWorld(), { ...RSA, certificate: new Uint8Array(3) });
  assert.match(resultOf(outcome), /^unusable: the certificate of our own cannot be read/);
});

client.run();
