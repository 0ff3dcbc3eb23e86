/**
 * The classes of the schema in use, as Microsoft publishes them for Windows Server 2016 and later
 * (MS-ADSC; schema version 87). Of mustContain, mayContain and auxiliaries those are listed that
 * the schema here has.
 */
import type { ClassSchema } from './schema.ts';

const STRUCTURAL = 1;
const ABSTRACT = 2;
const AUXILIARY = 3;

const names = (text: string): readonly string[] => text.trim().split(/\s+/).filter(Boolean);

/** What most classes have: everything for administrators and the system, reading for users. */
const USUAL =
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPLCLORC;;;AU)';

const USER_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
  '(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;AO)(A;;RPLCLORC;;;PS)',
  '(OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;PS)',
  '(OA;;CR;ab721a54-1e2f-11d0-9819-00aa0040529b;;PS)',
  '(OA;;CR;ab721a56-1e2f-11d0-9819-00aa0040529b;;PS)',
  '(OA;;RPWP;77B5B886-944A-11d1-AEBD-0000F80367C1;;PS)',
  '(OA;;RPWP;E45795B2-9455-11d1-AEBD-0000F80367C1;;PS)',
  '(OA;;RPWP;E45795B3-9455-11d1-AEBD-0000F80367C1;;PS)',
  '(OA;;RP;037088f8-0ae1-11d2-b422-00a0c968f939;;RS)',
  '(OA;;RP;4c164200-20c0-11d0-a768-00aa006e0529;;RS)',
  '(OA;;RP;bc0ac240-79a9-11d0-9020-00c04fc2d4cf;;RS)(A;;RC;;;AU)',
  '(OA;;RP;59ba2f42-79a2-11d0-9020-00c04fc2d3cf;;AU)',
  '(OA;;RP;77B5B886-944A-11d1-AEBD-0000F80367C1;;AU)',
  '(OA;;RP;E45795B3-9455-11d1-AEBD-0000F80367C1;;AU)',
  '(OA;;RP;e48d0154-bcf8-11d1-8702-00c04fb96050;;AU)',
  '(OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;WD)',
  '(OA;;RP;5f202010-79a5-11d0-9020-00c04fc2d4cf;;RS)',
  '(OA;;RPWP;bf967a7f-0de6-11d0-a285-00aa003049e2;;CA)',
  '(OA;;RP;46a9b11d-60ae-405a-b7e8-ff8a58d456d2;;S-1-5-32-560)',
  '(OA;;WPRP;6db69a1c-9422-11d1-aebd-0000f80367c1;;S-1-5-32-561)',
  '(OA;;WPRP;5805bc62-bdc9-4428-a5e2-856a0f4c185e;;S-1-5-32-561)',
].join('');

const COMPUTER_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;AO)',
  '(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPCRLCLORCSDDT;;;CO)',
  '(OA;;WP;4c164200-20c0-11d0-a768-00aa006e0529;;CO)(A;;RPLCLORC;;;AU)',
  '(OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;WD)(A;;CCDC;;;PS)',
  '(OA;;CCDC;bf967aa8-0de6-11d0-a285-00aa003049e2;;PO)',
  '(OA;;RPWP;bf967a7f-0de6-11d0-a285-00aa003049e2;;CA)',
  '(OA;;SW;f3a64788-5306-11d1-a9c5-0000f80367c1;;PS)',
  '(OA;;RPWP;77B5B886-944A-11d1-AEBD-0000F80367C1;;PS)',
  '(OA;;SW;72e39547-7b18-11d1-adef-00c04fd8d5cd;;PS)',
  '(OA;;SW;72e39547-7b18-11d1-adef-00c04fd8d5cd;;CO)',
  '(OA;;SW;f3a64788-5306-11d1-a9c5-0000f80367c1;;CO)',
  '(OA;;WP;3e0abfd0-126a-11d0-a060-00aa006c33ed;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  '(OA;;WP;5f202010-79a5-11d0-9020-00c04fc2d4cf;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  '(OA;;WP;bf967950-0de6-11d0-a285-00aa003049e2;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  '(OA;;WP;bf967953-0de6-11d0-a285-00aa003049e2;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  '(OA;;RP;46a9b11d-60ae-405a-b7e8-ff8a58d456d2;;S-1-5-32-560)',
].join('');

const GROUP_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
  '(A;;RPLCLORC;;;AU)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;AO)(A;;RPLCLORC;;;PS)',
  '(OA;;CR;ab721a55-1e2f-11d0-9819-00aa0040529b;;AU)',
  '(OA;;RP;46a9b11d-60ae-405a-b7e8-ff8a58d456d2;;S-1-5-32-560)',
].join('');

const FOREIGN_SECURITY_PRINCIPAL_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
  '(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;AO)(A;;RPLCLORC;;;PS)',
  '(OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;PS)',
  '(OA;;CR;ab721a54-1e2f-11d0-9819-00aa0040529b;;PS)',
  '(OA;;CR;ab721a56-1e2f-11d0-9819-00aa0040529b;;PS)',
  '(OA;;RPWP;77B5B886-944A-11d1-AEBD-0000F80367C1;;PS)',
  '(OA;;RPWP;E45795B2-9455-11d1-AEBD-0000F80367C1;;PS)',
  '(OA;;RPWP;E45795B3-9455-11d1-AEBD-0000F80367C1;;PS)(A;;RC;;;AU)',
  '(OA;;RP;59ba2f42-79a2-11d0-9020-00c04fc2d3cf;;AU)',
  '(OA;;RP;77B5B886-944A-11d1-AEBD-0000F80367C1;;AU)',
  '(OA;;RP;E45795B3-9455-11d1-AEBD-0000F80367C1;;AU)',
  '(OA;;RP;e48d0154-bcf8-11d1-8702-00c04fb96050;;AU)',
  '(OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;WD)',
].join('');

