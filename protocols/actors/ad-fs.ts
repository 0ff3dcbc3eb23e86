/**
 * AD FS as a registration authority: primary refresh tokens for users at devices that the directory
 * knows, and sign-in certificates for their Hello keys. It asks the directory as its service account,
 * and the certification authority with its agent's signature.
 */
import { fromUtf8 } from '../../src/bytes/bytes.ts';
import type { ActorEffect, ActorEnv, ActorEvent, Json } from '../../src/machine/actor.ts';
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { role } from '../../src/scenario/role.ts';
import { METADATA_PATH, TOKEN_PATH } from '../enrollment/enrollment-state.ts';
import {
  type Answer,
  type Ask,
  jsonAnswer,
  NOTHING_ISSUED,
  type Service,
  type Told,
  type Turn,
} from '../enrollment/federation-service.ts';
import { metadata } from '../enrollment/metadata.ts';
import { type Exchange, posted, told } from '../enrollment/token-endpoint.ts';
import { TOKEN_RESPONSE_NAME } from '../entra/answers.ts';
import { httpFraming } from '../http/framing.ts';
import { request, response } from '../http/messages.ts';
import { asked, errorResponse, malformedRequest, respond } from '../http/server.ts';
import { type AdFsConfig, adFsConfig } from './ad-fs-config.ts';
import { adFsFields } from './ad-fs-fields.ts';
import { CERTIFICATE_REQUEST_NAME, HTTP_PORT, REQUEST_PATH } from './authority-answers.ts';
import { found, loggedOn, searchOperation } from './directory-questions.ts';
import {
  type Carrying,
  carried,
  type Errands,
  isLate,
  NO_ERRANDS,
  type Outcome,
  withCall,
  withSession,
} from './errands.ts';

export const HTTPS_PORT = 443;

/** The connection whose request waits. */
interface Purpose {
  readonly kind: Ask['kind'];
  readonly connection: string;
}

interface Ready {
  readonly name: 'ready';
  readonly service: Service;
  readonly exchanges: Readonly<Record<string, Exchange>>;
  readonly errands: Errands<Purpose>;
}

type State = { readonly name: 'off' } | Ready;
type Next = Step<State, ActorEffect>;

const ROUTES = [
  { method: 'GET', path: METADATA_PATH, gives: 'metadata' },
  { method: 'POST', path: TOKEN_PATH, gives: 'token' },
] as const;

function step(config: AdFsConfig, state: State, event: ActorEvent, env: ActorEnv): Next {
  if (state.name === 'off') {
    if (event.kind !== 'started') return unexpected(state, event, 'started');
    const ready: Ready = {
      name: 'ready',
      service: NOTHING_ISSUED,
      exchanges: {},
      errands: NO_ERRANDS,
    };
    return to(ready, [
      { kind: 'listen', transport: 'tcp', port: HTTPS_PORT, framing: httpFraming.name },
    ]);
  }
  const next = carried(state.errands, event);
  if (next !== undefined) return errandHeard(config, state, next, env);
  switch (event.kind) {
    case 'received':
      return event.connection === undefined
        ? to(state)
        : requested(config, state, event.connection, event.bytes, env);
    case 'malformed': {
      const refusal = errorResponse(malformedRequest(event.reason));
      return to(state, respond(event.connection, refusal));
    }
    case 'accepted':
      return to(state);
    case 'closed': {
      if (isLate(event)) return to(state);
      const { [event.connection]: _, ...exchanges } = state.exchanges;
      return to({ ...state, exchanges });
    }
    case 'signed':
      return answerHeard(config, state, event.id, event, env);
    case 'expired':
      return to(state);
    case 'started':
    case 'told':
    case 'connected':
    case 'secured':
    case 'commanded':
    case 'generated':
    case 'decrypted':
      return unexpected(state, event, 'received');
    default:
      return assertNever(event);
  }
}

function requested(
  config: AdFsConfig,
  state: Ready,
  connection: string,
  bytes: Uint8Array,
  env: ActorEnv,
): Next {
  const read = asked(bytes, ROUTES);
  if (!read.ok) return to(state, respond(connection, errorResponse(read)));
  if (read.route.gives === 'metadata') {
    return to(state, said(connection, jsonAnswer(metadata(config.service))));
  }
  const turn = posted(state.service, read.request.body, config.service, env);
  return turned(config, state, connection, turn);
}

/** @param message its name in traces, where it has one of its own */
function said(connection: string, answer: Answer, message?: string): readonly ActorEffect[] {
  const { status, contentType, body, cause } = answer;
  const fields = { 'Content-Type': contentType, 'Cache-Control': 'no-store' };
  return [
    ...(cause === undefined ? [] : [{ kind: 'note', level: 'cause', text: cause } as const]),
    ...respond(connection, response(status, fields, body), message),
  ];
}

