/**
 * How a client proves who it is in an AS-REQ, and what METHOD-DATA tells one that has not: RFC 4120
 * §5.2.7, MS-KILE 3.3.5.6. Each way is a row of {@link PREAUTHENTICATIONS}.
 */
import { encode, tryDecode } from '../../src/der/codec.ts';
import {
  KeyUsage,
  PA_ENC_TIMESTAMP,
  PA_ETYPE_INFO,
  PA_ETYPE_INFO2,
  PA_PK_AS_REP_OLD,
  PA_PK_AS_REQ,
} from '../kerberos/constants.ts';
import {
  KDC_ERR_ETYPE_NOSUPP,
  KDC_ERR_PADATA_TYPE_NOSUPP,
  KDC_ERR_PREAUTH_FAILED,
  KRB_AP_ERR_SKEW,
} from '../kerberos/error-codes.ts';
import { decrypt, etypeName, type Key } from '../kerberos/etypes.ts';
import {
  EncryptedData,
  EtypeInfo,
  EtypeInfo2,
  MethodData,
  type PaData,
  PaEncTsEnc,
} from '../kerberos/messages.ts';
import type { Account, Accounts } from './accounts.ts';
import { badPassword } from './attempts.ts';
import { type Refusal, refused } from './errors.ts';
import { clientKeys, isClientEtype, RC4 } from './etype-selection.ts';
import type { Policy } from './realm.ts';

/** What METHOD-DATA depends on. */
export interface HintContext {
  readonly policy: Policy;
  readonly client: Account;
  /** The request's etype list. */
  readonly offered: readonly number[];
}

/** What a proof is looked at with. */
export interface ProofContext extends HintContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly accounts: Accounts;
}

/** A client that is who it says. */
export interface Proof {
  readonly kind: 'proved';
  readonly by: 'password' | 'publicKey';
  readonly replyKey: Key;
  /** Version of a long-term reply key; absent for keys agreed on. */
  readonly kvno?: number;
  /** SIDs for ExtraSids that say how it was proved. */
  readonly identities: readonly string[];
}

export interface Preauthentication {
  readonly padataType: number;
  readonly name: string;
  /** Its element in METHOD-DATA is empty; how it goes about is in what the client sends. */
  prove(context: ProofContext, padataValue: Uint8Array): Proof | Refusal;
}

/** In the order of a domain controller's METHOD-DATA. */
export const PREAUTHENTICATIONS: readonly Preauthentication[] = [
  { padataType: PA_ENC_TIMESTAMP, name: 'PA-ENC-TIMESTAMP', prove: encryptedTimestamp },
  { padataType: PA_PK_AS_REQ, name: 'PA-PK-AS-REQ', prove: noCertificate },
  // Windows 2000's PKINIT: requests have the number that others give replies (MS-PKCA 2.2.3).
  { padataType: PA_PK_AS_REP_OLD, name: 'PA-PK-AS-REQ (Windows 2000)', prove: noCertificate },
];

/** The way that the request's padata takes, the first in the KDC's order. */
export function proofIn(
  padata: readonly PaData[],
): { readonly way: Preauthentication; readonly padataValue: Uint8Array } | undefined {
  for (const way of PREAUTHENTICATIONS) {
    const found = padata.find((item) => item.padataType === way.padataType);
    if (found !== undefined) return { way, padataValue: found.padataValue };
  }
  return undefined;
}

/** RFC 4120 §5.2.7.2 */
function encryptedTimestamp(context: ProofContext, padataValue: Uint8Array): Proof | Refusal {
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
  return { kind: 'proved', by: 'password', replyKey: key, kvno: current.kvno, identities: [] };
}

/** `the client's clock is 600 s ahead of the KDC's, more than the 300 s allowed` */
export function skewText(ahead: number, { maxClockSkew }: Policy): string {
  const seconds = Math.round(Math.abs(ahead) / 1000);
  const side = ahead > 0 ? 'ahead of' : 'behind';
  return `the client's clock is ${seconds} s ${side} the KDC's, more than the ${maxClockSkew / 1000} s allowed`;
}

