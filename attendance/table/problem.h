/*
 * What is wrong with a file that somebody wants to import: a code for programs, a place for people, a sentence from one table.
 * Places are what a spreadsheet program shows: rows from 1, columns from 1 (A).
 */
#ifndef HUITANG_ATTENDANCE_TABLE_PROBLEM_H
#define HUITANG_ATTENDANCE_TABLE_PROBLEM_H

#include <stddef.h>
#include <stdint.h>

#include "media/base/macros.h"

#define PROBLEM_TEXT_BYTES 96
#define PROBLEM_SENTENCE_BYTES 512
#define PROBLEMS_MAX 200

/* X(NAME, "code", English, Chinese). In a sentence {at} is the place or range, {row}, {column}, {text}. Append only: codes are API. */
#define TABLE_FAULTS(X) \
	X(EMPTY, "empty", "the file has no rows", "文件里没有数据行") \
	X(FILE_TOO_LARGE, "file_too_large", "the file is larger than {text}", "文件超过 {text}") \
	X(TOO_MANY_ROWS, "too_many_rows", "the table has more than {text} rows", "表格超过 {text} 行") \
	X(TOO_MANY_COLUMNS, "too_many_columns", "{at}: the table has more than {text} columns", "{at}：表格超过 {text} 列") \
	X(CELL_TOO_LONG, "cell_too_long", "{at}: the cell is longer than {text}", "{at}：单元格内容超过 {text}") \
	X(TABLE_TOO_LARGE, "table_too_large", "the table's contents are too large", "表格内容过大") \
	X(CONTROL_CHARACTER, "control_character", "{at}: the cell holds a character that is not text", "{at}：单元格含有非文本字符") \
	X(ENCODING, "encoding", "row {row}: bytes that are neither {text}; save the file as UTF-8", \
	  "第 {row} 行：编码既不是 {text}，请另存为 UTF-8") \
	X(QUOTE, "quote", "{at}: text after a closing quotation mark", "{at}：右引号后面还有内容") \
	X(QUOTE_OPEN, "quote_open", "{at}: a quotation mark is never closed", "{at}：引号没有结束") \
	X(NOT_A_TABLE, "not_a_table", "this is neither CSV text nor an XLSX workbook; save it as .xlsx in a spreadsheet program", \
	  "文件既不是 CSV 文本，也不是 XLSX 工作簿，请用电子表格软件另存为 .xlsx") \
	X(OLD_OR_LOCKED, "old_or_locked", "this is an old workbook (.xls) or one with a password; save it as .xlsx without one", \
	  "这是旧格式（.xls）或加密的工作簿，请另存为不加密的 .xlsx") \
	X(DAMAGED, "damaged", "the workbook is damaged ({text})", "工作簿已损坏（{text}）") \
	X(BOMB, "bomb", "the workbook unpacks to far more than its size ({text})", "工作簿解压后大得不正常（{text}）") \
	X(DOCTYPE, "doctype", "the workbook holds a document type declaration ({text}), which is not accepted", \
	  "工作簿含有文档类型声明（{text}），不予接受") \
	X(NO_SHEET, "no_sheet", "the workbook has no sheet {text}", "工作簿里没有工作表 {text}") \
	X(MERGED, "merged", "merged cells {at}: which row they mean is not clear; unmerge them", "合并单元格 {at}：含义不明，请取消合并") \
	X(READER_TIMEOUT, "reader_timeout", "reading the file took too long", "读取文件超时") \
	X(READER_FAILED, "reader_failed", "the file could not be read: its reader ended early", "文件无法读取：读取进程异常结束") \
	X(NO_SANDBOX, "no_sandbox", "the reader could not lock itself in on this system", "本系统无法启用隔离的读取进程") \
	X(CELL_ERROR, "cell_error", "{at}: the cell shows an error ({text})", "{at}：单元格显示错误（{text}）") \
	X(CELL_NO_VALUE, "cell_no_value", "{at}: the cell has a formula without a kept result; save the file in a spreadsheet program", \
	  "{at}：公式没有保存计算结果，请用电子表格软件重新保存") \
	X(CELL_LOST_DIGITS, "cell_lost_digits", "{at}: the number was stored as a number and has lost its last digits; format the column as text", \
	  "{at}：号码按数字保存，末尾几位已丢失，请把该列设为文本后重新填写") \
	X(NO_HEADER, "no_header", "no row looks like a header; the first rows must name the columns", "找不到表头行，请在前几行写明列名") \
	X(HEADER_MISSING, "header_missing", "row {row}: there is no column {text}", "第 {row} 行：缺少“{text}”列") \
	X(HEADER_DOUBLED, "header_doubled", "{at}: a second column for {text}", "{at}：“{text}”列重复") \
	X(PROFILE_FORM, "profile_form", "the mapping profile is not an object of header and field ({text})", "对应关系格式不对（{text}）") \
	X(PROFILE_FIELD, "profile_field", "the mapping profile names an unknown field {text}", "对应关系里有未知字段 {text}") \
	X(VALUE_EMPTY, "value_empty", "{at}: {text} is empty", "{at}：“{text}”为空") \
	X(VALUE_TOO_LONG, "value_too_long", "{at}: {text} is too long", "{at}：“{text}”过长") \
	X(VALUE_UNKNOWN, "value_unknown", "{at}: {text} is not one of the known values", "{at}：“{text}”的取值无法识别") \
	X(VALUE_DATE, "value_date", "{at}: {text} is not a date", "{at}：“{text}”不是日期") \
	X(VALUE_NUMBER, "value_number", "{at}: {text} is not a valid number", "{at}：“{text}”不是有效的号码") \
	X(ORG_UNKNOWN, "org_unknown", "{at}: there is no such organisation, or it is not yours to import into", "{at}：没有这个组织，或不在您的管理范围内") \
	X(ORG_AMBIGUOUS, "org_ambiguous", "{at}: several organisations have this name; give the path or the code", \
	  "{at}：有多个同名组织，请写明上级路径或组织编码") \
	X(PEOPLE_CLOSED, "people_closed", "{at}: by its policy this organisation shows its people to nobody above; import with a grant at that organisation", \
	  "{at}：该组织的政策不向上级显示人员，请由在该组织有授权的人导入") \
	X(ROW_DOUBLED, "row_doubled", "{at}: an earlier row of this file speaks of the same one", "{at}：文件中前面已有同一条记录") \
	X(NAME_TAKEN, "name_taken", "{at}: another one has this name in the same place", "{at}：同一上级下已有同名组织") \
	X(CODE_TAKEN, "code_taken", "{at}: this code is another organisation's", "{at}：该编码已被其他组织使用") \
	X(IN_CIRCLE, "in_circle", "{at}: an organisation cannot hang below itself", "{at}：组织不能隶属于它自己的下级") \
	X(TOO_DEEP, "too_deep", "{at}: the tree would be deeper than 32", "{at}：组织层级超过 32 层") \
	X(PERSON_AMBIGUOUS, "person_ambiguous", "{at}: several people of this name are there; give the card number or the phone", \
	  "{at}：该组织有多名同名人员，请填写证件号或电话以区分") \
	X(CARD_OTHER_NAME, "card_other_name", "{at}: this card number belongs to somebody of another name", "{at}：该证件号已登记在另一姓名下") \
	X(LOGIN_TAKEN, "login_taken", "{at}: this account name is somebody else's", "{at}：该登录名已被占用") \
	X(NO_CARD_KEY, "no_card_key", "{at}: card numbers cannot be taken: the server has no key for them", "{at}：服务器没有证件号密钥，无法登记证件号")

