/**
 * The receipt of a registered key: the tenant's word, before a sync cycle has brought the key to the
 * directory, that it belongs to a user (MS-OAPXBC 3.2.5.1.4.3). A JWT whose claims that section names;
 * what else stands in it is not documented.
 */
import { fromBase64, toBase64 } from '../../src/bytes/base64.ts';
import { equal } from '../../src/bytes/bytes.ts';
import { readKeyMaterial } from '../directory/key-material.ts';
import { receiptOf } from './hello-certificate-request.ts';
import { jsonObjectOf, textField } from './json.ts';
import { isSignedBy, jwsSigningInput, readJws } from './jws.ts';
import { holdsAt, numericDate } from './oauth.ts';

export interface Receipt {
  /** The key as it was registered: BCRYPT_RSAPUBLIC_BLOB. */
  readonly keyMaterial: Uint8Array;
  /** objectSid of the user in the directory. */
  readonly onPremisesSid: string;
  /** `https://sts.windows.net/<tenant>/` */
  readonly issuer: string;
  readonly now: number;
}

/** How long a receipt counts: longer than a sync cycle takes. */
const LIFETIME = 24 * 3_600_000;

/** For the effect `sign` with RS256 and the tenant's key. */
export function receiptInput({ keyMaterial, onPremisesSid, issuer, now }: Receipt): Uint8Array {
  return jwsSigningInput(
    { typ: 'JWT', alg: 'RS256' },
    {
      iss: issuer,
      iat: numericDate(now),
      exp: numericDate(now + LIFETIME),
      ngc_key: toBase64(keyMaterial),
      onprem_sid: onPremisesSid,
    },
  );
}

const CLOCK_SKEW = 5 * 60_000;

/**
 * Why a receipt does not speak for a key; undefined: it does.
 * @param krctx as the request brought it
 * @param publicKey SubjectPublicKeyInfo
 * @param trusted public keys of those whose receipts count
 */
export function receiptObjection(
  krctx: string,
  publicKey: Uint8Array,
  objectSid: string,
  trusted: readonly Uint8Array[],
  now: number,
): string | undefined {
  const token = receiptOf(krctx);
  const jws = token === undefined ? undefined : readJws(token);
  const claims = jws === undefined ? undefined : jsonObjectOf(jws.payload);
  if (jws === undefined || claims === undefined) return 'and the receipt is no JWT';
  if (!trusted.some((key) => isSignedBy(jws, key))) {
    return 'and nobody who is trusted here signed the receipt';
  }
  if (!holdsAt(claims, now, CLOCK_SKEW)) return 'and the receipt is not valid at this time';
  const material = fromBase64(textField(claims, 'ngc_key') ?? '');
  const registered = material === undefined ? undefined : readKeyMaterial(material)?.publicKey;
  if (registered === undefined || !equal(registered, publicKey)) {
    return 'and the receipt is for another key';
  }
  if (textField(claims, 'onprem_sid') !== objectSid) {
    return 'and the receipt is for another user';
  }
  return undefined;
}
