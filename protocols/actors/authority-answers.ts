/** What an authority answers over HTTP, and by what it judges. */
import type { ActorEffect } from '../../src/machine/actor.ts';
import { type HttpResponse, response } from '../http/messages.ts';
import { errorResponse } from '../http/server.ts';
import { readCrl } from '../x509/crl.ts';
import type { TrustStore } from '../x509/trust.ts';
import type { AuthorityConfig } from './authority-config.ts';
import type { Outcome } from './errands.ts';
import { certificatePath, crlPath } from './pki-cast.ts';
import type { Lists } from './revocation-service.ts';

export const HTTP_PORT = 80;
/** Where requests are taken; AD CS takes them by DCOM (MS-WCCE 2.1), which is not spoken here. */
export const CERTIFICATE_REQUEST_NAME = 'certificate-request';
export const REQUEST_PATH = '/CertEnroll/request';

/** What is where, below the authority's host. */
export function routesOf({ authority }: AuthorityConfig) {
  return [
    { method: 'GET', path: decodeURIComponent(crlPath(authority)), gives: 'list' },
    { method: 'GET', path: decodeURIComponent(certificatePath(authority)), gives: 'certificate' },
    { method: 'POST', path: REQUEST_PATH, gives: 'issued' },
  ] as const;
}

export function content(type: string, body: Uint8Array): HttpResponse {
  return response(200, { 'Content-Type': type }, body);
}

export function denial(why: string): HttpResponse {
  return errorResponse({ ok: false, status: 403, reason: why });
}

/** An agent's certificate is judged by the authority's own list as it stands. */
export function trustOf({ trusted }: AuthorityConfig, lists: Lists): TrustStore {
  const list = readCrl(lists.current.der);
  return {
    roots: [trusted.root],
    intermediates: trusted.between,
    revocationLists: list.ok ? [list.value] : [],
    revocation: 'ifKnown',
  };
}

/** Why a list did not come to the directory; nothing where it did. */
export function publicationNotes(outcome: Outcome, number: number): readonly ActorEffect[] {
  const refused =
    outcome.kind === 'ldap' ? outcome.results.find(({ code }) => code !== 0) : undefined;
  if (outcome.kind === 'ldap' && refused === undefined) return [];
  const why =
    refused === undefined
      ? outcome.kind === 'failed'
        ? outcome.reason
        : 'no directory answered'
      : `${refused.result}, ${refused.message.trim()}`;
  const text = `list ${number} is not in the directory: ${why}`;
  return [{ kind: 'note', level: 'cause', text }];
}
