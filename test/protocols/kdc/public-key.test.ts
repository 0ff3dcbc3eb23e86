import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserAccountControl } from '../../../protocols/kdc/accounts.ts';
import {
  PA_PK_AS_REP_OLD,
  PA_PK_AS_REQ,
  TD_CMS_DIGEST_ALGORITHMS,
  TD_INVALID_CERTIFICATES,
  TD_TRUSTED_CERTIFIERS,
} from '../../../protocols/kerberos/constants.ts';
import { AsReq, TypedData } from '../../../protocols/kerberos/messages.ts';
import type { PkinitIdentity } from '../../../protocols/pkinit/client-state.ts';
import { KEY_PURPOSE } from '../../../protocols/x509/constants.ts';
import { extendedKeyUsage } from '../../../protocols/x509/library.ts';
import { decode, encode } from '../../../src/der/codec.ts';
import { BOB, DAY, MINUTE, NOW, SECOND } from './contoso.ts';
import {
  aliceWithKeys,
  certified,
  hello,
  ISSUING,
  identityOf,
  listOf,
  type Outcome,
  pkinitWorld,
  ROOT,
  resultOf,
  type SignInWish,
  STRANGER,
  signsIn,
  smartcard,
  type WorldWish,
} from './pkinit-world.ts';

const kdc = suite('kdc/public-key');

const CARD = certified(smartcard(), 'rsa alice');
const RSA = identityOf(CARD, 'rsa alice');
const HELLO = identityOf(hello('rsa hello'), 'rsa hello');
const OTHER_HELLO = identityOf(hello('rsa other'), 'rsa other');

interface Case {
  readonly name: string;
  readonly code: number;
  readonly cause: RegExp;
  readonly identity?: PkinitIdentity;
  readonly world?: WorldWish;
  readonly wish?: SignInWish;
  /** The TYPED-DATA that comes along. */
  readonly data?: number;
}

function changed(purposes: readonly string[]): PkinitIdentity {
  const profile = smartcard();
  const extensions = profile.extensions.map((one) =>
    one.extnID === '2.5.29.37' ? extendedKeyUsage([...purposes]) : one,
  );
  return identityOf(certified({ ...profile, extensions }, 'rsa alice'), 'rsa alice');
}

/** The last octet of the signature, which ends the signedAuthPack. */
function brokenSignature(bytes: Uint8Array): Uint8Array {
  const request = decode(AsReq, bytes);
  const padata = (request.padata ?? []).map((item) => {
    if (item.padataType !== PA_PK_AS_REQ) return item;
    const padataValue = item.padataValue.slice();
    padataValue[padataValue.length - 1] = (padataValue.at(-1) as number) ^ 1;
    return { ...item, padataValue };
  });
  return encode(AsReq, { ...request, padata });
}

/** The body asks for another lifetime than the one that was signed. */
function otherBody(bytes: Uint8Array): Uint8Array {
  const request = decode(AsReq, bytes);
  const raw = request.reqBody.raw.slice();
  const text = Buffer.from(raw).toString('latin1');
  raw[text.indexOf('20240102') + 7] = 0x33;
  return encode(AsReq, { ...request, reqBody: { ...request.reqBody, raw } });
}

const both = (bytes: Uint8Array): Uint8Array => {
  const request = decode(AsReq, bytes);
  const old = { padataType: PA_PK_AS_REP_OLD, padataValue: new Uint8Array(0) };
  return encode(AsReq, { ...request, padata: [...(request.padata ?? []), old] });
};

const REVOKED = listOf(ISSUING, [{ serialNumber: CARD.serialNumber, date: NOW - DAY, reason: 1 }]);

