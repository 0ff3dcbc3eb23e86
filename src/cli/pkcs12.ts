/**
 * PKCS #12 (RFC 7292), in the form that OpenSSL 3, Windows since 2019, Firefox and Heimdal read: the
 * key under PBES2 with AES-256-CBC, the certificates in clear, the whole under HMAC-SHA-256.
 */
import { webcrypto } from 'node:crypto';
import * as pkijs from 'pkijs';
import { digest } from '../crypto/digest.ts';
import { encode } from '../der/codec.ts';
import { octetString, oid } from '../der/primitives.ts';
import { any } from '../der/raw.ts';
import { bare, sequence, setOf } from '../der/structures.ts';
import { bmpString } from '../der/text.ts';

export interface KeyAndCertificates {
  /** Shown to people who import it. */
  readonly name: string;
  /** PrivateKeyInfo, DER. */
  readonly pkcs8: Uint8Array;
  /** Certificates, DER: the key's own first, then those above it. */
  readonly certificates: readonly [Uint8Array, ...Uint8Array[]];
}

const KEY_BAG = '1.2.840.113549.1.12.10.1.2';
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3';
const FRIENDLY_NAME = '1.2.840.113549.1.9.20';
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21';

/** Of the key derivation: what OpenSSL takes by default. The passwords here are no secrets anyway. */
const ITERATIONS = 2048;

const Attribute = sequence('PKCS12Attribute', { attrId: bare(oid), attrValues: bare(setOf(any)) });

/** @throws Error when key or certificates are none. */
export async function pkcs12(
  { name, pkcs8, certificates }: KeyAndCertificates,
  password: string,
): Promise<Uint8Array> {
  const secret = new TextEncoder().encode(password).buffer;
  const engine = new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto as never });
  const [own] = certificates;
  // Windows and Firefox find the key's certificate by this attribute.
  const attributes = [
    attribute(LOCAL_KEY_ID, encode(octetString, digest('sha1', own))),
    attribute(FRIENDLY_NAME, encode(bmpString, name)),
  ];
  const parsedValue = pkijs.PrivateKeyInfo.fromBER(whole(pkcs8));
  const bagValue = new pkijs.PKCS8ShroudedKeyBag({ parsedValue });
  await bagValue.makeInternalValues(
    {
      password: secret,
      contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256 } as never,
      hmacHashAlgorithm: 'SHA-256',
      iterationCount: ITERATIONS,
    },
    engine,
  );
  const key = new pkijs.SafeBag({ bagId: KEY_BAG, bagValue, bagAttributes: attributes });
  const others = certificates.map((der, i) => {
    const certificate = pkijs.Certificate.fromBER(whole(der));
    const bag = new pkijs.CertBag({ parsedValue: certificate });
    const bagAttributes = i === 0 ? { bagAttributes: attributes } : {};
    return new pkijs.SafeBag({ bagId: CERTIFICATE_BAG, bagValue: bag, ...bagAttributes });
  });
  return authenticated([[key], others], secret, engine);
}

/** The bags, in clear, under a MAC. */
async function authenticated(
  contents: readonly (readonly pkijs.SafeBag[])[],
  password: ArrayBuffer,
  engine: pkijs.CryptoEngine,
): Promise<Uint8Array> {
  const safeContents = contents.map((safeBags) => ({
    privacyMode: 0,
    value: new pkijs.SafeContents({ safeBags: [...safeBags] }),
  }));
  const safe = new pkijs.AuthenticatedSafe({ parsedValue: { safeContents } });
  const pfx = new pkijs.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe: safe } });
  await safe.makeInternalValues({ safeContents: contents.map(() => ({})) }, engine);
  await pfx.makeInternalValues(
    {
      password,
      iterations: ITERATIONS,
      pbkdf2HashAlgorithm: 'SHA-256',
      hmacHashAlgorithm: 'SHA-256',
    },
    engine,
  );
  return new Uint8Array(pfx.toSchema().toBER());
}

function attribute(type: string, value: Uint8Array): pkijs.Attribute {
  return pkijs.Attribute.fromBER(whole(encode(Attribute, { attrId: type, attrValues: [value] })));
}

/** A copy with a buffer of its own: the library looks at buffers. */
function whole(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}
