/**
 * CloudAP: how Windows gets a primary refresh token from Entra, with the tickets in it, and a new one every
 * few hours. A nonce; the user's key signs an assertion with it; the device's key signs the request
 * around that; the session key comes under the transport key (MS-OAPXBC 3.1.5.1, whose shapes Entra shares).
 */
import { fromUtf8 } from '../../src/bytes/bytes.ts';
import { assertNever, type Env, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { type JsonObject, jsonObjectOf, textField } from '../oauth/json.ts';
import { readJwe } from '../oauth/jwe.ts';
import { compactJws } from '../oauth/jws.ts';
import { formBody, readOAuthError } from '../oauth/oauth.ts';
import {
  assertionInput,
  BROKER_CLIENT_ID,
  BROKER_SCOPE,
  requestForm,
  tokenRequestInput,
  type UserProof,
} from '../oauth/refresh-token-request.ts';
import { openFromSession, sessionRequest } from '../oauth/session-messages.ts';
import type {
  CloudAsk,
  CloudFailure,
  Draft,
  Effect,
  Event,
  PrimaryRefreshToken,
  State,
} from './cloud-ap-state.ts';
import { entraErrorCode } from './errors.ts';
import { openTgt, type PrtResponse, readPrtResponse } from './prt-messages.ts';
import { securityKeyAssertion, securityKeyDraft } from './security-key.ts';
import { NGC_MFA, tokenPath } from './token.ts';

type CloudStep = Step<State, Effect>;

export const INITIAL: State = { name: 'idle' };

export function step(state: State, event: Event, env: Env): CloudStep {
  switch (state.name) {
    case 'idle':
      if (event.kind !== 'asked') return unexpected(state, event, 'asked');
      return to({ name: 'expectNonce', ask: event.ask }, [
        post(event.ask, formBody({ grant_type: 'srv_challenge' })),
      ]);
    case 'expectNonce':
    case 'expectToken':
      if (event.kind === 'unanswered') {
        return failed({ stage: stageOf(state), reason: event.reason });
      }
      if (event.kind !== 'answered') return unexpected(state, event, 'answered', 'unanswered');
      return answered(state, event.status, event.body, env);
    case 'expectAssertion':
      if (event.kind !== 'signed') return unexpected(state, event, 'signed');
      return asserted(state, event.signature);
    case 'expectRequestSignature': {
      if (event.kind !== 'signed') return unexpected(state, event, 'signed');
      const { ask, input } = state;
      const form = requestForm(compactJws(input, event.signature), true);
      return to({ name: 'expectToken', ask }, [post(ask, formBody(form))]);
    }
    case 'expectSessionKey':
      if (event.kind !== 'decrypted') return unexpected(state, event, 'decrypted');
      return unwrapped(state, event.data);
    case 'done':
    case 'tokenGained':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

function post(ask: CloudAsk, body: Uint8Array): Effect {
  return { kind: 'request', path: tokenPath(ask.tenantId), body };
}

type Waiting = Extract<State, { readonly name: 'expectNonce' | 'expectToken' }>;

function stageOf({ name }: Waiting): CloudFailure['stage'] {
  return name === 'expectNonce' ? 'nonce' : 'token';
}

function failed(failure: CloudFailure): CloudStep {
  return to({ name: 'failed', failure });
}

function answered(state: Waiting, status: number, body: Uint8Array, env: Env): CloudStep {
  const stage = stageOf(state);
  if (status !== 200) return refused(stage, status, body);
  if (state.name === 'expectNonce') {
    const object = jsonObjectOf(body);
    const nonce = object === undefined ? undefined : textField(object, 'Nonce');
    if (nonce === undefined) return failed({ stage, reason: 'there is no Nonce in the answer' });
    return challenged(state.ask, nonce, env);
  }
  return gained(state.ask, body, env);
}

function refused(stage: CloudFailure['stage'], httpStatus: number, body: Uint8Array): CloudStep {
  const object = jsonObjectOf(body);
  const said = object === undefined ? undefined : readOAuthError(object);
  if (object === undefined || said === undefined) {
    return failed({ stage, httpStatus, reason: `Entra answers with status ${httpStatus}` });
  }
  const code = entraErrorCode(object);
  return failed({
    stage,
    httpStatus,
    error: said.error,
    ...(code === undefined ? {} : { code }),
    reason: said.description,
  });
}

function challenged(ask: CloudAsk, nonce: string, env: Env): CloudStep {
  if (ask.kind !== 'signIn') return underSession(ask, nonce, env);
  const { proof, username, tenantId } = ask;
  switch (proof.kind) {
    case 'password': {
      const { password } = proof;
      return requested(ask, nonce, { kind: 'password', username, password });
    }
    case 'hello': {
      const { kid, key, gesture } = proof;
      const audience = tenantId;
      const input = assertionInput({ username, kid, audience, nonce, now: env.now });
      const draft: Draft = { kind: 'hello', input };
      return to({ name: 'expectAssertion', ask, nonce, draft }, [
        signing(key, 'RS256', input, gesture),
      ]);
    }
    case 'securityKey': {
      const { credentialId, counter, key, gesture } = proof;
      const draft = securityKeyDraft(credentialId, nonce, counter);
      return to({ name: 'expectAssertion', ask, nonce, draft: { kind: 'securityKey', draft } }, [
        signing(key, 'ecdsa-with-SHA256', draft.input, gesture),
      ]);
    }
    default:
      return assertNever(proof);
  }
}

function signing(key: string, algorithm: string, data: Uint8Array, gesture?: string): Effect {
  return { kind: 'sign', key, algorithm, data, ...(gesture === undefined ? {} : { gesture }) };
}

function asserted(
  { ask, nonce, draft }: Extract<State, { readonly name: 'expectAssertion' }>,
  signature: Uint8Array,
): CloudStep {
  if (ask.kind !== 'signIn') throw new Error('an assertion for a session that there is already');
  const { username } = ask;
  return draft.kind === 'hello'
    ? requested(ask, nonce, {
        kind: 'assertion',
        username,
        assertion: compactJws(draft.input, signature),
      })
    : requested(ask, nonce, {
        kind: 'securityKey',
        username,
        assertion: securityKeyAssertion(draft.draft, signature),
      });
}

function requested(
  ask: Extract<CloudAsk, { readonly kind: 'signIn' }>,
  nonce: string,
  proof: UserProof,
): CloudStep {
  const { certificate, key } = ask.device;
  const input = tokenRequestInput({ certificate, nonce, proof });
  return to({ name: 'expectRequestSignature', ask, input }, [signing(key, 'RS256', input)]);
}

/** Windows' broker, as it names itself in requests under a session key. */
const BROKER = 'aad:brokerplugin';

function underSession(
  ask: Extract<CloudAsk, { readonly kind: 'renew' | 'token' }>,
  nonce: string,
  { random }: Env,
): CloudStep {
  const { refreshToken, sessionKey } = ask.prt;
  const wanted =
    ask.kind === 'renew'
      ? { client_id: BROKER_CLIENT_ID, scope: BROKER_SCOPE }
      : {
          client_id: ask.clientId,
          scope: 'openid',
          resource: ask.resource,
          ...(ask.freshMfa ? { amr_values: NGC_MFA } : {}),
        };
  const claims = {
    ...wanted,
    iss: BROKER,
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    request_nonce: nonce,
    win_ver: '10.0.22631.3007',
  };
  const form = requestForm(sessionRequest(claims, sessionKey, 2, random), ask.kind === 'renew');
  return to({ name: 'expectToken', ask }, [post(ask, formBody(form))]);
}

/** The token came: in clear with a session key under the transport key, or sealed under the session. */
function gained(ask: CloudAsk, body: Uint8Array, env: Env): CloudStep {
  const bad = (reason: string): CloudStep => failed({ stage: 'token', httpStatus: 200, reason });
  if (ask.kind !== 'signIn') {
    const opened = openFromSession(fromUtf8(body), ask.prt.sessionKey);
    const object = opened === undefined ? undefined : jsonObjectOf(opened);
    if (object === undefined) return bad('the answer is not sealed under the session key');
    if (ask.kind === 'token') return tokenGained(ask.resource, object);
    const answer = readPrtResponse(object);
    if (answer === undefined) return bad('there is no refresh token in the answer');
    return to({ name: 'done', prt: prtOf(answer, ask.prt.sessionKey, env.now) });
  }
  const answer = prtAnswer(body);
  if (answer?.sessionKeyJwe === undefined) return bad('there is no session key in the answer');
  const jwe = readJwe(answer.sessionKeyJwe);
  if (jwe === undefined) return bad('session_key_jwe is no JWE');
  const key = ask.device.transportKey;
  return to({ name: 'expectSessionKey', ask, answer: body, received: env.now }, [
    { kind: 'decrypt', key, algorithm: 'RSAES-OAEP', data: jwe.encryptedKey },
  ]);
}

function prtAnswer(body: Uint8Array): PrtResponse | undefined {
  const object = jsonObjectOf(body);
  return object === undefined ? undefined : readPrtResponse(object);
}

function tokenGained(resource: string, object: JsonObject): CloudStep {
  const accessToken = textField(object, 'access_token');
  if (accessToken !== undefined) return to({ name: 'tokenGained', accessToken, resource });
  return failed({ stage: 'token', httpStatus: 200, reason: 'there is no access_token' });
}

const SESSION_KEY_SIZE = 32;

function unwrapped(
  { answer, received }: Extract<State, { readonly name: 'expectSessionKey' }>,
  sessionKey: Uint8Array | undefined,
): CloudStep {
  const read = prtAnswer(answer);
  if (read === undefined || sessionKey?.length !== SESSION_KEY_SIZE) {
    const reason = 'the session key does not open with the transport key';
    return failed({ stage: 'token', httpStatus: 200, reason });
  }
  return to({ name: 'done', prt: prtOf(read, sessionKey, received) });
}

function prtOf(answer: PrtResponse, sessionKey: Uint8Array, now: number): PrimaryRefreshToken {
  const { refreshToken, expiresIn, idToken, tgtAd, tgtCloud } = answer;
  return {
    refreshToken,
    sessionKey,
    issued: now,
    expires: now + expiresIn * 1_000,
    idToken,
    ...(tgtAd === undefined ? {} : { tgtAd: openTgt(tgtAd, sessionKey) }),
    ...(tgtCloud === undefined ? {} : { tgtCloud: openTgt(tgtCloud, sessionKey) }),
  };
}
