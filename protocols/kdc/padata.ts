/**
 * The padata of a request that is no proof: what each type means to the KDC. Types that stand in no
 * table here or in preauth.ts are passed over, as MS-KILE 3.1.5.1 wants.
 */

import { uint32le } from '../../src/bytes/bytes.ts';
import { type Codec, encode, tryDecode } from '../../src/der/codec.ts';
import {
  PA_FOR_USER,
  PA_KERB_KEY_LIST_REQ,
  PA_PAC_OPTIONS,
  PA_PAC_REQUEST,
  PA_REQ_ENC_PA_REP,
  PA_S4U_X509_USER,
  PA_SUPPORTED_ENCTYPES,
} from '../kerberos/constants.ts';
import { KDC_ERR_PADATA_TYPE_NOSUPP, KRB_ERR_GENERIC } from '../kerberos/error-codes.ts';
import {
  KerbKeyListReq,
  KerbPaPacRequest,
  type PaData,
  PaPacOptions,
} from '../kerberos/messages.ts';
import { type Exchange, type Refusal, refused } from './errors.ts';
import type { PacRequest } from './pac.ts';

/** What a request asks for by padata. */
export interface Wishes {
  readonly kind: 'wishes';
  readonly pac: PacRequest;
  /** PA-PAC-OPTIONS, bits; 0: none, or not sent. */
  readonly pacOptions: number;
  /** PA-REQ-ENC-PA-REP: the reply shall prove that the request was not changed. */
  readonly encPaRep: boolean;
  /** KERB-KEY-LIST-REQ: the client's long-term keys of these encryption types. */
  readonly keyList?: readonly number[];
}

const NO_WISHES: Wishes = { kind: 'wishes', pac: 'implicit', pacOptions: 0, encPaRep: false };

interface PadataHandler {
  readonly padataType: number;
  readonly name: string;
  readonly exchanges: readonly Exchange[];
  read(wishes: Wishes, padataValue: Uint8Array): Wishes | Refusal;
}

const HANDLERS: readonly PadataHandler[] = [
  {
    padataType: PA_PAC_REQUEST,
    name: 'KERB-PA-PAC-REQUEST',
    exchanges: ['AS'],
    read: (wishes, value) =>
      decoded('KERB-PA-PAC-REQUEST', KerbPaPacRequest, value, ({ includePac }) => ({
        ...wishes,
        pac: includePac ? 'asked' : 'declined',
      })),
  },
  {
    padataType: PA_PAC_OPTIONS,
    name: 'PA-PAC-OPTIONS',
    exchanges: ['AS', 'TGS'],
    read: (wishes, value) =>
      decoded('PA-PAC-OPTIONS', PaPacOptions, value, ({ options }) => ({
        ...wishes,
        pacOptions: options,
      })),
  },
  {
    padataType: PA_REQ_ENC_PA_REP,
    name: 'PA-REQ-ENC-PA-REP',
    exchanges: ['AS'],
    read: (wishes) => ({ ...wishes, encPaRep: true }),
  },
  {
    padataType: PA_KERB_KEY_LIST_REQ,
    name: 'KERB-KEY-LIST-REQ',
    exchanges: ['TGS'],
    read: (wishes, value) =>
      decoded('KERB-KEY-LIST-REQ', KerbKeyListReq, value, (keyList) => ({ ...wishes, keyList })),
  },
  // Passing these over would give the service a ticket in its own name where it asked for a user's.
  { padataType: PA_FOR_USER, name: 'PA-FOR-USER', exchanges: ['TGS'], read: noDelegation },
  {
    padataType: PA_S4U_X509_USER,
    name: 'PA-S4U-X509-USER',
    exchanges: ['TGS'],
    read: noDelegation,
  },
];

const handlers = new Map(HANDLERS.map((handler) => [handler.padataType, handler]));

export function wishesOf(padata: readonly PaData[], exchange: Exchange): Wishes | Refusal {
  let wishes = NO_WISHES;
  for (const { padataType, padataValue } of padata) {
    const handler = handlers.get(padataType);
    if (handler === undefined || !handler.exchanges.includes(exchange)) continue;
    const next = handler.read(wishes, padataValue);
    if (next.kind === 'refused') return next;
    wishes = next;
  }
  return wishes;
}

/** Is a ticket in the name of another user asked for (S4U2self)? */
export function asksDelegation(padata: readonly PaData[]): boolean {
  return padata.some(
    ({ padataType }) => padataType === PA_FOR_USER || padataType === PA_S4U_X509_USER,
  );
}

function decoded<T>(
  name: string,
  codec: Codec<T>,
  value: Uint8Array,
  use: (read: T) => Wishes,
): Wishes | Refusal {
  const read = tryDecode(codec, value);
  if (read.ok) return use(read.value);
  return refused(KRB_ERR_GENERIC, `the ${name} is malformed: ${read.error.message}`);
}

function noDelegation(): Refusal {
  return refused(
    KDC_ERR_PADATA_TYPE_NOSUPP,
    'a ticket in the name of another user (S4U2self, MS-SFU) is asked for, which this KDC does not issue',
  );
}

/**
 * encrypted-pa-data that both exchanges have: PA-SUPPORTED-ENCTYPES, four octets least significant
 * first in spite of its ASN.1 (MS-KILE 2.2.8), and the request's PA-PAC-OPTIONS once more.
 */
export function encryptedPaData(encTypes: number | undefined, pacOptions: number): PaData[] {
  const elements: PaData[] = [];
  if (encTypes !== undefined) {
    elements.push({ padataType: PA_SUPPORTED_ENCTYPES, padataValue: uint32le(encTypes) });
  }
  if (pacOptions !== 0) {
    const padataValue = encode(PaPacOptions, { options: pacOptions });
    elements.push({ padataType: PA_PAC_OPTIONS, padataValue });
  }
  return elements;
}
