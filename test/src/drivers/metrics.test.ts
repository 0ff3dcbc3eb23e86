import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { metrics } from '../../../src/drivers/metrics.ts';

const s = suite('metrics');

s('histograms are cumulative and end in +Inf', () => {
  const counts = metrics();
  for (const seconds of [1e-6, 5e-5, 6e-5, 0.03, 7]) counts.request('AS-REQ', seconds);
  const text = counts.text();
  const bucket = (le: string): number =>
    Number(
      new RegExp(`^kerblab_step_seconds_bucket\\{message="AS-REQ",le="${le}"\\} (\\d+)$`, 'm').exec(
        text,
      )?.[1],
    );
  assert.equal(
    ['0.00005', '0.0001', '0.02', '0.05', '1', '\\+Inf'].map(bucket),
    [2, 3, 3, 4, 4, 5],
  );
  assert.match(text, /^kerblab_step_seconds_count\{message="AS-REQ"\} 5$/m);
  assert.match(text, /^kerblab_step_seconds_sum\{message="AS-REQ"\} 7\.03/m);
  assert.match(text, /^kerblab_requests_total\{message="AS-REQ"\} 5$/m);
});

s('is text that Prometheus reads: HELP and TYPE before each, labels quoted', () => {
  const counts = metrics();
  counts.answer('KRB-ERROR', 'a "quoted"\nname\\');
  counts.count('steps_failed');
  counts.gauge('connections', 'TCP connections.', () => 3);
  const lines = counts.text().split('\n');
  assert.is(lines.at(-1), '');
  let typed = '';
  for (const line of lines.slice(0, -1)) {
    const type = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line);
    if (type !== null) typed = type[1] as string;
    else if (!line.startsWith('# HELP ')) {
      assert.match(line, /^[a-z_]+(\{([a-z]+="([^"\\\n]|\\[\\n"])*",?)+\})? [-+.e\d]+$/);
      assert.ok(line.startsWith(typed), `${line} under ${typed}`);
    }
  }
  assert.ok(lines.includes('kerblab_steps_failed_total 1'));
  assert.ok(lines.includes('kerblab_connections 3'));
  assert.is(counts.counted('steps_failed'), 1);
});

s.run();
