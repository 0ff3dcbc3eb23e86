import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserAccountControl } from '../../../protocols/kdc/accounts.ts';
import { TypedData } from '../../../protocols/kerberos/messages.ts';
import { decode } from '../../../src/der/codec.ts';
import { DAY, NOW } from './contoso.ts';
import { CASES, type Case, HELLO, RSA } from './pkinit-failures.ts';
import { aliceWithKeys, type Outcome, pkinitWorld, resultOf, signsIn } from './pkinit-world.ts';

const kdc = suite('kdc/public-key');

function tried({ identity = RSA, world, wish }: Case): Outcome {
  return signsIn(pkinitWorld(world), identity, wish);
}

for (const one of CASES) {
  kdc(`${one.code}: ${one.name}`, () => {
    const outcome = tried(one);
    assert.is(resultOf(outcome), `${one.code}`, outcome.causes);
    assert.match(outcome.causes, one.cause);
    assert.is(outcome.signatures, 0, 'nothing is signed for who is refused');
    const eData = outcome.errors.at(-1)?.eData;
    if (one.data === undefined) return;
    assert.equal(
      decode(TypedData, eData ?? new Uint8Array(0)).map(({ dataType }) => dataType),
      [one.data],
    );
  });
}

kdc(
  'takes key trust under the updates of April 2025 where NTAuth is not enforced, and says so',
  () => {
    for (const [allowNtAuthPolicyBypass, told] of [
      [0, /^$/],
      [1, /event 45/],
    ] as const) {
      const policy = { ntAuthChecksKeyTrust: true, allowNtAuthPolicyBypass };
      const world = pkinitWorld({ seeds: [aliceWithKeys(['rsa hello'])], policy });
      const outcome = signsIn(world, HELLO);
      assert.is(resultOf(outcome), 'done');
      assert.match(outcome.causes, told);
    }
  },
);

kdc('serves old clients under the legacy profile: group 2 with q of 0, SHA-1', () => {
  const world = pkinitWorld({ policy: { legacy: true, digests: ['sha256'] } });
  const outcome = signsIn(
    world,
    { ...RSA, algorithm: 'sha1WithRSAEncryption' },
    { options: { groups: ['modp-2'], q: 'zero' } },
  );
  assert.is(resultOf(outcome), 'done', outcome.causes);
});

kdc('lets who must use a smart card sign in, and an expired password not stand in the way', () => {
  const { NORMAL_ACCOUNT, SMARTCARD_REQUIRED } = UserAccountControl;
  const alice = {
    ...aliceWithKeys(['rsa hello']),
    userAccountControl: NORMAL_ACCOUNT | SMARTCARD_REQUIRED,
    passwordExpires: NOW - DAY,
  };
  assert.is(resultOf(signsIn(pkinitWorld({ seeds: [alice] }), HELLO)), 'done');
  assert.is(resultOf(signsIn(pkinitWorld({ seeds: [alice] }), RSA)), 'done');
});

kdc.run();
