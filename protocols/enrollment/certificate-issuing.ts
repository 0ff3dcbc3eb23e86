/**
 * One request at an enterprise authority: read, its template and its account looked up, decided, signed
 * (MS-WCCE 3.2.1.4.2.1). What it waits for is a question to others, as with AD FS.
 */
import { fromUtf8 } from '../../src/bytes/bytes.ts';
import type { Env } from '../../src/machine/machine.ts';
import { certificatesMessage } from '../cms/sign.ts';
import { sidOf } from '../pac/sid.ts';
import type { Certificate } from '../x509/certificate.ts';
import { signedCertificate, tbsCertificate } from '../x509/issue.ts';
import type { TrustStore } from '../x509/trust.ts';
import { type ReadAgentRequest, readAgentRequest } from './agent-request.ts';
import {
  agentDenial,
  type Denied,
  decided,
  denialText,
  keyDenial,
  type Requester,
  validityOf,
} from './certificate-policy.ts';
import {
  type CertificateTemplate,
  readTemplate,
  TEMPLATE_ATTRIBUTES,
} from './certificate-template.ts';
import type { Ask, Found, Search } from './federation-service.ts';

export interface IssuingAuthority {
  readonly certificate: Certificate;
  /** Those above it, nearest first, the root too; DER. */
  readonly chain: readonly Uint8Array[];
  readonly key: string;
  readonly signatureAlgorithm: string;
  readonly crlDistributionPoints: readonly string[];
  readonly caIssuers: readonly string[];
  /** Distinguished name of its domain, and the flat name: `CORP`. */
  readonly domainDn: string;
  readonly netbios: string;
  /** Names of the templates that it issues by. */
  readonly templates: readonly string[];
}

/** A request that waits for somebody else. */
export type Request =
  | {
      readonly name: 'expectObjects';
      readonly request: ReadAgentRequest;
      readonly template: string;
    }
  | {
      readonly name: 'expectSignature';
      readonly requesterName: string;
      readonly tbs: Uint8Array;
    };

export type IssuingTurn =
  | { readonly kind: 'ask'; readonly request: Request; readonly ask: Ask }
  | {
      readonly kind: 'issued';
      readonly requesterName: string;
      readonly certificate: Uint8Array;
      /** The certificate and its chain in CMS. */
      readonly message: Uint8Array;
    }
  /** `why` ends in the code that the client is told. */
  | { readonly kind: 'denied'; readonly why: string };

function refused(denied: Denied): IssuingTurn {
  return { kind: 'denied', why: denialText(denied) };
}

const ACCOUNT_ATTRIBUTES = [
  'cn',
  'objectSid',
  'userPrincipalName',
  'mail',
  'dNSHostName',
  'userAccountControl',
] as const;

/** @param template the request's attribute CertificateTemplate (MS-WCCE 2.2.2.7.10) */
export function submitted(
  body: Uint8Array,
  template: string | undefined,
  own: IssuingAuthority,
): IssuingTurn {
  if (template === undefined || !own.templates.includes(template)) {
    const reason = `certificates by ${template ?? 'no template'} are not issued here`;
    return refused({ name: 'CERTSRV_E_UNSUPPORTED_CERT_TYPE', reason });
  }
  const read = readAgentRequest(body);
  if (!read.ok) return refused({ name: 'CERTSRV_E_BAD_REQUESTSUBJECT', reason: read.reason });
  const [domain = '', account = ''] = read.value.requesterName.split('\\');
  if (domain.toUpperCase() !== own.netbios.toUpperCase() || account === '') {
    const reason = `${read.value.requesterName} is nobody of ${own.netbios}`;
    return refused({ name: 'CERTSRV_E_BAD_REQUESTSUBJECT', reason });
  }
  return {
    kind: 'ask',
    request: { name: 'expectObjects', request: read.value, template },
    ask: { kind: 'find', searches: [templateSearch(own, template), accountSearch(own, account)] },
  };
}

