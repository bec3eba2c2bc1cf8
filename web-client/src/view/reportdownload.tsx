// Taking a report along: which rows and which kind of file, and how far it has come.
import { useEffect, useRef, useState } from "preact/hooks";
import type { FileFormat, ReportLevel, ReportQuery } from "../protocol/reports";
import { Refusal } from "./forms";
import { say } from "./frame";
import { usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Menu } from "./parts";
import type { MenuRow } from "./parts";

interface Progress {
  readonly bytes: number;
  readonly total: number | undefined;
}

/** Hands a file to the browser as a link would. */
function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may still be reading
}

export function ReportDownload({ query, persons }: { readonly query: ReportQuery; readonly persons: boolean }) {
  const words = useWords().reports;
  const { reports } = useServices();
  const { lang } = usePrefs();
  const [progress, setProgress] = useState<Progress | undefined>();
  const [error, setError] = useState<unknown>();
  const stop = useRef<AbortController>();
  useEffect(() => () => stop.current?.abort(), []);

  const take = async (level: ReportLevel, format: FileFormat): Promise<void> => {
    const control = new AbortController();
    stop.current = control;
    setError(undefined);
    setProgress({ bytes: 0, total: undefined });
    try {
      const { blob, name } = await reports.file(query, level, format, lang, (bytes, total) => setProgress({ bytes, total }), control.signal);
      save(blob, name);
      say(words.downloaded(name));
    } catch (refused) {
      if (!control.signal.aborted) setError(refused);
    }
    setProgress(undefined);
  };
  const { files } = words;
  const of = (level: ReportLevel, label: string): readonly MenuRow[] => [
    { kind: "title", label },
    { kind: "act", label: files.xlsx, icon: "download", act: () => void take(level, "xlsx") },
    { kind: "act", label: files.csv, icon: "download", act: () => void take(level, "csv") },
  ];
  const rows = (): readonly MenuRow[] => [...of("children", files.below), ...of("orgs", files.orgs), ...(persons ? of("persons", files.persons) : [])];
  return (
    <>
      {progress
        ? <Button icon="close" onClick={() => stop.current?.abort()}>{words.stop}</Button>
        : <Menu rows={rows} label={words.download} class="button plain"><Icon name="download" />{words.download}</Menu>}
      {progress && (
        <p class="report-progress figures" role="status">
          <span class="spinner" aria-hidden="true" />{progress.bytes === 0 ? words.making : words.received(Math.ceil(progress.bytes / 1_024), progress.total === undefined ? undefined : Math.ceil(progress.total / 1_024))}
        </p>
      )}
      {error !== undefined && <Refusal error={error} />}
    </>
  );
}
