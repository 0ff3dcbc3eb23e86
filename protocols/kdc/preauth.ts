/**
 * How a client proves who it is in an AS-REQ: RFC 4120 §5.2.7, MS-KILE 3.3.5.6. Each way is a row of
 * {@link PREAUTHENTICATIONS}.
 */
import { type Codec, tryDecode } from '../../src/der/codec.ts';
import { PA_ENC_TIMESTAMP, PA_PK_AS_REP_OLD, PA_PK_AS_REQ } from '../kerberos/constants.ts';
import { KDC_ERR_PADATA_TYPE_NOSUPP, KRB_ERR_GENERIC } from '../kerberos/error-codes.ts';
import type { PaData } from '../kerberos/messages.ts';
import { PaPkAsReq, PaPkAsReqWin2k } from '../pkinit/messages.ts';
import { offerOf, win2kOfferOf } from './auth-pack.ts';
import { encryptedTimestamp } from './encrypted-timestamp.ts';
import { type Refusal, refused } from './errors.ts';
import type { Proof, ProofContext, Variant } from './proof.ts';
import { malformed, signedRequest } from './public-key.ts';

export interface Preauthentication {
  readonly padataType: number;
  readonly name: string;
  /** Its element in METHOD-DATA is empty; how it goes about is in what the client sends. */
  prove(context: ProofContext, padataValue: Uint8Array): Proof | Refusal;
}

/** In the order in which a domain controller looks for them. */
export const PREAUTHENTICATIONS: readonly Preauthentication[] = [
  { padataType: PA_ENC_TIMESTAMP, name: 'PA-ENC-TIMESTAMP', prove: encryptedTimestamp },
  {
    padataType: PA_PK_AS_REQ,
    name: 'PA-PK-AS-REQ',
    prove: (context, value) => publicKey(context, 'rfc4556', PaPkAsReq, value),
  },
  {
    padataType: PA_PK_AS_REP_OLD,
    name: 'PA-PK-AS-REQ (Windows 2000)',
    prove: (context, value) => publicKey(context, 'win2k', PaPkAsReqWin2k, value),
  },
];

interface Given {
  readonly way: Preauthentication;
  readonly padataValue: Uint8Array;
}

/** The way that the request's padata takes, the first in the KDC's order. */
export function proofIn(padata: readonly PaData[]): Given | Refusal | undefined {
  const has = (type: number): boolean => padata.some(({ padataType }) => padataType === type);
  // MS-PKCA 3.1.5.2
  if (has(PA_PK_AS_REQ) && has(PA_PK_AS_REP_OLD)) {
    return refused(KRB_ERR_GENERIC, 'the request has PA-PK-AS-REQ in both its forms');
  }
  for (const way of PREAUTHENTICATIONS) {
    const found = padata.find((item) => item.padataType === way.padataType);
    if (found !== undefined) return { way, padataValue: found.padataValue };
  }
  return undefined;
}

function publicKey(
  context: ProofContext,
  variant: Variant,
  codec: Codec<{ readonly signedAuthPack: Uint8Array }>,
  padataValue: Uint8Array,
): Proof | Refusal {
  const { realm, client } = context;
  if (realm.pkinit === undefined) return noCertificate(client.sAMAccountName);
  const read = tryDecode(codec, padataValue);
  if (!read.ok) return malformed(`the ${codec.type} is malformed: ${read.error.message}`);
  const signed = signedRequest(context, read.value.signedAuthPack);
  if (signed.kind === 'refused') return signed;
  const { certificate, identities, warnings } = signed.owner;
  const offered = variant === 'win2k' ? win2kOfferOf : offerOf;
  const offer = offered(context, signed.content, certificate);
  if (offer.kind === 'refused') return offer;
  return {
    kind: 'proved',
    by: 'publicKey',
    variant,
    offer,
    identities: [...identities, ...offer.identities],
    warnings,
  };
}

/** KDC events 19 and 29: what a domain controller without a certificate for PKINIT answers. */
function noCertificate(sAMAccountName: string): Refusal {
  return refused(
    KDC_ERR_PADATA_TYPE_NOSUPP,
    `event 19: ${sAMAccountName} signs in with a public key, but this KDC has no certificate for PKINIT`,
  );
}
