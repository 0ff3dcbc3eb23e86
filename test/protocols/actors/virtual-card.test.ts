import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cardOwners, virtualCard } from '../../../protocols/actors/virtual-card.ts';
import { CARD_CAST, cardReader, pluggedReader } from './card-reader.ts';
import { sceneOf } from './pki-scene.ts';

const s = suite('virtual-card');

s('it looks for the reader until there is one, and again when it goes', () => {
  const reader = cardReader();
  const connects = (effects: readonly { readonly kind: string }[]) =>
    effects.filter(({ kind }) => kind !== 'write').map(({ kind }) => kind);
  assert.equal(connects(reader.hear({ kind: 'started' })), ['connect']);
  const refused = { kind: 'closed', connection: 'reader', reason: 'refused' } as const;
  assert.equal(connects(reader.hear(refused)), ['timer']);
  assert.is(reader.state.name, 'unplugged');
  assert.equal(connects(reader.hear({ kind: 'expired', timer: 'reader' })), ['connect']);
  reader.hear({ kind: 'connected', connection: 'reader' });
  assert.is(reader.state.name, 'plugged');
  assert.equal(connects(reader.hear({ kind: 'expired', timer: 'reader' })), []);
  assert.equal(connects(reader.hear({ ...refused, reason: 'closed' })), ['timer']);
});

s('a reader’s controls: the ATR has an answer, the others have none', () => {
  const reader = pluggedReader();
  assert.is(reader.message('04'), '3b8d0180fba000000397425446590401cf');
  for (const control of ['00', '01', '02', '03', 'ff']) {
    assert.is(reader.message(control), undefined, control);
  }
});

s('a stream that is none of vpcd’s is ended', () => {
  const malformed = { kind: 'malformed', connection: 'reader', reason: 'why' } as const;
  assert.equal(pluggedReader().hear(malformed), [{ kind: 'close', connection: 'reader' }]);
});

s('power off, and a reader that goes, forget the PIN', () => {
  for (const how of ['00', '02', 'closed'] as const) {
    const reader = pluggedReader();
    reader.message('00a4040009a0000003974254465900');
    assert.is(reader.message('0020008006343832393135'), '9000');
    const hello = () => ('hello' in reader.state ? reader.state.hello.containers.alice?.name : '');
    assert.is(hello(), 'released');
    if (how === 'closed') {
      reader.hear({ kind: 'closed', connection: 'reader', reason: 'closed' });
      reader.hear({ kind: 'connected', connection: 'reader' });
    } else reader.message(how);
    assert.is(hello(), 'locked', how);
    assert.is(reader.message('00200080'), '6a82', 'nothing is selected');
  }
});

s('the first start writes what there is, later ones read it', () => {
  const first = cardReader();
  const writes = (reader: ReturnType<typeof cardReader>) =>
    reader.hear({ kind: 'started' }).filter(({ kind }) => kind === 'write').length;
  assert.is(writes(first), 1);
  assert.is(writes(cardReader('alice', first.store)), 0);
});

s('who has a card, and who has none', () => {
  const { scene } = sceneOf(CARD_CAST);
  assert.equal(cardOwners(scene), [
    { device: 'laptop', user: 'alice' },
    { device: 'laptop', user: 'bob' },
  ]);
  assert.throws(() => virtualCard(scene, 'alice', 'alice'), /no device alice/);
});

s.run();
