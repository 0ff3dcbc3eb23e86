/**
 * The LDAP server of a domain controller: one machine a connection. RFC 4511 with what Active
 * Directory adds (MS-ADTS 3.1.1.3, 5.1.1). The directory, the judgement of passwords and the
 * service's keys are the host's and come in by {@link LdapEnv}.
 */
import { encode, tryDecode } from '../../src/der/codec.ts';
import { assertNever, type Step, to } from '../../src/machine/machine.ts';
import { refuseAnonymous } from '../directory/anonymous.ts';
import type { Directory } from '../directory/directory.ts';
import { type Refusal, ResultCode } from '../directory/refusals.ts';
import { unwrap, wrap, wrapOverhead } from '../gss/per-message.ts';
import { answerBind } from './bind.ts';
import { type Controls, readControls } from './controls.ts';
import { answerExtended } from './extended.ts';
import { Extension } from './features.ts';
import type { Effect, LdapEnv } from './host.ts';
import { LDAP_LIMITS, LdapMessage, operationName, type ProtocolOp } from './messages.ts';
import type { Answer, Operation } from './operation.ts';
import { cut } from './pieces.ts';
import { FrontError, frontRefusal, type Response, resultOf, SUCCESS } from './results.ts';
import { answerSearch } from './search.ts';
import { type Connection, connected, unbound } from './state.ts';
import { answerAdd, answerCompare, answerDelete, answerModify, answerModifyDn } from './writes.ts';

export { connected };

export type Event =
  /** What the framing cut out: an LDAPMessage, or a SASL buffer without its length. */
  | { readonly kind: 'received'; readonly bytes: Uint8Array }
  /** The framing refused what came. */
  | { readonly kind: 'malformed'; readonly reason: string };

const SEQUENCE = 0x30;

/** What one step has come to. */
interface Progress {
  readonly connection: Connection;
  readonly directory: Directory;
  readonly effects: readonly Effect[];
  /** Nothing that follows counts any more. */
  readonly closed: boolean;
}

export function step(state: Connection, event: Event, env: LdapEnv): Step<Connection, Effect> {
  const start: Progress = {
    connection: state,
    directory: env.directory,
    effects: [],
    closed: false,
  };
  const end =
    event.kind === 'malformed'
      ? disconnected(start, event.reason, env)
      : received(start, event.bytes, env);
  return to(end.connection, end.effects);
}

function received(start: Progress, bytes: Uint8Array, env: LdapEnv): Progress {
  const { layer } = start.connection;
  if (layer === undefined) {
    return bytes[0] === SEQUENCE
      ? message(start, bytes, env)
      : disconnected(start, 'a SASL buffer, and no security layer was agreed on', env);
  }
  if (bytes[0] === SEQUENCE) {
    return disconnected(start, 'a message outside of the security layer', env);
  }
  const opened = unwrap(layer.security, bytes);
  if (!opened.ok) return disconnected(start, `SASL buffer: ${opened.reason}`, env);
  if (layer.sealed && !opened.sealed) {
    return disconnected(start, 'a SASL buffer that is not encrypted', env);
  }
  const inside = cut(layer.pieces, opened.message);
  if (!inside.ok) return disconnected(start, inside.reason, env);
  let progress: Progress = {
    ...start,
    connection: {
      ...start.connection,
      layer: { ...layer, security: opened.layer, pieces: inside.pieces },
    },
  };
  for (const each of inside.messages) {
    if (progress.closed) break;
    progress = message(progress, each, env);
  }
  return progress;
}

function message(before: Progress, bytes: Uint8Array, env: LdapEnv): Progress {
  const decoded = tryDecode(LdapMessage, bytes, LDAP_LIMITS);
  if (!decoded.ok) return disconnected(before, decoded.error.message, env);
  const { messageID, protocolOp, controls } = decoded.value;
  if (messageID === 0) return disconnected(before, 'messageID 0 is for the server', env);
  if ('unbindRequest' in protocolOp) return closing(before);
  // All operations are answered before the next message is read: none is left to be abandoned.
  if ('abandonRequest' in protocolOp) return before;
  const responseOf = RESPONSES[operationName(protocolOp)];
  if (responseOf === undefined) {
    return disconnected(before, `a client does not send ${operationName(protocolOp)}`, env);
  }
  const read = readControls(controls);
  const refusal = read.ok
    ? outOfTurn(before, protocolOp, env)
    : frontRefusal(
        read.kind === 'unavailable'
          ? ResultCode.unavailableCriticalExtension
          : ResultCode.protocolError,
        FrontError.ERROR_INVALID_PARAMETER,
        'Error processing control',
        read.reason,
      );
  const asked = read.ok ? read.controls : {};
  const answer =
    refusal === undefined
      ? answered(protocolOp, operation(before, asked, env))
      : { responses: [{ operation: responseOf(refusal) }], note: refusal.reason };
  return carriedOut(before, messageID, answer, env);
}

function operation(before: Progress, controls: Controls, env: LdapEnv): Operation {
  return { env, directory: before.directory, connection: before.connection, controls };
}

