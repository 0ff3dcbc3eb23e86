/** The PIV card application (NIST SP 800-73-4 part 2): the same key and PIN for readers that know no GIDS. */
import { compare, fromUtf8, hex } from '../../src/bytes/bytes.ts';
import { derSignature } from '../../src/crypto/ecdsa.ts';
import type { PublicKeyKind } from '../../src/crypto/public-key.ts';
import type { CommandApdu } from '../iso7816/apdu.ts';
import {
  type Answer,
  type Application,
  type ApplicationState,
  type CardContents,
  pinStatus,
  refuse,
  respond,
} from '../iso7816/application.ts';
import { INSTRUCTION } from '../iso7816/instructions.ts';
import { STATUS } from '../iso7816/status.ts';
import { contentOf, readObjects, tlv } from '../iso7816/tlv.ts';
import {
  APPLICATION_PIN,
  EC_ALGORITHM,
  KEY,
  PIV_AID,
  PIV_AID_LEAST,
  RSA_ALGORITHM,
} from './constants.ts';
import { objectOf, wantsPin } from './objects.ts';

export const piv: Application = {
  name: 'PIV',
  aid: PIV_AID,
  selectedBy: PIV_AID_LEAST,
  selected(p2) {
    if (p2 !== 0) return undefined;
    const authority = tlv(0x79, tlv(0x4f, PIV_AID.subarray(0, 5)));
    return tlv(0x61, tlv(0x4f, PIV_AID.subarray(5)), authority);
  },
  command(command, contents, state) {
    switch (command.ins) {
      case INSTRUCTION.getData:
        return getData(command, contents, state);
      case INSTRUCTION.verify:
        return verify(command, contents, state);
      case INSTRUCTION.generalAuthenticate:
        return authenticate(command, contents, state);
      default:
        return refuse(STATUS.instruction);
    }
  },
  /** Dynamic authentication template with the response; of ECDSA an Ecdsa-Sig-Value. */
  outcome(operation, output) {
    const response = operation.algorithm === 'CKM_ECDSA' ? derSignature(output) : output;
    return tlv(0x7c, tlv(0x82, response));
  },
};

/** Part 2, 3.1.2. */
function getData(
  { p1, p2, data }: CommandApdu,
  contents: CardContents,
  { verified }: ApplicationState,
): Answer {
  if (p1 !== 0x3f || p2 !== 0xff) return refuse(STATUS.wrongParameters);
  const wanted = contentOf(readObjects(data), 0x5c);
  if (wanted === undefined || wanted.length === 0 || wanted.length > 3) {
    return refuse(STATUS.wrongData);
  }
  const tag = wanted.reduce((number, octet) => (number << 8) | octet, 0);
  if (wantsPin(tag) && !verified) return refuse(STATUS.securityStatus);
  const found = objectOf(contents, tag);
  return found === undefined ? refuse(STATUS.notFound) : respond(found);
}

const PIN_FIELD = 8;
const FILLING = 0xff;
const RESET = 0xff;

/** Part 2, 3.2.1: six to eight digits, filled with FF to eight octets. */
function verify(
  { p1, p2, data }: CommandApdu,
  contents: CardContents,
  { verified }: ApplicationState,
): Answer {
  if (p2 !== APPLICATION_PIN) return refuse(STATUS.referenceNotFound);
  if (p1 === RESET && data.length === 0) return { kind: 'logOut' };
  if (p1 !== 0) return refuse(STATUS.wrongParameters);
  if (data.length === 0) return pinStatus(contents, verified);
  if (data.length !== PIN_FIELD) return refuse(STATUS.wrongData);
  const filled = data.indexOf(FILLING);
  const end = filled < 0 ? PIN_FIELD : filled;
  const pin = fromUtf8(data.subarray(0, end));
  const wellFormed = /^\d{6,8}$/.test(pin) && data.subarray(end).every((one) => one === FILLING);
  return wellFormed ? { kind: 'verify', pin } : refuse(STATUS.wrongData);
}

function algorithmOf(key: PublicKeyKind): number | undefined {
  return key.type === 'rsa' ? RSA_ALGORITHM[key.bits] : EC_ALGORITHM[key.curve];
}

/**
 * Part 2, 3.2.4: the key over a challenge (81) that the host has padded or digested; the response (82) is
 * asked for by an empty one.
 */
function authenticate(
  { p1, p2, data }: CommandApdu,
  { publicKey }: CardContents,
  { verified }: ApplicationState,
): Answer {
  if (p2 !== KEY.authentication) return refuse(STATUS.referenceNotFound);
  if (p1 !== algorithmOf(publicKey)) return refuse(STATUS.wrongParameters);
  if (!verified) return refuse(STATUS.securityStatus);
  const template = readObjects(contentOf(readObjects(data), 0x7c) ?? hex``);
  const challenge = contentOf(template, 0x81);
  if (challenge === undefined || contentOf(template, 0x82)?.length !== 0) {
    return refuse(STATUS.wrongData);
  }
  return signed(challenge, publicKey);
}

function signed(data: Uint8Array, key: PublicKeyKind): Answer {
  if (key.type === 'ec') {
    // SP 800-78-4, 3.2: the digest, no longer than the order.
    const most = key.point.length >> 1;
    if (data.length === 0 || data.length > most) return refuse(STATUS.wrongData);
    return { kind: 'operate', operation: { kind: 'sign', algorithm: 'CKM_ECDSA', data } };
  }
  const { modulus } = key;
  if (data.length !== modulus.length || compare(data, modulus) >= 0) {
    return refuse(STATUS.wrongData);
  }
  return { kind: 'operate', operation: { kind: 'sign', algorithm: 'CKM_RSA_X_509', data } };
}
