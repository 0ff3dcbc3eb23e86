import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { principalParts, principalText } from '../../../src/trace/principal.ts';

const s = suite('principal text');

s('takes names apart and puts them together', () => {
  const name = fc.string({
    unit: fc.constantFrom('a', '/', '@', '\\', '\n', '\t', '\b', '\0', 'é'),
  });
  const realm = fc.string({ minLength: 1, unit: fc.constantFrom('A', '.', '@', '\\', '\n') });
  const property = fc.property(
    fc.array(name, { minLength: 1, maxLength: 3 }),
    realm,
    (components, r) => {
      const parts = principalParts(principalText({ realm: r, components }));
      assert.equal(parts.components, components);
      assert.is(parts.realm, r);
    },
  );
  fc.assert(property, { seed: 1, numRuns: 500 });
});

s('needs a realm', () => {
  for (const text of ['alice', 'alice@', '', 'a\\@B']) {
    assert.throws(() => principalParts(text), /expected name@REALM/);
  }
});

s.run();
