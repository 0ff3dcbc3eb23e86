/** What the server has besides operations and controls: as the rootDSE lists it. */

/** Extended operations by their names (RFC 4511 §4.12, RFC 4532). */
export const Extension = {
  StartTLS: '1.3.6.1.4.1.1466.20037',
  WhoAmI: '1.3.6.1.4.1.4203.1.11.3',
  NoticeOfDisconnection: '1.3.6.1.4.1.1466.20036',
} as const;

export const EXTENSIONS: readonly string[] = [Extension.WhoAmI];

/** SASL mechanisms (RFC 4752; MS-SPNG inside RFC 4422), in Active Directory's order. */
export const MECHANISMS: readonly string[] = ['GSSAPI', 'GSS-SPNEGO'];
