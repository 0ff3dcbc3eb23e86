import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mermaid } from '../../../src/trace/mermaid.ts';
import type { TraceRecord, Wire } from '../../../src/trace/record.ts';

const s = suite('mermaid');

function record(seq: number, actor: string, event: Wire, rest: Partial<TraceRecord>): TraceRecord {
  return {
    v: 1,
    seq,
    at: seq,
    actor,
    machine: 'm',
    from: 'a',
    event,
    to: 'a',
    effects: [],
    ...rest,
  };
}

s('arrows, losses, states, causes and rejections, in order', () => {
  const ask = {
    kind: 'send',
    transport: 'udp',
    to: 'bob',
    message: 'AS-REQ',
    bytes: '00000000000000aa',
  };
  const records = [
    record(
      0,
      'ann',
      { kind: 'started' },
      { to: 'b', effects: [ask, { ...ask, bytes: '00000000000000bb' }] },
    ),
    record(1, 'net', { kind: 'lost', bytes: '00000000000000bb' }, { cause: 0 }),
    record(
      2,
      'bob',
      { kind: 'accepted', connection: 'c', from: 'ann' },
      {
        effects: [
          { kind: 'send', transport: 'tcp', connection: 'c', message: 'AS-REP' },
          { kind: 'note', level: 'info', text: 'not shown' },
          { kind: 'note', level: 'cause', text: 'clock; 10 min <late>' },
        ],
      },
    ),
    record(3, 'ann', { kind: 'received' }, { from: 'a', to: 'signedIn' }),
    record(
      4,
      'ann',
      { kind: 'expired' },
      {
        effects: [
          { kind: 'rejected', got: 'expired' },
          { kind: 'tell', to: 'bob', what: 'bye' },
        ],
      },
    ),
    record(
      5,
      'net',
      { kind: 'faulted', fault: 'outage', what: 'ann - bob', reason: 'no line of sight' },
      {},
    ),
  ];
  assert.is(
    mermaid('A "title"', records),
    `---
title: "A \\"title\\""
---
sequenceDiagram
  participant a0 as ann
  participant a1 as bob
  a0->>a1: AS-REQ
  a0-xa1: AS-REQ
  a1->>a0: AS-REP
  Note over a1: clock#59; 10 min #60;late#62;
  Note over a0: signedIn
  Note over a0: rejected expired
  a0-->>a1: bye
  Note over a0,a1: faulted: no line of sight
`,
  );
});

s.run();
