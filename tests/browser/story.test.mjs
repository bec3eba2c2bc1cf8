// The whole card once through, by the pages alone: planned, accepted, joined, signed in, asked, checked, looked at, closed, credited, minuted, reported.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openChromium } from './lib/browsers.mjs';
import { Clerk } from './lib/clerk.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/wait.mjs';

const SHOTS = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'screenshots');
const SIZES = [[1366, 768], [1920, 1080], [390, 844]];
const CAMERAS = {
  host: { hue: 0, tone: 440, width: 640, height: 360 },
  site: { hue: 120, tone: 1000, width: 480, height: 270, fps: 15 },
};
const TITLE = '学习贯彻党章专题党课';

/** What an input of type datetime-local takes: that many minutes from now, by the clock of this machine's zone. */
function inMinutes(minutes) {
  const at = new Date(Date.now() + minutes * 60_000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

async function shoot(s, what) {
  for (const [width, height] of SIZES) {
    await s.page.resize(width, height);
    await s.page.screenshot(join(SHOTS, `story-${what}-${width}.png`));
  }
  await s.page.resize(...SIZES[0]);
}

describe('the story of a class', () => {
  let server, host, site, member, all, number;

  before(async () => {
    server = await Server.start();
    host = await Clerk.open(openChromium, server, 'host', '/', CAMERAS.host);
    site = await Clerk.open(openChromium, server, 'branch001', '/', CAMERAS.site);
    member = await Clerk.open(openChromium, server, 'member', '/', { viewport: { width: 390, height: 844 }, touch: true });
    all = [host, site, member];
  });
  after(async () => {
    await Promise.allSettled((all ?? []).map((s) => s.page.close()));
    await server?.stop();
  });

  test('it is planned, and a branch accepts', async () => {
    await host.visit('/plan', '.plan-form');
    await host.fill('input[name=title]', TITLE);
    await host.page.evaluate((value) => {
      const input = document.querySelector('input[name=start]');
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, value);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }, inMinutes(8));
    await host.click('.plan-form button', '添加一项议程');
    await host.fill('input[name=agenda-0]', '专题辅导');
    await host.click('.plan-form button[type=submit]');
    await host.waitFor('h1', TITLE);
    number = Number(new URL(host.page.url()).pathname.split('/').at(-1));
    await site.visit(`/class/${number}`, 'h1', TITLE);
    await site.click('[data-answer] button.main', '参加');
    await site.waitFor('[data-answer] .tag.good', '参加');
  });

  test('host and site are in, the host lets all begin', async () => {
    for (const s of [host, site]) {
      await s.page.goto(`${server.url}/room/class-${number}?debug=1`);
      await s.enter();
    }
    await shoot(host, 'lobby');
    await host.click('.banner button, .lesson-acts button', '开始上课');
    await host.waitFor('.lesson-count', '上课中');
    await site.waitFor('.lesson-code');
  });

  test('a member signs in by the code on the screen, and the name stands there', async () => {
    const path = await site.page.evaluate(() => document.querySelector('.lesson-code').dataset.code);
    await member.visit(path, '.phone-proof', '已签到');
    await site.waitFor('.lesson-people', '黄小梅');
    await site.click('.lesson-row button', '到场');
    await shoot(site, 'site');
    await member.page.screenshot(join(SHOTS, 'story-phone-390.png'));
  });

  test('a question and a check are answered on the phone and counted once', async () => {
    await host.click('.lesson-acts button', '提问');
    await host.fill('dialog textarea[name=prompt]', '党章规定党员必须履行几项义务？');
    await host.click('dialog textarea[name=options]');
    await host.page.raw.keyboard.type('六项');
    await host.page.raw.keyboard.press('Enter');
    await host.page.raw.keyboard.type('八项');
    await host.send();
    await member.click('.ask-option', '八项');
    await member.click('.ask-choice button.main');
    await member.waitFor('.ask-done', '八项');
    await host.waitFor('.ask', '1 人已答');
    await shoot(host, 'asked');
    await host.click('.ask button', '提前截止');
    await site.waitFor('.ask-board .tally-row', '八项');
    await shoot(site, 'board');
    await host.click('.lesson-acts button', '在场确认');
    await member.click('.ask[data-ask="2"] button.main');
    await member.waitFor('.ask[data-ask="2"] .ask-done');
  });

  test('a superior sees it, and what it lacks', async () => {
    const superior = await Clerk.open(openChromium, server, 'inspector');
    all.push(superior);
    await superior.visit('/look', 'h1');
    await shoot(superior, 'look');
    assert.deepEqual(await superior.axe(), []);
  });

  test('it is closed; the card tells why, the minutes are there and are sealed', async () => {
    await host.click('.lesson-acts button', '下课');
    await host.click('dialog button', '下课');
    await until('the minutes', async () => (await host.ask('GET', `classes/${number}`)).minutes > 0);
    await host.visit(`/class/${number}`, '.class-all', '会议记录');
    await shoot(host, 'closed');
    await member.visit('/card', 'h1');
    await member.waitFor('main', TITLE);
    await member.page.screenshot(join(SHOTS, 'story-card-390.png'));
    assert.deepEqual(await member.axe(), []);
    await host.visit(`/class/${number}/minutes`, '.minutes-paper', TITLE);
    await shoot(host, 'minutes');
    await host.click('.acts button', '归档');
    await host.send();
    await host.waitFor('.minutes-state .tag.good');
  });

  test('the report counts it, and the records prove themselves', async () => {
    await host.visit('/reports', 'h1');
    await shoot(host, 'report');
    assert.match(await server.verify(), /1/);
  });
});
