/** `kerblab show RUN directory`: objects as LDIF (RFC 2849), everything in them readable by people. */

import { dnOf } from '../../protocols/directory/directory.ts';
import { formatGuid } from '../../protocols/directory/dn.ts';
import type { Entry, Value } from '../../protocols/directory/entry.ts';
import { compileFilter } from '../../protocols/directory/filter.ts';
import { parseFilter } from '../../protocols/directory/filter-text.ts';
import { isPhantom } from '../../protocols/directory/instance.ts';
import { type AttributeSchema, attribute } from '../../protocols/directory/schema.ts';
import { visibleValues } from '../../protocols/directory/search.ts';
import { decodeDescriptor } from '../../protocols/directory/security/descriptor.ts';
import { formatSddl } from '../../protocols/directory/security/sddl.ts';
import { SYSTEM_CONTEXT } from '../../protocols/directory/security/token.ts';
import { ldapOctets } from '../../protocols/directory/values.ts';
import { formatSid } from '../../protocols/pac/sid.ts';
import { fromUtf8 } from '../bytes/bytes.ts';
import { InputError } from './exit.ts';
import type { ShownStore } from './show.ts';
import { objectNamed, type ShownDomain, shownDomain } from './show-domain.ts';

/** @throws InputError when there is no directory, no such object, or the filter cannot be read. */
export function directoryText(shown: ShownStore): string {
  const at = shownDomain(shown);
  const entries = shown.rest.length > 0 ? shown.rest.map((name) => objectNamed(name, at)) : all(at);
  const chosen = entries.filter(filterOf(shown, at));
  const blocks = chosen.map((entry) => block(entry, at, shown.now));
  return [...blocks, `# ${chosen.length} objects at ${new Date(shown.now).toISOString()}`].join(
    '\n',
  );
}

/** Objects of the domain, not of the configuration and the schema, unless a filter or a name asks. */
function all({ directory, domain }: ShownDomain): readonly Entry[] {
  const found: Entry[] = [];
  const queue = [domain.ids.domain];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const entry = directory.entry(id);
    if (entry === undefined || isPhantom(entry)) continue;
    found.push(entry);
    queue.push(...directory.children(id).filter((child) => child !== domain.ids.configuration));
  }
  return found;
}

function filterOf(shown: ShownStore, at: ShownDomain): (entry: Entry) => boolean {
  if (shown.filter === undefined) return () => true;
  const parsed = parseFilter(shown.filter);
  if (!parsed.ok) throw new InputError(`--filter: ${parsed.reason} at character ${parsed.at}`);
  const matches = compileFilter(parsed.filter, at.directory, (entry, schema) =>
    valuesOf(entry, schema, at, shown.now),
  );
  return (entry) => matches(entry) === true;
}

function valuesOf(
  entry: Entry,
  schema: AttributeSchema,
  { directory, domain }: ShownDomain,
  now: number,
): readonly Value[] | undefined {
  const context = SYSTEM_CONTEXT;
  return visibleValues(directory, entry, schema, context, { now, domain, context });
}

/** Attributes that say more than they store: asked for as well. */
const COMPUTED = ['memberOf', 'msDS-KeyVersionNumber'];

function block(entry: Entry, at: ShownDomain, now: number): string {
  const names = [...Object.keys(entry.attributes), ...COMPUTED];
  const lines = names.flatMap((name) => {
    const schema = attribute(name);
    const values = schema === undefined ? [] : (valuesOf(entry, schema, at, now) ?? []);
    return values.map((value) => line(schema as AttributeSchema, value, at));
  });
  return [`dn: ${dnOf(at.directory, entry)}`, ...lines, ''].join('\n');
}

function line(schema: AttributeSchema, value: Value, at: ShownDomain): string {
  const text = readable(schema, value, at);
  if (text !== undefined) return `${schema.name}: ${text}`;
  const octets = ldapOctets(value, (id) => {
    const target = at.directory.entry(id);
    return target === undefined ? `<GUID of a deleted object ${id}>` : dnOf(at.directory, target);
  });
  if (octets === undefined) return `# ${schema.name}: its object is gone`;
  // RFC 2849: what is no plain text stands in base64, behind two colons.
  const plain = typeof value === 'string' && /^[^\0\r\n :<][^\0\r\n]*$/.test(fromUtf8(octets));
  return plain
    ? `${schema.name}: ${fromUtf8(octets)}`
    : `${schema.name}:: ${Buffer.from(octets).toString('base64')}`;
}

/** Octets that have a text form of their own. */
function readable(
  schema: AttributeSchema,
  value: Value,
  { domain }: ShownDomain,
): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  if (schema.syntax === 'sid') return formatSid(value);
  if (schema.name === 'objectGUID') return formatGuid(value);
  if (schema.syntax === 'descriptor') {
    const read = decodeDescriptor(value);
    return read.ok
      ? formatSddl(read.value, { domainSid: domain.sid, rootDomainSid: domain.sid })
      : undefined;
  }
  return undefined;
}
