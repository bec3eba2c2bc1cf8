// A class as a file for any calendar; taken again it replaces the entry that is there.
import type { ClassRow } from "../protocol/classes";
import { calendarPath } from "../protocol/invites";
import { useWords } from "./hooks";
import { Icon } from "./icons";

export function CalendarLink({ row, quiet = false }: { readonly row: Pick<ClassRow, "id" | "title">; readonly quiet?: boolean }) {
  const words = useWords().invite;
  return (
    <a class={quiet ? "text-link calendar-link" : "button plain"} href={calendarPath(row.id)} download={`class-${row.id}.ics`} aria-label={words.calendar_of(row.title)}>
      <Icon name="calendar" size={quiet ? 18 : 20} />{words.calendar}
    </a>
  );
}
