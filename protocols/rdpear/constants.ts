/** Numbers and names of MS-RDPEAR. */

/** The dynamic virtual channel (MS-RDPEAR 2.1). */
export const CHANNEL_NAME = 'Microsoft::Windows::RDS::AuthRedirection';

/** The security package whose calls are taken here (MS-RDPEAR 2.2). */
export const KERBEROS = 'Kerberos';

/** MS-RDPEAR 2.2. */
export const PROTOCOL_MAGIC = 0x4eacc3c8;
export const PROTOCOL_VERSION = 0;

/** MS-RDPEAR 2.2.1.1, RemoteGuardCallId: calls of Kerberos that hosts use to get and show tickets. */
export const CallId = {
  RemoteCallKerbNegotiateVersion: 0x0100,
  RemoteCallKerbCreateApReqAuthenticator: 0x0103,
  RemoteCallKerbDecryptApReply: 0x0104,
  RemoteCallKerbUnpackKdcReplyBody: 0x0105,
  RemoteCallKerbComputeTgsChecksum: 0x0106,
  RemoteCallKerbBuildEncryptedAuthData: 0x0107,
  RemoteCallKerbPackApReply: 0x0108,
} as const;

/** MS-RDPEAR 1.7: there is one version. */
export const VERSION = 0;

/** MS-ERREF 2.3: the status of an answer. */
export const Status = {
  STATUS_SUCCESS: 0x00000000,
  /** A key that the client does not know, or not any more. */
  STATUS_INVALID_HANDLE: 0xc0000008,
  STATUS_INVALID_PARAMETER: 0xc000000d,
  /** What was to be decrypted is not under that key. */
  STATUS_DECRYPTION_FAILED: 0xc000028b,
} as const;
