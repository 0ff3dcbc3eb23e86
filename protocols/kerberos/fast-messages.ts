/** FAST, the tunnel around pre-authentication: RFC 6113 §5.4. Its types may grow (`...`). */
import { choice } from '../../src/der/choice.ts';
import type { Infer } from '../../src/der/codec.ts';
import { flags32, int32, integerBetween, octetString, uint32 } from '../../src/der/primitives.ts';
import { raw } from '../../src/der/raw.ts';
import {
  alias,
  explicit,
  field,
  optional,
  sequence,
  sequenceOf,
} from '../../src/der/structures.ts';
import { generalizedTime } from '../../src/der/time.ts';
import { FastOptions } from './constants.ts';
import {
  Checksum,
  EncryptedData,
  EncryptionKey,
  KdcReqBody,
  PaData,
  PrincipalName,
  Realm,
} from './messages.ts';

const extensible = { extensible: true };

/** RFC 6113 §5.4.1 */
export type KrbFastArmor = Infer<typeof KrbFastArmor>;
export const KrbFastArmor = sequence(
  'KrbFastArmor',
  {
    armorType: field(0, int32),
    armorValue: field(1, octetString), // FX_FAST_ARMOR_AP_REQUEST: an AP-REQ
  },
  extensible,
);

/** RFC 6113 §5.4.2 */
export type KrbFastArmoredReq = Infer<typeof KrbFastArmoredReq>;
export const KrbFastArmoredReq = sequence(
  'KrbFastArmoredReq',
  {
    armor: optional(0, KrbFastArmor),
    reqChecksum: field(1, Checksum),
    encFastReq: field(2, EncryptedData), // KrbFastReq
  },
  extensible,
);

/** RFC 6113 §5.4.2 */
export type PaFxFastRequest = Infer<typeof PaFxFastRequest>;
export const PaFxFastRequest = choice('PA-FX-FAST-REQUEST', {
  armoredData: explicit(0, KrbFastArmoredReq),
});

/** RFC 6113 §5.4.2 */
export type KrbFastReq = Infer<typeof KrbFastReq>;
export const KrbFastReq = sequence(
  'KrbFastReq',
  {
    fastOptions: field(0, flags32('FastOptions', FastOptions)),
    padata: field(1, sequenceOf(PaData)),
    reqBody: field(2, raw(KdcReqBody)),
  },
  extensible,
);

/** RFC 6113 §5.4.3 */
export type KrbFastArmoredRep = Infer<typeof KrbFastArmoredRep>;
export const KrbFastArmoredRep = sequence(
  'KrbFastArmoredRep',
  { encFastRep: field(0, EncryptedData) }, // KrbFastResponse
  extensible,
);

/** RFC 6113 §5.4.3 */
export type PaFxFastReply = Infer<typeof PaFxFastReply>;
export const PaFxFastReply = choice('PA-FX-FAST-REPLY', {
  armoredData: explicit(0, KrbFastArmoredRep),
});

/** RFC 6113 §5.4.3 */
export type KrbFastFinished = Infer<typeof KrbFastFinished>;
export const KrbFastFinished = sequence(
  'KrbFastFinished',
  {
    timestamp: field(0, alias('KerberosTime', generalizedTime)),
    usec: field(1, integerBetween('Microseconds', 0, 999_999)),
    crealm: field(2, Realm),
    cname: field(3, PrincipalName),
    ticketChecksum: field(4, Checksum), // over the Ticket as sent
  },
  extensible,
);

/** RFC 6113 §5.4.3 */
export type KrbFastResponse = Infer<typeof KrbFastResponse>;
export const KrbFastResponse = sequence(
  'KrbFastResponse',
  {
    padata: field(0, sequenceOf(PaData)),
    strengthenKey: optional(1, EncryptionKey),
    finished: optional(2, KrbFastFinished),
    nonce: field(3, uint32),
  },
  extensible,
);
