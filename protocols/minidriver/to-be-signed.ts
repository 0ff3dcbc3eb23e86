/** What a card is given to sign instead of a message: RFC 8017 §9.2, SP 800-78-4. */
import { concat, hex } from '../../src/bytes/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import { encode } from '../../src/der/codec.ts';
import { octetString } from '../../src/der/primitives.ts';
import { bare, sequence } from '../../src/der/structures.ts';
import { DIGEST_OID, signatureOid } from '../x509/algorithms.ts';
import { AlgorithmIdentifier } from '../x509/messages.ts';

/** RFC 8017 §9.2. */
const DigestInfo = sequence('DigestInfo', {
  digestAlgorithm: bare(AlgorithmIdentifier),
  digest: bare(octetString),
});

const NULL = hex`0500`;

/** DER of the DigestInfo. Undefined: the algorithm has no digest here. */
export function digestInfo(algorithm: string, data: Uint8Array): Uint8Array | undefined {
  const name = signatureOid(algorithm)?.digest;
  if (name === undefined || name === 'md5') return undefined;
  return encode(DigestInfo, {
    // RFC 8017 appendix B.1: NULL parameters, whatever others say of digests.
    digestAlgorithm: { algorithm: DIGEST_OID[name], parameters: NULL },
    digest: digest(name, data),
  });
}

/** The digest alone, no longer than the key's order. */
export function digestFor(
  algorithm: string,
  data: Uint8Array,
  most: number,
): Uint8Array | undefined {
  const name = signatureOid(algorithm)?.digest;
  return name === undefined ? undefined : digest(name, data).subarray(0, most);
}

/** EMSA-PKCS1-v1_5 (RFC 8017 §9.2): 00 01 FF ... 00 before the DigestInfo. */
export function padded(info: Uint8Array, size: number): Uint8Array | undefined {
  const filling = size - info.length - 3;
  if (filling < 8) return undefined;
  const head = new Uint8Array(size - info.length).fill(0xff);
  head[0] = 0;
  head[1] = 1;
  head[head.length - 1] = 0;
  return concat(head, info);
}
