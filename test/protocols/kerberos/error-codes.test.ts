import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as errors from '../../../protocols/kerberos/error-codes.ts';
import { KrbError } from '../../../protocols/kerberos/messages.ts';
import { hex } from '../../../src/bytes/bytes.ts';
import { explain } from '../../../src/der/explain.ts';

const s = suite('kerberos/error-codes');

/** RFC 4120 §7.5.9's and its successors' numbers, in groups without gaps. */
const RANGES = [
  [0, 29],
  [31, 52],
  [60, 86],
  [90, 93],
  [100, 100],
] as const;

s('every code that a standard gives has one entry', () => {
  const expected = RANGES.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i),
  );
  assert.equal(
    errors.ERROR_CODES.map((entry) => entry.code),
    expected,
  );
  const constants = Object.entries(errors).filter(([, value]) => typeof value === 'number');
  assert.is(constants.length, expected.length);
  for (const [name, code] of constants) assert.is(errors.errorName(code as number), name);
});

s('sentences are for people, and name their source', () => {
  for (const { name, sentence, section, causes } of errors.ERROR_CODES) {
    assert.not.match(sentence, /\.$/, name);
    assert.match(sentence, /^(?:[a-z]|KDC|PKINIT)/, name);
    assert.match(section, /^(?:RFC \d+|MS-[A-Z]+|IAKERB)/, name);
    if (name !== 'KDC_ERR_NONE') assert.ok(causes.length > 0, `${name} has no cause`);
    for (const cause of causes) assert.not.match(cause, /\.$/, cause);
  }
});

s('by name, however people spell it', () => {
  for (const [name, code] of [
    ['KDC_ERR_PREAUTH_REQUIRED', 25],
    ['preauth_required', 25],
    ['KRB_AP_ERR_SKEW', 37],
    ['skew', 37],
    ['RESPONSE_TOO_BIG', 52],
    ['kdc_err_client_expired', 1],
    ['KDC_ERROR_CLIENT_NOT_TRUSTED', 62],
    ['path_not_accepted', 28],
    ['KRB_AP_ERR_PATH_NOT_ACCEPTED', 51],
  ] as const) {
    assert.is(errors.errorByName(name)?.code, code, name);
  }
  assert.is(errors.errorByName('KDC_ERR_NO_SUCH'), undefined);
  assert.is(errors.errorByCode(99), undefined);
  assert.is(errors.errorName(99), 'error 99');
  assert.is(errors.errorCodeName(99), undefined);
});

s('an answer whose request may have taken effect is not called definite', () => {
  const indefinite = errors.ERROR_CODES.filter((entry) => !entry.definite).map(
    (entry) => entry.code,
  );
  assert.equal(indefinite, [0, 29, 34, 46, 52, 60, 86]);
});

s('the viewer calls codes by their names', () => {
  const bytes = hex`7e3c303aa003020105a10302011ea411180f32303234303130313030303030305aa503020100a603020119
    a9031b0141aa0e300ca003020101a10530031b0161`;
  const row = explain(KrbError, bytes).find((one) => one.path === 'KRB-ERROR.errorCode');
  assert.is(row?.name, 'KDC_ERR_PREAUTH_REQUIRED');
});

s.run();
