/**
 * SASL binds: GSSAPI (RFC 4752) and GSS-SPNEGO (MS-ADTS 5.1.1.1.2), both with Kerberos. GSSAPI agrees on
 * the security layer by a message of its own; with GSS-SPNEGO the context's flags say which it is.
 */
import { fromUtf8, uint32be } from '../../src/bytes/bytes.ts';
import { ResultCode } from '../directory/refusals.ts';
import { ticketContext } from '../directory/security/token.ts';
import * as gss from '../gss/acceptor.ts';
import { hasPerMessageTokens, type SecurityLayer, unwrap, wrap } from '../gss/per-message.ts';
import { GssFlags } from '../kerberos/gss.ts';
import { invalidCredentials, invalidMethod, refused } from './bind-refusals.ts';
import { MECHANISMS } from './features.ts';
import { type Identity, LogonFailure } from './host.ts';
import { MESSAGE_LIMIT } from './messages.ts';
import type { Answer, Operation } from './operation.ts';
import { NO_PIECES } from './pieces.ts';
import { SUCCESS } from './results.ts';
import { type Binding, type Connection, type Layer, unbound } from './state.ts';

/** Security layers of RFC 4752 §3.3, a bit each. */
const SaslLayer = { none: 1, integrity: 2, confidentiality: 4 } as const;

/** Octets of a buffer where nothing was agreed on, and never more: clients allocate by it. */
const SEND_MAX = 65_536;

interface Sasl {
  readonly mechanism: string;
  readonly credentials?: Uint8Array;
}

const failure = (reason: string, at: Operation, rest: Partial<Answer> = {}): Answer =>
  refused(invalidCredentials(LogonFailure.ERROR_LOGON_FAILURE, reason), at, rest);

export function bindSasl(
  { mechanism, credentials = new Uint8Array(0) }: Sasl,
  at: Operation,
): Answer {
  if (!isMechanism(mechanism)) {
    return refused(
      invalidMethod(`the mechanism ${mechanism} is not one of ${MECHANISMS.join(', ')}`),
      at,
    );
  }
  const { binding } = at.connection;
  // Another mechanism in the midst of a bind begins a new one (RFC 4511 §4.2.1).
  if (binding === undefined || binding.mechanism !== mechanism) {
    return context({ mechanism, stage: 'context', gss: { name: 'expectToken' } }, credentials, at);
  }
  switch (binding.stage) {
    case 'context':
      return context(binding, credentials, at);
    case 'offer':
      return credentials.length === 0
        ? offer(binding.identity, binding.security, at)
        : failure('expected an empty response before the security layers (RFC 4752 §3.1)', at);
    case 'choice':
      return chosen(binding, credentials, at);
  }
}

function isMechanism(name: string): name is Binding['mechanism'] {
  return MECHANISMS.includes(name);
}

function inProgress(
  connection: Connection,
  token: Uint8Array | undefined,
  rest: Partial<Answer> = {},
): Answer {
  const result = { ...SUCCESS, resultCode: ResultCode.saslBindInProgress };
  const serverSaslCreds = token ?? new Uint8Array(0);
  return {
    responses: [{ operation: { bindResponse: { ...result, serverSaslCreds } } }],
    connection,
    ...rest,
  };
}

/** One token of the context's. */
function context(
  binding: Extract<Binding, { readonly stage: 'context' }>,
  token: Uint8Array,
  at: Operation,
): Answer {
  const { env, directory, connection } = at;
  if (binding.mechanism === 'GSSAPI' && token.length === 0) {
    // The client has no initial response: it is told to begin (RFC 4422 §3.1).
    return inProgress({ ...unbound(connection), name: 'binding', binding }, undefined);
  }
  const acceptor = { ...env.host.acceptor(directory), replays: env.replays };
  const next = gss.step(acceptor, binding.gss, { kind: 'received', token }, env);
  let reply: Uint8Array | undefined;
  let note: string | undefined;
  const remembered: NonNullable<Answer['remember']>[number][] = [];
  for (const effect of next.effects) {
    if (effect.kind === 'send') reply = effect.token;
    else if (effect.kind === 'remember') remembered.push(effect.authentication);
    else if (effect.kind === 'note') note = effect.text;
    else note = `a token out of turn in ${effect.state}`;
  }
  const rest = { remember: remembered, ...(note === undefined ? {} : { note }) };
  const { state } = next;
  if (state.name === 'failed')
    return failure(note ?? 'the context failed', at, { remember: remembered });
  const under = { ...unbound(connection), name: 'binding' } as const;
  if (state.name !== 'established') {
    return inProgress({ ...under, binding: { ...binding, gss: state } }, reply, rest);
  }
  const { session, layer } = state.established;
  if (binding.mechanism === 'GSS-SPNEGO') {
    return spnegoBound(session.identity, session.gssFlags, layer, reply, at, rest);
  }
  if (reply === undefined) return offer(session.identity, layer, at, rest);
  const offered = {
    mechanism: 'GSSAPI',
    stage: 'offer',
    identity: session.identity,
    security: layer,
  } as const;
  return inProgress({ ...under, binding: offered }, reply, rest);
}

