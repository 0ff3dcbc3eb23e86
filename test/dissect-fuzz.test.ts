/**
 * Spoilt messages of remote desktops at the dissector: seeded, and bounded in number. `KERBLAB_FUZZ=20` runs
 * twenty times as many. Whatever comes, nothing throws, rows stay within the octets that they count, and what
 * people are shown does not grow out of proportion.
 */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dissector } from '../protocols/dissect/dissector.ts';
import { CALL_NAMES, returnName } from '../protocols/rdpesc/calls.ts';
import { fromHex, toHex } from '../src/bytes/bytes.ts';
import type { KeyRecord } from '../src/machine/actor.ts';
import type { DissectedField } from '../src/trace/dissector.ts';
import { chanceOf, mutated } from './mutations.ts';
import { answered, asked } from './protocols/dissect/card-messages.ts';
import { root } from './root.ts';

const fuzz = suite('dissect fuzz');
const TIMES = Math.max(1, Number(process.env.KERBLAB_FUZZ ?? 1));
const MESSAGES = 3000 * TIMES;

interface Capture {
  readonly keys: readonly KeyRecord[];
  readonly kerberos: readonly string[];
  readonly sessions: readonly (readonly { readonly hex: string }[])[];
}
const capture = JSON.parse(readFileSync(root('test/vectors/freerdp/nla.json'), 'utf8')) as Capture;
const sessions = capture.sessions.flatMap((messages) => messages.map(({ hex }) => fromHex(hex)));
const VALID = [
  ...sessions,
  asked(1, '00a4040009a00000039742544659'),
  asked(2, '0020008006313335373930'),
  asked(3, '00cba010045c02df2400'),
  ...answered(3, new Uint8Array(258)),
  ...answered(4, new Uint8Array(4000)),
];
const NAMES = [...CALL_NAMES.map(returnName), 'DYNVC_DATA', undefined];

function inside(rows: readonly DissectedField[], length: number, about: string): void {
  for (const { start, end, path, opened } of rows) {
    assert.ok(0 <= start && start <= end && end <= length, `${path} of ${about}`);
    if (opened !== undefined) inside(opened.fields, opened.bytes.length, about);
  }
}

/** Rows for octets: as many as a message of that length can have, and more of text than of octets. */
const ROWS_PER_OCTET = 4;
const ROWS_LEAST = 2000;

fuzz('spoilt messages have rows, and no more than their octets are worth', () => {
  const chance = chanceOf(1, 'dissect');
  const keyring = dissector.keyring();
  keyring.add(capture.keys);
  for (const hex of capture.kerberos) keyring.learn(fromHex(hex));
  let named = 0;
  for (let i = 0; i < MESSAGES; i++) {
    const bytes = mutated(chance.pick(VALID), chance, VALID);
    const message = chance.pick(NAMES);
    const hints = message === undefined ? {} : { message };
    const about = `${i}, ${message}: ${toHex(bytes)}`;
    keyring.learn(bytes, hints);
    if (dissector.name(bytes, hints) !== undefined) named++;
    const rows = dissector.fields(bytes, hints, keyring);
    inside(rows, bytes.length, about);
    assert.ok(rows.length <= ROWS_LEAST + ROWS_PER_OCTET * bytes.length, about);
    JSON.stringify(dissector.value(bytes, hints, keyring));
  }
  assert.ok(named > MESSAGES / 10, `${named} of ${MESSAGES} still are messages`);
});

fuzz.run();
