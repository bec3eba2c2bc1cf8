// Grants, of which a county has hundreds: those that one looks for.
import type { Grant, GrantRole } from "../protocol/records";

/** Every word of `text` stands in the name, the organisation or the purpose. */
export function filterGrants(grants: readonly Grant[], text: string, role: GrantRole | undefined): readonly Grant[] {
  const wanted = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return grants.filter((grant) => {
    const said = `${grant.name ?? ""} ${grant.org_name ?? ""} ${grant.purpose}`.toLocaleLowerCase();
    return (role === undefined || grant.role === role) && wanted.every((word) => said.includes(word));
  });
}
