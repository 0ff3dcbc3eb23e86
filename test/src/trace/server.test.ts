import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import WebSocket from 'ws';
import { toHex, utf8 } from '../../../src/bytes/bytes.ts';
import type { Dissector } from '../../../src/trace/dissector.ts';
import { readKeytab } from '../../../src/trace/keytab.ts';
import { readRun } from '../../../src/trace/read.ts';
import type { Wire } from '../../../src/trace/record.ts';
import type { Controls } from '../../../src/trace/routes.ts';
import { writeRun } from '../../../src/trace/run-folder.ts';
import { type TraceServer, traceServer } from '../../../src/trace/server.ts';
import { runSource } from '../../../src/trace/source.ts';
import { type TraceRecorder, traceRecorder } from '../../../src/trace/store.ts';
import { lineOf, linkOf, type RecordedStep } from '../../../src/trace/wire.ts';
import { RESULT, START } from './toy.ts';

const s = suite('trace server');

const SECRET = utf8('inside');

/** Calls everything a WORD; opens it when it has learnt two messages and a key. */
const dissector: Dissector = {
  name: () => 'WORD',
  value: () => undefined,
  keyring() {
    let learnt = 0;
    let keys = 0;
    return {
      add: (list) => {
        keys += list.length;
      },
      learn: () => {
        learnt++;
      },
      // The toy's fields() reads these two.
      ...{ state: () => ({ learnt, keys }) },
    };
  },
  fields(bytes, hints, keyring) {
    const state = (keyring as unknown as { state(): { learnt: number; keys: number } }).state();
    const whole = { path: 'WORD', type: 'Word', start: 0, end: bytes.length };
    const value = `${hints?.message} ${hints?.port} ${hints?.transport}`;
    const inner = [{ path: 'Inside', type: 'Text', start: 0, end: SECRET.length }];
    const opened = { key: 'a key', bytes: SECRET, fields: inner };
    const part = { path: 'WORD.part', type: 'EncryptedData', start: 1, end: 2, value };
    return [whole, state.keys > 0 && state.learnt >= 2 ? { ...part, opened } : part];
  },
};

const KEY = { principal: 'alice@CORP.EXAMPLE', kvno: 2, etype: 18, key: 'ab'.repeat(32) };

function saying(at: number, text: string): RecordedStep {
  const effects = [
    {
      kind: 'send',
      transport: 'udp',
      to: 'bob',
      toPort: 88,
      port: 50000,
      message: 'WORD',
      bytes: utf8(text),
    },
  ];
  return {
    at,
    actor: 'ann',
    machine: 'toy/asker',
    from: 'on',
    event: effect({ kind: 'expired', timer: 't' }),
    to: 'on',
    effects,
  };
}

/** An effect of any kind. */
const effect = (fields: Wire): Wire => fields;

interface Standing {
  readonly server: TraceServer;
  readonly recorder: TraceRecorder;
  readonly base: string;
  asked(path: string, init?: RequestInit): Promise<Response>;
}

const standing: TraceServer[] = [];
s.after.each(async () => {
  for (const server of standing.splice(0)) await server.close();
});

async function stand(
  recorder: TraceRecorder = traceRecorder(),
  controls?: Controls,
): Promise<Standing> {
  const about = { title: 'Toy', start: START, live: true };
  const server = await traceServer({
    source: recorder,
    dissector,
    port: 0,
    about,
    ...(controls === undefined ? {} : { controls }),
  });
  standing.push(server);
  const base = `http://127.0.0.1:${server.port}`;
  const headers = { authorization: `Bearer ${server.token}` };
  return {
    server,
    recorder,
    base,
    asked: (path, init) => fetch(base + path, { headers, ...init }),
  };
}

async function errorOf(response: Response): Promise<string> {
  assert.match(response.headers.get('content-type') ?? '', 'application/json');
  return ((await response.json()) as { error: string }).error;
}

interface Heard {
  readonly socket: WebSocket;
  readonly seqs: number[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  until(count: number): Promise<void>;
}

function listen({ server }: Standing, from: number, headers: Record<string, string> = {}): Heard {
  const url = `ws://127.0.0.1:${server.port}/live?from=${from}&token=${server.token}`;
  const socket = new WebSocket(url, { headers });
  const seqs: number[] = [];
  socket.on('message', (data) => seqs.push(JSON.parse(String(data)).seq));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    socket.on('error', (error) => resolve({ code: 0, reason: error.message }));
  });
  const until = async (count: number): Promise<void> => {
    const end = Date.now() + 5000;
    while (seqs.length < count && Date.now() < end) await wait(5);
    assert.ok(seqs.length >= count, `${seqs.length} of ${count} records came`);
  };
  return { socket, seqs, closed, until };
}

