/**
 * KERB-KEY-LIST-REQ in a TGS-REQ for krbtgt (MS-KILE 3.3.5.7.8): who exchanges a ticket of Microsoft Entra
 * Kerberos, having typed no password, learns the NT hash that servers without Kerberos ask for.
 */
import { encode } from '../../src/der/codec.ts';
import { PA_KERB_KEY_LIST_REP } from '../kerberos/constants.ts';
import { encryptionKey } from '../kerberos/etypes.ts';
import { KerbKeyListRep, type PaData } from '../kerberos/messages.ts';
import type { Wishes } from './padata.ts';
import type { Realm } from './realm.ts';
import type { Bearer } from './tgs-pac.ts';
import type { Target } from './ticket.ts';

interface Granted {
  readonly realm: Realm;
  readonly wishes: Wishes;
  readonly bearer: Bearer;
  readonly target: Pick<Target, 'use'>;
}

/**
 * The keys of the current password, in the order of the request. Types that the account has no key of are
 * left out; without any, and for whom they are not meant, there is no KERB-KEY-LIST-REP at all.
 * The domain's encryption types do not limit it: what is asked for is RC4's key, where RC4 is long gone.
 */
export function keyList({ realm, wishes, bearer, target }: Granted): readonly PaData[] {
  const { policy, secondaryKrbTgtNumber } = realm;
  if (wishes.keyList === undefined || target.use !== 'tgt') return [];
  // A read-only KDC has few accounts' keys, and gives none of them away.
  if (secondaryKrbTgtNumber !== undefined) return [];
  if (policy.keyListFor === 'readOnlyTickets' && bearer.readOnlyKdc === undefined) return [];
  const known = bearer.account?.keys[0]?.keys ?? [];
  const keys = [...new Set(wishes.keyList)].flatMap((etype) => {
    const found = known.find((key) => key.etype === etype);
    return found === undefined ? [] : [encryptionKey(found)];
  });
  if (keys.length === 0) return [];
  return [{ padataType: PA_KERB_KEY_LIST_REP, padataValue: encode(KerbKeyListRep, keys) }];
}
