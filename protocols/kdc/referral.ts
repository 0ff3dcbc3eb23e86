/**
 * Between realms: what a referral says (RFC 6806 §8, MS-KILE 3.3.5.7.5), and what is believed of a
 * PAC that a trusted realm made (MS-PAC 4.1.2.2).
 */
import { encode } from '../../src/der/codec.ts';
import { NT_SRV_INST, PA_SVR_REFERRAL_INFO } from '../kerberos/constants.ts';
import { KDC_ERR_POLICY, KRB_AP_ERR_MODIFIED } from '../kerberos/error-codes.ts';
import { type PaData, PaSvrReferralInfo, type PrincipalName } from '../kerberos/messages.ts';
import { LogonInfo } from '../pac/buffers.ts';
import { PacType } from '../pac/constants.ts';
import type { KerbValidationInfo } from '../pac/messages.ts';
import { layoutPac, type Pac, pacBuffer } from '../pac/pactype.ts';
import { type Trust, TrustAttributes } from './accounts.ts';
import { type Refusal, refused } from './errors.ts';
import type { Realm } from './realm.ts';

/** The ticket-granting service of another realm, which the referral's ticket is for. */
export function remoteTgs({ realm }: Trust): PrincipalName {
  return { nameType: NT_SRV_INST, nameString: ['krbtgt', realm] };
}

/** In the reply's encrypted-pa-data: where to go on. */
export function referralInfo({ realm }: Trust): PaData {
  return {
    padataType: PA_SVR_REFERRAL_INFO,
    padataValue: encode(PaSvrReferralInfo, { referredRealm: realm }),
  };
}

/** May tickets be forwarded over this trust? Then the referral ticket says ok-as-delegate. */
export function delegatesOver({ trustAttributes }: Trust): boolean {
  const { WITHIN_FOREST, CROSS_ORGANIZATION_ENABLE_TGT_DELEGATION } = TrustAttributes;
  return (trustAttributes & (WITHIN_FOREST | CROSS_ORGANIZATION_ENABLE_TGT_DELEGATION)) !== 0;
}

type Filtered = { readonly kind: 'filtered'; readonly pac: Pac };

/**
 * SID filtering of a PAC that came over a trust. Within a forest everything is believed. Otherwise
 * the user must not claim to be of our own domain, and over a quarantined trust be of the trusted
 * one; SIDs that the other side has no say in are dropped.
 */
export function filteredPac(pac: Pac, trust: Trust, realm: Realm): Filtered | Refusal {
  const { WITHIN_FOREST, QUARANTINED_DOMAIN, FOREST_TRANSITIVE } = TrustAttributes;
  const quarantined = (trust.trustAttributes & QUARANTINED_DOMAIN) !== 0;
  if ((trust.trustAttributes & WITHIN_FOREST) !== 0 && !quarantined) {
    return { kind: 'filtered', pac };
  }
  const octets = pacBuffer(pac, PacType.LOGON_INFO);
  const read = octets === undefined ? undefined : LogonInfo.tryDecode(octets);
  if (read === undefined || !read.ok) {
    const why = read === undefined ? 'is missing' : read.error.message;
    return refused(KRB_AP_ERR_MODIFIED, `LOGON_INFO in the PAC from ${trust.realm}: ${why}`);
  }
  const info = read.value;
  const wholeForest = (trust.trustAttributes & FOREST_TRANSITIVE) !== 0 && !quarantined;
  const claimed = info.LogonDomainId;
  if (claimed === realm.sid || (claimed !== trust.securityIdentifier && !wholeForest)) {
    return refused(
      KDC_ERR_POLICY,
      `a user of domain ${claimed ?? 'unknown'} came over the trust with ${trust.realm}, ` +
        `whose domain is ${trust.securityIdentifier}`,
    );
  }
  const kept = (info.ExtraSids ?? []).filter(({ Sid }) =>
    isBelieved(Sid, trust, realm, wholeForest),
  );
  if (kept.length === (info.ExtraSids ?? []).length) return { kind: 'filtered', pac };
  const changed: KerbValidationInfo = { ...info, ExtraSids: kept.length === 0 ? null : kept };
  const bytes = LogonInfo.encode(changed);
  const buffers = pac.buffers.map((buffer) =>
    buffer.ulType === PacType.LOGON_INFO ? { ulType: buffer.ulType, bytes } : buffer,
  );
  return { kind: 'filtered', pac: layoutPac(buffers) };
}

/** How the user was identified (S-1-18) is for the user's own realm to say. */
function isBelieved(sid: string, trust: Trust, realm: Realm, wholeForest: boolean): boolean {
  if (sid.startsWith('S-1-18-')) return true;
  if (sid.startsWith(`${trust.securityIdentifier}-`)) return true;
  return wholeForest && sid.startsWith('S-1-5-21-') && !sid.startsWith(`${realm.sid}-`);
}
