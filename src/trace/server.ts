/**
 * The trace over HTTP and WebSocket, on one port: `src/trace/README.md` lists the requests. It shows a
 * run that goes on (`serve`, `run --trace`) or a finished one (`view`); what can be steered is handed
 * in as {@link Controls}.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Door, refusal } from './access.ts';
import type { Dissector } from './dissector.ts';
import { type Live, live } from './live.ts';
import { pageFiles } from './page.ts';
import { type Answer, answerTo, type Controls, errorAnswer, type Served } from './routes.ts';
import { RunError } from './run-error.ts';
import type { TraceSource } from './source.ts';
import { trees } from './tree.ts';

export interface TraceServerOptions {
  readonly source: TraceSource;
  readonly dissector: Dissector;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** At least 32 hexadecimal digits; absent: drawn. */
  readonly token?: string;
  /** What the page shows above the records. */
  readonly about: Served['about'];
  readonly controls?: Controls;
}

export interface TraceServer {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** The viewer's address, the token in it. */
  readonly url: string;
  /** Sends WebSocket clients what is left of the trace, and ends within half a second. */
  close(): Promise<void>;
}

const SOCKETS_MAX = 256;
const CONSUMERS_MAX = 64;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const CLOSE_MS = 500;

/** @throws Error with code EADDRINUSE, EACCES ... when the port cannot be had. */
export async function traceServer(options: TraceServerOptions): Promise<TraceServer> {
  const { source, dissector, host = '127.0.0.1', about, controls = {} } = options;
  const token = options.token ?? randomBytes(32).toString('hex');
  if (!/^[0-9a-f]{32,}$/i.test(token)) {
    throw new RangeError('the token must have 32 hexadecimal digits or more');
  }
  const http = createServer({
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: 2_000,
    maxHeaderSize: 16_384,
  });
  http.maxConnections = SOCKETS_MAX;
  const port = await listening(http, host, options.port);
  const door: Door = { token, host, port };
  const consumers = live(source);
  const fields = trees(source, dissector);
  const served: Served = { source, trees: fields, live: consumers, about, controls };
  const files = pageFiles();
  http.on('request', (request, response) => {
    const asked = askedOf(request);
    void answerTo(served, door, files, request, asked)
      .catch(failed)
      .then((answer) => send(answer, request, response))
      .catch(() => response.destroy());
  });
  http.on('upgrade', (request, socket, head) => upgrade(door, consumers, request, socket, head));
  http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) socket.destroy();
    else if (error.code === 'HPE_HEADER_OVERFLOW') refuse(socket, 431, 'the headers are too long');
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
      refuse(socket, 408, 'the request took too long');
    else refuse(socket, 400, 'this is no HTTP request');
  });
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return {
    host,
    port,
    token,
    url: `http://${shownHost}:${port}/?token=${token}`,
    close: async () => {
      fields.close();
      await closed(http, consumers);
    },
  };
}

/** A run folder that was changed is not the server's failure, but nothing the client can put right. */
function failed(error: Error): Answer {
  const why = error instanceof RunError ? error.message : `the server failed: ${error.message}`;
  return errorAnswer(500, why);
}

function listening(http: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.off('error', reject);
      const address = http.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closed(http: Server, consumers: Live): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      http.closeAllConnections();
      consumers.terminate();
    }, CLOSE_MS);
    http.close(() => {
      clearTimeout(late);
      resolve();
    });
    http.closeIdleConnections();
    consumers.close('the trace ends here');
  });
}

/** The request's path and query; the host in it is of no interest here. */
function askedOf(request: IncomingMessage): URL {
  const target = request.url ?? '/';
  const path = target.startsWith('/') ? target.replace(/^\/+/, '/') : '/';
  return URL.canParse(path, 'http://trace')
    ? new URL(path, 'http://trace')
    : new URL('http://trace/');
}

async function send(
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A body that nobody read would keep the connection busy.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(answer.status, answer.headers);
  if (answer.chunks === undefined) {
    response.end(answer.body);
    return;
  }
  for (const chunk of answer.chunks) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

function upgrade(
  door: Door,
  consumers: Live,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.on('error', () => socket.destroy());
  const asked = askedOf(request);
  const from = asked.searchParams.get('from') ?? '0';
  const refused = refusal(door, request.headers, asked.searchParams);
  if (refused !== undefined) refuse(socket, refused.status, refused.error);
  else if (asked.pathname !== '/live') {
    refuse(socket, 404, `there is no WebSocket at ${asked.pathname}: /live?from=SEQ is one`);
  } else if (!/^\d{1,15}$/.test(from)) {
    refuse(socket, 400, 'from: expected the seq of a record, a whole number from 0');
  } else if (consumers.consumers >= CONSUMERS_MAX) {
    refuse(socket, 503, `${CONSUMERS_MAX} consumers are connected, and there may be no more`);
  } else consumers.accept(request, socket, head, Number(from));
}

function refuse(socket: Duplex, status: number, error: string): void {
  const answer = errorAnswer(status, error);
  const headers = Object.entries({ ...answer.headers, connection: 'close' });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} Refused\r\n${lines}\r\n${answer.body}`);
}
