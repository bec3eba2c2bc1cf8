/*
 * The rules of policy.h. The defaults are the cautious pack: nothing compares people, no credit for being connected, looks are told, and
 * records about persons go when their purpose is served. Notes of the law name what a responsible person should read; they are no advice.
 */
#include "attendance/policy.h"

#include <assert.h>

#include "media/base/macros.h"

#define YEAR 365
#define LOG_DAYS_BY_LAW 180             /* network logs: not less than six months */

static const char *const behind_target_words[] = { "off", "branch", "superior", NULL };

/* Of three rows each. */
#define LAW_STORAGE { "个人信息保护法第十九条：保存期限应为实现处理目的所必要的最短时间；第四十七条：期满应当删除。", \
	"Personal Information Protection Law, art. 19: kept no longer than its purpose needs; art. 47: erased after that." }
#define LAW_FORMALISM { "《关于防治“指尖上的形式主义”的若干意见》：不得以打卡签到、积分排名、在线时长等方式增加基层负担。", \
	"Opinions against formalism at one's fingertips: no compulsory check-in, point rankings or online-time scoring in official apps." }
#define LAW_MINIMAL { "个人信息保护法第六条：收集和使用个人信息应当限于实现处理目的的最小范围。", \
	"Personal Information Protection Law, art. 6: no more personal information than the purpose needs." }

/* A value that nothing reads yet is kept, and says what it waits for. */
#define LATER_STILLS { "系统目前不截图：有截图功能后按此执行。", "No stills are taken yet: this takes effect once there are any." }

