import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as ntstatus from '../../../protocols/kerberos/ntstatus.ts';

const s = suite('kerberos/ntstatus');

s('every constant has an entry of its name', () => {
  const constants = Object.entries(ntstatus).filter(([, value]) => typeof value === 'number');
  assert.is(constants.length, ntstatus.NTSTATUSES.length);
  for (const [name, status] of constants) {
    assert.is(ntstatus.errorByStatus(status as number)?.name, name);
    assert.is(ntstatus.statusName(status as number), name);
  }
  const values = ntstatus.NTSTATUSES.map((entry) => entry.status);
  assert.equal(
    values,
    values.toSorted((a, b) => a - b),
  );
});

s('sentences are for people', () => {
  for (const { name, sentence, causes } of ntstatus.NTSTATUSES) {
    assert.match(sentence, /^(?:[a-z]|KDC|PIN)/, name);
    assert.not.match(sentence, /\.$/, name);
    if (name !== 'STATUS_SUCCESS') assert.ok(causes.length > 0, name);
  }
});

s('signed numbers, names without prefix, and unknown ones', () => {
  assert.is(ntstatus.errorByStatus(0xc0000234 | 0)?.name, 'STATUS_ACCOUNT_LOCKED_OUT');
  assert.is(ntstatus.statusByName('account_locked_out')?.status, 0xc0000234);
  assert.is(ntstatus.statusByName('STATUS_SUCCESS')?.status, 0);
  assert.is(ntstatus.statusByName('STATUS_NO_SUCH'), undefined);
  assert.is(ntstatus.statusName(0xc0ffee), '0x00c0ffee');
});

s.run();
