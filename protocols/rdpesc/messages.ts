/**
 * The structures of MS-RDPESC 2.2.2 (calls) and 2.2.3 (returns), in the order of the IDL. A and W
 * variants differ in their texts only, so each call with a text is made for both.
 */

import { asciiString } from '../../src/ndr/ascii-string.ts';
import type { Codec, Infer } from '../../src/ndr/codec.ts';
import {
  conformantOctets,
  flags,
  int32,
  namedLong,
  octets,
  uint32,
  wideString,
} from '../../src/ndr/primitives.ts';
import { conformantArray, count, pointer, struct } from '../../src/ndr/structures.ts';
import {
  CardProtocol,
  CardState,
  Disposition,
  ReaderState,
  ReturnCode,
  ShareMode,
} from './constants.ts';

const bytes = pointer(conformantOctets);
const returnCode = namedLong('long', ReturnCode);
const shareMode = namedLong('unsigned long', ShareMode);
const disposition = namedLong('unsigned long', Disposition);
const protocols = flags('unsigned long', CardProtocol);
const readerState = flags('unsigned long', ReaderState);
const cardState = namedLong('unsigned long', CardState);

/** MS-RDPESC 2.2.1.1. */
export type Context = Infer<typeof REDIR_SCARDCONTEXT>;
export const REDIR_SCARDCONTEXT = struct('REDIR_SCARDCONTEXT', {
  cbContext: count('pbContext'),
  pbContext: bytes,
});

/** MS-RDPESC 2.2.1.2. */
export type Handle = Infer<typeof REDIR_SCARDHANDLE>;
export const REDIR_SCARDHANDLE = struct('REDIR_SCARDHANDLE', {
  Context: REDIR_SCARDCONTEXT,
  cbHandle: count('pbHandle'),
  pbHandle: bytes,
});

/** MS-RDPESC 2.2.1.5 (A), 2.2.1.6 (W): ReaderStateCommon behind the name. */
function readerStateCall(text: Codec<string>) {
  return struct('ReaderState', {
    szReader: pointer(text),
    dwCurrentState: readerState,
    dwEventState: readerState,
    cbAtr: uint32,
    rgbAtr: octets(36),
  });
}

/** MS-RDPESC 2.2.1.11. */
export type ReaderStateReturned = Infer<typeof ReaderState_Return>;
const ReaderState_Return = struct('ReaderState_Return', {
  dwCurrentState: readerState,
  dwEventState: readerState,
  cbAtr: uint32,
  rgbAtr: octets(36),
});

/** MS-RDPESC 2.2.1.7. */
const LocateCards_ATRMask = struct('LocateCards_ATRMask', {
  cbAtr: uint32,
  rgbAtr: octets(36),
  rgbMask: octets(36),
});

/** MS-RDPESC 2.2.1.8. */
export const SCardIO_Request = struct('SCardIO_Request', {
  dwProtocol: protocols,
  cbExtraBytes: count('pbExtraBytes'),
  pbExtraBytes: bytes,
});

export const EstablishContext_Call = struct('EstablishContext_Call', { dwScope: uint32 });
export const Context_Call = struct('Context_Call', { Context: REDIR_SCARDCONTEXT });
export const ListReaderGroups_Call = struct('ListReaderGroups_Call', {
  Context: REDIR_SCARDCONTEXT,
  fmszGroupsIsNULL: int32,
  cchGroups: uint32,
});
export const ListReaders_Call = struct('ListReaders_Call', {
  Context: REDIR_SCARDCONTEXT,
  cBytes: count('mszGroups'),
  mszGroups: bytes,
  fmszReadersIsNULL: int32,
  cchReaders: uint32,
});
export const Reconnect_Call = struct('Reconnect_Call', {
  hCard: REDIR_SCARDHANDLE,
  dwShareMode: shareMode,
  dwPreferredProtocols: protocols,
  dwInitialization: disposition,
});
export const HCardAndDisposition_Call = struct('HCardAndDisposition_Call', {
  hCard: REDIR_SCARDHANDLE,
  dwDisposition: disposition,
});
export const State_Call = struct('State_Call', {
  hCard: REDIR_SCARDHANDLE,
  fpbAtrIsNULL: int32,
  cbAtrLen: uint32,
});
export const Status_Call = struct('Status_Call', {
  hCard: REDIR_SCARDHANDLE,
  fmszReaderNamesIsNULL: int32,
  cchReaderLen: uint32,
  cbAtrLen: uint32,
});
export const Transmit_Call = struct('Transmit_Call', {
  hCard: REDIR_SCARDHANDLE,
  ioSendPci: SCardIO_Request,
  cbSendLength: count('pbSendBuffer'),
  pbSendBuffer: bytes,
  pioRecvPci: pointer(SCardIO_Request),
  fpbRecvBufferIsNULL: int32,
  cbRecvLength: uint32,
});
export const Control_Call = struct('Control_Call', {
  hCard: REDIR_SCARDHANDLE,
  dwControlCode: uint32,
  cbInBufferSize: count('pvInBuffer'),
  pvInBuffer: bytes,
  fpvOutBufferIsNULL: int32,
  cbOutBufferSize: uint32,
});
export const GetAttrib_Call = struct('GetAttrib_Call', {
  hCard: REDIR_SCARDHANDLE,
  dwAttrId: uint32,
  fpbAttrIsNULL: int32,
  cbAttrLen: uint32,
});
export const SetAttrib_Call = struct('SetAttrib_Call', {
  hCard: REDIR_SCARDHANDLE,
  dwAttrId: uint32,
  cbAttrLen: count('pbAttr'),
  pbAttr: bytes,
});
export const GetTransmitCount_Call = struct('GetTransmitCount_Call', { hCard: REDIR_SCARDHANDLE });
export const GetReaderIcon_Call = struct('GetReaderIcon_Call', {
  Context: REDIR_SCARDCONTEXT,
  szReaderName: pointer(wideString),
});
export const GetDeviceTypeId_Call = struct('GetDeviceTypeId_Call', {
  Context: REDIR_SCARDCONTEXT,
  szReaderName: pointer(wideString),
});