s('GET /trace: JSON Lines, all or from a seq', async () => {
  const { recorder, asked } = await stand();
  for (let i = 0; i < 1000; i++) recorder.record(saying(i, `w${i}`));
  const all = await asked('/trace');
  assert.is(all.headers.get('content-type'), 'application/x-ndjson; charset=utf-8');
  const expected = recorder.records().map((record) => `${lineOf(record)}\n`);
  assert.is(await all.text(), expected.join(''));
  assert.is(await (await asked('/trace?from=998')).text(), expected.slice(998).join(''));
  assert.is(await (await asked('/trace?from=5000')).text(), '');
  const wrong = await asked('/trace?from=-1');
  assert.is(wrong.status, 400);
  assert.match(await errorOf(wrong), 'from: expected the seq of a record');
});

s('WS /live: what is there, then what comes, in order, once', async () => {
  const here = await stand();
  for (let i = 0; i < 300; i++) here.recorder.record(saying(i, `w${i}`));
  const all = listen(here, 0);
  const late = listen(here, 299);
  await all.until(300);
  for (let i = 300; i < 600; i++) here.recorder.record(saying(i, `w${i}`));
  await all.until(600);
  await late.until(301);
  assert.equal(
    all.seqs,
    Array.from({ length: 600 }, (_, i) => i),
  );
  assert.equal(
    late.seqs,
    Array.from({ length: 301 }, (_, i) => 299 + i),
  );
});

s('WS /live: nothing is lost when the server stops, and the end says why', async () => {
  const here = await stand();
  const heard = listen(here, 0);
  here.recorder.record(saying(0, 'first'));
  await heard.until(1);
  for (let i = 1; i < 2000; i++) here.recorder.record(saying(i, `w${i}`));
  const began = Date.now();
  await here.server.close();
  assert.ok(Date.now() - began < 1000);
  assert.equal(await heard.closed, { code: 1001, reason: 'the trace ends here' });
  assert.is(heard.seqs.length, 2000);
});

s('WS /live: who reads too slowly costs a bounded buffer and is closed with a reason', async () => {
  const here = await stand(traceRecorder({ recordsMax: 500 }));
  const slow = listen(here, 0);
  const quick = listen(here, 0);
  here.recorder.record(saying(0, 'first'));
  await slow.until(1);
  await quick.until(1);
  slow.socket.pause();
  const text = 'x'.repeat(10_000);
  for (let i = 1; i < 4000; i++) {
    here.recorder.record({
      ...saying(i, 'w'),
      effects: [effect({ kind: 'note', level: 'info', text })],
    });
    if (i % 50 === 0) await wait(1);
  }
  await quick.until(4000);
  slow.socket.resume();
  const { code, reason } = await slow.closed;
  assert.is(code, 1013);
  const gap = /^records (\d+) to (\d+) are gone: read faster, or begin again with from=(\d+)$/.exec(
    reason,
  );
  assert.ok(gap, reason);
  // Up to the gap nothing is missing.
  assert.equal(
    slow.seqs,
    Array.from({ length: Number(gap[1]) }, (_, i) => i),
  );
  assert.is(Number(gap[3]), Number(gap[2]) + 1);
  assert.match(await (await here.asked('/metrics')).text(), /^kerblab_trace_slow_total 1$/m);
});

s(
  'WS: refused without the token, from other origins, elsewhere, and with a wrong seq',
  async () => {
    const here = await stand();
    const { port } = here.server;
    const refused = async (path: string, headers: Record<string, string> = {}): Promise<string> => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
      return new Promise((resolve) => {
        socket.on('open', () => resolve('open'));
        socket.on('error', (error) => resolve(error.message));
      });
    };
    const token = `token=${here.server.token}`;
    assert.match(await refused('/live'), /401/);
    assert.match(await refused(`/live?${token}x`), /401/);
    assert.match(await refused(`/live?${token}`, { origin: 'http://evil.example' }), /403/);
    assert.match(await refused(`/live?${token}`, { host: 'evil.example' }), /421/);
    assert.match(await refused(`/live?from=x&${token}`), /400/);
    assert.match(await refused(`/trace?${token}`), /404/);
    assert.is(await refused(`/live?${token}`, { origin: `http://127.0.0.1:${port}` }), 'open');
  },
);

