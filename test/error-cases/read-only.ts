/** Causes of errors around read-only domain controllers, by their id in the catalogue. */
import { forwarded, heldAccounts, unanswered } from '../../protocols/kdc/forwarding.ts';
import { MINIMAL_PAC } from '../../protocols/kdc/partial-tgt.ts';
import { PA_FOR_USER } from '../../protocols/kerberos/constants.ts';
import {
  type BranchChange,
  branch,
  group,
  NUMBER,
  RODC,
  type RodcTgt,
  rodcTgt,
} from '../protocols/kdc/branch.ts';
import {
  ALICE_NAME,
  asReq,
  TGS_NAME,
  type TgsWish,
  tgsReq,
  type World,
} from '../protocols/kdc/contoso.ts';
import { asked, type Cases, type Outcome } from './outcome.ts';

/** The ticket of the branch's controller is shown to a writable one, to be exchanged. */
function exchange(change: BranchChange = {}, tgt: RodcTgt = {}, wish: TgsWish = {}): Outcome {
  return asked(branch(change), tgsReq(rodcTgt(tgt), { sname: TGS_NAME, ...wish }));
}

/** The branch's controller holds nobody's secrets, and no writable one answers. */
function cutOff(request: (world: World) => Uint8Array): Outcome {
  const world = branch();
  const realm = { ...world.realm, secondaryKrbTgtNumber: NUMBER };
  const away = forwarded(
    realm,
    heldAccounts(world.accounts, () => false),
    request(world),
  );
  if (away === undefined) throw new Error('it would be answered here');
  const { code, status } = unanswered(away, 'no answer');
  return status === undefined ? { code } : { code, status };
}

const DENIED = group('Denied RODC Password Replication Group');
const SOMEBODY_ELSE = 'S-1-5-21-1-2-3-1106';

export const READ_ONLY_CASES: Cases = {
  'rodc-denied': () => exchange({ alice: { groups: [DENIED] } }),
  'rodc-not-allowed': () => exchange({ alice: { groups: [] } }),
  'rodc-never-revealed': () => exchange({ policy: { readOnlyTickets: 'revealed' } }),
  'rodc-requestor-differs': () => exchange({}, { sid: SOMEBODY_ELSE }),
  'rodc-no-requestor': () => exchange({}, { content: { ...MINIMAL_PAC, requestor: false } }),
  'rodc-no-partial-secrets': () => exchange({ rodc: { userAccountControl: 0x1000 } }),
  'rodc-no-link': () => exchange({ link: { krbtgt: 1 } }),
  'rodc-two-links': () => exchange({ more: [{ ...RODC, sAMAccountName: 'RODC2$', rid: 1602 }] }),
  'rodc-s4u2self': () =>
    exchange(
      {},
      {},
      { sname: ALICE_NAME, padata: [{ padataType: PA_FOR_USER, padataValue: new Uint8Array(0) }] },
    ),
  'rodc-kvno': () => exchange({}, { kvno: 9 }),
  'rodc-disabled': () => exchange({ alice: { userAccountControl: 0x202 } }),
  'rodc-cut-off': () => cutOff(() => asReq()),
  'rodc-cut-off-service': () => cutOff(() => tgsReq(rodcTgt())),
};
