/** The classes of an object that is to be made: MS-ADTS 3.1.1.2.4.3, 3.1.1.5.2.2. */
import { fromUtf8 } from '../../src/bytes/bytes.ts';
import { type Refusal, ResultCode, refuse, undefinedAttribute, Win32 } from './refusals.ts';
import { type ClassSchema, classSchema, superclasses } from './schema.ts';

export interface Classes {
  readonly structural: ClassSchema;
  /** Values of objectClass: `top` first, the structural class last. */
  readonly values: readonly string[];
}

/**
 * The one most specific structural class among the values of objectClass, and auxiliary classes
 * besides.
 */
export function classesOf(named: readonly Uint8Array[]): Classes | Refusal {
  const violation = (win32: number, why: string): Refusal =>
    refuse(ResultCode.objectClassViolation, win32, why);
  const rows: ClassSchema[] = [];
  for (const value of named) {
    const text = fromUtf8(value);
    const row = classSchema(text);
    if (row === undefined) return undefinedAttribute(`objectClass ${text}`);
    rows.push(row);
  }
  if (rows.length === 0) {
    return violation(Win32.ERROR_DS_OBJECT_CLASS_REQUIRED, 'objectClass is missing');
  }
  const main = rows.filter(({ category }) => category !== 3);
  const chainOf = (row: ClassSchema): readonly string[] => superclasses(row.name);
  const structural = main.reduce<ClassSchema | undefined>(
    (best, row) => (best === undefined || chainOf(row).length > chainOf(best).length ? row : best),
    undefined,
  );
  if (structural === undefined || structural.category === 2) {
    const name = structural?.name ?? rows[0]?.name;
    return violation(Win32.ERROR_DS_CLASS_MUST_BE_CONCRETE, `${name} has no objects of its own`);
  }
  const chain = chainOf(structural);
  const stray = main.find(({ name }) => !chain.includes(name));
  if (stray !== undefined) {
    return violation(
      Win32.ERROR_DS_OBJ_CLASS_NOT_SUBCLASS,
      `${stray.name} is not above ${structural.name}`,
    );
  }
  if (structural.systemOnly) {
    return refuse(
      ResultCode.unwillingToPerform,
      Win32.ERROR_DS_CANT_ADD_SYSTEM_ONLY,
      `objects of ${structural.name} are made by the server only`,
    );
  }
  const auxiliary = rows.filter(({ category }) => category === 3).map(({ name }) => name);
  return { structural, values: [...new Set(['top', ...auxiliary, ...chain.slice(1)])] };
}
