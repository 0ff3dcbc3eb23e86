/** `kerblab export`: a run as files for Wireshark, MIT's and Heimdal's programs, and documents. */
import type { Command } from 'commander';
import type { ExportOptions } from './export-run.ts';

export function registerExport(program: Command): void {
  program
    .command('export')
    .description('write a run as files for other programs')
    .argument('<run>', 'a run folder, or "latest"')
    .option('--pcapng <file>', 'the packets, for Wireshark')
    .option(
      '--keytab <file>',
      'every long-term key and what PKINIT agreed on, for Wireshark and klist -k',
    )
    .option('--ccache <file>', 'the tickets of one principal, for klist -c')
    .option('--kirbi <file>', 'one ticket of a principal as KRB-CRED, for programs for Windows')
    .option(
      '--ticket <which>',
      'full, partial or cloud ticket-granting ticket, or a service (default: what a cache would hold; --kirbi: full)',
    )
    .option('--prt <file>', 'a primary refresh token with its keys, as roadtx keeps one')
    .option('--device <dir>', 'certificate and keys of a device that Entra knows, PEM')
    .option('--on <actor>', 'which device (default: the only one)')
    .option('--principal <name>', 'whose tickets (default: the only user’s)')
    .option(
      '--keylog <file>',
      'TLS secrets, for Wireshark; with it the capture shows TLS as a network would, without it what TLS carries',
    )
    .option('--mermaid <file>', 'a sequence diagram')
    .option('--bundle <dir>', 'all of these and the run itself, to be handed on')
    .option('--runs <dir>', 'where "latest" is looked for', 'runs')
    .addHelpText(
      'after',
      `
Examples:
  kerblab export latest --ccache partial.ccache --ticket partial
  kerblab export latest --prt roadtx.prt --device laptop/
  kerblab export latest --pcapng run.pcapng --keytab all.keytab
  wireshark -o kerberos.decrypt:TRUE -o kerberos.file:all.keytab run.pcapng
  kerblab export latest --pcapng tls.pcapng --keylog tls.keys
  wireshark -o tls.keylog_file:tls.keys -d tcp.port==3389,tls tls.pcapng`,
    )
    .action(async (name: string, options: ExportOptions) => {
      await (await import('./export-run.ts')).exportRun(name, options);
    });
}
