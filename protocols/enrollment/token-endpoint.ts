/**
 * The token endpoint of AD FS as brokers of Windows use it (MS-OAPXBC 3.2.5.1): nonces, primary refresh
 * tokens for users at devices that the directory knows, and sign-in certificates. One exchange a
 * request: what it waits for is a question to others.
 */
import { fromBase64 } from '../../src/bytes/base64.ts';
import { equal } from '../../src/bytes/bytes.ts';
import { assertNever, type Env } from '../../src/machine/machine.ts';
import { withNonce, withoutNonce, withSession } from '../oauth/issued.ts';
import { jsonObjectOf, textField } from '../oauth/json.ts';
import { CONTENT_KEY_SIZE, keyJwe } from '../oauth/jwe.ts';
import { isSignedBy, readJws } from '../oauth/jws.ts';
import { holdsAt, readForm } from '../oauth/oauth.ts';
import {
  JWT_BEARER,
  type ReadTokenRequest,
  type RequestProof,
  readTokenRequest,
  tokenResponse,
} from '../oauth/refresh-token-request.ts';
import { type Certificate, readCertificate } from '../x509/certificate.ts';
import { certificateAsked, certificateTold, type Issuing } from './certificate-endpoint.ts';
import {
  deviceSearch,
  isEnabled,
  registeredKeys,
  userOf,
  userSearch,
} from './directory-objects.ts';
import {
  answered,
  CLOCK_SKEW,
  errorAnswer,
  type Found,
  idToken,
  issuerOf,
  jsonAnswer,
  type Service,
  type ServiceConfig,
  type Session,
  type Told,
  type Turn,
} from './federation-service.ts';

/** AD FS takes passwords and Hello keys; certificates and security keys of users are for Entra. */
type TakenProof = Extract<RequestProof, { readonly kind: 'password' | 'assertion' }>;

/** A request that waits for somebody else. */
export type Exchange =
  | {
      readonly name: 'expectDevice';
      readonly request: Omit<ReadTokenRequest, 'proof'> & { readonly proof: TakenProof };
      readonly certificate: Certificate;
    }
  | {
      readonly name: 'expectLogOn';
      readonly session: Omit<Session, 'sessionKey' | 'expires'>;
      readonly transportKey: Uint8Array;
      readonly clientId: string;
    }
  | Issuing;

/** Seconds: seven days, as in MS-OAPXBC's example. */
export const REFRESH_TOKEN_LIFETIME = 604_800;

type Turned = Turn<Exchange>;

/** A POST to the endpoint. */
export function posted(
  service: Service,
  body: Uint8Array,
  config: ServiceConfig,
  env: Env,
): Turned {
  const form = readForm(body);
  if (form === undefined) {
    return answered(service, errorAnswer('invalid_request', 'a parameter stands twice'));
  }
  switch (form.grant_type) {
    case 'srv_challenge': {
      const { nonces, nonce } = withNonce(service.nonces, env);
      return answered({ ...service, nonces }, jsonAnswer({ Nonce: nonce }));
    }
    case JWT_BEARER: {
      const jws = readJws(form.request ?? '');
      if (jws === undefined) {
        return answered(service, errorAnswer('invalid_request', 'the request is no signed JWT'));
      }
      return textField(jws.header, 'alg') === 'HS256'
        ? certificateAsked(service, jws, config, env)
        : tokenAsked(service, jws, config, env);
    }
    default:
      return answered(
        service,
        errorAnswer('unsupported_grant_type', `${form.grant_type} is not taken here`),
      );
  }
}

/** What was asked for came. */
export function told(
  service: Service,
  exchange: Exchange,
  event: Told,
  config: ServiceConfig,
  env: Env,
): Turned {
  if (event.kind === 'failed') {
    return answered(service, errorAnswer('server_error', event.reason));
  }
  switch (exchange.name) {
    case 'expectDevice':
      if (event.kind !== 'found') break;
      return looked(service, exchange, event.results, config, env);
    case 'expectLogOn':
      if (event.kind !== 'loggedOn') break;
      return event.ok
        ? granted(service, exchange, config, env)
        : answered(service, errorAnswer('invalid_grant', event.reason));
    case 'expectOwner':
    case 'expectAgentSignature':
    case 'expectIssued':
      return certificateTold(service, exchange, event, config, env);
    default:
      return assertNever(exchange);
  }
  throw new Error(`${exchange.name} was told ${event.kind}`);
}

function tokenAsked(
  before: Service,
  jws: Parameters<typeof readTokenRequest>[0],
  { domainDn }: ServiceConfig,
  env: Env,
): Turned {
  const read = readTokenRequest(jws);
  if (!read.ok) return answered(before, errorAnswer('invalid_request', read.reason));
  const request = read.value;
  const certificate = readCertificate(request.certificate);
  if (!certificate.ok) return answered(before, errorAnswer('invalid_request', certificate.reason));
  if (!isSignedBy(jws, certificate.value.publicKey)) {
    const description = 'the request is not signed by the key of its certificate';
    return answered(before, errorAnswer('invalid_grant', description));
  }
  const nonces = withoutNonce(before.nonces, request.nonce, env.now);
  if (nonces === undefined) {
    const description = 'the nonce was not given away here in the last ten minutes, or was used';
    return answered(before, errorAnswer('invalid_grant', description));
  }
  const { proof } = request;
  if (proof.kind !== 'password' && proof.kind !== 'assertion') {
    const description = `a proof by ${proof.kind} is not taken here`;
    return answered({ ...before, nonces }, errorAnswer('invalid_grant', description));
  }
  return {
    service: { ...before, nonces },
    outcome: {
      kind: 'ask',
      exchange: {
        name: 'expectDevice',
        request: { ...request, proof },
        certificate: certificate.value,
      },
      ask: {
        kind: 'find',
        searches: [deviceSearch(domainDn, certificate.value), userSearch(domainDn, proof.username)],
      },
    },
  };
}

