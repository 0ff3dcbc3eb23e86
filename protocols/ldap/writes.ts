/** Requests that change the directory, and Compare: RFC 4511 §4.6 to §4.10. */
import { add } from '../directory/add.ts';
import { compare } from '../directory/compare.ts';
import { remove } from '../directory/delete.ts';
import { parseBase, parseDn } from '../directory/dn.ts';
import { type Modification, modify, type Written } from '../directory/modify.ts';
import { modifyDn } from '../directory/modify-dn.ts';
import { type Refusal, ResultCode } from '../directory/refusals.ts';
import { modifyRoot } from '../directory/root-operations.ts';
import { badName, foreignDomain, locate } from './locate.ts';
import {
  type AddRequest,
  ChangeOperation,
  type CompareRequest,
  type LdapResult,
  type ModifyDnRequest,
  type ModifyRequest,
} from './messages.ts';
import { type Answer, type Operation, writeContext } from './operation.ts';
import { FrontError, frontRefusal, referralTo, resultOf, SUCCESS } from './results.ts';

type Outcome =
  | { readonly kind: 'written'; readonly written: Written }
  | { readonly kind: 'said'; readonly result: LdapResult };

/** Finds the object and lets `write` do its work, or says why there is none. */
function onObject(name: string, at: Operation, write: (id: number) => Written): Outcome {
  const where = { directory: at.directory, domain: at.env.host.domain };
  const located = locate(
    name,
    at.controls.showDeleted === true ? { ...where, showDeleted: true } : where,
  );
  switch (located.kind) {
    case 'found':
      return { kind: 'written', written: write(located.id) };
    case 'refused':
      return { kind: 'written', written: located.refusal };
    case 'referral':
      return { kind: 'said', result: located.result };
  }
}

function answer(
  response: 'addResponse' | 'modifyResponse' | 'delResponse' | 'modDNResponse',
  outcome: Outcome,
): Answer {
  const operation = (result: LdapResult) =>
    ({ operation: { [response]: result } }) as Answer['responses'][number];
  if (outcome.kind === 'said') return { responses: [operation(outcome.result)] };
  const { written } = outcome;
  return written.ok
    ? { responses: [operation(SUCCESS)], draft: written.draft }
    : { responses: [operation(resultOf(written))], note: written.reason };
}

const refused = (refusal: Refusal): Outcome => ({ kind: 'written', written: refusal });

export function answerModify(request: ModifyRequest, at: Operation): Answer {
  const modifications: Modification[] = [];
  for (const { operation, modification } of request.changes) {
    const kind = OPERATIONS[operation];
    if (kind === undefined) {
      const comment = `a change of kind ${operation}`;
      const refusal = frontRefusal(
        ResultCode.protocolError,
        FrontError.ERROR_INVALID_PARAMETER,
        comment,
      );
      return answer('modifyResponse', refused(refusal));
    }
    modifications.push({
      operation: kind,
      attribute: modification.type,
      values: modification.vals,
    });
  }
  if (request.object === '') {
    const written = modifyRoot(modifications, writeContext(at), at.env.host.tasks);
    return answer('modifyResponse', { kind: 'written', written });
  }
  const outcome = onObject(request.object, at, (id) => modify(id, modifications, writeContext(at)));
  return answer('modifyResponse', outcome);
}

const OPERATIONS: Readonly<Record<number, Modification['operation']>> = {
  [ChangeOperation.add]: 'add',
  [ChangeOperation.delete]: 'delete',
  [ChangeOperation.replace]: 'replace',
};

export function answerAdd(request: AddRequest, at: Operation): Answer {
  const rdns = parseDn(request.entry);
  if (rdns === undefined) return answer('addResponse', refused(badName(request.entry)));
  const elsewhere = foreignDomain(rdns, at.env.host.domain);
  if (elsewhere !== undefined) {
    const url = `ldap://${elsewhere}/${encodeURI(request.entry)}`;
    return answer('addResponse', { kind: 'said', result: referralTo(url, elsewhere) });
  }
  const attributes = request.attributes.map(({ type, vals }) => ({ name: type, values: vals }));
  const promotion = at.controls.rodcPromotion === true ? { rodcPromotion: true } : {};
  const asked = { rdns, dnText: request.entry, attributes };
  const written = add(asked, { ...writeContext(at), ...promotion });
  return answer('addResponse', { kind: 'written', written });
}

export function answerDelete(name: string, at: Operation): Answer {
  const tree = at.controls.treeDelete === true;
  return answer(
    'delResponse',
    onObject(name, at, (id) => remove(id, { tree }, writeContext(at))),
  );
}

export function answerModifyDn(request: ModifyDnRequest, at: Operation): Answer {
  const rdns = parseDn(request.newrdn);
  const newSuperior =
    request.newSuperior === undefined ? undefined : parseBase(request.newSuperior);
  const [newRdn] = rdns ?? [];
  if (newRdn === undefined || rdns?.length !== 1) {
    return answer('modDNResponse', refused(badName(request.newrdn)));
  }
  if (request.newSuperior !== undefined && newSuperior === undefined) {
    return answer('modDNResponse', refused(badName(request.newSuperior)));
  }
  const asked = {
    newRdn,
    deleteOldRdn: request.deleteoldrdn,
    ...(newSuperior === undefined ? {} : { newSuperior }),
  };
  const outcome = onObject(request.entry, at, (id) => modifyDn(id, asked, writeContext(at)));
  return answer('modDNResponse', outcome);
}

export function answerCompare(request: CompareRequest, at: Operation): Answer {
  const said = (compareResponse: LdapResult, note?: string): Answer => ({
    responses: [{ operation: { compareResponse } }],
    ...(note === undefined ? {} : { note }),
  });
  const { host, now } = at.env;
  const located = locate(request.entry, { directory: at.directory, domain: host.domain });
  if (located.kind === 'referral') return said(located.result);
  if (located.kind === 'refused') return said(resultOf(located.refusal), located.refusal.reason);
  const { context } = at.connection.requester;
  const { attributeDesc, assertionValue } = request.ava;
  const constructed = { now, domain: host.domain, context };
  const compared = compare(
    at.directory,
    located.id,
    attributeDesc,
    assertionValue,
    context,
    constructed,
  );
  if (!compared.ok) return said(resultOf(compared), compared.reason);
  const resultCode = compared.equal ? ResultCode.compareTrue : ResultCode.compareFalse;
  return said({ ...SUCCESS, resultCode });
}
