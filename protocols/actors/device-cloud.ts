/**
 * A device's ways to primary refresh tokens: the machine of `protocols/entra/cloud-ap.ts` with HTTP below it,
 * and the cache that the tokens and their tickets go into.
 */
import type { ActorEffect, ActorEvent, Json } from '../../src/machine/actor.ts';
import { assertNever, type Env } from '../../src/machine/machine.ts';
import * as cloudAp from '../entra/cloud-ap.ts';
import type {
  CloudAsk,
  CloudFailure,
  Effect,
  Event,
  PrimaryRefreshToken,
} from '../entra/cloud-ap-state.ts';
import type { FailedAttempt } from '../entra/dsreg-status.ts';
import { TOKEN_HOST, TOKEN_REQUEST_NAME, TOKEN_TIMEOUT } from '../entra/key-registration.ts';
import type { OpenedTgt } from '../entra/prt-messages.ts';
import * as http from '../http/client.ts';
import { request } from '../http/messages.ts';
import { FORM } from '../oauth/oauth.ts';
import type {
  Cloud,
  CloudApCache,
  CloudPurpose,
  CloudRun,
  KeptTgt,
  Shown,
} from './device-cloud-state.ts';

const HTTPS_PORT = 443;

/** Windows asks for a new token when the one that there is has been there for four hours. */
export const RENEWAL_AGE = 4 * 3_600_000;

export interface CloudProgress {
  readonly cloud: Cloud;
  readonly effects: readonly ActorEffect[];
  /** A run that has come to its end. */
  readonly finished?: { readonly run: CloudRun; readonly outcome: CloudOutcome };
}

export type CloudOutcome =
  | { readonly kind: 'gained'; readonly prt: PrimaryRefreshToken }
  | { readonly kind: 'token'; readonly accessToken: string }
  | { readonly kind: 'failed'; readonly failure: CloudFailure };

export function beginRun(
  cloud: Cloud,
  purpose: CloudPurpose,
  upn: string,
  ask: CloudAsk,
  tenant: string,
  env: Env,
): CloudProgress {
  const id = `cloud/${cloud.count}`;
  const run: CloudRun = { id, purpose, upn, machine: cloudAp.INITIAL, calls: 0 };
  const begun = { ...cloud, count: cloud.count + 1, runs: [...cloud.runs, run] };
  return stepped(begun, run, { kind: 'asked', ask }, tenant, env);
}

/** Undefined: the event is about no run. @param tenant whom runs call */
export function runHeard(
  cloud: Cloud,
  event: ActorEvent,
  tenant: string,
  env: Env,
): CloudProgress | undefined {
  for (const run of cloud.runs) {
    if ((event.kind === 'signed' || event.kind === 'decrypted') && event.id === run.id) {
      const { id: _, ...result } = event;
      return stepped(cloud, run, result, tenant, env);
    }
    const { call } = run;
    if (call === undefined || !http.concerns(call.call, event)) continue;
    const { state, effects } = http.step(call, event);
    const next = called(cloud, { ...run, call: state }, state, tenant, env);
    return { ...next, effects: [...effects, ...next.effects] };
  }
  return undefined;
}

/** Ends runs before their time: what is to be undone. */
export function withoutRuns(
  cloud: Cloud,
  gone: (purpose: CloudPurpose) => boolean,
): { readonly cloud: Cloud; readonly effects: readonly ActorEffect[] } {
  const ended = cloud.runs.filter(({ purpose }) => gone(purpose));
  const effects = ended.flatMap(({ call }) => (call === undefined ? [] : http.abandon(call)));
  return { cloud: { ...cloud, runs: cloud.runs.filter(({ purpose }) => !gone(purpose)) }, effects };
}

function called(
  cloud: Cloud,
  run: CloudRun,
  state: http.State,
  tenant: string,
  env: Env,
): CloudProgress {
  if (state.name !== 'answered' && state.name !== 'failed') {
    return { cloud: replaced(cloud, run), effects: [] };
  }
  const { call: _, ...rest } = run;
  const event: Event =
    state.name === 'answered'
      ? { kind: 'answered', status: state.response.status, body: state.response.body }
      : { kind: 'unanswered', reason: state.reason };
  return stepped(cloud, rest, event, tenant, env);
}

function replaced(cloud: Cloud, run: CloudRun): Cloud {
  return { ...cloud, runs: cloud.runs.map((one) => (one.id === run.id ? run : one)) };
}

function stepped(
  cloud: Cloud,
  run: CloudRun,
  event: Event,
  tenant: string,
  env: Env,
): CloudProgress {
  const { state: machine, effects: wanted } = cloudAp.step(run.machine, event, env);
  let next: CloudRun = { ...run, machine };
  const effects: ActorEffect[] = [];
  for (const effect of wanted) {
    const carried = carriedOut(next, effect, tenant);
    next = carried.run;
    effects.push(...carried.effects);
  }
  if (machine.name === 'done') {
    return ended(cloud, next, { kind: 'gained', prt: machine.prt }, effects);
  }
  if (machine.name === 'tokenGained') {
    return ended(cloud, next, { kind: 'token', accessToken: machine.accessToken }, effects);
  }
  if (machine.name === 'failed') {
    return ended(cloud, next, { kind: 'failed', failure: machine.failure }, effects);
  }
  return { cloud: replaced(cloud, next), effects };
}

