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

const NAMES: Readonly<Record<number, string>> = {
  32: 'VERIFY',
  34: 'MANAGE SECURITY ENVIRONMENT',
  36: 'CHANGE REFERENCE DATA',
  42: 'PERFORM SECURITY OPERATION',
  44: 'RESET RETRY COUNTER',
  71: 'GENERATE ASYMMETRIC KEY PAIR',
  132: 'GET CHALLENGE',
  135: 'GENERAL AUTHENTICATE',
  136: 'INTERNAL AUTHENTICATE',
  164: 'SELECT',
  176: 'READ BINARY',
  192: 'GET RESPONSE',
  203: 'GET DATA',
  219: 'PUT DATA',
  224: 'CREATE FILE',
};

/** The command’s name; undefined: not in the table. */
export function instructionName(ins: number): string | undefined {
  return NAMES[ins];
}
