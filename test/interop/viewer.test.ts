/** The viewer in a real browser: the page draws, filters, follows and lights up what belongs together. */
import { execFileSync } from 'node:child_process';
import { type Browser, chromium, type Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hex, utf8 } from '../../src/bytes/bytes.ts';
import type { DissectedField, Dissector } from '../../src/trace/dissector.ts';
import type { Wire } from '../../src/trace/record.ts';
import { type TraceServer, traceServer } from '../../src/trace/server.ts';
import { type TraceRecorder, traceRecorder } from '../../src/trace/store.ts';
import type { RecordedStep } from '../../src/trace/wire.ts';
import { peer, peerTest } from '../peers.ts';
import { root } from '../root.ts';

const s = suite('viewer');

const PLAIN = utf8('session key');
const MESSAGE = hex`6a0f a1030201 05 a2030201 0a a3030201 ff`;

const FIELDS: readonly DissectedField[] = [
  { path: 'AS-REQ', type: 'AS-REQ', start: 0, end: 16 },
  { path: 'AS-REQ.pvno', type: 'INTEGER', start: 2, end: 7, value: 5 },
  { path: 'AS-REQ.msgType', type: 'INTEGER', start: 7, end: 12, value: 10, name: 'AS-REQ' },
  {
    path: 'AS-REQ.encPart',
    type: 'EncryptedData',
    start: 12,
    end: 16,
    opened: {
      key: 'alice@CORP.EXAMPLE kvno 2',
      bytes: PLAIN,
      fields: [
        {
          path: 'PA-ENC-TS-ENC',
          type: 'PA-ENC-TS-ENC',
          start: 0,
          end: 7,
          value: '<img src=x onerror=alert(1)>',
        },
      ],
    },
  },
  { path: 'AS-REQ.head', type: 'header', start: 0, end: 2, aside: true },
  { path: 'AS-REQ.head.tag', type: 'octet', start: 0, end: 1, value: 106 },
];

const dissector: Dissector = {
  name: () => 'AS-REQ',
  value: () => undefined,
  keyring: () => ({ add: () => undefined, learn: () => undefined }),
  fields: () => FIELDS,
};

const wire = (fields: Wire): Wire => fields;

function step(
  at: number,
  actor: string,
  event: Wire,
  more: Partial<RecordedStep> = {},
): RecordedStep {
  return {
    at,
    actor,
    machine: `toy/${actor}`,
    from: 'ready',
    event,
    to: 'ready',
    effects: [],
    ...more,
  };
}

function fill(recorder: TraceRecorder): void {
  const bytes = MESSAGE;
  recorder.record(
    step(
      0,
      'dc1',
      { kind: 'started' },
      { effects: [wire({ kind: 'listen', transport: 'udp', port: 88 })] },
    ),
  );
  recorder.record(step(0, 'laptop', { kind: 'started' }));
  const ask = wire({
    kind: 'send',
    transport: 'udp',
    to: 'dc1',
    toPort: 88,
    port: 50000,
    message: 'AS-REQ',
    bytes,
  });
  recorder.record(
    step(
      1,
      'laptop',
      { kind: 'told', from: 'alice', what: 'password', args: {} },
      {
        from: 'idle',
        to: 'expectAsRep',
        effects: [
          ask,
          wire({ kind: 'note', level: 'cause', text: 'the clock is 10 minutes ahead' }),
        ],
      },
    ),
  );
  recorder.record({
    ...step(1, 'net', {
      kind: 'lost',
      transport: 'udp',
      from: 'laptop',
      to: 'dc1',
      port: 88,
      message: 'AS-REQ',
      bytes,
      reason: 'lost on its way',
    }),
    cause: 2,
  });
  const received = {
    kind: 'received',
    transport: 'udp',
    from: 'laptop',
    fromPort: 50000,
    port: 88,
    message: 'AS-REQ',
    bytes,
  };
  recorder.record({
    ...step(3, 'dc1', received, {
      effects: [
        wire({
          kind: 'send',
          transport: 'udp',
          to: 'laptop',
          toPort: 50000,
          port: 88,
          message: 'KRB-ERROR',
          bytes,
        }),
      ],
    }),
    cause: 2,
  });
  for (let i = 0; i < 3000; i++)
    recorder.record(step(10 + i, 'laptop', { kind: 'expired', timer: `tick ${i}` }));
}

