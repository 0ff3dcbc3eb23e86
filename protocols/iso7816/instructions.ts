/** Instruction bytes (ISO/IEC 7816-4:2013 table 4, 7816-8:2016), those that the applications here know. */

export const INSTRUCTION = {
  verify: 0x20,
  manageSecurityEnvironment: 0x22,
  performSecurityOperation: 0x2a,
  generalAuthenticate: 0x87,
  internalAuthenticate: 0x88,
  select: 0xa4,
  getResponse: 0xc0,
  getData: 0xcb,
} as const;
