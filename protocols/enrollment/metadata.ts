/** What AD FS says of itself: OpenID Provider Metadata with Microsoft's additions (MS-OIDCE 2.2.3.2). */

import { JWT_BEARER } from '../oauth/refresh-token-request.ts';
import { CAN_ISSUE, KNOWS_KDF_2, TAKES_RECEIPTS, TOKEN_PATH } from './enrollment-state.ts';
import { issuerOf, type ServiceConfig } from './federation-service.ts';

export function metadata(
  config: Pick<ServiceConfig, 'host' | 'issuesCertificates' | 'receiptKeys'>,
) {
  const { host, issuesCertificates, receiptKeys } = config;
  return {
    issuer: issuerOf(config),
    token_endpoint: `https://${host}${TOKEN_PATH}`,
    access_token_issuer: `http://${host}/adfs/services/trust`,
    grant_types_supported: ['refresh_token', JWT_BEARER, 'srv_challenge'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256'],
    capabilities: [
      KNOWS_KDF_2,
      ...(issuesCertificates ? [CAN_ISSUE] : []),
      ...(issuesCertificates && receiptKeys.length > 0 ? [TAKES_RECEIPTS] : []),
    ],
  };
}
