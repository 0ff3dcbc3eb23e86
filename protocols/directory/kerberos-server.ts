/**
 * The two objects that stand for Microsoft Entra Kerberos in a domain, as Set-AzureADKerberosServer makes
 * them with an administrator's rights: a read-only domain controller without a host (MS-ADTS 6.1.1.3.2) and
 * the krbtgt account whose key Entra issues tickets with.
 */
import { utf8, utf16le } from '../../src/bytes/bytes.ts';
import { type AddContext, add } from './add.ts';
import { remove } from './delete.ts';
import { type Directory, type Draft, dnOf, rdnsOf } from './directory.ts';
import { type Entry, number, one } from './entry.ts';
import { isDeleted } from './instance.ts';
import { sidForm } from './membership.ts';
import { type Modification, modify, type WriteContext } from './modify.ts';
import { randomPassword } from './password.ts';
import { descriptorOf, selfSidOf } from './protection.ts';
import { accessDenied, type Refusal, ResultCode, refuse, Win32 } from './refusals.ts';
import { classSchema } from './schema.ts';
import { granted } from './security/access.ts';
import { Right } from './security/descriptor.ts';
import { UserAccountControl as Uac } from './user-account-control.ts';
import { controlAccessRight } from './well-known-rights.ts';

/** The names are the cmdlet's. */
export const KERBEROS_COMPUTER = 'AzureADKerberos';
export const KERBEROS_KRBTGT = 'krbtgt_AzureAD';

/** Whether the object is TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION besides, as other RODCs are, is not known. */
export const KERBEROS_COMPUTER_CONTROL =
  Uac.WORKSTATION_TRUST_ACCOUNT | Uac.PARTIAL_SECRETS_ACCOUNT;

/** Domain Users: on whose behalf Entra may issue tickets. */
const REVEALED = [513];
/** Denied RODC Password Replication Group, and the groups of administrators and operators. */
const NEVER_REVEALED = [572];
const NEVER_REVEALED_BUILTIN = [544, 548, 549, 551];

/** What the directory has. */
export interface KerberosServer {
  readonly krbtgt: Entry;
  /** Absent: somebody deleted it. */
  readonly computer?: Entry;
  /** msDS-SecondaryKrbTgtNumber: what the cmdlets call Id. */
  readonly id: number;
  readonly keyVersion: number;
}

export function kerberosServer(directory: Directory): KerberosServer | undefined {
  const krbtgt = named(directory, KERBEROS_KRBTGT);
  if (krbtgt === undefined) return undefined;
  const computer = named(directory, `${KERBEROS_COMPUTER}$`);
  return {
    krbtgt,
    ...(computer === undefined ? {} : { computer }),
    id: number(krbtgt, 'msDS-SecondaryKrbTgtNumber'),
    keyVersion: krbtgt.secrets?.[0]?.kvno ?? 0,
  };
}

function named(directory: Directory, sAMAccountName: string): Entry | undefined {
  return directory
    .find('sAMAccountName', sAMAccountName)
    .map((id) => directory.entry(id))
    .find((entry) => entry !== undefined && !isDeleted(entry));
}

/** All of it, or nothing: the drafts stand one upon the other, and are written in this order. */
export type Changed =
  | { readonly ok: true; readonly drafts: readonly Draft[]; readonly directory: Directory }
  | Refusal;

type Change = (at: WriteContext) => { readonly ok: true; readonly draft: Draft } | Refusal;

function inOrder(at: WriteContext, changes: readonly Change[]): Changed {
  const drafts: Draft[] = [];
  let { directory } = at;
  for (const change of changes) {
    const done = change({ ...at, directory });
    if (!done.ok) return done;
    drafts.push(done.draft);
    directory = done.draft;
  }
  return { ok: true, drafts, directory };
}

/**
 * Makes what is not there, and with `rotate` a new key. The cmdlet then reads the key, as replication
 * would: who may not, may do nothing.
 */
export function setKerberosServer(at: WriteContext, { rotate }: { readonly rotate: boolean }) {
  const denied = mayReadSecrets(at);
  if (denied !== undefined) return denied;
  const known = kerberosServer(at.directory);
  const changes: Change[] = [];
  if (known === undefined) changes.push(addKrbtgt, nameKrbtgt);
  if (known === undefined || rotate) changes.push(newKey);
  if (known?.computer === undefined) changes.push(addComputer);
  return inOrder(at, changes);
}

