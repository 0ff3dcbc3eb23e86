/**
 * A certification authority: over HTTP it gives away its list and its certificate, and takes requests
 * that an enrolment agent signed; in the directory it keeps its list current.
 */
import type { ActorEffect, ActorEnv, ActorEvent, Json } from '../../src/machine/actor.ts';
import { assertNever, type Step, to, unexpected } from '../../src/machine/machine.ts';
import { role } from '../../src/scenario/role.ts';
import {
  certificateSigned,
  type IssuingTurn,
  objectsFound,
  type Request,
  submitted,
} from '../enrollment/certificate-issuing.ts';
import { httpFraming } from '../http/framing.ts';
import { asked, errorResponse, malformedRequest, respond } from '../http/server.ts';
import type { Change } from '../ldap/client-operations.ts';
import {
  content,
  denial,
  HTTP_PORT,
  publicationNotes,
  routesOf,
  trustOf,
} from './authority-answers.ts';
import { type AuthorityConfig, authorityConfig } from './authority-config.ts';
import { authorityVerbs, REASONS, type Reason } from './authority-verbs.ts';
import { found, searchOperation } from './directory-questions.ts';
import {
  type Carrying,
  carried,
  type Errands,
  isLate,
  NO_ERRANDS,
  type Outcome,
  withSession,
} from './errands.ts';
import { certificateOf, crlDn, rootOf } from './pki-cast.ts';
import { certificateAuthorityFields } from './pki-fields.ts';
import {
  CRL_TIMER,
  drafted,
  finished,
  firstLists,
  type Lists,
  renewal,
  withRevoked,
} from './revocation-service.ts';

type Purpose =
  | { readonly kind: 'objects'; readonly connection: string }
  | { readonly kind: 'published'; readonly number: number };

interface Ready {
  readonly name: 'ready';
  readonly lists: Lists;
  readonly issued: readonly { readonly holder: string; readonly serialNumber: string }[];
  /** Requests that wait, by their connection. */
  readonly requests: Readonly<Record<string, Request>>;
  readonly errands: Errands<Purpose>;
}

type State = { readonly name: 'off' } | Ready;
type Next = Step<State, ActorEffect>;

function step(config: AuthorityConfig, state: State, event: ActorEvent, env: ActorEnv): Next {
  if (state.name === 'off') {
    if (event.kind !== 'started') return unexpected(state, event, 'started');
    return started(config, env);
  }
  const next = carried(state.errands, event);
  if (next !== undefined) return errandHeard(config, state, next, env);
  switch (event.kind) {
    case 'received':
      return event.connection === undefined
        ? to(state)
        : requested(config, state, event.connection, event.bytes);
    case 'malformed': {
      const refusal = errorResponse(malformedRequest(event.reason));
      return to(state, respond(event.connection, refusal));
    }
    case 'accepted':
      return to(state);
    case 'closed': {
      if (isLate(event)) return to(state);
      const { [event.connection]: _, ...requests } = state.requests;
      return to({ ...state, requests });
    }
    case 'expired':
      return event.timer === CRL_TIMER ? listed(config, state, env.now) : to(state);
    case 'signed':
      return signed(config, state, event.id, event.signature, env.now);
    case 'commanded':
      return commanded(config, state, event, env.now);
    case 'started':
    case 'told':
    case 'connected':
    case 'secured':
    case 'generated':
    case 'decrypted':
      return unexpected(state, event, 'received', 'commanded');
    default:
      return assertNever(event);
  }
}

function started({ authority, first }: AuthorityConfig, { now }: ActorEnv): Next {
  const lists = firstLists(first);
  const ready: Ready = { name: 'ready', lists, issued: [], requests: {}, errands: NO_ERRANDS };
  return to(ready, [
    { kind: 'listen', transport: 'tcp', port: HTTP_PORT, framing: httpFraming.name },
    ...renewal(authority, lists, now),
  ]);
}

