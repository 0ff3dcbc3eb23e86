/** The openssl program on files of a folder that goes away afterwards. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Openssl {
  /** Writes a file, whose path it gives. */
  file(name: string, content: Uint8Array | string): string;
  path(name: string): string;
  /** Standard output as octets. @throws Error with all that it printed, when it fails */
  run(...args: readonly string[]): Uint8Array;
  /** Everything printed, whether it fails or not. */
  says(...args: readonly string[]): string;
}

export function withOpenssl(use: (openssl: Openssl) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'openssl-'));
  const path = (name: string): string => join(folder, name);
  const spawn = (args: readonly string[]) => spawnSync('openssl', args, { cwd: folder });
  try {
    use({
      path,
      file(name, content) {
        writeFileSync(path(name), content);
        return path(name);
      },
      run(...args) {
        const { status, stdout, stderr } = spawn(args);
        if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stdout}${stderr}`);
        return new Uint8Array(stdout);
      },
      says(...args) {
        const { stdout, stderr } = spawn(args);
        return `${stdout}${stderr}`;
      },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
