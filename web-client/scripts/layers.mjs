// Fails when two sheets of style define one class, or an import runs against the arrows view -> model -> engine -> protocol -> base (i18n needs base and model only).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = new URL("../src/", import.meta.url).pathname;
const may = {
  base: [],
  protocol: ["base"],
  engine: ["protocol", "base"],
  model: ["engine", "protocol", "base"],
  i18n: ["model", "engine", "protocol", "base"],
  view: ["model", "engine", "protocol", "i18n", "base"],
};
const wrong = [];

for (const [layer, below] of Object.entries(may)) {
  for (const file of readdirSync(join(root, layer)).filter((f) => /\.tsx?$/.test(f))) {
    const text = readFileSync(join(root, layer, file), "utf8");
    for (const [, from] of text.matchAll(/(?:from\s+|import\s+|import\()"([^"]+)"/g)) {
      const target = /^\.\.\/(\w+)\//.exec(from)?.[1];
      if (target !== undefined && target !== layer && !below.includes(target)) wrong.push(`src/${layer}/${file} may not import ${from}`);
      if (/^preact/.test(from) && layer !== "view") wrong.push(`src/${layer}/${file}: the framework belongs to src/view`);
    }
    if (layer === "protocol" && /\b(document|window|navigator)\./.test(text)) wrong.push(`src/protocol/${file}: no DOM here`);
  }
}

/** The selectors of a sheet that stand outside of any @media. */
function topSelectors(css) {
  const found = [];
  let depth = 0, text = "";
  for (const c of css.replace(/\/\*.*?\*\//gs, "")) {
    if (c === "{" && depth++ === 0) found.push(...text.split(",").map((one) => one.trim()));
    if (c === "}") depth--;
    text = c === "{" || c === "}" ? "" : text + c;
  }
  return found;
}

/* All sheets are one in the page: a class of two of them takes the other's looks. */
const sheets = new Map();
for (const file of readdirSync(join(root, "styles")))
  for (const selector of topSelectors(readFileSync(join(root, "styles", file), "utf8"))) {
    const name = /^\.([\w-]+)$/.exec(selector)?.[1];
    if (name === undefined) continue;
    if ((sheets.get(name) ?? file) !== file) wrong.push(`src/styles/${file} defines .${name}, as ${sheets.get(name)} does`);
    sheets.set(name, file);
  }

const lock = readFileSync(new URL("../package-lock.json", import.meta.url), "utf8");
if (/https?:/.test(lock)) wrong.push("package-lock.json names a host: .npmrc leaves registries out; take `funding` out by hand");
for (const line of wrong) console.error(line);
console.log(wrong.length ? `${wrong.length} wrong` : "layers: all arrows point down");
process.exitCode = wrong.length ? 1 : 0;
