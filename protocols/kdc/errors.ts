/** What the KDC refuses, and how it says so: RFC 4120 §5.9.1 and §7.5.9 as domain controllers fill it in. */
import { concat, uint32le } from '../../src/bytes/bytes.ts';
import { encode } from '../../src/der/codec.ts';
import { KERB_ERR_TYPE_EXTENDED, KRB_ERROR, NT_SRV_INST, PVNO } from '../kerberos/constants.ts';
import { KerbErrorData, KrbError, type PrincipalName, TypedData } from '../kerberos/messages.ts';
import type { AccountChange } from './accounts.ts';
import type { Realm } from './realm.ts';

/** A request that is answered with a KRB-ERROR. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: number;
  /** For people: what is really the matter, which the code alone does not tell. */
  readonly cause: string;
  /** NTSTATUS for e-data, as KERB-EXT-ERROR. */
  readonly status?: number;
  /** METHOD-DATA for e-data, DER. */
  readonly methodData?: Uint8Array;
  /** TYPED-DATA for e-data, DER: what PKINIT has to say about its errors. */
  readonly typedData?: Uint8Array;
  /** With KDC_ERR_WRONG_REALM: where the client should ask. */
  readonly crealm?: string;
  /** What the attempt leaves in the directory. */
  readonly change?: AccountChange;
}

export function refused(
  code: number,
  cause: string,
  more: Pick<Refusal, 'status' | 'methodData' | 'typedData' | 'crealm' | 'change'> = {},
): Refusal {
  return { kind: 'refused', code, cause, ...more };
}

/** TYPED-DATA with one element (RFC 4120 §5.9.1). @param dataType a TD_ number @param dataValue DER */
export function typedData(dataType: number, dataValue: Uint8Array): Uint8Array {
  return encode(TypedData, [{ dataType, dataValue }]);
}

export type Exchange = 'AS' | 'TGS';

/** KERB_EXT_ERROR.flags as domain controllers send them; MS-KILE 2.2.2 leaves them open. */
const EXT_ERROR_FLAGS: Readonly<Record<Exchange, number>> = { AS: 1, TGS: 3 };
/** KERB-ERROR-DATA around a KERB-EXT-ERROR (MS-KILE 2.2.1, 2.2.2): status, reserved, flags. */
export function extendedError(status: number, exchange: Exchange): Uint8Array {
  return encode(KerbErrorData, {
    dataType: KERB_ERR_TYPE_EXTENDED,
    dataValue: concat(uint32le(status), uint32le(0), uint32le(EXT_ERROR_FLAGS[exchange])),
  });
}

/**
 * The KRB-ERROR. Domain controllers leave out ctime, cusec, cname and e-text, and crealm except
 * with KDC_ERR_WRONG_REALM; `sname` is as requested, krbtgt where the request named none.
 * @param now milliseconds since 1970
 */
export function errorMessage(
  realm: Realm,
  exchange: Exchange,
  refusal: Pick<Refusal, 'code' | 'status' | 'methodData' | 'typedData' | 'crealm'>,
  sname: PrincipalName | undefined,
  now: number,
): Uint8Array {
  const { code, status, crealm } = refusal;
  const said = refusal.typedData ?? refusal.methodData;
  const eData = said ?? (status === undefined ? undefined : extendedError(status, exchange));
  const stime = Math.floor(now / 1000) * 1000;
  return encode(KrbError, {
    pvno: PVNO,
    msgType: KRB_ERROR,
    stime,
    susec: Math.floor((now - stime) * 1000),
    errorCode: code,
    ...(crealm === undefined ? {} : { crealm }),
    realm: realm.name,
    sname: sname ?? { nameType: NT_SRV_INST, nameString: ['krbtgt', realm.name] },
    ...(eData === undefined ? {} : { eData }),
  });
}
