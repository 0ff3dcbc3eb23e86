/** Reading the rootDSE: what a client learns before it binds. */
import { rootDse, selectRootDse } from '../directory/rootdse.ts';
import { SUPPORTED_CONTROLS } from './controls.ts';
import { EXTENSIONS, MECHANISMS } from './features.ts';
import type { SearchRequest } from './messages.ts';
import type { Answer, Operation } from './operation.ts';
import { type Response, SUCCESS } from './results.ts';
import { shownTexts } from './shown.ts';

/** MS-ADTS 3.1.1.3.2: read by anybody, matched by `(objectClass=*)` whatever the filter says else. */
export function answerRootDse(request: SearchRequest, at: Operation): Answer {
  const { env, directory, connection } = at;
  const context = {
    domain: env.host.domain,
    now: env.now,
    context: connection.requester.context,
    ...(connection.name === 'bound' ? {} : { anonymous: true }),
  };
  const services = { mechanisms: MECHANISMS, controls: SUPPORTED_CONTROLS, extensions: EXTENSIONS };
  const all = rootDse(directory, context, services);
  const attributes = selectRootDse(all, request.attributes)
    .filter(({ values }) => values.length > 0)
    .map(({ name, values }) => ({ type: name, vals: request.typesOnly ? [] : shownTexts(values) }));
  const entry: Response = { operation: { searchResEntry: { objectName: '', attributes } } };
  return { responses: [entry, { operation: { searchResDone: SUCCESS } }] };
}
