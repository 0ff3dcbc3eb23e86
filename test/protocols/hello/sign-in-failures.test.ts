import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFailure, signInFailure } from '../../../protocols/hello/sign-in-failures.ts';
import type { Failure } from '../../../protocols/kerberos/client.ts';
import { errorByCode } from '../../../protocols/kerberos/error-codes.ts';

const s = suite('What the sign-in screen says when a sign-in fails');

const LOGON_FAILURE = 0xc000006d;
const NO_LOGON_SERVERS = 0xc000005e;
const NOT_SUPPORTED = 0xc00000bb;

/** A failure, the status on the screen, and what the reader must find among the first words. */
const KINDS: readonly (readonly [Failure, number, string])[] = [
  [{ kind: 'refused', errorCode: 72 }, LOGON_FAILURE, 'has been revoked'],
  [{ kind: 'unanswered', reason: 'nobody answers' }, NO_LOGON_SERVERS, 'nobody answers'],
  [{ kind: 'malformed', reason: 'no SEQUENCE' }, LOGON_FAILURE, 'is malformed: no SEQUENCE'],
  [{ kind: 'undecryptable', etype: 18 }, LOGON_FAILURE, 'does not open'],
  [
    { kind: 'untrusted', check: 'nonce', expected: '1', got: '2' },
    LOGON_FAILURE,
    "the reply's nonce is 2, expected 1",
  ],
  [
    { kind: 'untrustedKdc', problem: 'keyPurpose', reason: 'no KDC Authentication' },
    NOT_SUPPORTED,
    'not to be trusted: no KDC Authentication',
  ],
  [
    { kind: 'untrustedKdc', problem: 'name', reason: 'another name' },
    LOGON_FAILURE,
    'not to be trusted: another name',
  ],
  [{ kind: 'noKey', etype: 18 }, LOGON_FAILURE, 'there is no key'],
  [
    { kind: 'noCommonEtype', offered: [18], wanted: [23] },
    LOGON_FAILURE,
    'no common encryption type',
  ],
  [{ kind: 'referralLoop', realms: ['A', 'B', 'A'] }, LOGON_FAILURE, 'in a circle: A -> B -> A'],
  [{ kind: 'referralLimit', realms: ['A', 'B'] }, LOGON_FAILURE, 'too many referrals: A -> B'],
  [{ kind: 'unusable', reason: 'the key is gone' }, NOT_SUPPORTED, 'the key is gone'],
];

for (const [failure, status, words] of KINDS) {
  const problem = failure.kind === 'untrustedKdc' ? ` (${failure.problem})` : '';
  s(`${failure.kind}${problem}: words first, status and Windows’ text last`, () => {
    const told = signInFailure(failure, 'key');
    assert.is(told.status, status);
    const line = describeFailure(told);
    assert.ok(told.cause.includes(words), told.cause);
    assert.ok(line.startsWith(told.cause), line);
    assert.ok(line.endsWith(`“${told.message}”)`), line);
  });
}

/** RFC 4556 §3.1.3, RFC 6113, RFC 8636, and what Windows answers where PKINIT is not to be had. */
const PKINIT_CODES: readonly (readonly [number, string, number])[] = [
  [16, 'KDC_ERR_PADATA_TYPE_NOSUPP', NOT_SUPPORTED],
  [62, 'KDC_ERR_CLIENT_NOT_TRUSTED', LOGON_FAILURE],
  [63, 'KDC_ERR_KDC_NOT_TRUSTED', LOGON_FAILURE],
  [64, 'KDC_ERR_INVALID_SIG', LOGON_FAILURE],
  [65, 'KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED', LOGON_FAILURE],
  [66, 'KDC_ERR_CERTIFICATE_MISMATCH', LOGON_FAILURE],
  [70, 'KDC_ERR_CANT_VERIFY_CERTIFICATE', LOGON_FAILURE],
  [71, 'KDC_ERR_INVALID_CERTIFICATE', LOGON_FAILURE],
  [72, 'KDC_ERR_REVOKED_CERTIFICATE', LOGON_FAILURE],
  [73, 'KDC_ERR_REVOCATION_STATUS_UNKNOWN', LOGON_FAILURE],
  [74, 'KDC_ERR_REVOCATION_STATUS_UNAVAILABLE', LOGON_FAILURE],
  [75, 'KDC_ERR_CLIENT_NAME_MISMATCH', LOGON_FAILURE],
  [76, 'KDC_ERR_KDC_NAME_MISMATCH', LOGON_FAILURE],
  [77, 'KDC_ERR_INCONSISTENT_KEY_PURPOSE', LOGON_FAILURE],
  [78, 'KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED', LOGON_FAILURE],
  [79, 'KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED', LOGON_FAILURE],
  [80, 'KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED', LOGON_FAILURE],
  [81, 'KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED', LOGON_FAILURE],
  [90, 'KDC_ERR_PREAUTH_EXPIRED', LOGON_FAILURE],
  [100, 'KDC_ERR_NO_ACCEPTABLE_KDF', LOGON_FAILURE],
];

for (const [errorCode, name, status] of PKINIT_CODES) {
  s(`${name}: its sentence first, then its name, then a guess that says it is one`, () => {
    const told = signInFailure({ kind: 'refused', errorCode }, 'certificate');
    const sentence = errorByCode(errorCode)?.sentence ?? assert.unreachable(name);
    assert.ok(told.cause.startsWith(`${sentence}: refused with ${name}`), told.cause);
    assert.match(told.cause, /; the device cannot know why, the likeliest cause: ./);
    assert.is(told.status, status);
  });
}

s('the status that the domain controller tells goes before our own', () => {
  const told = signInFailure({ kind: 'refused', errorCode: 62, status: 0xc0000380 }, 'certificate');
  assert.is(told.status, 0xc0000380);
  assert.match(told.cause, 'NTSTATUS 0xc0000380');
  assert.match(told.message, 'temporarily unavailable');
});

s('an untrusted client means something else for a key than for a certificate', () => {
  const failure: Failure = { kind: 'refused', errorCode: 62 };
  assert.match(signInFailure(failure, 'key').cause, 'msDS-KeyCredentialLink');
  assert.match(signInFailure(failure, 'certificate').cause, 'does not trust the certificate');
});

s('a code that no standard has is told by its number, without a guess', () => {
  assert.is(
    signInFailure({ kind: 'refused', errorCode: 99 }, 'key').cause,
    'refused with error 99',
  );
});

s.run();
