/** Attributes of a reader and its card (MS-RDPESC 3.1.4.38), and ATRs that match. */
import { equal, uint32le, utf8, utf16le } from '../../src/bytes/bytes.ts';
import type { CallOf } from './calls.ts';
import { Attribute, ReturnCode } from './constants.ts';
import { cardObjection, connectionOf, type Found } from './handles.ts';
import type { ServiceState } from './reader-state.ts';
import { answered, type Turn } from './turn.ts';

const { SCARD_S_SUCCESS, SCARD_E_UNSUPPORTED_FEATURE } = ReturnCode;
const NONE = new Uint8Array(0);

export function attribute(service: ServiceState, id: number, call: CallOf<'GetAttrib'>): Turn {
  const found = connectionOf(service, call.hCard);
  const objection = cardObjection(service, found);
  const octets = found === undefined ? undefined : attributeOf(found, call.dwAttrId);
  const code =
    objection !== SCARD_S_SUCCESS || octets !== undefined ? objection : SCARD_E_UNSUPPORTED_FEATURE;
  const pb = code === SCARD_S_SUCCESS && octets !== undefined ? octets : NONE;
  const value = { ReturnCode: code, cb: pb.length, pb: call.fpbAttrIsNULL === 0 ? pb : null };
  return answered(service, id, 'GetAttrib', value);
}

function attributeOf({ reader, connection }: Found, attributeId: number): Uint8Array | undefined {
  switch (attributeId) {
    case Attribute.SCARD_ATTR_ATR_STRING:
      return reader?.atr;
    case Attribute.SCARD_ATTR_CURRENT_PROTOCOL_TYPE:
      return uint32le(connection.protocol);
    case Attribute.SCARD_ATTR_VENDOR_NAME:
      return utf8('Microsoft\0');
    case Attribute.SCARD_ATTR_DEVICE_FRIENDLY_NAME_A:
    case Attribute.SCARD_ATTR_DEVICE_SYSTEM_NAME_A:
      return utf8(`${connection.reader}\0`);
    case Attribute.SCARD_ATTR_DEVICE_FRIENDLY_NAME_W:
    case Attribute.SCARD_ATTR_DEVICE_SYSTEM_NAME_W:
      return utf16le(`${connection.reader}\0`);
    default:
      return undefined;
  }
}

/** Whether two ATRs are the same where the mask says so. */
export function matchesAtr(atr: Uint8Array, wanted: Uint8Array, mask: Uint8Array): boolean {
  if (atr.length !== wanted.length) return false;
  const masked = (octets: Uint8Array): Uint8Array =>
    octets.map((octet, index) => octet & (mask[index] ?? 0xff));
  return equal(masked(atr), masked(wanted));
}
