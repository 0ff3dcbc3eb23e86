/**
 * The salts that Active Directory makes its keys with (MS-KILE 3.1.1.2, 3.3.5.6.2). A salt is fixed when a
 * password is set, and kept beside the keys: renaming an account later changes no salt.
 *
 * Realms are DNS names in upper case here; the functions fold what they get.
 */

/**
 * A user's, or krbtgt's. With a user principal name, what stands before its last `@` takes the place
 * of the account name, without any `/`; its suffix does not count.
 * @returns `CONTOSO.COMalice`
 */
export function userSalt(
  realm: string,
  sAMAccountName: string,
  userPrincipalName?: string,
): string {
  return realm.toUpperCase() + (userPrincipalName ? localPart(userPrincipalName) : sAMAccountName);
}

/**
 * That of a workstation, server, domain controller or group managed service account; its user
 * principal name and dNSHostName do not count.
 * @returns `CONTOSO.COMhostpc1.contoso.com` for `PC1$`
 */
export function computerSalt(realm: string, sAMAccountName: string): string {
  const host = sAMAccountName.replace(/\$$/, '').toLowerCase();
  return `${realm.toUpperCase()}host${host}.${realm.toLowerCase()}`;
}

/**
 * That of the account that stands for a trusted domain (`FABRIKAM$`).
 * @param flatName the trusted domain's NetBIOS name, without `$`
 * @returns `CONTOSO.COMkrbtgtFABRIKAM`
 */
export function trustAccountSalt(realm: string, flatName: string): string {
  return `${realm.toUpperCase()}krbtgt${flatName.toUpperCase()}`;
}

/**
 * That of an inter-realm key, krbtgt/`remote`@`local`: the key that `local` seals referrals to
 * `remote` with is made of the trust password with this salt on both sides.
 * @returns `CONTOSO.COMkrbtgtFABRIKAM.COM`
 */
export function trustSalt(local: string, remote: string): string {
  return `${local.toUpperCase()}krbtgt${remote.toUpperCase()}`;
}

function localPart(userPrincipalName: string): string {
  const at = userPrincipalName.lastIndexOf('@');
  const name = at < 0 ? userPrincipalName : userPrincipalName.slice(0, at);
  return name.replaceAll('/', '');
}