function turned(
  config: AdFsConfig,
  state: Ready,
  connection: string,
  { service, outcome }: Turn<Exchange>,
): Next {
  const { [connection]: _, ...others } = state.exchanges;
  if (outcome.kind === 'answer') {
    return to(
      { ...state, service, exchanges: others },
      said(connection, outcome.answer, TOKEN_RESPONSE_NAME),
    );
  }
  const exchanges = { ...others, [connection]: outcome.exchange };
  const { ask } = outcome;
  if (ask.kind === 'sign') {
    return to({ ...state, service, exchanges }, [{ ...ask, id: connection }]);
  }
  const { errands, effects } = sentOut(config, state.errands, { kind: ask.kind, connection }, ask);
  return to({ ...state, service, exchanges, errands }, effects);
}

function sentOut(
  { access, authority }: AdFsConfig,
  errands: Errands<Purpose>,
  purpose: Purpose,
  ask: Exclude<Ask, { readonly kind: 'sign' }>,
): Carrying<Purpose> {
  switch (ask.kind) {
    case 'find': {
      const operations = ask.searches.map(searchOperation);
      return withSession(errands, purpose, { to: access.server, bind: access.bind, operations });
    }
    case 'logOn': {
      const { name, password } = ask;
      const bind = { name, password };
      return withSession(errands, purpose, { to: access.server, bind, operations: [] });
    }
    case 'submit': {
      const path = `${REQUEST_PATH}?CertificateTemplate=${encodeURIComponent(ask.template)}`;
      const fields = { 'Content-Type': 'application/pkcs7-mime; smime-type=signed-data' };
      return withCall(errands, purpose, {
        to: authority.actor,
        port: HTTP_PORT,
        message: CERTIFICATE_REQUEST_NAME,
        request: request('POST', authority.host, path, fields, ask.request),
      });
    }
    default:
      return assertNever(ask);
  }
}

function errandHeard(
  config: AdFsConfig,
  before: Ready,
  { errands, effects, finished }: Carrying<Purpose>,
  env: ActorEnv,
): Next {
  const state = { ...before, errands };
  if (finished === undefined) return to(state, effects);
  const { purpose, outcome } = finished;
  const next = answerHeard(config, state, purpose.connection, toldBy(purpose, outcome), env);
  return to(next.state, [...effects, ...next.effects]);
}

function toldBy({ kind }: Purpose, outcome: Outcome): Told {
  switch (kind) {
    case 'find':
      return found(outcome);
    case 'logOn':
      return loggedOn(outcome);
    case 'submit': {
      if (outcome.kind !== 'http') {
        const reason = outcome.kind === 'failed' ? outcome.reason : 'no authority answered';
        return { kind: 'failed', reason };
      }
      const { status, body } = outcome.response;
      if (status === 200) return { kind: 'issued', chain: body };
      return { kind: 'failed', reason: `the certification authority: ${fromUtf8(body).trim()}` };
    }
    case 'sign':
      throw new Error('signatures come by an event of their own');
    default:
      return assertNever(kind);
  }
}

/** Whoever asked may have gone: then there is nobody to answer. */
function answerHeard(
  config: AdFsConfig,
  state: Ready,
  connection: string,
  event: Told,
  env: ActorEnv,
): Next {
  const exchange = state.exchanges[connection];
  if (exchange === undefined) return to(state);
  const turn = told(state.service, exchange, event, config.service, env);
  return turned(config, state, connection, turn);
}

function view({ service }: AdFsConfig, state: State): Json {
  return {
    state: state.name,
    host: service.host,
    ...(state.name === 'off'
      ? {}
      : {
          enterprisePrts: Object.values(state.service.sessions).map(
            ({ userPrincipalName, device, expires }) => ({
              user: userPrincipalName,
              device,
              expires: new Date(expires).toISOString(),
            }),
          ),
        }),
  };
}

export const adFsRole = role({
  role: 'ad-fs',
  about: 'AD FS: enterprise primary refresh tokens, and sign-in certificates for Hello keys.',
  fields: adFsFields,
  verbs: {},
  states: ['off', 'ready'],
  build(name, config, scene) {
    const built = adFsConfig(scene, name, config);
    const initial: State = { name: 'off' };
    return {
      name,
      role: 'ad-fs',
      machine: 'actors/ad-fs',
      initial,
      step: (state, event, env) => step(built, state as State, event, env),
      stateName: (state) => (state as State).name,
      view: (state) => view(built, state as State),
    };
  },
});
