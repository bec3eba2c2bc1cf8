// A QR code as one path of an SVG, a unit a module, with the quiet zone that cameras need.
import { encode } from "uqr";

const QUIET = 4;

export function qrPath(text: string): { readonly path: string; readonly size: number } {
  const { data, size } = encode(text, { border: QUIET });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return { path, size };
}