/** What a domain controller without a certificate for PKINIT answers. */
function noCertificate({ client }: ProofContext): Refusal {
  return refused(
    KDC_ERR_PADATA_TYPE_NOSUPP,
    `${client.sAMAccountName} signs in with a public key, but this KDC has no certificate for PKINIT`,
  );
}

function failed(context: ProofContext, cause: string): Refusal {
  return refused(KDC_ERR_PREAUTH_FAILED, cause, { methodData: etypeInfoData(context) });
}

interface Hints {
  readonly policy: Policy;
  /** By which keys are told and whether the ways are. */
  readonly made: Map<string, Uint8Array>;
}

/** METHOD-DATA depends on the account and on what the client can do, of which there are few kinds. */
const kept = new WeakMap<Account, Hints>();

function keptHint(
  { client, policy }: HintContext,
  name: string,
  make: () => readonly PaData[],
): Uint8Array {
  let hints = kept.get(client);
  if (hints?.policy !== policy) {
    hints = { policy, made: new Map() };
    kept.set(client, hints);
  }
  let made = hints.made.get(name);
  if (made === undefined) {
    made = encode(MethodData, make());
    hints.made.set(name, made);
  }
  return made;
}

/** With KDC_ERR_PREAUTH_REQUIRED: how the key is made, and the ways to prove it. */
export function methodData(context: HintContext): Uint8Array {
  const keys = told(context);
  return keptHint(context, `ways ${etypesOf(keys)}`, () => [...etypeInfo(context, keys), ...WAYS]);
}

/** With errors after a proof: how the key is made, nothing else. */
export function etypeInfoData(context: HintContext): Uint8Array {
  const keys = told(context);
  return keptHint(context, `keys ${etypesOf(keys)}`, () => etypeInfo(context, keys));
}

/** With KDC_ERR_ETYPE_NOSUPP: the ways alone, for there is no key to tell of. */
export function methodDataWithoutKeys(): Uint8Array {
  return WAYS_DATA;
}

const EMPTY = new Uint8Array(0);
const WAYS: readonly PaData[] = PREAUTHENTICATIONS.map(({ padataType }) => ({
  padataType,
  padataValue: EMPTY,
}));
const WAYS_DATA = encode(MethodData, WAYS);

const etypesOf = (keys: readonly Key[]) => keys.map((key) => key.etype).join();

/** The strongest AES key that both have, and the RC4 key. */
function told({ policy, client, offered }: HintContext): readonly Key[] {
  const keys = clientKeys(policy, client, offered);
  const aes = keys.find((key) => key.etype !== RC4);
  return keys.filter((key) => key === aes || key.etype === RC4);
}

/** Clients that know no newer type than RC4 get the older ETYPE-INFO in front (RFC 4120 §5.2.7.4). */
function etypeInfo({ client }: HintContext, keys: readonly Key[]): readonly PaData[] {
  const newer = etypeInfo2(client, keys);
  if (keys.some((key) => key.etype !== RC4)) return [newer];
  const entries = keys.map(({ etype }) => ({ etype, salt: EMPTY }));
  return [{ padataType: PA_ETYPE_INFO, padataValue: encode(EtypeInfo, entries) }, newer];
}

function etypeInfo2(client: Account, keys: readonly Key[]): PaData {
  const salt = client.keys[0]?.salt;
  const entries = keys.map(({ etype }) =>
    etype === RC4 || salt === undefined ? { etype } : { etype, salt },
  );
  return { padataType: PA_ETYPE_INFO2, padataValue: encode(EtypeInfo2, entries) };
}

/** In the AS-REP: how the reply's key is made; RC4 keys have no salt to tell. */
export function replyHint(client: Account, replyKey: Key): readonly PaData[] {
  return replyKey.etype === RC4 ? [] : [etypeInfo2(client, [replyKey])];
}
