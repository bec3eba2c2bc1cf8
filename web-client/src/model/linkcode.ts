// Codes that pair a device or sign in once, as people type them: 16 letters and digits in four groups.
const LETTERS = 16;
const GROUP = 4;

/** In small letters and groups, as the server writes it, whatever was put between. */
export function tidyCode(typed: string): string {
  const plain = typed.toLowerCase().replace(/[^a-z0-9]/g, "");
  return plain.match(new RegExp(`.{1,${GROUP}}`, "g"))?.join("-") ?? "";
}

export function isCode(tidy: string): boolean {
  return tidy.replace(/-/g, "").length === LETTERS;
}
