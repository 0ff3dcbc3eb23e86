/** Extended requests: RFC 4511 §4.12. */
import { utf8 } from '../../src/bytes/bytes.ts';
import { type Refusal, ResultCode } from '../directory/refusals.ts';
import { Extension } from './features.ts';
import type { ExtendedRequest } from './messages.ts';
import type { Answer, Operation } from './operation.ts';
import { FrontError, frontRefusal, resultOf, SUCCESS } from './results.ts';

export function answerExtended({ requestName }: ExtendedRequest, at: Operation): Answer {
  switch (requestName) {
    case Extension.WhoAmI: {
      const { name } = at.connection.requester;
      // RFC 4532 §2.2: nothing for who is not bound.
      const responseValue = utf8(name === '' ? '' : `u:${name}`);
      return { responses: [{ operation: { extendedResp: { ...SUCCESS, responseValue } } }] };
    }
    case Extension.StartTLS:
      // What Active Directory says that has no certificate.
      return refusedExtension(
        frontRefusal(
          ResultCode.unavailable,
          0,
          'Error initializing SSL/TLS',
          'StartTLS: TLS is not spoken here; bind with GSSAPI or GSS-SPNEGO to encrypt',
        ),
        requestName,
      );
    default:
      return refusedExtension(
        frontRefusal(
          ResultCode.protocolError,
          FrontError.ERROR_DS_NOT_SUPPORTED,
          'Unknown extended request OID',
          `the extended request ${requestName} is not known`,
        ),
      );
  }
}

function refusedExtension(refusal: Refusal, responseName?: string): Answer {
  const result = resultOf(refusal);
  const extendedResp = responseName === undefined ? result : { ...result, responseName };
  return { responses: [{ operation: { extendedResp } }], note: refusal.reason };
}
