/**
 * METHOD-DATA: what a client is told of the ways to prove itself, and of how its key is made. RFC 4120
 * §5.2.7, MS-KILE 3.3.5.6, in the order of a domain controller.
 */
import { encode } from '../../src/der/codec.ts';
import {
  PA_ENC_TIMESTAMP,
  PA_ETYPE_INFO,
  PA_ETYPE_INFO2,
  PA_PK_AS_REP_OLD,
  PA_PK_AS_REQ,
} from '../kerberos/constants.ts';
import type { Key } from '../kerberos/etypes.ts';
import { EtypeInfo, EtypeInfo2, MethodData, type PaData } from '../kerberos/messages.ts';
import type { Account } from './accounts.ts';
import { clientKeys, RC4 } from './etype-selection.ts';
import type { HintContext } from './proof.ts';
import type { Policy } from './realm.ts';

/**
 * The ways, whether or not this domain controller has a certificate. Windows 2000's PKINIT sends its
 * requests under the number that others give replies (MS-PKCA 2.2.3).
 */
const WAY_TYPES = [PA_ENC_TIMESTAMP, PA_PK_AS_REQ, PA_PK_AS_REP_OLD] as const;

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
export function methodData(context: HintContext, more: readonly PaData[] = []): Uint8Array {
  const keys = told(context);
  if (more.length > 0) return encode(MethodData, [...etypeInfo(context, keys), ...WAYS, ...more]);
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
const WAYS: readonly PaData[] = WAY_TYPES.map((padataType) => ({
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
