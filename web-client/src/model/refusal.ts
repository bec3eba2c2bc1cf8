// Why a class, an answer or a code was refused, as one word that i18n knows: the server's field says more than its code.
import { RequestError } from "../protocol/socket";

/** "class.code", "late", …; "" for what is no refusal. */
export function whyOf(error: unknown): string {
  if (!(error instanceof RequestError)) return "";
  const told = error.code === "not_now" || error.code === "answer_refused" ? error.field : undefined;
  return told ?? error.code;
}