/** Why a device cannot be authenticated, or the key that its session keys go under. */
function deviceKey(
  devices: readonly Found[],
  certificate: Certificate,
): { readonly key: Uint8Array } | { readonly reason: string } {
  const [device, another] = devices;
  const subject = certificate.subject.text;
  if (device === undefined) {
    return {
      reason: `the device ${subject} cannot be authenticated: no msDS-Device object of the directory has its certificate, as when devices are not written back`,
    };
  }
  if (another !== undefined) return { reason: `several msDS-Device objects have ${subject}` };
  if (!isEnabled(device)) return { reason: `the device ${subject} is disabled` };
  const transport = registeredKeys(device).find(({ usage }) => usage === 'STK');
  if (transport === undefined) return { reason: `the device ${subject} has no transport key` };
  return { key: transport.publicKey };
}

function looked(
  service: Service,
  { request, certificate }: Extract<Exchange, { readonly name: 'expectDevice' }>,
  [devices = [], users = []]: readonly (readonly Found[])[],
  config: ServiceConfig,
  env: Env,
): Turned {
  const refused = (reason: string): Turned =>
    answered(service, errorAnswer('invalid_grant', reason));
  const device = deviceKey(devices, certificate);
  if ('reason' in device) return refused(device.reason);
  const { proof, clientId } = request;
  const [entry, another] = users;
  const user = entry === undefined || another !== undefined ? undefined : userOf(entry);
  if (entry === undefined || user === undefined) {
    return refused(`no user of the directory is ${proof.username}`);
  }
  const session = { ...user, device: certificate.subject.text };
  const exchange = {
    name: 'expectLogOn',
    session,
    transportKey: device.key,
    clientId,
  } as const;
  if (proof.kind === 'password') {
    const { username: name, password } = proof;
    return { service, outcome: { kind: 'ask', exchange, ask: { kind: 'logOn', name, password } } };
  }
  const objection = assertionObjection(proof.assertion, request.nonce, entry, config, env);
  return objection === undefined ? granted(service, exchange, config, env) : refused(objection);
}

/** What is wrong with an assertion of a user's key (MS-OAPXBC 3.2.5.1.2.3). */
function assertionObjection(
  assertion: string,
  nonce: string,
  user: Found,
  config: ServiceConfig,
  { now }: Env,
): string | undefined {
  const jws = readJws(assertion);
  const claims = jws === undefined ? undefined : jsonObjectOf(jws.payload);
  if (jws === undefined || claims === undefined) return 'the assertion is no JWT';
  if (textField(jws.header, 'use') !== 'ngc') return 'the assertion’s use is not ngc';
  const kid = fromBase64(textField(jws.header, 'kid') ?? '');
  const key = registeredKeys(user).find(
    ({ usage, keyId }) => usage === 'NGC' && kid !== undefined && equal(keyId, kid),
  );
  if (key === undefined) return 'the key of the assertion is not in msDS-KeyCredentialLink';
  if (!isSignedBy(jws, key.publicKey))
    return 'the assertion is not signed by the key that it names';
  if (textField(claims, 'aud') !== issuerOf(config)) return 'the assertion is for somebody else';
  if (!holdsAt(claims, now, CLOCK_SKEW)) return 'the assertion is not valid at this time';
  // The signing device need not be the one that registered the key: CVE-2023-35348.
  if (textField(claims, 'request_nonce') !== nonce) {
    return 'the nonce of the assertion is not that of the request';
  }
  return undefined;
}

function granted(
  before: Service,
  { session: known, transportKey, clientId }: Extract<Exchange, { readonly name: 'expectLogOn' }>,
  config: ServiceConfig,
  env: Env,
): Turned {
  const sessionKey = env.random(CONTENT_KEY_SIZE);
  const expires = env.now + REFRESH_TOKEN_LIFETIME * 1_000;
  const session: Session = { ...known, sessionKey, expires };
  const { sessions, refreshToken } = withSession(before.sessions, session, env);
  const service = { ...before, sessions };
  const sessionKeyJwe = keyJwe(transportKey, sessionKey, env.random);
  if (sessionKeyJwe === undefined) {
    const description = 'the transport key of the device is no RSA key';
    return answered(before, errorAnswer('invalid_grant', description));
  }
  const answer = tokenResponse({
    refreshToken,
    expiresIn: REFRESH_TOKEN_LIFETIME,
    sessionKeyJwe,
    idToken: idToken(config, session, clientId, env.now),
  });
  return answered(service, jsonAnswer(answer));
}
