// A class before it begins, through the pages: an administrator plans and calls off, a branch answers; in both browsers.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { Clerk } from './lib/clerk.mjs';
import { Server } from './lib/server.mjs';

const SHOTS = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'screenshots');
const SIZES = [[1366, 768], [390, 844]];

for (const [browser, openPage] of [['Chromium', openChromium], ['Firefox', openFirefox]]) {
  describe(`classes in ${browser}`, () => {
    let server, admin, branch;

    before(async () => {
      server = await Server.start();
      admin = await Clerk.open(openPage, server, 'admin');
      branch = await Clerk.open(openPage, server, 'branch001');
    });
    after(async () => {
      await Promise.allSettled([admin, branch].map((s) => s?.page.close()));
      await server?.stop();
    });

    async function shoot(s, what) {
      for (const [width, height] of SIZES) {
        await s.page.resize(width, height);
        await s.page.screenshot(join(SHOTS, `classes-${what}-${width}-${browser.toLowerCase()}.png`));
      }
      await s.page.resize(...SIZES[0]);
    }

    test('an administrator plans a class; what is wrong is told at its field', async () => {
      await admin.visit('/classes', '.empty-title', '没有课程或会议');
      await admin.click('.title-acts button', '安排课程');
      await admin.waitFor('.plan-form');
      await admin.click('.plan-form button[type=submit]');
      await admin.waitFor('.plan-field.wrong [role=alert]', '请填写题目');
      assert.deepEqual(await admin.axe(), []);
      await admin.fill('input[name=title]', '十一月专题党课');
      await admin.click('.plan-form button', '添加一项议程');
      await admin.fill('input[name=agenda-0]', '第一讲');
      await shoot(admin, 'plan');
      await admin.click('.plan-form button[type=submit]');
      await admin.waitFor('h1', '十一月专题党课');
      await admin.waitFor('.class-agenda', '第一讲');
      await admin.waitFor('[data-part=sites] .people-count', '未答复 200');
      assert.deepEqual(await admin.axe(), []);
      await shoot(admin, 'one');
    });

    test('a branch finds it, declines with a reason, accepts; the administrator sees it', async () => {
      await branch.visit('/', '.class-all');
      assert.deepEqual(await branch.axe(), []);
      await shoot(branch, 'home');
      await branch.visit('/classes', '.class-card', '待答复');
      assert.deepEqual(await branch.axe(), []);
      await branch.click('.class-card a', '十一月专题党课');
      await branch.click('[data-answer] button', '不参加');
      await branch.click('dialog button[type=submit]');
      await branch.waitFor('dialog [role=alert]', '请填写');
      await branch.fill('dialog textarea[name=why]', '停电');
      await branch.send();
      await branch.waitFor('[data-answer] .tag', '不参加');
      await branch.click('[data-answer] button.main', '参加');
      await branch.waitFor('[data-answer] .tag.good', '参加');
      await shoot(branch, 'branch');
      await admin.page.reload();
      await admin.waitFor('[data-part=sites] .people-count', '参加 1 · 不参加 0 · 未答复 199');
    });

    test('it is called off, and the branch reads so', async () => {
      await admin.click('.acts button', '取消安排');
      await admin.fill('dialog textarea[name=why]', '讲师生病');
      await admin.send();
      await admin.waitFor('.class-state', '已取消');
      await branch.visit('/classes', '[data-when=over] .class-card', '已取消');
      await shoot(branch, 'list');
      await admin.visit('/card', '.empty-title', '这一年还没有记录');
      assert.deepEqual(await admin.axe(), []);
      await shoot(admin, 'card');
    });
  });
}
