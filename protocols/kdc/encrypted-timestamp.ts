/** PA-ENC-TIMESTAMP: the client knows the password (RFC 4120 §5.2.7.2). */
import { tryDecode } from '../../src/der/codec.ts';
import { KeyUsage } from '../kerberos/constants.ts';
import {
  KDC_ERR_ETYPE_NOSUPP,
  KDC_ERR_PREAUTH_FAILED,
  KRB_AP_ERR_SKEW,
} from '../kerberos/error-codes.ts';
import { decrypt, etypeName } from '../kerberos/etypes.ts';
import { EncryptedData, PaEncTsEnc } from '../kerberos/messages.ts';
import { badPassword } from './attempts.ts';
import { type Refusal, refused } from './errors.ts';
import { isClientEtype } from './etype-selection.ts';
import { etypeInfoData, methodDataWithoutKeys } from './method-data.ts';
import { type Proof, type ProofContext, skewText } from './proof.ts';

export function encryptedTimestamp(
  context: ProofContext,
  padataValue: Uint8Array,
): Proof | Refusal {
  const { client, policy, now } = context;
  const { sAMAccountName } = client;
  const sealed = tryDecode(EncryptedData, padataValue);
  if (!sealed.ok) {
    return failed(context, `the PA-ENC-TIMESTAMP is malformed: ${sealed.error.message}`);
  }
  const { etype, cipher } = sealed.value;
  const [current, ...older] = client.keys;
  const key = current?.keys.find((candidate) => candidate.etype === etype);
  if (key === undefined || current === undefined || !isClientEtype(policy, client, etype)) {
    return refused(
      KDC_ERR_ETYPE_NOSUPP,
      `PA-ENC-TIMESTAMP of ${sAMAccountName} uses ${etypeName(etype)}, which ${
        key === undefined ? 'the account has no key of' : 'is not allowed'
      }`,
      { methodData: methodDataWithoutKeys() },
    );
  }
  const what = `PA-ENC-TIMESTAMP of ${sAMAccountName}`;
  const plain = decrypt(key, KeyUsage.PA_ENC_TIMESTAMP, cipher);
  if (plain === undefined) {
    const former = older.find((set) =>
      set.keys.some(
        (old) => old.etype === etype && decrypt(old, KeyUsage.PA_ENC_TIMESTAMP, cipher),
      ),
    );
    const why =
      former === undefined
        ? 'wrong password, or the client made the key with another salt than ' +
          `"${current.salt ?? ''}"`
        : `that is a former password, of kvno ${former.kvno}`;
    const refusal = failed(
      context,
      `the ${what} does not decrypt with the ${etypeName(etype)} key of kvno ${current.kvno}: ${why}`,
    );
    const change = badPassword(client, former !== undefined, context);
    return change === undefined ? refusal : { ...refusal, change };
  }
  const stamp = tryDecode(PaEncTsEnc, plain);
  if (!stamp.ok) return failed(context, `inside the ${what}: ${stamp.error.message}`);
  const { patimestamp, pausec = 0 } = stamp.value;
  const ahead = patimestamp + pausec / 1000 - now;
  if (Math.abs(ahead) > policy.maxClockSkew) {
    return refused(KRB_AP_ERR_SKEW, `${skewText(ahead, policy)} (${what})`, {
      methodData: etypeInfoData(context),
    });
  }
  return { kind: 'proved', by: 'password', replyKey: key, kvno: current.kvno };
}

function failed(context: ProofContext, cause: string): Refusal {
  return refused(KDC_ERR_PREAUTH_FAILED, cause, { methodData: etypeInfoData(context) });
}
