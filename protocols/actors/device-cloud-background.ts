/**
 * What a device does for Entra while its user works: a token after a sign-in that Active Directory took, a new
 * one when it has got old, and what is kept of a sign-in by Entra for the day without a network.
 */
import { toBase64 } from '../../src/bytes/base64.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { ActorEffect } from '../../src/machine/actor.ts';
import { type Env, type Step, to } from '../../src/machine/machine.ts';
import { bcryptPublicBlob } from '../directory/key-material.ts';
import type { CloudProof } from '../entra/cloud-ap-state.ts';
import { RENEWAL_AGE, userOf, withoutRuns } from './device-cloud.ts';
import { run, signInAsk } from './device-cloud-sign-in.ts';
import type { CloudApCache } from './device-cloud-state.ts';
import { containerState } from './device-hello.ts';
import {
  type DeviceConfig,
  type DeviceStep,
  type Running,
  type WithSession,
  withBase,
  withHello,
} from './device-state.ts';
import { passwordOf } from './logon-session.ts';

/** After every step; changes nothing where there is nothing to be done. */
export function inBackground(config: DeviceConfig, state: Running, env: Env): DeviceStep {
  if (config.hello.tenant === undefined) return to(state);
  if (!('session' in state)) return to(forgotten(state));
  if (state.name !== 'signedIn') return to(state);
  const { user } = state.session.who;
  if (state.session.proof.mechanism === 'cloud') return to(cached(state));
  if (config.hello.join !== 'hybrid' || state.base.cloud.triedFor === user) return to(state);
  const tried = withBase(state, { cloud: { ...state.base.cloud, triedFor: user } });
  const proof = proofOf(state);
  if (proof === undefined) return to(tried);
  const upn = upnOf(state);
  const shown = proof.kind;
  return run(
    config,
    tried,
    { for: 'background', user, shown },
    upn,
    signInAsk(config, upn, proof),
    env,
  );
}

function forgotten(state: Running): Running {
  const { cloud } = state.base;
  if (cloud.triedFor === undefined) return state;
  const { triedFor: _, ...rest } = cloud;
  return withBase(state, { cloud: rest });
}

function upnOf({ session }: WithSession): string {
  const { identity, who } = session;
  return identity.upn ?? `${who.cname.nameString[0]}@${who.realm.toLowerCase()}`;
}

/** What Entra can be shown without asking the user again; undefined: nothing. */
function proofOf({ base, session }: WithSession): CloudProof | undefined {
  const password = passwordOf(session);
  if (password !== undefined) return { kind: 'password', password };
  const { user } = session.who;
  const state = containerState(base.hello, user);
  if (session.proof.mechanism !== 'publicKey' || state.name !== 'released') return undefined;
  const { key, publicKey } = state.container;
  if (session.proof.state.identity.key !== key) return undefined;
  return { kind: 'hello', key, kid: toBase64(digest('sha256', bcryptPublicBlob(publicKey))) };
}

/** What was seen of the user is kept, by the key that it was seen with. */
function cached(state: WithSession): WithSession {
  const { hello } = state.base;
  const { who, identity, proof } = state.session;
  const cache: CloudApCache | undefined = hello.cloud[who.user];
  if (proof.mechanism !== 'cloud' || proof.kid === undefined || cache === undefined) return state;
  const { cachedLogon } = cache;
  if (cachedLogon?.identity === identity && cachedLogon.kid === proof.kid) return state;
  const next = { ...cache, cachedLogon: { who, identity, kid: proof.kid } };
  return withHello(state, { ...hello, cloud: { ...hello.cloud, [who.user]: next } });
}

/** A token that has been there for some hours is exchanged for a new one, while its user goes on. */
export function renewed(config: DeviceConfig, state: WithSession, env: Env): DeviceStep {
  const { user } = state.session.who;
  const { cloud, hello } = state.base;
  const kept = hello.cloud[user];
  if (kept?.prt === undefined || env.now < kept.prt.issued + RENEWAL_AGE) return to(state);
  if (cloud.runs.some(({ purpose }) => userOf(purpose) === user)) return to(state);
  const { tenantId } = config.hello;
  const ask = { kind: 'renew', prt: kept.prt, tenantId } as const;
  const purpose = { for: 'renewal', user, shown: 'hello' } as const;
  return run(config, state, purpose, kept.upn, ask, env);
}

/** A key is gone: nothing may ask it for a signature any more. */
export function withoutKeyRuns(state: WithSession): Step<WithSession, ActorEffect> {
  const { user } = state.session.who;
  const left = withoutRuns(state.base.cloud, (purpose) => userOf(purpose) === user);
  return to(withBase(state, { cloud: left.cloud }), left.effects);
}
