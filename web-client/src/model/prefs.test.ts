import assert from "node:assert/strict";
import { test } from "node:test";
import { loadPrefs, prefsCell, tabKeeper } from "./prefs";
import type { Store } from "./prefs";

function memory(entries: Record<string, string> = {}): Store & { readonly map: Map<string, string> } {
  const map = new Map(Object.entries(entries));
  return { map, getItem: (k) => map.get(k) ?? null, setItem: (k, v) => void map.set(k, v), removeItem: (k) => void map.delete(k) };
}

test("Chinese comes first; English where the browser knows no Chinese", () => {
  assert.equal(loadPrefs(memory(), []).lang, "zh-CN");
  assert.equal(loadPrefs(memory(), ["de", "zh-TW"]).lang, "zh-CN");
  assert.equal(loadPrefs(memory(), ["en-US", "fr"]).lang, "en");
});

test("what is stored is checked, not trusted", () => {
  const prefs = loadPrefs(memory({ "huitang.prefs": '{"lang":"xx","theme":3,"camera":{},"mic_on":false}' }), []);
  assert.deepEqual([prefs.lang, prefs.theme, prefs.camera, prefs.mic_on], ["zh-CN", "auto", undefined, false]);
  assert.equal(loadPrefs(memory({ "huitang.prefs": "{" }), []).theme, "auto");
});

test("a change is written down", () => {
  const store = memory();
  prefsCell(store, []).update((p) => ({ ...p, lang: "en" }));
  assert.equal(loadPrefs(store, []).lang, "en");
});

test("the way back is kept per room and can be forgotten", () => {
  const store = memory();
  const keeper = tabKeeper(store, "resume", "r1");
  keeper.set("token");
  assert.equal(keeper.get(), "token");
  assert.equal(tabKeeper(store, "resume", "r2").get(), undefined);
  keeper.set(undefined);
  assert.equal(keeper.get(), undefined);
});
