/** dsacls run against this directory: the name looked up, the new access list written by a modify. */
import { descriptorParts, fits, SdFlags } from '../descriptors.ts';
import { type Draft, draft } from '../directory.ts';
import { parseDn } from '../dn.ts';
import { modify, type WriteContext } from '../modify.ts';
import { resolveRdns } from '../names.ts';
import { descriptorOf, selfSidOf } from '../protection.ts';
import { accessDenied, noSuchObject, type Refusal } from '../refusals.ts';
import { granted } from './access.ts';
import { ACL_SIZE_MAX, Right } from './descriptor.ts';
import { dsaclsText } from './dsacls.ts';
import { dsaclsApplied, parseDsacls } from './dsacls-command.ts';
import { trustees } from './trustees.ts';

export type DsaclsRun =
  | { readonly ok: true; readonly draft: Draft; readonly text: string }
  /** `refusal` when it was the directory that said no, absent when the arguments are wrong. */
  | { readonly ok: false; readonly reason: string; readonly refusal?: Refusal };

/** Shows the object's permissions, after changing them where the command line says how. */
export function dsacls(line: string, at: WriteContext): DsaclsRun {
  const parsed = parseDsacls(line);
  if (!parsed.ok) return parsed;
  const command = parsed.value;
  const rdns = parseDn(command.dn);
  if (rdns === undefined) return { ok: false, reason: `"${command.dn}" is no distinguished name` };
  const id = resolveRdns(at.directory, rdns);
  const entry = id === undefined ? undefined : at.directory.entry(id);
  if (id === undefined || entry?.attributes.objectClass === undefined) {
    return said(noSuchObject(command.dn, ''));
  }
  const before = descriptorOf(entry);
  const read = { rights: Right.READ_CONTROL, ...selfSidOf(entry) };
  if (!granted(before, at.context, read)) return said(accessDenied('no right to read permissions'));
  const names = trustees(at.directory, at.domain);
  const { permissions, removed, isProtected, replaces } = command;
  const shows = permissions.length + removed.length === 0 && isProtected === undefined && !replaces;
  if (shows) return { ok: true, draft: draft(at.directory), text: dsaclsText(before, names) };
  const after = dsaclsApplied(command, before, names);
  if (!after.ok) return after;
  if (!fits(after.value)) {
    return { ok: false, reason: `the access list would be longer than ${ACL_SIZE_MAX} octets` };
  }
  const written = modify(
    id,
    [
      {
        operation: 'replace',
        attribute: 'nTSecurityDescriptor',
        values: [descriptorParts(after.value, SdFlags.DACL)],
      },
    ],
    { ...at, sdFlags: SdFlags.DACL },
  );
  if (!written.ok) return said(written);
  const changed = written.draft.entry(id);
  const text = changed === undefined ? '' : dsaclsText(descriptorOf(changed), names);
  return { ok: true, draft: written.draft, text };
}

function said(refusal: Refusal): DsaclsRun {
  return { ok: false, reason: refusal.reason ?? refusal.message, refusal };
}
