/** The known word that somebody probably meant. */

/** How many letters may be wrong: one in short words, a third of longer ones; not the only one. */
function tolerance(word: string): number {
  return Math.min(word.length - 1, Math.max(1, Math.floor(word.length / 3)));
}

/** Words longer than this are nobody's typing error, and comparing them would take long. */
const LENGTH_MAX = 100;

/** The nearest of `known`, or undefined when none is near; case counts next to nothing. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > LENGTH_MAX) return undefined;
  let best: string | undefined;
  let bestDistance = tolerance(word) + 0.5;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > bestDistance) continue;
    const distance = editDistance(word, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `unknown role "domain-controler", nearest is "domain-controller"`; without one, what there is. */
export function unknownWord(kind: string, word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== undefined) return `unknown ${kind} ${quoted(word)}, nearest is "${near}"`;
  return `unknown ${kind} ${quoted(word)}, ${known.length === 0 ? 'there is none' : `known: ${known.join(', ')}`}`;
}

/** The text as it was written, cut where it gets long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

/** Optimal string alignment: letters put in, left out, replaced, or two of them swapped. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let cost = (last[j - 1] as number) + substitution(a[i - 1] as string, b[j - 1] as string);
      cost = Math.min(cost, (last[j] as number) + 1, (row[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] as number) + 1);
      }
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] as number;
}

function substitution(a: string, b: string): number {
  if (a === b) return 0;
  return a.toLowerCase() === b.toLowerCase() ? 0.1 : 1;
}

/** Begins with a vowel's letter and a consonant's sound: user, unit, European, one-way. */
const CONSONANT_SOUND = /^(?:us[aeu]|uni(?!n)|eu|one\b)/i;

/** `a device`, `an asker`, `a user`. */
export function withArticle(word: string): string {
  return `${/^[aeiou]/i.test(word) && !CONSONANT_SOUND.test(word) ? 'an' : 'a'} ${word}`;
}
