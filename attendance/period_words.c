/* See period_words.h. */
#include "attendance/period_words.h"

#include "attendance/table/value.h"

static const char *const words[PERIOD_WORDS][2] = {
	[WORD_ORG] = { "组织", "Organisation" },
	[WORD_KIND] = { "类别", "Kind" },
	[WORD_PERSON] = { "姓名", "Name" },
	[WORD_HOME] = { "所在组织", "Belongs to" },
	[WORD_RATE] = { "到课率", "Attendance" },
	[WORD_MONTH] = { "月份", "Month" },
	[WORD_TOTAL] = { "合计", "Total" },
	[WORD_OTHERS] = { "其他（不在您可查看的范围，不列名称）", "Others (not yours to see, without names)" },
	[WORD_OWN] = { "（本级）", " (itself)" },
	[WORD_SHEET_ROWS] = { "统计", "Figures" },
	[WORD_SHEET_MONTHS] = { "按月", "By month" },
	[WORD_SHEET_ABOUT] = { "说明", "About" },
	[WORD_ABOUT] = { "项目", "What" },
	[WORD_VALUE] = { "内容", "Value" },
	[WORD_FROM] = { "统计起", "From" },
	[WORD_TO] = { "统计止", "To" },
	[WORD_AS_OF] = { "名称截至", "Names as of" },
	[WORD_KNOWN] = { "记录截至第几行", "Known up to row" },
	[WORD_KNOWN_AT] = { "记录截至时间", "Known at" },
	[WORD_KNOWN_HASH] = { "该行校验值", "Hash of that row" },
	[WORD_RULES] = { "学时规则版本", "Versions of credit rules" },
	[WORD_USUAL_RULE] = { "默认", "default" },
	[WORD_REPORT] = { "统计口径版本", "Version of the figures" },
	[WORD_HASH] = { "报表校验值", "Hash of the report" },
	[WORD_TITLE] = { "到课与学时统计", "Attendance and credit" },
	[WORD_NOTE_TREE] = { "按课程开始时的组织关系归入各组织；组织调整以前的数字留在原处。课程的日期是其所在时区的日期。",
	                     "Grouped by the organisations as they were when each class began; earlier figures stay where they were. Days are those of each class's own zone." },
	[WORD_NOTE_RATE] = { "到课率 = 实到 ÷ 应到；准假未到的不计入应到；不在名单上的来宾另列，不计入到课率。",
	                     "Attendance = arrived ÷ expected. Who stayed away on leave is not expected; guests on no roster stand by themselves and are not in the rate." },
	[WORD_NOTE_HOURS] = { "学时为学时账目中的数，含冲正和重新入账。", "Hours are as the ledger has them, with reversals and what was posted again." },
	[WORD_NOTE_OTHERS] = { "各行与“其他”之和等于合计。", "The rows and the others add up to the total." },
};

static const char *const figures[FIGURES][2] = {
	[FIGURE_HELD] = { "举办课程", "Classes held" },
	[FIGURE_INVITED] = { "受邀会场", "Sites invited" },
	[FIGURE_ACCEPTED] = { "答复参加", "Sites accepted" },
	[FIGURE_ATTENDED] = { "到会会场", "Sites attended" },
	[FIGURE_EXPECTED] = { "应到人次", "Expected" },
	[FIGURE_ARRIVED] = { "实到人次", "Arrived" },
	[FIGURE_ON_LEAVE] = { "请假人次", "On leave" },
	[FIGURE_ABSENT] = { "缺席人次", "Absent" },
	[FIGURE_GUESTS] = { "来宾人次", "Guests" },
	[FIGURE_PRESENT_S] = { "在课分钟", "Minutes present" },
	[FIGURE_UNPROVED_S] = { "待核实分钟", "Minutes unproved" },
	[FIGURE_MET] = { "在岗确认（已答）", "Checks met" },
	[FIGURE_SENT] = { "在岗确认（发出）", "Checks sent" },
	[FIGURE_MILLI_HOURS] = { "学时", "Hours credited" },
};

const char *period_word(enum period_language language, enum period_word word)
{
	return words[word][language];
}

const char *period_figure_title(enum period_language language, enum period_figure figure)
{
	return figures[figure][language];
}

const char *period_kind_word(enum period_language language, const char *kind)
{
	return language == PERIOD_ZH ? value_organisation_word(kind) : kind;
}
