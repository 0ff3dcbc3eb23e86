/** Every error that has a name here, from all tables, for `explain` and `list errors`. */
import { ERROR_CODES, errorByCode, errorByName } from '../../protocols/kerberos/error-codes.ts';
import { errorByStatus, NTSTATUSES, statusByName } from '../../protocols/kerberos/ntstatus.ts';

export interface ErrorEntry {
  readonly table: 'KRB-ERROR' | 'NTSTATUS';
  /** As people write it: `24`, `0xc000006d`. */
  readonly code: string;
  readonly name: string;
  readonly sentence: string;
  readonly section: string;
  /** What was asked for has certainly not happened. */
  readonly definite?: boolean;
  readonly causes: readonly string[];
}

function kerberosEntry(entry: (typeof ERROR_CODES)[number]): ErrorEntry {
  return { ...entry, table: 'KRB-ERROR', code: String(entry.code) };
}

function statusEntry({ status, ...entry }: (typeof NTSTATUSES)[number]): ErrorEntry {
  const code = `0x${status.toString(16).padStart(8, '0')}`;
  return { table: 'NTSTATUS', code, section: 'MS-ERREF 2.3.1', ...entry };
}

export const ERRORS: readonly ErrorEntry[] = [
  ...ERROR_CODES.map(kerberosEntry),
  ...NTSTATUSES.map(statusEntry),
];

/** What `24`, `0x18`, `-1073741715` or a name (with or without its prefix) means: perhaps in both tables. */
export function errorsNamed(what: string): readonly ErrorEntry[] {
  const isNumber = /^(0x[0-9a-f]{1,8}|-?\d{1,10})$/i.test(what);
  const kerberos = isNumber ? errorByCode(Number(what)) : errorByName(what);
  const status = isNumber ? errorByStatus(Number(what)) : statusByName(what);
  return [
    ...(kerberos === undefined ? [] : [kerberosEntry(kerberos)]),
    ...(status === undefined ? [] : [statusEntry(status)]),
  ];
}

/** A row of the list of all. */
export function errorLine({ code, name, sentence }: ErrorEntry): readonly [string, string] {
  return [`${code.padEnd(11)}${name}`, sentence];
}

/** Everything about an error, for people. */
export function errorText(entry: ErrorEntry): string {
  const { table, code, name, sentence, section, definite, causes } = entry;
  const lines = [`${name} (${table} ${code}, ${section})`, `  ${sentence}`];
  if (definite === false) {
    lines.push('  It does not say for certain that what was asked for did not happen.');
  }
  if (causes.length > 0) lines.push('  likely causes:', ...causes.map((cause) => `  - ${cause}`));
  return `${lines.join('\n')}\n`;
}
