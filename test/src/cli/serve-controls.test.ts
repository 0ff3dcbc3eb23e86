import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { serveControls } from '../../../src/cli/serve-controls.ts';
import { datagrams, driven } from '../drivers/driving.ts';
import { echo } from '../sim/toys.ts';

const s = suite('serve controls');

const octets = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i);

s(
  'the clock moves on, back and to a time; nonsense is refused with what was expected',
  async () => {
    const { driver, clock } = await driven([echo()]);
    const controls = serveControls(clock, driver, { server: { role: 'toy' } }, () => '');
    const now = (answer: ReturnType<typeof controls.clock>): number =>
      answer.ok ? Date.parse((answer.value as { readonly now: string }).now) : Number.NaN;
    const near = (time: number, wanted: number): void =>
      assert.ok(Math.abs(time - wanted) < 1_000, `${time} is not about ${wanted}`);
    near(now(controls.clock({ advance: '30m' })), Date.now() + 1_800_000);
    near(now(controls.clock({ advance: '-30m' })), Date.now());
    near(now(controls.clock({ advance: '+1h' })), Date.now() + 3_600_000);
    near(now(controls.clock({ set: '2026-03-02T08:00:00Z' })), Date.UTC(2026, 2, 2, 8));
    for (const [request, error] of [
      [{ advance: 'soon' }, /^advance: expected a duration such as/],
      [{ advance: '--3m' }, /^advance: expected a duration such as/],
      [{ set: 'noon' }, /^set: expected a UTC time such as/],
    ] as const) {
      const answer = controls.clock(request);
      assert.ok(!answer.ok);
      assert.match(answer.error, error);
    }
    await driver.stop();
  },
);

s('faults: asleep until healed, some lost, and what is no fault', async () => {
  const { driver, clock, port, metrics, trace } = await driven([echo()]);
  const cast = { server: { role: 'toy' } };
  const controls = serveControls(clock, driver, cast, () => metrics.text());
  const asleep = controls.addFault({ fault: 'sleep', actor: 'server' });
  assert.equal(asleep, { ok: true, value: { id: '1' } });
  assert.equal(await datagrams(port, [octets(3)], 100), []);
  const [lost] = trace.of('net');
  assert.match(JSON.stringify(lost?.event), /"reason":"server is asleep"/);
  assert.equal(controls.removeFault('1'), { ok: true, value: { id: '1' } });
  assert.equal(await datagrams(port, [octets(3)], 500), [octets(3)]);

  assert.equal(controls.addFault({ fault: 'loss', actor: 'server', loss: '50%' }), {
    ok: true,
    value: { id: '2' },
  });
  const heard = await datagrams(
    port,
    Array.from({ length: 200 }, () => octets(3)),
    300,
  );
  assert.ok(heard.length > 20 && heard.length < 90, `${heard.length} of 200, a quarter is right`);
  assert.match(controls.metrics(), /^kerblab_datagrams_lost_total 1\d\d$/m);
  controls.removeFault('2');
  assert.equal((await datagrams(port, Array(20).fill(octets(3)), 500)).length, 20);

  for (const [fault, error] of [
    [{ fault: 'sleep', actor: 'sever' }, /unknown actor "sever", nearest is "server"/],
    [{ fault: 'loss', actor: 'server', loss: 'much' }, /expected a percentage/],
    [{ fault: 'loss', actor: 'server' }, /loss/],
    [{ fault: 'fire' }, /^expected \{"fault":"sleep"/],
    ['sleep', /^expected \{"fault":"sleep"/],
    [null, /^expected \{"fault":"sleep"/],
  ] as const) {
    const answer = controls.addFault(fault);
    assert.ok(!answer.ok);
    assert.match(answer.error, error);
  }
  const gone = controls.removeFault('2');
  assert.ok(!gone.ok);
  assert.is(gone.status, 404);
  await driver.stop();
});

s.run();
