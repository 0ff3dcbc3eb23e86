import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ScenarioError, secretAt } from '../../../src/scenario/scenario.ts';
import { ASKS, file, load } from './toy.ts';

const loading = suite('load');

/** All lines of the error that a text gives, without the file's name. */
function refusals(text: string): string[] {
  try {
    load(text);
  } catch (error) {
    assert.instance(error, ScenarioError);
    return (error as Error).message
      .split('\n')
      .map((line) => line.replace('scenarios/question.yaml:', ''));
  }
  return [];
}

loading('gives a scenario with units resolved and defaults filled in', () => {
  const scenario = load(
    file(`${ASKS}faults:
  - { link: [ann, bob], at: 1s, down: 2s }
  - { actor: ann, clock: -10m }
  - { link: [bob, ann], at: 2s, for: 1m, loss: 10% }
  - { actor: bob, at: 5s, asleep: 1h }
  - { actor: bob, at: 6s, down: 1d }
expect: { within: 1m, end: { ann: answered } }
`),
  );
  assert.is(scenario.name, 'question');
  assert.is(scenario.start, Date.UTC(2026, 2, 2, 8));
  assert.equal(scenario.links, [{ between: ['ann', 'bob'], latency: 2 }]);
  assert.equal(scenario.actors.bob, {
    role: 'answerer',
    config: { answer: 'yes', numbers: [1, 2], after: 0 },
  });
  assert.equal(scenario.faults, [
    { kind: 'outage', link: ['ann', 'bob'], at: 1_000, ms: 2_000 },
    { kind: 'clock', actor: 'ann', at: 0, ms: -600_000 },
    { kind: 'quality', link: ['bob', 'ann'], at: 2_000, ms: 60_000, changes: { loss: 0.1 } },
    { kind: 'sleep', actor: 'bob', at: 5_000, ms: 3_600_000 },
    { kind: 'crash', actor: 'bob', at: 6_000, ms: 86_400_000 },
  ]);
  assert.is(secretAt(scenario, 'script[0].secretly'), 'xyzzy');
  assert.is(secretAt(scenario, 'script[0].asks'), undefined);
  assert.is(secretAt(scenario, 'script[9].secretly'), undefined);
  assert.equal(scenario.place(['expect', 'end', 'ann']), { line: 18, column: 35 });
});

loading('reads the three ways in which an act is due', () => {
  const { script } = load(
    file(`script:
  - { at: 1s, do: { actor: ann, asks: bob } }
  - { when: { actor: ann, state: answered, nth: 2 }, after: 3s, do: { actor: ann, asks: bob } }
  - { after: 4s, do: { actor: ann, asks: bob } }
`),
  );
  assert.equal(
    script.map((entry) => entry.due),
    [
      { kind: 'at', at: 1_000 },
      { kind: 'state', actor: 'ann', state: 'answered', nth: 2, after: 3_000 },
      { kind: 'previous', after: 4_000 },
    ],
  );
});

