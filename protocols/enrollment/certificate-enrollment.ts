/**
 * How a device gets a sign-in certificate for a Hello key from AD FS (MS-OAPXBC 3.1.5.1): metadata,
 * nonce, primary refresh token for the enterprise (which needs the device to be known there), then the
 * certificate itself. Private keys sign and decrypt by effects; whoever composes this carries HTTP.
 */
import { equal, fromUtf8 } from '../../src/bytes/bytes.ts';
import type { Env, Step } from '../../src/machine/machine.ts';
import { assertNever, to, unexpected } from '../../src/machine/machine.ts';
import { certificatesOnly } from '../cms/signed-data.ts';
import { type JsonObject, jsonObjectOf, listField, textField } from '../oauth/json.ts';
import { readJwe } from '../oauth/jwe.ts';
import { compactJws } from '../oauth/jws.ts';
import { FORM, formBody, readOAuthError } from '../oauth/oauth.ts';
import {
  assertionInput,
  readTokenResponse,
  requestForm,
  tokenRequestInput,
  type UserProof,
} from '../oauth/refresh-token-request.ts';
import { readCertificates } from '../x509/certificate.ts';
import { commonName } from '../x509/profiles.ts';
import { certificationRequestInfo, signedRequest } from '../x509/request.ts';
import {
  CAN_ISSUE,
  type Effect,
  type Enrollment,
  type EnrollmentFailure,
  type EnterprisePrt,
  type Event,
  KNOWS_KDF_2,
  METADATA_PATH,
  type NamedKey,
  type Progress,
  type Stage,
  type State,
  TAKES_RECEIPTS,
  TOKEN_PATH,
} from './enrollment-state.ts';
import { certificateRequest, readCertificateResponse } from './hello-certificate-request.ts';

type Enrolled = Step<State, Effect>;

export function step(state: State, event: Event, env: Env): Enrolled {
  switch (state.name) {
    case 'idle':
      if (event.kind !== 'asked') return unexpected(state, event, 'asked');
      return to({ name: 'expectMetadata', ask: event.enrollment }, [
        { kind: 'request', method: 'GET', path: METADATA_PATH },
      ]);
    case 'expectMetadata':
    case 'expectNonce':
    case 'expectRefreshToken':
    case 'expectCertificate':
      if (event.kind === 'unanswered') return unanswered(state, event.reason);
      if (event.kind !== 'answered') return unexpected(state, event, 'answered', 'unanswered');
      return answered(state, event.status, event.body, env);
    case 'expectAssertion':
    case 'expectRequestSignature':
    case 'expectCsrSignature':
      if (event.kind !== 'signed') return unexpected(state, event, 'signed');
      return signed(state, event.signature, env);
    case 'expectSessionKey':
      if (event.kind !== 'decrypted') return unexpected(state, event, 'decrypted');
      return decrypted(state, event.data);
    case 'done':
    case 'failed':
      return unexpected(state, event);
    default:
      return assertNever(state);
  }
}

type Asking = Extract<
  State,
  { readonly name: 'expectMetadata' | 'expectNonce' | 'expectRefreshToken' | 'expectCertificate' }
>;

const STAGES: Readonly<Record<Asking['name'], Stage>> = {
  expectMetadata: 'metadata',
  expectNonce: 'nonce',
  expectRefreshToken: 'refreshToken',
  expectCertificate: 'certificate',
};

function unanswered(state: Asking, reason: string): Enrolled {
  return failed({ stage: STAGES[state.name], reason }, 'prt' in state ? state.prt : undefined);
}

function failed(failure: EnrollmentFailure, prt?: EnterprisePrt): Enrolled {
  return to({ name: 'failed', failure, ...(prt === undefined ? {} : { prt }) });
}

function answered(state: Asking, status: number, body: Uint8Array, env: Env): Enrolled {
  const stage = STAGES[state.name];
  if (status !== 200) return refused(state, status, body);
  if (state.name === 'expectCertificate') return certified(state, fromUtf8(body));
  const object = jsonObjectOf(body);
  if (object === undefined) return failed({ stage, reason: 'the answer is no JSON object' });
  switch (state.name) {
    case 'expectMetadata':
      return described(state.ask, object);
    case 'expectNonce':
      return challenged(state.progress, object, env);
    case 'expectRefreshToken':
      return granted(state.progress, object, env);
    default:
      return assertNever(state);
  }
}

function refused(state: Asking, status: number, body: Uint8Array): Enrolled {
  const stage = STAGES[state.name];
  const object = jsonObjectOf(body);
  const said = object === undefined ? undefined : readOAuthError(object);
  const failure: EnrollmentFailure =
    said === undefined
      ? { stage, reason: `the server answers with status ${status}` }
      : { stage, error: said.error, reason: said.description };
  return failed(failure, 'prt' in state ? state.prt : undefined);
}

function described(ask: Enrollment, metadata: JsonObject): Enrolled {
  const issuer = textField(metadata, 'issuer');
  const capabilities = (listField(metadata, 'capabilities') ?? []).filter(
    (item): item is string => typeof item === 'string',
  );
  if (issuer === undefined) {
    return failed({ stage: 'metadata', reason: 'the metadata names no issuer' });
  }
  if (!capabilities.includes(CAN_ISSUE)) {
    const reason = `the server’s capabilities do not name ${CAN_ISSUE}`;
    return failed({ stage: 'metadata', reason });
  }
  const body = formBody({ grant_type: 'srv_challenge' });
  return to({ name: 'expectNonce', progress: { ask, issuer, capabilities } }, [
    { kind: 'request', method: 'POST', path: TOKEN_PATH, contentType: FORM, body },
  ]);
}