enum table_fault {
	TABLE_SOUND,
#define X(name, code, en, zh) TABLE_##name,
	TABLE_FAULTS(X)
#undef X
	TABLE_FAULT_COUNT,
};

enum table_language { TABLE_ENGLISH, TABLE_CHINESE };

struct table_problem {
	enum table_fault fault;
	uint32_t row, column;           /* from 1; 0: none */
	uint32_t last_row, last_column; /* of a range; 0: it is one place */
	char text[PROBLEM_TEXT_BYTES];  /* UTF-8, cut at a character; "" none. Never a value from a cell, only names */
};

/* As many as people can work off; the others are counted. */
struct table_problems {
	struct table_problem all[PROBLEMS_MAX];
	size_t n;                       /* in all */
	size_t total;
};

/** Fills a problem and returns -EBADMSG, so that `return table_problem_set(…)`. `text` NULL is "". */
int table_problem_set(struct table_problem *ret, enum table_fault fault, uint32_t row, uint32_t column, const char *text);

/** Adds one; beyond PROBLEMS_MAX it is only counted. */
void table_problems_add(struct table_problems *list, const struct table_problem *p);

/** The code that programs and the web client know, "" for TABLE_SOUND. */
const char *table_fault_code(enum table_fault fault);

/** One sentence without a full stop, cut at a character when it does not fit. */
void table_problem_say(char ret[PROBLEM_SENTENCE_BYTES], const struct table_problem *p, enum table_language language);

/** A place as spreadsheets write it: "C5", "A2:A7", "5" for a row alone, "" for none. */
void table_problem_place(char *ret, size_t size, const struct table_problem *p);

#endif
