/** Numbers of MS-NLMP 2.2, by its names. */

/** "NTLMSSP" and a zero octet: what every message begins with. */
export const SIGNATURE: Uint8Array = new Uint8Array([0x4e, 0x54, 0x4c, 0x4d, 0x53, 0x53, 0x50, 0]);

export const MessageType = {
  NEGOTIATE_MESSAGE: 1,
  CHALLENGE_MESSAGE: 2,
  AUTHENTICATE_MESSAGE: 3,
} as const;

/** 2.2.2.5; a bit is used without sign: `flags >>> 0`. */
export const NegotiateFlags = {
  NTLMSSP_NEGOTIATE_UNICODE: 0x1,
  NTLM_NEGOTIATE_OEM: 0x2,
  NTLMSSP_REQUEST_TARGET: 0x4,
  NTLMSSP_NEGOTIATE_SIGN: 0x10,
  NTLMSSP_NEGOTIATE_SEAL: 0x20,
  NTLMSSP_NEGOTIATE_DATAGRAM: 0x40,
  NTLMSSP_NEGOTIATE_LM_KEY: 0x80,
  NTLMSSP_NEGOTIATE_NTLM: 0x200,
  NTLMSSP_ANONYMOUS: 0x800,
  NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED: 0x1000,
  NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED: 0x2000,
  NTLMSSP_NEGOTIATE_ALWAYS_SIGN: 0x8000,
  NTLMSSP_TARGET_TYPE_DOMAIN: 0x10000,
  NTLMSSP_TARGET_TYPE_SERVER: 0x20000,
  NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY: 0x80000,
  NTLMSSP_NEGOTIATE_IDENTIFY: 0x100000,
  NTLMSSP_REQUEST_NON_NT_SESSION_KEY: 0x400000,
  NTLMSSP_NEGOTIATE_TARGET_INFO: 0x800000,
  NTLMSSP_NEGOTIATE_VERSION: 0x2000000,
  NTLMSSP_NEGOTIATE_128: 0x20000000,
  NTLMSSP_NEGOTIATE_KEY_EXCH: 0x40000000,
  NTLMSSP_NEGOTIATE_56: 0x80000000,
} as const;

/** AV_PAIR.AvId, 2.2.2.1. */
export const AvId = {
  MsvAvEOL: 0,
  MsvAvNbComputerName: 1,
  MsvAvNbDomainName: 2,
  MsvAvDnsComputerName: 3,
  MsvAvDnsDomainName: 4,
  MsvAvDnsTreeName: 5,
  MsvAvFlags: 6,
  MsvAvTimestamp: 7,
  MsvAvSingleHost: 8,
  MsvAvTargetName: 9,
  MsvAvChannelBindings: 10,
} as const;

/** The value of MsvAvFlags. */
export const AvFlags = {
  /** The account authentication is constrained. */
  constrained: 0x1,
  /** The AUTHENTICATE_MESSAGE has a MIC. */
  mic: 0x2,
  /** The target name comes from an untrusted source. */
  untrustedTarget: 0x4,
} as const;

/** Windows 10 and 11 say this of themselves: 10.0, build 19041, revision NTLMSSP_REVISION_W2K3. */
export const WINDOWS_VERSION = { major: 10, minor: 0, build: 19_041, revision: 15 } as const;

/** Octets of a challenge, of a hash and of a session key. */
export const CHALLENGE_LENGTH = 8;
export const KEY_LENGTH = 16;
