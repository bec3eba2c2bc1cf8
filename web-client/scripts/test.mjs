// Bundles every src/**/*.test.ts with esbuild and runs them under Node's own test runner, on 18 as on 20.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const tests = readdirSync(join(root, "src"), { recursive: false, withFileTypes: true })
  .filter((d) => d.isDirectory())
  .flatMap((d) => readdirSync(join(root, "src", d.name)).map((f) => join(root, "src", d.name, f)))
  .filter((f) => f.endsWith(".test.ts"))
  .sort();
const out = mkdtempSync(join(tmpdir(), "huitang-web-test-"));

try {
  await build({
    entryPoints: tests, outdir: out, outbase: join(root, "src"), bundle: true, platform: "node", format: "esm",
    target: "node18", outExtension: { ".js": ".mjs" }, sourcemap: "inline", logLevel: "warning",
  });
  const files = tests.map((f) => join(out, relative(join(root, "src"), f).replace(/\.ts$/, ".mjs")));
  const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-reporter=tap", ...files], { encoding: "utf8", timeout: 120_000 });
  process.stdout.write(run.stdout);
  process.stderr.write(run.stderr);
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)`, "m").exec(run.stdout)?.[1] ?? 0);
  console.log(`${count("pass")} passed, ${count("fail") + count("cancelled")} failed`);
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
