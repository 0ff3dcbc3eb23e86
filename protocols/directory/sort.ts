/** Server-side sorting: RFC 2891, MS-ADTS 3.1.1.3.4.1.13 (LDAP_SERVER_SORT_OID). */
import type { Entry, Value } from './entry.ts';
import { ResultCode } from './refusals.ts';
import { type AttributeSchema, attribute } from './schema.ts';
import { indexForm } from './syntax.ts';

export interface SortKey {
  readonly attribute: string;
  readonly reverse: boolean;
}

export type Sorted =
  | { readonly ok: true; readonly entries: readonly Entry[] }
  /** `code`: the sortResult; `attribute`: the key that cannot be sorted by. */
  | { readonly ok: false; readonly code: number; readonly attribute?: string };

/**
 * Entries by their smallest value of the key; those without one come last, whatever the direction.
 * Active Directory takes one key. It compares text by the rules of a locale; here by code points
 * of the lower-case form, which differs for letters with accents.
 */
export function sorted(
  entries: readonly Entry[],
  keys: readonly SortKey[],
  valuesOf: (entry: Entry, schema: AttributeSchema) => readonly Value[],
): Sorted {
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    return { ok: false, code: ResultCode.unwillingToPerform };
  }
  const schema = attribute(key.attribute);
  if (schema === undefined) {
    return { ok: false, code: ResultCode.noSuchAttribute, attribute: key.attribute };
  }
  if (schema.syntax === 'descriptor') {
    return { ok: false, code: ResultCode.inappropriateMatching, attribute: key.attribute };
  }
  const smaller = order(schema);
  const rows = entries.map((entry) => {
    const forms = valuesOf(entry, schema).map((value) => indexForm(schema.syntax, value));
    const form = forms.reduce<string | undefined>(
      (best, each) => (best === undefined || smaller(each, best) < 0 ? each : best),
      undefined,
    );
    return { entry, form };
  });
  const sign = key.reverse ? -1 : 1;
  rows.sort((a, b) => {
    if (a.form === undefined || b.form === undefined) {
      return Number(a.form === undefined) - Number(b.form === undefined);
    }
    return sign * smaller(a.form, b.form);
  });
  return { ok: true, entries: rows.map(({ entry }) => entry) };
}

function order(schema: AttributeSchema): (a: string, b: string) => number {
  if (['integer', 'enumeration', 'largeInteger'].includes(schema.syntax)) {
    return (a, b) => {
      const difference = BigInt(a) - BigInt(b);
      return difference < 0n ? -1 : difference > 0n ? 1 : 0;
    };
  }
  return (a, b) => (a < b ? -1 : a > b ? 1 : 0);
}