/** MS-DRSR 4.1.10.5.2: secrets are replicated to who has DS-Replication-Get-Changes-All. */
function mayReadSecrets({ directory, domain, context }: WriteContext): Refusal | undefined {
  const head = directory.entry(domain.ids.domain);
  const right = 'DS-Replication-Get-Changes-All';
  const types = [controlAccessRight(right)?.guid ?? '', classSchema('domainDNS')?.guid ?? ''];
  const wanted = { rights: Right.CONTROL_ACCESS, types };
  if (head !== undefined) {
    if (granted(descriptorOf(head), context, { ...wanted, ...selfSidOf(head) })) return undefined;
  }
  return accessDenied(`no ${right} on the domain`);
}

function texts(attributes: Readonly<Record<string, string | readonly string[]>>) {
  return Object.entries(attributes).map(([name, given]) => ({
    name,
    values: (typeof given === 'string' ? [given] : given).map(utf8),
  }));
}

function added(
  name: string,
  container: number,
  attributes: Parameters<typeof texts>[0],
  at: AddContext,
) {
  const parent = at.directory.entry(container) as Entry;
  const rdns = [{ type: 'CN', value: name }, ...rdnsOf(at.directory, parent)];
  const dnText = `CN=${name},${dnOf(at.directory, parent)}`;
  return add({ rdns, dnText, attributes: texts(attributes) }, at);
}

/** The directory draws the number, and names the account by it. */
function addKrbtgt(at: WriteContext) {
  const attributes = { objectClass: 'user', showInAdvancedViewOnly: 'TRUE' };
  return added(KERBEROS_KRBTGT, at.domain.ids.users, attributes, { ...at, rodcPromotion: true });
}

/** The entry that {@link addKrbtgt} made: its account is not named as wanted yet. */
function krbtgtOf({ directory, domain }: WriteContext): Entry | undefined {
  const id = directory.child(domain.ids.users, { type: 'CN', value: KERBEROS_KRBTGT });
  return id === undefined ? undefined : directory.entry(id);
}

function onKrbtgt(modifications: (entry: Entry) => readonly Modification[], at: WriteContext) {
  const entry = named(at.directory, KERBEROS_KRBTGT) ?? krbtgtOf(at);
  if (entry !== undefined) return modify(entry.id, modifications(entry), at);
  return refuse(
    ResultCode.noSuchObject,
    Win32.ERROR_DS_OBJ_NOT_FOUND,
    `there is no ${KERBEROS_KRBTGT}`,
  );
}

function replaced(attributes: Readonly<Record<string, string>>): readonly Modification[] {
  return texts(attributes).map(({ name, values }) => ({
    operation: 'replace',
    attribute: name,
    values,
  }));
}

function nameKrbtgt(at: WriteContext) {
  return onKrbtgt(
    (entry) =>
      replaced({
        sAMAccountName: KERBEROS_KRBTGT,
        displayName: `krbtgt_${one(entry, 'msDS-SecondaryKrbTgtNumber')}`,
      }),
    at,
  );
}

/** The password is random whatever is sent (MS-SAMR 3.1.1.8.7); its salt is of the account's name now. */
function newKey(at: WriteContext) {
  const values = [utf16le(`"${randomPassword(at)}"`)];
  return onKrbtgt(() => [{ operation: 'replace', attribute: 'unicodePwd', values }], at);
}

function addComputer(at: WriteContext) {
  const { directory, domain } = at;
  const krbtgt = named(directory, KERBEROS_KRBTGT);
  const groups = (sids: readonly string[]): readonly string[] =>
    sids.flatMap((sid) => {
      const entry = directory.entry(directory.findForm('objectSid', sidForm(sid))[0] ?? 0);
      return entry === undefined ? [] : [dnOf(directory, entry)];
    });
  const ofDomain = (rid: number): string => `${domain.sid}-${rid}`;
  return added(
    KERBEROS_COMPUTER,
    domain.ids.domainControllers,
    {
      objectClass: 'computer',
      sAMAccountName: `${KERBEROS_COMPUTER}$`,
      userAccountControl: String(KERBEROS_COMPUTER_CONTROL),
      'msDS-KrbTgtLink': krbtgt === undefined ? [] : dnOf(directory, krbtgt),
      'msDS-RevealOnDemandGroup': groups(REVEALED.map(ofDomain)),
      'msDS-NeverRevealGroup': groups([
        ...NEVER_REVEALED.map(ofDomain),
        ...NEVER_REVEALED_BUILTIN.map((rid) => `S-1-5-32-${rid}`),
      ]),
    },
    at,
  );
}

/** Takes both objects away; what is gone already is no obstacle. */
export function removeKerberosServer(at: WriteContext): Changed {
  const known = kerberosServer(at.directory);
  const computer = named(at.directory, `${KERBEROS_COMPUTER}$`);
  const gone = [computer, known?.krbtgt].flatMap((entry): readonly Change[] =>
    entry === undefined ? [] : [(then) => remove(entry.id, { tree: false }, then)],
  );
  return inOrder(at, gone);
}
