/** Every type that can be looked into by its name: messages, their parts, and what stands in a PAC. */
import type { Codec } from '../../src/der/codec.ts';
import * as fast from '../kerberos/fast-messages.ts';
import * as kerberos from '../kerberos/messages.ts';
import * as s4u from '../kerberos/s4u-messages.ts';
import * as transport from '../kerberos/transport-messages.ts';
import { BUFFERS } from '../pac/buffers.ts';
import { commandApdu, responseApdu } from './apdu.ts';
import { FILES, X509 } from './certificates.ts';
import { CMS } from './cms.ts';
import { type Contents, der, structured, under } from './contents.ts';
import { CREDENTIALS } from './credssp.ts';
import { keyCredentialBlob, keyCredentialLink } from './key-credential.ts';
import { MESSAGES, PARTS } from './messages.ts';
import { pacContents, plainJson } from './pac.ts';
import { credentialData } from './pac-credentials.ts';
import { cmsFile, PKINIT } from './pkinit.ts';
import { authorizationResult } from './remote-desktop.ts';
import { SMART_CARD_CALLS } from './smart-card-calls.ts';

const APPLICATION = 0x60;

const isCodec = (value: unknown): value is Codec<unknown> =>
  typeof value === 'object' && value !== null && 'shape' in value && 'tag' in value;

/** Codecs of a module of messages, by the standard's name. */
function codecsOf(module: Readonly<Record<string, unknown>>): readonly Contents[] {
  return Object.values(module)
    .filter(isCodec)
    .map((codec) => der(codec));
}

/** A buffer of a PAC by itself. */
const buffers: readonly Contents[] = [...BUFFERS.values()].map((codec) =>
  structured(codec, { json: plainJson }),
);

/** MS-KKDCP 2.2.2: the message inside begins with its length, as on TCP. */
const kdcProxyMessage: Contents = der(transport.KdcProxyMessage, {
  inside({ kerbMessage }) {
    const octets = kerbMessage.subarray(4);
    const contents = [...MESSAGES.values()].find((one) => one.read(octets) !== undefined);
    return contents === undefined
      ? []
      : [{ path: 'kerbMessage', contents, octets, put: under('kerbMessage') }];
  },
});

export const TYPES: ReadonlyMap<string, Contents> = new Map(
  [
    ...codecsOf(kerberos),
    ...codecsOf(fast),
    ...codecsOf(s4u),
    ...codecsOf(transport),
    ...buffers,
    pacContents,
    credentialData,
    ...X509,
    ...CMS,
    ...PKINIT,
    keyCredentialBlob,
    keyCredentialLink,
    kdcProxyMessage,
    ...CREDENTIALS,
    authorizationResult,
    commandApdu,
    responseApdu,
    ...SMART_CARD_CALLS,
    ...PARTS,
    ...MESSAGES.values(),
  ].map((contents) => [contents.type, contents]),
);

/** Kerberos gives each of its types that stand alone an APPLICATION tag, and no two the same. */
const BY_TAG: ReadonlyMap<number, Contents> = new Map(
  Object.values<unknown>(kerberos).flatMap((value) => {
    if (!isCodec(value) || (value.tag & 0xe0) !== APPLICATION) return [];
    const contents = TYPES.get(value.type);
    return contents === undefined ? [] : [[value.tag, contents] as const];
  }),
);

/** What the first octet says that these octets are. */
export function typeByTag(bytes: Uint8Array): Contents | undefined {
  return bytes[0] === undefined ? undefined : BY_TAG.get(bytes[0]);
}

const SEQUENCE = 0x30;

/** What files hold without saying what it is: only what is wholly such a thing counts. */
export function standingAlone(bytes: Uint8Array): Contents | undefined {
  if (bytes[0] !== SEQUENCE) return undefined;
  return [...FILES, cmsFile].find((contents) => contents.read(bytes) !== undefined);
}