const SAM_DOMAIN_DESCRIPTOR = [
  'D:(OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2;;RO)(A;;RP;;;WD)',
  '(OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2;;ED)',
  '(OA;;CR;1131f6ab-9c07-11d1-f79f-00c04fc2dcd2;;ED)',
  '(OA;;CR;1131f6ac-9c07-11d1-f79f-00c04fc2dcd2;;ED)',
  '(OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2;;BA)',
  '(OA;;CR;1131f6ab-9c07-11d1-f79f-00c04fc2dcd2;;BA)',
  '(OA;;CR;1131f6ac-9c07-11d1-f79f-00c04fc2dcd2;;BA)(A;;RPLCLORC;;;AU)',
  '(A;;RPWPCRLCLOCCRCWDWOSW;;;DA)(A;CI;RPWPCRLCLOCCRCWDWOSDSW;;;BA)',
  '(A;;RPWPCRLCLOCCDCRCWDWOSDDTSW;;;SY)(A;CI;RPWPCRLCLOCCDCRCWDWOSDDTSW;;;EA)(A;CI;LC;;;RU)',
  '(OA;CIIO;RP;037088f8-0ae1-11d2-b422-00a0c968f939;bf967aba-0de6-11d0-a285-00aa003049e2;RU)',
  '(OA;CIIO;RP;59ba2f42-79a2-11d0-9020-00c04fc2d3cf;bf967aba-0de6-11d0-a285-00aa003049e2;RU)',
  '(OA;CIIO;RP;bc0ac240-79a9-11d0-9020-00c04fc2d4cf;bf967aba-0de6-11d0-a285-00aa003049e2;RU)',
  '(OA;CIIO;RP;4c164200-20c0-11d0-a768-00aa006e0529;bf967aba-0de6-11d0-a285-00aa003049e2;RU)',
  '(OA;CIIO;RP;5f202010-79a5-11d0-9020-00c04fc2d4cf;bf967aba-0de6-11d0-a285-00aa003049e2;RU)',
  '(OA;;RP;c7407360-20bf-11d0-a768-00aa006e0529;;RU)',
  '(OA;CIIO;RPLCLORC;;bf967a9c-0de6-11d0-a285-00aa003049e2;RU)(A;;RPRC;;;RU)',
  '(OA;CIIO;RPLCLORC;;bf967aba-0de6-11d0-a285-00aa003049e2;RU)(A;;LCRPLORC;;;ED)',
  '(OA;CIIO;RP;037088f8-0ae1-11d2-b422-00a0c968f939;4828CC14-1437-45bc-9B07-AD6F015E5F28;RU)',
  '(OA;CIIO;RP;59ba2f42-79a2-11d0-9020-00c04fc2d3cf;4828CC14-1437-45bc-9B07-AD6F015E5F28;RU)',
  '(OA;CIIO;RP;bc0ac240-79a9-11d0-9020-00c04fc2d4cf;4828CC14-1437-45bc-9B07-AD6F015E5F28;RU)',
  '(OA;CIIO;RP;4c164200-20c0-11d0-a768-00aa006e0529;4828CC14-1437-45bc-9B07-AD6F015E5F28;RU)',
  '(OA;CIIO;RP;5f202010-79a5-11d0-9020-00c04fc2d4cf;4828CC14-1437-45bc-9B07-AD6F015E5F28;RU)',
  '(OA;CIIO;RPLCLORC;;4828CC14-1437-45bc-9B07-AD6F015E5F28;RU)',
  '(OA;;RP;b8119fd0-04f6-4762-ab7a-4986c76b3f9a;;RU)',
  '(OA;;RP;b8119fd0-04f6-4762-ab7a-4986c76b3f9a;;AU)',
  '(OA;CIIO;RP;b7c69e6d-2cc7-11d2-854e-00a0c983f608;bf967aba-0de6-11d0-a285-00aa003049e2;ED)',
  '(OA;CIIO;RP;b7c69e6d-2cc7-11d2-854e-00a0c983f608;bf967a9c-0de6-11d0-a285-00aa003049e2;ED)',
  '(OA;CIIO;RP;b7c69e6d-2cc7-11d2-854e-00a0c983f608;bf967a86-0de6-11d0-a285-00aa003049e2;ED)',
  '(OA;CIIO;WP;ea1b7b93-5e48-46d5-bc6c-4df4fda78a35;bf967a86-0de6-11d0-a285-00aa003049e2;PS)',
  '(OA;;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;;DD)',
  '(OA;;CR;89e95b76-444d-4c62-991a-0facbeda640c;;ED)',
  '(OA;;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;;BA)',
  '(OA;;CR;89e95b76-444d-4c62-991a-0facbeda640c;;BA)',
  '(OA;;CR;e2a36dc9-ae17-47c3-b58b-be34c55ba633;;S-1-5-32-557)',
  '(OA;;CR;280f369c-67c7-438e-ae98-1d46f3c6f541;;AU)',
  '(OA;;CR;ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501;;AU)',
  '(OA;;CR;05c74c5e-4deb-43b4-bd9f-86664c2a7fd5;;AU)',
  '(OA;;CR;1131f6ae-9c07-11d1-f79f-00c04fc2dcd2;;ED)',
  '(OA;;CR;1131f6ae-9c07-11d1-f79f-00c04fc2dcd2;;BA)',
  '(OA;CIIO;CRRPWP;91e647de-d96f-4b70-9557-d63ff4f3ccd8;;PS)',
  '(OA;CIOI;RPWP;3f78c3e5-f79a-46bd-a0b8-9d18116ddc79;;PS)',
  '(OA;CIIO;SW;9b026da6-0d3c-465c-8bee-5199d7165cba;bf967a86-0de6-11d0-a285-00aa003049e2;PS)',
  '(OA;CIIO;SW;9b026da6-0d3c-465c-8bee-5199d7165cba;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  'S:(AU;SA;WDWOWP;;;WD)(AU;SA;CR;;;BA)(AU;SA;CR;;;DU)',
  '(OU;CISA;WP;f30e3bbe-9ff0-11d1-b603-0000f80367c1;bf967aa5-0de6-11d0-a285-00aa003049e2;WD)',
  '(OU;CISA;WP;f30e3bbf-9ff0-11d1-b603-0000f80367c1;bf967aa5-0de6-11d0-a285-00aa003049e2;WD)',
].join('');

const SAM_SERVER_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
  '(A;;RPLCLORC;;;AU)(A;;RPLCLORC;;;RU)(OA;;CR;91d67418-0135-4acc-8d79-c08e857cfbec;;AU)',
  '(OA;;CR;91d67418-0135-4acc-8d79-c08e857cfbec;;RU)',
].join('');

const ORGANIZATIONAL_UNIT_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)',
  '(OA;;CCDC;bf967a86-0de6-11d0-a285-00aa003049e2;;AO)',
  '(OA;;CCDC;bf967aba-0de6-11d0-a285-00aa003049e2;;AO)',
  '(OA;;CCDC;bf967a9c-0de6-11d0-a285-00aa003049e2;;AO)',
  '(OA;;CCDC;bf967aa8-0de6-11d0-a285-00aa003049e2;;PO)(A;;RPLCLORC;;;AU)(A;;LCRPLORC;;;ED)',
  '(OA;;CCDC;4828CC14-1437-45bc-9B07-AD6F015E5F28;;AO)',
].join('');

const R_IDMANAGER_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
  '(A;;RPLCLORC;;;AU)S:(AU;SA;CRWP;;;WD)',
].join('');

const TRUSTED_DOMAIN_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
  '(A;;RPLCLORC;;;AU)',
  '(OA;;WP;736e4812-af31-11d2-b7df-00805f48caeb;bf967ab8-0de6-11d0-a285-00aa003049e2;CO)',
  '(A;;SD;;;CO)',
].join('');

const SERVER_DESCRIPTOR = [
  'D:(A;CI;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
  '(A;;RPLCLORC;;;AU)',
].join('');

const SERVICE_CONNECTION_POINT_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;CO)',
  '(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPLCLORC;;;AU)',
].join('');

const MS_DS_QUOTA_CONTAINER_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPLCLORC;;;BA)',
  '(OA;;CR;4ecc03fe-ffc0-4947-b630-eb672a8a9dbc;;WD)',
].join('');

const MS_TPM_INFORMATION_OBJECTS_CONTAINER_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
  '(A;;LOLCCCRP;;;DC)',
].join('');