function templateSearch({ domainDn }: IssuingAuthority, cn: string): Search {
  return {
    base: `CN=Certificate Templates,CN=Public Key Services,CN=Services,CN=Configuration,${domainDn}`,
    match: { objectClass: 'pKICertificateTemplate', cn },
    attributes: [...TEMPLATE_ATTRIBUTES],
  };
}

function accountSearch({ domainDn }: IssuingAuthority, sAMAccountName: string): Search {
  return { base: domainDn, match: { sAMAccountName }, attributes: [...ACCOUNT_ATTRIBUTES] };
}

/** The directory has answered. */
export function objectsFound(
  { request, template: name }: Extract<Request, { readonly name: 'expectObjects' }>,
  [templates = [], accounts = []]: readonly (readonly Found[])[],
  own: IssuingAuthority,
  trust: TrustStore,
  env: Env,
): IssuingTurn {
  const [entry] = templates;
  const template = entry === undefined ? undefined : readTemplate(entry.attributes);
  if (template === undefined) {
    const reason = `the directory has no template ${name}`;
    return refused({ name: 'CERTSRV_E_UNSUPPORTED_CERT_TYPE', reason });
  }
  const [found] = accounts;
  const requester = found === undefined ? undefined : requesterOf(found);
  if (requester === undefined) {
    const reason = `the directory has no account ${request.requesterName}`;
    return refused({ name: 'CERTSRV_E_BAD_REQUESTSUBJECT', reason });
  }
  const { agent, given } = request;
  const objection =
    agentDenial(agent, given, template, trust, env.now) ??
    keyDenial(request.request.publicKey, template);
  if (objection !== undefined) return refused(objection);
  const decision = decided(template, requester);
  if (!decision.ok) return refused(decision.denied);
  const tbs = tbsCertificate(decision.profile, issuanceOf(request, template, own, env));
  const { key, signatureAlgorithm: algorithm } = own;
  return {
    kind: 'ask',
    request: { name: 'expectSignature', requesterName: request.requesterName, tbs },
    ask: { kind: 'sign', key, algorithm, data: tbs },
  };
}

function issuanceOf(
  { request }: ReadAgentRequest,
  template: CertificateTemplate,
  own: IssuingAuthority,
  { now, random }: Env,
) {
  const octets = random(SERIAL_SIZE);
  return {
    ...validityOf(template, own.certificate, now),
    issuer: own.certificate,
    publicKey: request.publicKey,
    // The first bit is the sign's, the second keeps the octets from being fewer.
    serialNumber: Uint8Array.of(((octets[0] as number) & 0x3f) | 0x40, ...octets.subarray(1)),
    signatureAlgorithm: own.signatureAlgorithm,
    crlDistributionPoints: own.crlDistributionPoints,
    caIssuers: own.caIssuers,
  };
}

const SERIAL_SIZE = 16;

export function certificateSigned(
  { requesterName, tbs }: Extract<Request, { readonly name: 'expectSignature' }>,
  signature: Uint8Array,
  own: IssuingAuthority,
): IssuingTurn {
  const certificate = signedCertificate(tbs, own.signatureAlgorithm, signature);
  const message = certificatesMessage([certificate, own.certificate.der, ...own.chain]);
  return { kind: 'issued', requesterName, certificate, message };
}

const ACCOUNTDISABLE = 0x2;

function requesterOf({ dn, attributes }: Found): Requester | undefined {
  const text = (name: (typeof ACCOUNT_ATTRIBUTES)[number]): string | undefined => {
    const value = attributes[name]?.[0];
    return value === undefined ? undefined : fromUtf8(value);
  };
  const sid = attributes.objectSid?.[0];
  const objectSid = sid === undefined ? undefined : sidOf(sid);
  const cn = text('cn');
  if (objectSid === undefined || cn === undefined) return undefined;
  const userPrincipalName = text('userPrincipalName');
  const mail = text('mail');
  const dNSHostName = text('dNSHostName');
  return {
    distinguishedName: dn,
    cn,
    objectSid,
    disabled: (Number(text('userAccountControl') ?? 0) & ACCOUNTDISABLE) !== 0,
    ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
    ...(mail === undefined ? {} : { mail }),
    ...(dNSHostName === undefined ? {} : { dNSHostName }),
  };
}
