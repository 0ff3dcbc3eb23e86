/** Ports for programs of others, which cannot be told to take any that is free. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what systems give to connections (Linux: from 32,768 on): nobody takes one between our look and its use. */
const FIRST = 20_000;
const LAST = 32_000;

/** The first of `count` ports in a row that nobody listens on. */
export async function freePort(count = 1): Promise<number> {
  for (;;) {
    const first = randomInt(FIRST, LAST - count);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return first;
  }
}

/** On every address: some programs listen on all. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
}
