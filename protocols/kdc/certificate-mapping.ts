/**
 * Is this certificate that account's? MS-PKCA 3.1.5.2.1: implicit mapping by names in the certificate,
 * explicit mapping by altSecurityIdentities, and how strong the bond must be (KB5014754). What key trust
 * does instead is in public-key.ts.
 */
import {
  KDC_ERR_CERTIFICATE_MISMATCH,
  KDC_ERR_CLIENT_NAME_MISMATCH,
} from '../kerberos/error-codes.ts';
import type { Certificate } from '../x509/certificate.ts';
import { mappingText } from '../x509/names.ts';
import { type Account, type Accounts, foldName, isComputer } from './accounts.ts';
import { type Refusal, refused } from './errors.ts';
import { type ExplicitMapping, explicitMapping } from './explicit-mapping.ts';
import type { PkinitPolicy } from './pkinit-policy.ts';
import { namesRealm, type Realm } from './realm.ts';

export interface Mapped {
  readonly kind: 'mapped';
  readonly strength: 'weak' | 'strong';
  /** By what: `SAN UPN`, `X509:<SKI>`. */
  readonly by: string;
  /** What an administrator would find in the log all the same. */
  readonly warning?: string;
}

/** What a certificate is mapped with. */
export interface MappingContext {
  readonly realm: Realm;
  readonly accounts: Accounts;
  readonly account: Account;
  readonly policy: PkinitPolicy;
}

const SID_URI = /^tag:microsoft\.com,2022-09-14:sid:(S-1-[\d-]+)$/;

/** The account's mapping, or why it has none. */
export function mappedTo(certificate: Certificate, context: MappingContext): Mapped | Refusal {
  const { account, policy } = context;
  const explicit = explicitMapping(certificate, account.altSecurityIdentities ?? []);
  const implicit = isComputer(account)
    ? computerName(certificate, context)
    : userName(certificate, context);
  if (explicit === undefined && implicit.kind === 'refused') return implicit;
  const by = implicit.kind === 'named' ? implicit.by : (explicit as ExplicitMapping).form;
  // KB5014754: a strong mapping decides; the SID in the certificate is asked only where there is none.
  // That is how an administrator maps one person's certificate to a second account.
  if (explicit?.strength === 'strong') {
    return { kind: 'mapped', strength: 'strong', by: explicit.form };
  }
  const sids = sidsIn(certificate);
  const other = sids.find((sid) => sid !== account.objectSid);
  if (other !== undefined) return otherSid(certificate, other, context, by);
  const strong = strongBond(certificate, context);
  if (strong !== undefined) return { kind: 'mapped', strength: 'strong', by: strong };
  return weakly(certificate, by, context, policy);
}

type Named = { readonly kind: 'named'; readonly by: string } | Refusal;

/** Step 2: a computer's dNSName is its account's name in the domain. */
function computerName({ subjectAltName, subject }: Certificate, context: MappingContext): Named {
  const { account, realm } = context;
  const host = account.sAMAccountName.replace(/\$$/, '').toLowerCase();
  const expected = `${host}.${realm.name.toLowerCase()}`;
  const found = subjectAltName.dns.some((name) => name.toLowerCase() === expected);
  if (found) return { kind: 'named', by: 'SAN DNS' };
  const listed = subjectAltName.dns.join(', ') || 'none';
  return refused(
    KDC_ERR_CLIENT_NAME_MISMATCH,
    `the certificate ${subject.windowsText} has the DNS names ${listed}, not ${expected}`,
  );
}

/** Step 3: a user's UPN in the certificate names the account that the request names. */
function userName({ subjectAltName, subject }: Certificate, context: MappingContext): Named {
  const { account } = context;
  const { upn: upns } = subjectAltName;
  if (upns.length === 0) {
    return refused(
      KDC_ERR_CLIENT_NAME_MISMATCH,
      `the certificate ${subject.windowsText} has no UPN, and altSecurityIdentities of ${account.sAMAccountName} does not name it`,
    );
  }
  if (ownUpn(upns, context) !== undefined) return { kind: 'named', by: 'SAN UPN' };
  const whose = upns.map((upn) => {
    const owner = accountOfUpn(upn, context);
    return `${upn} is that of ${owner === undefined ? 'nobody here' : owner.sAMAccountName}`;
  });
  return refused(
    KDC_ERR_CLIENT_NAME_MISMATCH,
    `the certificate's UPN ${whose.join(', ')}, not of ${account.sAMAccountName}`,
  );
}

