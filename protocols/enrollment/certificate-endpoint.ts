/**
 * AD FS as a registration authority (MS-OAPXBC 3.2.5.1.4.3): a request under a session's key becomes,
 * when the key in it is the user's, a request to the certification authority that the enrolment agent
 * signs; what the authority issues goes back sealed.
 */
import { equal, utf8 } from '../../src/bytes/bytes.ts';
import { assertNever, type Env } from '../../src/machine/machine.ts';
import { receiptObjection } from '../entra/key-receipt.ts';
import { sessionOf } from '../oauth/issued.ts';
import { jsonObjectOf, textField } from '../oauth/json.ts';
import type { Jws } from '../oauth/jws.ts';
import { holdsAt, JSON_TYPE } from '../oauth/oauth.ts';
import { isOfSession } from '../oauth/session-messages.ts';
import { readRequest } from '../x509/request.ts';
import { agentRequest, finishedAgentRequest, type RequestDraft } from './agent-request.ts';
import { registeredKeys, userSearch } from './directory-objects.ts';
import {
  answered,
  CLOCK_SKEW,
  errorAnswer,
  type Found,
  idToken,
  type Service,
  type ServiceConfig,
  type Session,
  type Told,
  type Turn,
} from './federation-service.ts';
import {
  CERTIFICATE_USE,
  certificateResponse,
  type ReadCertificateRequest,
  readCertificateRequest,
} from './hello-certificate-request.ts';

/** A request for a certificate that waits for somebody else. */
export type Issuing =
  | {
      readonly name: 'expectOwner';
      readonly session: Session;
      readonly request: ReadCertificateRequest;
      /** SubjectPublicKeyInfo of the PKCS#10 request. */
      readonly publicKey: Uint8Array;
    }
  | {
      readonly name: 'expectAgentSignature';
      readonly session: Session;
      readonly clientId: string;
      readonly draft: RequestDraft;
    }
  | { readonly name: 'expectIssued'; readonly session: Session; readonly clientId: string };

type Turned = Turn<Issuing>;

/** @param jws signed with a key of a session; whose, its refresh token says */
export function certificateAsked(
  service: Service,
  jws: Jws,
  config: ServiceConfig,
  { now }: Env,
): Turned {
  const refused = (...error: Parameters<typeof errorAnswer>): Turned =>
    answered(service, errorAnswer(...error));
  const claims = jsonObjectOf(jws.payload);
  if (claims === undefined) return refused('invalid_request', 'the request is no JSON object');
  const session = sessionOf(service.sessions, textField(claims, 'refresh_token') ?? '', now);
  if (session === undefined || textField(claims, 'grant_type') !== 'refresh_token') {
    return refused('invalid_grant', 'there is no primary refresh token that is valid');
  }
  if (!isOfSession(jws, session.sessionKey)) {
    return refused('invalid_grant', 'the request is not signed by a key of its session');
  }
  if (!holdsAt(claims, now, CLOCK_SKEW)) {
    return refused('invalid_grant', 'the request is not valid at this time');
  }
  if (!config.issuesCertificates) {
    return refused('invalid_resource', 'no certificate authority is set for Hello certificates');
  }
  const read = readCertificateRequest(claims);
  if (!read.ok) return refused(read.error, read.reason);
  const csr = readRequest(read.value.csr);
  if (!csr.ok) return refused('invalid_request', `csr: ${csr.reason}`);
  const { publicKey } = csr.value;
  return {
    service,
    outcome: {
      kind: 'ask',
      exchange: { name: 'expectOwner', session, request: read.value, publicKey },
      ask: { kind: 'find', searches: [userSearch(config.domainDn, session.userPrincipalName)] },
    },
  };
}

export function certificateTold(
  service: Service,
  exchange: Issuing,
  event: Exclude<Told, { readonly kind: 'failed' }>,
  config: ServiceConfig,
  env: Env,
): Turned {
  switch (exchange.name) {
    case 'expectOwner':
      if (event.kind !== 'found') break;
      return ownerFound(service, exchange, event.results[0]?.[0], config, env);
    case 'expectAgentSignature': {
      if (event.kind !== 'signed') break;
      const { session, clientId, draft } = exchange;
      const request = finishedAgentRequest(draft, event.signature);
      return {
        service,
        outcome: {
          kind: 'ask',
          exchange: { name: 'expectIssued', session, clientId },
          ask: { kind: 'submit', request, template: config.template },
        },
      };
    }
    case 'expectIssued': {
      if (event.kind !== 'issued') break;
      const { session, clientId } = exchange;
      const token = idToken(config, session, clientId, env.now);
      const response = { chain: event.chain, scope: `openid ${CERTIFICATE_USE}`, idToken: token };
      const body = utf8(certificateResponse(response, session.sessionKey, env.random));
      return answered(service, { status: 200, contentType: JSON_TYPE, body });
    }
    default:
      return assertNever(exchange);
  }
  throw new Error(`${exchange.name} was told ${event.kind}`);
}

/** Before the key has come to the directory, only the receipt of its registration speaks for it. */
function ownerFound(
  service: Service,
  { session, request, publicKey }: Extract<Issuing, { readonly name: 'expectOwner' }>,
  owner: Found | undefined,
  config: ServiceConfig,
  { now }: Env,
): Turned {
  const known =
    owner !== undefined &&
    registeredKeys(owner).some(
      ({ usage, publicKey: registered }) => usage === 'NGC' && equal(registered, publicKey),
    );
  if (!known) {
    const { krctx } = request;
    const objection =
      krctx === undefined
        ? 'and no receipt came with it'
        : receiptObjection(krctx, publicKey, session.objectSid, config.receiptKeys, now);
    if (objection !== undefined) {
      const description = `the key of csr is not in msDS-KeyCredentialLink of ${session.userPrincipalName}, ${objection}`;
      return answered(service, errorAnswer('invalid_request', description));
    }
  }
  const { agent, netbios } = config;
  const draft = agentRequest({
    csr: request.csr,
    requesterName: `${netbios}\\${session.sAMAccountName}`,
    certificate: agent.certificate,
    chain: agent.chain,
    algorithm: agent.algorithm,
  });
  return {
    service,
    outcome: {
      kind: 'ask',
      exchange: { name: 'expectAgentSignature', session, clientId: request.clientId, draft },
      ask: { kind: 'sign', key: agent.key, algorithm: agent.algorithm, data: draft.toBeSigned },
    },
  };
}
