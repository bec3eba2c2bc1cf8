// Where an encoder sends to: address and token, one press each.
import { whipPath } from "../protocol/invites";
import { CopyField } from "./copyfield";
import { useWords } from "./hooks";

export function Encoder({ room, token }: { readonly room: string; readonly token: string | undefined }) {
  const words = useWords().invite.page;
  return (
    <div class="encoder" data-part="encoder">
      <h2>{words.obs}</h2>
      <p class="field-hint">{words.obs_text}</p>
      <CopyField label={words.server} value={location.origin + whipPath(room)} copy={words.copy} copied={words.copied} />
      {token !== undefined && <CopyField label={words.token} value={token} copy={words.copy} copied={words.copied} secret />}
      <p class="field-hint">{words.secret}</p>
    </div>
  );
}
