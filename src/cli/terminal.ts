/** Colours and progress, only where a terminal shows them. */

export type Style = (text: string) => string;

export interface Styles {
  readonly bold: Style;
  readonly dim: Style;
  readonly good: Style;
  readonly bad: Style;
  readonly warn: Style;
}

/** What of a stream is asked: whether somebody looks at it. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Colours for `output`; none where it is no terminal, or https://no-color.org asks for none. */
export function stylesFor(output: Output, env: NodeJS.ProcessEnv = process.env): Styles {
  const plain = output.isTTY !== true || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  const style = (on: number, off: number): Style =>
    plain ? (text) => text : (text) => `\x1b[${on}m${text}\x1b[${off}m`;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    good: style(32, 39),
    bad: style(31, 39),
    warn: style(33, 39),
  };
}

export interface Progress {
  show(done: number, all: number, text: string): void;
  /** Takes the line away, so that others can write. */
  clear(): void;
}

const BAR = 20;
const BETWEEN_MS = 80;

/** A line on a terminal that tells how far it is; nothing elsewhere. */
export function progressOn(output: Output, now: () => number = Date.now): Progress {
  let shownAt = 0;
  let standing = false;
  const clear = (): void => {
    if (standing) output.write('\r\x1b[2K');
    standing = false;
  };
  if (output.isTTY !== true) return { show: () => undefined, clear };
  return {
    clear,
    show(done, all, text) {
      if (now() - shownAt < BETWEEN_MS) return;
      shownAt = now();
      const full = Math.round((BAR * done) / Math.max(all, 1));
      const line = `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${done}/${all} ${text}`;
      output.write(`\r\x1b[2K${line.slice(0, (output.columns ?? 80) - 1)}`);
      standing = true;
    },
  };
}
