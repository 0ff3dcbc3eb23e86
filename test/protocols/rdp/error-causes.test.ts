import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  AUTHORIZATION_CAUSES,
  ERRINFO_CAUSES,
  FAILURE_CAUSES,
} from '../../../protocols/rdp/error-causes.ts';
import { RETURN_CAUSES } from '../../../protocols/rdpesc/return-causes.ts';
import { errorsNamed, errorText } from '../../../src/cli/errors.ts';

const s = suite('rdp/error-causes');

s('sentences and causes are clauses', () => {
  const tables = [FAILURE_CAUSES, AUTHORIZATION_CAUSES, ERRINFO_CAUSES, RETURN_CAUSES];
  for (const { sentence, causes } of tables.flatMap((table) => Object.values(table))) {
    assert.ok(causes.length > 0, sentence);
    for (const clause of [sentence, ...causes]) assert.not.match(clause, /\.$/);
  }
});

s('each is found by its name, and by its number where no other table has it', () => {
  const [denied] = errorsNamed('errinfo_server_insufficient_privileges');
  assert.is(denied?.table === 'ERRINFO' && denied.code, '9');
  const [wrong] = errorsNamed('0x8010006b');
  assert.is(wrong?.name, 'SCARD_W_WRONG_CHV');
  assert.equal(
    errorsNamed('5').map(({ table }) => table),
    ['KRB-ERROR', 'RDP_NEG_FAILURE', 'AUTHZ', 'ERRINFO'],
  );
});

s('what people read', () => {
  const [failure] = errorsNamed('HYBRID_REQUIRED_BY_SERVER');
  if (failure === undefined) return assert.unreachable();
  const [head, sentence, likely] = errorText(failure).split('\n');
  assert.is(head, 'HYBRID_REQUIRED_BY_SERVER (RDP_NEG_FAILURE 5, MS-RDPBCGR 2.2.1.2.2)');
  assert.match(sentence ?? '', /network level authentication/);
  assert.is(likely, '  likely causes:');
});

s.run();
