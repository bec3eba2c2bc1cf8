// What has just been done, for the frame to show for a moment.
import { Cell } from "../base/cell";

export const said = new Cell<string | undefined>(undefined);

let is_lost = false;

/** A sign-in was found to be gone: whoever is asked to sign in again is told so. */
export function noteSignInLost(): void {
  is_lost = true;
}

/** Said once. */
export function takeSignInLost(): boolean {
  const was = is_lost;
  is_lost = false;
  return was;
}

/** Says in one sentence, for a moment, that something has been done. */
export function say(text: string): void {
  said.set(undefined);
  said.set(text);
}
