// A member's card and an appeal, through the pages: written by the member, decided by who holds the class, read on the card.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openChromium } from './lib/browsers.mjs';
import { Clerk } from './lib/clerk.mjs';
import { Server } from './lib/server.mjs';
import { hold } from './lib/taught.mjs';
import { until } from './lib/wait.mjs';

const SHOTS = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'screenshots');
const SIZES = [[1366, 768], [1920, 1080], [390, 844]];

describe('credit in Chromium', () => {
  let server, admin, member, person;

  before(async () => {
    server = await Server.start();
    admin = await Clerk.open(openChromium, server, 'admin');
    member = await Clerk.open(openChromium, server, 'member');
    ({ person } = await member.ask('GET', 'session'));
    await admin.ask('POST', 'orgs/1/rule', { rule: { hour_s: 600, year_target_milli: 20 }, why: '全年目标' });
    await hold(admin, { org: 1, title: '十一月专题党课', person, taught_ms: 6_000 });
  });
  after(async () => {
    await Promise.allSettled([admin, member].map((s) => s?.page.close()));
    await server?.stop();
  });

  async function shoot(s, what) {
    for (const [width, height] of SIZES) {
      await s.page.resize(width, height);
      await s.page.screenshot(join(SHOTS, `credit-${what}-${width}.png`));
    }
    await s.page.resize(...SIZES[0]);
  }

  test('a member reads why nothing counts, and appeals', async () => {
    await member.visit('/card', '.card-row', '没有签到');
    await member.click('.card-row button', '申诉');
    await member.click('dialog button[type=submit]');
    await member.waitFor('dialog [role=alert]', '请写明理由');
    await member.fill('dialog textarea[name=text]', '我当天在会场，签到码没有扫上，同桌和支部书记都可以证明。');
    await shoot(member, 'write');
    await member.send();
    await member.waitFor('[data-appeal=waiting]', '签到码没有扫上');
    assert.deepEqual(await member.axe(), []);
    await shoot(member, 'waiting');
  });

  test('who holds the class finds it on the home, and grants it with reasons', async () => {
    await admin.visit('/', '[data-part=appeals]', '1 件学时申诉等待处理');
    await shoot(admin, 'home');
    await admin.click('[data-part=appeals] a', '去处理');
    await admin.click('[data-appeal] button', '查看并处理');
    await admin.waitFor('dialog .appeal-quote', '签到码没有扫上');
    await admin.click('dialog button[type=submit]');
    await admin.waitFor('dialog [role=alert]', '请先选择');
    await admin.pick('dialog select[name=granted]', 'grant');
    await admin.fill('dialog textarea[name=text]', '会场照片和支部记录证明到场，按全程计入。');
    assert.deepEqual(await admin.axe(), []);
    await shoot(admin, 'decide');
    await admin.send();
    await admin.waitFor('.empty-title', '没有等待处理的申诉');
    await shoot(admin, 'none');
  });

  test('the member reads the decision, and the ledger has it', async () => {
    await member.visit('/card', '[data-appeal=granted]', '按全程计入');
    await member.waitFor('[data-part=ring]', '距全年目标还差');
    await member.waitFor('[data-part=ledger] [data-entry]', '申诉后改记');
    assert.deepEqual(await member.axe(), []);
    await shoot(member, 'granted');
  });

  test('the rule of the city stands on its page, and what another one would change', async () => {
    await admin.visit('/policy/1', '.title-acts a', '学时规则');
    await admin.click('.title-acts a', '学时规则');
    await admin.waitFor('[data-effect=milli_hours]', '9 学时');
    await admin.click('.title-acts button', '设定本级规则');
    await admin.fill('dialog input[name=checks_needed]', '4');
    await admin.waitFor('.rules-preview .field-trouble', '答够几次');
    await admin.fill('dialog input[name=checks_needed]', '2');
    await admin.fill('dialog input[name=hour_s]', '60');
    await admin.waitFor('.rules-preview [data-effect=milli_hours]', '1.5 学时');
    await admin.fill('dialog textarea[name=why]', '按六十分钟计');
    assert.deepEqual(await admin.axe(), []);
    await shoot(admin, 'rule');
    await admin.send();
    await admin.waitFor('[data-effect=milli_hours]', '1.5 学时');
    await shoot(admin, 'rules');
  });

  test('a person is put on the roster of a class that is about to begin, and taken off', async () => {
    const now = Date.now();
    const { id } = await admin.ask('POST', 'classes', { org: 1, title: '名单', kind: 'lecture', start_ms: now + 300_000, end_ms: now + 3_600_000, subtree: true });
    await until('the roster is frozen', async () => (await admin.ask('GET', `classes/${id}`)).roster === 1);
    await admin.visit(`/class/${id}`, '[data-person] button', '移出名单');
    const one = await admin.page.evaluate(() => document.querySelector('[data-person]').dataset.person);
    await admin.click(`[data-person="${one}"] button`, '移出名单');
    await admin.fill('dialog textarea[name=why]', '已调离');
    await admin.send();
    await admin.waitFor('.pairs', '第 2 版 · 人工调整：已调离');
    await admin.waitFor(`[data-person="${one}"] .tag`, '不在名单');
    await shoot(admin, 'roster');
  });
});