s('WS: a client that talks too much is closed, others are not', async () => {
  const here = await stand();
  const loud = listen(here, 0);
  const calm = listen(here, 0);
  here.recorder.record(saying(0, 'w'));
  await loud.until(1);
  loud.socket.send('x'.repeat(2000));
  assert.is((await loud.closed).code, 1009);
  here.recorder.record(saying(1, 'w'));
  await calm.until(2);
});

s(
  'GET /bytes and /tree: octets, fields with what the trace knows of them, plaintext by its link',
  async () => {
    const { recorder, asked } = await stand();
    recorder.record(saying(0, 'one'));
    const link = linkOf(utf8('one'));
    const octets = await asked(`/bytes/${link}`);
    assert.is(octets.headers.get('content-type'), 'application/octet-stream');
    assert.equal(new Uint8Array(await octets.arrayBuffer()), utf8('one'));
    const [, closed] = (await (await asked(`/tree/${link}`)).json()) as Record<string, unknown>[];
    assert.equal(closed, {
      path: 'WORD.part',
      type: 'EncryptedData',
      start: 1,
      end: 2,
      value: 'WORD 88 udp',
    });
    const hinted = (await (
      await asked(`/tree/${link}?message=OTHER&port=464&transport=tcp`)
    ).json()) as Record<string, unknown>[];
    assert.is(hinted[1]?.value, 'OTHER 464 tcp');
    assert.is((await asked(`/bytes/${linkOf(SECRET)}`)).status, 404);
    recorder.record({
      ...saying(1, 'two'),
      effects: [effect({ kind: 'keyed', keys: [KEY] }), ...saying(1, 'two').effects],
    });
    const [, opened] = (await (await asked(`/tree/${link}`)).json()) as { opened?: unknown }[];
    const inside = [{ path: 'Inside', type: 'Text', start: 0, end: 6 }];
    assert.equal(opened?.opened, { key: 'a key', bytes: linkOf(SECRET), fields: inside });
    const plain = await asked(`/bytes/${linkOf(SECRET)}`);
    assert.equal(new Uint8Array(await plain.arrayBuffer()), SECRET);
  },
);

s('GET /bytes and /tree: what is no link, or unknown', async () => {
  const { asked } = await stand();
  for (const route of ['bytes', 'tree']) {
    const unknown = await asked(`/${route}/0123456789abcdef`);
    assert.is(unknown.status, 404);
    assert.match(await errorOf(unknown), 'no record in memory names it');
    for (const odd of ['..%2f..%2fpackage.json', 'x', '%00']) {
      const wrong = await asked(`/${route}/${odd}`);
      assert.is(wrong.status, 404);
      assert.match(await errorOf(wrong), 'a link is 16 hexadecimal digits');
    }
    assert.is((await asked(`/${route}/0123456789abcdef/more`)).status, 404);
  }
});

s('GET /keytab: the keys that actors have told of, even when their records are gone', async () => {
  const { recorder, asked } = await stand(traceRecorder({ recordsMax: 1 }));
  recorder.record({
    ...saying(0, 'w'),
    effects: [effect({ kind: 'keyed', keys: [KEY, { ...KEY, etype: 17, key: 'cd'.repeat(16) }] })],
  });
  recorder.record({
    ...saying(1, 'w'),
    effects: [effect({ kind: 'keyed', keys: [{ ...KEY, principal: 'bob@CORP.EXAMPLE' }] })],
  });
  recorder.record(saying(2, 'w'));
  const keytab = await asked(`/keytab?principal=${encodeURIComponent(KEY.principal)}`);
  assert.match(keytab.headers.get('content-disposition') ?? '', 'alice@CORP.EXAMPLE.keytab');
  const entries = readKeytab(new Uint8Array(await keytab.arrayBuffer()));
  assert.equal(
    entries.map(({ principal, etype, kvno, key }) => [
      principal.components,
      etype,
      kvno,
      toHex(key),
    ]),
    [
      [['alice'], 18, 2, 'ab'.repeat(32)],
      [['alice'], 17, 2, 'cd'.repeat(16)],
    ],
  );
  const unknown = await asked('/keytab?principal=carol@CORP.EXAMPLE');
  assert.is(unknown.status, 404);
  assert.match(await errorOf(unknown), 'known are alice@CORP.EXAMPLE, bob@CORP.EXAMPLE');
  assert.is((await asked('/keytab')).status, 400);
});

