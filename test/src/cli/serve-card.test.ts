import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { READER } from '../../../protocols/actors/virtual-card.ts';
import { servedCard } from '../../../src/cli/serve-card.ts';
import { CARD_CAST } from '../../protocols/actors/card-reader.ts';
import { sceneOf } from '../../protocols/actors/pki-scene.ts';
import { root } from '../../root.ts';
import { inFolder, kerblab } from './called.ts';

const s = suite('serve --vpcd');
const { scene } = sceneOf(CARD_CAST);
const reader = { host: '127.0.0.1', port: 35_963 };

s('the first container of the file, or whose is asked for', () => {
  const nameOf = (wanted?: string) => servedCard(scene, reader, wanted).actor.name;
  assert.is(nameOf(), 'alice@laptop');
  assert.is(nameOf('bob'), 'bob@laptop');
  assert.is(nameOf('bob@laptop'), 'bob@laptop');
  assert.equal(
    servedCard(scene, reader, undefined).directory.addressOf(READER.name, READER.port),
    reader,
  );
  assert.throws(
    () => nameOf('carol'),
    /--card carol: no such container; there are alice@laptop, bob@laptop/,
  );
  const { laptop: _, ...without } = CARD_CAST;
  assert.throws(
    () => servedCard(sceneOf(without).scene, reader, undefined),
    /no device .* has a Hello container/,
  );
});

s('what is no address of a reader', () =>
  inFolder(async (folder) => {
    const file = root('scenarios/password-sign-in.yaml');
    for (const address of ['', ':1', 'host:', 'host:0', 'host:65536', 'a b:1', '::1:1', '[::1']) {
      const called = await kerblab(['serve', file, '--vpcd', address], folder);
      assert.equal([called.status, called.stdout], [2, ''], address);
      assert.match(called.stderr, /Expected host:port/, address);
    }
    const called = await kerblab(['serve', file, '--vpcd', '127.0.0.1'], folder);
    assert.is(called.status, 2);
    assert.match(called.stderr, /no device of the scenario has a Hello container/);
  }),
);

s.run();