/** The response to each kind of request. */
const RESPONSES: Readonly<Record<string, (refusal: Refusal) => ProtocolOp>> = {
  BindRequest: (refusal) => ({ bindResponse: resultOf(refusal) }),
  SearchRequest: (refusal) => ({ searchResDone: resultOf(refusal) }),
  ModifyRequest: (refusal) => ({ modifyResponse: resultOf(refusal) }),
  AddRequest: (refusal) => ({ addResponse: resultOf(refusal) }),
  DelRequest: (refusal) => ({ delResponse: resultOf(refusal) }),
  ModifyDNRequest: (refusal) => ({ modDNResponse: resultOf(refusal) }),
  CompareRequest: (refusal) => ({ compareResponse: resultOf(refusal) }),
  ExtendedRequest: (refusal) => ({ extendedResp: resultOf(refusal) }),
};

/** Without a bind the rootDSE is read and nothing else, unless the directory says so. */
function outOfTurn(
  { connection, directory }: Progress,
  request: ProtocolOp,
  { host }: LdapEnv,
): Refusal | undefined {
  if ('bindRequest' in request) return undefined;
  if (connection.name === 'binding') {
    return frontRefusal(
      ResultCode.operationsError,
      FrontError.ERROR_DS_OPERATIONS_ERROR,
      'A bind operation is in progress on the connection.',
    );
  }
  if (connection.name === 'bound' || 'extendedReq' in request) return undefined;
  if ('searchRequest' in request) {
    const { baseObject, scope } = request.searchRequest;
    if (baseObject === '' && scope === 0) return undefined;
  }
  return refuseAnonymous(directory, host.domain);
}

function answered(request: ProtocolOp, at: Operation): Answer {
  if ('bindRequest' in request) return answerBind(request.bindRequest, at);
  if ('searchRequest' in request) return answerSearch(request.searchRequest, at);
  if ('modifyRequest' in request) return answerModify(request.modifyRequest, at);
  if ('addRequest' in request) return answerAdd(request.addRequest, at);
  if ('delRequest' in request) return answerDelete(request.delRequest, at);
  if ('modDNRequest' in request) return answerModifyDn(request.modDNRequest, at);
  if ('compareRequest' in request) return answerCompare(request.compareRequest, at);
  if ('extendedReq' in request) return answerExtended(request.extendedReq, at);
  // Responses and the requests without one were sent away before.
  return assertNever(request as never);
}

/** The writes first; then the responses, under the layer that the request came in. */
function carriedOut(before: Progress, messageID: number, answer: Answer, env: LdapEnv): Progress {
  const { draft, note, remember = [], responses } = answer;
  const effects: Effect[] = [...before.effects];
  if (note !== undefined) effects.push({ kind: 'note', level: 'info', text: note });
  for (const authentication of remember) effects.push({ kind: 'remember', authentication });
  const batch = draft?.batch();
  if (batch !== undefined) effects.push({ kind: 'write', batch });
  const after = answer.connection ?? before.connection;
  let sending = before.connection;
  for (const response of responses) {
    const sent = send(sending, messageID, response, env);
    sending = sent.connection;
    effects.push(...sent.effects);
  }
  return {
    connection: withSent(after, before.connection, sending),
    directory: draft ?? before.directory,
    effects,
    closed: before.closed,
  };
}

/** A layer that stays has counted on; one that a bind brought in begins with the next message. */
function withSent(after: Connection, before: Connection, sending: Connection): Connection {
  return after.layer !== undefined && after.layer === before.layer && sending.layer !== undefined
    ? { ...after, layer: sending.layer }
    : after;
}

interface Sent {
  readonly connection: Connection;
  readonly effects: readonly Effect[];
}

function send(connection: Connection, messageID: number, response: Response, env: LdapEnv): Sent {
  const { operation: protocolOp, controls } = response;
  const bytes = encode(LdapMessage, {
    messageID,
    protocolOp,
    ...(controls === undefined ? {} : { controls }),
  });
  const name = `LDAP ${operationName(protocolOp)}`;
  const { layer } = connection;
  if (layer === undefined) {
    return { connection, effects: [{ kind: 'send', message: name, bytes }] };
  }
  const { sealed, maxSend } = layer;
  const random = (size: number): Uint8Array => env.random(size);
  const room = maxSend - wrapOverhead(layer.security.key, sealed);
  let { security } = layer;
  const effects: Effect[] = [];
  for (let start = 0; start < bytes.length; start += room) {
    const part = bytes.subarray(start, start + room);
    const wrapped = wrap(security, part, { sealed, rotation: 'windows', random });
    security = wrapped.layer;
    effects.push({ kind: 'send', message: name, bytes: wrapped.token });
  }
  return { connection: { ...connection, layer: { ...layer, security } }, effects };
}

/** Notice of Disconnection (RFC 4511 §4.4.1), and the end. */
function disconnected(before: Progress, reason: string, env: LdapEnv): Progress {
  const extendedResp = {
    ...SUCCESS,
    resultCode: ResultCode.protocolError,
    diagnosticMessage: resultOf(
      frontRefusal(
        ResultCode.protocolError,
        FrontError.ERROR_DS_DECODING_ERROR,
        'The server has encountered an error decoding a request',
      ),
    ).diagnosticMessage,
    responseName: Extension.NoticeOfDisconnection,
  };
  const notice = send(before.connection, 0, { operation: { extendedResp } }, env);
  const note: Effect = { kind: 'note', level: 'info', text: `LDAP: ${reason}` };
  return closing({ ...before, effects: [...before.effects, note, ...notice.effects] });
}

function closing(before: Progress): Progress {
  const { layer: _, ...connection } = unbound(before.connection);
  return {
    ...before,
    connection,
    effects: [...before.effects, { kind: 'close' }],
    closed: true,
  };
}
