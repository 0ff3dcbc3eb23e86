/** The card edge of GIDS: what Windows' generic minidriver asks of the card that Hello emulates. */
import { compare, concat, fromUtf8Strict, hex } from '../../src/bytes/bytes.ts';
import type { CommandApdu } from '../iso7816/apdu.ts';
import {
  type Answer,
  type Application,
  type ApplicationState,
  type CardContents,
  pinStatus,
  refuse,
  respond,
  type SecurityEnvironment,
} from '../iso7816/application.ts';
import { INSTRUCTION } from '../iso7816/instructions.ts';
import { STATUS } from '../iso7816/status.ts';
import { contentOf, readObjects, tlv } from '../iso7816/tlv.ts';
import { FILE, GIDS_AID, GIDS_AID_LEAST, KEY_REFERENCE, PADDING, TEMPLATE } from './constants.ts';
import { objectOf, publicKeyObject } from './files.ts';
import { keyAlgorithm } from './key-algorithm.ts';

export const gids: Application = {
  name: 'GIDS',
  aid: GIDS_AID,
  selectedBy: GIDS_AID_LEAST,
  selected(p2) {
    if (p2 === 0) return tlv(0x61, tlv(0x4f, GIDS_AID), tlv(0x73, hex`4001c0`));
    if (p2 === 4) return hex`62088201388c03033030`;
    return p2 === 0x0c ? new Uint8Array(0) : undefined;
  },
  command(command, contents, state) {
    switch (command.ins) {
      case INSTRUCTION.getData:
        return getData(command, contents);
      case INSTRUCTION.verify:
        return verify(command, contents, state);
      case INSTRUCTION.manageSecurityEnvironment:
        return setEnvironment(command, contents, state);
      case INSTRUCTION.performSecurityOperation:
        return operate(command, contents, state);
      case INSTRUCTION.internalAuthenticate:
        return authenticate(command, contents, state);
      default:
        return refuse(STATUS.instruction);
    }
  },
  // RSA's octets are what the key gives; of ECDSA r and s one after the other, as Windows wants them.
  outcome: (_, output) => output,
};

/** `5C`: an object of the file in P1-P2; `70`: the public half of the key. */
function getData({ p1, p2, data }: CommandApdu, contents: CardContents): Answer {
  const objects = readObjects(data);
  const [first] = objects ?? [];
  if (first === undefined) return refuse(STATUS.wrongData);
  const file = (p1 << 8) | p2;
  if (first.tag === 0x5c) {
    const object = first.value.reduce((tag, octet) => tag * 256 + octet, 0);
    const found = objectOf(contents, file, object);
    return found === undefined ? refuse(STATUS.notFound) : respond(found);
  }
  if (first.tag !== 0x70 || file !== FILE.application) return refuse(STATUS.wrongData);
  const [reference] = contentOf(readObjects(first.value), 0x84) ?? [];
  if (reference !== KEY_REFERENCE) return refuse(STATUS.referenceNotFound);
  return respond(publicKeyObject(contents));
}

const USER_PIN = 0x80;
/** Not a PIN: whoever verifies it is nobody again. */
const DEAUTHENTICATE = 0x82;
/** MaximumPINLength of the PassportForWork CSP. */
const PIN_MOST = 127;

function verify(
  { p1, p2, data }: CommandApdu,
  contents: CardContents,
  { verified }: ApplicationState,
): Answer {
  if (p1 !== 0) return refuse(STATUS.wrongParameters);
  if (p2 === DEAUTHENTICATE) return { kind: 'logOut' };
  if (p2 !== USER_PIN) return refuse(STATUS.referenceNotFound);
  if (data.length === 0) return pinStatus(contents, verified);
  if (data.length > PIN_MOST) return refuse(STATUS.wrongData);
  const pin = text(data);
  return pin === undefined ? refuse(STATUS.wrongData) : { kind: 'verify', pin };
}

/** Undefined: not UTF-8, so that it is nobody's PIN. */
function text(octets: Uint8Array): string | undefined {
  try {
    return fromUtf8Strict(octets);
  } catch {
    return undefined;
  }
}

const SET_FOR_COMPUTATION = 0x41;
const TEMPLATES: readonly number[] = Object.values(TEMPLATE);