/** The flags that the client set decide: sealed, signed or neither (MS-ADTS 5.1.2). */
function spnegoBound(
  identity: Identity,
  gssFlags: number,
  security: SecurityLayer,
  serverSaslCreds: Uint8Array | undefined,
  at: Operation,
  rest: Partial<Answer>,
): Answer {
  const wanted = (gssFlags & (GssFlags.conf | GssFlags.integ)) !== 0;
  if (wanted && !hasPerMessageTokens(security.key)) return withoutTokens(at, rest);
  const sealed = (gssFlags & GssFlags.conf) !== 0;
  const layer = wanted ? { security, sealed, maxSend: SEND_MAX, pieces: NO_PIECES } : undefined;
  return bound(identity, layer, serverSaslCreds, at, rest);
}

function withoutTokens(at: Operation, rest: Partial<Answer>): Answer {
  return failure('security layers with RC4 keys (RFC 4757 §7) are not spoken here', at, rest);
}

function bound(
  identity: Identity,
  layer: Layer | undefined,
  serverSaslCreds: Uint8Array | undefined,
  at: Operation,
  rest: Partial<Answer> = {},
): Answer {
  const how = layer === undefined ? 'without a security layer' : layer.sealed ? 'sealed' : 'signed';
  const bindResponse = {
    ...SUCCESS,
    ...(serverSaslCreds === undefined ? {} : { serverSaslCreds }),
  };
  return {
    ...rest,
    responses: [{ operation: { bindResponse } }],
    // Without a new layer an old one stays in effect (RFC 4422 §3.8).
    connection: {
      ...unbound(at.connection),
      name: 'bound',
      requester: {
        name: identity.name,
        context: ticketContext(at.directory, at.env.host.domain, identity),
      },
      ...(layer === undefined ? {} : { layer }),
    },
    note: `${identity.name} is bound by Kerberos, ${how}`,
  };
}

/** RFC 4752 §3.1: one octet of layers, three of the largest buffer that is taken. */
function offer(
  identity: Identity,
  security: SecurityLayer,
  at: Operation,
  rest: Partial<Answer> = {},
): Answer {
  if (!hasPerMessageTokens(security.key)) return withoutTokens(at, rest);
  const octets = uint32be(MESSAGE_LIMIT);
  octets[0] = SaslLayer.none | SaslLayer.integrity | SaslLayer.confidentiality;
  const random = (size: number): Uint8Array => at.env.random(size);
  const { layer, token } = wrap(security, octets, { sealed: false, rotation: 'windows', random });
  const binding = { mechanism: 'GSSAPI', stage: 'choice', identity, security: layer } as const;
  return inProgress({ ...unbound(at.connection), name: 'binding', binding }, token, rest);
}

function chosen(
  { identity, security }: Extract<Binding, { readonly stage: 'choice' }>,
  credentials: Uint8Array,
  at: Operation,
): Answer {
  const opened = unwrap(security, credentials);
  if (!opened.ok) return failure(`the choice of a layer: ${opened.reason}`, at);
  const { message } = opened;
  if (message.length < 4) return failure(`the choice of a layer has ${message.length} octets`, at);
  const [choice, a, b, c] = message as unknown as readonly [number, number, number, number];
  const size = (a << 16) | (b << 8) | c;
  const authorization = fromUtf8(message.subarray(4));
  if (authorization !== '' && !sameUser(authorization, identity)) {
    return failure(`${identity.name} cannot act as ${authorization}`, at);
  }
  if (choice === SaslLayer.none) return bound(identity, undefined, undefined, at);
  if (choice !== SaslLayer.integrity && choice !== SaslLayer.confidentiality) {
    return failure(`the layer ${choice} was not offered`, at);
  }
  if (size < SEND_MIN) return failure(`a largest buffer of ${size} octets is too small`, at);
  return bound(
    identity,
    {
      security: opened.layer,
      sealed: choice === SaslLayer.confidentiality,
      maxSend: Math.min(size, SEND_MAX),
      pieces: NO_PIECES,
    },
    undefined,
    at,
  );
}

/** Room for a token of any type with something in it. */
const SEND_MIN = 256;

/** `u:CORP\alice` or `dn:...` of RFC 4513 §5.2.1.8; only who authenticated may be named. */
function sameUser(authorization: string, { name }: Identity): boolean {
  const wanted = authorization.replace(/^u:/i, '').toLowerCase();
  const [domain, account] = name.toLowerCase().split('\\') as [string, string];
  return wanted === `${domain}\\${account}` || wanted === account;
}
