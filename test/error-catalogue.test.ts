/**
 * The catalogue of errors: every cause that is said to be reproducible is brought about, every error
 * has either such a cause or the thing that it waits for, and `list` and `explain` say all of it.
 */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ERROR_CODES, errorName } from '../protocols/kerberos/error-codes.ts';
import { LATER } from '../protocols/kerberos/later-errors.ts';
import { NTSTATUSES, statusByName, statusName } from '../protocols/kerberos/ntstatus.ts';
import { REPRODUCTIONS } from '../protocols/kerberos/reproductions.ts';
import { ERRORS, errorsNamed, errorText } from '../src/cli/errors.ts';
import { AS_CASES } from './error-cases/as.ts';
import { PKINIT_CASES } from './error-cases/pkinit.ts';
import { READ_ONLY_CASES } from './error-cases/read-only.ts';
import { SERVICE_CASES } from './error-cases/service.ts';
import { TGS_CASES } from './error-cases/tgs.ts';
import { root } from './root.ts';

const catalogue = suite('error-catalogue');

const CASES = { ...AS_CASES, ...TGS_CASES, ...READ_ONLY_CASES, ...SERVICE_CASES, ...PKINIT_CASES };

/** What a KDC or a service of Active Directory is known to answer, with what people see it for. */
const KNOWN_CODES = [
  6, 7, 11, 12, 13, 14, 16, 18, 20, 23, 24, 25, 27, 31, 32, 33, 36, 37, 41, 44, 52, 60, 62, 63, 64,
  65, 66, 68, 70, 71, 72, 73, 74, 75, 77, 78, 79, 80, 81, 90, 91, 93, 100,
];
const KNOWN_STATUSES = [
  0xc000005e, 0xc000006a, 0xc000006d, 0xc000006e, 0xc0000071, 0xc0000072, 0xc0000133, 0xc000015b,
  0xc0000224, 0xc0000234, 0xc00000bb, 0xc00002f9, 0xc00002fa, 0xc00002fc, 0xc00002fd, 0xc0000320,
  0xc0000321, 0xc0000322, 0xc0000380, 0xc0000381, 0xc0000383, 0xc0000384, 0xc0000385, 0xc0000386,
  0xc0000388, 0xc0000389, 0xc000038a, 0xc000038b, 0xc000038c, 0xc000038d, 0xc000038f, 0xc0000408,
  0xc000005f, 0xc00000be, 0xc00000c4, 0xc00000d0, 0xc000023c,
];

for (const { error, status, cause, id } of REPRODUCTIONS) {
  catalogue(`${error}${status === undefined ? '' : ` ${status}`}: ${cause} [${id}]`, () => {
    const made = CASES[id];
    assert.ok(made, `no case makes "${id}" happen`);
    const outcome = made();
    assert.is(errorName(outcome.code), error);
    assert.is(outcome.status === undefined ? undefined : statusName(outcome.status), status);
  });
}

catalogue('every case is a cause, and stands there once', () => {
  const ids = REPRODUCTIONS.map(({ id }) => id);
  assert.is(new Set(ids).size, ids.length);
  assert.equal(Object.keys(CASES).sort(), [...ids].sort());
});

catalogue('every error can be made to happen, or says what it waits for', () => {
  const made = new Set(REPRODUCTIONS.flatMap(({ error, status }) => [error, status]));
  const names = [...ERROR_CODES, ...NTSTATUSES].map(({ name }) => name);
  for (const name of names) {
    assert.is(made.has(name), LATER[name] === undefined, `${name}: one of both`);
  }
  for (const name of [...made, ...Object.keys(LATER)]) {
    assert.ok(name === undefined || names.includes(name), `${name} is no error`);
  }
});

catalogue('everything that people meet when they roll out Windows Hello is explained', () => {
  for (const what of [...KNOWN_CODES, ...KNOWN_STATUSES].map(String)) {
    const [entry] = errorsNamed(what);
    assert.ok(entry, what);
    assert.ok(entry.causes.length > 0, `${entry.name} has causes`);
    const text = errorText(entry);
    assert.match(text, entry.later === undefined ? /made to happen here by:/ : /here yet:/);
    for (const { case: id } of entry.reproducedBy) assert.match(text, `[case ${id}`);
  }
});

catalogue('the list gives the causes to programs', () => {
  const disabled = ERRORS.find(({ name }) => name === 'STATUS_ACCOUNT_DISABLED');
  assert.equal(disabled?.reproducedBy[0], {
    error: 'KDC_ERR_CLIENT_REVOKED',
    status: 'STATUS_ACCOUNT_DISABLED',
    cause: 'ACCOUNTDISABLE is set',
    case: 'disabled',
  });
});

catalogue('scenarios that are named show the error', () => {
  for (const { scenario, error, status, id } of REPRODUCTIONS) {
    if (scenario === undefined) continue;
    const golden = readFileSync(root(`test/golden/${scenario}.jsonl`), 'utf8');
    assert.match(golden, error, `${scenario} for ${id}`);
    // What a device says of a refusal has the status as a number.
    const number = status === undefined ? 0 : (statusByName(status)?.status ?? 0);
    if (status !== undefined) assert.match(golden, number.toString(16), `${scenario} for ${id}`);
  }
});

catalogue.run();