const CASES: readonly Case[] = [
  {
    name: 'the KDC has no certificate',
    code: 16,
    cause: /event 19: alice signs in with a public key, but this KDC has no certificate/,
    world: { certificate: null },
  },
  { name: 'both forms at once', code: 60, cause: /in both its forms/, wish: { tampered: both } },
  {
    name: 'a broken signature',
    code: 64,
    cause: /AuthPack’s signature/,
    wish: { tampered: brokenSignature },
  },
  {
    name: 'a body that was changed on the way',
    code: 41,
    cause: /paChecksum does not cover this KDC-REQ-BODY/,
    wish: { tampered: otherBody },
  },
  {
    name: 'a body that was changed on the way, paChecksum2',
    code: 41,
    cause: /paChecksum2 does not cover/,
    wish: { tampered: otherBody, options: { paChecksum2: 'sha256', paChecksum: false } },
  },
  {
    name: 'no checksum at all',
    code: 79,
    cause: /paChecksum is missing/,
    wish: { options: { paChecksum: false } },
  },
  {
    name: 'SHA-1 where policy does not allow it',
    code: 79,
    cause: /policy does not allow the SHA-1/,
    world: { policy: { digests: ['sha256'] } },
  },
  {
    name: 'a signature with SHA-1',
    code: 80,
    cause: /signed with sha1, which policy does not allow/,
    identity: { ...RSA, algorithm: 'sha1WithRSAEncryption' },
    world: { policy: { digests: ['sha256', 'sha384'] } },
    data: TD_CMS_DIGEST_ALGORITHMS,
  },
  {
    name: 'a certificate signed with SHA-256',
    code: 78,
    cause: /certificate .* is signed with sha256/,
    identity: { ...RSA, algorithm: 'sha384WithRSAEncryption' },
    world: { policy: { digests: ['sha384'] } },
    data: TD_CMS_DIGEST_ALGORITHMS,
  },
  {
    name: 'a clock ten minutes ahead',
    code: 37,
    cause: /600 s ahead of the KDC's.*PKAuthenticator/,
    wish: { ahead: 10 * MINUTE },
  },
  {
    name: 'an unknown authority',
    code: 70,
    cause: /event 21/,
    identity: {
      ...identityOf(certified(smartcard(), 'rsa alice', STRANGER), 'rsa alice'),
      chain: [STRANGER.certificate.der],
    },
    data: TD_TRUSTED_CERTIFIERS,
  },
  {
    name: 'an expired certificate',
    code: 71,
    cause: /event 21: .* expired at 2023-12-31/,
    identity: identityOf(
      certified(smartcard(), 'rsa alice', ISSUING, { notAfter: NOW - SECOND }),
      'rsa alice',
    ),
    data: TD_INVALID_CERTIFICATES,
  },
  {
    name: 'a revoked certificate',
    code: 72,
    cause: /event 21: .*revoked/,
    world: { services: { revocationLists: [listOf(ROOT).der, REVOKED.der] } },
    data: TD_INVALID_CERTIFICATES,
  },
  {
    name: 'no revocation list to be had',
    code: 73,
    cause: /no revocation list of CN=contoso issuing/,
    world: { services: { revocationLists: [listOf(ROOT).der] } },
    data: TD_INVALID_CERTIFICATES,
  },
  {
    name: 'a certificate for mail',
    code: 77,
    cause: /neither for smart card logon nor for client authentication/,
    identity: changed([KEY_PURPOSE.serverAuthentication]),
  },
  {
    name: 'an authority that is not in NTAuth',
    code: 62,
    cause: /event 21: .*is not in CN=NTAuthCertificates/,
    world: { services: { ntAuth: [] } },
  },
  {
    name: 'a UPN of somebody else',
    code: 75,
    cause: /UPN bob@contoso.com is that of bob, not of alice/,
    identity: identityOf(
      certified(smartcard({ upn: 'bob@contoso.com' }), 'rsa alice'),
      'rsa alice',
    ),
  },
  {
    name: 'a weak mapping where strong ones are enforced',
    code: 66,
    cause: /event 39/,
    identity: identityOf(
      certified(
        {
          ...smartcard(),
          extensions: smartcard().extensions.filter(({ extnID }) => !extnID.endsWith('.25.2')),
        },
        'rsa alice',
      ),
      'rsa alice',
    ),
  },
  {
    name: 'the SID of another account',
    code: 66,
    cause: /event 41/,
    identity: identityOf(
      certified(smartcard({ sid: 'S-1-5-21-1-2-3-1106' }), 'rsa alice'),
      'rsa alice',
    ),
  },
  {
    name: 'a Hello key that nobody has registered',
    code: 62,
    cause: /msDS-KeyCredentialLink of alice, which holds no key: .*Microsoft Entra Connect/,
    identity: HELLO,
  },
  {
    name: 'another Hello key than the registered one',
    code: 62,
    cause: /holds 1 other key/,
    identity: OTHER_HELLO,
    world: { seeds: [aliceWithKeys(['rsa hello'])] },
  },
  {
    name: 'the Hello key of somebody else',
    code: 75,
    cause: /msDS-KeyCredentialLink of bob, not of alice/,
    identity: HELLO,
    world: { seeds: [{ ...aliceWithKeys(['rsa hello']), ...BOB }] },
  },
  {
    name: 'key trust under the updates of April 2025',
    code: 62,
    cause: /updates of April 2025/,
    identity: HELLO,
    world: { seeds: [aliceWithKeys(['rsa hello'])], policy: { ntAuthChecksKeyTrust: true } },
  },
  {
    name: 'a 1024-bit group without the legacy profile',
    code: 65,
    cause: /client offers modp-2; policy takes modp-14/,
    wish: { options: { groups: ['modp-2'], q: 'zero' } },
  },
  {
    name: 'key transport without etype 15',
    code: 14,
    cause: /etype 15/,
    wish: { options: { groups: [] }, request: { etypes: [18, 17] } },
  },
  {
    name: 'key transport where policy refuses it',
    code: 81,
    cause: /does not let the reply key be encrypted to an RSA key/,
    world: { policy: { rsaKeyTransport: 'refused' } },
    wish: { options: { groups: [] } },
  },
  {
    name: 'no freshness token where policy demands one',
    code: 24,
    cause: /no freshness token/,
    world: { policy: { freshness: 'required' } },
  },
  {
    name: 'Windows 2000’s form where freshness is demanded',
    code: 24,
    cause: /no freshness token/,
    world: { policy: { freshness: 'required' } },
    wish: { options: { variant: 'win2k' } },
  },
];

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
