/** `kerblab show RUN azure-ad-kerberos-server`: what Get-AzureADKerberosServer would print at any moment. */
import { members } from '../../protocols/actors/cast-members.ts';
import { TENANT_ROLE } from '../../protocols/actors/device-identity.ts';
import { directoryAccounts } from '../../protocols/actors/directory-accounts.ts';
import { shownServer } from '../../protocols/actors/kerberos-server-cmdlets.ts';
import { kerberosServerLines } from '../../protocols/actors/kerberos-server-shown.ts';
import {
  readShownKerberosDomain,
  type ShownKerberosDomain,
} from '../../protocols/entra/kerberos-domain.ts';
import { type JsonObject, listField } from '../../protocols/oauth/json.ts';
import { utf8 } from '../bytes/bytes.ts';
import { InputError } from './exit.ts';
import { castOf } from './run-cast.ts';
import type { Shown } from './show.ts';
import { viewAt } from './show-device.ts';
import { shownDomain } from './show-domain.ts';
import { stage } from './stage.ts';

/** @throws InputError when there is no directory */
export function kerberosServerOf(shown: Shown): string {
  if (shown.rest.length > 0) {
    throw new InputError('azure-ad-kerberos-server: nothing may stand behind it');
  }
  const { directory, domain } = shownDomain(shown);
  const server = shownServer(directory, domain, directoryAccounts(shown.store));
  return kerberosServerLines(server, cloudSide(shown, domain.dnsName)).join('\n');
}

/** What the tenant has at that moment, whether or not anybody in the story asks it. */
function cloudSide(shown: Shown, dnsName: string): ShownKerberosDomain | undefined {
  const cast = castOf(shown.run, stage);
  const [tenant] = members(cast.scene, dnsName.toUpperCase(), TENANT_ROLE);
  const view = tenant === undefined ? undefined : viewAt(shown, cast, tenant[0]);
  const domains = view === undefined ? undefined : listField(view as JsonObject, 'kerberosDomains');
  for (const domain of domains ?? []) {
    const read = readShownKerberosDomain(utf8(JSON.stringify(domain)));
    if (read.ok && read.domain.domainDnsName === dnsName) return read.domain;
  }
  return undefined;
}
