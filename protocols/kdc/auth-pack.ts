/**
 * What a client signed: that it is about this request and this moment, and what it offers to agree on.
 * RFC 4556 §3.2.1, §3.2.2; RFC 8070 §5; RFC 8636; MS-PKCA 2.2.3 for Windows 2000's form.
 */
import { equal } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import { encode, tryDecode } from '../../src/der/codec.ts';
import { TD_DH_PARAMETERS } from '../kerberos/constants.ts';
import {
  KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED,
  KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED,
  KDC_ERR_ETYPE_NOSUPP,
  KDC_ERR_NO_ACCEPTABLE_KDF,
  KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED,
  KDC_ERR_PREAUTH_FAILED,
  KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED,
  KRB_AP_ERR_MODIFIED,
  KRB_AP_ERR_SKEW,
} from '../kerberos/error-codes.ts';
import { WellKnownSid } from '../pac/constants.ts';
import { DIGEST_OIDS } from '../pkinit/constants.ts';
import { KDFS } from '../pkinit/derivation.ts';
import {
  type GroupName,
  groupAlgorithm,
  type PublicValue,
  type QForm,
  readPublicValue,
} from '../pkinit/groups.ts';
import {
  AuthPack,
  AuthPackWin2k,
  type PkAuthenticator,
  TdDhParameters,
} from '../pkinit/messages.ts';
import type { Certificate } from '../x509/certificate.ts';
import { type Refusal, refused, typedData } from './errors.ts';
import { freshnessRefusal } from './freshness.ts';
import type { Offer } from './offer.ts';
import type { PkinitDigest, PkinitPolicy } from './pkinit-policy.ts';
import { type ProofContext, skewText } from './proof.ts';
import { digestsData, malformed } from './public-key.ts';

/** The offer of RFC 4556's AuthPack. */
export function offerOf(
  context: ProofContext,
  octets: Uint8Array,
  certificate: Certificate,
): Offer | Refusal {
  const read = tryDecode(AuthPack, octets);
  if (!read.ok) return malformed(`the AuthPack is malformed: ${read.error.message}`);
  const { pkAuthenticator, clientPublicValue, supportedCMSTypes, clientDHNonce, supportedKDFs } =
    read.value;
  const wrong = authenticatorRefusal(context, pkAuthenticator);
  if (wrong !== undefined) return wrong;
  const fresh = freshness(context, pkAuthenticator.freshnessToken);
  if (fresh.kind === 'refused') return fresh;
  const { nonce } = pkAuthenticator;
  const { identities } = fresh;
  if (clientPublicValue === undefined) {
    const anyCms = (supportedCMSTypes ?? []).length === 0;
    const refusal = transportRefusal(context);
    const wanted = { by: 'transport', recipient: certificate, anyCms } as const;
    return refusal ?? { kind: 'offer', nonce, wanted, identities };
  }
  const value = acceptedValue(context, clientPublicValue);
  if (value.kind === 'refused') return value;
  const { pkinit } = context.policy;
  const offered = pkinit.kdfs ? supportedKDFs?.map(({ kdfId }) => kdfId) : undefined;
  const kdf = KDFS.find(({ oid }) => offered?.includes(oid) === true)?.oid;
  if (offered !== undefined && kdf === undefined) {
    const cause = `the client derives its key with ${offered.join(', ') || 'no function at all'}, this KDC with ${KDFS.map(({ oid }) => oid).join(', ')}`;
    return refused(KDC_ERR_NO_ACCEPTABLE_KDF, cause);
  }
  return {
    kind: 'offer',
    nonce,
    identities,
    wanted: {
      by: 'agreement',
      peer: value.value,
      ...(clientDHNonce === undefined ? {} : { clientNonce: clientDHNonce }),
      ...(kdf === undefined ? {} : { kdf }),
    },
  };
}

/** The same of Windows 2000's, which has neither checksum nor nonces. */
export function win2kOfferOf(
  context: ProofContext,
  octets: Uint8Array,
  certificate: Certificate,
): Offer | Refusal {
  const read = tryDecode(AuthPackWin2k, octets);
  if (!read.ok) return malformed(`the AuthPack is malformed: ${read.error.message}`);
  const { pkAuthenticator, clientPublicValue } = read.value;
  const skewed = skewRefusal(context, pkAuthenticator);
  if (skewed !== undefined) return skewed;
  const { freshness: required } = context.policy.pkinit;
  if (required === 'required') return notFresh();
  const nonce = pkAuthenticator.nonce >>> 0;
  if (clientPublicValue === undefined) {
    const wanted = { by: 'transport', recipient: certificate, anyCms: true } as const;
    return transportRefusal(context) ?? { kind: 'offer', nonce, wanted, identities: [] };
  }
  const value = acceptedValue(context, clientPublicValue);
  if (value.kind === 'refused') return value;
  return { kind: 'offer', nonce, wanted: { by: 'agreement', peer: value.value }, identities: [] };
}

