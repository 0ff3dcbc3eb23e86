/**
 * What AD FS knows between requests, and what it asks of others while it answers one: the directory,
 * its enrolment agent's key, the certification authority. Whoever composes it carries the questions.
 */
import { utf8 } from '../../src/bytes/bytes.ts';
import type { Nonces, Sessions } from '../oauth/issued.ts';
import { compactJws, jwsSigningInput } from '../oauth/jws.ts';
import {
  JSON_TYPE,
  numericDate,
  type OAuthError,
  type OAuthErrorCode,
  oauthErrorBody,
} from '../oauth/oauth.ts';
import type { Certificate } from '../x509/certificate.ts';

/** Somebody whose primary refresh token is with a device of theirs. */
export interface Session {
  readonly userPrincipalName: string;
  readonly sAMAccountName: string;
  readonly objectSid: string;
  readonly distinguishedName: string;
  /** The device that it was given to, by its certificate's subject. */
  readonly device: string;
  readonly sessionKey: Uint8Array;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export interface Service {
  readonly nonces: Nonces;
  readonly sessions: Sessions<Session>;
}

export const NOTHING_ISSUED: Service = { nonces: {}, sessions: {} };

export interface ServiceConfig {
  /** `sts.corp.example` */
  readonly host: string;
  /** Distinguished name of the domain. */
  readonly domainDn: string;
  /** `CORP`, for the requester's name on the way to the authority. */
  readonly netbios: string;
  readonly agent: {
    readonly certificate: Certificate;
    /** Its issuers, DER, nearest first. */
    readonly chain: readonly Uint8Array[];
    readonly key: string;
    readonly algorithm: string;
  };
  /** Name of the template that sign-in certificates are made by. */
  readonly template: string;
  /** Public keys whose receipts count: the tenant's. */
  readonly receiptKeys: readonly Uint8Array[];
  /** The server is asked for certificates at all (`Set-AdfsCertificateAuthority`). */
  readonly issuesCertificates: boolean;
}

/** An object of the directory as a search gives it. */
export interface Found {
  readonly dn: string;
  /** By the names that the search asked for. */
  readonly attributes: Readonly<Record<string, readonly Uint8Array[]>>;
}

/** The whole subtree, and what an entry's attributes must be equal to, all of them. */
export interface Search {
  readonly base: string;
  readonly match: Readonly<Record<string, string>>;
  readonly attributes: readonly string[];
}

/** A question, whose answer is a {@link Told}. */
export type Ask =
  | { readonly kind: 'find'; readonly searches: readonly Search[] }
  | { readonly kind: 'logOn'; readonly name: string; readonly password: string }
  | {
      readonly kind: 'sign';
      readonly key: string;
      readonly algorithm: string;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'submit'; readonly request: Uint8Array; readonly template: string };

export type Told =
  | { readonly kind: 'found'; readonly results: readonly (readonly Found[])[] }
  | { readonly kind: 'loggedOn'; readonly ok: boolean; readonly reason: string }
  | { readonly kind: 'signed'; readonly signature: Uint8Array }
  /** Certificates in CMS, DER. */
  | { readonly kind: 'issued'; readonly chain: Uint8Array }
  /** Whoever was asked did not answer, or refused. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Why it is a refusal, for people. */
  readonly cause?: string;
}

/** What comes of a step: an answer, or a question with what waits for it. */
export interface Turn<X> {
  readonly service: Service;
  readonly outcome:
    | { readonly kind: 'ask'; readonly exchange: X; readonly ask: Ask }
    | { readonly kind: 'answer'; readonly answer: Answer };
}

export function answered<X>(service: Service, answer: Answer): Turn<X> {
  return { service, outcome: { kind: 'answer', answer } };
}

/** Clocks of clients may be so far off; milliseconds. */
export const CLOCK_SKEW = 5 * 60_000;

export function jsonAnswer(object: object): Answer {
  return { status: 200, contentType: JSON_TYPE, body: utf8(JSON.stringify(object)) };
}

export function errorAnswer(error: OAuthErrorCode, description: string): Answer {
  const said: OAuthError = { error, description };
  const status = error === 'server_error' ? 500 : 400;
  const body = oauthErrorBody(said);
  return { status, contentType: JSON_TYPE, body, cause: `${error}: ${description}` };
}

export function issuerOf({ host }: Pick<ServiceConfig, 'host'>): string {
  return `https://${host}/adfs`;
}

const ID_TOKEN_LIFETIME = 3_600_000;

/** Unsigned, as MS-OAPXBC 3.2.5.1.2.2 allows: it comes over the channel that the answer comes over. */
export function idToken(
  config: ServiceConfig,
  session: Session,
  clientId: string,
  now: number,
): string {
  const { userPrincipalName: upn, objectSid: sid } = session;
  const claims = {
    aud: clientId,
    iss: issuerOf(config),
    iat: numericDate(now),
    exp: numericDate(now + ID_TOKEN_LIFETIME),
    sub: sid,
    upn,
    unique_name: `${config.netbios}\\${session.sAMAccountName}`,
    sid,
  };
  return compactJws(jwsSigningInput({ typ: 'JWT', alg: 'none' }, claims), new Uint8Array(0));
}
