/**
 * Programs in remote sessions that open services: with the session's own tickets, with the computer's (Restricted
 * Admin), or with tickets whose keys the client has (Remote Credential Guard).
 */
import type { Env } from '../../src/machine/machine.ts';
import { sentenceOf } from '../kerberos/client.ts';
import type { Finished } from './exchange-state.ts';
import * as exchanges from './exchanges.ts';
import { serviceRequest } from './logon-session.ts';
import type { RdpHostConfig } from './rdp-host-config.ts';
import { guardedTicket } from './rdp-host-guarded-program.ts';
import {
  failed,
  GSS_FLAGS,
  nobodyListens,
  type Place,
  serviceName,
  serviceOf,
  withProgram,
} from './rdp-host-places.ts';
import {
  type HostTurn,
  type ProgramPurpose,
  type Purpose,
  progressed,
  type Running,
  type Session,
  turn,
  validTgt,
} from './rdp-host-state.ts';
import { beginAp } from './service-exchange.ts';

/** `CORP\alice`, or what of it is behind the domain. */
function isCalled({ identity }: Session, as: string): boolean {
  const name = identity.name.toLowerCase();
  const asked = as.toLowerCase();
  return name === asked || name.endsWith(`\\${asked}`) || identity.upn?.toLowerCase() === asked;
}

/** A program of somebody's session wants to open a service. */
export function opens(
  config: RdpHostConfig,
  state: Running,
  as: string,
  target: string,
  env: Env,
): HostTurn {
  const open = Object.values(state.connections).flatMap(({ stage }) =>
    stage.name === 'signedIn' ? [stage.session] : [],
  );
  const all = [...open, ...Object.values(state.disconnected)];
  const session = all.find((one) => isCalled(one, as));
  if (session === undefined) {
    return turn(state, [{ kind: 'note', level: 'cause', text: `${as} has no session here` }]);
  }
  const place: Place = { session: session.identity.name, target };
  const { signIn } = session;
  if (signIn.by === 'remoteCredentialGuard') {
    return guardedTicket(config, state, place, signIn.guard.tgt, env);
  }
  const tgt = signIn.by === 'restrictedAdmin' ? validTgt(state, env) : signIn.tgt;
  if (tgt === undefined) {
    return failed(state, place, 'the computer has no ticket-granting ticket of its own');
  }
  const request = serviceRequest(tgt, serviceName(target), config);
  const purpose: Purpose = { for: 'serviceTicket', ...place };
  const host = withProgram(state, place, { name: 'expectTicket' });
  return progressed(
    host,
    exchanges.beginTgs(host.exchanges, purpose, request, config.exchanges, env),
  );
}

type OfProgram = Finished<Purpose> & { readonly purpose: ProgramPurpose };

export function isOf(finished: Finished<Purpose>): finished is OfProgram {
  return finished.purpose.for === 'serviceTicket' || finished.purpose.for === 'serviceSession';
}

/** An exchange with keys of the host's own is over. */
export function exchanged(
  config: RdpHostConfig,
  state: Running,
  { purpose, outcome }: OfProgram,
): HostTurn {
  if (outcome.kind === 'failed') return failed(state, purpose, sentenceOf(outcome.failure));
  if (outcome.kind === 'ap') {
    const { connection } = outcome;
    return turn(withProgram(state, purpose, { name: 'sessionOpen', connection }));
  }
  if (outcome.kind !== 'tgs') return turn(state);
  const service = serviceOf(config, purpose.target);
  if (service === undefined) return nobodyListens(state, purpose);
  const { credential } = outcome;
  const host = withProgram(state, purpose, { name: 'expectSession' });
  const { session, target } = purpose;
  return progressed(
    host,
    beginAp(
      host.exchanges,
      { for: 'serviceSession', session, target },
      { credential, gssFlags: GSS_FLAGS, learnsTime: config.learnsKdcTime },
      service,
      config.exchanges,
    ),
  );
}
