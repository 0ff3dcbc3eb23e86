/** A run folder that is not one, or not any more: `file:line: what was expected, what came`. */
export class RunError extends Error {
  override readonly name = 'RunError';
}
