/** The calls by their control codes (MS-RDPESC 3.1.4): what is sent, what comes back. */
import type { Codec } from '../../src/ndr/codec.ts';
import * as m from './messages.ts';

const { A, W } = m;

/** CTL_CODE(FILE_DEVICE_SMARTCARD's place, function): the lower two bits are the method. */
const code = (fn: number): number => 0x00090000 | (fn << 2);

/** Name, function, call, return; calls with texts come as A and W. */
const TABLE = {
  EstablishContext: [5, m.EstablishContext_Call, m.EstablishContext_Return],
  ReleaseContext: [6, m.Context_Call, m.Long_Return],
  IsValidContext: [7, m.Context_Call, m.Long_Return],
  ListReaderGroupsA: [8, m.ListReaderGroups_Call, m.ListReaders_Return],
  ListReaderGroupsW: [9, m.ListReaderGroups_Call, m.ListReaders_Return],
  ListReadersA: [10, m.ListReaders_Call, m.ListReaders_Return],
  ListReadersW: [11, m.ListReaders_Call, m.ListReaders_Return],
  IntroduceReaderGroupA: [20, A.ContextAndString_Call, m.Long_Return],
  IntroduceReaderGroupW: [21, W.ContextAndString_Call, m.Long_Return],
  ForgetReaderGroupA: [22, A.ContextAndString_Call, m.Long_Return],
  ForgetReaderGroupW: [23, W.ContextAndString_Call, m.Long_Return],
  IntroduceReaderA: [24, A.ContextAndTwoString_Call, m.Long_Return],
  IntroduceReaderW: [25, W.ContextAndTwoString_Call, m.Long_Return],
  ForgetReaderA: [26, A.ContextAndString_Call, m.Long_Return],
  ForgetReaderW: [27, W.ContextAndString_Call, m.Long_Return],
  AddReaderToGroupA: [28, A.ContextAndTwoString_Call, m.Long_Return],
  AddReaderToGroupW: [29, W.ContextAndTwoString_Call, m.Long_Return],
  RemoveReaderFromGroupA: [30, A.ContextAndTwoString_Call, m.Long_Return],
  RemoveReaderFromGroupW: [31, W.ContextAndTwoString_Call, m.Long_Return],
  LocateCardsA: [38, A.LocateCards_Call, m.LocateCards_Return],
  LocateCardsW: [39, W.LocateCards_Call, m.LocateCards_Return],
  GetStatusChangeA: [40, A.GetStatusChange_Call, m.GetStatusChange_Return],
  GetStatusChangeW: [41, W.GetStatusChange_Call, m.GetStatusChange_Return],
  Cancel: [42, m.Context_Call, m.Long_Return],
  ConnectA: [43, A.Connect_Call, m.Connect_Return],
  ConnectW: [44, W.Connect_Call, m.Connect_Return],
  Reconnect: [45, m.Reconnect_Call, m.Reconnect_Return],
  Disconnect: [46, m.HCardAndDisposition_Call, m.Long_Return],
  BeginTransaction: [47, m.HCardAndDisposition_Call, m.Long_Return],
  EndTransaction: [48, m.HCardAndDisposition_Call, m.Long_Return],
  State: [49, m.State_Call, m.State_Return],
  StatusA: [50, m.Status_Call, m.Status_Return],
  StatusW: [51, m.Status_Call, m.Status_Return],
  Transmit: [52, m.Transmit_Call, m.Transmit_Return],
  Control: [53, m.Control_Call, m.Control_Return],
  GetAttrib: [54, m.GetAttrib_Call, m.GetAttrib_Return],
  SetAttrib: [55, m.SetAttrib_Call, m.Long_Return],
  LocateCardsByATRA: [58, A.LocateCardsByATR_Call, m.LocateCards_Return],
  LocateCardsByATRW: [59, W.LocateCardsByATR_Call, m.LocateCards_Return],
  ReadCacheA: [60, A.ReadCache_Call, m.ReadCache_Return],
  ReadCacheW: [61, W.ReadCache_Call, m.ReadCache_Return],
  WriteCacheA: [62, A.WriteCache_Call, m.Long_Return],
  WriteCacheW: [63, W.WriteCache_Call, m.Long_Return],
  GetTransmitCount: [64, m.GetTransmitCount_Call, m.GetTransmitCount_Return],
  GetReaderIcon: [65, m.GetReaderIcon_Call, m.GetReaderIcon_Return],
  GetDeviceTypeId: [66, m.GetDeviceTypeId_Call, m.GetDeviceTypeId_Return],
} as const;

type Table = typeof TABLE;
type ValueOf<C> = C extends Codec<infer T> ? T : never;

export type CallName = keyof Table;
export type CallOf<N extends CallName> = ValueOf<Table[N][1]>;
export type ReturnOf<N extends CallName> = ValueOf<Table[N][2]>;

/** SCARD_IOCTL_ACCESSSTARTEDEVENT: four octets that mean nothing, without headers (3.1.4). */
export const ACCESS_STARTED_EVENT = code(56);

export function controlCode(name: CallName): number {
  return code(TABLE[name][0]);
}

const BY_CODE: ReadonlyMap<number, CallName> = new Map(
  Object.entries(TABLE).map(([name, [fn]]) => [code(fn), name as CallName]),
);

/** Undefined: no call that anybody knows. */
export function callNamed(ioControlCode: number): CallName | undefined {
  return BY_CODE.get(ioControlCode);
}

export function callCodec<N extends CallName>(name: N): Codec<CallOf<N>> {
  return TABLE[name][1] as unknown as Codec<CallOf<N>>;
}

export function returnCodec<N extends CallName>(name: N): Codec<ReturnOf<N>> {
  return TABLE[name][2] as unknown as Codec<ReturnOf<N>>;
}

/**
 * What traces call a call and its return: MS-RDPESC 2.2.2 and 2.2.3 name the structures so, except that several
 * calls share Context_Call and Long_Return there.
 */
export function callName(call: string): string {
  return `${call}_Call`;
}

export function returnName(call: string): string {
  return `${call}_Return`;
}

export const CALL_NAMES = Object.keys(TABLE) as readonly CallName[];

/** Whether texts of a call are UTF-16: those of W calls, and of those that come as W only. */
export function isWide(name: CallName): boolean {
  return !name.endsWith('A');
}
