/** What a host asks of a PIV card, and reads out of its answers: the counterpart of `protocols/piv`. */
import { concat, hex } from '../../src/bytes/bytes.ts';
import type { PublicKeyKind } from '../../src/crypto/public-key.ts';
import type { CommandApdu } from '../iso7816/apdu.ts';
import { INSTRUCTION } from '../iso7816/instructions.ts';
import { contentOf, readObjects, tagOctets, tlv } from '../iso7816/tlv.ts';
import {
  APPLICATION_PIN,
  EC_ALGORITHM,
  KEY,
  OBJECT,
  PIV_AID,
  PIV_AID_LEAST,
  RSA_ALGORITHM,
} from '../piv/constants.ts';

const NE = 256;

export function selectPiv(): CommandApdu {
  const data = PIV_AID.subarray(0, PIV_AID_LEAST);
  return { cla: 0, ins: INSTRUCTION.select, p1: 4, p2: 0, data, ne: NE };
}

function getData(tag: number): CommandApdu {
  const data = tlv(0x5c, tagOctets(tag));
  return { cla: 0, ins: INSTRUCTION.getData, p1: 0x3f, p2: 0xff, data, ne: NE };
}

export function readHolder(): CommandApdu {
  return getData(OBJECT.cardholderUniqueIdentifier);
}

/** Of the holder's GUID so many octets stand in the name of a container, the object's tag after them. */
const GUID_PART = 13;

/**
 * What Windows' own minidriver calls the container of the authentication key: the beginning of the GUID with the
 * tag of the certificate's object, as a GUID. Undefined: no such object.
 */
export function containerIn(answer: Uint8Array): string | undefined {
  const holder = readObjects(contentOf(readObjects(answer), 0x53) ?? hex``);
  const guid = contentOf(holder, 0x34);
  if (guid === undefined || guid.length !== 16) return undefined;
  const tag = tagOctets(OBJECT.authenticationCertificate);
  const octets = Array.from(concat(guid.subarray(0, GUID_PART), tag), (octet) =>
    octet.toString(16).padStart(2, '0'),
  );
  const part = (from: number, to: number) => octets.slice(from, to).join('');
  return [part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 16)].join('-');
}

export function readCertificateObject(): CommandApdu {
  return getData(OBJECT.authenticationCertificate);
}

/** DER. Undefined: no certificate, or a compressed one, which nobody here writes. */
export function certificateIn(answer: Uint8Array): Uint8Array | undefined {
  const objects = readObjects(contentOf(readObjects(answer), 0x53) ?? hex``);
  const [compressed = 0] = contentOf(objects, 0x71) ?? [];
  return compressed === 0 ? contentOf(objects, 0x70)?.slice() : undefined;
}

const PIN_FIELD = 8;

/** Undefined: a PIN that no PIV card has (SP 800-73-4 part 2, 2.4.3). */
export function verifyPin(pin: Uint8Array): CommandApdu | undefined {
  if (pin.length < 6 || pin.length > PIN_FIELD) return undefined;
  const data = new Uint8Array(PIN_FIELD).fill(0xff);
  data.set(pin);
  return { cla: 0, ins: INSTRUCTION.verify, p1: 0, p2: APPLICATION_PIN, data };
}

/** @param data a padded block (RSA), a digest (ECDSA). Undefined: PIV has no such key. */
export function authenticate(key: PublicKeyKind, data: Uint8Array): CommandApdu | undefined {
  const p1 = key.type === 'rsa' ? RSA_ALGORITHM[key.bits] : EC_ALGORITHM[key.curve];
  if (p1 === undefined) return undefined;
  const template = tlv(0x7c, tlv(0x82), tlv(0x81, data));
  const p2 = KEY.authentication;
  return { cla: 0, ins: INSTRUCTION.generalAuthenticate, p1, p2, data: template, ne: NE };
}

/** RSA's octets, or an Ecdsa-Sig-Value. */
export function responseIn(answer: Uint8Array): Uint8Array | undefined {
  return contentOf(readObjects(contentOf(readObjects(answer), 0x7c) ?? hex``), 0x82)?.slice();
}
