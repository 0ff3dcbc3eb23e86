import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ENTRA_CAUSES, HRESULT_CAUSES } from '../../../protocols/entra/error-causes.ts';
import { EntraErrors } from '../../../protocols/entra/errors.ts';
import { REGISTRATION_STATUSES } from '../../../protocols/entra/key-registration-errors.ts';
import { HelloErrors } from '../../../protocols/hello/hello-errors.ts';
import { ERRORS } from '../../../src/cli/errors.ts';

const s = suite('error-causes');

s('every error that is given has causes, and nothing else has', () => {
  assert.equal(Object.keys(ENTRA_CAUSES).sort(), Object.keys(EntraErrors).sort());
  const given = [...Object.values(HelloErrors), ...REGISTRATION_STATUSES].map(({ code }) => code);
  assert.is(new Set(given).size, given.length, 'each once');
  assert.equal(Object.keys(HRESULT_CAUSES).map(Number).sort(), given.sort());
});

s('causes are clauses', () => {
  for (const causes of [...Object.values(ENTRA_CAUSES), ...Object.values(HRESULT_CAUSES)]) {
    assert.ok(causes.length > 0);
    for (const cause of causes) assert.not.match(cause, /\.$/);
  }
});

s('no two entries of one table have one name', () => {
  const names = ERRORS.map(({ table, name }) => `${table} ${name}`);
  assert.equal(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});

s.run();