function setEnvironment(
  { p1, p2, data }: CommandApdu,
  { publicKey }: CardContents,
  { environments }: ApplicationState,
): Answer {
  if (p1 !== SET_FOR_COMPUTATION || !TEMPLATES.includes(p2)) return refuse(STATUS.wrongParameters);
  const objects = readObjects(data);
  const [algorithm] = contentOf(objects, 0x80) ?? [];
  const [keyReference] = contentOf(objects, 0x84) ?? contentOf(objects, 0x83) ?? [];
  if (algorithm === undefined || keyReference === undefined) return refuse(STATUS.wrongData);
  if (keyReference !== KEY_REFERENCE) return refuse(STATUS.referenceNotFound);
  if ((algorithm & 0xf) !== keyAlgorithm(publicKey)) return refuse(STATUS.wrongData);
  const changed = { ...environments, [p2]: { algorithm, keyReference } };
  return { kind: 'environments', environments: changed };
}

const COMPUTE_SIGNATURE = 0x9e9a;
const DECIPHER = 0x8086;

function operate(
  { p1, p2, data }: CommandApdu,
  contents: CardContents,
  { environments, verified }: ApplicationState,
): Answer {
  const operation = (p1 << 8) | p2;
  if (operation !== COMPUTE_SIGNATURE && operation !== DECIPHER) {
    return refuse(STATUS.wrongParameters);
  }
  const signing = operation === COMPUTE_SIGNATURE;
  const environment = environments[signing ? TEMPLATE.digitalSignature : TEMPLATE.confidentiality];
  if (environment === undefined) return refuse(STATUS.conditions);
  if (!verified) return refuse(STATUS.securityStatus);
  return signing ? sign(environment, data, contents) : decipher(environment, data, contents);
}

function authenticate(
  { p1, p2, data }: CommandApdu,
  contents: CardContents,
  { environments, verified }: ApplicationState,
): Answer {
  if (p1 !== 0 || p2 !== 0) return refuse(STATUS.wrongParameters);
  const environment = environments[TEMPLATE.authentication];
  if (environment === undefined) return refuse(STATUS.conditions);
  return verified ? sign(environment, data, contents) : refuse(STATUS.securityStatus);
}

/** What PKCS #1 padding takes of a block (RFC 8017 §9.2). */
const PKCS1_OVERHEAD = 11;

function sign(
  { algorithm }: SecurityEnvironment,
  data: Uint8Array,
  { publicKey }: CardContents,
): Answer {
  if (data.length === 0) return refuse(STATUS.wrongData);
  if (publicKey.type === 'ec') {
    // No digest is longer than SHA-512's.
    if (data.length > 64) return refuse(STATUS.wrongData);
    return { kind: 'operate', operation: { kind: 'sign', algorithm: 'CKM_ECDSA', data } };
  }
  if ((algorithm & PADDING.pkcs1) === 0) return raw(data, publicKey.modulus);
  if (data.length > publicKey.modulus.length - PKCS1_OVERHEAD) return refuse(STATUS.wrongData);
  return { kind: 'operate', operation: { kind: 'sign', algorithm: 'CKM_RSA_PKCS', data } };
}

function raw(data: Uint8Array, modulus: Uint8Array): Answer {
  if (data.length !== modulus.length || compare(data, modulus) >= 0) {
    return refuse(STATUS.wrongData);
  }
  return { kind: 'operate', operation: { kind: 'sign', algorithm: 'CKM_RSA_X_509', data } };
}

/** The cryptogram with or without the octet that says how it is padded (ISO/IEC 7816-8:2016 §5.2.9). */
function decipher(
  { algorithm }: SecurityEnvironment,
  data: Uint8Array,
  { publicKey }: CardContents,
): Answer {
  if (publicKey.type === 'ec') return refuse(STATUS.functionNotSupported);
  const { length } = publicKey.modulus;
  const cryptogram = data.length === length + 1 && data[0] === 0 ? data.slice(1) : data;
  if (cryptogram.length !== length) return refuse(STATUS.wrongData);
  const padding = algorithm & 0xf0;
  if (padding === PADDING.none) return raw(concat(cryptogram), publicKey.modulus);
  const name = padding === PADDING.oaep ? 'RSAES-OAEP' : 'RSAES-PKCS1-v1_5';
  const operation = { kind: 'decrypt', algorithm: name, data: cryptogram } as const;
  return { kind: 'operate', operation };
}
