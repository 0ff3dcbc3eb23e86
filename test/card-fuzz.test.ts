/**
 * Spoilt commands at the emulated card: seeded, and bounded in number. `KERBLAB_FUZZ=20` runs twenty times
 * as many. Whatever comes, every command has one answer that ends with a status, and no octet of an answer
 * says more than the card may.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../src/bytes/bytes.ts';
import { type Chance, chanceOf, mutated } from './mutations.ts';
import { pluggedReader } from './protocols/actors/card-reader.ts';

const fuzz = suite('card fuzz');
const TIMES = Math.max(1, Number(process.env.KERBLAB_FUZZ ?? 1));
const SESSIONS = 40 * TIMES;
const COMMANDS = 60;
/** Slower than this no command may be, a signature included. */
const LONGEST_MS = 500;

const SELECT = ['00a4040009a0000003974254465900', '00a4040009a0000003080000100000'];
const COMMON = [
  '00c0000000',
  '00200080',
  '0020008006343832393135',
  '0020008008343832393135ffff',
  '00cb3fff055c035fc10500',
  '00cb3fff035c017e00',
  '00cba000045c02df1f00',
  '00cba010045c02df2400',
  '00cb3fff0a70088401 81a5037f498000'.replace(' ', ''),
  '002241b606800157840181',
  '002241b806800147840181',
  '002a9e9a02abcd00',
  `002a8086000100${'11'.repeat(256)}0000`,
  `1087079af07c82010a8200818201000001${'ff'.repeat(229)}`,
  `0087079a1e${'ff'.repeat(30)}00`,
  '0088000002abcd00',
  '00cb3fff0000055c035fc1050000',
];
const ALL = [...SELECT, ...COMMON].map(fromHex);

function command(chance: Chance): Uint8Array {
  const valid = chance.pick(ALL);
  return chance.below(3) === 0 ? valid : mutated(valid, chance, ALL);
}

fuzz('every command is answered once, with a status', () => {
  for (let session = 0; session < SESSIONS; session++) {
    const chance = chanceOf(session, 'card');
    const reader = pluggedReader(session % 4 === 0 ? 'bob' : 'alice');
    for (const select of SELECT) reader.message(select);
    for (let i = 0; i < COMMANDS; i++) {
      const bytes = command(chance);
      if (bytes.length < 2) continue; // the reader's controls
      const about = `session ${session}, command ${i}: ${toHex(bytes)}`;
      const start = performance.now();
      const answer = reader.message(bytes);
      assert.ok(performance.now() - start < LONGEST_MS, `slow: ${about}`);
      assert.ok(answer !== undefined && /^(..)*(6.|90)..$/.test(answer), `${about} → ${answer}`);
      assert.ok(answer.length <= 2 * (65_536 + 2), about);
      assert.is(reader.state.name, 'plugged');
    }
  }
});

fuzz('nobody signs who has not shown the PIN', () => {
  const SIGNING = ['002a9e9a02abcd00', '0088000002abcd00'];
  const WITHOUT_PIN = ALL.filter((octets) => octets[1] !== 0x20);
  for (let session = 0; session < SESSIONS; session++) {
    const chance = chanceOf(session, 'card without PIN');
    const reader = pluggedReader();
    reader.message(SELECT[0] as string);
    for (let i = 0; i < COMMANDS; i++) {
      const valid = chance.pick([...WITHOUT_PIN, ...SIGNING.map(fromHex)]);
      const bytes = chance.below(2) === 0 ? valid : mutated(valid, chance, WITHOUT_PIN);
      if (bytes.length < 2) continue;
      const about = { transport: 'tcp', from: 'pcscd', fromPort: 1, port: 0 } as const;
      const effects = reader.hear({ kind: 'received', ...about, connection: 'reader', bytes });
      const operations = effects.filter(({ kind }) => kind === 'sign' || kind === 'decrypt');
      assert.equal(operations, [], `session ${session}, command ${i}: ${toHex(bytes)}`);
    }
  }
});

fuzz.run();