function requested(
  config: AuthorityConfig,
  state: Ready,
  connection: string,
  bytes: Uint8Array,
): Next {
  const read = asked(bytes, routesOf(config));
  if (!read.ok) return to(state, respond(connection, errorResponse(read)));
  switch (read.route.gives) {
    case 'list':
      // RFC 2585 section 4.
      return to(
        state,
        respond(connection, content('application/pkix-crl', state.lists.current.der), 'CRL'),
      );
    case 'certificate': {
      const { der } = config.authority.certificate;
      return to(state, respond(connection, content('application/pkix-cert', der), 'certificate'));
    }
    case 'issued': {
      const { enterprise } = config;
      if (enterprise === undefined) {
        return to(state, respond(connection, denial('requests are not taken over the network')));
      }
      const turn = submitted(read.request.body, read.query.CertificateTemplate, enterprise.issuing);
      return turned(config, state, connection, turn);
    }
    default:
      return assertNever(read.route);
  }
}

const ISSUED = 'certificate-response';

function turned(
  config: AuthorityConfig,
  state: Ready,
  connection: string,
  turn: IssuingTurn,
): Next {
  const { [connection]: _, ...others } = state.requests;
  switch (turn.kind) {
    case 'denied':
      return to({ ...state, requests: others }, [
        { kind: 'note', level: 'cause', text: `request denied: ${turn.why}` },
        ...respond(connection, denial(`Denied by Policy Module: ${turn.why}`)),
      ]);
    case 'issued': {
      const { serialNumber } = certificateOf(turn.certificate);
      const holder = config.holders[turn.requesterName.toLowerCase()] ?? turn.requesterName;
      const issued = [...state.issued, { holder, serialNumber }];
      const answer = content('application/pkcs7-mime; smime-type=certs-only', turn.message);
      return to({ ...state, requests: others, issued }, [
        { kind: 'note', level: 'info', text: `issued ${serialNumber} to ${turn.requesterName}` },
        ...respond(connection, answer, ISSUED),
      ]);
    }
    case 'ask': {
      const requests = { ...others, [connection]: turn.request };
      const { ask } = turn;
      if (ask.kind === 'sign') return to({ ...state, requests }, [{ ...ask, id: connection }]);
      if (ask.kind !== 'find' || config.enterprise === undefined) {
        throw new Error(`an authority asks for ${ask.kind}`);
      }
      const { server, bind } = config.enterprise.access;
      const operations = ask.searches.map(searchOperation);
      const purpose: Purpose = { kind: 'objects', connection };
      const { errands, effects } = withSession<Purpose>(state.errands, purpose, {
        to: server,
        bind,
        operations,
      });
      return to({ ...state, requests, errands }, effects);
    }
    default:
      return assertNever(turn);
  }
}

function errandHeard(
  config: AuthorityConfig,
  before: Ready,
  { errands, effects, finished: done }: Carrying<Purpose>,
  env: ActorEnv,
): Next {
  const state = { ...before, errands };
  if (done === undefined) return to(state, effects);
  const { purpose, outcome } = done;
  const next =
    purpose.kind === 'published'
      ? to<State, ActorEffect>(state, publicationNotes(outcome, purpose.number))
      : objectsHeard(config, state, purpose.connection, outcome, env);
  return to(next.state, [...effects, ...next.effects]);
}

function objectsHeard(
  config: AuthorityConfig,
  state: Ready,
  connection: string,
  outcome: Outcome,
  env: ActorEnv,
): Next {
  const request = state.requests[connection];
  const { enterprise } = config;
  if (request?.name !== 'expectObjects' || enterprise === undefined) return to(state);
  const told = found(outcome);
  if (told.kind !== 'found') {
    const why = told.kind === 'failed' ? told.reason : told.kind;
    return turned(config, state, connection, { kind: 'denied', why });
  }
  const trust = trustOf(config, state.lists);
  const turn = objectsFound(request, told.results, enterprise.issuing, trust, env);
  return turned(config, state, connection, turn);
}

