/** PA-PK-AS-REQ as a client puts it together: RFC 4556 §3.2.1, RFC 8070, RFC 8636, MS-PKCA 2.2.3. */
import { digest } from '../../src/crypto/digest.ts';
import { encode } from '../../src/der/codec.ts';
import type { Env } from '../../src/machine/machine.ts';
import { finishSignedData, prepareSignedData } from '../cms/sign.ts';
import {
  PA_AS_CHECKSUM,
  PA_AS_FRESHNESS,
  PA_PK_AS_REP_OLD,
  PA_PK_AS_REQ,
} from '../kerberos/constants.ts';
import type { PaData } from '../kerberos/messages.ts';
import { ticketGrantingService } from '../kerberos/names.ts';
import type { PreAuthContext, PreAuthStep } from '../kerberos/preauth.ts';
import { readCertificate } from '../x509/certificate.ts';
import type { PkinitOptions, PkinitState } from './client-state.ts';
import { DIGEST_OIDS, OID } from './constants.ts';
import { type OwnHalf, ownHalf, publicValueInfo } from './groups.ts';
import {
  AuthPack,
  AuthPackWin2k,
  type PaChecksum2,
  PaPkAsReq,
  PaPkAsReqWin2k,
} from './messages.ts';

/** RFC 4556 §3.2.3.1 leaves the length open; MIT and Heimdal send 32 octets. */
const NONCE = 32;

const EMPTY = new Uint8Array(0);

/** The AuthPack, to be signed. */
export function toBeSigned(
  state: PkinitState,
  context: PreAuthContext,
  env: Env,
): PreAuthStep<PkinitState> {
  const { identity, options, trust, refused = [] } = state;
  const own = readCertificate(identity.certificate);
  if (!own.ok) return unusable(`the certificate of our own cannot be read: ${own.reason}`);
  const group = state.group ?? options.groups.find((candidate) => !refused.includes(candidate));
  if (group === undefined && options.groups.length > 0) {
    return unusable(`no group is left to agree in: the KDC refused ${refused.join(', ')}`);
  }
  const half = group === undefined ? undefined : ownHalf(group, env.random);
  const sendsNonce = half !== undefined && options.nonce && options.variant === 'rfc4556';
  const clientNonce = sendsNonce ? env.random(NONCE) : undefined;
  const content =
    options.variant === 'win2k'
      ? win2kAuthPack(half, context, options)
      : authPack(half, clientNonce, context, options);
  const { key, algorithm } = identity;
  const { toBeSigned: data, draft } = prepareSignedData({
    contentType: OID.authData,
    content,
    certificates: [identity.certificate, ...identity.chain],
    signer: own.value,
    algorithm,
    signedAttributes: options.signedAttributes,
  });
  const next: PkinitState = {
    identity,
    options,
    trust,
    ...(refused.length === 0 ? {} : { refused }),
    ...(group === undefined ? {} : { group }),
    draft,
    ...(half === undefined ? {} : { half }),
    ...(clientNonce === undefined ? {} : { clientNonce }),
  };
  return { kind: 'sign', state: next, key, algorithm, data };
}

/** The padata, now that the signature is there. */
export function signedRequest(state: PkinitState, signature: Uint8Array): PreAuthStep<PkinitState> {
  const { draft, ...rest } = state;
  if (draft === undefined) return unusable('nothing was to be signed');
  const signedAuthPack = finishSignedData(draft, signature);
  const { variant, freshness } = state.options;
  if (variant === 'win2k') {
    const padataValue = encode(PaPkAsReqWin2k, { signedAuthPack });
    return { kind: 'ready', state: rest, padata: [{ padataType: PA_PK_AS_REP_OLD, padataValue }] };
  }
  const padata: PaData[] = [
    { padataType: PA_PK_AS_REQ, padataValue: encode(PaPkAsReq, { signedAuthPack }) },
    { padataType: PA_AS_CHECKSUM, padataValue: EMPTY },
    ...(freshness ? [{ padataType: PA_AS_FRESHNESS, padataValue: EMPTY }] : []),
  ];
  return { kind: 'ready', state: rest, padata };
}

function authPack(
  half: OwnHalf | undefined,
  clientNonce: Uint8Array | undefined,
  { reqBody, stamp, nonce, hints }: PreAuthContext,
  options: PkinitOptions,
): Uint8Array {
  const { kdfs, supportedCmsTypes, paChecksum2 } = options;
  const token = hints.find(({ padataType }) => padataType === PA_AS_FRESHNESS)?.padataValue;
  return encode(AuthPack, {
    pkAuthenticator: {
      ...timeOf(stamp),
      nonce,
      ...(options.paChecksum ? { paChecksum: digest('sha1', reqBody) } : {}),
      ...(options.freshness && token !== undefined ? { freshnessToken: token } : {}),
      ...(paChecksum2 === undefined ? {} : { paChecksum2: checksum2(paChecksum2, reqBody) }),
    },
    ...(half === undefined ? {} : { clientPublicValue: publicValueInfo(half, options.q) }),
    ...(supportedCmsTypes.length === 0
      ? {}
      : { supportedCMSTypes: supportedCmsTypes.map((algorithm) => ({ algorithm })) }),
    ...(clientNonce === undefined ? {} : { clientDHNonce: clientNonce }),
    ...(half === undefined || kdfs.length === 0
      ? {}
      : { supportedKDFs: kdfs.map((kdfId) => ({ kdfId })) }),
  });
}

function checksum2(
  name: NonNullable<PkinitOptions['paChecksum2']>,
  reqBody: Uint8Array,
): PaChecksum2 {
  const found = Object.entries(DIGEST_OIDS).find(([, digestName]) => digestName === name);
  return {
    checksum: digest(name, reqBody),
    algorithmIdentifier: { algorithm: found?.[0] ?? OID.sha256 },
  };
}

function win2kAuthPack(
  half: OwnHalf | undefined,
  { realm, body, stamp, nonce }: PreAuthContext,
  { q }: PkinitOptions,
): Uint8Array {
  return encode(AuthPackWin2k, {
    pkAuthenticator: {
      kdcName: body.sname ?? ticketGrantingService(realm),
      kdcRealm: realm,
      ...timeOf(stamp),
      nonce: nonce | 0,
    },
    ...(half === undefined ? {} : { clientPublicValue: publicValueInfo(half, q) }),
  });
}

/** @param stamp microseconds since 1970 */
function timeOf(stamp: number): { readonly ctime: number; readonly cusec: number } {
  return { ctime: Math.floor(stamp / 1_000_000) * 1_000, cusec: stamp % 1_000_000 };
}

function unusable(reason: string): PreAuthStep<PkinitState> {
  return { kind: 'failed', failure: { kind: 'unusable', reason } };
}
