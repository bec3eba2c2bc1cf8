/* See past_plots.h. Names, titles and findings are invented. */
#include "signaling/past_plots.h"

#include "media/base/macros.h"

#define CITY "南岭市"
#define STREET "人民路街道"
#define XINHUA "人民路街道新华社区党支部"
#define AT(hour, minute) ((hour) * 60 + (minute))
#define YEARS "集中学习"

static const struct plot_lesson lessons[] = {
	{
		.days = -112, .at_minutes = AT(15, 0), .minutes_long = 90, .host = "host", .org = "城中区", .target = "城中区", .subtree = true, .minutes = true, .sealed = true,
		.plot = {
			.title = "党支部怎样过好组织生活", .kind = "lecture", .campaign = YEARS, .expert = "陈明远（市委党校）", .checks = 1, .attendance = 94,
			.agenda = { { 10, "点名，说明纪律", "王建国" }, { 65, "专题辅导", "陈明远" }, { 15, "会场交流", NULL } },
			.conclusion = "各支部结合实际，一个月内把三会一课的年度计划补齐，联系点领导到会指导一次。",
		},
	},
	{
		.days = -100, .at_minutes = AT(9, 30), .minutes_long = 60, .host = "host", .org = "凤溪县", .target = "凤溪县", .subtree = true, .minutes = true, .sealed = true,
		.plot = {
			.title = "茶旅融合：把村里的路子走宽", .kind = "training", .campaign = NULL, .expert = "农明辉（农业技术推广站）", .checks = 2, .attendance = 91,
			.agenda = { { 40, "茶园管理与品牌", "农明辉" }, { 20, "答疑", NULL } }, .conclusion = "每村确定一名联络员，月底前报合作社名单。",
		},
	},
	{
		.days = -91, .at_minutes = AT(16, 0), .minutes_long = 45, .host = "host", .org = "青河县", .target = "青河县", .subtree = true, .minutes = true, .sealed = true,
		.plot = {
			.title = "防汛救灾中的党员先锋队", .kind = "meeting", .checks = 2, .attendance = 93,
			.agenda = { { 15, "汛情通报", NULL }, { 30, "分片包干安排", NULL } }, .conclusion = "双江乡、青河镇各组建一支先锋队，值班电话二十四小时畅通。",
		},
		.finder = "inspector", .finding_site = "双江乡沙坝村党支部", .finding = "镜头正对窗户，看不清到会人员；开会十分钟后才有人签到。",
		.finding_answer = "已把摄像头移到侧墙并拉上窗帘，今后提前十五分钟组织签到。",
	},
	{
		.days = -80, .at_minutes = AT(19, 30), .minutes_long = 60, .host = "host", .org = STREET, .target = STREET, .subtree = true, .minutes = true, .sealed = true,
		.plot = {
			.title = "老旧小区改造：支部能做什么", .kind = "theme_day", .checks = 2, .attendance = 88,
			.question = "下一次主题党日安排什么", .options = { "清理楼道堆物", "入户走访独居老人", "反诈宣传" },
			.agenda = { { 30, "情况介绍", NULL }, { 30, "讨论", NULL } }, .conclusion = "按投票结果，下月主题党日清理楼道堆物。",
		},
	},
	{
		.days = -72, .at_minutes = AT(19, 0), .minutes_long = 60, .host = "secretary", .org = XINHUA, .target = XINHUA, .minutes = true, .sealed = true,
		.plot = {
			.title = "第三季度支部党员大会", .kind = "members_meeting", .checks = 2, .attendance = 90, .question = "是否同意第三季度工作安排", .options = { "同意", "不同意", "弃权" },
			.agenda = { { 20, "学习文件", NULL }, { 25, "第三季度工作安排", NULL }, { 15, "表决", NULL } }, .conclusion = "第三季度工作安排获得通过。",
		},
	},
	{
		.days = -63, .at_minutes = AT(15, 0), .minutes_long = 90, .host = "host", .org = "凤溪县", .target = "凤溪县", .subtree = true, .minutes = true, .sealed = true,
		.plot = {
			.title = "党课：在家门口办实事", .kind = "lecture", .campaign = YEARS, .expert = "陈明远（市委党校）", .checks = 2, .attendance = 92,
			.agenda = { { 70, "党课", "陈明远" }, { 20, "交流", NULL } }, .conclusion = "各支部列出三件实事，年底前逐件公开结果。",
		},
		.late = "member", .appeal = "当天合作社送茶样到县里，路上手机扫码时会场网络中断，前面二十多分钟没有记上，合作社同志可以证明。",
		.decision = "经会场负责人核实，情况属实，按实际参加补记。",
	},
	{
		.days = -55, .at_minutes = AT(9, 0), .minutes_long = 60, .host = "host", .org = "青河县", .target = "青河县", .subtree = true, .minutes = true, .sealed = true,
		.plot = {
			.title = "村务公开与监督培训", .kind = "training", .expert = "李素梅（民政局）", .checks = 2, .attendance = 89,
			.agenda = { { 45, "怎样公开、公开什么", "李素梅" }, { 15, "答疑", NULL } }, .conclusion = "公开栏每月十日前更新，照片存档。",
		},
		.finder = "inspector", .finding_site = "石门乡岩脚村党支部", .finding = "会场只有四人，签到却有十余人，请说明代为登记的情况。",
		.finding_answer = "另有八人在二楼会议室收看，已补拍会场照片；今后集中在一个会场签到。",
	},
	{
		.days = -48, .at_minutes = AT(19, 30), .minutes_long = 45, .host = "host", .org = STREET, .target = STREET, .subtree = true, .minutes = true, .sealed = true,
		.plot = { .title = "主题党日：清理楼道堆物", .kind = "theme_day", .checks = 1, .attendance = 86, .agenda = { { 45, "分组认领楼栋", NULL } }, .conclusion = "十六栋楼已全部认领。" },
	},
	{
		.days = -41, .at_minutes = AT(10, 0), .minutes_long = 45, .host = "host", .org = PLOT_MEMBER_BRANCH, .target = PLOT_MEMBER_BRANCH, .minutes = true, .sealed = true,
		.plot = {
			.title = "组织生活会：合作社里的党员怎么带头", .kind = "organisation_life", .checks = 2, .attendance = 95,
			.agenda = { { 45, "批评与自我批评", NULL } }, .conclusion = "每名党员联系两户茶农。",
		},
	},
	{
		.days = -34, .at_minutes = AT(19, 0), .minutes_long = 60, .host = "secretary", .org = XINHUA, .target = XINHUA, .minutes = true, .sealed = true,
		.plot = {
			.title = "支部党员大会：讨论发展对象", .kind = "members_meeting", .checks = 2, .attendance = 88, .question = "是否同意将积极分子列为发展对象", .options = { "同意", "不同意", "弃权" },
			.agenda = { { 20, "介绍情况", NULL }, { 25, "讨论", NULL }, { 15, "表决", NULL } }, .conclusion = "表决通过，报街道党工委备案。",
		},
	},
	{
		.days = -27, .at_minutes = AT(15, 0), .minutes_long = 90, .host = "host", .org = "江北区", .target = "江北区", .subtree = true, .minutes = true, .sealed = true,
		.plot = {
			.title = "基层治理案例", .kind = "lecture", .campaign = YEARS, .expert = "陈明远（市委党校）", .checks = 1, .attendance = 92,
			.agenda = { { 70, "专题辅导", "陈明远" }, { 20, "两个支部交流做法", NULL } }, .conclusion = "交流材料汇编后发各支部。",
		},
	},
	{
		.days = -20, .at_minutes = AT(9, 30), .minutes_long = 60, .host = "host", .org = "青河县", .target = "青河县", .subtree = true, .minutes = true, .sealed = true,
		.plot = {
			.title = "党课：秋收里的责任田", .kind = "lecture", .campaign = YEARS, .checks = 2, .attendance = 91, .agenda = { { 60, "党课", NULL } }, .conclusion = "党员责任田挂牌公示。",
		},
		.finder = "inspector", .finding_site = "柳树镇花桥村党支部", .finding = "会场准时，秩序好，发言准备充分。", .finding_answer = "谢谢，我们会保持。",
	},
	{
		.days = -13, .at_minutes = AT(15, 0), .minutes_long = 60, .host = "host", .org = "凤溪县", .target = "凤溪县", .subtree = true, .minutes = true, .sealed = true,
		.plot = {
			.title = "电商助农：从直播到发货", .kind = "training", .expert = "黄立群（电商服务中心）", .checks = 2, .attendance = 93,
			.agenda = { { 45, "讲课", "黄立群" }, { 15, "答疑", NULL } }, .conclusion = "合作社报一个试点品种。",
		},
	},
	{
		.days = -9, .at_minutes = AT(19, 30), .minutes_long = 60, .host = "host", .org = STREET, .target = STREET, .subtree = true, .minutes = true,
		.plot = {
			.title = "社区反诈与养老服务", .kind = "theme_day", .checks = 2, .attendance = 87, .agenda = { { 30, "案例", NULL }, { 30, "分组讨论", NULL } }, .conclusion = "各支部走访独居老人一次。",
		},
		.finder = "host", .finding_site = XINHUA, .finding = "声音断断续续，建议会场改用有线网络，并请在下次上课前试一次。",
	},
	{
		.days = -6, .at_minutes = AT(15, 0), .minutes_long = 60, .host = "host", .org = "凤溪县", .target = "凤溪县", .subtree = true, .minutes = true,
		.plot = {
			.title = "党课：冬季茶园与支部工作", .kind = "lecture", .campaign = YEARS, .checks = 2, .attendance = 92, .agenda = { { 60, "党课", NULL } }, .conclusion = "冬管技术资料已发各支部。",
		},
		.late = "member", .appeal = "当天到县医院取药，赶到会场晚了，后半段全程参加并回答了问题，请按实际时间补记。",
	},
	{
		.days = -2, .at_minutes = AT(16, 0), .minutes_long = 45, .host = "host", .org = "青河县", .target = "青河县", .subtree = true, .minutes = true,
		.plot = { .title = "冬春火灾防控工作会", .kind = "meeting", .checks = 1, .attendance = 90, .agenda = { { 20, "通报", NULL }, { 25, "安排", NULL } }, .conclusion = "一周内完成林区巡查排班。" },
		.finder = "inspector", .finding_site = "青河镇北塔村党支部", .finding = "中途离开的人较多，请说明原因。",
	},
	{
		.days = 0, .minutes_long = 60, .host = "host", .org = CITY, .target = CITY, .subtree = true,
		.plot = {
			.title = "全市党员集中学习：身边的榜样", .kind = "lecture", .campaign = YEARS, .expert = "陈明远（市委党校）",
			.agenda = { { 5, "点名", "王建国" }, { 40, "专题辅导", "陈明远" }, { 15, "会场交流", NULL } },
		},
	},
	{
		.days = 1, .at_minutes = AT(15, 0), .minutes_long = 60, .host = "host", .org = "青河县", .target = "青河县", .subtree = true,
		.plot = { .title = "党课：清风进村", .kind = "lecture", .expert = "梁文静（纪律教育讲师）", .agenda = { { 45, "党课", "梁文静" }, { 15, "交流", NULL } } },
	},
	{
		.days = 1, .at_minutes = AT(19, 30), .minutes_long = 60, .host = "secretary", .org = XINHUA, .target = XINHUA,
		.plot = { .title = "第四季度支部党员大会", .kind = "members_meeting", .agenda = { { 20, "学习文件", NULL }, { 40, "讨论年度总结", NULL } } },
	},
	{
		.days = 5, .at_minutes = AT(9, 30), .minutes_long = 60, .host = "host", .org = "凤溪县", .target = "凤溪县", .subtree = true,
		.plot = { .title = "年度组织生活会怎么开", .kind = "training", .expert = "陈明远（市委党校）", .agenda = { { 45, "辅导", "陈明远" }, { 15, "答疑", NULL } } },
	},
	{
		.days = 8, .at_minutes = AT(15, 0), .minutes_long = 90, .host = "host", .org = CITY, .target = CITY, .subtree = true,
		.plot = { .title = "全市党支部年度工作交流会", .kind = "meeting", .agenda = { { 60, "六个县区各一个支部发言", NULL }, { 30, "讲评", "王建国" } } },
	},
};

_Static_assert(ARRAY_LEN(lessons) <= PLOT_LESSONS_MAX, "as many as there is room for");

const struct plot_lesson *plot_lessons(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(lessons);
	return lessons;
}