function listed({ authority }: AuthorityConfig, state: Ready, now: number): Next {
  const { lists, effects } = drafted(authority, state.lists, now);
  return to({ ...state, lists }, effects);
}

function signed(
  config: AuthorityConfig,
  state: Ready,
  id: string,
  signature: Uint8Array,
  now: number,
): Next {
  const request = state.requests[id];
  if (request?.name === 'expectSignature' && config.enterprise !== undefined) {
    const turn = certificateSigned(request, signature, config.enterprise.issuing);
    return turned(config, state, id, turn);
  }
  const lists = finished(config.authority, state.lists, id, signature);
  return lists === undefined ? to(state) : published(config, { ...state, lists }, now);
}

/** The list is there for whoever asks; the directory's copy is written, where there is one. */
function published(config: AuthorityConfig, state: Ready, now: number): Next {
  const { authority, enterprise } = config;
  const { number, der } = state.lists.current;
  const text = `list ${number} revokes ${state.lists.revoked.length} certificates`;
  const effects: readonly ActorEffect[] = [
    { kind: 'note', level: 'info', text },
    ...renewal(authority, state.lists, now),
  ];
  if (enterprise === undefined) return to(state, effects);
  const { server, bind } = enterprise.access;
  const purpose: Purpose = { kind: 'published', number };
  const change: Change = {
    operation: 'replace',
    attribute: 'certificateRevocationList',
    values: [der],
  };
  const session = withSession<Purpose>(state.errands, purpose, {
    to: server,
    bind,
    operations: [{ kind: 'modify', dn: crlDn(authority), changes: [change] }],
  });
  return to({ ...state, errands: session.errands }, [...effects, ...session.effects]);
}

function commanded(
  config: AuthorityConfig,
  state: Ready,
  event: Extract<ActorEvent, { readonly kind: 'commanded' }>,
  now: number,
): Next {
  if (event.verb === 'publishes') return listed(config, state, now);
  const { revokes: whose, reason = 'unspecified' } = event.args;
  if (event.verb !== 'revokes' || typeof whose !== 'string') {
    return unexpected(state, event, ...Object.keys(authorityVerbs));
  }
  const serials = [
    ...config.certified.flatMap(({ holder, certificate }) =>
      holder === whose ? [certificate.serialNumber] : [],
    ),
    ...state.issued.flatMap(({ holder, serialNumber }) => (holder === whose ? [serialNumber] : [])),
  ];
  const lists = withRevoked(state.lists, serials, REASONS[reason as Reason], now);
  const text =
    serials.length === 0
      ? `${whose} has no certificate of ${config.authority.name}`
      : `revoked ${serials.join(', ')} of ${whose}: ${reason}`;
  const level = serials.length === 0 ? 'cause' : 'info';
  return to({ ...state, lists }, [{ kind: 'note', level, text }]);
}

function view({ authority: { certificate, parent } }: AuthorityConfig, state: State): Json {
  return {
    state: state.name,
    subject: certificate.subject.text,
    issuer: (parent?.certificate ?? certificate).subject.text,
    ...(state.name === 'off'
      ? {}
      : {
          crlNumber: state.lists.current.number,
          revoked: state.lists.revoked.map(({ serialNumber }) => serialNumber),
          issued: state.issued.map(({ holder, serialNumber }) => ({ holder, serialNumber })),
        }),
  };
}

export const certificateAuthorityRole = role({
  role: 'certificate-authority',
  about:
    'A certification authority: it certifies others, and says which certificates count no more.',
  fields: certificateAuthorityFields,
  verbs: authorityVerbs,
  states: ['off', 'ready'],
  build(name, config, scene) {
    const built = authorityConfig(scene, name);
    if (config.realm !== undefined) scene.anchor(rootOf(built.authority).der);
    const initial: State = { name: 'off' };
    return {
      name,
      role: 'certificate-authority',
      machine: 'actors/certificate-authority',
      initial,
      step: (state, event, env) => step(built, state as State, event, env),
      stateName: (state) => (state as State).name,
      view: (state) => view(built, state as State),
    };
  },
});
