/** What `serve` says to people: standard output is for its one line of JSON. */
export function log(text: string): void {
  process.stderr.write(`kerblab: ${text}\n`);
}
