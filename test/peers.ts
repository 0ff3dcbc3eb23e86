/**
 * Tests against other implementations. A peer that is not installed makes its tests skipped by
 * name, or failed where KERBLAB_REQUIRE_PEERS=1 says that it must be there (CI).
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Test } from 'uvu';
import { root } from './root.ts';

/** Heimdal's package conflicts with MIT's in Debian: CI unpacks it beside the system. */
const HEIMDAL = process.env.KERBLAB_HEIMDAL ?? root('.peers', 'heimdal');

const FOLDERS = [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/sbin',
  '/usr/local/sbin',
  join(HEIMDAL, 'usr', 'bin'),
  join(HEIMDAL, 'usr', 'sbin'),
  join(HEIMDAL, 'usr', 'lib', 'heimdal-servers'),
].filter((folder) => folder !== '');

const ARCHITECTURE = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const NSS_WRAPPER = `/usr/lib/${ARCHITECTURE}-linux-gnu/libnss_wrapper.so`;

/** Libraries: what interpreter runs them (or they themselves), where Debian installs them for it. */
const LIBRARIES: Readonly<Record<string, readonly [interpreter: string, library: string]>> = {
  // Preloaded, it answers for names of hosts from a file.
  'nss-wrapper': [NSS_WRAPPER, NSS_WRAPPER],
  impacket: ['/usr/bin/python3', '/usr/lib/python3/dist-packages/impacket/krb5'],
  'rdp_check.py': ['/usr/bin/python3', '/usr/share/doc/python3-impacket/examples/rdp_check.py'],
};

/** Where a peer's program is, or the interpreter of a library, or undefined where it is not installed. */
export function peer(command: string): string | undefined {
  const library = LIBRARIES[command];
  if (library !== undefined) return library.every(existsSync) ? library[0] : undefined;
  for (const folder of FOLDERS) {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this folder: look in the next
    }
  }
  return undefined;
}

/** A test that needs programs of others. @throws when a peer is missing that CI requires. */
export function peerTest(
  suite: Test,
  name: string,
  commands: readonly string[],
  body: () => void | Promise<void>,
): void {
  const missing = commands.filter((command) => peer(command) === undefined);
  if (missing.length === 0) {
    suite(name, body);
  } else if (process.env.KERBLAB_REQUIRE_PEERS === '1') {
    suite(name, () => {
      throw new Error(`${missing.join(', ')} not installed, but KERBLAB_REQUIRE_PEERS=1`);
    });
  } else {
    console.log(`SKIPPED ${name}: needs ${missing.join(', ')}`);
    suite.skip(name, body);
  }
}
