import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mappedTo } from '../../../protocols/kdc/certificate-mapping.ts';
import { mappingValues } from '../../../protocols/kdc/explicit-mapping.ts';
import { DEFAULT_PKINIT_POLICY, type PkinitPolicy } from '../../../protocols/kdc/pkinit-policy.ts';
import type { Certificate } from '../../../protocols/x509/certificate.ts';
import type { CertificateProfile } from '../../../protocols/x509/issue.ts';
import { distinguishedName, mappingText } from '../../../protocols/x509/names.ts';
import { sidUri, smartcardLogon } from '../../../protocols/x509/profiles.ts';
import { toHex } from '../../../src/bytes/bytes.ts';
import { digest } from '../../../src/crypto/digest.ts';
import { ALICE, contoso, DAY, FILES, NOW } from './contoso.ts';
import type { AccountSeed } from './listed-accounts.ts';
import { ALICE_SID, certified, smartcard } from './pkinit-world.ts';

const mapping = suite('kdc/certificate-mapping');

const SUBJECT = distinguishedName('CN=Alice Example,OU=Sales,DC=contoso,DC=com');

/** Nothing in it but the subject: only explicit mappings fit. */
const bare = smartcardLogon({ subject: SUBJECT, names: { email: ['alice@contoso.com'] } });
const withUpn = smartcardLogon({ subject: SUBJECT, upn: 'alice@contoso.com' });

interface Wish {
  readonly account?: Partial<AccountSeed>;
  readonly policy?: Partial<PkinitPolicy>;
}

/** `strong by ...`, `weak by ...`, or the code. */
function mapped(certificate: Certificate, { account, policy }: Wish = {}): string {
  const { realm, accounts } = contoso([{ ...ALICE, ...account }]);
  const name = account?.sAMAccountName ?? 'alice';
  const found = accounts.bySAMAccountName(name);
  if (found === undefined) throw new Error(name);
  const result = mappedTo(certificate, {
    realm,
    accounts,
    account: found,
    policy: { ...DEFAULT_PKINIT_POLICY, ...policy },
  });
  return result.kind === 'refused' ? `${result.code}` : `${result.strength} by ${result.by}`;
}

const weak = { strongCertificateBindingEnforcement: 'disabled' } as const;
const certificate = (profile: CertificateProfile): Certificate => certified(profile, 'rsa alice');

const BARE = certificate(bare);
const ISSUER = 'DC=example,DC=corp,CN=contoso issuing';
const OWN = 'DC=com,DC=contoso,OU=Sales,CN=Alice Example';
const reversed = (BARE.serialNumber.match(/../g) ?? []).reverse().join('');

const FORMS: readonly (readonly [form: string, value: string, strength: 'strong' | 'weak'])[] = [
  ['X509:<I><SR>', `X509:<I>${ISSUER}<SR>${reversed}`, 'strong'],
  ['X509:<SKI>', `X509:<SKI>${BARE.subjectKeyIdentifier?.toUpperCase()}`, 'strong'],
  ['X509:<SHA1-PUKEY>', `X509:<SHA1-PUKEY>${BARE.sha1}`, 'strong'],
  ['X509:<SHA1-PUKEY>', `X509:<SHA1-PUKEY>${toHex(digest('sha1', BARE.publicKey))}`, 'strong'],
  ['X509:<I><S>', `X509:<I>${ISSUER}<S>${OWN}`, 'weak'],
  ['X509:<S>', `X509:<S>${OWN}`, 'weak'],
  ['X509:<RFC822>', 'X509:<RFC822>Alice@Contoso.com', 'weak'],
];

for (const [form, value, strength] of FORMS) {
  mapping(`altSecurityIdentities ${form} is ${strength}`, () => {
    const account = { altSecurityIdentities: ['X509:<S>CN=somebody else', value] };
    assert.is(mapped(BARE, { account, policy: weak }), `${strength} by ${form}`);
    assert.is(mapped(BARE, { account }), strength === 'strong' ? `strong by ${form}` : '66');
    assert.is(mapped(BARE), '75', 'without it the certificate is nobody’s');
  });
}

mapping('altSecurityIdentities X509:<I><SID> goes with the SID in the certificate', () => {
  const one = certificate(smartcardLogon({ subject: SUBJECT, sid: ALICE_SID }));
  const account = { altSecurityIdentities: [`X509:<I>${ISSUER}<SID>${ALICE_SID}`] };
  assert.match(mapped(one, { account }), /^strong/);
});

mapping('a serial number in the order of the certificate maps nothing', () => {
  const account = { altSecurityIdentities: [`X509:<I>${ISSUER}<SR>${BARE.serialNumber}`] };
  assert.is(mapped(BARE, { account }), '75');
});

mapping('every value by which a certificate would map is one that maps it', () => {
  for (const value of mappingValues(BARE)) {
    const account = { altSecurityIdentities: [value] };
    assert.match(mapped(BARE, { account, policy: weak }), /by X509:/, value);
  }
});

