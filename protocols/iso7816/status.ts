/** Status bytes SW1-SW2 (ISO/IEC 7816-4:2013 §5.6, tables 5 and 6), with their clauses. */

export const STATUS = {
  ok: 0x9000,
  /** Counter in the last four bits: 63C3. */
  wrongPin: 0x63c0,
  executionError: 0x6400,
  wrongLength: 0x6700,
  channelNotSupported: 0x6881,
  lastOfChainExpected: 0x6883,
  chainingNotSupported: 0x6884,
  securityStatus: 0x6982,
  blocked: 0x6983,
  dataNotUsable: 0x6984,
  conditions: 0x6985,
  wrongData: 0x6a80,
  functionNotSupported: 0x6a81,
  notFound: 0x6a82,
  wrongParameters: 0x6a86,
  referenceNotFound: 0x6a88,
  instruction: 0x6d00,
  class: 0x6e00,
  noDiagnosis: 0x6f00,
} as const;

const MEANINGS: Readonly<Record<number, string>> = {
  [STATUS.ok]: 'no error',
  [STATUS.executionError]: 'execution error',
  [STATUS.wrongLength]: 'wrong length',
  [STATUS.channelNotSupported]: 'logical channel not supported',
  [STATUS.lastOfChainExpected]: 'last command of the chain expected',
  [STATUS.chainingNotSupported]: 'command chaining not supported',
  [STATUS.securityStatus]: 'security status not satisfied',
  [STATUS.blocked]: 'authentication method blocked',
  [STATUS.dataNotUsable]: 'reference data not usable',
  [STATUS.conditions]: 'conditions of use not satisfied',
  [STATUS.wrongData]: 'incorrect parameters in the data field',
  [STATUS.functionNotSupported]: 'function not supported',
  [STATUS.notFound]: 'file or application not found',
  [STATUS.wrongParameters]: 'incorrect parameters P1-P2',
  [STATUS.referenceNotFound]: 'referenced data not found',
  [STATUS.instruction]: 'instruction code not supported or invalid',
  [STATUS.class]: 'class not supported',
  [STATUS.noDiagnosis]: 'no precise diagnosis',
};

/** A wrong PIN with `tries` left, as 63Cx can say it: 15 at most. */
export function wrongPinStatus(tries: number): number {
  return STATUS.wrongPin | Math.min(tries, 15);
}

/** What a status says, for people: `63C2` as "wrong PIN, 2 tries left". */
export function statusMeaning(status: number): string {
  if ((status & 0xfff0) === STATUS.wrongPin) return `wrong PIN, ${status & 0xf} tries left`;
  if (status >> 8 === 0x61) return `${status & 0xff || 'at least 256'} octets are left`;
  if (status >> 8 === 0x6c) return `wrong Le, ${status & 0xff} octets are there`;
  return MEANINGS[status] ?? 'unknown status';
}
