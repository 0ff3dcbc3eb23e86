/**
 * The receipt of a registered key: the tenant's word, before a sync cycle has brought the key to the
 * directory, that it belongs to a user (MS-OAPXBC 3.2.5.1.4.3). A JWT whose claims that section names;
 * what else stands in it is not documented.
 */
import { fromBase64, toBase64 } from '../../src/bytes/base64.ts';
import { equal, fromUtf8, utf8 } from '../../src/bytes/bytes.ts';
import { readKeyMaterial } from '../directory/key-material.ts';
import { jsonObjectOf, textField } from '../oauth/json.ts';
import { isSignedBy, jwsSigningInput, readJws } from '../oauth/jws.ts';
import { holdsAt, numericDate } from '../oauth/oauth.ts';

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

/** krctx: base 64 of `{Data, Format, Version}` with base 64 of the receipt in it (MS-OAPXBC 2.2.2.1). */
export function receiptContext(receipt: string): string {
  const data = { Data: toBase64(utf8(receipt)), Format: 1, Version: 1 };
  return toBase64(utf8(JSON.stringify(data)));
}

/** The receipt of a krctx; undefined when it is not of the form. */
function receiptOf(krctx: string): string | undefined {
  const octets = fromBase64(krctx);
  const object = octets === undefined ? undefined : jsonObjectOf(octets);
  if (object === undefined || object.Format !== 1 || object.Version !== 1) return undefined;
  const data = fromBase64(textField(object, 'Data') ?? '');
  return data === undefined ? undefined : fromUtf8(data);
}

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
