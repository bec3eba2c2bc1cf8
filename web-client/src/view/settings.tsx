// Language and appearance: the same two menus on every page.
import { loadWords } from "../i18n/words";
import type { Lang, Theme } from "../model/prefs";
import { usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Menu } from "./parts";
import type { MenuRow } from "./parts";
import { say } from "./saying";

const LANGS: readonly (readonly [Lang, string])[] = [["zh-CN", "中文"], ["en", "English"]];

export function useSettingRows(): () => readonly MenuRow[] {
  const words = useWords();
  const { prefs } = useServices();
  const now = usePrefs();
  const themes: readonly (readonly [Theme, string])[] = [["auto", words.theme_auto], ["light", words.theme_light], ["dark", words.theme_dark]];
  return () => [
    { kind: "title", label: words.language },
    ...LANGS.map(([lang, label]): MenuRow => ({ kind: "act", label, checked: now.lang === lang, act: () => void loadWords(lang).then(() => prefs.update((p) => ({ ...p, lang })), () => say(words.lost_part.offline.title)) })),
    { kind: "title", label: words.theme },
    ...themes.map(([theme, label]): MenuRow => ({ kind: "act", label, checked: now.theme === theme, act: () => prefs.update((p) => ({ ...p, theme })) })),
  ];
}

export function SettingsMenu() {
  const words = useWords();
  const { lang } = usePrefs();
  const rows = useSettingRows();
  return (
    <Menu rows={rows} label={`${lang === "en" ? "English" : "中文"} · ${words.language}, ${words.theme}`} class="button quiet settings">
      <Icon name="globe" />
      <span>{lang === "en" ? "English" : "中文"}</span>
    </Menu>
  );
}