s('POST /clock, POST and DELETE /faults: what the controls answer', async () => {
  const asked: unknown[] = [];
  const controls: Controls = {
    clock(request) {
      asked.push(request);
      return 'advance' in request && request.advance === '30x'
        ? { ok: false, error: '30x: expected a duration such as 30m' }
        : { ok: true, value: { now: '2026-03-02T08:30:00.000Z' } };
    },
    addFault(fault) {
      asked.push(fault);
      return { ok: true, value: { id: '7' } };
    },
    removeFault(id) {
      return id === '7'
        ? { ok: true, value: {} }
        : { ok: false, status: 404, error: `there is no fault ${id}` };
    },
  };
  const here = await stand(undefined, controls);
  const post = (path: string, body: string) =>
    here.asked(path, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${here.server.token}` },
    });
  const moved = await post('/clock', '{"advance":"30m"}');
  assert.is(moved.status, 200);
  assert.equal(await moved.json(), { now: '2026-03-02T08:30:00.000Z' });
  assert.is((await post('/clock', '{"set":"2026-03-02T08:00:00Z"}')).status, 200);
  const wrongUnit = await post('/clock', '{"advance":"30x"}');
  assert.is(wrongUnit.status, 400);
  assert.match(await errorOf(wrongUnit), '30x: expected a duration');
  for (const body of [
    '{}',
    '{"advance":"1m","set":"x"}',
    '{"advance":30}',
    '[]',
    'null',
    '"x"',
    '{"advance":"1m","more":1}',
  ]) {
    const wrong = await post('/clock', body);
    assert.is(wrong.status, 400, body);
    assert.match(await errorOf(wrong), 'expected {"advance":"30m"}');
  }
  const noJson = await post('/clock', '{');
  assert.is(noJson.status, 400);
  assert.match(await errorOf(noJson), 'not JSON');
  const added = await post('/faults', '{"link":["laptop","dc1"],"down":"5s"}');
  assert.is(added.status, 201);
  assert.equal(await added.json(), { id: '7' });
  const remove = (id: string) =>
    here.asked(`/faults/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${here.server.token}` },
    });
  assert.is((await remove('7')).status, 200);
  assert.is((await remove('8')).status, 404);
  assert.equal(asked, [
    { advance: '30m' },
    { set: '2026-03-02T08:00:00Z' },
    { advance: '30x' },
    { link: ['laptop', 'dc1'], down: '5s' },
  ]);
});

s('what cannot be steered says so', async () => {
  const { asked, server } = await stand();
  const headers = { authorization: `Bearer ${server.token}` };
  for (const [path, method] of [
    ['/clock', 'POST'],
    ['/faults', 'POST'],
    ['/faults/1', 'DELETE'],
  ] as const) {
    const answer = await asked(path, { method, headers });
    assert.is(answer.status, 501, path);
    assert.match(await errorOf(answer), 'cannot be steered here');
  }
});

s('limits: body, method, address, header', async () => {
  const { asked, server } = await stand(undefined, { clock: () => ({ ok: true, value: {} }) });
  const headers = { authorization: `Bearer ${server.token}` };
  const large = await asked('/clock', { method: 'POST', body: `"${'x'.repeat(70_000)}"`, headers });
  assert.is(large.status, 413);
  const wrong = await asked('/trace', { method: 'POST', body: '{}', headers });
  assert.is(wrong.status, 405);
  assert.is(wrong.headers.get('allow'), 'GET');
  const nowhere = await asked('/nowhere');
  assert.is(nowhere.status, 404);
  assert.match(
    await errorOf(nowhere),
    'there is nothing at /nowhere: known are GET /run, GET /trace',
  );
  assert.is(
    (await asked('/health', { headers: { ...headers, 'x-long': 'x'.repeat(20_000) } })).status,
    431,
  );
});

s('requests that are none end their connection and nothing else', async () => {
  const { asked, server } = await stand();
  for (const text of [
    '\0\0\0',
    'GET\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
    'GET http://[/ HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET //// HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  ]) {
    const answer = await new Promise<string>((resolve) => {
      let got = '';
      const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (data) => {
        got += String(data);
        socket.end();
      });
      socket.on('error', () => resolve(got));
      socket.on('close', () => resolve(got));
    });
    assert.not.match(answer, / 200 /);
  }
  assert.is((await asked('/health')).status, 200);
});

s('every answer needs the token, and carries what keeps browsers careful', async () => {
  const { base, asked, recorder } = await stand();
  recorder.record(saying(0, 'one'));
  const link = linkOf(utf8('one'));
  const paths = [
    '/',
    '/viewer.js',
    '/viewer.css',
    '/run',
    '/trace',
    `/bytes/${link}`,
    `/tree/${link}`,
    '/health',
    '/metrics',
    '/nowhere',
  ];
  for (const path of paths) {
    const refused = await fetch(base + path);
    assert.is(refused.status, 401, path);
    assert.match(await errorOf(refused), 'token');
    const answer = await asked(path);
    assert.is(answer.headers.get('x-content-type-options'), 'nosniff', path);
    assert.is(answer.headers.get('cross-origin-resource-policy'), 'same-origin', path);
    assert.is(answer.headers.get('cache-control'), 'no-store', path);
    assert.is(answer.headers.get('access-control-allow-origin'), null, path);
    await answer.arrayBuffer();
  }
});

s(
  'the page brings its files, its cookie lets them in, and its policy lets nothing else',
  async () => {
    const { base, server } = await stand();
    const page = await fetch(server.url);
    assert.is(page.status, 200);
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      "default-src 'none'; script-src 'self'",
    );
    const html = await page.text();
    const cookie = page.headers.get('set-cookie') ?? '';
    assert.match(cookie, 'HttpOnly; SameSite=Strict; Path=/');
    const headers = { cookie: cookie.split(';')[0] as string };
    assert.not.match(html, /<script>|\sstyle=|\son\w+=/);
    let files = Array.from(
      html.matchAll(/(?:src|href)="([\w.]+)"/g),
      (match) => match[1] as string,
    );
    assert.ok(files.length >= 2);
    for (let file = files.pop(); file !== undefined; file = files.pop()) {
      const answer = await fetch(`${base}/${file}`, { headers });
      assert.is(answer.status, 200, file);
      const text = await answer.text();
      const imports = Array.from(
        text.matchAll(/from '\.\/([\w.]+)'/g),
        (match) => match[1] as string,
      );
      files = [...files, ...imports];
    }
  },
);

s('GET /run, /health and /metrics', async () => {
  const { recorder, asked } = await stand(traceRecorder({ recordsMax: 2 }), {
    metrics: () => 'own_metric 1\n',
  });
  for (let i = 0; i < 5; i++) recorder.record(saying(i, 'w'));
  assert.equal(await (await asked('/run')).json(), {
    title: 'Toy',
    start: START,
    live: true,
    first: 3,
    next: 5,
  });
  assert.equal(await (await asked('/health')).json(), {
    ok: true,
    records: 5,
    dropped: 3,
    consumers: 0,
  });
  const metrics = await (await asked('/metrics')).text();
  assert.match(metrics, /^kerblab_trace_records_total 5$/m);
  assert.match(metrics, /^kerblab_trace_dropped_total 3$/m);
  assert.match(metrics, /^own_metric 1$/m);
});

s('a finished run: all of it, and octets that were changed say so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-view-'));
  const recorder = traceRecorder();
  for (const text of ['one', 'two']) recorder.record(saying(0, text));
  writeRun(folder, recorder, RESULT);
  writeFileSync(join(folder, 'bytes', linkOf(utf8('two'))), 'changed');
  const about = { title: 'Toy', start: START, live: false };
  const source = runSource(readRun(folder));
  const server = await traceServer({ source, dissector, port: 0, about });
  standing.push(server);
  const headers = { authorization: `Bearer ${server.token}` };
  const asked = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
  assert.is((await (await asked('/trace')).text()).split('\n').length, 3);
  assert.is((await asked(`/tree/${linkOf(utf8('one'))}`)).status, 200);
  const changed = await asked(`/bytes/${linkOf(utf8('two'))}`);
  assert.is(changed.status, 500);
  assert.match(await errorOf(changed), 'the file was changed');
  rmSync(folder, { recursive: true });
});

s("a token of one's own must be long; a port that is taken is an error", async () => {
  const { server, recorder } = await stand();
  const about = { title: 'Toy', start: START, live: true };
  const options = { source: recorder, dissector, about };
  const refused = async (more: {
    readonly port: number;
    readonly token?: string;
  }): Promise<string> =>
    traceServer({ ...options, ...more }).then(
      () => 'stands',
      (error: Error) => error.message,
    );
  assert.match(await refused({ port: 0, token: 'short' }), '32 hexadecimal digits');
  assert.match(await refused({ port: server.port }), 'EADDRINUSE');
  assert.match(server.token, /^[0-9a-f]{64}$/);
});

s.run();
