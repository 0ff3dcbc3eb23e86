/** An entry as a SearchResultEntry: which attributes, in which form. MS-ADTS 3.1.1.3.1.3. */
import { toHex, utf8 } from '../../src/bytes/bytes.ts';
import type { ConstructedContext } from '../directory/constructed.ts';
import { descriptorParts, SdFlags } from '../directory/descriptors.ts';
import type { Directory } from '../directory/directory.ts';
import { formatGuid, formatRdn } from '../directory/dn.ts';
import { type Entry, octets, type Value } from '../directory/entry.ts';
import { sidText } from '../directory/names.ts';
import { descriptorOf, structuralClass } from '../directory/protection.ts';
import { type AttributeSchema, attribute, classRules } from '../directory/schema.ts';
import { type Selection, visibleValues } from '../directory/search.ts';
import type { SecurityContext } from '../directory/security/access.ts';
import { ldapOctets } from '../directory/values.ts';
import type { Controls } from './controls.ts';
import type { PartialAttribute, SearchResultEntry } from './messages.ts';

export interface Viewing {
  readonly directory: Directory;
  readonly context: SecurityContext;
  readonly constructed: ConstructedContext;
  readonly controls: Controls;
  readonly typesOnly: boolean;
  /** MaxValRange. */
  readonly maxValues: number;
  /** Names shown in this answer: most entries name the same category and stand in the same place. */
  readonly names: Map<number, string>;
}

const ADMINISTRATORS = 'S-1-5-32-544';

/** FLAG_ATTR_IS_CONSTRUCTED (MS-ADTS 2.2.11). */
const CONSTRUCTED = 0x4;

export function shownEntry(entry: Entry, selection: Selection, at: Viewing): SearchResultEntry {
  const attributes: PartialAttribute[] = [];
  const seen = new Set<string>();
  const show = (
    schema: AttributeSchema,
    type: string,
    range: readonly [number, number] | undefined,
  ): void => {
    if (seen.has(schema.name)) return;
    seen.add(schema.name);
    attributes.push(...shownAttribute(entry, schema, type, range, at));
  };
  for (const { schema, asWritten, range } of selection.named) {
    // Names are answered as the schema spells them, identifiers as they were asked for.
    show(schema, /^\d/.test(asWritten) ? asWritten : schema.name, range);
  }
  if (selection.all) {
    for (const schema of ordinaryAttributes(entry, at.controls))
      show(schema, schema.name, undefined);
  }
  return { objectName: shownName(entry, at), attributes };
}

/** What `*` stands for: all but what is computed, and the descriptor unless a control asks for it. */
function* ordinaryAttributes(entry: Entry, controls: Controls): Generator<AttributeSchema> {
  for (const name of [
    'objectClass',
    ...Object.keys(entry.attributes),
    'distinguishedName',
    'name',
  ]) {
    const schema = attribute(name);
    if (schema === undefined || (schema.systemFlags & CONSTRUCTED) !== 0) continue;
    if (name === 'nTSecurityDescriptor' && controls.sdFlags === undefined) continue;
    yield schema;
  }
  yield* backLinksOf(structuralClass(entry));
}

const backLinks = new Map<string, readonly AttributeSchema[]>();

function backLinksOf(className: string): readonly AttributeSchema[] {
  const known = backLinks.get(className);
  if (known !== undefined) return known;
  const rules = classRules(className);
  const found = [...rules.must, ...rules.may].flatMap((name) => {
    const schema = attribute(name);
    const linked = schema?.linkId !== undefined && schema.linkId % 2 === 1;
    return linked && (schema.systemFlags & CONSTRUCTED) === 0 ? [schema] : [];
  });
  backLinks.set(className, found);
  return found;
}

function shownAttribute(
  entry: Entry,
  schema: AttributeSchema,
  type: string,
  range: readonly [number, number] | undefined,
  at: Viewing,
): readonly PartialAttribute[] {
  const values = shownValues(entry, schema, at);
  if (values.length === 0) return [];
  const whole = range === undefined && values.length <= at.maxValues;
  if (whole) return [{ type, vals: at.typesOnly ? [] : values }];
  const [from, wanted] = range ?? [0, Number.POSITIVE_INFINITY];
  if (from >= values.length) return [{ type: `${type};range=${from}-*`, vals: [] }];
  const end = Math.min(wanted, from + at.maxValues - 1, values.length - 1);
  const last = end === values.length - 1 ? '*' : String(end);
  const part = {
    type: `${type};range=${from}-${last}`,
    vals: at.typesOnly ? [] : values.slice(from, end + 1),
  };
  // Who asked for no range is told by the empty attribute that there are values.
  return range === undefined ? [{ type, vals: [] }, part] : [part];
}

function shownValues(entry: Entry, schema: AttributeSchema, at: Viewing): readonly Uint8Array[] {
  const values = visibleValues(at.directory, entry, schema, at.context, at.constructed);
  if (values.length === 0) return [];
  if (schema.name === 'nTSecurityDescriptor') return shownDescriptor(entry, at);
  const { directory } = at;
  const show = (id: number): string | undefined => {
    const target = directory.entry(id);
    return target === undefined ? undefined : shownName(target, at);
  };
  return values.flatMap((value: Value) => ldapOctets(value, show) ?? []);
}

/** The SACL needs a privilege of administrators; without it the whole is not shown (MS-ADTS 5.1.3.3.2). */
function shownDescriptor(entry: Entry, { context, controls }: Viewing): readonly Uint8Array[] {
  const flags =
    controls.sdFlags === undefined || controls.sdFlags === 0 ? SdFlags.ALL : controls.sdFlags;
  const privileged = context.system === true || context.sids.has(ADMINISTRATORS);
  if ((flags & SdFlags.SACL) !== 0 && !privileged) return [];
  return [descriptorParts(descriptorOf(entry), flags)];
}

/** A name, with GUID and SID before it where LDAP_SERVER_EXTENDED_DN_OID asks for them. */
function shownName(entry: Entry, at: Viewing): string {
  const dn = nameOf(entry, at);
  const { extendedDn } = at.controls;
  if (extendedDn === undefined) return dn;
  const guid = octets(entry, 'objectGUID');
  const sid = octets(entry, 'objectSid');
  const text = extendedDn === 'string';
  const parts: string[] = [];
  if (guid !== undefined) parts.push(`<GUID=${text ? formatGuid(guid) : toHex(guid)}>`);
  if (sid !== undefined) parts.push(`<SID=${text ? sidText(entry) : toHex(sid)}>`);
  return [...parts, dn].join(';');
}

function nameOf(entry: Entry, at: Viewing): string {
  const known = at.names.get(entry.id);
  if (known !== undefined) return known;
  const parent = at.directory.entry(entry.parent);
  const rdn = formatRdn(entry.rdn);
  const name = parent === undefined ? rdn : `${rdn},${nameOf(parent, at)}`;
  at.names.set(entry.id, name);
  return name;
}

/** Values of an attribute that no entry stands behind: the rootDSE's. */
export function shownTexts(values: readonly Value[]): readonly Uint8Array[] {
  return values.map((value) => (typeof value === 'string' ? utf8(value) : value));
}
