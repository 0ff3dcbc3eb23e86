/** CN=Public Key Services of the configuration: MS-CRTD 2, MS-WCCE 2.2.2.11 and 3.2.1.4.2. */
import type { DomainBuilder } from './domain-builder.ts';
import type { PublicKeyServicesSeed } from './domain-seed.ts';
import { classSchema } from './schema.ts';

/** Stands for a value that the class wants and that is not there. */
const NONE = Uint8Array.of(0);

/** The containers, always; what is in them, as the seed says. */
export function addPublicKeyServices(
  builder: DomainBuilder,
  services: number,
  seed: PublicKeyServicesSeed | undefined,
): void {
  const keys = builder.add({
    parent: services,
    name: 'Public Key Services',
    objectClass: 'container',
  });
  const container = (name: string): number =>
    builder.add({ parent: keys, name, objectClass: 'container' });
  const intermediates = container('AIA');
  const lists = container('CDP');
  const templates = container('Certificate Templates');
  const roots = container('Certification Authorities');
  const enrollment = container('Enrollment Services');
  container('KRA');
  container('OID');
  if (seed === undefined) return;
  const authority = (parent: number, name: string, cACertificate: readonly Uint8Array[]): void => {
    const attributes = {
      cACertificate: cACertificate.length === 0 ? NONE : cACertificate,
      certificateRevocationList: NONE,
      authorityRevocationList: NONE,
    };
    builder.add({ parent, name, objectClass: 'certificationAuthority', attributes });
  };
  authority(keys, 'NTAuthCertificates', seed.ntAuth);
  for (const { name, certificate } of seed.roots) authority(roots, name, [certificate]);
  for (const { name, certificate } of seed.intermediates) {
    authority(intermediates, name, [certificate]);
  }
  addLists(builder, lists, seed.revocationLists);
  for (const { name, certificate, attributes } of seed.enrollmentServices) {
    builder.add({
      parent: enrollment,
      name,
      objectClass: 'pKIEnrollmentService',
      attributes: { cACertificate: certificate, ...attributes },
    });
  }
  for (const { name, attributes } of seed.templates) {
    builder.add({ parent: templates, name, objectClass: 'pKICertificateTemplate', attributes });
  }
}

/** Each below a container of its authority's host; the authority's account writes its own list. */
function addLists(
  builder: DomainBuilder,
  lists: number,
  seeds: PublicKeyServicesSeed['revocationLists'],
): void {
  const usual = classSchema('cRLDistributionPoint')?.defaultSecurityDescriptor ?? '';
  for (const { name, host, crl, publisherSid } of seeds) {
    const parent =
      builder.child(lists, host) ??
      builder.add({ parent: lists, name: host, objectClass: 'container' });
    builder.add({
      parent,
      name,
      objectClass: 'cRLDistributionPoint',
      attributes: { certificateRevocationList: crl },
      ...(publisherSid === undefined
        ? {}
        : { descriptor: `${usual}(A;;RPWPLCLORC;;;${publisherSid})` }),
    });
  }
}