/** The calls that carry texts, for one kind of them. */
function withTexts(text: Codec<string>) {
  const sz = pointer(text);
  const states = pointer(conformantArray(readerStateCall(text)));
  return {
    ContextAndString_Call: struct('ContextAndString_Call', {
      Context: REDIR_SCARDCONTEXT,
      sz,
    }),
    ContextAndTwoString_Call: struct('ContextAndTwoString_Call', {
      Context: REDIR_SCARDCONTEXT,
      sz1: sz,
      sz2: sz,
    }),
    GetStatusChange_Call: struct('GetStatusChange_Call', {
      Context: REDIR_SCARDCONTEXT,
      dwTimeOut: uint32,
      cReaders: count('rgReaderStates'),
      rgReaderStates: states,
    }),
    LocateCards_Call: struct('LocateCards_Call', {
      Context: REDIR_SCARDCONTEXT,
      cBytes: count('mszCards'),
      mszCards: bytes,
      cReaders: count('rgReaderStates'),
      rgReaderStates: states,
    }),
    LocateCardsByATR_Call: struct('LocateCardsByATR_Call', {
      Context: REDIR_SCARDCONTEXT,
      cAtrs: count('rgAtrMasks'),
      rgAtrMasks: pointer(conformantArray(LocateCards_ATRMask)),
      cReaders: count('rgReaderStates'),
      rgReaderStates: states,
    }),
    Connect_Call: struct('Connect_Call', {
      szReader: sz,
      Context: REDIR_SCARDCONTEXT,
      dwShareMode: shareMode,
      dwPreferredProtocols: protocols,
    }),
    ReadCache_Call: struct('ReadCache_Call', {
      szLookupName: sz,
      Context: REDIR_SCARDCONTEXT,
      CardIdentifier: pointer(octets(16)),
      FreshnessCounter: uint32,
      fPbDataIsNULL: int32,
      cbDataLen: uint32,
    }),
    WriteCache_Call: struct('WriteCache_Call', {
      szLookupName: sz,
      Context: REDIR_SCARDCONTEXT,
      CardIdentifier: pointer(octets(16)),
      FreshnessCounter: uint32,
      cbDataLen: count('pbData'),
      pbData: bytes,
    }),
  } as const;
}

export const A = withTexts(asciiString);
export const W = withTexts(wideString);

/** Lengths of returns may stand without octets: a caller asks for the length alone first. */
export const Long_Return = struct('Long_Return', { ReturnCode: returnCode });
export const EstablishContext_Return = struct('EstablishContext_Return', {
  ReturnCode: returnCode,
  Context: REDIR_SCARDCONTEXT,
});
export const ListReaders_Return = struct('ListReaders_Return', {
  ReturnCode: returnCode,
  cBytes: uint32,
  msz: bytes,
});
export const GetStatusChange_Return = struct('GetStatusChange_Return', {
  ReturnCode: returnCode,
  cReaders: count('rgReaderStates'),
  rgReaderStates: pointer(conformantArray(ReaderState_Return)),
});
export const LocateCards_Return = struct('LocateCards_Return', {
  ReturnCode: returnCode,
  cReaders: count('rgReaderStates'),
  rgReaderStates: pointer(conformantArray(ReaderState_Return)),
});
export const Connect_Return = struct('Connect_Return', {
  ReturnCode: returnCode,
  hCard: REDIR_SCARDHANDLE,
  dwActiveProtocol: protocols,
});
export const Reconnect_Return = struct('Reconnect_Return', {
  ReturnCode: returnCode,
  dwActiveProtocol: protocols,
});
export const State_Return = struct('State_Return', {
  ReturnCode: returnCode,
  dwState: cardState,
  dwProtocol: protocols,
  cbAtrLen: uint32,
  rgAtr: bytes,
});
export const Status_Return = struct('Status_Return', {
  ReturnCode: returnCode,
  cBytes: uint32,
  mszReaderNames: bytes,
  dwState: cardState,
  dwProtocol: protocols,
  pbAtr: octets(32),
  cbAtrLen: uint32,
});
export const Transmit_Return = struct('Transmit_Return', {
  ReturnCode: returnCode,
  pioRecvPci: pointer(SCardIO_Request),
  cbRecvLength: uint32,
  pbRecvBuffer: bytes,
});
/** Of Control, GetAttrib, ReadCache and GetReaderIcon: 2.2.3.5, 2.2.3.12, 2.2.3.14, 2.2.3.15. */
function dataReturn(type: string) {
  return struct(type, { ReturnCode: returnCode, cb: uint32, pb: bytes });
}
export const Control_Return = dataReturn('Control_Return');
export const GetAttrib_Return = dataReturn('GetAttrib_Return');
export const ReadCache_Return = dataReturn('ReadCache_Return');
export const GetReaderIcon_Return = dataReturn('GetReaderIcon_Return');
export const GetTransmitCount_Return = struct('GetTransmitCount_Return', {
  ReturnCode: returnCode,
  cTransmitCount: uint32,
});
export const GetDeviceTypeId_Return = struct('GetDeviceTypeId_Return', {
  ReturnCode: returnCode,
  dwDeviceId: uint32,
});
