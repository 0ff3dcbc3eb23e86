/** What the control interface of `serve` may steer: the clock, and faults of the listeners. */
import type { Clock } from '../drivers/clock.ts';
import type { Driver } from '../drivers/driver.ts';
import type { Trouble } from '../drivers/troubles.ts';
import {
  actor,
  type Cast,
  check,
  exactly,
  type Infer,
  object,
  percentage,
} from '../schema/schema.ts';
import { DURATION, readDuration, readTime, TIME } from '../schema/units.ts';
import type { Controlled, Controls } from '../trace/routes.ts';
import { TROUBLE_EXAMPLES } from './serve-faults.ts';

const sleep = object({ fault: exactly('it hears nothing', 'sleep'), actor: actor('Who') });
const loss = object({
  fault: exactly('some of its datagrams are lost', 'loss'),
  actor: actor('Whose datagrams'),
  loss: percentage('How many of them'),
});

export function serveControls(
  clock: Clock,
  driver: Driver,
  served: Cast,
  metricsText: () => string,
): Required<Controls> {
  return {
    clock: (request) => moved(clock, request),
    addFault(fault) {
      const read = troubleOf(fault, served);
      return read.ok ? { ok: true, value: { id: driver.trouble(read.value) } } : read;
    },
    removeFault(id) {
      if (driver.heal(id)) return { ok: true, value: { id } };
      return { ok: false, status: 404, error: `no fault ${JSON.stringify(id)} is switched on` };
    },
    metrics: metricsText,
  };
}

/** The new time is the answer. `-30m` goes back. */
function moved(clock: Clock, request: Parameters<Required<Controls>['clock']>[0]): Controlled {
  if ('set' in request) {
    const time = readTime(request.set);
    if (!time.ok) return { ok: false, error: `set: expected ${TIME}: ${time.reason}` };
    clock.set(time.value);
  } else {
    const back = request.advance.startsWith('-');
    const duration = readDuration(request.advance.replace(/^[+-]/, ''));
    if (!duration.ok)
      return { ok: false, error: `advance: expected ${DURATION}: ${duration.reason}` };
    clock.advance(back ? -duration.value : duration.value);
  }
  return { ok: true, value: { now: new Date(clock.now()).toISOString() } };
}

type Read = { readonly ok: true; readonly value: Trouble } | Extract<Controlled, { ok: false }>;

function troubleOf(fault: unknown, served: Cast): Read {
  const named = typeof fault === 'object' && fault !== null && 'fault' in fault && fault.fault;
  if (named === 'sleep') {
    const checked = check(sleep, fault, served);
    if (!checked.ok) return refused(checked.problems);
    return { ok: true, value: { kind: 'sleep', actor: checked.value.actor } };
  }
  if (named === 'loss') {
    const checked = check(loss, fault, served);
    if (!checked.ok) return refused(checked.problems);
    const { actor: name, loss: share }: Infer<typeof loss> = checked.value;
    return { ok: true, value: { kind: 'loss', actor: name, loss: share } };
  }
  return { ok: false, error: `expected ${TROUBLE_EXAMPLES.join(' or ')}` };
}

function refused(problems: readonly { readonly message: string }[]): Read {
  return { ok: false, error: problems.map(({ message }) => message).join('; ') };
}
