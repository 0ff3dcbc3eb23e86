/** AS-REQ as a client sends it: RFC 4120 §3.1.1, §5.4.1, MS-KILE 3.2.5.3. */
import { encode } from '../../src/der/codec.ts';
import { KRB_AS_REQ, PA_FX_COOKIE, PA_PAC_REQUEST, PA_REQ_ENC_PA_REP, PVNO } from './constants.ts';
import {
  AsReq,
  type HostAddress,
  KdcReqBody,
  KerbPaPacRequest,
  type PaData,
  type PrincipalName,
} from './messages.ts';
import { ticketGrantingService } from './names.ts';

/** What is asked for. Times in milliseconds since 1970. */
export interface AsRequest {
  readonly realm: string;
  readonly cname: PrincipalName;
  /** Absent: the ticket-granting service of the realm. */
  readonly sname?: PrincipalName;
  /** KDCOptions. */
  readonly kdcOptions: number;
  readonly till: number;
  readonly rtime?: number;
  readonly etypes: readonly number[];
  readonly addresses?: readonly HostAddress[];
  /** KERB-PA-PAC-REQUEST; absent: not sent. */
  readonly includePac?: boolean;
  /** Asks that the KDC signs our request inside its reply: RFC 6806 §11. */
  readonly encPaRep: boolean;
  /** Takes over the KDC's clock from KRB_AP_ERR_SKEW or from the reply, instead of failing. */
  readonly learnsTime: boolean;
}

/** A request that still lacks its proof. */
export interface Draft {
  readonly nonce: number;
  readonly body: KdcReqBody;
  /** `body`, DER. */
  readonly reqBody: Uint8Array;
}

/** @param realm the realm asked: at first that of `ask`, after a referral another */
export function drafted(ask: AsRequest, realm: string, nonce: number): Draft {
  const body: KdcReqBody = {
    kdcOptions: ask.kdcOptions,
    cname: ask.cname,
    realm,
    sname: ask.sname ?? ticketGrantingService(realm),
    till: ask.till,
    ...(ask.rtime === undefined ? {} : { rtime: ask.rtime }),
    nonce,
    etype: ask.etypes,
    ...(ask.addresses === undefined ? {} : { addresses: ask.addresses }),
  };
  return { nonce, body, reqBody: encode(KdcReqBody, body) };
}

/** The AS-REQ, DER, with its proof in front of the other padata, as Windows has it. */
export function encoded(
  { body, reqBody }: Draft,
  ask: AsRequest,
  proof: readonly PaData[],
  hints: readonly PaData[],
): Uint8Array {
  const padata = [...proof, ...furtherPadata(ask, hints)];
  return encode(AsReq, {
    pvno: PVNO,
    msgType: KRB_AS_REQ,
    ...(padata.length === 0 ? {} : { padata }),
    reqBody: { value: body, raw: reqBody },
  });
}

/** What stands beside the proof. The KDC's cookie goes back as it came: RFC 6113 §5.2. */
function furtherPadata(ask: AsRequest, hints: readonly PaData[]): PaData[] {
  const padata: PaData[] = [];
  const cookie = hints.find((item) => item.padataType === PA_FX_COOKIE);
  if (cookie !== undefined) padata.push(cookie);
  if (ask.includePac !== undefined) {
    const padataValue = encode(KerbPaPacRequest, { includePac: ask.includePac });
    padata.push({ padataType: PA_PAC_REQUEST, padataValue });
  }
  if (ask.encPaRep) {
    padata.push({ padataType: PA_REQ_ENC_PA_REP, padataValue: new Uint8Array(0) });
  }
  return padata;
}
