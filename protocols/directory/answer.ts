/** What a search answers of an object: MS-ADTS 3.1.1.3.1.3.2, 3.1.1.3.1.3.3, 3.1.1.3.4.1.5. */
import { toHex } from '../../src/bytes/bytes.ts';
import { CONSTRUCTED, type ConstructedContext, isConstructed } from './constructed.ts';
import { descriptorParts, SdFlags } from './descriptors.ts';
import { type Directory, dnOf } from './directory.ts';
import { formatGuid } from './dn.ts';
import { type Entry, octets, type Value } from './entry.ts';
import { isDeleted } from './instance.ts';
import { sidText } from './names.ts';
import { descriptorOf, structuralClass } from './protection.ts';
import { type AttributeSchema, attribute, classRules } from './schema.ts';
import { type ExtendedDn, type Selection, visibleValues } from './search.ts';
import type { SecurityContext } from './security/access.ts';
import { ldapOctets } from './values.ts';

export interface AnswerContext {
  readonly context: SecurityContext;
  readonly constructed: ConstructedContext;
  readonly extendedDn: ExtendedDn;
  /** LDAP_SERVER_SD_FLAGS_OID; absent: the control was not sent. */
  readonly sdFlags?: number;
  /** Values of an attribute in one answer: MaxValRange. */
  readonly maxValRange: number;
  /** The search was for this object alone: tokenGroups and its like are answered. */
  readonly baseScope: boolean;
  /** LDAP_SERVER_SHOW_DEACTIVATED_LINK_OID: links of deleted objects are seen too. */
  readonly showDeactivatedLinks?: boolean;
}

export interface AnsweredAttribute {
  /** With `;range=0-1499` where only some of the values are here. */
  readonly type: string;
  readonly values: readonly Uint8Array[];
}

/** The selected attributes that have values which the requester may read. */
export function answer(
  directory: Directory,
  entry: Entry,
  selected: Selection,
  at: AnswerContext,
): readonly AnsweredAttribute[] {
  const out = new Map<string, readonly AnsweredAttribute[]>();
  const place = (
    schema: AttributeSchema,
    type: string,
    range?: readonly [number, number],
  ): void => {
    if (out.has(type)) return;
    const values = shownValues(directory, entry, schema, at);
    if (values.length > 0) out.set(type, ranged(type, values, range, at.maxValRange));
  };
  for (const { schema, asWritten, range } of selected.named) {
    place(schema, /^[0-9.]+$/.test(asWritten) ? asWritten : schema.name, range);
  }
  if (selected.all) for (const schema of usual(entry, at)) place(schema, schema.name);
  if (selected.operational) for (const schema of CONSTRUCTED) place(schema, schema.name);
  return [...out.values()].flat();
}

/** What `*` means: what is stored, the names, and back links; no descriptor unless it is asked for. */
function usual(entry: Entry, at: AnswerContext): readonly AttributeSchema[] {
  const names = [...Object.keys(entry.attributes), 'name', 'distinguishedName'];
  const schemas = names.flatMap((name) => attribute(name) ?? []);
  const rules = classRules(structuralClass(entry));
  for (const name of rules.may) {
    const schema = attribute(name);
    if (schema?.linkId !== undefined && schema.linkId % 2 === 1) schemas.push(schema);
  }
  return schemas.filter(({ name }) => name !== 'nTSecurityDescriptor' || at.sdFlags !== undefined);
}

/** Groups of a token are computed for a base search only (MS-ADTS 3.1.1.4.5.19). */
const BASE_ONLY: ReadonlySet<string> = new Set([
  'tokenGroups',
  'tokenGroupsGlobalAndUniversal',
  'tokenGroupsNoGCAcceptable',
]);

function shownValues(
  directory: Directory,
  entry: Entry,
  schema: AttributeSchema,
  at: AnswerContext,
): readonly Uint8Array[] {
  if (BASE_ONLY.has(schema.name) && !at.baseScope) return [];
  const values = visibleValues(directory, entry, schema, at.context, at.constructed);
  if (values.length === 0) return [];
  if (schema.name === 'nTSecurityDescriptor') return shownDescriptor(entry, at);
  const isLink = schema.linkId !== undefined && !isConstructed(schema);
  const show = (id: number): string | undefined => {
    const target = directory.entry(id);
    if (target === undefined) return undefined;
    if (isLink && isDeleted(target) && at.showDeactivatedLinks !== true) return undefined;
    return shownDn(directory, target, at.extendedDn);
  };
  return values.flatMap((value: Value) => ldapOctets(value, show) ?? []);
}

const ADMINISTRATORS = 'S-1-5-32-544';

/**
 * Without the control all four parts are meant; the SACL needs SeSecurityPrivilege, which
 * administrators have, and without it there is no descriptor at all (MS-ADTS 3.1.1.3.4.1.11).
 */
function shownDescriptor(entry: Entry, at: AnswerContext): readonly Uint8Array[] {
  const asked = (at.sdFlags ?? SdFlags.ALL) & SdFlags.ALL;
  const flags = asked === 0 ? SdFlags.ALL : asked;
  const privileged = at.context.system === true || at.context.sids.has(ADMINISTRATORS);
  if ((flags & SdFlags.SACL) !== 0 && !privileged) return [];
  return [descriptorParts(descriptorOf(entry), flags)];
}

/** A name, with GUID and SID before it where the extended form is asked for. */
export function shownDn(directory: Directory, entry: Entry, extended: ExtendedDn): string {
  const dn = dnOf(directory, entry);
  if (extended === 'none') return dn;
  const guid = octets(entry, 'objectGUID');
  const sid = octets(entry, 'objectSid');
  const text = extended === 'string';
  const parts = [
    ...(guid === undefined ? [] : [`<GUID=${text ? formatGuid(guid) : toHex(guid)}>`]),
    ...(sid === undefined ? [] : [`<SID=${text ? sidText(entry) : toHex(sid)}>`]),
    dn,
  ];
  return parts.join(';');
}

/** A part of the values when there are many, or when a part is asked for. */
function ranged(
  type: string,
  values: readonly Uint8Array[],
  range: readonly [number, number] | undefined,
  most: number,
): readonly AnsweredAttribute[] {
  if (range === undefined && values.length <= most) return [{ type, values }];
  const [low, high] = range ?? [0, Number.POSITIVE_INFINITY];
  if (low >= values.length || high < low) return [];
  const end = Math.min(high, low + most - 1, values.length - 1);
  const last = end === values.length - 1 ? '*' : String(end);
  const part = { type: `${type};range=${low}-${last}`, values: values.slice(low, end + 1) };
  // Who did not ask for a range sees by the empty attribute that there is one.
  return range === undefined ? [{ type, values: [] }, part] : [part];
}