/** Clock, nonce and checksums: the signature is about this very request. */
function authenticatorRefusal(context: ProofContext, own: PkAuthenticator): Refusal | undefined {
  const skewed = skewRefusal(context, own);
  if (skewed !== undefined) return skewed;
  const { paChecksum, paChecksum2, nonce } = own;
  // Windows takes 0 for any nonce (Samba `test_pkinit_zero_nonce`): the body's counts.
  if (nonce !== 0 && nonce !== context.nonce >>> 0) {
    const cause = `the PKAuthenticator’s nonce is ${nonce}, the request’s ${context.nonce >>> 0}`;
    return refused(KRB_AP_ERR_MODIFIED, cause);
  }
  const modified = (name: string): Refusal =>
    refused(KRB_AP_ERR_MODIFIED, `${name} does not cover this KDC-REQ-BODY: it was changed`);
  if (paChecksum2 !== undefined) {
    const { pkinit } = context.policy;
    const oids: Readonly<Record<string, PkinitDigest>> = DIGEST_OIDS;
    const name = oids[paChecksum2.algorithmIdentifier.algorithm];
    if (name === undefined) return malformed('paChecksum2 is made with an unknown digest');
    if (!pkinit.digests.includes(name) && !(name === 'sha1' && sha1Allowed(pkinit))) {
      const cause = `event 205: paChecksum2 is made with ${name}, which policy does not allow`;
      const more = { typedData: digestsData(pkinit.digests) };
      return refused(KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED, cause, more);
    }
    if (!equal(paChecksum2.checksum, digest(name, context.reqBody))) return modified('paChecksum2');
  } else if (!sha1Allowed(context.policy.pkinit)) {
    const cause = 'paChecksum2 is missing, and policy does not allow the SHA-1 of paChecksum';
    return refused(KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED, cause);
  }
  if (paChecksum === undefined) {
    if (paChecksum2 !== undefined) return undefined;
    return refused(KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED, 'paChecksum is missing');
  }
  return equal(paChecksum, digest('sha1', context.reqBody)) ? undefined : modified('paChecksum');
}

function sha1Allowed({ digests, legacy }: PkinitPolicy): boolean {
  return legacy || digests.includes('sha1');
}

function skewRefusal(
  { now, policy }: ProofContext,
  { ctime, cusec }: { readonly ctime: number; readonly cusec: number },
): Refusal | undefined {
  const ahead = ctime + cusec / 1_000 - now;
  if (Math.abs(ahead) <= policy.maxClockSkew) return undefined;
  return refused(KRB_AP_ERR_SKEW, `${skewText(ahead, policy)} (PKAuthenticator)`);
}

type Fresh = { readonly kind: 'fresh'; readonly identities: readonly string[] };

function freshness(context: ProofContext, token: Uint8Array | undefined): Fresh | Refusal {
  const { accounts, now } = context;
  const { pkinit } = context.policy;
  if (token === undefined) {
    return pkinit.freshness === 'required' ? notFresh() : { kind: 'fresh', identities: [] };
  }
  const refusal = freshnessRefusal(token, accounts, pkinit, now);
  return refusal ?? { kind: 'fresh', identities: [WellKnownSid.FRESH_PUBLIC_KEY_IDENTITY] };
}

function notFresh(): Refusal {
  return refused(
    KDC_ERR_PREAUTH_FAILED,
    'the request has no freshness token, which policy demands: it may have been signed ahead',
  );
}

const DES_EDE3_CBC_ENV = 15;

/** Key transport: Windows asks for etype 15 (Samba `test_pkinit_*_no_des3`). */
function transportRefusal({ policy: { pkinit }, offered }: ProofContext): Refusal | undefined {
  if (pkinit.rsaKeyTransport === 'refused') {
    return refused(
      KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED,
      'the request has no clientPublicValue, and policy does not let the reply key be encrypted to an RSA key',
    );
  }
  if (pkinit.rsaKeyTransport === 'cms' || offered.includes(DES_EDE3_CBC_ENV)) return undefined;
  return refused(
    KDC_ERR_ETYPE_NOSUPP,
    'the request asks for key transport by RSA without etype 15 (des-ede3-cbc-EnvelopedData)',
  );
}

type Accepted = { readonly kind: 'value'; readonly value: PublicValue };

function acceptedValue(
  { policy: { pkinit } }: ProofContext,
  spki: Parameters<typeof readPublicValue>[0],
): Accepted | Refusal {
  const read = readPublicValue(spki);
  const allowed = allowedGroups(pkinit);
  const no = (text: string): Refusal =>
    refused(
      KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED,
      `the client offers ${text}; policy takes ${allowed.join(', ')}`,
      { typedData: groupsData(pkinit) },
    );
  if (!read.ok) return read.problem === 'group' ? no(read.text) : malformed(read.text);
  const { group } = read.value;
  if (!allowed.includes(group)) return no(group);
  return { kind: 'value', value: read.value };
}

export function allowedGroups({ groups, legacy }: PkinitPolicy): readonly GroupName[] {
  return legacy && !groups.includes('modp-2') ? [...groups, 'modp-2'] : groups;
}

const groupLists = new Map<string, Uint8Array>();

/** TD-DH-PARAMETERS, best first. */
function groupsData(pkinit: PkinitPolicy): Uint8Array {
  const groups = allowedGroups(pkinit);
  const name = groups.join();
  let made = groupLists.get(name);
  if (made === undefined) {
    const form = (group: GroupName): QForm => (group === 'modp-2' ? 'zero' : 'right');
    const list = groups.map((group) => groupAlgorithm(group, form(group)));
    made = typedData(TD_DH_PARAMETERS, encode(TdDhParameters, list));
    groupLists.set(name, made);
  }
  return made;
}
