// The words of reports over a period, in English.
import type { zhReports } from "./zhreports";
import type { Open } from "./zh";

function englishDay(day: string): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(day));
}

export const enReports: Open<typeof zhReports> = {
  title: "Attendance and hours",
  section: "Reports",
  home_title: "Attendance and hours",
  home_text: "Rates and hours by month, quarter or year, down to the person",
  home_branch_text: "Attendance and hours of your branch's classes",
  path: "Organisation",
  period: "Period",
  periods: { month: "This month", last_month: "Last month", quarter: "This quarter", last_quarter: "Last quarter", year: "This year", last_year: "Last year" },
  any_days: "Other days",
  days: (from, to) => `${englishDay(from)} – ${englishDay(to)}`,
  from: "From",
  to: "To",
  show: "Show",
  troubles: { missing: "Please choose the first and the last day.", turned: "The last day is before the first.", long: "A report covers three years at most." },
  alone: "Only its own figures, nothing of the organisations below.",
  none: "No class was held in this period",
  none_help: "Classes appear here once they are over and their results are there. Try another period.",

  rate: "Attendance",
  no_rate: "—",
  of: (arrived, expected) => `${arrived} of ${expected}`,
  key: { sites: "Sites attended", expected: "Expected", arrived: "Arrived", on_leave: "On leave", absent: "Absent", milli_hours: "Hours credited" },

  tabs: { charts: "Charts", table: "Table", persons: "Persons" },
  chart_rate: "Attendance by organisation",
  chart_rate_own: "Attendance",
  chart_hours: "Hours by month",
  month: (month) => ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][Number(month.slice(5)) - 1] ?? month,
  month_of: (month) => `${["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"][Number(month.slice(5)) - 1] ?? ""} ${month.slice(0, 4)}`,
  own: (name) => `${name} (itself)`,
  others: (n) => `${n} other ${n === 1 ? "organisation" : "organisations"}`,
  other_persons: (n) => `${n} other ${n === 1 ? "person" : "persons"}`,
  others_note: "Others: not yours to see now. Their figures are added up, without names.",
  total: "Total",
  org: "Organisation",
  name: "Name",
  home: "Belongs to",
  columns: {
    held: "Classes", invited: "Invited", accepted: "Accepted", attended: "Attended", expected: "Expected", arrived: "Arrived", on_leave: "On leave", absent: "Absent", guests: "Guests",
    present_s: "Min. present", unproved_s: "Min. unproved", met: "Checks met", sent: "Checks sent", milli_hours: "Hours",
  },
  persons_none: "Nothing of persons in this period",
  persons_closed: "Policy names no persons to superiors",
  persons_closed_help: (n) => `The figures of ${n} ${n === 1 ? "person is" : "persons are"} in the total; the branch's own leader sees names.`,
  more: (n) => `Show more (${n} left)`,

  download: "Download",
  files: { below: "Organisations right below", orgs: "All organisations below", persons: "Persons", xlsx: "Excel workbook", csv: "CSV text" },
  making: "The file is being made…",
  received: (kb, total) => (total === undefined ? `${kb} KB received` : `${kb} of ${total} KB received`),
  stop: "Stop the download",
  downloaded: (name) => `Downloaded ${name}`,
  print: "Print",

  about: {
    title: "About these figures",
    known: (row, when) => `From the records up to ${when} (row ${row})`,
    as_of: (when) => `Names as of ${when}`,
    rules: (versions) => (versions.length === 0 ? "" : `Credit rules: ${versions.map((v) => (v === 0 ? "default" : `version ${v}`)).join(", ")}`),
    tree: "Grouped by the organisations as they were when each class began; earlier figures stay where they were.",
    rate: "Attendance = arrived ÷ expected. Who stayed away on leave is not expected; guests stand by themselves.",
    hash: "Hash",
  },
};