/** The one of a certificate's UPNs that names the account. */
function ownUpn(upns: readonly string[], context: MappingContext): string | undefined {
  const { objectSid } = context.account;
  return upns.find((upn) => accountOfUpn(upn, context)?.objectSid === objectSid);
}

/** userPrincipalName first, then the implicit name `sAMAccountName@domain`. */
function accountOfUpn(upn: string, { accounts, realm }: MappingContext): Account | undefined {
  const explicit = accounts.byUserPrincipalName(upn);
  if (explicit !== undefined) return explicit;
  const at = upn.lastIndexOf('@');
  if (at <= 0 || !namesRealm(realm, upn.slice(at + 1))) return undefined;
  return accounts.bySAMAccountName(upn.slice(0, at));
}

/** SIDs that the certificate binds itself to: the extension of AD CS, and the URI that requesters supply. */
function sidsIn({ sid, subjectAltName }: Certificate): readonly string[] {
  const uris = subjectAltName.uri.flatMap((uri) => SID_URI.exec(uri)?.[1] ?? []);
  return sid === undefined ? uris : [sid, ...uris];
}

/** KDC event 41. Mode 0 does not look at the extension. */
function otherSid(
  certificate: Certificate,
  sid: string,
  { account, policy }: MappingContext,
  by: string,
): Mapped | Refusal {
  const cause = `event 41: the certificate ${certificate.subject.windowsText} holds the SID ${sid}, ${account.sAMAccountName} has ${account.objectSid}`;
  if (policy.strongCertificateBindingEnforcement === 'disabled') {
    return { kind: 'mapped', strength: 'weak', by, warning: cause };
  }
  return refused(KDC_ERR_CERTIFICATE_MISMATCH, cause);
}

/** What makes the bond strong; undefined: nothing. */
function strongBond(certificate: Certificate, context: MappingContext): string | undefined {
  const { account, policy } = context;
  if (certificate.sid === account.objectSid) return 'the SID extension';
  if (sidsIn(certificate).length > 0) return 'the SID in a SAN URI';
  const issuer = foldName(mappingText(certificate.issuer));
  if (policy.strongNameMappings.length === 0) return undefined;
  const upn = foldName(ownUpn(certificate.subjectAltName.upn, context) ?? '');
  const tuple = policy.strongNameMappings.find(
    (one) =>
      foldName(one.issuer) === issuer &&
      certificate.certificatePolicies.includes(one.policyOid) &&
      upn.endsWith(`@${foldName(one.upnSuffix)}`),
  );
  return tuple === undefined ? undefined : `the issuer's policy ${tuple.policyOid}`;
}

/** KDC events 39 (no strong mapping) and 40 (the certificate is older than the account). */
function weakly(
  certificate: Certificate,
  by: string,
  { account }: MappingContext,
  policy: PkinitPolicy,
): Mapped | Refusal {
  const name = certificate.subject.windowsText;
  const what = `the certificate ${name} is bound to ${account.sAMAccountName} by ${by} alone, which is weak`;
  switch (policy.strongCertificateBindingEnforcement) {
    case 'disabled':
      return { kind: 'mapped', strength: 'weak', by };
    case 'full':
      return refused(
        KDC_ERR_CERTIFICATE_MISMATCH,
        `event 39: ${what}; StrongCertificateBindingEnforcement is 2, so it takes a SID extension or a strong altSecurityIdentities`,
      );
    case 'compatibility': {
      const { whenCreated } = account;
      const compensation = policy.certificateBackdatingCompensation;
      if (whenCreated !== undefined && certificate.notBefore < whenCreated - compensation) {
        const [older, newer] = [certificate.notBefore, whenCreated].map(day);
        return refused(
          KDC_ERR_CERTIFICATE_MISMATCH,
          `event 40: ${what}, and it is valid from ${older}, before the account was made (${newer})`,
        );
      }
      return { kind: 'mapped', strength: 'weak', by, warning: `event 39: ${what}` };
    }
  }
}

function day(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
