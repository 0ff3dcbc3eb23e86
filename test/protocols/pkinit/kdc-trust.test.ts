import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KdcTrust } from '../../../protocols/pkinit/kdc-trust.ts';
import type { Certificate } from '../../../protocols/x509/certificate.ts';
import { distinguishedName } from '../../../protocols/x509/names.ts';
import {
  domainController,
  kerberosAuthentication,
  smartcardLogon,
} from '../../../protocols/x509/profiles.ts';
import { DAY, NOW } from '../kdc/contoso.ts';
import {
  certified,
  ISSUING,
  identityOf,
  KDC_CERTIFICATE,
  KDC_PROFILE,
  listOf,
  pkinitWorld,
  ROOT,
  resultOf,
  STRANGER,
  signsIn,
  smartcard,
  TRUST,
} from '../kdc/pkinit-world.ts';

const suiteOf = suite('pkinit/kdc-trust');

const ALICE = identityOf(certified(smartcard(), 'rsa alice'), 'rsa alice');

/** What Alice's device makes of a KDC with this certificate. */
function seen(certificate: Certificate, trust: KdcTrust = TRUST): string {
  const world = pkinitWorld({ certificate: { certificate, key: 'rsa dc1' } });
  return resultOf(signsIn(world, ALICE, { trust }));
}

const WITHOUT_NAME = domainController({ dnsHostName: 'dc1.contoso.com' });
const OTHER_DOMAIN = kerberosAuthentication({
  dnsHostName: 'dc1.evil.example',
  domain: 'evil.example',
  netbios: 'EVIL',
});
const ISSUED = { notBefore: NOW - 2 * DAY, notAfter: NOW - DAY };

const CASES: readonly (readonly [string, string, Certificate, KdcTrust?])[] = [
  ['a right one', 'done', KDC_CERTIFICATE],
  [
    'of another authority',
    'untrustedKdc untrustedRoot',
    certified(KDC_PROFILE, 'rsa dc1', STRANGER),
  ],
  ['that signs itself', 'untrustedKdc untrustedRoot', certified(KDC_PROFILE, 'rsa dc1', 'itself')],
  ['that has ended', 'untrustedKdc expired', certified(KDC_PROFILE, 'rsa dc1', ISSUING, ISSUED)],
  ['for other purposes', 'untrustedKdc keyPurpose', certified(WITHOUT_NAME, 'rsa dc1')],
  ['of another domain', 'untrustedKdc name', certified(OTHER_DOMAIN, 'rsa dc1')],
  [
    'of an authority that is not in NTAuth',
    'untrustedKdc notInNtAuth',
    KDC_CERTIFICATE,
    { ...TRUST, ntAuth: [] },
  ],
  [
    'that was revoked',
    'untrustedKdc revoked',
    KDC_CERTIFICATE,
    {
      ...TRUST,
      revocationLists: [
        listOf(ROOT).der,
        listOf(ISSUING, [{ serialNumber: KDC_CERTIFICATE.serialNumber, date: NOW - DAY }]).der,
      ],
    },
  ],
  [
    'of which nothing is known',
    'untrustedKdc revocationUnknown',
    KDC_CERTIFICATE,
    { ...TRUST, revocationLists: [] },
  ],
  [
    'of which nothing needs to be known',
    'done',
    KDC_CERTIFICATE,
    { ...TRUST, revocationLists: [], revocation: 'ifKnown' },
  ],
  [
    'of any server, without strict validation',
    'done',
    certified(WITHOUT_NAME, 'rsa dc1'),
    { ...TRUST, validation: 'server' },
  ],
];

for (const [what, expected, certificate, trust] of CASES) {
  suiteOf(`a KDC's certificate ${what}`, () => {
    assert.is(seen(certificate, trust), expected);
  });
}

suiteOf('a user’s certificate makes no KDC, even without strict validation', () => {
  const card = smartcardLogon({ subject: distinguishedName('CN=Mallory,DC=contoso,DC=com') });
  const certificate = certified(card, 'rsa dc1');
  assert.is(seen(certificate), 'untrustedKdc keyPurpose');
  assert.is(seen(certificate, { ...TRUST, validation: 'server' }), 'untrustedKdc keyPurpose');
});

suiteOf('a KDC that signs with another key than its certificate’s is refused', () => {
  const world = pkinitWorld({ certificate: { certificate: KDC_CERTIFICATE, key: 'rsa rogue' } });
  assert.is(resultOf(signsIn(world, ALICE)), 'untrustedKdc signature');
});

suiteOf.run();