static const struct policy_rule rules[] = {
	[POLICY_RANKING] = { "ranking", POLICY_SWITCH, 0, 1, 0, false, NULL,
		{ "排名", "Rankings" },
		{ "排名使人为名次而非为学习参加，也使条件差的站点受到比较。关闭时，任何页面、报表和导出都不按得分或出勤排列人员或组织。",
		  "A ranking makes people attend for a place instead of for the matter, and compares sites with poor lines. Off: no page, report or export "
		  "orders persons or organisations by score or attendance." },
		LAW_FORMALISM },
	[POLICY_BEHIND_TARGET_LISTS] = { "behind_target_lists", POLICY_CHOICE, 0, 2, 0, false, behind_target_words,
		{ "未达标名单", "Lists of who is behind" },
		{ "名单容易变成通报批评。“仅本支部”供支部书记帮助落后的人；“上级”还让上级看到姓名。关闭时，每个人只看到自己的进度。",
		  "Such a list easily becomes a pillory. 'branch' lets the own branch help who is behind; 'superior' shows the names above, too. Off: each person "
		  "sees the own progress alone." },
		LAW_FORMALISM,
		{ "系统目前没有这类名单：有了名单后按此执行。", "There are no such lists yet: this takes effect once there are any." } },
	[POLICY_PERSON_LEVEL_UPWARD] = { "person_level_upward", POLICY_SWITCH, 0, 1, 1, false, NULL,
		{ "上级查看到人", "Superiors see persons" },
		{ "关闭时，上级只看到合计；要看到某个人，须由本组织另行授权。", "Off: superiors see totals only; to see a person they need a grant at that organisation itself." },
		LAW_MINIMAL },
	[POLICY_RANDOM_CHECKS] = { "random_checks", POLICY_SWITCH, 0, 1, 0, false, NULL,
		{ "自动随机抽查", "Random presence checks" },
		{ "由系统在课程中随机发出的在场确认会打断听讲。主持人或上级当场发起的点名不受此项限制。",
		  "Checks that the server sends at random moments interrupt the lecture. A roll call that a chair or superior starts is not affected." },
		LAW_FORMALISM },
	[POLICY_ONLINE_TIME_CREDIT] = { "online_time_credit", POLICY_SWITCH, 0, 1, 0, false, NULL,
		{ "按在线时长计学时", "Credit for online time" },
		{ "连接着不等于在学习。关闭时，学时只来自有签到和到场证明的时间。",
		  "Being connected is not learning. Off: credit comes only from time with a sign-in and proofs of presence." },
		LAW_FORMALISM,
		{ "学时目前只来自有签到和到场证明的时间：“开启”尚不改变计算。", "Credit comes from time with a sign-in and proofs of presence alone: 'on' changes nothing yet." } },
	[POLICY_STILLS] = { "stills", POLICY_SWITCH, 0, 1, 1, false, NULL,
		{ "会场截图留证", "Stills of sites" },
		{ "截图是到场的证据，由人来看，不做人脸识别。没有显示告知的会场不截图；在家参加的个人须本人同意。",
		  "A still is evidence of attendance; people look at it, faces are not recognised. No still of a site that does not show the notice; of persons at "
		  "home only with their consent." },
		{ "个人信息保护法第十七条：处理前应当以显著方式告知；第十三条：须有合法依据。",
		  "Personal Information Protection Law, art. 17: conspicuous notice beforehand; art. 13: a lawful basis." },
		LATER_STILLS },
	[POLICY_TELL_SITES_OF_LOOKS] = { "tell_sites_of_looks", POLICY_SWITCH, 0, 1, 1, true, NULL,
		{ "上级查看时告知会场", "Sites are told of looks" },
		{ "被看的人应当知道有人在看。关闭时仍然每次记录，只是会场上不显示。",
		  "Who is looked at should know it. Off: each look is still on record, but the site does not show it." },
		{ "个人信息保护法第七条：处理个人信息应当公开、透明。", "Personal Information Protection Law, art. 7: openness and transparency." } },
	[POLICY_KEEP_PRESENCE_DAYS] = { "keep_presence_days", POLICY_DAYS, 30, 10 * YEAR, 3 * YEAR, false, NULL,
		{ "考勤中的人员信息保存天数", "Days that presence of persons is kept" },
		{ "期满后，考勤记录中的人员信息被删除，合计和校验链保留。三年覆盖申诉和年度考核。",
		  "After that the persons are erased from records of attendance; totals and the chain stay. Three years cover appeals and yearly reviews." },
		LAW_STORAGE },
	[POLICY_KEEP_STILLS_DAYS] = { "keep_stills_days", POLICY_DAYS, 1, YEAR, 30, false, NULL,
		{ "截图保存天数", "Days that stills are kept" },
		{ "截图只为核对到场，申诉期过后不再需要。", "Stills serve the check of attendance; after the time for appeals nobody needs them." },
		LAW_STORAGE,
		LATER_STILLS },
	[POLICY_KEEP_RECORDINGS_DAYS] = { "keep_recordings_days", POLICY_DAYS, 1, 5 * YEAR, 90, false, NULL,
		{ "录像保存天数", "Days that recordings are kept" },
		{ "供缺席者补课；要长期保存的课件应另行归档。", "For those who missed a class; what is to stay longer is archived as material." },
		LAW_STORAGE,
		{ "系统目前不录像：有录像功能后按此执行。", "Nothing is recorded yet: this takes effect once something is." } },
	[POLICY_KEEP_CHAT_DAYS] = { "keep_chat_days", POLICY_DAYS, 1, 3 * YEAR, LOG_DAYS_BY_LAW, false, NULL,
		{ "聊天记录保存天数", "Days that chat is kept" },
		{ "会议中的发言文字属于当次会议，不应长期留存。", "What was written in a meeting belongs to that meeting." },
		LAW_STORAGE },
	[POLICY_KEEP_ANSWERS_DAYS] = { "keep_answers_days", POLICY_DAYS, 1, 5 * YEAR, YEAR, false, NULL,
		{ "答题和记名表决保存天数", "Days that answers and open votes are kept" },
		{ "期满后只留合计。无记名表决从不保存个人选择。", "After that only totals stay. Secret ballots never keep a person's choice." },
		LAW_STORAGE },
	[POLICY_KEEP_FINDINGS_DAYS] = { "keep_findings_days", POLICY_DAYS, 30, 5 * YEAR, YEAR, false, NULL,
		{ "巡查记录保存天数", "Days that findings are kept" },
		{ "巡查发现的问题整改后，不应长期跟随站点或个人。", "A finding that was dealt with should not follow a site or person for years." },
		LAW_STORAGE },
	[POLICY_KEEP_CREDIT_DAYS] = { "keep_credit_days", POLICY_DAYS, YEAR, 10 * YEAR, 5 * YEAR, false, NULL,
		{ "学时学分保存天数", "Days that credit is kept" },
		{ "五年覆盖一个培训规划周期。", "Five years cover one period of training plans." },
		LAW_STORAGE },
	[POLICY_KEEP_FORMER_DAYS] = { "keep_former_days", POLICY_DAYS, 0, 5 * YEAR, YEAR, false, NULL,
		{ "离开人员信息保存天数", "Days that former persons are kept" },
		{ "人员离开且没有任何组织关系后，联系方式等信息保留的时间。", "How long contacts and the like stay of who left and belongs to no organisation any more." },
		LAW_STORAGE },
	[POLICY_KEEP_IMPORTS_DAYS] = { "keep_imports_days", POLICY_DAYS, 0, 90, 7, false, NULL,
		{ "导入文件保存天数", "Days that imported files are kept" },
		{ "原始表格里有明文证件号码和电话，核对完应尽快删除。0 表示导入后立即删除。",
		  "The tables have card numbers and phones in clear; they go as soon as the import was checked. 0: at once." },
		LAW_STORAGE,
		{ "导入的表格目前只在内存中，最长一小时，不写入磁盘：保存文件后按此执行。",
		  "Tables are in memory for an hour at the most and never on disk: this takes effect once files are kept." } },
	[POLICY_KEEP_AUDIT_DAYS] = { "keep_audit_days", POLICY_DAYS, LOG_DAYS_BY_LAW, 10 * YEAR, 3 * YEAR, true, NULL,
		{ "审计和登录记录保存天数", "Days that audit and sign-ins are kept" },
		{ "记录谁看了、谁改了什么。下级不得比上级更早删除，否则监督落空。",
		  "Who looked and who changed what. A lower organisation may not forget sooner than its superior, or nobody could be held to it." },
		{ "网络安全法：网络日志留存不少于六个月；个人信息保护法第五十四条：定期合规审计。",
		  "Cybersecurity Law: network logs are kept for six months at least; Personal Information Protection Law, art. 54: regular audits." } },
};

static_assert(ARRAY_LEN(rules) == POLICY_KEYS, "a key has no rule");

const struct policy_rule *policy_rule(enum policy_key key)
{
	assert(key < POLICY_KEYS);
	return &rules[key];
}
