/** Octets that others published: MS-CSSP section 4, and the tests of sspi-rs (Devolutions, MIT or Apache 2.0). */
import { concat, hex, utf16le } from '../../../src/bytes/bytes.ts';

/** sspi-rs, src/credssp/ts_request/test.rs: the messages of one sign-in with NTLM. */
export const NONCE = hex`221012ad125c7a15feb64b1fcb94833ac56f664cf3bce7548a5d9e050a4691db`;
export const NEGOTIATE_TOKEN = hex`
  4e544c4d5353500001000000b78208e2000000000000000000000000000000000601b11d0000000f`;
export const FIRST_REQUEST = concat(
  hex`305ba003020106a130302e302ca02a0428`,
  NEGOTIATE_TOKEN,
  hex`a5220420`,
  NONCE,
);
export const SERVER_PUB_KEY_AUTH = hex`
  01000000ce7a5af4f7e2571b00000000dacc168fb23445ed026731c16390a85c6b01bc1f8d935e34de66b9b3d7f5a1ab`;
export const FOURTH_REQUEST = concat(
  hex`305da003020106a3320430`,
  SERVER_PUB_KEY_AUTH,
  hex`a5220420`,
  NONCE,
);
export const AUTH_INFO = hex`
  01000000e0bae3bac27254e8010000006e037c4c9d024e5eeba19fab603297cd95cffe8f4470796e6ccdea746a`;
export const FIFTH_REQUEST = concat(hex`305aa003020106a22f042d`, AUTH_INFO, hex`a5220420`, NONCE);
/** With errorCode 0xC00700EA. */
export const ERROR_NONCE = hex`f88dd4b7559a94e5e87f2b2f94c23858a984fc07697df85776c957a31512eb32`;
export const ERROR_PUB_KEY_AUTH = hex`
  01000000d8b30c7e37512184000000006c47c8e302599219d199dfbd0ff571613adf7403effca52316233755ff9120d8`;
export const ERROR_REQUEST = concat(
  hex`3065a003020106a3320430`,
  ERROR_PUB_KEY_AUTH,
  hex`a4060204c00700ea a5220420`,
  ERROR_NONCE,
);

export const ONE_LETTER_PASSWORD = hex`301ba003020101a114041230 10a0020400a10404026100a20404023100`;
export const EMPTY_PASSWORD = hex`3017a003020101a110040e300ca0020400a1020400a2020400`;

/** MS-CSSP section 4: the authInfo of a sign-in by smart card, before it is wrapped; 275 octets. */
export const READER = 'OMNIKEY CardMan 3x21 0';
export const CONTAINER = 'le-MSSmartcardUser-8bda019f-1266--53268';
export const CSP = 'Microsoft Base Smart Card Crypto Provider';
export const SMART_CARD = concat(
  hex`3082010fa003020102a1820106048201023081ffa01a0418`,
  utf16le('bbbbbbbbbbbb'),
  hex`a181e03081dda003020101a22e042c`,
  utf16le(READER),
  hex`a350044e`,
  utf16le(CONTAINER),
  hex`a4540452`,
  utf16le(CSP),
);
