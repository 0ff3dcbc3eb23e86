/** What server and client say that they can do (MS-RDPEFS 2.2.2.7): smart cards, and nothing else. */
import { type Capability, ExtendedPdu, VERSION_MAJOR, VERSION_MINOR } from './messages.ts';

const { RDPDR_DEVICE_REMOVE_PDUS, RDPDR_CLIENT_DISPLAY_NAME_PDU, RDPDR_USER_LOGGEDON_PDU } =
  ExtendedPdu;

/** All kinds of requests (MS-RDPEFS 2.2.2.7.1). */
const ALL_IO = 0xffff;
const OS_TYPE_WINNT = 2;

/** @param special how many devices there are before a sign-in: the server says what it takes */
export function capabilities(special: number): readonly Capability[] {
  return [
    {
      kind: 'CAP_GENERAL_TYPE',
      value: {
        // FreeRDP takes version 2 alone, which has SpecialTypeDeviceCap.
        Version: 2,
        osType: OS_TYPE_WINNT,
        osVersion: 0,
        protocolMajorVersion: VERSION_MAJOR,
        protocolMinorVersion: VERSION_MINOR,
        ioCode1: ALL_IO,
        ioCode2: 0,
        extendedPDU:
          RDPDR_DEVICE_REMOVE_PDUS | RDPDR_CLIENT_DISPLAY_NAME_PDU | RDPDR_USER_LOGGEDON_PDU,
        extraFlags1: 0,
        extraFlags2: 0,
        SpecialTypeDeviceCap: special,
      },
    },
    { kind: 'CAP_SMARTCARD_TYPE', value: { Version: 1 } },
  ];
}

/** Whether the client wants to be told of the sign-in. */
export function wantsUserLoggedOn(of: readonly Capability[]): boolean {
  return of.some(
    (one) =>
      one.kind === 'CAP_GENERAL_TYPE' && (one.value.extendedPDU & RDPDR_USER_LOGGEDON_PDU) !== 0,
  );
}
