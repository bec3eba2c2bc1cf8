// Plain files for the server to hand out: nothing inlined, so that the strict content security policy holds.
import type { ManualChunkMeta } from "rollup";
import { defineConfig } from "vite";
import type { Plugin } from "vite";

const server = process.env["HUITANG"] ?? "http://127.0.0.1:8080";

/* What is fetched together. A file more costs a slow line a turn, so there are few of them: one or two for each kind of user. By the beginnings
 * of names in src/view and src/model; what the first page needs stays in its own file, the rest goes where it is used. */
const FILES: Readonly<Record<string, RegExp>> = {
  frame: /^(frame|bell|link$|forms|reading|tabs|since|sections|refusal|scope|qr$|copyfield|notices$)/,
  phone: /^(phone|asks$)/,
  room: /^(meet$|meeting|roompage|room$|check$|stage|stay|tile|picture|topbar|ownbar|roster$|chat|floor|lesson|line|askboard|siteanswers|districts|hallscreen|questions|trouble|over$|permission|rules$|own$|host|layout|voice|quality|noticelist|player|sending|way$|peer|pulse|patience|stats|meter|capture|slots|wall$)/,
  expert: /^(expertpage|onair|faces|encoder|owncontrols|programme)/,
  wall: /^(lookwall|wall(?!seats).|patrol)/,
  look: /^(look(?!ing$|page$|tab$)|wallseats)/,
  home: /^(homes|rooms$|classcards|classlist|appeals$|calendarlink|findings|looking|lookpage|reportstile|classespage|sessionspage|devices$|code$|cardpage|yearpicture|ledger|creditcard|gate|linkcode)/,
  tree: /^(orgtree|pickers|reasonact)/,
  records: /^(org|people|person|grants|policy|audit|webhooks|import|rulespage|ruleform|retention|posts|history|firstsignin|refusedrows|csvtable)/,
  class: /^(classpage|classacts|classinvite|classpeople|classroster|classsites|classplan|plan|appealspage|minutes|report(?!stile))/,
};

/** All that the entry needs before any page is fetched. */
function neededFirst({ getModuleIds, getModuleInfo }: ManualChunkMeta): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    getModuleInfo(id)?.importedIds.forEach(visit);
  };
  [...getModuleIds()].filter((id) => getModuleInfo(id)?.isEntry).forEach(visit);
  return found;
}

let first: ReadonlySet<string> | undefined;

function fileOf(id: string, meta: ManualChunkMeta): string | undefined {
  first ??= neededFirst(meta);
  if (first.has(id)) return "start";
  const [, folder, name] = /\/(\w+)\/(\w+)\.(?:tsx?|m?js)$/.exec(id) ?? [];
  if (name === undefined || folder === "i18n") return undefined;
  if (folder === "protocol" || id.includes("/node_modules/")) return "frame";
  return Object.keys(FILES).find((file) => FILES[file]?.test(name));
}

/* What nearly everybody needs next is named in the page, so that it comes along with the entry and not a turn later. */
const SOON = /^assets\/(zh|frame)-/;

function fetchSoon(): Plugin {
  return {
    name: "fetch-soon",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle }) => Object.keys(bundle ?? {}).filter((file) => SOON.test(file)).map((file) => ({
        tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `/${file}` }, injectTo: "head" as const,
      })),
    },
  };
}

export default defineConfig({
  plugins: [fetchSoon()],
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2020", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false, cssCodeSplit: false,
    rollupOptions: { output: { manualChunks: fileOf, onlyExplicitManualChunks: true } },
  },
  server: { proxy: { "/ws": { target: server, ws: true }, "/api": { target: server } } },
});
