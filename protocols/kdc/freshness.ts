/**
 * Freshness tokens (RFC 8070) as domain controllers make them: two zero octets and a time stamp under
 * krbtgt's key. A client shows that its key was in use just now, not that somebody had it sign ahead.
 */
import { concat } from '../../src/bytes/bytes.ts';
import { encode, tryDecode } from '../../src/der/codec.ts';
import type { Env } from '../../src/machine/machine.ts';
import { KeyUsage } from '../kerberos/constants.ts';
import {
  KDC_ERR_PREAUTH_EXPIRED,
  KDC_ERR_PREAUTH_FAILED,
  KRB_AP_ERR_MODIFIED,
} from '../kerberos/error-codes.ts';
import { confounderLength, decrypt, encrypt } from '../kerberos/etypes.ts';
import { EncryptedData, PaEncTsEnc } from '../kerberos/messages.ts';
import type { Accounts } from './accounts.ts';
import { type Refusal, refused } from './errors.ts';
import { KRBTGT_ENC_TYPES, ticketKey } from './etype-selection.ts';
import type { PkinitPolicy } from './pkinit-policy.ts';
import type { Realm } from './realm.ts';

const HEADER = new Uint8Array(2);
/** A token of ours has some 90 octets. */
const LONGEST = 512;

/** A token that says now; undefined: krbtgt has no key that may be used. */
export function freshnessToken(realm: Realm, accounts: Accounts, env: Env): Uint8Array | undefined {
  const current = accounts.krbtgt(realm.secondaryKrbTgtNumber ?? 0)?.keys[0];
  if (current === undefined) return undefined;
  const key = ticketKey(realm.policy, KRBTGT_ENC_TYPES, current);
  if (key === undefined) return undefined;
  const patimestamp = Math.floor(env.now / 1_000) * 1_000;
  const pausec = Math.floor((env.now - patimestamp) * 1_000);
  const plain = encode(PaEncTsEnc, { patimestamp, pausec });
  const number = realm.secondaryKrbTgtNumber ?? 0;
  const kvno = number === 0 ? current.kvno : (number << 16) | (current.kvno & 0xffff);
  const confounder = env.random(confounderLength(key.etype));
  const cipher = encrypt(key, KeyUsage.AS_FRESHNESS, plain, confounder);
  return concat(HEADER, encode(EncryptedData, { etype: key.etype, kvno, cipher }));
}

/**
 * Why the token proves nothing; undefined: it is fresh. Codes as Samba's tests for Windows have them
 * (`pkinit_tests.py`): too old 90, anything that is no token 41, one of a read-only KDC 24.
 */
export function freshnessRefusal(
  token: Uint8Array,
  accounts: Accounts,
  { freshnessAge }: PkinitPolicy,
  now: number,
): Refusal | undefined {
  const no = (why: string): Refusal => refused(KRB_AP_ERR_MODIFIED, `the freshness token ${why}`);
  if (token.length > LONGEST || token[0] !== 0 || token[1] !== 0) return no('is none of this KDC');
  const sealed = tryDecode(EncryptedData, token.subarray(2));
  if (!sealed.ok) return no(`is malformed: ${sealed.error.message}`);
  const { etype, kvno = 0, cipher } = sealed.value;
  if (kvno >>> 16 !== 0) {
    return refused(
      KDC_ERR_PREAUTH_FAILED,
      `the freshness token is one of the read-only KDC ${kvno >>> 16}`,
    );
  }
  const sets = accounts.krbtgt(0)?.keys ?? [];
  const key = sets
    .find((set) => set.kvno === kvno)
    ?.keys.find((candidate) => candidate.etype === etype);
  const plain = key === undefined ? undefined : decrypt(key, KeyUsage.AS_FRESHNESS, cipher);
  const stamp = plain === undefined ? undefined : tryDecode(PaEncTsEnc, plain);
  if (stamp?.ok !== true) return no('does not open with the key of krbtgt');
  const age = now - stamp.value.patimestamp;
  if (Math.abs(age) <= freshnessAge) return undefined;
  const side = age > 0 ? 'old' : 'ahead of now';
  return refused(
    KDC_ERR_PREAUTH_EXPIRED,
    `the freshness token is ${Math.round(Math.abs(age) / 1_000)} s ${side}, more than the ${freshnessAge / 1_000} s allowed`,
  );
}