function challenged(progress: Progress, object: JsonObject, { now }: Env): Enrolled {
  const nonce = textField(object, 'Nonce');
  if (nonce === undefined) return failed({ stage: 'nonce', reason: 'no Nonce in the answer' });
  const { username, proof, hello } = progress.ask;
  if (proof.kind === 'password') {
    return tokenAsked(progress, nonce, { kind: 'password', username, password: proof.password });
  }
  const { kid } = proof;
  const input = assertionInput({ username, kid, audience: progress.issuer, nonce, now });
  return to({ name: 'expectAssertion', progress, nonce, input }, [bySigning(hello, input)]);
}

function bySigning({ key, gesture }: NamedKey, data: Uint8Array): Effect {
  const released = gesture === undefined ? {} : { gesture };
  return { kind: 'sign', key, algorithm: 'RS256', data, ...released };
}

function tokenAsked(progress: Progress, nonce: string, proof: UserProof): Enrolled {
  const { certificate, key } = progress.ask.device;
  const input = tokenRequestInput({ certificate, nonce, proof });
  return to({ name: 'expectRequestSignature', progress, input }, [bySigning({ key }, input)]);
}

type Signing = Extract<
  State,
  { readonly name: 'expectAssertion' | 'expectRequestSignature' | 'expectCsrSignature' }
>;

function signed(state: Signing, signature: Uint8Array, env: Env): Enrolled {
  const { progress } = state;
  switch (state.name) {
    case 'expectAssertion': {
      const { username } = progress.ask;
      const assertion = compactJws(state.input, signature);
      return tokenAsked(progress, state.nonce, { kind: 'assertion', username, assertion });
    }
    case 'expectRequestSignature': {
      const body = formBody(requestForm(compactJws(state.input, signature)));
      return to({ name: 'expectRefreshToken', progress }, [
        { kind: 'request', method: 'POST', path: TOKEN_PATH, contentType: FORM, body },
      ]);
    }
    case 'expectCsrSignature': {
      const csr = signedRequest(state.info, CSR_ALGORITHM, signature);
      return certificateAsked(progress, state.prt, csr, env);
    }
    default:
      return assertNever(state);
  }
}

const CSR_ALGORITHM = 'sha256WithRSAEncryption';

function granted(progress: Progress, object: JsonObject, { now }: Env): Enrolled {
  const answer = readTokenResponse(object);
  const jwe = answer === undefined ? undefined : readJwe(answer.sessionKeyJwe);
  if (answer === undefined || jwe === undefined) {
    return failed({ stage: 'refreshToken', reason: 'the answer is no primary refresh token' });
  }
  const { refreshToken, expiresIn } = answer;
  const prt = { refreshToken, expires: now + expiresIn * 1_000 };
  return to({ name: 'expectSessionKey', progress, prt }, [
    {
      kind: 'decrypt',
      key: progress.ask.transportKey,
      algorithm: 'RSAES-OAEP',
      data: jwe.encryptedKey,
    },
  ]);
}

const SESSION_KEY_SIZE = 32;

function decrypted(
  { progress, prt }: Extract<State, { readonly name: 'expectSessionKey' }>,
  sessionKey: Uint8Array | undefined,
): Enrolled {
  if (sessionKey?.length !== SESSION_KEY_SIZE) {
    const reason = 'the session key is not under this device’s transport key';
    return failed({ stage: 'refreshToken', reason });
  }
  const { username, hello } = progress.ask;
  const info = certificationRequestInfo({
    subject: commonName(username),
    publicKey: hello.publicKey,
  });
  const released = hello.gesture === undefined ? {} : { gesture: hello.gesture };
  return to({ name: 'expectCsrSignature', progress, prt: { ...prt, sessionKey }, info }, [
    { kind: 'sign', key: hello.key, algorithm: CSR_ALGORITHM, data: info, ...released },
  ]);
}

function certificateAsked(
  progress: Progress,
  prt: EnterprisePrt,
  csr: Uint8Array,
  env: Env,
): Enrolled {
  const { capabilities, ask } = progress;
  const { pctx, receipt } = ask;
  const request = certificateRequest(
    {
      refreshToken: prt.refreshToken,
      csr,
      ...(pctx === undefined ? {} : { pctx }),
      ...(receipt === undefined || !capabilities.includes(TAKES_RECEIPTS) ? {} : { receipt }),
    },
    prt.sessionKey,
    capabilities.includes(KNOWS_KDF_2) ? 2 : 1,
    env,
  );
  const body = formBody(requestForm(request));
  return to({ name: 'expectCertificate', progress, prt }, [
    { kind: 'request', method: 'POST', path: TOKEN_PATH, contentType: FORM, body },
  ]);
}

function certified(
  { progress, prt }: Extract<State, { readonly name: 'expectCertificate' }>,
  token: string,
): Enrolled {
  const answer = readCertificateResponse(token, prt.sessionKey);
  const certificates = answer === undefined ? undefined : certificatesOnly(answer.chain);
  if (certificates === undefined) {
    const reason = 'the answer is not sealed under the session key, or holds no certificates';
    return failed({ stage: 'certificate', reason }, prt);
  }
  const { publicKey } = progress.ask.hello;
  const read = readCertificates(certificates);
  const certificate = read.find((candidate) => equal(candidate.publicKey, publicKey));
  if (certificate === undefined) {
    return failed({ stage: 'certificate', reason: 'no certificate is for our key' }, prt);
  }
  const chain = read.filter((other) => other !== certificate);
  return to({ name: 'done', prt, certificate, chain });
}
