/** The forms of `POST /faults`, for help and for refusals. */
export const TROUBLE_EXAMPLES = [
  '{"fault":"sleep","actor":"dc1"}',
  '{"fault":"loss","actor":"dc1","loss":"30%"}',
];
