/** Each scenario holds, equals its golden trace octet for octet, gives it twice, and replays. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { goldenDifference, goldenText } from '../src/cli/golden.ts';
import { replayed } from '../src/cli/replay.ts';
import { stage } from '../src/cli/stage.ts';
import { addressesOf } from '../src/scenario/cast.ts';
import { editorSchemaText } from '../src/scenario/editor-schema.ts';
import { loadScenario } from '../src/scenario/load.ts';
import { formatReadme } from '../src/scenario/readme.ts';
import { type RunOutcome, runScenario } from '../src/scenario/run.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { readRun } from '../src/trace/read.ts';
import { writeRun } from '../src/trace/run-folder.ts';
import { type TraceRecorder, traceRecorder } from '../src/trace/store.ts';
import { root } from './root.ts';
import { scenarioFiles } from './stories.ts';

const scenarios = suite('scenarios');

/** Stories of passwords and policy, and of Hello keys and certificates; none may go missing unnoticed. */
const NEEDED = [
  'account-lockout',
  'admin-sd-holder',
  'april-2025-update-breaks-key-trust',
  'certificate-trust-no-device-write-back',
  'certificate-trust-sign-in',
  'clock-skew',
  'cloud-trust-domain-admin-refused',
  'cloud-trust-entra-joined',
  'cloud-trust-first-sign-in',
  'cloud-trust-no-line-of-sight',
  'cloud-trust-vs-certificate-trust-policy',
  'dc-unreachable',
  'device-joins',
  'entra-kerberos-key-rotation',
  'entra-kerberos-not-provisioned',
  'etype-mismatch',
  'freshness-token-stale',
  'key-list-ntlm-fallback',
  'key-trust-before-sync',
  'key-trust-sign-in',
  'logon-hours',
  'migrate-certificate-trust-to-cloud-trust',
  'migrate-key-trust-to-cloud-trust',
  'nt-auth-not-trusted',
  'password-sign-in',
  'password-wrong',
  'pin-lockout',
  'protected-users',
  'rdp-card-removed',
  'rdp-dc-certificate-untrusted',
  'rdp-dual-enrollment',
  'rdp-entra-joined-biometric',
  'rdp-hello-certificate',
  'rdp-hello-pin-retry',
  'rdp-hybrid-joined-pin-only',
  'rdp-negotiation-failures',
  'rdp-no-certificate-key-trust',
  'rdp-not-in-remote-desktop-users',
  'rdp-ntlm-fallback',
  'rdp-other-forest',
  'rdp-pin-blocked',
  'rdp-remote-credential-guard',
  'rdp-restricted-admin',
  'renamed-user-salt',
  'revoked-certificate',
  'rodc-password-replication',
  'rogue-domain-controller',
  'security-key-sign-in',
  'smart-card-required',
  'ticket-renewal',
  'two-realms-referral',
  'weak-mapping-full-enforcement',
  'wrong-dh-group',
];

function load(file: string): Scenario {
  return loadScenario(`scenarios/${basename(file)}`, readFileSync(file, 'utf8'), stage);
}

async function play(
  scenario: Scenario,
): Promise<{ readonly outcome: RunOutcome; readonly recorder: TraceRecorder }> {
  const recorder = traceRecorder();
  const { seed } = scenario;
  const outcome = await runScenario({ scenario, seed, chanceFaults: false, recorder }, stage);
  return { outcome, recorder };
}

for (const file of scenarioFiles()) {
  scenarios(`${basename(file)} holds, equals its golden trace, and replays`, async () => {
    const scenario = load(file);
    const { outcome, recorder } = await play(scenario);
    assert.equal(
      outcome.failures.map(({ line, text }) => `${scenario.file}:${line}: ${text}`),
      [],
    );
    const records = recorder.records();
    const again = await play(load(file));
    assert.is(goldenText(again.recorder.records()), goldenText(records), 'twice the same');
    assert.is(goldenDifference(root('test', 'golden'), scenario.name, records), undefined);
    assertReplays(scenario, recorder);
  });
}

/** Writes the run down, reads it back and replays it, as `kerblab replay` does. */
function assertReplays(scenario: Scenario, recorder: TraceRecorder): void {
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-'));
  try {
    const { name, text, seed, start } = scenario;
    const addresses = addressesOf(scenario);
    const head = { v: 1, kerblab: '0', scenario: name, text, seed, start } as const;
    writeRun(folder, recorder, { ...head, complete: true, addresses });
    const outcome = replayed(readRun(folder), stage);
    assert.is(outcome.kind, 'same', JSON.stringify(outcome));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

scenarios('every needed scenario is there, and every one says what it shows', () => {
  const all = scenarioFiles().map(load);
  const names = all.map(({ name }) => name);
  assert.equal(
    NEEDED.filter((name) => !names.includes(name)),
    [],
  );
  for (const { file, about, specs, expect } of all) {
    assert.ok(about.length > 80, `${file}: about is too short to learn from`);
    assert.ok(specs.length > 0, `${file}: which standards does it show?`);
    assert.ok(
      expect.trace.length + Object.keys(expect.end).length > 0,
      `${file}: nothing is expected`,
    );
  }
});

scenarios('scenarios/README.md and the editors’ schema are current', () => {
  const schema = editorSchemaText(stage);
  const hint = 'write it again: node dist/src/cli/main.js list';
  const file = root('scenarios', 'scenario.schema.json');
  assert.is(readFileSync(file, 'utf8'), schema, `${hint} schema > scenarios/scenario.schema.json`);
  const readme = readFileSync(root('scenarios', 'README.md'), 'utf8');
  const format = formatReadme(stage, scenarioFiles().map(load));
  assert.is(readme, format, `${hint} format > scenarios/README.md`);
});

scenarios.run();
