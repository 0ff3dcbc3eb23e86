/** A fault of the program, not of the scenario: it names what repeats it. */
export class WorldError extends Error {
  readonly seed: number;
  readonly seq: number;
  readonly actor: string;

  constructor(seed: number, seq: number, actor: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`seed ${seed}, seq ${seq}, ${actor}: ${reason}`, { cause });
    this.name = 'WorldError';
    this.seed = seed;
    this.seq = seq;
    this.actor = actor;
  }
}
