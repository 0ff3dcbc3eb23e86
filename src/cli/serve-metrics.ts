/** What `GET /metrics` says about private keys, in the text format of Prometheus. */
import type { KeyOperations } from '../signing/operations.ts';
import type { Signer } from '../signing/signer.ts';

export function keyMetrics(signing: Signer, operations: KeyOperations): string {
  const { batches, signatures, failures, milliseconds } = signing.stats();
  const all = operations.stats();
  const outcomes = Object.entries(all.operations);
  return [
    counter('signing_batches_total', 'Batches of signatures.', batches),
    counter('signing_signatures_total', 'Signatures made.', signatures),
    counter('signing_failures_total', 'Signatures that could not be made.', failures),
    counter('signing_seconds_total', 'Time from batches to their signatures.', milliseconds / 1000),
    counter('key_batches_total', 'Batches of private-key operations.', all.batches),
    counter('key_seconds_total', 'Time from batches to their results.', all.milliseconds / 1000),
    header('key_operations_total', 'Private-key operations by what came of them.'),
    ...outcomes.map(([outcome, n]) => `kerblab_key_operations_total{outcome="${outcome}"} ${n}\n`),
  ].join('');
}

function counter(what: string, help: string, value: number): string {
  return `${header(what, help)}kerblab_${what} ${value}\n`;
}

function header(what: string, help: string): string {
  return `# HELP kerblab_${what} ${help}\n# TYPE kerblab_${what} counter\n`;
}
