/** Who may do everything in a domain, for tools that have to bind as somebody. */
import { directory, dnOf } from '../../protocols/directory/directory.ts';
import { domainInfo } from '../../protocols/directory/domain.ts';
import { sidForm } from '../../protocols/directory/membership.ts';
import type { Store } from '../machine/store.ts';

export interface Administrator {
  readonly dn: string;
  /** As the directory has it now; absent where it is known by its keys only. */
  readonly password?: string;
}

/** Relative id of the built-in Administrator, whatever its name is (MS-DTYP 2.4.2.4). */
const ADMINISTRATOR_RID = 500;

/** Undefined where there is no domain in the store. */
export function administratorOf(store: Store): Administrator | undefined {
  const base = directory(store);
  const domain = domainInfo(base);
  if (domain === undefined) return undefined;
  const [id] = base.findForm('objectSid', sidForm(`${domain.sid}-${ADMINISTRATOR_RID}`));
  const entry = id === undefined ? undefined : base.entry(id);
  if (entry === undefined) return undefined;
  const password = entry.secrets?.[0]?.password;
  return { dn: dnOf(base, entry), ...(password === undefined ? {} : { password }) };
}
