/** What `expect.end` and `show` may look at of a device. */
import type { Json } from '../../src/machine/actor.ts';
import * as certificate from './device-certificate.ts';
import { cloudView } from './device-cloud.ts';
import { helloView } from './device-hello.ts';
import { joinView } from './device-join.ts';
import type { DeviceConfig, State } from './device-state.ts';
import * as exchanges from './exchanges.ts';
import { ticketView } from './logon-session.ts';
import { desktopsView } from './remote-desktop.ts';

export function view(config: DeviceConfig, state: State): Json {
  if (state.name === 'off') return { state: 'off' };
  const { base } = state;
  const { computer } = base;
  const common = {
    state: state.name,
    computer:
      computer.name === 'signedIn'
        ? { state: computer.name, tgt: ticketView(computer.tgt) }
        : computer.name === 'failed'
          ? { state: computer.name, reason: computer.reason }
          : { state: computer.name },
    clockOffset: base.exchanges.offset / 1_000,
    exchanges: exchanges.describe(base.exchanges),
    ...(base.failure === undefined ? {} : { failure: base.failure }),
    ...certificate.certificationView(base.certification),
    ...joinView(base),
  };
  if (!('session' in state)) return { ...common, ...helloView(base.hello) };
  const { who, identity, cache, opened, ntHash } = state.session;
  return {
    ...common,
    ...desktopsView(config, state),
    user: who.user,
    identity: { ...identity },
    tickets: cache.map(ticketView),
    ...(ntHash === undefined ? {} : { ntHash: 'from a key list' }),
    ...cloudView(base.hello.cloud[who.user]),
    opened: Object.entries(opened).map(([service, one]) => ({
      service,
      state: one.name,
      ...('mechanism' in one ? { mechanism: one.mechanism } : {}),
    })),
    ...helloView(base.hello),
  };
}
