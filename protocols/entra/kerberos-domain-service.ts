/**
 * Where a tenant takes, shows and gives up the KerberosDomain of an Active Directory domain. Tickets are
 * issued with the key that came last: a tenant keeps no former ones.
 */
import type { Env } from '../../src/machine/machine.ts';
import { fieldOf } from '../http/messages.ts';
import type { Asked } from '../http/server.ts';
import type { Answer, EndpointConfig } from './answers.ts';
import type { Answered, EntraRoute } from './endpoint.ts';
import { graphBody, graphDone, graphError } from './graph-answers.ts';
import {
  KERBEROS_DOMAIN_RESPONSE_NAME,
  KERBEROS_ROLES,
  type KerberosDomain,
  readKerberosDomain,
  shownKerberosDomainBody,
} from './kerberos-domain.ts';
import { kerberosDomainOf, type Tenant } from './tenant.ts';
import { claimTexts, GRAPH_RESOURCE, readBearer } from './token.ts';

/** A tenant has no more of them: many more than anybody's forests have domains. */
const DOMAINS_MAX = 1_000;

function refused(status: number, code: string, cause: string): Answer {
  return graphError(status, code, cause, KERBEROS_DOMAIN_RESPONSE_NAME);
}

export function answerKerberosDomain(
  { request, parameters }: Asked<EntraRoute>,
  tenant: Tenant,
  { publicKey, tenantId }: EndpointConfig,
  { now }: Env,
): Answered {
  const trust = { publicKey, tenantId, resource: GRAPH_RESOURCE };
  const bearer = readBearer(fieldOf(request, 'Authorization'), trust, now);
  if (!bearer.ok) {
    return { tenant, answer: refused(401, 'InvalidAuthenticationToken', bearer.reason) };
  }
  const roles = claimTexts(bearer.claims, 'wids');
  if (!roles.some((role) => KERBEROS_ROLES.includes(role))) {
    const why = 'the account is neither Global nor Hybrid Identity Administrator';
    return { tenant, answer: refused(403, 'Authorization_RequestDenied', why) };
  }
  const name = parameters.domainDnsName ?? '';
  if (request.method === 'PUT') return put(name, request.body, tenant);
  const domain = kerberosDomainOf(tenant, name);
  if (domain === undefined) {
    const why = `the tenant has no KerberosDomain ${name}`;
    return { tenant, answer: refused(404, 'Request_ResourceNotFound', why) };
  }
  if (request.method === 'GET') return { tenant, answer: show(domain) };
  return {
    tenant: { ...tenant, kerberosDomains: without(tenant, name) },
    answer: graphDone(KERBEROS_DOMAIN_RESPONSE_NAME),
  };
}

function show(domain: KerberosDomain): Answer {
  return graphBody(shownKerberosDomainBody(domain), KERBEROS_DOMAIN_RESPONSE_NAME);
}

function without({ kerberosDomains = [] }: Tenant, name: string): readonly KerberosDomain[] {
  const gone = name.toLowerCase();
  return kerberosDomains.filter(({ domainDnsName }) => domainDnsName.toLowerCase() !== gone);
}

function put(name: string, body: Uint8Array, tenant: Tenant): Answered {
  const read = readKerberosDomain(body);
  if (!read.ok) return { tenant, answer: refused(400, 'Request_BadRequest', read.reason) };
  const { domain } = read;
  if (domain.domainDnsName.toLowerCase() !== name.toLowerCase()) {
    const why = `the body is of ${domain.domainDnsName}, the path of ${name}`;
    return { tenant, answer: refused(400, 'Request_BadRequest', why) };
  }
  const others = without(tenant, name);
  if (others.length >= DOMAINS_MAX) {
    const why = `the tenant has ${DOMAINS_MAX} KerberosDomains already`;
    return { tenant, answer: refused(403, 'Directory_QuotaExceeded', why) };
  }
  return { tenant: { ...tenant, kerberosDomains: [...others, domain] }, answer: show(domain) };
}
