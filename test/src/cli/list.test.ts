import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder, kerblab } from './called.ts';

const list = suite('list');

const KNOWN: Readonly<Record<string, RegExp>> = {
  roles: /^domain-controller {2}.*\n {2}states: /,
  messages: /^AS-REQ /m,
  faults: /^outage +no line of sight/,
  errors: /^25 +KDC_ERR_PREAUTH_REQUIRED /m,
  scenarios: /password-sign-in\.yaml/,
  schema: /^\{\n {2}"\$schema"/,
  format: /^# Scenarios\n/,
};

list('prints everything that has a name, for people and for programs', () =>
  inFolder(async (folder) => {
    for (const [what, known] of Object.entries(KNOWN)) {
      const people = await kerblab(['list', what], folder);
      assert.is(people.status, 0, `${what}: ${people.stderr}`);
      assert.match(people.stdout, known, what);
      if (what === 'schema' || what === 'format') continue;
      const programs = await kerblab(['list', what, '--json'], folder);
      const lines = programs.stdout.trimEnd().split('\n');
      for (const line of lines) assert.type(JSON.parse(line), 'object');
    }
  }),
);

list.run();
