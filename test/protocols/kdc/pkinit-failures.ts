/** What can be wrong with a sign-in by PKINIT, one thing at a time: the code and the cause that it is told with. */
import {
  PA_PK_AS_REP_OLD,
  PA_PK_AS_REQ,
  TD_CMS_DIGEST_ALGORITHMS,
  TD_INVALID_CERTIFICATES,
  TD_TRUSTED_CERTIFIERS,
} from '../../../protocols/kerberos/constants.ts';
import { AsReq } from '../../../protocols/kerberos/messages.ts';
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
  ROOT,
  type SignInWish,
  STRANGER,
  smartcard,
  type WorldWish,
} from './pkinit-world.ts';

export const CARD = certified(smartcard(), 'rsa alice');
export const RSA = identityOf(CARD, 'rsa alice');
export const HELLO = identityOf(hello('rsa hello'), 'rsa hello');
export const OTHER_HELLO = identityOf(hello('rsa other'), 'rsa other');

export interface Case {
  /** In the catalogue of errors. */
  readonly id: string;
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

export const CASES: readonly Case[] = [
  {
    id: 'pkinit-no-certificate',
    name: 'the KDC has no certificate',
    code: 16,
    cause: /event 19: alice signs in with a public key, but this KDC has no certificate/,
    world: { certificate: null },
  },
  {
    id: 'pkinit-both-forms',
    name: 'both forms at once',
    code: 60,
    cause: /in both its forms/,
    wish: { tampered: both },
  },
  {
    id: 'pkinit-signature',
    name: 'a broken signature',
    code: 64,
    cause: /AuthPack’s signature/,
    wish: { tampered: brokenSignature },
  },
  {
    id: 'pkinit-body-altered',
    name: 'a body that was changed on the way',
    code: 41,
    cause: /paChecksum does not cover this KDC-REQ-BODY/,
    wish: { tampered: otherBody },
  },
  {
    id: 'pkinit-body-altered-sha2',
    name: 'a body that was changed on the way, paChecksum2',
    code: 41,
    cause: /paChecksum2 does not cover/,
    wish: { tampered: otherBody, options: { paChecksum2: 'sha256', paChecksum: false } },
  },
  {
    id: 'pkinit-no-checksum',
    name: 'no checksum at all',
    code: 79,
    cause: /paChecksum is missing/,
    wish: { options: { paChecksum: false } },
  },
  {
    id: 'pkinit-kdf',
    name: 'derivation functions that the KDC does not have',
    code: 100,
    cause:
      /the client derives its key with 1\.3\.6\.1\.5\.2\.3\.6\.9, this KDC with 1\.3\.6\.1\.5\.2\.3\.6\./,
    wish: { options: { kdfs: ['1.3.6.1.5.2.3.6.9'] } },
  },
  {
    id: 'pkinit-checksum-sha1',
    name: 'SHA-1 where policy does not allow it',
    code: 79,
    cause: /policy does not allow the SHA-1/,
    world: { policy: { digests: ['sha256'] } },
  },
  {
    id: 'pkinit-checksum2-digest',
    name: 'paChecksum2 with a digest that policy does not allow',
    code: 80,
    cause: /paChecksum2 is made with sha1, which policy does not allow/,
    wish: { options: { paChecksum2: 'sha1', paChecksum: false } },
    world: { policy: { digests: ['sha256'] } },
    data: TD_CMS_DIGEST_ALGORITHMS,
  },
  {
    id: 'pkinit-signed-sha1',
    name: 'a signature with SHA-1',
    code: 80,
    cause: /signed with sha1, which policy does not allow/,
    identity: { ...RSA, algorithm: 'sha1WithRSAEncryption' },
    world: { policy: { digests: ['sha256', 'sha384'] } },
    data: TD_CMS_DIGEST_ALGORITHMS,
  },
  {
    id: 'pkinit-certificate-digest',
    name: 'a certificate signed with SHA-256',
    code: 78,
    cause: /certificate .* is signed with sha256/,
    identity: { ...RSA, algorithm: 'sha384WithRSAEncryption' },
    world: { policy: { digests: ['sha384'] } },
    data: TD_CMS_DIGEST_ALGORITHMS,
  },
  {
    id: 'pkinit-clock',
    name: 'a clock ten minutes ahead',
    code: 37,
    cause: /600 s ahead of the KDC's.*PKAuthenticator/,
    wish: { ahead: 10 * MINUTE },
  },
  {
    id: 'pkinit-unknown-authority',
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
    id: 'pkinit-expired',
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
    id: 'pkinit-revoked',
    name: 'a revoked certificate',
    code: 72,
    cause: /event 21: .*revoked/,
    world: { services: { revocationLists: [listOf(ROOT).der, REVOKED.der] } },
    data: TD_INVALID_CERTIFICATES,
  },
  {
    id: 'pkinit-no-list',
    name: 'no revocation list to be had',
    code: 73,
    cause: /no revocation list of CN=contoso issuing/,
    world: { services: { revocationLists: [listOf(ROOT).der] } },
    data: TD_INVALID_CERTIFICATES,
  },
  {
    id: 'pkinit-purpose',
    name: 'a certificate for mail',
    code: 77,
    cause: /neither for smart card logon nor for client authentication/,
    identity: changed([KEY_PURPOSE.serverAuthentication]),
  },
  {
    id: 'pkinit-nt-auth',
    name: 'an authority that is not in NTAuth',
    code: 62,
    cause: /event 21: .*is not in CN=NTAuthCertificates/,
    world: { services: { ntAuth: [] } },
  },
  {
    id: 'pkinit-other-upn',
    name: 'a UPN of somebody else',
    code: 75,
    cause: /UPN bob@contoso.com is that of bob, not of alice/,
    identity: identityOf(
      certified(smartcard({ upn: 'bob@contoso.com' }), 'rsa alice'),
      'rsa alice',
    ),
  },
  {
    id: 'pkinit-weak-mapping',
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
    id: 'pkinit-other-sid',
    name: 'the SID of another account',
    code: 66,
    cause: /event 41/,
    identity: identityOf(
      certified(smartcard({ sid: 'S-1-5-21-1-2-3-1106' }), 'rsa alice'),
      'rsa alice',
    ),
  },
  {
    id: 'key-trust-unknown',
    name: 'a Hello key that nobody has registered',
    code: 62,
    cause: /msDS-KeyCredentialLink of alice, which holds no key; .*Microsoft Entra Connect/,
    identity: HELLO,
  },
  {
    id: 'key-trust-other-key',
    name: 'another Hello key than the registered one',
    code: 62,
    cause: /holds 1 other key/,
    identity: OTHER_HELLO,
    world: { seeds: [aliceWithKeys(['rsa hello'])] },
  },
  {
    id: 'key-trust-other-account',
    name: 'the Hello key of somebody else',
    code: 75,
    cause: /msDS-KeyCredentialLink of bob, not of alice/,
    identity: HELLO,
    world: { seeds: [{ ...aliceWithKeys(['rsa hello']), ...BOB }] },
  },
  {
    id: 'key-trust-april-2025',
    name: 'key trust under the updates of April 2025',
    code: 62,
    cause: /updates of April 2025/,
    identity: HELLO,
    world: { seeds: [aliceWithKeys(['rsa hello'])], policy: { ntAuthChecksKeyTrust: true } },
  },
  {
    id: 'pkinit-group',
    name: 'a 1024-bit group without the legacy profile',
    code: 65,
    cause: /client offers modp-2; policy takes modp-14/,
    wish: { options: { groups: ['modp-2'], q: 'zero' } },
  },
  {
    id: 'pkinit-rsa-etype',
    name: 'key transport without etype 15',
    code: 14,
    cause: /etype 15/,
    wish: { options: { groups: [] }, request: { etypes: [18, 17] } },
  },
  {
    id: 'pkinit-rsa-refused',
    name: 'key transport where policy refuses it',
    code: 81,
    cause: /does not let the reply key be encrypted to an RSA key/,
    world: { policy: { rsaKeyTransport: 'refused' } },
    wish: { options: { groups: [] } },
  },
  {
    id: 'freshness-missing',
    name: 'no freshness token where policy demands one',
    code: 24,
    cause: /no freshness token/,
    world: { policy: { freshness: 'required' } },
  },
  {
    id: 'freshness-missing-win2k',
    name: 'Windows 2000’s form where freshness is demanded',
    code: 24,
    cause: /no freshness token/,
    world: { policy: { freshness: 'required' } },
    wish: { options: { variant: 'win2k' } },
  },
];