let browser: Browser | undefined;
let server: TraceServer | undefined;
s.after.each(async () => {
  await browser?.close();
  await server?.close();
});

async function says(page: Page, text: string): Promise<void> {
  await page.locator('#status', { hasText: text }).waitFor();
}

/** The page, and what its console complains of. */
async function opened(
  recorder: TraceRecorder,
): Promise<{ page: Page; problems: readonly string[] }> {
  server = await traceServer({
    source: recorder,
    dissector,
    port: 0,
    about: { title: 'Password sign-in', start: 0, live: true },
  });
  browser = await chromium.launch({
    executablePath: peer('chromium') as string,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
    ],
  });
  const page = await browser.newPage({ viewport: { width: 1400, height: 800 } });
  page.setDefaultTimeout(10_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(server.url);
  return { page, problems };
}

peerTest(s, "types of the page's scripts", ['node'], () => {
  execFileSync(process.execPath, [
    root('node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    root('src', 'viewer'),
  ]);
});

peerTest(s, 'lists, follows, filters, and shows fields beside octets', ['chromium'], async () => {
  const recorder = traceRecorder();
  fill(recorder);
  const { page, problems } = await opened(recorder);
  await says(page, '3005 steps, live');
  assert.is(await page.title(), 'Password sign-in · kerblab');
  assert.not.match(page.url(), 'token');

  // Long as it is, only what is looked at is drawn, and the end is in sight.
  assert.ok((await page.locator('.row').count()) < 100);
  await page.locator('#record-3004').waitFor();
  recorder.record(step(9000, 'laptop', { kind: 'expired', timer: 'last' }, { to: 'signedIn' }));
  await page.locator('#record-3005 .state', { hasText: 'ready → signedIn' }).waitFor();

  await page.keyboard.press('/');
  await page.keyboard.type('as-req dc1');
  await says(page, '3 of 3006 steps, live');
  await page.locator('#record-3 .lost').first().waitFor({ state: 'attached' });
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.locator('#record-2[aria-selected="true"]').waitFor();
  await page.locator('#step .cause', { hasText: 'the clock is 10 minutes ahead' }).waitFor();

  const fields = page.locator('.field');
  await fields.nth(4).waitFor();
  assert.is(await fields.count(), 7);
  assert.equal(await page.locator('.field[hidden]').allTextContents(), ['tagoctet106']);
  assert.match((await fields.nth(2).textContent()) ?? '', 'msgTypeINTEGER10AS-REQ');
  await fields.nth(1).hover();
  assert.is((await page.locator('#hex .lit').allTextContents()).slice(0, 1).join(), 'a1');
  assert.is(await page.locator('#hex .lit').count(), 10);
  await page.locator('#hex span', { hasText: /^0a$/ }).click();
  await page.locator('.field[aria-selected="true"]', { hasText: 'msgType' }).waitFor();

  // Plaintext has octets of its own, and what a peer sent stays text.
  await fields.nth(4).click();
  await page
    .locator('#octets-title', { hasText: 'opened with alice@CORP.EXAMPLE kvno 2: 11 octets' })
    .waitFor();
  assert.match((await page.locator('#hex').textContent()) ?? '', 'session key');
  assert.is(await page.locator('#hex .sure').count(), 14);
  assert.is(await page.locator('.field img').count(), 0);
  await page.locator('#fields').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowLeft');
  await page.locator('.field[hidden]', { hasText: 'PA-ENC-TS-ENC' }).waitFor({ state: 'attached' });

  const picture = process.env.KERBLAB_PICTURE;
  if (picture !== undefined) await page.screenshot({ path: picture });
  await page.locator('#actors input').first().uncheck();
  await says(page, '2 of 3006 steps, live');
  assert.equal(problems, []);
});

peerTest(
  s,
  'comes back when the connection was cut, and says when the run has ended',
  ['chromium'],
  async () => {
    const recorder = traceRecorder();
    fill(recorder);
    const { page, problems } = await opened(recorder);
    await says(page, '3005 steps, live');
    await server?.close();
    await says(page, '3005 steps, finished');
    assert.equal(problems, []);
  },
);

s.run();
