/**
 * One process for one folder. A socket is what holds the lock, because the system takes it away from
 * a process that is killed: there is no stale lock that somebody would have to remove.
 */
import { statSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FolderLock {
  release(): Promise<void>;
}

/** Undefined: another process has it. @throws Error when the system has no such sockets. */
export async function folderLock(folder: string): Promise<FolderLock | undefined> {
  const { dev, ino } = statSync(folder, { bigint: true });
  const name = `kerblab-${dev.toString(36)}-${ino.toString(36)}`;
  if (process.platform === 'linux') return lockOf(await listening(`\0${name}`));
  if (process.platform === 'win32') return lockOf(await listening(`\\\\.\\pipe\\${name}`));
  // Elsewhere a socket is a file that outlasts its process: then nobody answers there.
  const path = join(tmpdir(), `${name}.sock`);
  const first = await listening(path);
  if (first !== undefined) return lockOf(first);
  if (await answers(path)) return undefined;
  unlinkSync(path);
  return lockOf(await listening(path));
}

function listening(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    // Exclusive: a worker of a cluster would share the first one's socket.
    server.listen({ path, exclusive: true }, () => resolve(server.unref()));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function lockOf(server: Server | undefined): FolderLock | undefined {
  if (server === undefined) return undefined;
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}
