/**
 * The client of PKINIT (RFC 4556): a mechanism of the AS client. The private key's work is an effect in
 * the AS client's hands; which groups are left to try, and what was offered, is in the state.
 */
import { tryDecode } from '../../src/der/codec.ts';
import { PA_AS_FRESHNESS, TD_DH_PARAMETERS } from '../kerberos/constants.ts';
import { KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED } from '../kerberos/error-codes.ts';
import { type KrbError, TypedData } from '../kerberos/messages.ts';
import type { PreAuth } from '../kerberos/preauth.ts';
import { keyOfReply, keyOfTransport } from './client-reply.ts';
import { signedRequest, toBeSigned } from './client-request.ts';
import type { PkinitState } from './client-state.ts';
import { type GroupName, readGroup } from './groups.ts';
import { TdDhParameters } from './messages.ts';

export const pkinit: PreAuth<PkinitState> = {
  asksFirst: ({ options }) =>
    options.freshness
      ? [{ padataType: PA_AS_FRESHNESS, padataValue: new Uint8Array(0) }]
      : undefined,
  prove: toBeSigned,
  signed: signedRequest,
  replyKey: keyOfReply,
  decrypted: keyOfTransport,
  retried,
};

/** RFC 4556 §3.2.3: the KDC names groups that it would take; each is tried once. */
function retried(state: PkinitState, error: KrbError): PkinitState | undefined {
  if (error.errorCode !== KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED) return undefined;
  const { half, options, refused = [] } = state;
  if (half === undefined) return undefined;
  const tried = [...refused, half.group];
  const group = groupsIn(error).find(
    (candidate) => options.groups.includes(candidate) && !tried.includes(candidate),
  );
  return group === undefined ? undefined : { ...state, refused: tried, group };
}

function groupsIn({ eData }: KrbError): readonly GroupName[] {
  const typed = eData === undefined ? undefined : tryDecode(TypedData, eData);
  if (typed?.ok !== true) return [];
  const data = typed.value.find(({ dataType }) => dataType === TD_DH_PARAMETERS)?.dataValue;
  const list = data === undefined ? undefined : tryDecode(TdDhParameters, data);
  if (list?.ok !== true) return [];
  return list.value.flatMap((algorithm) => {
    const read = readGroup(algorithm);
    return read.ok ? [read.group] : [];
  });
}
