/** Every error that has a name here, from all tables, for `explain` and `list errors`. */
import { ENTRA_CAUSES, HRESULT_CAUSES } from '../../protocols/entra/error-causes.ts';
import { EntraErrors } from '../../protocols/entra/errors.ts';
import { REGISTRATION_STATUSES } from '../../protocols/entra/key-registration-errors.ts';
import { formatStatus, HelloErrors } from '../../protocols/hello/hello-errors.ts';
import { ERROR_CODES, errorByCode, errorByName } from '../../protocols/kerberos/error-codes.ts';
import { LATER } from '../../protocols/kerberos/later-errors.ts';
import { errorByStatus, NTSTATUSES, statusByName } from '../../protocols/kerberos/ntstatus.ts';
import { REPRODUCTIONS } from '../../protocols/kerberos/reproductions.ts';
import { AuthorizationResult, ErrorInfo, FailureCode } from '../../protocols/rdp/constants.ts';
import {
  AUTHORIZATION_CAUSES,
  ERRINFO_CAUSES,
  type Explained,
  FAILURE_CAUSES,
} from '../../protocols/rdp/error-causes.ts';
import { ReturnCode } from '../../protocols/rdpesc/constants.ts';
import { RETURN_CAUSES } from '../../protocols/rdpesc/return-causes.ts';

export interface ErrorEntry {
  readonly table:
    | 'KRB-ERROR'
    | 'NTSTATUS'
    | 'AADSTS'
    | 'HRESULT'
    | 'RDP_NEG_FAILURE'
    | 'AUTHZ'
    | 'ERRINFO'
    | 'SCARD';
  /** As people write it: `24`, `0xc000006d`. */
  readonly code: string;
  readonly name: string;
  readonly sentence: string;
  readonly section: string;
  /** What was asked for has certainly not happened. */
  readonly definite?: boolean;
  readonly causes: readonly string[];
  /** What makes it happen here, each proved by a test case; of Kerberos' errors only. */
  readonly reproducedBy: readonly ReproducedBy[];
  /** Where nothing does yet: what it waits for. */
  readonly later?: string;
}

export interface ReproducedBy {
  readonly cause: string;
  /** The KRB-ERROR and the NTSTATUS that go together. */
  readonly error: string;
  readonly status?: string;
  /** Id of the case in the test of the error catalogue. */
  readonly case: string;
  /** Name of a packed scenario. */
  readonly scenario?: string;
}

function reproduced(name: string): Pick<ErrorEntry, 'reproducedBy' | 'later'> {
  const reproducedBy = REPRODUCTIONS.filter(
    ({ error, status }) => error === name || status === name,
  ).map(({ id, ...rest }) => ({ ...rest, case: id }));
  const later = LATER[name];
  return { reproducedBy, ...(later === undefined ? {} : { later }) };
}

function kerberosEntry(entry: (typeof ERROR_CODES)[number]): ErrorEntry {
  return { ...entry, table: 'KRB-ERROR', code: String(entry.code), ...reproduced(entry.name) };
}

function statusEntry({ status, ...entry }: (typeof NTSTATUSES)[number]): ErrorEntry {
  const code = `0x${status.toString(16).padStart(8, '0')}`;
  return {
    table: 'NTSTATUS',
    code,
    section: 'MS-ERREF 2.3.1',
    ...entry,
    ...reproduced(entry.name),
  };
}

/** Those that the tenant gives; their text is Entra's. */
const ENTRA: readonly ErrorEntry[] = (Object.keys(EntraErrors) as (keyof typeof EntraErrors)[])
  .map((name): ErrorEntry => {
    const { code, error, text } = EntraErrors[name];
    return {
      table: 'AADSTS',
      code: String(code),
      name: `AADSTS${code}`,
      sentence: text,
      section: `OAuth 2.0 ${error}`,
      causes: ENTRA_CAUSES[name],
      reproducedBy: [],
    };
  })
  .sort((one, other) => Number(one.code) - Number(other.code));

const HRESULTS: readonly ErrorEntry[] = [
  ...Object.values(HelloErrors).map(({ code, name, text }) => hresult(code, name, text)),
  ...REGISTRATION_STATUSES.map(({ code, text }) => hresult(code, formatStatus(code), text)),
];

function hresult(code: number, name: string, sentence: string): ErrorEntry {
  return {
    table: 'HRESULT',
    code: formatStatus(code).toLowerCase(),
    name,
    sentence,
    section: 'Windows Hello errors during PIN creation',
    causes: HRESULT_CAUSES[code] ?? [],
    reproducedBy: [],
  };
}

/** A table of remote desktops. */
function remote(
  table: ErrorEntry['table'],
  section: string,
  codes: Readonly<Record<string, number>>,
  causes: Readonly<Record<string, Explained>>,
): readonly ErrorEntry[] {
  return Object.entries(causes).map(([name, explained]): ErrorEntry => {
    const number = codes[name] as number;
    const code = number < 0x100 ? `${number}` : `0x${number.toString(16).padStart(8, '0')}`;
    return { table, section, code, name, ...explained, reproducedBy: [] };
  });
}

const REMOTE: readonly ErrorEntry[] = [
  ...remote('RDP_NEG_FAILURE', 'MS-RDPBCGR 2.2.1.2.2', FailureCode, FAILURE_CAUSES),
  ...remote('AUTHZ', 'MS-RDPBCGR 2.2.10.2', AuthorizationResult, AUTHORIZATION_CAUSES),
  ...remote('ERRINFO', 'MS-RDPBCGR 2.2.5.1.1', ErrorInfo, ERRINFO_CAUSES),
  ...remote('SCARD', 'MS-RDPESC 2.2.8', ReturnCode, RETURN_CAUSES),
];

export const ERRORS: readonly ErrorEntry[] = [
  ...ERROR_CODES.map(kerberosEntry),
  ...NTSTATUSES.map(statusEntry),
  ...ENTRA,
  ...HRESULTS,
  ...REMOTE,
];

/** What `24`, `0x18`, `-1073741715` or a name (with or without its prefix) means: perhaps in several tables. */
export function errorsNamed(what: string): readonly ErrorEntry[] {
  const isNumber = /^(0x[0-9a-f]{1,8}|-?\d{1,10})$/i.test(what);
  const kerberos = isNumber ? errorByCode(Number(what)) : errorByName(what);
  const status = isNumber ? errorByStatus(Number(what)) : statusByName(what);
  return [
    ...(kerberos === undefined ? [] : [kerberosEntry(kerberos)]),
    ...(status === undefined ? [] : [statusEntry(status)]),
    ...[...ENTRA, ...HRESULTS, ...REMOTE].filter((entry) => isNamed(entry, what, isNumber)),
  ];
}

function isNamed({ code, name }: ErrorEntry, what: string, isNumber: boolean): boolean {
  if (isNumber) return Number(code) === Number(what) >>> 0;
  return name.toLowerCase() === what.toLowerCase();
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
  lines.push(...reproductionLines(entry));
  return `${lines.join('\n')}\n`;
}

function reproductionLines({ table, name, reproducedBy, later }: ErrorEntry): readonly string[] {
  if (table !== 'KRB-ERROR' && table !== 'NTSTATUS') return [];
  if (later !== undefined) return [`  nothing makes it happen here yet: ${later}`];
  const lines = reproducedBy.map(({ cause, error, status, case: id, scenario }) => {
    const other = error === name ? status : error;
    const shown = scenario === undefined ? '' : `, scenario ${scenario}`;
    return `  - ${cause}${other === undefined ? '' : ` (${other})`} [case ${id}${shown}]`;
  });
  return ['  made to happen here by:', ...lines];
}