/** What is wrong in a file of 8 lines and then these sections, from line 9 on. */
const WRONG: readonly (readonly [name: string, sections: string, expected: readonly string[]])[] = [
  [
    'a misspelt verb',
    'script:\n  - { at: 0s, do: { actor: ann, aks: bob } }\n',
    ['10:33: unknown verb "aks", nearest is "asks"; an asker: asks, breaks'],
  ],
  [
    'an actor that does nothing',
    'script:\n  - { at: 0s, do: { actor: bob, asks: ann } }\n',
    ['10:33: unknown verb "asks", there is none; an answerer does nothing by itself'],
  ],
  [
    'an actor that is not there, and one of another role',
    'script:\n  - { at: 0s, do: { actor: an, asks: bob } }\n  - { at: 0s, do: { actor: ann, asks: ann } }\n',
    [
      '10:28: unknown actor "an", nearest is "ann"',
      '11:39: asks: "ann" is an asker, expected an answerer',
    ],
  ],
  [
    'states that the role lacks',
    `${ASKS}  - { when: { actor: ann, state: answerd }, do: { actor: ann, asks: bob } }
expect: { trace: [ { actor: ann, state: redy }, { state: ready } ], end: { ann: idel } }
`,
    [
      '12:34: unknown state of an asker "answerd", nearest is "answered"',
      '13:41: unknown state of an asker "redy", known: idle, expectAnswer, answered',
      '13:81: unknown state of an asker "idel", nearest is "idle"',
    ],
  ],
  [
    'misspelt messages',
    'expect:\n  trace: [ { sent: QUESTON } ]\n  never: [ { received: KRB-ERROR } ]\n',
    [
      '10:20: unknown message "QUESTON", nearest is "QUESTION" (see `kerblab list messages`)',
      '11:24: unknown message "KRB-ERROR" (see `kerblab list messages`)',
    ],
  ],
  [
    'matchers that mean nothing',
    'expect:\n  trace:\n    - { actor: ann }\n    - { state: idle, with: { a: 1 } }\n    - { sent: ANSWER, received: ANSWER }\n    - { sent: ANSWER, says: no }\n',
    [
      '11:7: expected one of sent, received, state, rejected, says: this would match every step',
      '12:22: "with" needs the message: add "sent" or "received"',
      '13:23: either "sent" or "received": two steps are two entries',
      '14:23: "says" is an entry of its own, beside no message',
    ],
  ],
  [
    'wrong units and types',
    `${ASKS}faults: [ { link: [ann, bob], at: 5, down: 40mss } ]
expect: { within: 1 s., trace: { sent: ANSWER } }
`,
    [
      '12:35: at: expected a duration such as 40ms, 3s, 30m, 10h or 7d, got the number 5 (the unit is missing)',
      '12:44: down: expected a duration such as 40ms, 3s, 30m, 10h or 7d, got "40mss": unknown unit "mss", nearest is "ms"',
      '13:19: within: expected a duration such as 40ms, 3s, 30m, 10h or 7d, got "1 s.": expected a number and its unit',
      '13:32: trace: expected a list (in [ ], or one item a line after "-"), got a map of fields',
    ],
  ],
  [
    'unknown fields at every depth',
    'faults: [ { link: [ann, bob], down: 1s, on: x } ]\nexpect: { whithin: 1s, trace: [ { snt: ANSWER } ] }\nscrip: []\n',
    [
      '9:41: unknown field "on", known: link, at, down',
      '10:11: unknown field "whithin", nearest is "within"',
      '10:35: unknown field "snt", nearest is "sent"',
      '11:1: unknown field "scrip", nearest is "script"',
    ],
  ],
  [
    'times that are none',
    'start: 2026-02-30T08:00:00Z\n',
    [
      '9:8: start: expected a UTC time such as 2026-03-02T08:00:00Z, got "2026-02-30T08:00:00Z": there is no such day',
    ],
  ],
  [
    'acts without a time, or with two',
    'script:\n  - { do: { actor: ann, asks: bob } }\n  - { at: 0s, after: 1s, do: { actor: ann, asks: bob } }\n',
    [
      '10:5: expected "at: 0s", "when: { actor, state }" or "after: 5s" beside "do"',
      '11:7: "at" is a time by itself: remove it, or "when" and "after"',
    ],
  ],
  [
    'the same field twice, at any depth',
    'seed: 1\nseed: 2\nexpect: { end: { ann: idle, ann: idle } }\n',
    [
      '10:1: "seed" stands here twice: remove one, or name one differently',
      '11:29: "ann" stands here twice: remove one, or name one differently',
    ],
  ],
  [
    'anchors, aliases and tags',
    'specs: [ &a x, *a, !b y ]\n',
    [
      '9:13: "&a": scenario files have no anchors, write the value out',
      '9:16: "*a": scenario files have no aliases, write the value out',
      '9:23: "!b": scenario files have no tags, remove it',
    ],
  ],
];

for (const [name, sections, expected] of WRONG) {
  loading(`refuses ${name}`, () => {
    assert.equal(refusals(file(sections)), expected);
  });
}

loading('refuses actors of roles that there are not, and what they must not be called', () => {
  const head = 'scenario: 1\ntitle: t\nabout: a\nactors:\n';
  assert.equal(
    refusals(
      `${head}  a: { role: asker, nik: x }\n  net: { role: asker }\n  b: { rle: asker }\n  c.d: { role: answerr }\n  e:\n`,
    ),
    [
      '5:21: unknown field "nik", nearest is "nick"',
      '6:3: "net" is the network itself: name the actor differently',
      '7:6: role: expected one of asker, answerer',
      '8:3: "c.d": a name is a letter, then letters, digits, "-" and "_"',
      '8:16: unknown role "answerr", nearest is "answerer"',
      '9:3: e: expected a map that begins with "role:" (one of asker, answerer)',
    ],
  );
  assert.equal(refusals('[]'), ['1:1: expected a scenario, a map that begins with "scenario: 1"']);
  assert.equal(refusals(''), ['1:1: expected a scenario, a map that begins with "scenario: 1"']);
  assert.equal(refusals('scenario: 2\ntitle: t\nabout: a\nactors: {}\n'), [
    '1:11: scenario: expected 1, got the number 2',
  ]);
});

loading('refuses bad YAML with its place and a way out', () => {
  assert.equal(refusals(file('script:\n\t- at: 0s\n')), [
    '10:1: bad YAML: tabs are not allowed as indentation (indent with spaces, not with tabs)',
  ]);
  const [first = ''] = refusals(file('specs: [ "a\n'));
  assert.match(first, /^10:1: bad YAML: missing closing .* \(a bracket, quote or comma/);
});

loading('a hostile file is refused at once', () => {
  const start = performance.now();
  const large = 500_000;
  const hostile = [
    '['.repeat(large),
    '{a: '.repeat(large / 4),
    '- '.repeat(large / 2),
    '? '.repeat(large / 2),
    Array.from({ length: 1_000 }, (_, i) => `${' '.repeat(i)}k:`).join('\n'),
    `scenario: 1\n${Array.from({ length: 30_000 }, (_, i) => `k${i}: 1`).join('\n')}`,
    'a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n',
    'x'.repeat(2_000_000),
    '__proto__: { a: 1 }\n',
    '\u0000\uFFFD\u2028',
  ];
  for (const text of hostile) assert.ok(refusals(text).length > 0, text.slice(0, 20));
  assert.ok(performance.now() - start < 10_000);
});

loading.run();
