/** What the drivers count, as numbers and as Prometheus text (exposition format 0.0.4). */

/** Upper ends of the duration buckets, in seconds. */
const BUCKETS = [5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.5, 1];

interface Histogram {
  readonly buckets: number[];
  count: number;
  seconds: number;
}

export interface Metrics {
  /** One message was heard and stepped on; `message` is its name. */
  request(message: string, seconds: number): void;
  /** One message was sent; `error` is the name of the error that it says. */
  answer(message: string, error: string | undefined): void;
  /** A message, connection or step was given up, or something else happened that is counted only. */
  count(what: Counted): void;
  /** Registers a number that is asked for when the text is made. */
  gauge(name: string, help: string, read: () => number): void;
  counted(what: Counted): number;
  /** Prometheus text. */
  text(): string;
}

/** What is counted by {@link Metrics.count}, with what it means. */
const COUNTED = {
  connections_accepted: 'Connections taken.',
  connections_refused: 'Connections not taken: too many from one peer.',
  connections_evicted: 'Connections ended to make room for a newer one.',
  connections_expired: 'Connections ended: silent or slow for too long.',
  connections_overfull:
    'Connections ended: too many octets of unfinished messages or untaken answers.',
  handshakes_failed: 'Connections ended: TLS could not be agreed on.',
  messages_malformed: 'Messages that the framing refused.',
  datagrams_shed: 'Datagrams dropped, in or out, because too much was waiting.',
  datagrams_lost: 'Datagrams lost on purpose: a fault is switched on.',
  datagrams_failed: 'Datagrams that the system did not send.',
  steps_failed: 'Steps that threw: faults of kerblab.',
  key_operations_failed: 'Private-key operations that could not be done.',
} as const;

export type Counted = keyof typeof COUNTED;

export function metrics(): Metrics {
  const requests = new Map<string, Histogram>();
  const answers = new Map<string, Map<string, number>>();
  const counts = new Map<Counted, number>();
  const gauges: { readonly name: string; readonly help: string; read(): number }[] = [];

  function requestsText(): string[] {
    const name = 'kerblab_step_seconds';
    const lines = head(
      name,
      'Time from a message to the end of its step, by message.',
      'histogram',
    );
    for (const [message, { buckets, count, seconds }] of requests) {
      const label = `message="${escaped(message)}"`;
      let sum = 0;
      for (const [i, end] of BUCKETS.entries()) {
        sum += buckets[i] as number;
        lines.push(`${name}_bucket{${label},le="${end}"} ${sum}`);
      }
      lines.push(`${name}_bucket{${label},le="+Inf"} ${count}`);
      lines.push(`${name}_sum{${label}} ${seconds}`, `${name}_count{${label}} ${count}`);
    }
    return lines;
  }

  return {
    request(message, seconds) {
      let histogram = requests.get(message);
      if (histogram === undefined) {
        histogram = { buckets: BUCKETS.map(() => 0), count: 0, seconds: 0 };
        requests.set(message, histogram);
      }
      histogram.count++;
      histogram.seconds += seconds;
      let i = 0;
      while (i < BUCKETS.length && seconds > (BUCKETS[i] as number)) i++;
      if (i < BUCKETS.length) (histogram.buckets[i] as number)++;
    },
    answer(message, error = '') {
      let byError = answers.get(message);
      if (byError === undefined) {
        byError = new Map();
        answers.set(message, byError);
      }
      byError.set(error, (byError.get(error) ?? 0) + 1);
    },
    count(what) {
      counts.set(what, (counts.get(what) ?? 0) + 1);
    },
    gauge(name, help, read) {
      gauges.push({ name: `kerblab_${name}`, help, read });
    },
    counted: (what) => counts.get(what) ?? 0,
    text() {
      const lines = head('kerblab_requests_total', 'Messages heard, by message.', 'counter');
      for (const [message, { count }] of requests) {
        lines.push(`kerblab_requests_total{message="${escaped(message)}"} ${count}`);
      }
      lines.push(
        ...head('kerblab_answers_total', 'Messages sent, by message and error.', 'counter'),
      );
      for (const [message, byError] of answers) {
        for (const [error, count] of byError) {
          const labels = `message="${escaped(message)}",error="${escaped(error)}"`;
          lines.push(`kerblab_answers_total{${labels}} ${count}`);
        }
      }
      lines.push(...requestsText());
      for (const [what, help] of Object.entries(COUNTED)) {
        const name = `kerblab_${what}_total`;
        lines.push(...head(name, help, 'counter'), `${name} ${counts.get(what as Counted) ?? 0}`);
      }
      for (const { name, help, read } of gauges) {
        lines.push(...head(name, help, 'gauge'), `${name} ${read()}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}

function head(name: string, help: string, type: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
