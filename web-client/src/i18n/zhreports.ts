// The words of reports over a period, in Chinese. enreports.ts has the same shape.
import type { DaysTrouble, Period } from "../model/reportperiod";
import type { Figure } from "../protocol/reports";

/** The year is told once. */
function chineseDay(day: string, after = ""): string {
  const [year, month, date] = day.split("-");
  return `${after.startsWith(`${year}-`) ? "" : `${year}年`}${Number(month)}月${Number(date)}日`;
}

export const zhReports = {
  title: "到课与学时统计",
  section: "统计",
  home_title: "到课与学时统计",
  home_text: "按月、季度或年查看到课率和学时，逐级查看到人",
  home_branch_text: "本支部各次课程的到课率和学时",
  path: "组织",
  period: "时间",
  periods: { month: "本月", last_month: "上月", quarter: "本季度", last_quarter: "上季度", year: "今年", last_year: "去年" } satisfies Record<Period, string>,
  any_days: "自选日期",
  days: (from: string, to: string) => `${chineseDay(from)} – ${chineseDay(to, from)}`,
  from: "从",
  to: "到",
  show: "查看",
  troubles: { missing: "请选择起止日期。", turned: "结束日期早于开始日期。", long: "一次最多统计三年。" } satisfies Record<DaysTrouble, string>,
  alone: "只统计本级，不含下级组织。",
  none: "这段时间没有已结束的课程",
  none_help: "课程结束并算出结果后，会出现在这里。可以换一段时间查看。",

  rate: "到课率",
  no_rate: "—",
  of: (arrived: string, expected: string) => `${arrived} / ${expected} 人次`,
  key: { sites: "到会会场", expected: "应到人次", arrived: "实到人次", on_leave: "请假", absent: "缺席", milli_hours: "学时" },

  tabs: { charts: "图", table: "表", persons: "人员" },
  chart_rate: "各组织到课率",
  chart_rate_own: "到课率",
  chart_hours: "各月学时",
  month: (month: string) => `${Number(month.slice(5))}月`,
  month_of: (month: string) => `${month.slice(0, 4)}年${Number(month.slice(5))}月`,
  own: (name: string) => `${name}（本级）`,
  others: (n: number) => `其他 ${n} 个组织`,
  other_persons: (n: number) => `其他 ${n} 人`,
  others_note: "其他：现在不属于您查看范围的，只合计，不列名称。",
  total: "合计",
  org: "组织",
  name: "姓名",
  home: "所在组织",
  columns: {
    held: "举办课程", invited: "受邀会场", accepted: "答复参加", attended: "到会会场", expected: "应到", arrived: "实到", on_leave: "请假", absent: "缺席", guests: "来宾",
    present_s: "在课分钟", unproved_s: "待核实分钟", met: "确认已答", sent: "确认发出", milli_hours: "学时",
  } satisfies Record<Figure, string>,
  persons_none: "这段时间没有人员的记录",
  persons_closed: "按规定不向上级列出人员",
  persons_closed_help: (n: number) => `${n} 人的数字已计入合计；本支部的负责人可以看到姓名。`,
  more: (n: number) => `再列出一些（还有 ${n} 人）`,

  download: "下载",
  files: { below: "下级组织", orgs: "全部下级组织", persons: "人员", xlsx: "Excel 表格", csv: "CSV 文本" },
  making: "正在生成文件…",
  received: (kb: number, total: number | undefined) => (total === undefined ? `已收到 ${kb} KB` : `已收到 ${kb} / ${total} KB`),
  stop: "停止下载",
  downloaded: (name: string) => `已下载 ${name}`,
  print: "打印",

  about: {
    title: "统计说明",
    known: (row: number, when: string) => `依据截至 ${when} 的记录（第 ${row} 行）`,
    as_of: (when: string) => `组织名称截至 ${when}`,
    rules: (versions: readonly number[]) => (versions.length === 0 ? "" : `学时规则：${versions.map((v) => (v === 0 ? "默认" : `第 ${v} 版`)).join("、")}`),
    tree: "按课程开始时的组织关系归类；组织调整以前的数字留在原处。",
    rate: "到课率 = 实到 ÷ 应到；准假未到的不计入应到；来宾另列。",
    hash: "校验值",
  },
};
