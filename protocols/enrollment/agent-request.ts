/**
 * A request for a certificate in somebody else's name (MS-WCCE 1.3.2.4, 3.2.1.4.2.1.2): PKCS#10 in
 * CMS SignedData that an enrolment agent signs, the requester's name among the signed attributes.
 */
import { encode, tryDecode } from '../../src/der/codec.ts';
import { CONTENT_TYPE } from '../cms/constants.ts';
import { finishSignedData, prepareSignedData, type SignedDataDraft } from '../cms/sign.ts';
import { readSignedData, signerCertificate, verifySignedData } from '../cms/signed-data.ts';
import { type Certificate, readCertificate } from '../x509/certificate.ts';
import { REQUEST_ATTRIBUTE } from '../x509/constants.ts';
import { EnrollmentNameValuePair } from '../x509/messages.ts';
import { type CertificateRequest, readRequest } from '../x509/request.ts';

/** Name of the pair that says in whose name (MS-WCCE 2.2.2.7.10). */
const REQUESTER_NAME = 'requestername';

export interface AgentRequest {
  /** PKCS#10, DER. */
  readonly csr: Uint8Array;
  /** `CORP\alice` */
  readonly requesterName: string;
  readonly certificate: Certificate;
  /** The agent's issuers, DER. */
  readonly chain: readonly Uint8Array[];
  readonly algorithm: string;
}

export interface RequestDraft {
  readonly toBeSigned: Uint8Array;
  readonly draft: SignedDataDraft;
}

/** What the agent's key is to sign. */
export function agentRequest(request: AgentRequest): RequestDraft {
  const { csr, requesterName: value, certificate, chain, algorithm } = request;
  return prepareSignedData({
    contentType: CONTENT_TYPE.data,
    content: csr,
    certificates: [certificate.der, ...chain],
    signer: certificate,
    algorithm,
    signedAttributes: true,
    attributes: [
      {
        type: REQUEST_ATTRIBUTE.enrollmentNameValuePair,
        values: [encode(EnrollmentNameValuePair, { name: REQUESTER_NAME, value })],
      },
    ],
  });
}

export function finishedAgentRequest({ draft }: RequestDraft, signature: Uint8Array): Uint8Array {
  return finishSignedData(draft, signature);
}

export interface ReadAgentRequest {
  readonly request: CertificateRequest;
  /** `CORP\alice` */
  readonly requesterName: string;
  /** Whose signature is right; whether it may ask is another question. */
  readonly agent: Certificate;
  /** All certificates that came along. */
  readonly given: readonly Certificate[];
}

export type AgentRequestRead =
  | { readonly ok: true; readonly value: ReadAgentRequest }
  | { readonly ok: false; readonly reason: string };

function refused(reason: string): AgentRequestRead {
  return { ok: false, reason };
}

/** The request with both signatures checked, of the key and of the agent. */
export function readAgentRequest(der: Uint8Array): AgentRequestRead {
  const read = readSignedData(der);
  if (!read.ok) return refused(read.reason);
  const { content, contentType, signer, certificates } = read.value;
  if (contentType !== CONTENT_TYPE.data || content === undefined || signer === undefined) {
    return refused('no signed data in it');
  }
  const agent = signerCertificate(read.value);
  if (agent === undefined) return refused('the signer’s certificate did not come along');
  const verified = verifySignedData(read.value, agent.publicKey);
  if (!verified.ok) return refused(verified.reason);
  const request = readRequest(content);
  if (!request.ok) return refused(request.reason);
  const requesterName = signer.attributes
    .filter(({ type }) => type === REQUEST_ATTRIBUTE.enrollmentNameValuePair)
    .flatMap(({ values }) => values.flatMap(pairOf))
    .find(({ name }) => name.toLowerCase() === REQUESTER_NAME)?.value;
  if (requesterName === undefined) return refused('nobody is named whom the request is for');
  const given = certificates.flatMap((one) => {
    const certificate = readCertificate(one);
    return certificate.ok ? [certificate.value] : [];
  });
  return { ok: true, value: { request: request.value, requesterName, agent, given } };
}

function pairOf(der: Uint8Array): readonly { readonly name: string; readonly value: string }[] {
  const pair = tryDecode(EnrollmentNameValuePair, der);
  return pair.ok ? [pair.value] : [];
}