mapping('the SID extension and the SID in a URI are strong', () => {
  assert.is(mapped(certificate(smartcard())), 'strong by the SID extension');
  const uri = [sidUri(ALICE_SID)];
  const named = smartcardLogon({ subject: SUBJECT, upn: 'alice@contoso.com', names: { uri } });
  assert.is(mapped(certificate(named)), 'strong by the SID in a SAN URI');
});

mapping('another account’s SID is refused, unless nobody looks at it', () => {
  for (const one of [
    smartcard({ sid: 'S-1-5-21-1-2-3-1106' }),
    smartcard({ names: { uri: [sidUri('S-1-5-21-1-2-3-1106')] } }),
  ]) {
    assert.is(mapped(certificate(one)), '66');
    const policy = { strongCertificateBindingEnforcement: 'compatibility' } as const;
    assert.is(mapped(certificate(one), { policy }), '66');
    assert.is(mapped(certificate(one), { policy: weak }), 'weak by SAN UPN');
  }
});

mapping('another account’s SID does not matter where the certificate is mapped strongly', () => {
  const sid = 'S-1-5-21-1-2-3-1106';
  const one = certificate(smartcard({ sid }));
  const by = (...altSecurityIdentities: string[]) =>
    mapped(one, { account: { altSecurityIdentities } });
  assert.is(by(`X509:<SHA1-PUKEY>${one.sha1}`), 'strong by X509:<SHA1-PUKEY>');
  assert.is(by(`X509:<I>${ISSUER}<SID>${sid}`), 'strong by X509:<I><SID>');
  assert.is(by(`X509:<I>${ISSUER}<SID>${ALICE_SID}`), '66', 'not the SID of the certificate');
  assert.is(by(`X509:<S>${mappingText(one.subject)}`), '66', 'a weak one');
});

mapping('the UPN: the account’s own, or its implicit one; no one else’s', () => {
  const implicit = smartcardLogon({ subject: SUBJECT, upn: 'ALICE@contoso.com' });
  for (const userPrincipalName of ['alice@contoso.com', 'a.example@other.example']) {
    const wish = { account: { userPrincipalName }, policy: weak };
    assert.is(mapped(certificate(implicit), wish), 'weak by SAN UPN');
  }
  const bob = smartcardLogon({ subject: SUBJECT, upn: 'bob@contoso.com' });
  assert.is(mapped(certificate(bob), { policy: weak }), '75');
  const stranger = smartcardLogon({ subject: SUBJECT, upn: 'alice@fabrikam.com' });
  assert.is(mapped(certificate(stranger), { policy: weak }), '75');
});

mapping(
  'KB5014754: modes 0, 1 and 2 of a weak mapping, by the ages of certificate and account',
  () => {
    const younger = certified(withUpn, 'rsa alice', undefined, { notBefore: NOW - DAY });
    const result = (mode: PkinitPolicy['strongCertificateBindingEnforcement'], created: number) =>
      mapped(younger, {
        account: { whenCreated: created },
        policy: { strongCertificateBindingEnforcement: mode },
      });
    assert.is(result('disabled', NOW), 'weak by SAN UPN');
    assert.is(result('full', NOW - 2 * DAY), '66');
    assert.is(result('compatibility', NOW - 2 * DAY), 'weak by SAN UPN');
    assert.is(result('compatibility', NOW), '66', 'the account is younger than the certificate');
    const compensated = {
      account: { whenCreated: NOW },
      policy: {
        strongCertificateBindingEnforcement: 'compatibility',
        certificateBackdatingCompensation: 2 * DAY,
      },
    } as const;
    assert.is(mapped(younger, compensated), 'weak by SAN UPN');
  },
);

mapping('an issuer’s policy makes names strong where administrators say so', () => {
  const one = certificate(withUpn);
  const tuple = { issuer: ISSUER, policyOid: '1.3.6.1.4.1.99999.1', upnSuffix: 'contoso.com' };
  assert.is(mapped(one, { policy: { strongNameMappings: [tuple] } }), '66', 'no such policy in it');
  const has: Certificate = { ...one, certificatePolicies: [tuple.policyOid] };
  assert.match(mapped(has, { policy: { strongNameMappings: [tuple] } }), /^strong by the issuer/);
  const other = { ...tuple, upnSuffix: 'fabrikam.com' };
  assert.is(mapped(has, { policy: { strongNameMappings: [other] } }), '66');
});

mapping('computers by their DNS name in the domain', () => {
  const named = (dns: string) =>
    certificate(smartcardLogon({ subject: SUBJECT, names: { dns: [dns] } }));
  const wish = { account: FILES, policy: weak };
  assert.is(mapped(named('FILES.contoso.com'), wish), 'weak by SAN DNS');
  assert.is(mapped(named('files.fabrikam.com'), wish), '75');
  assert.is(mapped(certificate(smartcard()), wish), '75', 'a user’s certificate');
});

mapping.run();