const MS_DS_MANAGED_SERVICE_ACCOUNT_DESCRIPTOR = [
  'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;AO)',
  '(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPCRLCLORCSDDT;;;CO)',
  '(OA;;WP;4c164200-20c0-11d0-a768-00aa006e0529;;CO)',
  '(OA;;SW;72e39547-7b18-11d1-adef-00c04fd8d5cd;;CO)',
  '(OA;;SW;f3a64788-5306-11d1-a9c5-0000f80367c1;;CO)',
  '(OA;;WP;3e0abfd0-126a-11d0-a060-00aa006c33ed;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  '(OA;;WP;5f202010-79a5-11d0-9020-00c04fc2d4cf;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  '(OA;;WP;bf967950-0de6-11d0-a285-00aa003049e2;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  '(OA;;WP;bf967953-0de6-11d0-a285-00aa003049e2;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  '(OA;;SW;f3a64788-5306-11d1-a9c5-0000f80367c1;;PS)',
  '(OA;;RPWP;77B5B886-944A-11d1-AEBD-0000F80367C1;;PS)',
  '(OA;;SW;72e39547-7b18-11d1-adef-00c04fd8d5cd;;PS)(A;;RPLCLORC;;;AU)',
  '(OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;WD)',
  '(OA;;RPWP;bf967a7f-0de6-11d0-a285-00aa003049e2;;CA)',
  '(OA;;RP;46a9b11d-60ae-405a-b7e8-ff8a58d456d2;;S-1-5-32-560)',
  '(OA;;RP;b7c69e6d-2cc7-11d2-854e-00a0c983f608;;ED)',
].join('');

const MS_DS_GROUP_MANAGED_SERVICE_ACCOUNT_DESCRIPTOR = [
  'D:(OD;;CR;00299570-246d-11d0-a768-00aa006e0529;;WD)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)',
  '(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;AO)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
  '(A;;RPCRLCLORCSDDT;;;CO)(OA;;WP;4c164200-20c0-11d0-a768-00aa006e0529;;CO)',
  '(OA;;SW;72e39547-7b18-11d1-adef-00c04fd8d5cd;;CO)',
  '(OA;;SW;f3a64788-5306-11d1-a9c5-0000f80367c1;;CO)',
  '(OA;;WP;3e0abfd0-126a-11d0-a060-00aa006c33ed;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  '(OA;;WP;5f202010-79a5-11d0-9020-00c04fc2d4cf;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  '(OA;;WP;bf967950-0de6-11d0-a285-00aa003049e2;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  '(OA;;WP;bf967953-0de6-11d0-a285-00aa003049e2;bf967a86-0de6-11d0-a285-00aa003049e2;CO)',
  '(OA;;SW;f3a64788-5306-11d1-a9c5-0000f80367c1;;PS)',
  '(OA;;RPWP;77B5B886-944A-11d1-AEBD-0000F80367C1;;PS)',
  '(OA;;SW;72e39547-7b18-11d1-adef-00c04fd8d5cd;;PS)(A;;RPLCLORC;;;AU)',
  '(OA;;RPWP;bf967a7f-0de6-11d0-a285-00aa003049e2;;CA)',
  '(OA;;RP;46a9b11d-60ae-405a-b7e8-ff8a58d456d2;;S-1-5-32-560)',
  '(OA;;RP;e362ed86-b728-0842-b27d-2dea7a9df218;;WD)',
].join('');

const MS_DS_DEVICE_CONTAINER_DESCRIPTOR = [
  'D:(A;;RPLCLORC;;;AU)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)',
  '(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
].join('');

const MS_DS_DEVICE_REGISTRATION_SERVICE_CONTAINER_DESCRIPTOR = [
  'D:(A;;RPLCLORC;;;AU)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;EA)',
  '(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
].join('');

const GROUP_POLICY_CONTAINER_DESCRIPTOR = [
  'D:P(A;CI;RPWPCCDCLCLOLORCWOWDSDDTSW;;;DA)(A;CI;RPWPCCDCLCLOLORCWOWDSDDTSW;;;EA)',
  '(A;CI;RPWPCCDCLCLOLORCWOWDSDDTSW;;;CO)(A;CI;RPWPCCDCLCLORCWOWDSDDTSW;;;SY)',
  '(A;CI;RPLCLORC;;;AU)(OA;CI;CR;edacfd8f-ffb3-11d1-b41d-00a0c968f939;;AU)',
  '(A;CI;LCRPLORC;;;ED)',
].join('');

export const CLASS_ROWS: readonly ClassSchema[] = [
  {
    name: 'top',
    cn: 'Top',
    oid: '2.5.6.0',
    guid: 'bf967ab7-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: ABSTRACT,
    rdnType: 'CN',
    auxiliary: [],
    must: names(`
      instanceType nTSecurityDescriptor objectCategory objectClass
    `),
    may: names(`
      adminDescription adminDisplayName allowedAttributes allowedAttributesEffective
      allowedChildClasses allowedChildClassesEffective canonicalName cn createTimeStamp
      description directReports displayName displayNamePrintable distinguishedName
      dSASignature dSCorePropagationData extensionName flags fromEntry fSMORoleOwner
      isCriticalSystemObject isDeleted isRecycled lastKnownParent managedObjects masteredBy
      memberOf modifyTimeStamp mS-DS-ConsistencyChildCount mS-DS-ConsistencyGuid
      msDS-Approx-Immed-Subordinates msDS-AuthenticatedToAccountlist msDS-CloudAnchor
      msDS-HostServiceAccountBL msDS-IsDomainFor msDS-IsFullReplicaFor
      msDS-IsPartialReplicaFor msDS-KrbTgtLinkBl msDS-LastKnownRDN msDs-masteredBy
      msds-memberOfTransitive msds-memberTransitive msDS-NcType msDS-ObjectSoa
      msDS-parentdistname msDS-PrincipalName msDS-PSOApplied msDS-ReplAttributeMetaData
      msDS-ReplValueMetaData msDS-ReplValueMetaDataExt msDS-RevealedDSAs msDS-RevealedListBL
      name objectGUID objectVersion otherWellKnownObjects partialAttributeSet
      possibleInferiors proxiedObjectName proxyAddresses queryPolicyBL replPropertyMetaData
      replUpToDateVector revision sDRightsEffective serverReferenceBL showInAdvancedViewOnly
      siteObjectBL structuralObjectClass subRefs subSchemaSubEntry systemFlags uSNChanged
      uSNCreated uSNDSALastObjRemoved USNIntersite uSNLastObjRem uSNSource wellKnownObjects
      whenChanged whenCreated wWWHomePage
    `),
    possSuperiors: ['lostAndFound'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'top',
    systemOnly: true,
    defaultHidingValue: true,
  },
  {
    name: 'leaf',
    cn: 'Leaf',
    oid: '1.2.840.113556.1.5.20',
    guid: 'bf967a9e-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: ABSTRACT,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: [],
    possSuperiors: [],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'leaf',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'person',
    cn: 'Person',
    oid: '2.5.6.6',
    guid: 'bf967aa7-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: 0,
    rdnType: 'CN',
    auxiliary: [],
    must: ['cn'],
    may: names(`
      attributeCertificateAttribute seeAlso serialNumber sn telephoneNumber userPassword
    `),
    possSuperiors: ['container', 'organizationalUnit'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'person',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'organizationalPerson',
    cn: 'Organizational-Person',
    oid: '2.5.6.7',
    guid: 'bf967aa4-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'person',
    category: 0,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      assistant c co comment company countryCode department division employeeID
      facsimileTelephoneNumber givenName homePhone initials ipPhone l mail manager middleName
      mobile msDS-AllowedToActOnBehalfOfOtherIdentity msDS-AllowedToDelegateTo o otherPager
      otherTelephone ou pager physicalDeliveryOfficeName postalAddress postalCode
      postOfficeBox st street streetAddress thumbnailPhoto title
    `),
    possSuperiors: ['container', 'organizationalUnit'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'person',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'securityPrincipal',
    cn: 'Security-Principal',
    oid: '1.2.840.113556.1.5.6',
    guid: 'bf967ab0-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: AUXILIARY,
    rdnType: 'CN',
    auxiliary: [],
    must: ['objectSid', 'sAMAccountName'],
    may: names(`
      altSecurityIdentities msDS-KeyVersionNumber msds-tokenGroupNames
      msds-tokenGroupNamesGlobalAndUniversal msds-tokenGroupNamesNoGCAcceptable
      nTSecurityDescriptor rid sAMAccountType securityIdentifier sIDHistory
      supplementalCredentials tokenGroups tokenGroupsGlobalAndUniversal
      tokenGroupsNoGCAcceptable
    `),
    possSuperiors: [],
    defaultSecurityDescriptor: '',
    defaultObjectCategory: 'securityPrincipal',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'mailRecipient',
    cn: 'Mail-Recipient',
    oid: '1.2.840.113556.1.3.46',
    guid: 'bf967aa1-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: AUXILIARY,
    rdnType: 'CN',
    auxiliary: [],
    must: ['cn'],
    may: names(`
      garbageCollPeriod info msDS-ExternalDirectoryObjectId showInAddressBook telephoneNumber
      userCert userCertificate userSMIMECertificate
    `),
    possSuperiors: ['container'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'mailRecipient',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'user',
    cn: 'User',
    oid: '1.2.840.113556.1.5.9',
    guid: 'bf967aba-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'organizationalPerson',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: names(`
      mailRecipient posixAccount securityPrincipal shadowAccount
    `),
    must: [],
    may: names(`
      accountExpires adminCount badPasswordTime badPwdCount businessCategory carLicense
      codePage dBCSPwd departmentNumber displayName employeeNumber employeeType givenName
      groupMembershipSAM homeDirectory homeDrive homePhone initials jpegPhoto lastLogoff
      lastLogon lastLogonTimestamp lmPwdHistory localeID lockoutTime logonCount logonHours
      mail manager maxStorage mobile mS-DS-CreatorSID msDS-AuthenticatedAtDC
      msDS-Cached-Membership msDS-Cached-Membership-Time-Stamp msDS-KeyCredentialLink
      msDS-KeyPrincipalBL msDS-LastFailedInteractiveLogonTime
      msDS-LastSuccessfulInteractiveLogonTime msDS-ResultantPSO msDS-SecondaryKrbTgtNumber
      msDS-Site-Affinity msDS-SupportedEncryptionTypes msDS-User-Account-Control-Computed
      msDS-UserPasswordExpiryTimeComputed ntPwdHistory o otherLoginWorkstations pager
      preferredLanguage primaryGroupID profilePath pwdLastSet scriptPath servicePrincipalName
      uid unicodePwd userAccountControl userCertificate userParameters userPKCS12
      userPrincipalName userSMIMECertificate userWorkstations
    `),
    possSuperiors: ['builtinDomain', 'domainDNS', 'organizationalUnit'],
    defaultSecurityDescriptor: USER_DESCRIPTOR,
    defaultObjectCategory: 'person',
    systemOnly: false,
    defaultHidingValue: false,
  },
  {
    name: 'inetOrgPerson',
    cn: 'inetOrgPerson',
    oid: '2.16.840.1.113730.3.2.2',
    guid: '4828cc14-1437-45bc-9b07-ad6f015e5f28',
    subClassOf: 'user',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      businessCategory carLicense departmentNumber displayName employeeNumber employeeType
      givenName homePhone initials jpegPhoto mail manager mobile o pager preferredLanguage uid
      userCertificate userPKCS12 userSMIMECertificate
    `),
    possSuperiors: ['container', 'domainDNS', 'organizationalUnit'],
    defaultSecurityDescriptor: USER_DESCRIPTOR,
    defaultObjectCategory: 'person',
    systemOnly: false,
    defaultHidingValue: false,
  },
  {
    name: 'contact',
    cn: 'Contact',
    oid: '1.2.840.113556.1.5.15',
    guid: '5cb41ed0-0e4c-11d0-a286-00aa003049e2',
    subClassOf: 'organizationalPerson',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: ['mailRecipient'],
    must: ['cn'],
    may: ['notes'],
    possSuperiors: ['domainDNS', 'organizationalUnit'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'person',
    systemOnly: false,
    defaultHidingValue: false,
  },
  {
    name: 'computer',
    cn: 'Computer',
    oid: '1.2.840.113556.1.3.30',
    guid: 'bf967a86-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'user',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      cn dNSHostName localPolicyFlags location machineRole managedBy
      msDS-AdditionalDnsHostName msDS-AdditionalSamAccountName msDS-AuthenticatedAtDC
      msDS-GenerationId msDS-HostServiceAccount msDS-isGC msDS-isRODC
      msDS-IsUserCachableAtRodc msDS-KrbTgtLink msDS-NeverRevealGroup msDS-PromotionSettings
      msDS-RevealedList msDS-RevealedUsers msDS-RevealOnDemandGroup msDS-SiteName nisMapName
      operatingSystem operatingSystemHotfix operatingSystemServicePack operatingSystemVersion
      rIDSetReferences siteGUID volumeCount
    `),
    possSuperiors: ['container', 'domainDNS', 'organizationalUnit'],
    defaultSecurityDescriptor: COMPUTER_DESCRIPTOR,
    defaultObjectCategory: 'computer',
    systemOnly: false,
    defaultHidingValue: false,
  },
  {
    name: 'group',
    cn: 'Group',
    oid: '1.2.840.113556.1.5.8',
    guid: 'bf967a9c-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: ['mailRecipient', 'posixGroup', 'securityPrincipal'],
    must: ['groupType'],
    may: names(`
      adminCount groupMembershipSAM mail managedBy member primaryGroupToken
    `),
    possSuperiors: names(`
      builtinDomain container domainDNS organizationalUnit
    `),
    defaultSecurityDescriptor: GROUP_DESCRIPTOR,
    defaultObjectCategory: 'group',
    systemOnly: false,
    defaultHidingValue: false,
  },
  {
    name: 'foreignSecurityPrincipal',
    cn: 'Foreign-Security-Principal',
    oid: '1.2.840.113556.1.5.76',
    guid: '89e31c12-8530-11d0-afda-00c04fd930c9',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: ['objectSid'],
    may: ['foreignIdentifier'],
    possSuperiors: ['container'],
    defaultSecurityDescriptor: FOREIGN_SECURITY_PRINCIPAL_DESCRIPTOR,
    defaultObjectCategory: 'foreignSecurityPrincipal',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'domain',
    cn: 'Domain',
    oid: '1.2.840.113556.1.5.66',
    guid: '19195a5a-6da0-11d0-afd3-00c04fd930c9',
    subClassOf: 'top',
    category: ABSTRACT,
    rdnType: 'DC',
    auxiliary: [],
    must: ['dc'],
    may: [],
    possSuperiors: ['domain'],
    defaultSecurityDescriptor: '',
    defaultObjectCategory: 'domainDNS',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'samDomainBase',
    cn: 'Sam-Domain-Base',
    oid: '1.2.840.113556.1.5.2',
    guid: 'bf967a91-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: AUXILIARY,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      creationTime domainReplica forceLogoff lockoutDuration lockOutObservationWindow
      lockoutThreshold maxPwdAge minPwdAge minPwdLength modifiedCount modifiedCountAtLastProm
      nextRid nTSecurityDescriptor objectSid oEMInformation pwdHistoryLength pwdProperties
      revision serverRole serverState uASCompat
    `),
    possSuperiors: [],
    defaultSecurityDescriptor: '',
    defaultObjectCategory: 'samDomainBase',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'samDomain',
    cn: 'Sam-Domain',
    oid: '1.2.840.113556.1.5.3',
    guid: 'bf967a90-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: AUXILIARY,
    rdnType: 'CN',
    auxiliary: ['samDomainBase'],
    must: [],
    may: names(`
      auditingPolicy builtinCreationTime builtinModifiedCount cACertificate creationTime
      description gPLink gPOptions lockoutDuration lockOutObservationWindow lockoutThreshold
      lSACreationTime lSAModifiedCount maxPwdAge minPwdAge minPwdLength
      modifiedCountAtLastProm ms-DS-MachineAccountQuota msDS-AllUsersTrustQuota
      msDS-LogonTimeSyncInterval msDS-PerUserTrustQuota msDS-PerUserTrustTombstonesQuota
      nETBIOSName nextRid nTMixedDomain pekList privateKey pwdHistoryLength pwdProperties
      replicaSource rIDManagerReference
    `),
    possSuperiors: [],
    defaultSecurityDescriptor: SAM_DOMAIN_DESCRIPTOR,
    defaultObjectCategory: 'samDomain',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'domainDNS',
    cn: 'Domain-DNS',
    oid: '1.2.840.113556.1.5.67',
    guid: '19195a5b-6da0-11d0-afd3-00c04fd930c9',
    subClassOf: 'domain',
    category: STRUCTURAL,
    rdnType: 'DC',
    auxiliary: ['samDomain'],
    must: [],
    may: names(`
      managedBy msDS-AllowedDNSSuffixes msDS-Behavior-Version
      msDS-ExpirePasswordsOnSmartCardOnlyAccounts
    `),
    possSuperiors: ['domainDNS'],
    defaultSecurityDescriptor: SAM_DOMAIN_DESCRIPTOR,
    defaultObjectCategory: 'domainDNS',
    systemOnly: false,
    defaultHidingValue: false,
  },
  {
    name: 'builtinDomain',
    cn: 'Builtin-Domain',
    oid: '1.2.840.113556.1.5.4',
    guid: 'bf967a81-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: ['samDomainBase'],
    must: [],
    may: [],
    possSuperiors: ['domainDNS'],
    defaultSecurityDescriptor:
      'D:(A;;RPLCLORC;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPLCLORC;;;AU)',
    defaultObjectCategory: 'builtinDomain',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'securityObject',
    cn: 'Security-Object',
    oid: '1.2.840.113556.1.5.1',
    guid: 'bf967aaf-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: ABSTRACT,
    rdnType: 'CN',
    auxiliary: [],
    must: ['cn'],
    may: [],
    possSuperiors: ['container'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'securityObject',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'samServer',
    cn: 'Sam-Server',
    oid: '1.2.840.113556.1.5.5',
    guid: 'bf967aad-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'securityObject',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: ['samDomainUpdates'],
    possSuperiors: ['domainDNS'],
    defaultSecurityDescriptor: SAM_SERVER_DESCRIPTOR,
    defaultObjectCategory: 'samServer',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'container',
    cn: 'Container',
    oid: '1.2.840.113556.1.3.23',
    guid: 'bf967a8b-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: ['cn'],
    may: ['schemaVersion'],
    possSuperiors: names(`
      configuration container domainDNS nTDSService organizationalUnit server subnet
    `),
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'container',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'organizationalUnit',
    cn: 'Organizational-Unit',
    oid: '2.5.6.5',
    guid: 'bf967aa5-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'OU',
    auxiliary: [],
    must: ['ou'],
    may: names(`
      businessCategory c co countryCode defaultGroup facsimileTelephoneNumber gPLink gPOptions
      l managedBy physicalDeliveryOfficeName postalAddress postalCode postOfficeBox seeAlso st
      street telephoneNumber uPNSuffixes userPassword
    `),
    possSuperiors: ['domainDNS', 'organizationalUnit'],
    defaultSecurityDescriptor: ORGANIZATIONAL_UNIT_DESCRIPTOR,
    defaultObjectCategory: 'organizationalUnit',
    systemOnly: false,
    defaultHidingValue: false,
  },
  {
    name: 'lostAndFound',
    cn: 'Lost-And-Found',
    oid: '1.2.840.113556.1.5.139',
    guid: '52ab8671-5709-11d1-a9c6-0000f80367c1',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: ['moveTreeState'],
    possSuperiors: ['configuration', 'dMD', 'domainDNS'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'lostAndFound',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'infrastructureUpdate',
    cn: 'Infrastructure-Update',
    oid: '1.2.840.113556.1.5.175',
    guid: '2df90d89-009f-11d2-aa4c-00c04fd7d83a',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: ['dNReferenceUpdate'],
    possSuperiors: ['domain', 'infrastructureUpdate'],
    defaultSecurityDescriptor: 'D:(A;;GA;;;SY)',
    defaultObjectCategory: 'infrastructureUpdate',
    systemOnly: true,
    defaultHidingValue: true,
  },
  {
    name: 'rIDManager',
    cn: 'RID-Manager',
    oid: '1.2.840.113556.1.5.83',
    guid: '6617188d-8f3c-11d0-afda-00c04fd930c9',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: ['rIDAvailablePool'],
    may: ['msDS-RIDPoolAllocationEnabled'],
    possSuperiors: ['container'],
    defaultSecurityDescriptor: R_IDMANAGER_DESCRIPTOR,
    defaultObjectCategory: 'rIDManager',
    systemOnly: true,
    defaultHidingValue: true,
  },
  {
    name: 'rIDSet',
    cn: 'RID-Set',
    oid: '1.2.840.113556.1.5.129',
    guid: '7bfdcb89-4807-11d1-a9c3-0000f80367c1',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: names(`
      rIDAllocationPool rIDNextRID rIDPreviousAllocationPool rIDUsedPool
    `),
    may: [],
    possSuperiors: ['computer', 'container', 'user'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'rIDSet',
    systemOnly: true,
    defaultHidingValue: true,
  },
  {
    name: 'secret',
    cn: 'Secret',
    oid: '1.2.840.113556.1.5.28',
    guid: 'bf967aae-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'leaf',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      currentValue lastSetTime priorSetTime priorValue
    `),
    possSuperiors: ['container'],
    defaultSecurityDescriptor: 'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
    defaultObjectCategory: 'secret',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'trustedDomain',
    cn: 'Trusted-Domain',
    oid: '1.2.840.113556.1.5.34',
    guid: 'bf967ab8-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'leaf',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      domainIdentifier flatName mS-DS-CreatorSID msDS-SupportedEncryptionTypes
      msDS-TrustForestTrustInfo securityIdentifier trustAttributes trustAuthIncoming
      trustAuthOutgoing trustDirection trustPartner trustPosixOffset trustType
    `),
    possSuperiors: ['container'],
    defaultSecurityDescriptor: TRUSTED_DOMAIN_DESCRIPTOR,
    defaultObjectCategory: 'trustedDomain',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'configuration',
    cn: 'Configuration',
    oid: '1.2.840.113556.1.5.12',
    guid: 'bf967a87-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: ['cn'],
    may: ['gPLink', 'gPOptions'],
    possSuperiors: ['domainDNS'],
    defaultSecurityDescriptor:
      'D:(A;;RPWPCRCCDCLCLORCWOWDSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPLCLORC;;;AU)',
    defaultObjectCategory: 'configuration',
    systemOnly: true,
    defaultHidingValue: true,
  },
  {
    name: 'crossRefContainer',
    cn: 'Cross-Ref-Container',
    oid: '1.2.840.113556.1.5.7000.53',
    guid: 'ef9e60e0-56f7-11d1-a9c6-0000f80367c1',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: ['msDS-Behavior-Version', 'msDS-SPNSuffixes', 'uPNSuffixes'],
    possSuperiors: ['configuration'],
    defaultSecurityDescriptor: 'D:(A;;GA;;;SY)',
    defaultObjectCategory: 'crossRefContainer',
    systemOnly: true,
    defaultHidingValue: false,
  },
  {
    name: 'crossRef',
    cn: 'Cross-Ref',
    oid: '1.2.840.113556.1.3.11',
    guid: 'bf967a8d-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: ['cn', 'dnsRoot', 'nCName'],
    may: names(`
      Enabled msDS-Behavior-Version msDS-Replication-Notify-First-DSA-Delay
      msDS-Replication-Notify-Subsequent-DSA-Delay msDS-SDReferenceDomain nETBIOSName
      nTMixedDomain trustParent
    `),
    possSuperiors: ['crossRefContainer'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'crossRef',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'sitesContainer',
    cn: 'Sites-Container',
    oid: '1.2.840.113556.1.5.107',
    guid: '7a4117da-cd67-11d0-afff-0000f80367c1',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: [],
    possSuperiors: ['configuration'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'sitesContainer',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'site',
    cn: 'Site',
    oid: '1.2.840.113556.1.5.31',
    guid: 'bf967ab3-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      gPLink gPOptions location managedBy notificationList
    `),
    possSuperiors: ['sitesContainer'],
    defaultSecurityDescriptor:
      'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPLCLORC;;;AU)(A;;LCRPLORC;;;ED)',
    defaultObjectCategory: 'site',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'serversContainer',
    cn: 'Servers-Container',
    oid: '1.2.840.113556.1.5.7000.48',
    guid: 'f780acc0-56f0-11d1-a9c6-0000f80367c1',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: [],
    possSuperiors: ['site'],
    defaultSecurityDescriptor:
      'D:(A;;CC;;;BA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPLCLORC;;;AU)',
    defaultObjectCategory: 'serversContainer',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'server',
    cn: 'Server',
    oid: '1.2.840.113556.1.5.17',
    guid: 'bf967a92-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      dNSHostName managedBy msDS-isGC msDS-isRODC msDS-IsUserCachableAtRodc msDS-SiteName
      serialNumber serverReference
    `),
    possSuperiors: ['serversContainer'],
    defaultSecurityDescriptor: SERVER_DESCRIPTOR,
    defaultObjectCategory: 'server',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'applicationSettings',
    cn: 'Application-Settings',
    oid: '1.2.840.113556.1.5.7000.49',
    guid: 'f780acc1-56f0-11d1-a9c6-0000f80367c1',
    subClassOf: 'top',
    category: ABSTRACT,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: ['applicationName', 'notificationList'],
    possSuperiors: ['server'],
    defaultSecurityDescriptor: '',
    defaultObjectCategory: 'applicationSettings',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'nTDSDSA',
    cn: 'NTDS-DSA',
    oid: '1.2.840.113556.1.5.7000.47',
    guid: 'f0f8ffab-1191-11d0-a060-00aa006c33ed',
    subClassOf: 'applicationSettings',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      dMDLocation hasMasterNCs hasPartialReplicaNCs invocationId managedBy
      msDS-Behavior-Version msDS-HasDomainNCs msDS-hasFullReplicaNCs msDS-HasInstantiatedNCs
      msDS-hasMasterNCs msDS-isGC msDS-isRODC msDS-IsUserCachableAtRodc msDS-NeverRevealGroup
      msDS-ReplicationEpoch msDS-RevealedUsers msDS-RevealOnDemandGroup msDS-SiteName options
      queryPolicyObject serverReference
    `),
    possSuperiors: ['server'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'nTDSDSA',
    systemOnly: true,
    defaultHidingValue: true,
  },
  {
    name: 'nTDSConnection',
    cn: 'NTDS-Connection',
    oid: '1.2.840.113556.1.5.71',
    guid: '19195a60-6da0-11d0-afd3-00c04fd930c9',
    subClassOf: 'leaf',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: ['enabledConnection', 'fromServer', 'options'],
    may: ['generatedConnection', 'transportType'],
    possSuperiors: ['nTDSDSA'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'nTDSConnection',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'applicationSiteSettings',
    cn: 'Application-Site-Settings',
    oid: '1.2.840.113556.1.5.68',
    guid: '19195a5c-6da0-11d0-afd3-00c04fd930c9',
    subClassOf: 'top',
    category: ABSTRACT,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: ['applicationName', 'notificationList'],
    possSuperiors: ['site'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'applicationSiteSettings',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'nTDSSiteSettings',
    cn: 'NTDS-Site-Settings',
    oid: '1.2.840.113556.1.5.69',
    guid: '19195a5d-6da0-11d0-afd3-00c04fd930c9',
    subClassOf: 'applicationSiteSettings',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: ['managedBy', 'options', 'queryPolicyObject'],
    possSuperiors: ['site'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'nTDSSiteSettings',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'interSiteTransportContainer',
    cn: 'Inter-Site-Transport-Container',
    oid: '1.2.840.113556.1.5.140',
    guid: '26d97375-6070-11d1-a9c6-0000f80367c1',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: [],
    possSuperiors: ['sitesContainer'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'interSiteTransportContainer',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'subnetContainer',
    cn: 'Subnet-Container',
    oid: '1.2.840.113556.1.5.95',
    guid: 'b7b13125-b82e-11d0-afee-0000f80367c1',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: [],
    possSuperiors: ['sitesContainer'],
    defaultSecurityDescriptor:
      'D:(A;;RPWPCRCCDCLCLORCWOWDSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPLCLORC;;;AU)',
    defaultObjectCategory: 'subnetContainer',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'subnet',
    cn: 'Subnet',
    oid: '1.2.840.113556.1.5.96',
    guid: 'b7b13124-b82e-11d0-afee-0000f80367c1',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: ['location', 'siteObject'],
    possSuperiors: ['subnetContainer'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'subnet',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'nTDSService',
    cn: 'NTDS-Service',
    oid: '1.2.840.113556.1.5.72',
    guid: '19195a5f-6da0-11d0-afd3-00c04fd930c9',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      dSHeuristics garbageCollPeriod msDS-DeletedObjectLifetime msDS-Other-Settings
      replTopologyStayOfExecution sPNMappings tombstoneLifetime
    `),
    possSuperiors: ['container'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'nTDSService',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'queryPolicy',
    cn: 'Query-Policy',
    oid: '1.2.840.113556.1.5.106',
    guid: '83cc7075-cca7-11d0-afff-0000f80367c1',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: ['lDAPAdminLimits', 'lDAPIPDenyList'],
    possSuperiors: ['container'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'queryPolicy',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'controlAccessRight',
    cn: 'Control-Access-Right',
    oid: '1.2.840.113556.1.5.77',
    guid: '8297931e-86d3-11d0-afda-00c04fd930c9',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      appliesTo localizationDisplayId rightsGuid validAccesses
    `),
    possSuperiors: ['container'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'controlAccessRight',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'dMD',
    cn: 'DMD',
    oid: '1.2.840.113556.1.3.9',
    guid: 'bf967a8f-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: ['cn'],
    may: ['dmdName', 'prefixMap', 'schemaInfo'],
    possSuperiors: ['configuration'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'dMD',
    systemOnly: true,
    defaultHidingValue: true,
  },
  {
    name: 'attributeSchema',
    cn: 'Attribute-Schema',
    oid: '1.2.840.113556.1.3.14',
    guid: 'bf967a80-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: names(`
      attributeID attributeSyntax cn isSingleValued lDAPDisplayName oMSyntax schemaIDGUID
    `),
    may: names(`
      attributeSecurityGUID extendedCharsAllowed isDefunct isEphemeral
      isMemberOfPartialAttributeSet linkID mAPIID oMObjectClass rangeLower rangeUpper
      schemaFlagsEx searchFlags systemOnly
    `),
    possSuperiors: ['dMD'],
    defaultSecurityDescriptor: 'D:S:',
    defaultObjectCategory: 'attributeSchema',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'classSchema',
    cn: 'Class-Schema',
    oid: '1.2.840.113556.1.3.13',
    guid: 'bf967a83-0de6-11d0-a285-00aa003049e2',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: names(`
      cn defaultObjectCategory governsID objectClassCategory schemaIDGUID subClassOf
    `),
    may: names(`
      auxiliaryClass defaultHidingValue defaultSecurityDescriptor isDefunct lDAPDisplayName
      mayContain mustContain possSuperiors rDNAttID schemaFlagsEx systemAuxiliaryClass
      systemMayContain systemMustContain systemOnly systemPossSuperiors
    `),
    possSuperiors: ['dMD'],
    defaultSecurityDescriptor: 'D:S:',
    defaultObjectCategory: 'classSchema',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'subSchema',
    cn: 'SubSchema',
    oid: '2.5.20.1',
    guid: '5a8b3261-c38d-11d1-bbc9-0080c76670c0',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      attributeTypes dITContentRules extendedAttributeInfo extendedClassInfo modifyTimeStamp
      objectClasses
    `),
    possSuperiors: ['dMD'],
    defaultSecurityDescriptor: 'D:S:',
    defaultObjectCategory: 'subSchema',
    systemOnly: true,
    defaultHidingValue: true,
  },
  {
    name: 'connectionPoint',
    cn: 'Connection-Point',
    oid: '1.2.840.113556.1.5.14',
    guid: '5cb41ecf-0e4c-11d0-a286-00aa003049e2',
    subClassOf: 'leaf',
    category: ABSTRACT,
    rdnType: 'CN',
    auxiliary: [],
    must: ['cn'],
    may: ['keywords', 'managedBy'],
    possSuperiors: ['computer', 'container'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'connectionPoint',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'serviceConnectionPoint',
    cn: 'Service-Connection-Point',
    oid: '1.2.840.113556.1.5.126',
    guid: '28630ec1-41d5-11d1-a9c1-0000f80367c1',
    subClassOf: 'connectionPoint',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      appSchemaVersion serviceBindingInformation serviceClassName serviceDNSName
      serviceDNSNameType vendor versionNumber
    `),
    possSuperiors: ['computer', 'container', 'organizationalUnit'],
    defaultSecurityDescriptor: SERVICE_CONNECTION_POINT_DESCRIPTOR,
    defaultObjectCategory: 'serviceConnectionPoint',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'msDS-QuotaContainer',
    cn: 'ms-DS-Quota-Container',
    oid: '1.2.840.113556.1.5.242',
    guid: 'da83fc4f-076f-4aea-b4dc-8f4dab9b5993',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: ['cn'],
    may: names(`
      msDS-DefaultQuota msDS-QuotaEffective msDS-QuotaUsed msDS-TombstoneQuotaFactor
    `),
    possSuperiors: ['configuration', 'domainDNS'],
    defaultSecurityDescriptor: MS_DS_QUOTA_CONTAINER_DESCRIPTOR,
    defaultObjectCategory: 'msDS-QuotaContainer',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'msTPM-InformationObjectsContainer',
    cn: 'ms-TPM-Information-Objects-Container',
    oid: '1.2.840.113556.1.5.276',
    guid: 'e027a8bd-6456-45de-90a3-38593877ee74',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: ['cn'],
    may: [],
    possSuperiors: ['domain', 'domainDNS'],
    defaultSecurityDescriptor: MS_TPM_INFORMATION_OBJECTS_CONTAINER_DESCRIPTOR,
    defaultObjectCategory: 'msTPM-InformationObjectsContainer',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'msDS-PasswordSettingsContainer',
    cn: 'ms-DS-Password-Settings-Container',
    oid: '1.2.840.113556.1.5.256',
    guid: '5b06b06a-4cf3-44c0-bd16-43bc10a987da',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: [],
    possSuperiors: ['container'],
    defaultSecurityDescriptor:
      'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
    defaultObjectCategory: 'msDS-PasswordSettingsContainer',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'msDS-PasswordSettings',
    cn: 'ms-DS-Password-Settings',
    oid: '1.2.840.113556.1.5.255',
    guid: '3bcd9db8-f84b-451c-952f-6c52b81f9ec6',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: names(`
      msDS-LockoutDuration msDS-LockoutObservationWindow msDS-LockoutThreshold
      msDS-MaximumPasswordAge msDS-MinimumPasswordAge msDS-MinimumPasswordLength
      msDS-PasswordComplexityEnabled msDS-PasswordHistoryLength
      msDS-PasswordReversibleEncryptionEnabled msDS-PasswordSettingsPrecedence
    `),
    may: ['msDS-PSOAppliesTo'],
    possSuperiors: ['msDS-PasswordSettingsContainer'],
    defaultSecurityDescriptor:
      'D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
    defaultObjectCategory: 'msDS-PasswordSettings',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'msDS-ManagedServiceAccount',
    cn: 'ms-DS-Managed-Service-Account',
    oid: '1.2.840.113556.1.5.264',
    guid: 'ce206244-5827-4a86-ba1c-1c0c386c1b64',
    subClassOf: 'computer',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: [],
    possSuperiors: ['container', 'domainDNS', 'organizationalUnit'],
    defaultSecurityDescriptor: MS_DS_MANAGED_SERVICE_ACCOUNT_DESCRIPTOR,
    defaultObjectCategory: 'msDS-ManagedServiceAccount',
    systemOnly: false,
    defaultHidingValue: false,
  },
  {
    name: 'msDS-GroupManagedServiceAccount',
    cn: 'ms-DS-Group-Managed-Service-Account',
    oid: '1.2.840.113556.1.5.282',
    guid: '7b8b558a-93a5-4af7-adca-c017e67f1057',
    subClassOf: 'computer',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: ['msDS-ManagedPasswordInterval'],
    may: names(`
      msDS-GroupMSAMembership msDS-ManagedPassword msDS-ManagedPasswordId
      msDS-ManagedPasswordPreviousId
    `),
    possSuperiors: names(`
      computer container domainDNS organizationalUnit
    `),
    defaultSecurityDescriptor: MS_DS_GROUP_MANAGED_SERVICE_ACCOUNT_DESCRIPTOR,
    defaultObjectCategory: 'msDS-GroupManagedServiceAccount',
    systemOnly: false,
    defaultHidingValue: false,
  },
  {
    name: 'msDS-DeviceContainer',
    cn: 'ms-DS-Device-Container',
    oid: '1.2.840.113556.1.5.289',
    guid: '7c9e8c58-901b-4ea8-b6ec-4eb9e9fc0e11',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: [],
    possSuperiors: ['domainDNS'],
    defaultSecurityDescriptor: MS_DS_DEVICE_CONTAINER_DESCRIPTOR,
    defaultObjectCategory: 'msDS-DeviceContainer',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'msDS-Device',
    cn: 'ms-DS-Device',
    oid: '1.2.840.113556.1.5.286',
    guid: '5df2b673-6d41-4774-b3e8-d52e8ee9ff99',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: names(`
      altSecurityIdentities displayName msDS-DeviceID msDS-IsEnabled
    `),
    may: names(`
      msDS-ApproximateLastLogonTimeStamp msDS-CloudAnchor msDS-CloudIsManaged msDS-ComputerSID
      msDS-DeviceMDMStatus msDS-DeviceObjectVersion msDS-DeviceOSType msDS-DeviceOSVersion
      msDS-DevicePhysicalIDs msDS-DeviceTrustType msDS-IsCompliant msDS-IsManaged
      msDS-KeyCredentialLink msDS-RegisteredOwner msDS-RegisteredUsers
    `),
    possSuperiors: ['msDS-DeviceContainer'],
    defaultSecurityDescriptor: MS_DS_DEVICE_CONTAINER_DESCRIPTOR,
    defaultObjectCategory: 'msDS-Device',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'msDS-DeviceRegistrationServiceContainer',
    cn: 'ms-DS-Device-Registration-Service-Container',
    oid: '1.2.840.113556.1.5.287',
    guid: '310b55ce-3dcd-4392-a96d-c9e35397c24f',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: [],
    possSuperiors: ['container'],
    defaultSecurityDescriptor: MS_DS_DEVICE_REGISTRATION_SERVICE_CONTAINER_DESCRIPTOR,
    defaultObjectCategory: 'msDS-DeviceRegistrationServiceContainer',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'msDS-DeviceRegistrationService',
    cn: 'ms-DS-Device-Registration-Service',
    oid: '1.2.840.113556.1.5.284',
    guid: '96bc3a1a-e3d2-49d3-af11-7b0df79d67f5',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: ['msDS-DeviceLocation', 'msDS-IsEnabled'],
    may: names(`
      msDS-CloudIsEnabled msDS-CloudIssuerPublicCertificates msDS-IssuerCertificates
      msDS-IssuerPublicCertificates msDS-MaximumRegistrationInactivityPeriod
      msDS-RegistrationQuota
    `),
    possSuperiors: ['msDS-DeviceRegistrationServiceContainer'],
    defaultSecurityDescriptor: MS_DS_DEVICE_REGISTRATION_SERVICE_CONTAINER_DESCRIPTOR,
    defaultObjectCategory: 'msDS-DeviceRegistrationService',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'msDS-KeyCredential',
    cn: 'ms-DS-Key-Credential',
    oid: '1.2.840.113556.1.5.297',
    guid: 'ee1f5543-7c2e-476a-8b3f-e11f4af6c498',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: ['msDS-KeyId'],
    may: names(`
      msDS-ComputerSID msDS-CustomKeyInformation msDS-DeviceDN msDS-DeviceID
      msDS-KeyApproximateLastLogonTimeStamp msDS-KeyMaterial msDS-KeyPrincipal msDS-KeyUsage
    `),
    possSuperiors: ['container'],
    defaultSecurityDescriptor:
      'D:(A;;RPWPCRCCDCLCLOLORCWOWDSDDTDTSW;;;EA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)',
    defaultObjectCategory: 'msDS-KeyCredential',
    systemOnly: false,
    defaultHidingValue: false,
  },
  {
    name: 'groupPolicyContainer',
    cn: 'Group-Policy-Container',
    oid: '1.2.840.113556.1.5.157',
    guid: 'f30e3bc2-9ff0-11d1-b603-0000f80367c1',
    subClassOf: 'container',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      flags gPCFileSysPath gPCFunctionalityVersion gPCMachineExtensionNames
      gPCUserExtensionNames gPCWQLFilter versionNumber
    `),
    possSuperiors: [],
    defaultSecurityDescriptor: GROUP_POLICY_CONTAINER_DESCRIPTOR,
    defaultObjectCategory: 'groupPolicyContainer',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'posixAccount',
    cn: 'PosixAccount',
    oid: '1.3.6.1.1.1.2.0',
    guid: 'ad44bb41-67d5-4d88-b575-7b20674e76d8',
    subClassOf: 'top',
    category: AUXILIARY,
    rdnType: 'UID',
    auxiliary: [],
    must: [],
    may: names(`
      cn description gecos gidNumber homeDirectory loginShell uid uidNumber unixHomeDirectory
      unixUserPassword userPassword
    `),
    possSuperiors: [],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'posixAccount',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'shadowAccount',
    cn: 'ShadowAccount',
    oid: '1.3.6.1.1.1.2.1',
    guid: '5b6d8467-1a18-4174-b350-9cc6e7b4ac8d',
    subClassOf: 'top',
    category: AUXILIARY,
    rdnType: 'UID',
    auxiliary: [],
    must: [],
    may: ['description', 'uid', 'userPassword'],
    possSuperiors: [],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'shadowAccount',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'posixGroup',
    cn: 'PosixGroup',
    oid: '1.3.6.1.1.1.2.2',
    guid: '2a9350b8-062c-4ed0-9903-dde10d06deba',
    subClassOf: 'top',
    category: AUXILIARY,
    rdnType: 'CN',
    auxiliary: [],
    must: [],
    may: names(`
      cn description gidNumber memberUid unixUserPassword userPassword
    `),
    possSuperiors: [],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'posixGroup',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'certificationAuthority',
    cn: 'Certification-Authority',
    oid: '2.5.6.16',
    guid: '3fdfee50-47f4-11d1-a9c3-0000f80367c1',
    subClassOf: 'top',
    category: 0,
    rdnType: 'CN',
    auxiliary: [],
    must: names(`cn certificateRevocationList cACertificate authorityRevocationList`),
    may: names(`
      cACertificateDN certificateTemplates crossCertificatePair deltaRevocationList dNSHostName
    `),
    possSuperiors: ['container'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'certificationAuthority',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'cRLDistributionPoint',
    cn: 'CRL-Distribution-Point',
    oid: '2.5.6.19',
    guid: '167758ca-47f3-11d1-a9c3-0000f80367c1',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: names(`cn`),
    may: names(`
      authorityRevocationList certificateRevocationList deltaRevocationList
    `),
    possSuperiors: ['container'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'cRLDistributionPoint',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'pKIEnrollmentService',
    cn: 'PKI-Enrollment-Service',
    oid: '1.2.840.113556.1.5.178',
    guid: 'ee4aa692-3bba-11d2-90cc-00c04fd91ab1',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: names(``),
    may: names(`
      cACertificate cACertificateDN certificateTemplates dNSHostName msPKI-Enrollment-Servers
      msPKI-Site-Name
    `),
    possSuperiors: ['container'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'pKIEnrollmentService',
    systemOnly: false,
    defaultHidingValue: true,
  },
  {
    name: 'pKICertificateTemplate',
    cn: 'PKI-Certificate-Template',
    oid: '1.2.840.113556.1.5.177',
    guid: 'e5209ca2-3bba-11d2-90cc-00c04fd91ab1',
    subClassOf: 'top',
    category: STRUCTURAL,
    rdnType: 'CN',
    auxiliary: [],
    must: names(``),
    may: names(`
      displayName flags msPKI-Cert-Template-OID msPKI-Certificate-Application-Policy
      msPKI-Certificate-Name-Flag msPKI-Certificate-Policy msPKI-Enrollment-Flag
      msPKI-Minimal-Key-Size msPKI-Private-Key-Flag msPKI-RA-Application-Policies
      msPKI-RA-Policies msPKI-RA-Signature msPKI-Supersede-Templates
      msPKI-Template-Minor-Revision msPKI-Template-Schema-Version pKICriticalExtensions
      pKIDefaultCSPs pKIDefaultKeySpec pKIExpirationPeriod pKIExtendedKeyUsage pKIKeyUsage
      pKIMaxIssuingDepth pKIOverlapPeriod
    `),
    possSuperiors: ['container'],
    defaultSecurityDescriptor: USUAL,
    defaultObjectCategory: 'pKICertificateTemplate',
    systemOnly: false,
    defaultHidingValue: true,
  },
];