function ended(
  cloud: Cloud,
  run: CloudRun,
  outcome: CloudOutcome,
  effects: readonly ActorEffect[],
): CloudProgress {
  const runs = cloud.runs.filter(({ id }) => id !== run.id);
  return { cloud: { ...cloud, runs }, effects, finished: { run, outcome } };
}

function carriedOut(
  run: CloudRun,
  effect: Effect,
  tenant: string,
): { readonly run: CloudRun; readonly effects: readonly ActorEffect[] } {
  switch (effect.kind) {
    case 'request': {
      const { state, effects } = http.begin({
        id: `${run.id}/${run.calls}`,
        to: tenant,
        port: HTTPS_PORT,
        message: TOKEN_REQUEST_NAME,
        request: request('POST', TOKEN_HOST, effect.path, { 'Content-Type': FORM }, effect.body),
        ...(run.purpose.for === 'keyRegistration' ? { timeout: TOKEN_TIMEOUT } : {}),
      });
      return { run: { ...run, calls: run.calls + 1, call: state }, effects };
    }
    case 'sign':
    case 'decrypt':
      return { run, effects: [{ ...effect, id: run.id } as ActorEffect] };
    case 'rejected':
      return { run, effects: [effect] };
    default:
      return assertNever(effect);
  }
}

/** A user's cache with a token that has just come. */
export function withToken(
  before: CloudApCache | undefined,
  { upn, purpose }: CloudRun,
  { tgtAd, tgtCloud, ...prt }: PrimaryRefreshToken,
  authority: string,
): CloudApCache {
  const { cachedLogon } = before ?? {};
  return {
    user: userOf(purpose),
    upn,
    authority,
    prt,
    ...(tgtAd === undefined ? {} : { tgtAd: keptTgt(tgtAd) }),
    ...(tgtCloud === undefined ? {} : { tgtCloud: keptTgt(tgtCloud) }),
    ...(cachedLogon === undefined ? {} : { cachedLogon }),
  };
}

function keptTgt(opened: OpenedTgt): KeptTgt {
  if (opened.kind !== 'ticket') return opened;
  const { kind, credential, clientKey, field } = opened;
  return { kind, credential, clientKey, field };
}

export function userOf(purpose: CloudPurpose): string {
  return 'user' in purpose ? purpose.user : purpose.who.user;
}

const CREDENTIAL_TYPES: Readonly<Record<Shown, string>> = {
  password: 'Password',
  hello: 'NGC',
  securityKey: 'FIDO',
};

/** STATUS_LOGON_FAILURE, and that nobody was reached. */
const REFUSED = '0xc000006d';
const UNREACHED = '0xc00000be';

/** A failure as dsregcmd tells it. @param correlationId a GUID */
export function failedAttempt(
  { upn, purpose }: CloudRun,
  { httpStatus = 0, code, error, reason }: CloudFailure,
  { endpoint, time, correlationId }: Pick<FailedAttempt, 'endpoint' | 'time' | 'correlationId'>,
): FailedAttempt {
  const said = code === undefined ? error : `AADSTS${code}`;
  return {
    wanted: purpose.for === 'renewal' ? 'Refresh' : 'Acquire',
    time,
    status: httpStatus === 0 ? UNREACHED : REFUSED,
    user: upn,
    credentialType: CREDENTIAL_TYPES[purpose.shown],
    correlationId,
    endpoint,
    httpError: httpStatus === 0 ? http.WinHttpError.ERROR_WINHTTP_CANNOT_CONNECT : 0,
    httpStatus,
    ...(said === undefined ? {} : { serverErrorCode: said }),
    ...(httpStatus === 0 ? {} : { serverErrorDescription: reason }),
  };
}

/** What `expect.end` and `show` may look at; absent where Entra gave nothing. */
export function cloudView(cache: CloudApCache | undefined): { readonly cloudAp?: Json } {
  if (cache === undefined) return {};
  const { prt, tgtAd, tgtCloud, cachedLogon, failed } = cache;
  return {
    cloudAp: {
      azureAdPrt: prt === undefined ? 'NO' : 'YES',
      ...(prt === undefined ? {} : { expires: new Date(prt.expires).toISOString() }),
      onPremTgt: tgtAd?.kind === 'ticket' ? 'YES' : 'NO',
      cloudTgt: tgtCloud?.kind === 'ticket' ? 'YES' : 'NO',
      cachedLogon: cachedLogon !== undefined,
      ...(failed === undefined ? {} : { failed: failed.serverErrorCode ?? failed.status }),
    },
  };
}
